"""A run written down: in one transaction, with nothing of whoever was erased meanwhile."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from analysis.agreement import Agreement
from analysis.alignment import persistence
from analysis.coherence import diversity
from analysis.known import Refit
from analysis.result import Found, FoundTheme, OpdrachtResult, Overtaken, RunResult
from analysis.standing import Said
from analysis.trust import speakers, subsamples, warnings, weakest
from analysis.voices import store_marks
from consultation.answers import forget_vectors, text_hash
from consultation.derived_words import forget_words
from consultation.models import (
    AnalysisRun,
    Assignment,
    Consultation,
    Round,
    RunProposal,
    RunTheme,
    Statement,
    Theme,
    now,
)
from consultation.runs import latest_run
from consultation.storage import Storage

FEWEST_DECISIONS = 30
"""With fewer decisions by people than this, agreement is no figure."""


def store(
    storage: Storage,
    consultation_id: int,
    round_: Round,
    opdracht: int | None,
    found: Sequence[Found],
    about: Mapping[str, Any],
    method: str,
) -> RunResult:
    """Stores a run; ``about`` are the run's own columns.

    Raises:
        Overtaken: what it stood on is no longer the last run; nothing was stored.
    """
    with storage.writing() as session:
        # One at a time: two runs at once would give out the same theme numbers.
        session.get(Consultation, consultation_id, with_for_update=True)
        for each in found:
            last = latest_run(session, consultation_id, each.opdracht)
            if (last.id if last else None) != each.known.run:
                raise Overtaken
        run = AnalysisRun(round_id=round_.id, opdracht=opdracht, status="klaar", **about)
        session.add(run)
        session.flush()
        results = tuple(_store_opdracht(session, run, consultation_id, each) for each in found)
        run.metrics = {
            "opdrachten": [asdict(each) for each in results],
            "refits": {
                str(each.opdracht): asdict(_refit(each, run.id, round_.number, method))
                for each in found
            },
        }
        run.finished_at = now()
        return RunResult(run.id, round_.number, results)


def _refit(found: Found, run_id: int, round_number: int, method: str) -> Refit:
    last = found.known.refit
    if last is not None and not found.refit:
        return last
    return Refit(run_id, round_number, len(found.everything), method)


def _store_opdracht(
    session: Session, run: AnalysisRun, consultation_id: int, found: Found
) -> OpdrachtResult:
    # Whoever was erased while the themes were found is left out.
    living = set(session.scalars(select(Statement.id).where(Statement.opdracht == found.opdracht)))
    ids = [each.id for each in found.everything]
    rows: list[dict[str, Any]] = []
    named: dict[str, set[str]] = {}
    for theme in found.themes:
        known = _theme(session, run, consultation_id, found.opdracht, theme)
        session.add(_run_theme(run.id, known, theme, living))
        placed = {each: place for each, place in theme.placed.items() if each in living}
        named[known] = {each for each, (_, primary) in placed.items() if primary}
        rows += [
            {
                "statement_id": statement,
                "theme_id": known,
                "run_id": run.id,
                "is_primary": primary,
                "score": score,
                "subtheme": found.subthemes.get(statement) if primary else None,
            }
            for statement, (score, primary) in placed.items()
        ]
    session.flush()
    if rows:
        session.execute(insert(Assignment), rows)
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
    store_marks(session, run.id, found.voices, ids, living)
    _forget_erased(
        session, found.opdracht, [each for each in found.everything if each.id not in living]
    )
    kept = persistence(named, {**found.known.earlier, **found.known.latest}) if named else None
    state = found.known.state
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
        trust=_trust(session, found, named),
    )


def _forget_erased(session: Session, opdracht: int, missing: Sequence[Said]) -> None:
    """Takes along what the run made of the words of whoever was erased while it was under way."""
    erased = [each for each in missing if session.get(Statement, each.id) is None]
    if erased:
        texts = [each.text for each in erased]
        forget_vectors(session, {text_hash(each) for each in texts})
        forget_words(session, texts, {each.contribution for each in erased}, {opdracht})


def _trust(
    session: Session, found: Found, members: Mapping[str, Collection[str]]
) -> dict[str, Any]:
    """How far to trust it: see ``OpdrachtResult``. ``members`` gives the statements of the themes,
    in the order of ``found.themes``."""
    portraits = dict(zip(members, (each.portrait for each in found.themes), strict=True))
    dead = {each.id for each in found.known.state.themes.values() if not each.live}
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
    loud = speakers([each.group for each in found.everything], list(found.voices.sizes.values()))
    return {
        "subsamples": subsamples(len(found.said)) if found.stability is not None else 0,
        "coherence": round(coherent / total, 4) if total else None,
        "diversity": None if different is None else round(different, 4),
        "weakest": [session.get_one(Theme, each).code for each in weak],
        **loud,
        "warnings": warnings(
            len(found.said), found.stability, loud["group_share"], loud["campaign_share"]
        ),
    }


def _told(found: Agreement | None) -> dict[str, Any] | None:
    """Agreement with people, as it is stored: without figures under thirty decisions."""
    if found is None:
        return None
    enough = found.statements >= FEWEST_DECISIONS
    return {
        "decisions": found.statements,
        "f1": found.f1.value if enough else None,
        "low": found.f1.low if enough else None,
        "high": found.f1.high if enough else None,
    }


def _theme(
    session: Session, run: AnalysisRun, consultation_id: int, opdracht: int, found: FoundTheme
) -> str:
    if found.id is not None:
        return found.id
    number = session.scalar(
        select(func.max(Theme.number)).where(
            Theme.consultation_id == consultation_id, Theme.opdracht == opdracht
        )
    )
    theme = Theme(
        consultation_id=consultation_id,
        opdracht=opdracht,
        number=(number or 0) + 1,
        parents=list(found.parents),
        created_run_id=run.id,
    )
    session.add(theme)
    session.flush()
    return theme.id


def _run_theme(run_id: int, theme_id: str, found: FoundTheme, living: set[str]) -> RunTheme:
    seen = found.portrait
    return RunTheme(
        run_id=run_id,
        theme_id=theme_id,
        label=seen.label,
        keywords=list(seen.keywords),
        quotes=[each for each in seen.quotes if each in living],
        action_statement_id=seen.action if seen.action in living else None,
        trust=dict(seen.trust),
    )
