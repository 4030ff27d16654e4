"""The analysis, declared in one place: statements, vectors, topics, identity, trust, storage."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

import numpy as np
from spacy.language import Language
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.alignment import align, persistence
from analysis.clustering import WITHOUT_THEME, GraphClusterer
from analysis.embeddings import AnalysisError, encoder_named, in_context, model_key, vectors_of
from analysis.standing import Said, standing
from analysis.statements import cut_new
from analysis.themes import FEWEST, latest_run
from analysis.topics import Topic, find_topics
from analysis.trust import Trust, trust
from analysis.voices import METHOD as VOICES
from analysis.voices import Voices, sort_out, store_marks
from consultation import rounds
from consultation.catalogue import Catalogue
from consultation.models import (
    AnalysisRun,
    Assignment,
    Consultation,
    Round,
    RunTheme,
    Statement,
    Theme,
    now,
)
from consultation.participants import text_hash
from consultation.storage import Storage
from language.embedding import Encoder
from language.pipeline import PipelineUnavailable, load_pipeline, pipeline_status

METHOD = "leiden-consensus-4"
SUBSAMPLES = 5


@dataclass(frozen=True)
class OpdrachtResult:
    """One opdracht's figures. ``stability`` and ``label_persistence`` (see ``analysis.trust`` and
    ``analysis.alignment``) are None where they cannot be measured."""

    opdracht: int
    statements: int
    themes: int
    coverage: float
    stability: float | None
    label_persistence: float | None
    seconds: float


@dataclass(frozen=True)
class RunResult:
    """What a run gives; ``reused`` is true when nothing changed since the run it points to."""

    run: int
    round: int
    opdrachten: tuple[OpdrachtResult, ...]
    reused: bool = False

    def as_json(self) -> str:
        """The contract's JSON object."""
        return json.dumps(
            {
                "run": self.run,
                "round": self.round,
                "opdrachten": [asdict(each) for each in self.opdrachten],
            }
        )


@dataclass
class _Found:
    """``said`` are the voices: what goes into the analysis of ``everything`` that stands."""

    opdracht: int
    everything: list[Said]
    said: list[Said] = field(default_factory=list)
    voices: Voices = field(default_factory=lambda: Voices((), {}, ()))
    topics: list[Topic] = field(default_factory=list)
    trust: Trust | None = None
    seconds: float = 0.0


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
) -> RunResult:
    """Finds the themes of every opdracht (or of one) in all that was said up to a round.

    1. cut what is new into statements; 2. gather those that stand; 3. stop here when neither they
    nor the parameters changed since the last such run; 4. sort out whose voice each is, see
    ``analysis.voices``; 5. vectors, from the cache; 6. topics; 7. trust; 8. give each topic the
    identity of the theme it continues; 9. store it all in one transaction. An interrupted run
    leaves no trace but cached vectors.

    Raises:
        RoundError: there is no such round.
        AnalysisError: there is no such opdracht, or encoder or pipeline cannot be had.
    """
    if opdracht is not None and catalogue.opdracht(opdracht) is None:
        known = ", ".join(str(each.nummer) for each in catalogue.opdrachten)
        raise AnalysisError(f"--opdracht: there is no opdracht {opdracht}; choose from {known}.")
    with storage.reading() as session:
        round_ = rounds.require_round(session, consultation_id, round_number)
    cut_new(storage, consultation_id, catalogue, encoder_name, progress)
    numbers = [opdracht] if opdracht else [each.nummer for each in catalogue.opdrachten]
    encoder = encoder_named(encoder_name)
    try:
        nlp = load_pipeline(spacy_model)
    except PipelineUnavailable as error:
        raise AnalysisError(str(error)) from error
    models = {"embedding": model_key(encoder), "spacy": pipeline_status(spacy_model).name}
    parameters = {
        "method": METHOD,
        "voices": VOICES,
        "fewest": FEWEST,
        **GraphClusterer().get_params(),
    }

    with storage.reading() as session:
        everything = standing(session, consultation_id, until_round=round_.number)
        found = [_Found(n, [each for each in everything if each.opdracht == n]) for n in numbers]
        inputs = _input_hash(found, models, parameters)
        same = _last_run(session, round_.id, opdracht)
        if same is not None and same.input_hash == inputs:
            return _stored_result(same, round_.number)

    for each in found:
        each.voices = sort_out([said.text for said in each.everything])
        each.said = [each.everything[row] for row in each.voices.heard]
    vectors_of(
        storage,
        encoder,
        [said.text for each in found if len(each.said) >= FEWEST for said in each.said],
        progress,
    )
    for each in found:
        started = time.perf_counter()
        _find(each, storage, encoder, nlp)
        each.seconds = round(time.perf_counter() - started, 3)
    return _store(storage, consultation_id, round_, opdracht, found, models, parameters, inputs)


def _find(found: _Found, storage: Storage, encoder: Encoder, nlp: Language) -> None:
    said = found.said
    if len(said) < FEWEST:
        return
    alone = vectors_of(storage, encoder, [each.text for each in said])
    vectors = in_context(
        alone,
        [each.contribution for each in said],
        [(each.participant, each.round) for each in said],
    )
    found.topics = find_topics(
        [each.text for each in said],
        vectors,
        [each.kind for each in said],
        [each.participant for each in said],
        nlp,
    )
    labels = np.full(len(said), WITHOUT_THEME, dtype=np.int64)
    for number, topic in enumerate(found.topics):
        labels[list(topic.rows)] = number
    found.trust = trust(vectors, labels, SUBSAMPLES)


def _input_hash(
    found: Sequence[_Found], models: dict[str, str], parameters: dict[str, object]
) -> str:
    digest = hashlib.sha256(json.dumps([models, parameters], sort_keys=True).encode())
    for each in found:
        digest.update(f"|{each.opdracht}|".encode())
        for one in sorted(each.everything, key=lambda said: said.id):
            digest.update(f"{one.id} {one.kind} {text_hash(one.text)}\n".encode())
    return digest.hexdigest()


def _last_run(session: Session, round_id: int, opdracht: int | None) -> AnalysisRun | None:
    scope = AnalysisRun.opdracht.is_(None) if opdracht is None else AnalysisRun.opdracht == opdracht
    return session.scalar(
        select(AnalysisRun)
        .where(AnalysisRun.round_id == round_id, AnalysisRun.status == "klaar", scope)
        .order_by(AnalysisRun.id.desc())
        .limit(1)
    )


def _stored_result(run: AnalysisRun, round_number: int) -> RunResult:
    rows = tuple(OpdrachtResult(**each) for each in run.metrics["opdrachten"])
    return RunResult(run.id, round_number, rows, reused=True)


def _store(
    storage: Storage,
    consultation_id: int,
    round_: Round,
    opdracht: int | None,
    found: Sequence[_Found],
    models: dict[str, str],
    parameters: dict[str, object],
    inputs: str,
) -> RunResult:
    with storage.writing() as session:
        # One at a time: two runs at once would give out the same theme numbers.
        session.get(Consultation, consultation_id, with_for_update=True)
        before = {
            each.opdracht: _members(session, consultation_id, each.opdracht) for each in found
        }
        run = AnalysisRun(
            round_id=round_.id,
            opdracht=opdracht,
            status="klaar",
            parameters=parameters,
            models=models,
            input_hash=inputs,
        )
        session.add(run)
        session.flush()
        results = tuple(
            _store_opdracht(session, run, consultation_id, each, *before[each.opdracht])
            for each in found
        )
        run.metrics = {"opdrachten": [asdict(each) for each in results]}
        run.finished_at = now()
        return RunResult(run.id, round_.number, results)


_Members = dict[str, set[str]]


def _members(session: Session, consultation_id: int, opdracht: int) -> tuple[_Members, _Members]:
    """Members per theme: of the themes in the last run, and of those that had faded before it."""
    last = latest_run(session, consultation_id, opdracht)
    newest = (
        select(RunTheme.theme_id, func.max(RunTheme.run_id).label("run_id"))
        .join(Theme, Theme.id == RunTheme.theme_id)
        .where(Theme.consultation_id == consultation_id, Theme.opdracht == opdracht)
        .group_by(RunTheme.theme_id)
        .subquery()
    )
    rows = session.execute(
        select(Assignment.theme_id, Assignment.statement_id, Assignment.run_id).join(
            newest,
            (newest.c.theme_id == Assignment.theme_id) & (newest.c.run_id == Assignment.run_id),
        )
    )
    latest: _Members = {}
    earlier: _Members = {}
    for theme_id, statement_id, run_id in rows:
        here = latest if last is not None and run_id == last.id else earlier
        here.setdefault(theme_id, set()).add(statement_id)
    return latest, earlier


def _store_opdracht(
    session: Session,
    run: AnalysisRun,
    consultation_id: int,
    found: _Found,
    latest: _Members,
    earlier: _Members,
) -> OpdrachtResult:
    ids = [each.id for each in found.said]
    # Whoever was erased while the topics were found is left out.
    living = set(session.scalars(select(Statement.id).where(Statement.opdracht == found.opdracht)))
    clusters = [{ids[row] for row in topic.rows} & living for topic in found.topics]
    number = session.scalar(
        select(func.max(Theme.number)).where(
            Theme.consultation_id == consultation_id, Theme.opdracht == found.opdracht
        )
    )
    named: _Members = {}
    for index, (topic, cluster, same) in enumerate(
        zip(found.topics, clusters, align(clusters, latest, earlier), strict=True)
    ):
        theme = session.get(Theme, same.theme) if same.theme else None
        if theme is None:
            number = (number or 0) + 1
            theme = Theme(
                consultation_id=consultation_id,
                opdracht=found.opdracht,
                number=number,
                parents=list(same.parents),
                created_run_id=run.id,
            )
            session.add(theme)
            session.flush()
        named[theme.id] = cluster
        stable = found.trust.per_topic[index] if found.trust and found.trust.per_topic else None
        session.add(
            RunTheme(
                run_id=run.id,
                theme_id=theme.id,
                label=topic.label,
                keywords=list(topic.keywords),
                quotes=[ids[row] for row in topic.quotes if ids[row] in living],
                action_statement_id=_alive(ids, topic.action, living),
                trust={
                    "stability": None if stable is None else round(stable, 4),
                    "closeness": round(float(np.mean(topic.closeness)), 4),
                },
            )
        )
        session.flush()
        for row, close in zip(topic.rows, topic.closeness, strict=True):
            if ids[row] in living:
                session.add(
                    Assignment(
                        statement_id=ids[row],
                        theme_id=theme.id,
                        run_id=run.id,
                        score=close,
                    )
                )
    session.flush()
    store_marks(session, run.id, found.voices, [each.id for each in found.everything], living)
    kept = persistence(named, {**earlier, **latest}) if named else None
    measured = found.trust
    stability = measured.stability if measured else None
    return OpdrachtResult(
        opdracht=found.opdracht,
        statements=len(found.everything),
        themes=len(found.topics),
        coverage=round(measured.coverage, 4) if measured else 0.0,
        stability=None if stability is None else round(stability, 4),
        label_persistence=None if kept is None else round(kept, 4),
        seconds=found.seconds,
    )


def _alive(ids: Sequence[str], row: int | None, living: set[str]) -> str | None:
    return ids[row] if row is not None and ids[row] in living else None
