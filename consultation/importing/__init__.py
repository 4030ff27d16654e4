"""Answers from files: reading tables and documents, and storing them once."""
