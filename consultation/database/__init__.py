"""Tables, storage and revision counter of the database."""
