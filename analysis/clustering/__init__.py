"""Themes from vectors: the neighbour graph, its clustering and its stability."""
