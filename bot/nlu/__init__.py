"""Intent classification, and the rules that decide on its result."""
