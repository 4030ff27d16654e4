"""The domain: catalogue, participants, answers, rounds, decisions. Imports no web, Rasa or ML."""
