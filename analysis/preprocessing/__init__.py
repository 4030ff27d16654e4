"""From stored answers to statements that can be compared."""
