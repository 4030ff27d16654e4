"""Whole roads through the product: import, analysis, decisions, and the analysis again."""
