"""Themes over rounds: what stays, what is mapped, what is proposed."""
