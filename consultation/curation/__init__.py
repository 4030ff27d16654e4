"""Decisions of facilitators: an event log that is replayed over the results of a run."""
