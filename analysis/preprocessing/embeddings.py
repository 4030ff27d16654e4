"""Sentence vectors, computed once: cached in the database by hash of the text and model."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from tqdm import tqdm

from consultation.database.models import Embedding
from consultation.database.storage import Storage
from consultation.errors import SamenspraakError
from consultation.participation.answers import text_hash
from language.embedding import Encoder, EncoderUnavailable, Vectors, load_encoder

_BATCH = 64
_LOOKED_UP = 500
_ROUNDING = 1e-3
_LONGEST_KEY = 200

_log = logging.getLogger(__name__)


class AnalysisError(SamenspraakError):
    """The analysis cannot run as requested; the message says what to fix."""


def encoder_named(name: str) -> Encoder:
    """The encoder with this name.

    Raises:
        AnalysisError: it is unknown or not installed.
    """
    try:
        return load_encoder(name)
    except EncoderUnavailable as error:
        raise AnalysisError(f"SAMENSPRAAK_EMBEDDING: {error}") from error


def model_key(encoder: Encoder) -> str:
    """The cache key of a model: name and version, since vectors of two versions do not compare.

    Of a long name, such as a path, the end counts: the column has 200 characters.
    """
    return f"{encoder.name} ({encoder.version})"[-_LONGEST_KEY:]


EncodeBatches = Callable[[Iterable[Sequence[str]]], Iterable[Vectors]]
"""Gives the vectors of each batch of texts, (texts, dimension), in order."""


def vectors_of(
    storage: Storage,
    encoder: Encoder,
    texts: Sequence[str],
    progress: bool = False,
    encode_batches: EncodeBatches | None = None,
) -> Vectors:
    """float32 unit vectors (texts, dimension), in the order of the texts.

    Only texts that are not in the cache are computed. A batch is stored as soon as it is computed,
    so an interrupted run continues where it stopped. White space and line breaks count as one
    space. An invalid cached vector (another dimension, not a number, not of norm 1) is computed
    again. ``progress`` shows a bar on stderr when there is something to compute. Other processes
    may compute the vectors (``encode_batches``); else ``encoder`` does.
    """
    hashes = [text_hash(text) for text in texts]
    first = dict(zip(hashes, texts, strict=True))
    with storage.reading() as session:
        known = cached_vectors(session, model_key(encoder), list(first), encoder.dimension)
    missing = sorted((key for key in first if key not in known), key=lambda key: len(first[key]))
    batches = [missing[start : start + _BATCH] for start in range(0, len(missing), _BATCH)]
    with tqdm(
        total=len(missing), desc="vectors", unit="text", disable=not progress or not missing
    ) as bar:
        asked = ([spaced(first[key]) for key in batch] for batch in batches)
        encoded = map(encoder.encode, asked) if encode_batches is None else encode_batches(asked)
        for batch, computed in zip(batches, encoded, strict=True):
            _store(storage, encoder, batch, computed)
            known.update(zip(batch, computed, strict=True))
            bar.update(len(batch))
    if not texts:
        return np.zeros((0, encoder.dimension), dtype=np.float32)
    return np.stack([known[key] for key in hashes]).astype(np.float32, copy=False)


def keep_vectors(storage: Storage, encoder: Encoder, vectors: Mapping[str, Vectors]) -> None:
    """Puts vectors that another process computed in the cache, by text."""
    if vectors:
        keys = [text_hash(text) for text in vectors]
        _store(storage, encoder, keys, np.stack(list(vectors.values())))


def cached_count(session: Session, model: str, keys: Sequence[str]) -> int:
    """The number of these texts, given by distinct hash, whose vector is in the cache."""
    found = 0
    for start in range(0, len(keys), _LOOKED_UP):
        query = select(func.count()).where(
            Embedding.model == model, Embedding.text_hash.in_(keys[start : start + _LOOKED_UP])
        )
        found += session.scalar(query) or 0
    return found


def cached_vectors(
    session: Session, model: str, keys: Sequence[str], dimension: int | None = None
) -> dict[str, Vectors]:
    """The cached vectors of a model (see ``model_key``), by hash of the text.

    Invalid vectors are left out and logged as a warning. Without ``dimension`` the most frequent
    one is used.
    """
    raws: dict[str, bytes] = {}
    for start in range(0, len(keys), _LOOKED_UP):
        query = select(Embedding.text_hash, Embedding.vector).where(
            Embedding.model == model, Embedding.text_hash.in_(keys[start : start + _LOOKED_UP])
        )
        raws.update((key, raw) for key, raw in session.execute(query))
    if dimension is None and raws:
        dimension = Counter(len(raw) for raw in raws.values()).most_common(1)[0][0] // 4
    checked = {key: _sound(raw, dimension or 0) for key, raw in raws.items()}
    found = {key: vector for key, vector in checked.items() if vector is not None}
    if len(found) < len(checked):
        _log.warning("%d cached vectors were damaged and are left out.", len(checked) - len(found))
    return found


def spaced(text: str) -> str:
    """A text as it is encoded: white space and line breaks count as one space."""
    return " ".join(text.split())


def _sound(raw: bytes, dimension: int) -> Vectors | None:
    """The vector in these bytes, or None if its dimension is wrong or its norm is not 1."""
    if len(raw) != 4 * dimension:
        return None
    vector: Vectors = np.frombuffer(raw, dtype="<f4")
    length = float(vector.astype(np.float64) @ vector.astype(np.float64))
    return vector if abs(length - 1) < _ROUNDING else None


def _store(storage: Storage, encoder: Encoder, keys: list[str], vectors: Vectors) -> None:
    """Stores vectors by key; another process may store the same ones at the same time."""
    model = model_key(encoder)
    raws = (vector.astype("<f4").tobytes() for vector in vectors)
    rows = [
        {"model": model, "text_hash": key, "vector": raw}
        for key, raw in zip(keys, raws, strict=True)
    ]
    # Equal order everywhere, or two writers would wait for each other.
    rows.sort(key=lambda row: row["text_hash"])
    with storage.writing() as session:
        dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
        new = dialect.insert(Embedding)
        query = new.on_conflict_do_update(
            index_elements=["model", "text_hash"], set_={"vector": new.excluded.vector}
        )
        session.connection().execute(query, rows)
