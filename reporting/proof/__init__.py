"""The proof: one file from which a stranger recomputes what was published."""
