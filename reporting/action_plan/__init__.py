"""The proposed action plan as a document: its chapters, and as Word, HTML and Markdown."""
