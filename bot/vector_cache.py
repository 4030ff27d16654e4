"""Sentence vectors of the training examples, kept between trainings.

Embedding the examples is most of a training's time, and a change of the data touches few of them.
The file lies beside Rasa's own cache and holds only what the last training used; without it, or
where it cannot be read, all is computed again.
"""

from __future__ import annotations

import hashlib
import logging
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from language.embedding import Encoder

Numbers = npt.NDArray[Any]

FOLDER = Path(".rasa") / "vectors"

_BATCH = 64
_log = logging.getLogger(__name__)


def vectors_of(texts: Sequence[str], encoder: Encoder, folder: Path = FOLDER) -> Numbers:
    """The vector of each text, (texts, dimension), from the cache where it is there.

    Texts are encoded in the order of their length: a batch costs what its longest text costs.
    """
    path = folder / f"{_slug(encoder.name)}.npz"
    known = _read(path, encoder.version)
    keys = [_key(text) for text in texts]
    new = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
    known.update(_encoded(new, encoder.encode))
    used = {key: known[key] for key in keys}
    if new or len(used) < len(known):
        _write(path, encoder.version, used)
    return np.stack([used[key] for key in keys])


def _encoded(
    texts: dict[str, str], encode: Callable[[Sequence[str]], Numbers]
) -> dict[str, Numbers]:
    ordered = sorted(texts, key=lambda key: len(texts[key]))
    found: dict[str, Numbers] = {}
    for start in range(0, len(ordered), _BATCH):
        batch = ordered[start : start + _BATCH]
        vectors = np.asarray(encode([texts[key] for key in batch]))
        found.update(zip(batch, vectors, strict=True))
    return found


def _read(path: Path, version: str) -> dict[str, Numbers]:
    try:
        with np.load(path, allow_pickle=False) as kept:
            if str(kept["version"]) != version:
                return {}
            return dict(zip(kept["keys"].tolist(), kept["vectors"], strict=True))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        _log.warning("%s cannot be read (%s); the vectors are computed again.", path, error)
        return {}


def _write(path: Path, version: str, vectors: dict[str, Numbers]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part.npz")
        np.savez(
            part,
            version=np.array(version),
            keys=np.array(list(vectors)),
            vectors=np.stack(list(vectors.values())),
        )
        part.replace(path)
    except OSError as error:
        _log.warning("%s cannot be written (%s); the next training takes longer.", path, error)


def _key(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _slug(name: str) -> str:
    return "".join(sign if sign.isalnum() else "-" for sign in name)
