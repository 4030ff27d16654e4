"""Participants: signing in, conversations, answers, forms and erasure."""
