"""The domain: catalogue, people, answers, rounds and human decisions. Knows no web, Rasa or ML."""
