"""A language model that makes suggestions: drafts of themes, and codes of statements."""
