"""Themes from vectors: features, the neighbour graph, its clustering and its stability."""
