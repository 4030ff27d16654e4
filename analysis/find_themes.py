"""Finds the themes of all opdrachten of a run: duplicates, vectors, themes."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING

from threadpoolctl import threadpool_limits
from tqdm import tqdm

from analysis.asking.codebook_run import map_statements
from analysis.clustering.features import clustering_features, context_weights, with_context
from analysis.clustering.popular_answers import popular_groups
from analysis.clustering.shared_passages import introductions, shared_runs, without_spans
from analysis.codebook.standing import maps
from analysis.opdracht_themes import cluster_from_scratch, refit_due, update_themes
from analysis.preprocessing.deduplication import group_duplicates
from analysis.preprocessing.embeddings import AnalysisError, vectors_of
from analysis.preprocessing.fixed_text import fixed_rows
from analysis.preprocessing.recurring_texts import recurring_texts
from analysis.result import OpdrachtAnalysis
from analysis.stance.guess import stance_digest
from consultation.database.storage import Storage
from consultation.errors import needs_pipeline
from language.embedding import Encoder, Vectors

if TYPE_CHECKING:
    from spacy.language import Language

    from analysis.stance.model import StanceModel

_SMALL = 2_000


def find_themes(
    found: Sequence[OpdrachtAnalysis],
    storage: Storage,
    encoder: Encoder,
    spacy_model: str,
    *,
    round_number: int,
    method: str,
    progress: bool,
) -> None:
    """Fills in the duplicate groups and themes of each opdracht.

    ``method`` is the hash of the parameters and models.

    Raises:
        AnalysisError: the spaCy pipeline is not available.
    """
    for each in found:
        texts = [said.text for said in each.everything]
        each.duplicates = group_duplicates(
            texts,
            {row for row, said in enumerate(each.everything) if said.id in each.prior.assignments},
            fixed_rows(each.everything),
        )
        each.said = [each.everything[row] for row in each.duplicates.representatives]
        each.recurring = recurring_texts(
            texts,
            [said.participant for said in each.everything],
            [said.contribution for said in each.everything],
            each.duplicates.duplicates,
            each.duplicates.representatives,
        )
        each.refit = refit_due(each.prior, round_number, len(each.everything), method)
    wanted = [each for each in found if each.worth_seeking or each.prior.assignments]
    vectors_of(storage, encoder, [said.text for each in wanted for said in each.said], progress)
    _find_all(found, storage, encoder, spacy_model, progress)
    _find_stances(found)


def _find_stances(found: Sequence[OpdrachtAnalysis]) -> None:
    """Fills in the stance of each statement; learns from the stances that people set.

    The stances of the last run stand where neither the statements nor what people set changed.
    """
    corrected = {
        said.text: each.prior.state.stances[said.id]
        for each in found
        for said in each.everything
        if said.id in each.prior.state.stances
    }
    model: StanceModel | None = None
    for each in found:
        each.stance_digest = stance_digest(corrected, (said.id for said in each.everything))
        if each.stance_digest == each.prior.stance_digest:
            known = each.prior.stances
            each.stances = {said.id: known[said.id] for said in each.everything if said.id in known}
            continue
        if model is None:
            from analysis.stance.model import StanceModel, untaught

            model = StanceModel(corrected) if corrected else untaught()
        texts = [said.text for said in each.everything]
        guesses = model.guess(texts, [said.kind for said in each.everything])
        each.stances = dict(zip((said.id for said in each.everything), guesses, strict=True))


def _find_all(
    found: Sequence[OpdrachtAnalysis],
    storage: Storage,
    encoder: Encoder,
    spacy_model: str,
    progress: bool,
) -> None:
    """Finds the themes of each opdracht, small ones in parallel threads.

    Most of the work releases the interpreter lock, so threads run in parallel. Their matrices are
    small, and a matrix product gets one thread: threads that wait for each other would take a fifth
    more processor time. A large opdracht runs in the main thread, where an interrupt stops it at
    once.
    """
    loading = threading.Lock()

    def pipeline() -> Language:
        # Loading takes a second, and a run that describes no theme anew needs none.
        from language.pipeline import load_pipeline

        with loading, needs_pipeline(AnalysisError):
            return load_pipeline(spacy_model)

    def timed(each: OpdrachtAnalysis) -> None:
        started = time.perf_counter()
        _find(each, storage, encoder, pipeline)
        each.seconds = round(time.perf_counter() - started, 3)

    bar = tqdm(total=len(found), desc="themes", unit="opdracht", disable=not progress)
    large = any(len(each.said) > _SMALL for each in found)
    alone = nullcontext() if large else threadpool_limits(1, user_api="blas")
    with bar, alone, ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        small = [pool.submit(timed, each) for each in found if len(each.said) <= _SMALL]
        try:
            for each in found:
                if len(each.said) > _SMALL:
                    timed(each)
                    bar.update()
            for future in as_completed(small):
                future.result()
                bar.update()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _find(
    found: OpdrachtAnalysis,
    storage: Storage,
    encoder: Encoder,
    pipeline: Callable[[], Language],
) -> None:
    known = found.prior
    going_on = known.decided or (not found.refit and known.assignments)
    if not going_on and not found.worth_seeking:
        return
    texts = [each.text for each in found.said]
    alone = vectors_of(storage, encoder, texts)
    alone, texts = _without_introductions(alone, texts, encoder)
    context = context_weights(
        [each.contribution for each in found.said],
        [(each.participant, each.round) for each in found.said],
    )
    vectors = with_context(alone, context)
    if found.worth_seeking:
        found.popular = popular_groups(alone, found.recurring)
    # Only a full clustering needs these features, and they are slow for many texts.
    linked = clustering_features(alone, texts, context) if found.refit else vectors

    def encode(labels: Sequence[str]) -> Vectors:
        return vectors_of(storage, encoder, labels)

    if maps(known.state):
        mapping = partial(map_statements, found, texts, alone, encode)
        update_themes(found, vectors, linked, pipeline, encode, mapping)
    elif going_on:
        update_themes(found, vectors, linked, pipeline, encode)
    else:
        cluster_from_scratch(found, vectors, linked, pipeline(), encode)


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
