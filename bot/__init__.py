"""Code that runs inside Rasa: channels, NLU components and the tracker store. Python 3.10."""
