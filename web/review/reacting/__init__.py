"""Pages of the review: what participants say of actions, and what became of their words."""
