"""What runs inside Rasa: NLU components and the tracker store. Python 3.10."""
