"""Sentence vectors, computed once: cached in the database by hash of the text and model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sqlalchemy import select
from tqdm import tqdm

from consultation.errors import SamenspraakError
from consultation.models import Embedding
from consultation.participants import text_hash
from consultation.storage import Storage
from language.embedding import Encoder, EncoderUnavailable, Vectors, load_encoder, normalised

_BATCH = 64
_NEAR = 2
_CONTEXT = 0.3
_LOOKED_UP = 500


class AnalysisError(SamenspraakError):
    """The analysis cannot run as asked; the message says what to mend."""


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
    """What vectors are kept under: name and version, since another version's do not compare."""
    return f"{encoder.name} ({encoder.version})"


def vectors_of(
    storage: Storage, encoder: Encoder, texts: Sequence[str], progress: bool = False
) -> Vectors:
    """float32 unit vectors (texts, dimension), in the order of the texts.

    Only texts that are not in the cache are computed, in batches that are each stored at once: an
    interrupted run goes on where it was. White space and line breaks count as one space.
    ``progress`` shows a bar on stderr when there is something to compute.
    """
    hashes = [text_hash(text) for text in texts]
    first = dict(zip(hashes, texts, strict=True))
    known = _cached(storage, encoder, list(first))
    missing = sorted((key for key in first if key not in known), key=lambda key: len(first[key]))
    batches = [missing[start : start + _BATCH] for start in range(0, len(missing), _BATCH)]
    with tqdm(
        total=len(missing), desc="vectors", unit="text", disable=not progress or not missing
    ) as bar:
        for batch in batches:
            computed = encoder.encode([" ".join(first[key].split()) for key in batch])
            _store(storage, encoder, batch, computed)
            known.update(zip(batch, computed, strict=True))
            bar.update(len(batch))
    if not texts:
        return np.zeros((0, encoder.dimension), dtype=np.float32)
    return np.stack([known[key] for key in hashes]).astype(np.float32, copy=False)


def in_context(vectors: Vectors, answers: Sequence[object]) -> Vectors:
    """Vectors (texts, dimension) mixed with those beside them in the same answer.

    ``answers`` names each text's answer; texts stand in reading order. "En dat blad is van u." says
    what it is about only together with its neighbours: they count for three tenths. A text that is
    alone in its answer keeps its vector.
    """
    mixed = vectors.copy()
    for row in range(len(vectors)):
        near = [
            other
            for other in range(max(0, row - _NEAR), min(len(vectors), row + _NEAR + 1))
            if other != row and answers[other] == answers[row]
        ]
        if near:
            mixed[row] = (1 - _CONTEXT) * vectors[row] + _CONTEXT * vectors[near].mean(axis=0)
    return normalised(mixed)


def _cached(storage: Storage, encoder: Encoder, keys: list[str]) -> dict[str, Vectors]:
    found: dict[str, Vectors] = {}
    with storage.reading() as session:
        for start in range(0, len(keys), _LOOKED_UP):
            query = select(Embedding.text_hash, Embedding.vector).where(
                Embedding.model == model_key(encoder),
                Embedding.text_hash.in_(keys[start : start + _LOOKED_UP]),
            )
            for key, raw in session.execute(query):
                found[key] = np.frombuffer(raw, dtype="<f4")
    return found


def _store(storage: Storage, encoder: Encoder, keys: list[str], vectors: Vectors) -> None:
    model = model_key(encoder)
    with storage.writing() as session:
        query = select(Embedding.text_hash).where(
            Embedding.model == model, Embedding.text_hash.in_(keys)
        )
        known = set(session.scalars(query))
        for key, vector in zip(keys, vectors, strict=True):
            if key not in known:
                raw = vector.astype("<f4").tobytes()
                session.add(Embedding(model=model, text_hash=key, vector=raw))
