"""What participants said of their answers: a decision at the next run, a figure, an erasure."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from analysis.asking.own_placings import take_over
from consultation import rounds
from consultation.catalogue import Catalogue
from consultation.curation.log import append, curated
from consultation.curation.state import PARTICIPANT, Settlement
from consultation.database.models import ContributionVersion, OwnPlacing, Statement, now
from consultation.database.storage import Storage
from consultation.participation import own_placings
from reporting.own_placing_figures import own_placing_sentence
from reporting.pair_figures import ENOUGH
from tests.curation_stage import sid, staged, tid
from tests.web_stage import analysed

FACILITATOR, PERSON = (
    Settlement("els", "facilitator", True),
    Settlement(PARTICIPANT, "participant", True),
)


@pytest.fixture
def consultation(storage: Storage, catalogue: Catalogue) -> int:
    return staged(storage, catalogue)


def asked(storage: Storage, number: int, machine: str | None = None) -> str:
    """A question about a statement of the stage; returns its id."""
    with storage.writing() as session:
        said = session.get_one(Statement, sid(number))
        version = said.contribution_version_id
        own_placings.prepare(session, version, (said.start, said.end), [tid(0)], machine)
        query = select(OwnPlacing.id).where(OwnPlacing.contribution_version_id == version)
        return str(session.scalar(query))


def says(storage: Storage, placing: str, *themes: str) -> None:
    with storage.writing() as session:
        assert own_placings.answer(session, placing, themes)


def stands(
    storage: Storage, consultation: int, statement: str
) -> tuple[Settlement | None, list[str]]:
    with storage.reading() as session:
        state = curated(session, consultation, 4)
    themes = [
        theme.id
        for theme in state.themes.values()
        for member in theme.members
        if member.statement == statement
    ]
    return state.settled.get(statement), themes


def test_a_run_makes_it_a_decision_which_the_participant_changes_and_a_facilitator_ends(
    storage: Storage, consultation: int
) -> None:
    placing = asked(storage, 3)
    assert take_over(storage, consultation) == 0
    says(storage, placing, tid(2))
    assert take_over(storage, consultation) == 1
    assert stands(storage, consultation, sid(3)) == (PERSON, [tid(2)])
    assert take_over(storage, consultation) == 0
    says(storage, placing)
    assert take_over(storage, consultation) == 1
    assert stands(storage, consultation, sid(3)) == (PERSON, [])
    raw = {"op": "place", "statement": sid(3), "themes": [tid(1)]}
    with storage.writing() as session:
        append(session, consultation, "els", raw)
    says(storage, placing, tid(0))
    assert take_over(storage, consultation) == 0
    assert stands(storage, consultation, sid(3)) == (FACILITATOR, [tid(1)])
    assert take_over(storage, consultation) == 0


def test_the_placing_goes_along_with_the_sentence_to_a_new_version(
    storage: Storage, consultation: int
) -> None:
    placing = asked(storage, 3)
    says(storage, placing, tid(2))
    take_over(storage, consultation)
    with storage.writing() as session:
        before = session.get_one(Statement, sid(3)).contribution_version
        answer = before.contribution
        old = before.text
        answer.version += 1
        text = f"Vooraf. {old}"
        new = ContributionVersion(contribution_id=answer.id, version=answer.version, text=text)
        new.cut_at = now()
        session.add(new)
        session.flush()
        said = session.get_one(Statement, sid(3))
        moved = Statement(
            contribution_version_id=new.id,
            start=said.start + len("Vooraf. "),
            end=said.end + len("Vooraf. "),
            kind="anders",
            opdracht=4,
        )
        session.add(moved)
        session.flush()
        person, statement = answer.submission.participant_id, moved.id
    with storage.reading() as session:
        assert [each.id for each in own_placings.placed_sentences(session, person)] == [placing]
    assert take_over(storage, consultation) == 1
    assert stands(storage, consultation, statement) == (PERSON, [tid(2)])
    # Other words in its place end it.
    with storage.writing() as session:
        session.get_one(ContributionVersion, new.id).text = "Iets heel anders dan voorheen."
    with storage.reading() as session:
        assert own_placings.placed_sentences(session, person) == []


def test_a_theme_that_was_rejected_gets_nothing(storage: Storage, consultation: int) -> None:
    says(storage, asked(storage, 3), tid(2))
    says(storage, asked(storage, 4), tid(1))
    with storage.writing() as session:
        append(session, consultation, "els", {"op": "reject", "theme": tid(2)})
    assert take_over(storage, consultation) == 1
    assert stands(storage, consultation, sid(3))[0] is None
    assert stands(storage, consultation, sid(4)) == (PERSON, [tid(1)])


def test_the_figure_says_how_often_people_and_the_mapping_agree(
    storage: Storage, catalogue: Catalogue
) -> None:
    with storage.writing() as session:
        rounds.open_(session, rounds.ensure_consultation(session, catalogue).id, 1)
    analysed(storage)
    with storage.writing() as session:
        said = session.scalars(select(Statement)).all()
        for number, each in enumerate(said[: ENOUGH + 4]):
            themes = [tid(0)] if number % 2 else []
            machine = tid(0) if number % 4 else None
            session.add(
                OwnPlacing(
                    contribution_version_id=each.contribution_version_id,
                    start=each.start,
                    end=each.end,
                    likely=[tid(0)],
                    machine=machine,
                    themes=themes,
                    answered_at=now(),
                    decided_on=each.id if number < ENOUGH - 1 else None,
                )
            )
    with storage.reading() as session:
        assert own_placing_sentence(session, 1, 4) == ""
    with storage.writing() as session:
        for row in session.scalars(select(OwnPlacing)):
            row.decided_on = sid(1)
    with storage.reading() as session:
        told = own_placing_sentence(session, 1, 4)
    # Three of four agree: 18 of 24, and Wilson's limits are .55 and .88.
    assert "zette de computer er 5 tot 9 op dezelfde plaats" in told
    assert "voor 24 antwoorden" in told
