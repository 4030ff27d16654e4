"""Rasa's custom actions: thin. They speak and propose effects; only the gateway writes."""
