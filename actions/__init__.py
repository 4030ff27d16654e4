"""Rasa's custom actions: they send messages and propose effects; only the gateway writes."""
