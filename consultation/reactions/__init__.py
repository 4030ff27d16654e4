"""Reaction rounds: which actions are shown, what groups think of them, and what is carried.

``proposed`` and ``results`` read; ``consultation.participation.reactions`` stores.
"""
