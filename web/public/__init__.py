"""The public pages, the form, charts and open data."""
