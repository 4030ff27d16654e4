"""Dutch texts: sentences, statements, embeddings and personal data."""
