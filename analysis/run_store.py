"""Stores a run in one transaction, without data of participants who were erased meanwhile."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from sqlalchemy import insert, literal, select
from sqlalchemy.orm import Session

from analysis.clustering.coherence import diversity
from analysis.clustering.stability import speakers, subsamples, warnings, weakest
from analysis.continuity.alignment import persistence
from analysis.continuity.prior_state import Refit
from analysis.preprocessing.deduplication import store_marks
from analysis.result import ConcurrentRun, FoundTheme, OpdrachtAnalysis, OpdrachtResult, RunResult
from consultation.database.models import (
    AnalysisRun,
    Assignment,
    Round,
    RunMark,
    RunProposal,
    RunStance,
    RunTheme,
    Statement,
    Theme,
    new_id,
    now,
)
from consultation.database.storage import Storage, in_chunks
from consultation.participation.answers import forget_vectors, text_hash
from consultation.participation.derived_words import (
    OrphanedWords,
    rename,
    renames,
    said_by_nobody,
    still_said,
)
from consultation.queries.agreement import Agreement
from consultation.rounds import lock_consultation
from consultation.runs import latest_run

FEWEST_DECISIONS = 30
"""With fewer decisions by people than this, the agreement is stored without figures."""


def store(
    storage: Storage,
    consultation_id: int,
    round_: Round,
    opdracht: int | None,
    found: Sequence[OpdrachtAnalysis],
    about: Mapping[str, Any],
    method: str,
) -> RunResult:
    """Stores a run; ``about`` holds the columns of the run itself.

    Raises:
        Overtaken: the run it started from is no longer the last one; nothing was stored.
    """
    while True:
        with storage.reading() as session:
            living = [_living(session, each) for each in found]
            gone = [_gone(session, each, here) for each, here in zip(found, living, strict=True)]
        figures = [_figures(each, here) for each, here in zip(found, living, strict=True)]
        with storage.writing() as session:
            # The lock lets one run through at a time: two would give out the same theme numbers.
            lock_consultation(session, consultation_id)
            for each in found:
                last = latest_run(session, consultation_id, each.opdracht)
                if (last.id if last else None) != each.prior.run:
                    raise ConcurrentRun
            if [_living(session, each) for each in found] != living or not all(
                still_said(session, each.unsaid) for each in gone
            ):
                # A participant was erased since the figures were computed: compute them again.
                continue
            run = AnalysisRun(round_id=round_.id, opdracht=opdracht, **about)
            session.add(run)
            session.flush()
            results = tuple(
                _store_opdracht(session, run, consultation_id, *each)
                for each in zip(found, living, gone, figures, strict=True)
            )
            run.metrics = {
                "opdrachten": [asdict(each) for each in results],
                "refits": {
                    str(each.opdracht): asdict(_refit(each, run.id, round_.number, method))
                    for each in found
                },
                "stances": {str(each.opdracht): each.stance_digest for each in found},
                "inputs": {str(each.opdracht): each.inputs for each in found},
            }
            run.finished_at = now()
            return RunResult(run.id, round_.number, results)


@dataclass(frozen=True)
class _Gone:
    """What a run derived from texts of participants who were erased during the run.

    ``hashes`` are those of the texts, by which their vectors are cached; ``unsaid`` are words of
    labels and other names that no remaining answer contains.
    """

    hashes: frozenset[str] = frozenset()
    unsaid: OrphanedWords = field(default_factory=OrphanedWords)


def _living(session: Session, found: OpdrachtAnalysis) -> frozenset[str]:
    """Returns the ids of the statements of a run that still exist."""
    query = select(Statement.id).where(Statement.opdracht == found.opdracht)
    return frozenset(session.scalars(query)) & {each.id for each in found.everything}


def _refit(found: OpdrachtAnalysis, run_id: int, round_number: int, method: str) -> Refit:
    last = found.prior.refit
    settled = found.settled if found.settled is not None else last.settled if last else 0
    if last is not None and not found.refit:
        return replace(last, settled=settled)
    statements = len(found.everything)
    return Refit(run_id, round_number, statements, method, found.prior.codebook, settled)


def _members(found: OpdrachtAnalysis, living: Collection[str]) -> list[set[str]]:
    """Returns for each theme the statements that have it as primary theme."""
    return [
        {each for each, (_, primary) in theme.placed.items() if primary and each in living}
        for theme in found.themes
    ]


def _figures(found: OpdrachtAnalysis, living: Collection[str]) -> OpdrachtResult:
    """Returns the figures of one opdracht; ``trust["weakest"]`` holds ids or indices of themes."""
    if found.repeated:
        told = OpdrachtResult(**found.prior.figures)
        return replace(told, statements=len(living), refit=False, mapped=0, seconds=0.0)
    # A new theme has no id before it is stored: its index stands in.
    names = [theme.id or str(place) for place, theme in enumerate(found.themes)]
    named = dict(zip(names, _members(found, living), strict=True))
    kept = persistence(named, {**found.prior.earlier, **found.prior.latest}) if named else None
    state = found.prior.state
    dead = {each.id for each in state.themes.values() if not each.live}
    return OpdrachtResult(
        opdracht=found.opdracht,
        statements=len(found.everything),
        themes=sum(each.id is None or each.id not in dead for each in found.themes),
        coverage=round(found.coverage, 4),
        stability=None if found.stability is None else round(found.stability, 4),
        label_persistence=None if kept is None else round(kept, 4),
        seconds=found.seconds,
        refit=found.refit,
        mapped=found.mapped,
        proposals=len(found.proposals),
        agreement=_told(found.agreement),
        trust=_trust(found, named),
    )


def _store_opdracht(
    session: Session,
    run: AnalysisRun,
    consultation_id: int,
    found: OpdrachtAnalysis,
    living: Collection[str],
    gone: _Gone,
    figures: OpdrachtResult,
) -> OpdrachtResult:
    if found.repeated:
        _repeat(session, run, found)
        return figures
    ids = [each.id for each in found.everything]
    rows: list[dict[str, Any]] = []
    themes = _themes(session, run, consultation_id, found)
    for known, theme in zip(themes, found.themes, strict=True):
        session.add(_run_theme(run.id, known.id, theme, living))
        rows += [
            {
                "statement_id": statement,
                "theme_id": known.id,
                "run_id": run.id,
                "is_primary": primary,
                "score": score,
                "subtheme": found.subthemes.get(statement) if primary else None,
            }
            for statement, (score, primary) in theme.placed.items()
            if statement in living
        ]
    session.flush()
    if rows:
        session.execute(insert(Assignment), rows)
    held = [
        {"run_id": run.id, "statement_id": each, "stance": guess.stance, "score": guess.score}
        for each, guess in found.stances.items()
        if each in living and guess.stance != "geen"
    ]
    if held:
        session.execute(insert(RunStance), held)
    session.add_all(
        RunProposal(
            run_id=run.id,
            id=each.id,
            opdracht=each.opdracht,
            kind=each.kind,
            themes=list(each.themes),
            statements=[one for one in each.statements if one in living],
            label=each.label,
            score=each.score,
        )
        for each in found.proposals
    )
    session.flush()
    placed = {statement for theme in found.themes for statement in theme.placed}
    store_marks(session, run.id, found.duplicates, ids, living, placed)
    forget_vectors(session, gone.hashes)
    if gone.unsaid.words:
        rename(session, renames(session, {found.opdracht}, gone.unsaid.words, run.id))
    codes = {
        theme.id or str(place): known.code
        for place, (known, theme) in enumerate(zip(themes, found.themes, strict=True))
    }
    trust = figures.trust or {}
    weak = [codes[each] for each in trust.get("weakest", ())]
    return replace(figures, trust={**trust, "weakest": weak})


def _repeat(session: Session, run: AnalysisRun, found: OpdrachtAnalysis) -> None:
    """Stores for an opdracht in which nothing changed what the last run found."""
    themes = select(Theme.id).where(Theme.opdracht == found.opdracht)
    statements = select(Statement.id).where(Statement.opdracht == found.opdracht)
    for model, own in (
        (RunTheme, RunTheme.theme_id.in_(themes)),
        (Assignment, Assignment.theme_id.in_(themes)),
        (RunMark, RunMark.statement_id.in_(statements)),
        (RunStance, RunStance.statement_id.in_(statements)),
        (RunProposal, RunProposal.opdracht == found.opdracht),
    ):
        new = ("run_id", "id", "at") if model is Assignment else ("run_id",)
        columns = [each for each in model.__table__.columns if each.name not in new]
        kept = select(literal(run.id), *columns).where(model.run_id == found.prior.run, own)
        if model is Assignment:
            kept = kept.order_by(Assignment.id)
        names = ["run_id", *(each.name for each in columns)]
        session.execute(insert(model).from_select(names, kept))


def _gone(session: Session, found: OpdrachtAnalysis, living: Collection[str]) -> _Gone:
    missing = [each for each in found.everything if each.id not in living]
    rows = in_chunks(session, select(Statement.id), Statement.id, (each.id for each in missing))
    there = {each for (each,) in rows}
    erased = [each for each in missing if each.id not in there]
    if not erased:
        return _Gone()
    texts = [each.text for each in erased]
    portraits = [each.representation for each in found.themes]
    names = {name for each in portraits for name in (each.label, *each.keywords)}
    names |= {*found.subthemes.values(), *(each.label for each in found.proposals)}
    return _Gone(
        frozenset(text_hash(each) for each in texts),
        said_by_nobody(session, names, texts, {each.contribution for each in erased}),
    )


def _trust(found: OpdrachtAnalysis, members: Mapping[str, Collection[str]]) -> dict[str, Any]:
    """Returns the measures of reliability, see ``OpdrachtResult.trust``.

    ``members`` gives the statements by theme, in the order of ``found.themes``.
    """
    portraits = dict(zip(members, (each.representation for each in found.themes), strict=True))
    dead = {each.id for each in found.prior.state.themes.values() if not each.live}
    shown = {name: each for name, each in portraits.items() if name not in dead and members[name]}
    weak = weakest({name: each.trust.get("stability") for name, each in shown.items()})
    weights = {
        name: len(members[name])
        for name, each in shown.items()
        if each.trust.get("coherence") is not None
    }
    total = sum(weights.values())
    coherent = sum(shown[name].trust["coherence"] * size for name, size in weights.items())
    different = diversity([each.keywords for each in shown.values()])
    loud = speakers(
        [each.group for each in found.everything], list(found.duplicates.sizes.values())
    )
    return {
        "described": bool(found.prior.codebook),
        "subsamples": subsamples(len(found.said)) if found.stability is not None else 0,
        "coherence": round(coherent / total, 4) if total else None,
        "diversity": None if different is None else round(different, 4),
        "weakest": list(weak),
        **loud,
        "warnings": warnings(
            len(found.said), found.stability, loud["group_share"], loud["campaign_share"]
        ),
    }


def _told(found: Agreement | None) -> dict[str, Any] | None:
    """Returns the agreement as it is stored: without figures under ``FEWEST_DECISIONS``."""
    if found is None:
        return None
    enough = found.statements >= FEWEST_DECISIONS
    return {
        "decisions": found.statements,
        "f1": found.f1.value if enough else None,
        "low": found.f1.low if enough else None,
        "high": found.f1.high if enough else None,
    }


def _themes(
    session: Session, run: AnalysisRun, consultation_id: int, found: OpdrachtAnalysis
) -> list[Theme]:
    """Returns the database rows of the themes, in order; new themes get the next numbers."""
    query = select(Theme).where(
        Theme.consultation_id == consultation_id, Theme.opdracht == found.opdracht
    )
    known = {each.id: each for each in session.scalars(query)}
    number = max((each.number for each in known.values()), default=0)
    themes = []
    for theme in found.themes:
        if theme.id is None:
            number += 1
            row = Theme(
                id=new_id(),
                consultation_id=consultation_id,
                opdracht=found.opdracht,
                number=number,
                parents=list(theme.parents),
                created_run_id=run.id,
            )
            session.add(row)
            themes.append(row)
        else:
            themes.append(known[theme.id])
    session.flush()
    return themes


def _run_theme(run_id: int, theme_id: str, found: FoundTheme, living: Collection[str]) -> RunTheme:
    seen = found.representation
    return RunTheme(
        run_id=run_id,
        theme_id=theme_id,
        label=seen.label,
        keywords=list(seen.keywords),
        quotes=[each for each in seen.quotes if each in living],
        action_statement_id=seen.action if seen.action in living else None,
        trust=dict(seen.trust),
    )
