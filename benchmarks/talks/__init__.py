"""Scripted participants who talk with the product over HTTP, and what is judged of it."""
