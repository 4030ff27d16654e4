"""Informativeness of answers: measured where the chat has not done so, and compared by channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, or_, update
from sqlalchemy.orm import Session

from analysis.preprocessing import answer_reader
from consultation.catalogue import Catalogue
from consultation.database.models import (
    SET_ASIDE,
    Contribution,
    ContributionVersion,
    Round,
    Submission,
)
from consultation.database.storage import Storage
from consultation.participation.effects import Measure
from consultation.queries.statements import active_answer, answers

if TYPE_CHECKING:
    import pandas as pd

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
    """Measures every text answer that has no measure, and returns how many it measured.

    Covers only the current version of answers, of participants who agreed to analysis. An answer
    that takes too much time, or whose reading fails, is marked as unread and not measured; see
    ``analysis.preprocessing.answer_reader``. See also ``docs/decisions/0004-probing.md``.

    Raises:
        ReaderBroken: no answer can be read at all.
    """
    standing = active_answer(consultation_id)
    unmeasured = (
        ContributionVersion.measure.is_(None)
        & Contribution.value.is_(None)
        & or_(ContributionVersion.unread.is_(None), ContributionVersion.unread.not_in(SET_ASIDE))
    )
    query = (
        answers(
            Submission.id,
            Submission.opdracht,
            Contribution.question,
            ContributionVersion.id,
            ContributionVersion.text,
            unmeasured,
        )
        .where(*standing, Submission.id.in_(answers(Submission.id).where(*standing, unmeasured)))
        .order_by(ContributionVersion.at, Contribution.created_at, Contribution.id)
    )
    said: dict[str, list[str]] = {}
    measures = []
    unread: dict[str, str] = {}
    with storage.reading() as session:
        rows = session.execute(query).all()
    for submission, opdracht, question, version, text, new in rows:
        before = said.setdefault(submission, [])
        if new:
            vraag = catalogue.vraag(opdracht, question)
            try:
                measured = answer_reader.measure(
                    text,
                    catalogue.soort(opdracht, question) or "extra",
                    vraag.tekst if vraag else "",
                    vraag.strengheid if vraag else 1,
                    before,
                )
            except answer_reader.UnreadableText as given_up:
                unread[version] = given_up.why
            else:
                found = Measure(**measured).model_dump(mode="json")
                measures.append({"key": version, "found": found})
        before.append(text)
    if measures:
        # Only where there is still no measure: another process may have measured or erased it.
        table = ContributionVersion.__table__
        place = update(table).where(  # type: ignore[arg-type]
            table.c.id == bindparam("key"), table.c.measure.is_(None)
        )
        with storage.writing() as session:
            session.connection().execute(place.values(measure=bindparam("found")), measures)
    if unread:
        with storage.writing() as session:
            for version, why in unread.items():
                answer = session.get(ContributionVersion, version, with_for_update=True)
                if answer is not None:
                    answer.unread = why
    return len(measures)


def channels(
    session: Session,
    consultation_id: int,
    catalogue: Catalogue,
    opdracht: int | None = None,
    until_round: int | None = None,
) -> pd.DataFrame:
    """Mean informativeness of the measured answers by round and channel; see ``analysis.channels``.

    The columns are ``CHANNEL_COLUMNS``. ``opdracht`` limits it to one opdracht and ``until_round``
    to the rounds up to that one. Answers to questions of the kind ``prioriteit`` are left out.
    """
    import pandas as pd

    query = answers(
        Round.number,
        Contribution.channel,
        Submission.opdracht,
        Contribution.question,
        ContributionVersion.measure,
    ).where(*active_answer(consultation_id, until_round), ContributionVersion.measure.is_not(None))
    if opdracht is not None:
        query = query.where(Submission.opdracht == opdracht)
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
        if catalogue.soort(where, question) != "prioriteit"
    ]
    by = ["round", "channel"]
    means = ["information", "specificity", "thin", "non_answers", "foreign"]
    frame = pd.DataFrame(rows, columns=[*by, *means])
    frame = frame.astype(dict.fromkeys(means, float))
    grouped = frame.groupby(by, as_index=False)[means].mean()
    grouped.insert(2, "answers", frame.groupby(by).size().to_numpy())
    return grouped
