"""Everything that is published or exported: the plan, publications, exports and the report."""
