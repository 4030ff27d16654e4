"""The tasks of an analysis. They need no database, so that another process can do them."""

from __future__ import annotations

import importlib.metadata
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from threadpoolctl import threadpool_limits

from analysis.asking.codebook_run import map_statements
from analysis.clustering.features import clustering_features, context_weights, with_context
from analysis.clustering.popular_answers import popular_groups
from analysis.clustering.shared_passages import introductions, shared_runs, without_spans
from analysis.codebook.standing import maps
from analysis.opdracht_themes import cluster_from_scratch, update_themes
from analysis.preprocessing.embeddings import AnalysisError, encoder_named, model_key, spaced
from analysis.result import OpdrachtAnalysis
from consultation.errors import SamenspraakError, needs_pipeline
from language.embedding import Encoder, Vectors

if TYPE_CHECKING:
    from spacy.language import Language

    from analysis.labelling.labels import Encode

_Result = TypeVar("_Result")

SMALL = 2_000
"""Up to so many statements the matrices are small, and a matrix product gets one thread: threads
that wait for each other would take a fifth more processor time."""


@dataclass(frozen=True)
class Failure:
    """What a task raised: ``reason`` for the user where that is known, else the traceback."""

    reason: str | None
    traceback: str


def has_work(found: OpdrachtAnalysis) -> bool:
    """Whether themes are sought, or continued."""
    return _goes_on(found) or found.worth_seeking


def find(
    found: OpdrachtAnalysis,
    alone: Vectors,
    encoder: Encoder,
    encode: Encode,
    pipeline: Callable[[], Language],
) -> OpdrachtAnalysis:
    """Returns the opdracht with its themes.

    ``alone`` holds the unit vectors (statements, dimension) of ``found.said``; ``encode`` returns
    those of labels and descriptions.
    """
    if not has_work(found):
        return found
    known = found.prior
    texts = [each.text for each in found.said]
    alone, texts = _without_introductions(alone, texts, encoder)
    context = context_weights(
        [each.contribution for each in found.said],
        [(each.participant, each.round) for each in found.said],
    )
    vectors = with_context(alone, context)
    if found.worth_seeking:
        found = replace(found, popular=popular_groups(alone, found.recurring))
    # Only a full clustering needs these features, and they are slow for many texts.
    linked = clustering_features(alone, texts, context) if found.refit else vectors
    if maps(known.state):
        mapping = partial(map_statements, found, texts, alone, encode)
        return update_themes(found, vectors, linked, pipeline, encode, mapping)
    if _goes_on(found):
        return update_themes(found, vectors, linked, pipeline, encode)
    return cluster_from_scratch(found, vectors, linked, pipeline(), encode)


def find_elsewhere(
    found: OpdrachtAnalysis, alone: Vectors, encoder_name: str, spacy_model: str
) -> tuple[OpdrachtAnalysis, Mapping[str, Vectors]] | Failure:
    """``find`` in a process without the database; the second result is what it encoded, by text."""
    encoded: dict[str, Vectors] = {}

    def task() -> tuple[OpdrachtAnalysis, Mapping[str, Vectors]]:
        encoder = encoder_named(encoder_name)

        def encode(labels: Sequence[str]) -> Vectors:
            vectors = encoder.encode([spaced(each) for each in labels])
            encoded.update(zip(labels, vectors, strict=True))
            return vectors

        def pipeline() -> Language:
            # Loading takes a second, and a run that describes no theme anew needs none.
            from language.pipeline import load_pipeline

            with needs_pipeline(AnalysisError):
                return load_pipeline(spacy_model)

        started = time.perf_counter()
        small = len(found.said) <= SMALL
        with threadpool_limits(1, user_api="blas") if small else nullcontext():
            done = find(found, alone, encoder, encode, pipeline)
        return replace(done, seconds=round(time.perf_counter() - started, 3)), encoded

    return _without_raising(task)


def encode_elsewhere(encoder_name: str, texts: Sequence[str]) -> Vectors | Failure:
    """The vectors of the texts, (texts, dimension), in a process without the database."""
    return _without_raising(lambda: encoder_named(encoder_name).encode(texts))


def versions(encoder_name: str) -> dict[str, str] | Failure:
    """The versions on which the result of a task depends."""

    def task() -> dict[str, str]:
        names = ("samenspraak", "numpy", "scipy", "scikit-learn", "spacy", "bertopic")
        found = {name: importlib.metadata.version(name) for name in names}
        return found | {"encoder": model_key(encoder_named(encoder_name))}

    return _without_raising(task)


def _goes_on(found: OpdrachtAnalysis) -> bool:
    known = found.prior
    return known.decided or bool(not found.refit and known.assignments)


def _without_raising(task: Callable[[], _Result]) -> _Result | Failure:
    """The result of a task, or its failure.

    Dask logs the arguments of a task that raises, and these are the words of participants.
    """
    try:
        return task()
    except Exception as error:
        reason = str(error) if isinstance(error, SamenspraakError) else None
        return Failure(reason, traceback.format_exc())


def _without_introductions(
    vectors: Vectors, texts: list[str], encoder: Encoder
) -> tuple[Vectors, list[str]]:
    """Returns the vectors and texts without the introductions that many texts share.

    The vectors of shortened texts are not cached: they belong to no stored text, so erasing a
    participant would not find them.
    """
    found = introductions(texts, shared_runs(texts))
    rows = [row for row in sorted(found) if without_spans(texts[row], found[row])]
    if not rows:
        return vectors, texts
    bare = {row: without_spans(texts[row], found[row]) for row in rows}
    vectors = vectors.copy()
    vectors[rows] = encoder.encode([bare[row] for row in rows])
    return vectors, [bare.get(row, text) for row, text in enumerate(texts)]
