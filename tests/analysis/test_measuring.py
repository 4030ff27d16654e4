"""One measure for every answer, whichever way it came, and channels compared on it."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from sqlalchemy import select

from actions.reading import probing
from analysis.preprocessing.answer_quality import channels, measure_new
from consultation import rounds
from consultation.catalogue import Catalogue
from consultation.database.models import Contribution, ContributionVersion, Participant, Submission
from consultation.database.storage import Storage
from consultation.importing.imports import store_rows
from consultation.importing.readers import ImportFile, ImportRow
from consultation.participation import form_answers, participants
from consultation.participation.form_answers import FormAnswer
from language.budget import Budget

TEXTS = (
    "Kinderopvang in Gent sluit om 18 uur, de les begint om 18 uur 30.",
    "geld",
    "weet niet",
    "I would like to follow a course but everything is only in Dutch.",
    "sdfkjh qsdkfjh wxcvqsd",
)


@pytest.fixture
def consultation(storage: Storage, catalogue: Catalogue) -> int:
    """A consultation with round 1 open."""
    with storage.writing() as session:
        number = rounds.ensure_consultation(session, catalogue).id
        rounds.open_(session, number, 1)
    return number


def imported(
    storage: Storage, catalogue: Catalogue, consultation: int, *rows: ImportRow, round_: int = 1
) -> None:
    with storage.writing() as session:
        into = rounds.require_round(session, consultation, round_)
        store_rows(session, consultation, into, ImportFile("x.csv", rows), catalogue)


def filled_in(
    storage: Storage, catalogue: Catalogue, consultation: int, token: str, *answers: FormAnswer
) -> None:
    opdracht = catalogue.opdracht(4)
    assert opdracht
    with storage.writing() as session:
        form_answers.store(
            session,
            consultation,
            catalogue,
            "key",
            opdracht,
            token=token,
            consents={"analyse": True},
            answers=answers,
        )


@pytest.mark.parametrize("text", TEXTS)
def test_the_same_words_have_the_same_measure_by_chat_form_and_import(
    storage: Storage, catalogue: Catalogue, consultation: int, text: str
) -> None:
    opdracht = catalogue.opdracht(4)
    assert opdracht
    vraag = opdracht.question("drempel")
    assert vraag
    imported(storage, catalogue, consultation, ImportRow("", text, opdracht=4, question="drempel"))
    filled_in(storage, catalogue, consultation, "a", FormAnswer("drempel", text))
    assert measure_new(storage, consultation, catalogue) == 2
    assert measure_new(storage, consultation, catalogue) == 0
    read = probing.read(vraag, text, [], Budget())
    assert read
    chat = read.measure.model_dump(mode="json")
    with storage.reading() as session:
        found = session.scalars(select(ContributionVersion.measure)).all()
    assert found == [chat, chat]


def test_the_second_of_two_equal_answers_of_one_person_is_marked(
    storage: Storage, catalogue: Catalogue, consultation: int
) -> None:
    filled_in(
        storage,
        catalogue,
        consultation,
        "a",
        FormAnswer("drempel", TEXTS[0]),
        FormAnswer("voorstel", TEXTS[0].upper()),
    )
    rows = [
        ImportRow("", TEXTS[0], opdracht=4, question=question, participant=person)
        for person, question in (("1", "drempel"), ("1", "voorstel"), ("2", "drempel"))
    ]
    imported(storage, catalogue, consultation, *rows)
    measure_new(storage, consultation, catalogue)
    with storage.reading() as session:
        found = session.execute(
            select(Contribution.channel, ContributionVersion.measure).join(ContributionVersion)
        ).all()
    marks = sorted((channel, *measure["marks"]) for channel, measure in found)
    assert marks == [
        ("form",),
        ("form", "herhaling"),
        ("import",),
        ("import",),
        ("import", "herhaling"),
    ]


def test_what_has_a_measure_keeps_it_and_a_number_or_a_refusal_gets_none(
    storage: Storage, catalogue: Catalogue, consultation: int
) -> None:
    filled_in(
        storage,
        catalogue,
        consultation,
        "a",
        FormAnswer("drempel", TEXTS[0]),
        FormAnswer("prioriteit", "Dringend", 4),
    )
    filled_in(storage, catalogue, consultation, "b", FormAnswer("drempel", TEXTS[1]))
    with storage.writing() as session:
        for version in session.scalars(select(ContributionVersion)):
            if version.text == TEXTS[0]:
                version.measure = {"from": "the chat"}
        refuses = session.scalars(
            select(Participant.id)
            .join(Submission)
            .join(Contribution)
            .join(ContributionVersion)
            .where(ContributionVersion.text == TEXTS[1])
        ).one()
        participants.give_consent(session, catalogue, refuses, "analyse", False)
    assert measure_new(storage, consultation, catalogue) == 0
    with storage.reading() as session:
        found: dict[str, Any] = {
            row.text: row.measure
            for row in session.execute(
                select(ContributionVersion.text, ContributionVersion.measure)
            )
        }
    assert found == {TEXTS[0]: {"from": "the chat"}, "Dringend": None, TEXTS[1]: None}


def test_channels_and_rounds_are_compared_on_means_and_shares(
    storage: Storage, catalogue: Catalogue, consultation: int
) -> None:
    drempel = [ImportRow("", text, opdracht=4, question="drempel") for text in TEXTS]
    apart = [
        ImportRow("", "5", opdracht=4, question="prioriteit"),
        ImportRow("", "heel belangrijk voor ons", opdracht=4, question="prioriteit"),
    ]
    imported(storage, catalogue, consultation, *drempel, *apart)
    filled_in(storage, catalogue, consultation, "a", FormAnswer("drempel", TEXTS[1]))
    with storage.writing() as session:
        rounds.close(session, consultation, 1)
        rounds.open_(session, consultation, 2)
    elsewhere = ImportRow("", TEXTS[0], opdracht=5, question="drempel")
    imported(storage, catalogue, consultation, elsewhere, round_=2)
    measure_new(storage, consultation, catalogue)
    with storage.reading() as session:
        found = channels(session, consultation, catalogue)
        of_four = channels(session, consultation, catalogue, opdracht=4)
        of_one = channels(session, consultation, catalogue, until_round=1)
        kept: dict[str, Any] = {
            row.text: row.measure
            for row in session.execute(
                select(ContributionVersion.text, ContributionVersion.measure)
            )
        }
    measured = [kept[text] for text in TEXTS]
    assert found[["round", "channel", "answers"]].values.tolist() == [
        [1, "form", 1],
        [1, "import", 5],
        [2, "import", 1],
    ]
    row = found.iloc[1]
    for column, key in (
        ("information", "information"),
        ("specificity", "specificity"),
        ("thin", "thin"),
        ("non_answers", "non_answer"),
    ):
        assert row[column] == pytest.approx(sum(each[key] for each in measured) / 5)
    assert row["foreign"] == pytest.approx(1 / 5)
    assert found.iloc[0]["thin"] == 1
    for part in (of_four, of_one):
        pd.testing.assert_frame_equal(part, found.iloc[:2])


def test_nothing_measured_is_an_empty_table(
    storage: Storage, catalogue: Catalogue, consultation: int
) -> None:
    with storage.reading() as session:
        assert len(channels(session, consultation, catalogue)) == 0
