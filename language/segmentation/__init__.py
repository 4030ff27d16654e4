"""Texts cut into sentences and statements."""
