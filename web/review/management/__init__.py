"""Pages to manage the consultation: accounts and rounds."""
