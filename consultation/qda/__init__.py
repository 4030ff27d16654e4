"""Exchange with tools for qualitative research, in the format REFI-QDA (``.qdpx``)."""
