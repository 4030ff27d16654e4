"""Segmentation of texts into sentences and statements."""
