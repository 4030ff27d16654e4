"""The analysis as a sequence of stages: statements, duplicates, vectors, themes, storage."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.asking.own_placings import take_over
from analysis.continuity.prior_state import prior_state
from analysis.parameters import parameters
from analysis.preprocessing.answer_quality import measure_new
from analysis.preprocessing.embeddings import AnalysisError, encoder_named, model_key
from analysis.preprocessing.statements import cut_new
from analysis.result import ConcurrentRun, OpdrachtAnalysis, OpdrachtResult, RunResult
from consultation import rounds
from consultation.catalogue import Catalogue
from consultation.curation.store import curation_hash, load_events
from consultation.database.models import AnalysisRun, Round, now
from consultation.database.storage import Storage
from consultation.errors import needs_pipeline
from consultation.participation.answers import text_hash
from consultation.queries.statements import active_statements, unread_answers
from consultation.queries.themes import FEWEST
from consultation.runs import latest_run
from language.embedding import Encoder
from language.pipeline_status import pipeline_status

if TYPE_CHECKING:
    from analysis.scheduling.cluster import Scheduling

__all__ = ["OpdrachtResult", "RunResult", "analyse"]

MOST_TRIES = 5
"""The number of attempts of a run: it restarts when another run was stored in the meantime."""


@dataclass(frozen=True)
class _Tools:
    """The models and parameters of a run; ``method`` is the hash of these two."""

    encoder: Encoder
    spacy_model: str
    models: dict[str, str]
    parameters: dict[str, object]
    scheduling: Scheduling | None

    @property
    def method(self) -> str:
        told = json.dumps([self.models, self.parameters], sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()


def analyse(
    storage: Storage,
    consultation_id: int,
    catalogue: Catalogue,
    *,
    encoder_name: str,
    spacy_model: str,
    round_number: int | None = None,
    opdracht: int | None = None,
    progress: bool = False,
    scheduling: Scheduling | None = None,
) -> RunResult:
    """Finds the themes of every opdracht (or of one) in all answers up to a round.

    The stages are:

    1. Cut new answers into statements, make what participants said of them decisions, and measure
       how much the answers say. An answer that takes too much time is excluded, see
       ``analysis.preprocessing.answer_reader``.
    2. Read the current statements and the prior state of each opdracht.
    3. Stop here when the statements, the parameters and the decisions of people are unchanged
       since the last such run.
    4. Find duplicates and exclude statements, see ``analysis.preprocessing.deduplication``.
    5. Compute the vectors that are not in the cache.
    6. Find themes: clustered anew until people decide on them, then continued, see
       ``analysis.opdracht_themes``. An opdracht in which nothing changed keeps its themes.
    7. Store everything in one transaction.

    With ``scheduling`` the workers of a Dask cluster do stages 5 and 6, with the same result.

    An interrupted run leaves only cut statements, measures and cached vectors.

    Raises:
        RoundError: there is no such round.
        AnalysisError: there is no such opdracht, the encoder, the pipeline or the cluster is not
            available, or another run was stored during each of the ``MOST_TRIES`` attempts.
        ReaderBroken: no answer can be read at all.
    """
    if opdracht is not None and catalogue.opdracht(opdracht) is None:
        known = ", ".join(str(each.nummer) for each in catalogue.opdrachten)
        raise AnalysisError(f"--opdracht: there is no opdracht {opdracht}; choose from {known}.")
    with storage.reading() as session:
        round_ = rounds.require_round(session, consultation_id, round_number)
    cut_new(storage, consultation_id, catalogue, encoder_name, progress)
    take_over(storage, consultation_id)
    measure_new(storage, consultation_id, catalogue)
    numbers = [opdracht] if opdracht else [each.nummer for each in catalogue.opdrachten]
    tools = _tools(encoder_name, spacy_model, scheduling)
    for _ in range(MOST_TRIES):
        try:
            found = _analysed(storage, consultation_id, round_, opdracht, numbers, tools, progress)
            break
        except ConcurrentRun:
            # The next attempt starts from the run that was stored meanwhile; vectors are cached.
            continue
    else:
        raise AnalysisError(
            f"another analysis was stored each of the {MOST_TRIES} times that this one was ready, "
            "so this one was not; that one stands. Run it again when no other analysis runs."
        )
    with storage.reading() as session:
        return replace(
            found, set_aside=tuple(unread_answers(session, consultation_id, round_.number))
        )


def _tools(encoder_name: str, spacy_model: str, scheduling: Scheduling | None) -> _Tools:
    encoder = encoder_named(encoder_name)
    with needs_pipeline(AnalysisError):
        pipeline = pipeline_status(spacy_model).name
    return _Tools(
        encoder=encoder,
        spacy_model=spacy_model,
        models={"embedding": model_key(encoder), "spacy": pipeline},
        parameters={**parameters(), "fewest": FEWEST},
        scheduling=scheduling,
    )


def _analysed(
    storage: Storage,
    consultation_id: int,
    round_: Round,
    opdracht: int | None,
    numbers: Sequence[int],
    tools: _Tools,
    progress: bool,
) -> RunResult:
    began = now()
    with storage.reading() as session:
        everything = active_statements(session, consultation_id, until_round=round_.number)
        read = [
            _with_inputs(
                OpdrachtAnalysis(
                    n,
                    [each for each in everything if each.opdracht == n and not each.set_aside],
                    prior_state(session, consultation_id, n),
                ),
                round_.number,
                tools.method,
            )
            for n in numbers
        ]
        inputs = hashlib.sha256("".join(each.inputs for each in read).encode()).hexdigest()
        decided = curation_hash(load_events(session, consultation_id))
        same = _last_run(session, round_.id, opdracht)
    if same is not None and (same.input_hash, same.curation_hash) == (inputs, decided):
        _confirm(storage, consultation_id, round_.number, numbers, began)
        return _stored_result(same, round_.number)
    # These imports take seconds and are not needed when nothing changed.
    from analysis.find_themes import find_themes
    from analysis.run_store import store

    found = find_themes(
        read,
        storage,
        tools.encoder,
        tools.spacy_model,
        round_number=round_.number,
        method=tools.method,
        progress=progress,
        scheduling=tools.scheduling,
    )
    about = {
        "started_at": began,
        "parameters": tools.parameters,
        "models": tools.models,
        "input_hash": inputs,
        "curation_hash": decided,
    }
    return store(storage, consultation_id, round_, opdracht, found, about, tools.method)


def _with_inputs(found: OpdrachtAnalysis, round_number: int, method: str) -> OpdrachtAnalysis:
    """Returns the opdracht with the digest of all that its themes follow from, but stances."""
    prior = found.prior
    decided = curation_hash(each.event for each in prior.state.log)
    digest = hashlib.sha256(f"{method}|{round_number}|{prior.codebook}|{decided}\n".encode())
    for one in sorted(found.everything, key=lambda said: said.id):
        digest.update(f"{one.id} {one.kind} {one.group} {text_hash(one.text)}\n".encode())
    for statement, themes in sorted(prior.coded.items()):
        digest.update(f"{statement} {sorted(themes)}\n".encode())
    return replace(found, inputs=digest.hexdigest())


def _last_run(session: Session, round_id: int, opdracht: int | None) -> AnalysisRun | None:
    scope = AnalysisRun.opdracht.is_(None) if opdracht is None else AnalysisRun.opdracht == opdracht
    return session.scalar(
        select(AnalysisRun)
        .where(AnalysisRun.round_id == round_id, scope)
        .order_by(AnalysisRun.id.desc())
        .limit(1)
    )


def _confirm(
    storage: Storage,
    consultation_id: int,
    round_number: int,
    opdrachten: Sequence[int],
    began: datetime,
) -> None:
    """Updates the times of the last runs, which cover all current answers.

    Answers that yield no statement (trekker, priority) then count as analysed too.
    """
    with storage.writing() as session:
        for number in opdrachten:
            run = latest_run(session, consultation_id, number, round_number)
            if run is not None:
                run.started_at, run.finished_at = began, now()


def _stored_result(run: AnalysisRun, round_number: int) -> RunResult:
    rows = tuple(OpdrachtResult(**each) for each in run.metrics["opdrachten"])
    return RunResult(run.id, round_number, rows, reused=True)
