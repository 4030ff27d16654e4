"""Themes over rounds: identity, assignment of new statements, suggested changes."""
