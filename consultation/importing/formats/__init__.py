"""Readers of office files; each runs in a process of its own, see ``apart``."""
