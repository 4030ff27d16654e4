"""What carries a turn: the client of Rasa, turns, screening and the short Dutch messages."""
