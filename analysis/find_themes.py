"""Finds the themes of all opdrachten of a run: duplicates, vectors, themes."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING

from threadpoolctl import threadpool_limits
from tqdm import tqdm

from analysis.opdracht_themes import refit_due
from analysis.preprocessing.deduplication import Exclusion, group_duplicates
from analysis.preprocessing.embeddings import AnalysisError, keep_vectors, vectors_of
from analysis.preprocessing.fixed_text import fixed_rows
from analysis.preprocessing.recurring_texts import recurring_texts
from analysis.result import OpdrachtAnalysis
from analysis.scheduling.cluster import Cluster, Scheduling, connected
from analysis.scheduling.tasks import SMALL, find, has_work
from analysis.stance.guess import stance_digest
from consultation.curation.operations import Stance
from consultation.database.storage import Storage
from consultation.errors import needs_pipeline
from consultation.queries.themes import NO_ANSWER, OTHER_LANGUAGE, SAME_TEXT
from language.embedding import Encoder, Vectors

if TYPE_CHECKING:
    from spacy.language import Language

    from analysis.stance.model import StanceModel


def find_themes(
    found: Sequence[OpdrachtAnalysis],
    storage: Storage,
    encoder: Encoder,
    spacy_model: str,
    *,
    round_number: int,
    method: str,
    progress: bool,
    scheduling: Scheduling | None = None,
) -> list[OpdrachtAnalysis]:
    """Returns each opdracht with its duplicate groups, themes and stances.

    ``method`` is the hash of the parameters and models. With ``scheduling`` the workers of a
    cluster encode texts and find themes, else threads of this process. Where nothing changed since
    the last run, the opdracht is returned as ``repeated``.

    Raises:
        AnalysisError: the spaCy pipeline is not available, or the cluster is not (``connected``).
    """
    corrected = {
        said.text: each.prior.state.stances[said.id]
        for each in found
        for said in each.everything
        if said.id in each.prior.state.stances
    }
    found = [
        replace(each, stance_digest=stance_digest(corrected, (said.id for said in each.everything)))
        for each in found
    ]
    grouped = [_grouped(each, round_number, method) for each in found if not _stands(each)]
    wanted = [each for each in grouped if each.worth_seeking or each.prior.assignments]
    texts = [said.text for each in wanted for said in each.said]
    with nullcontext() if scheduling is None else connected(scheduling, encoder) as cluster:
        vectors_of(storage, encoder, texts, progress, cluster.encode if cluster else None)
        done = _find_all(grouped, storage, encoder, spacy_model, progress, cluster)
    changed = {each.opdracht: each for each in _with_stances(done, corrected)}
    return [changed.get(each.opdracht, replace(each, repeated=True, refit=False)) for each in found]


def _stands(found: OpdrachtAnalysis) -> bool:
    """Whether the last run read the same, and guessed stances from the same."""
    prior = found.prior
    return (prior.inputs, prior.stance_digest) == (found.inputs, found.stance_digest)


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


def _with_stances(
    found: Sequence[OpdrachtAnalysis], corrected: Mapping[str, Stance]
) -> list[OpdrachtAnalysis]:
    """Returns each opdracht with the stances of its statements; learns from those people set.

    The stances of the last run stand where neither the statements nor what people set
    (``corrected``, by text) changed.
    """
    model: StanceModel | None = None
    done = []
    for each in found:
        if each.stance_digest == each.prior.stance_digest:
            known = each.prior.stances
            stances = {said.id: known[said.id] for said in each.everything if said.id in known}
        else:
            if model is None:
                from analysis.stance.model import StanceModel, untaught

                model = StanceModel(corrected) if corrected else untaught()
            texts = [said.text for said in each.everything]
            guesses = model.guess(texts, [said.kind for said in each.everything])
            stances = dict(zip((said.id for said in each.everything), guesses, strict=True))
        done.append(replace(each, stances=stances))
    return done


def _find_all(
    found: Sequence[OpdrachtAnalysis],
    storage: Storage,
    encoder: Encoder,
    spacy_model: str,
    progress: bool,
    cluster: Cluster | None,
) -> list[OpdrachtAnalysis]:
    """Returns each opdracht with its themes."""
    # The largest first, so that no thread or worker is left alone with it at the end.
    by_size = sorted(found, key=lambda each: -len(each.said))
    with tqdm(total=len(found), desc="themes", unit="opdracht", disable=not progress) as bar:
        done = {}
        if cluster is None:
            found_now = _in_threads(by_size, storage, encoder, spacy_model)
        else:
            found_now = _in_workers(by_size, storage, encoder, spacy_model, cluster)
        for each in found_now:
            done[each.opdracht] = each
            bar.update()
    return [done[each.opdracht] for each in found]


def _in_workers(
    found: Sequence[OpdrachtAnalysis],
    storage: Storage,
    encoder: Encoder,
    spacy_model: str,
    cluster: Cluster,
) -> Iterator[OpdrachtAnalysis]:
    asked = ((each, _vectors(each, storage, encoder)) for each in found)
    for done, encoded in cluster.find(asked, spacy_model):
        keep_vectors(storage, encoder, encoded)
        yield done


def _in_threads(
    found: Sequence[OpdrachtAnalysis], storage: Storage, encoder: Encoder, spacy_model: str
) -> Iterator[OpdrachtAnalysis]:
    """Finds the themes of small opdrachten in parallel threads, as they are ready.

    Most of the work releases the interpreter lock, so threads run in parallel. A large opdracht
    runs in the main thread, where an interrupt stops it at once.
    """
    loading = threading.Lock()

    def pipeline() -> Language:
        # Loading takes a second, and a run that describes no theme anew needs none.
        from language.pipeline import load_pipeline

        with loading, needs_pipeline(AnalysisError):
            return load_pipeline(spacy_model)

    def encode(labels: Sequence[str]) -> Vectors:
        return vectors_of(storage, encoder, labels)

    def timed(each: OpdrachtAnalysis) -> OpdrachtAnalysis:
        started = time.perf_counter()
        done = find(each, _vectors(each, storage, encoder), encoder, encode, pipeline)
        return replace(done, seconds=round(time.perf_counter() - started, 3))

    few_each = all(len(each.said) <= SMALL for each in found)
    alone = threadpool_limits(1, user_api="blas") if few_each else nullcontext()
    with alone, ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        small = [pool.submit(timed, each) for each in found if len(each.said) <= SMALL]
        try:
            yield from (timed(each) for each in found if len(each.said) > SMALL)
            yield from (future.result() for future in as_completed(small))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _vectors(found: OpdrachtAnalysis, storage: Storage, encoder: Encoder) -> Vectors:
    """The vectors of the statements, (statements, dimension); none where nothing is to be done."""
    wanted = found.said if has_work(found) else ()
    return vectors_of(storage, encoder, [each.text for each in wanted])
