"""Understanding: the intent classifier and what decides on its result."""
