"""Decisions of facilitators: an event log, replayed over the run of the analysis."""
