"""Which texts may be nearly equal, without comparing all pairs: MinHash and banding.

Broder, "On the resemblance and containment of documents" (1997); Leskovec, Rajaraman and Ullman,
"Mining of Massive Datasets", chapter 3. The library datasketch does the same; loading it takes a
second of processor, half of what a run with a few decisions takes (decision 6).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

_SEED = 1


class NearTexts:
    """The texts so far by their bands; two texts that share a band may be alike.

    A text is given by the hashes of its shingles (0 to 2**32). Two texts that have a share s of
    their shingles in common share a band with a chance of 1 - (1 - s**rows)**bands.
    """

    def __init__(self, bands: int, rows: int) -> None:
        """No texts yet; ``bands`` bands of ``rows`` permutations each."""
        random = np.random.RandomState(_SEED)
        self._rows = rows
        # A permutation of the hashes: affine with an odd factor, modulo 2**32.
        self._factors = random.randint(0, 1 << 31, bands * rows, dtype=np.uint32) * np.uint32(2)
        self._factors += np.uint32(1)
        self._terms = random.randint(0, 1 << 32, bands * rows, dtype=np.uint32)
        self._kept: list[defaultdict[bytes, list[int]]] = [defaultdict(list) for _ in range(bands)]

    def sketch(self, hashes: Iterable[int]) -> npt.NDArray[np.uint32]:
        """The smallest hash of a text under every permutation; ``hashes`` has at least one."""
        given: npt.NDArray[np.uint32] = np.fromiter(hashes, dtype=np.uint32)
        return np.asarray((given[:, None] * self._factors + self._terms).min(axis=0))

    def alike(self, sketch: npt.NDArray[np.uint32]) -> list[int]:
        """The numbers of the kept texts that may be alike, in order."""
        return sorted(
            {
                number
                for kept, band in zip(self._kept, self._bands(sketch), strict=True)
                for number in kept.get(band, ())
            }
        )

    def keep(self, number: int, sketch: npt.NDArray[np.uint32]) -> None:
        """Keeps a text under its number."""
        for kept, band in zip(self._kept, self._bands(sketch), strict=True):
            kept[band].append(number)

    def _bands(self, sketch: npt.NDArray[np.uint32]) -> Iterator[bytes]:
        for start in range(0, len(sketch), self._rows):
            yield sketch[start : start + self._rows].tobytes()
