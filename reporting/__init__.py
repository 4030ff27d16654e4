"""What leaves the product: the plan, publications, exports and the report."""
