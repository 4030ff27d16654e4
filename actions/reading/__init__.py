"""What a text of a participant means: a group, an opdracht, an answer, a yes or a no."""
