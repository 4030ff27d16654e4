"""Read models: what pages, tables and exports read from the database."""
