"""How much answers say: measured where the chat did not do it yet, and compared."""

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from analysis.standing import agreed
from consultation.catalogue import VASTE_SOORTEN, Catalogue
from consultation.effects import Measure
from consultation.models import Contribution, ContributionVersion, Round, Submission
from consultation.storage import Storage

CHANNEL_COLUMNS = (
    "round",
    "channel",
    "answers",
    "information",
    "specificity",
    "thin",
    "non_answers",
    "foreign",
)


def measure_new(storage: Storage, consultation_id: int, catalogue: Catalogue) -> int:
    """Measures every answer in words that has no measure, and gives how many these were.

    Only the current version of answers of people who agreed to analysis. See
    ``docs/decisions/0004-probing.md``.
    """
    # Their word lists are loaded only when something is to be measured.
    from language.informativeness import LENIENT, judge_answer
    from language.measuring import measure

    wanted = _current(consultation_id)
    unmeasured = (ContributionVersion.measure.is_(None), Contribution.value.is_(None))
    query = (
        wanted.with_only_columns(
            Submission.id,
            Submission.opdracht,
            Contribution.question,
            ContributionVersion.id,
            ContributionVersion.text,
            unmeasured[0] & unmeasured[1],
        )
        .where(Submission.id.in_(wanted.with_only_columns(Submission.id).where(*unmeasured)))
        .order_by(ContributionVersion.at, Contribution.created_at, Contribution.id)
    )
    said: dict[str, list[str]] = {}
    measures = []
    with storage.reading() as session:
        rows = session.execute(query).all()
    for submission, opdracht, question, version, text, new in rows:
        before = said.setdefault(submission, [])
        if new:
            owner = catalogue.opdracht(opdracht)
            vraag = owner.question(question) if owner and question else None
            judgement = judge_answer(
                text,
                soort_of(catalogue, opdracht, question) or "extra",
                vraag.tekst if vraag else "",
                strictness=vraag.strengheid if vraag else LENIENT,
            )
            found = Measure(**measure(judgement, text, before)).model_dump(mode="json")
            measures.append({"key": version, "found": found})
        before.append(text)
    if measures:
        # Only where there is still none: somebody else may have measured, or erased, meanwhile.
        table = ContributionVersion.__table__
        place = update(table).where(  # type: ignore[arg-type]
            table.c.id == bindparam("key"), table.c.measure.is_(None)
        )
        with storage.writing() as session:
            session.connection().execute(place.values(measure=bindparam("found")), measures)
    return len(measures)


def channels(
    session: Session,
    consultation_id: int,
    catalogue: Catalogue,
    opdracht: int | None = None,
    until_round: int | None = None,
) -> pd.DataFrame:
    """How much the measured answers say, by round and channel; see ``analysis.channels``."""
    query = _current(consultation_id).with_only_columns(
        Round.number,
        Contribution.channel,
        Submission.opdracht,
        Contribution.question,
        ContributionVersion.measure,
    )
    query = query.where(ContributionVersion.measure.is_not(None))
    if opdracht is not None:
        query = query.where(Submission.opdracht == opdracht)
    if until_round is not None:
        query = query.where(Round.number <= until_round)
    rows = [
        (
            number,
            channel,
            found["information"],
            found["specificity"],
            found["thin"],
            found["non_answer"],
            found["language"] is not None,
        )
        for number, channel, where, question, found in session.execute(query)
        if soort_of(catalogue, where, question) != "prioriteit"
    ]
    by = ["round", "channel"]
    means = ["information", "specificity", "thin", "non_answers", "foreign"]
    frame = pd.DataFrame(rows, columns=[*by, *means])
    frame = frame.astype(dict.fromkeys(means, float))
    grouped = frame.groupby(by, as_index=False)[means].mean()
    grouped.insert(2, "answers", frame.groupby(by).size().to_numpy())
    return grouped


def soort_of(catalogue: Catalogue, opdracht: int | None, question: str | None) -> Any:
    """The kind of the question an answer is to, or None where it names none."""
    if question is None:
        return None
    owner = catalogue.opdracht(opdracht)
    vraag = owner.question(question) if owner else None
    if vraag is not None:
        return vraag.soort
    return question if question in VASTE_SOORTEN else "extra"


def _current(consultation_id: int) -> Any:
    return (
        select(ContributionVersion)
        .join(Contribution, Contribution.id == ContributionVersion.contribution_id)
        .join(Submission, Submission.id == Contribution.submission_id)
        .join(Round, Round.id == Submission.round_id)
        .where(
            Round.consultation_id == consultation_id,
            ContributionVersion.version == Contribution.version,
            Submission.participant_id.in_(agreed()),
        )
    )
