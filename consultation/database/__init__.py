"""The database: tables, storage and revision counter."""
