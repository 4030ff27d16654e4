"""Rows of vectors in double precision; ``language.embedding.normalised`` is for embeddings."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def unit_rows(rows: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The rows at length 1; a row of zeros stays zero."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: npt.NDArray[np.float64] = rows / np.where(lengths > 1e-12, lengths, 1.0)
    return unit
