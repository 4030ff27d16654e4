"""Finds the themes of all opdrachten of a run: duplicates, vectors, themes."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import nullcontext
from dataclasses import replace
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
from analysis.preprocessing.deduplication import Exclusion, group_duplicates
from analysis.preprocessing.embeddings import AnalysisError, vectors_of
from analysis.preprocessing.fixed_text import fixed_rows
from analysis.preprocessing.recurring_texts import recurring_texts
from analysis.result import OpdrachtAnalysis
from analysis.stance.guess import stance_digest
from consultation.database.storage import Storage
from consultation.errors import needs_pipeline
from consultation.queries.themes import NO_ANSWER, OTHER_LANGUAGE, SAME_TEXT
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
) -> list[OpdrachtAnalysis]:
    """Returns each opdracht with its duplicate groups, themes and stances.

    ``method`` is the hash of the parameters and models.

    Raises:
        AnalysisError: the spaCy pipeline is not available.
    """
    grouped = [_grouped(each, round_number, method) for each in found]
    wanted = [each for each in grouped if each.worth_seeking or each.prior.assignments]
    vectors_of(storage, encoder, [said.text for each in wanted for said in each.said], progress)
    return _with_stances(_find_all(grouped, storage, encoder, spacy_model, progress))


def _grouped(found: OpdrachtAnalysis, round_number: int, method: str) -> OpdrachtAnalysis:
    """Returns the opdracht with its duplicate groups, and whether to cluster everything anew."""
    everything = found.everything
    texts = [said.text for said in everything]
    refit = refit_due(found.prior, round_number, len(everything), method)
    duplicates = group_duplicates(
        texts,
        {row for row, said in enumerate(everything) if said.id in found.prior.assignments},
        fixed_rows(everything),
        {} if refit else _read_before(found),
    )
    return replace(
        found,
        duplicates=duplicates,
        said=[everything[row] for row in duplicates.representatives],
        recurring=recurring_texts(
            texts,
            [said.participant for said in everything],
            [said.contribution for said in everything],
            duplicates.duplicates,
            duplicates.representatives,
        ),
        refit=refit,
    )


def _read_before(found: OpdrachtAnalysis) -> dict[int, Exclusion | None]:
    """Returns why the last run excluded statements, by row; None where it did not.

    Statements do not change, so this holds as long as the method is the same. A statement without
    theme and mark is not among them: the last run may not have had it.
    """
    read: dict[int, Exclusion | None] = {}
    for row, said in enumerate(found.everything):
        mark, value = found.prior.marks.get(said.id, (None, None))
        if mark == NO_ANSWER:
            read[row] = Exclusion(row, NO_ANSWER)
        elif mark == OTHER_LANGUAGE:
            read[row] = Exclusion(row, OTHER_LANGUAGE, value)
        elif mark == SAME_TEXT or (mark is None and said.id in found.prior.assignments):
            read[row] = None
    return read


def _with_stances(found: Sequence[OpdrachtAnalysis]) -> list[OpdrachtAnalysis]:
    """Returns each opdracht with the stances of its statements; learns from those people set.

    The stances of the last run stand where neither the statements nor what people set changed.
    """
    corrected = {
        said.text: each.prior.state.stances[said.id]
        for each in found
        for said in each.everything
        if said.id in each.prior.state.stances
    }
    model: StanceModel | None = None
    done = []
    for each in found:
        digest = stance_digest(corrected, (said.id for said in each.everything))
        if digest == each.prior.stance_digest:
            known = each.prior.stances
            stances = {said.id: known[said.id] for said in each.everything if said.id in known}
        else:
            if model is None:
                from analysis.stance.model import StanceModel, untaught

                model = StanceModel(corrected) if corrected else untaught()
            texts = [said.text for said in each.everything]
            guesses = model.guess(texts, [said.kind for said in each.everything])
            stances = dict(zip((said.id for said in each.everything), guesses, strict=True))
        done.append(replace(each, stances=stances, stance_digest=digest))
    return done


def _find_all(
    found: Sequence[OpdrachtAnalysis],
    storage: Storage,
    encoder: Encoder,
    spacy_model: str,
    progress: bool,
) -> list[OpdrachtAnalysis]:
    """Returns each opdracht with its themes; finds those of small ones in parallel threads.

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

    def timed(each: OpdrachtAnalysis) -> OpdrachtAnalysis:
        started = time.perf_counter()
        done = _find(each, storage, encoder, pipeline)
        return replace(done, seconds=round(time.perf_counter() - started, 3))

    bar = tqdm(total=len(found), desc="themes", unit="opdracht", disable=not progress)
    few_each = all(len(each.said) <= _SMALL for each in found)
    alone = threadpool_limits(1, user_api="blas") if few_each else nullcontext()
    with bar, alone, ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        # The largest first, so that no thread is left alone with it at the end.
        by_size = sorted(found, key=lambda each: -len(each.said))
        small = {
            each.opdracht: pool.submit(timed, each) for each in by_size if len(each.said) <= _SMALL
        }
        large = {}
        try:
            for each in found:
                if each.opdracht not in small:
                    large[each.opdracht] = timed(each)
                    bar.update()
            for future in as_completed(small.values()):
                future.result()
                bar.update()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    done = large | {opdracht: future.result() for opdracht, future in small.items()}
    return [done[each.opdracht] for each in found]


def _find(
    found: OpdrachtAnalysis,
    storage: Storage,
    encoder: Encoder,
    pipeline: Callable[[], Language],
) -> OpdrachtAnalysis:
    known = found.prior
    going_on = known.decided or (not found.refit and known.assignments)
    if not going_on and not found.worth_seeking:
        return found
    texts = [each.text for each in found.said]
    alone = vectors_of(storage, encoder, texts)
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

    def encode(labels: Sequence[str]) -> Vectors:
        return vectors_of(storage, encoder, labels)

    if maps(known.state):
        mapping = partial(map_statements, found, texts, alone, encode)
        return update_themes(found, vectors, linked, pipeline, encode, mapping)
    if going_on:
        return update_themes(found, vectors, linked, pipeline, encode)
    return cluster_from_scratch(found, vectors, linked, pipeline(), encode)


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
