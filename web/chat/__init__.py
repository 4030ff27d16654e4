"""The chat: its HTTP contract and its widget."""
