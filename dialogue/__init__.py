"""Processing of turns: the Rasa client, turns, screening and the short Dutch messages."""
