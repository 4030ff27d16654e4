"""The proposed action plan: in the note's order, with no number of a few and no words unasked."""

from __future__ import annotations

import io

import docx
import pytest
from sqlalchemy.orm import Session

from consultation import rounds
from consultation.curation.log import append
from consultation.database.models import Consent, Participant, Statement, Theme
from consultation.participation.reactions import AMENDMENT, amendment_statement, key_of, rank, react
from consultation.queries.opdracht_snapshot import SnapshotCache
from reporting import export
from reporting.action_plan.chapters import PlanChapter, chapters, character
from reporting.export_formats import ExportSubject, Format
from reporting.publication import approved, publish
from samenspraak.workplace import Workplace
from tests.reaction_stage import person, says
from tests.review_stage import agree_to_quotes
from tests.web_stage import analysed


@pytest.fixture
def decided(workplace: Workplace) -> Workplace:
    """Theme 1 of opdracht 4 is approved: seven people are for, six against; two name a rule."""
    with workplace.storage.writing() as session:
        rounds.open_(session, 1, 1)
    analysed(workplace.storage)
    agree_to_quotes(workplace.storage)
    with workplace.storage.writing() as session:
        theme = session.query(Theme).filter_by(number=1).one()
        append(session, 1, "els", {"op": "approve", "theme": theme.id})
        made = {"op": "action", "do": "create", "opdracht": 4, "themes": [theme.id]}
        append(session, 1, "els", {**made, "id": "a" * 32, "text": "Begin de lessen later."})
        done = {"op": "action", "do": "status", "status": "goedgekeurd"}
        append(session, 1, "els", {**done, "action": "a" * 32})
    with workplace.storage.writing() as session:
        seen = SnapshotCache()
        with workplace.storage.reading() as reading:
            views = seen.of(reading, 1, 4).themes
        view = next(each for each in views if each.code == "O04-T001")
        own = {each.participant: each.id for each in view.said}
        ids = list(own.values())
        for stance, part in (("voor", ids[:7]), ("tegen", ids[7:13]), ("geen", ids[13:])):
            append(session, 1, "els", {"op": "stance", "statements": part, "stance": stance})
        for each in ids[:2]:
            said = session.get(Statement, each)
            assert said
            said.contribution_version.text = "Het decreet over het onderwijs houdt ons tegen."
            said.start, said.end = 0, 48
    return workplace


def chapter(workplace: Workplace) -> PlanChapter:
    with workplace.storage.reading() as session:
        seen = SnapshotCache()
        plan = approved(session, 1, workplace.catalogue, snapshots=seen)
        numbers = [each.nummer for each in workplace.catalogue.opdrachten]
        known = seen.all(session, 1, numbers)
        (found,) = chapters(session, 1, workplace.catalogue, plan, known)
        return found


def markdown(workplace: Workplace) -> str:
    return exported(workplace, Format.md).decode()


def withdraw(session: Session, participant_id: str) -> None:
    """They may not be quoted any more."""
    session.add(
        Consent(participant_id=participant_id, purpose="citaat", granted=False, version="1")
    )


def exported(workplace: Workplace, format_: Format) -> bytes:
    with workplace.storage.reading() as session:
        return export.export(session, 1, workplace.catalogue, ExportSubject.actieplan, format_, 4)


def test_both_sides_are_told_and_a_minority_of_five_is_named(decided: Workplace) -> None:
    found = chapter(decided)
    (stance,) = found.stances
    assert stance.divided
    assert (stance.minority, stance.people) == ("tegen", 6)
    assert stance.rows[0].people == (7, 6, None)
    # No group is told of which fewer than five hold a stance.
    assert all(any(row.people) for row in stance.rows)
    assert all(each is None or each >= 5 for row in stance.rows for each in row.people)
    text = markdown(decided)
    assert "6 mensen zijn tegen" in text
    assert "De meningen zijn verdeeld over O04-T001" in text
    assert found.changes is None
    assert "Dit is de eerste ronde." in text


def test_a_rule_of_few_people_is_named_only_in_words_that_may_be_quoted(
    decided: Workplace,
) -> None:
    (rule,) = chapter(decided).rules
    assert rule.name.startswith("decreet")
    assert (rule.people, rule.hinders, rule.helps) == (None, True, False)
    assert "minder dan 5 | hindert" in markdown(decided)
    with decided.storage.writing() as session:
        for each in session.query(Participant):
            for consent in each.consents:
                if consent.purpose == "citaat":
                    consent.granted = False
    found = chapter(decided)
    assert found.rules == ()
    assert found.rules_left == 1
    text = markdown(decided)
    assert "decreet" not in text
    assert "door te weinig mensen om te tonen: 1" in text


def test_reactions_tell_who_carries_an_action_and_no_small_group(decided: Workplace) -> None:
    assert chapter(decided).reactions is None
    with decided.storage.writing() as session:
        rounds.close(session, 1, 1)
        publish(session, 1, decided.catalogue, 1)
        round_ = rounds.open_(session, 1, 2, "reactie")
        for number in range(16):
            group = "burger" if number < 6 else "werkgeversorganisatie" if number < 12 else None
            group = "lokaal_bestuur" if number > 12 else group
            stance = "tegen" if group == "lokaal_bestuur" else "steun"
            react(session, person(session, group), round_.id, "a" * 32, stance, "x", "form")
    (told,) = chapter(decided).reactions or ()
    # Four others could be had by subtraction, so the smaller of the two named groups is not told.
    assert [(row.group, row.opinions) for row in told.rows] == [("", 16), ("burger", 6)]
    assert not told.carried
    assert told.reasons[-1] == "Tegen: een kleine groep."
    text = markdown(decided)
    assert "| 16 | 81 % | " in text
    assert "Nog niet gedragen: Begin de lessen later" in text
    assert "Stad, gemeente" not in text


def test_an_amendment_stands_in_the_plan_as_a_difference_with_its_authors_consent(
    decided: Workplace,
) -> None:
    action, better = "a" * 32, "Begin de lessen later, na zeven uur."
    assert chapter(decided).amendments == ()
    with decided.storage.writing() as session:
        rounds.close(session, 1, 1)
        publish(session, 1, decided.catalogue, 1)
        rounds.open_(session, 1, 2, "reactie")
        author = person(session, "burger")
        statement = amendment_statement(
            session, says(session, author, key_of(AMENDMENT, action), better)
        )
        assert statement
        amend = {"op": "action", "do": "amend", "action": action, "statement": statement.id}
        append(session, 1, "els", {**amend, "accepted": True, "reason": "Dit is duidelijker."})
    (told,) = chapter(decided).amendments
    assert "".join(text for kind, text in told.parts if kind != "erbij") == "Begin de lessen later."
    assert "".join(text for kind, text in told.parts if kind != "weg") == better
    text = markdown(decided)
    assert "Begin de lessen later<ins>, na zeven uur</ins>." in text
    assert "Waarom dit overgenomen is: Dit is duidelijker." in text
    assert "vindt het goed dat deze woorden in het plan staan" in text
    assert "<ins>, na zeven uur</ins>" in exported(decided, Format.html).decode()
    document = docx.Document(io.BytesIO(exported(decided, Format.docx)))
    added = [one for each in document.paragraphs for one in each.runs if one.font.underline]
    assert [each.text for each in added] == [", na zeven uur"]
    with decided.storage.writing() as session:
        withdraw(session, author)
    assert better not in markdown(decided)
    assert "Gewijzigd door een deelnemer" not in markdown(decided)


def test_the_wording_before_an_amendment_is_told_only_if_it_may_be_quoted(
    decided: Workplace,
) -> None:
    with decided.storage.writing() as session:
        old = session.query(Statement).filter_by(kind="voorstel").first()
        assert old
        first = old.contribution_version.contribution.submission.participant_id
        append(
            session, 1, "els",
            {"op": "action", "do": "text", "action": "a" * 32, "statement": old.id},
        )  # fmt: skip
        rounds.close(session, 1, 1)
        rounds.open_(session, 1, 2, "reactie")
        author = person(session, "burger")
        statement = amendment_statement(
            session, says(session, author, key_of(AMENDMENT, "a" * 32), "Begin om acht uur.")
        )
        assert statement
        amend = {"op": "action", "do": "amend", "action": "a" * 32, "statement": statement.id}
        append(session, 1, "els", {**amend, "accepted": True})
    assert any(kind == "weg" for kind, _ in chapter(decided).amendments[0].parts)
    with decided.storage.writing() as session:
        withdraw(session, first)
    (told,) = chapter(decided).amendments
    assert told.parts == ()
    assert "De tekst van vroeger mogen we niet tonen." in markdown(decided)


def test_support_and_ranks_give_the_plan_a_priority_until_one_is_chosen(
    decided: Workplace,
) -> None:
    second = "b" * 32
    with decided.storage.writing() as session:
        made = {"op": "action", "do": "create", "opdracht": 4, "id": second, "text": "Meer bussen."}
        append(session, 1, "els", made)
        status = {"op": "action", "do": "status", "action": second, "status": "goedgekeurd"}
        append(session, 1, "els", status)
        rounds.close(session, 1, 1)
        round_ = rounds.open_(session, 1, 2, "reactie")
        for number in range(10):
            who = person(session, "burger" if number % 2 else "werkgeversorganisatie")
            for action in ("a" * 32, second):
                stance = "tegen" if action == second and number < 6 else "steun"
                react(session, who, round_.id, action, stance, "x", "form")
            rank(session, who, round_.id, ["a" * 32], {"a" * 32, second}, "form")
    text = markdown(decided)
    rows = [line for line in text.splitlines() if "(voorstel)" in line]
    assert ["5 (voorstel)" in each for each in rows] == [True, False]
    assert rows[0].startswith("| Begin de lessen later")
    assert "is nog niet gekozen" in text
    with decided.storage.writing() as session:
        chosen = {"op": "action", "do": "set", "action": "a" * 32, "priority": 1}
        append(session, 1, "els", chosen)
    text = markdown(decided)
    row = next(line for line in text.splitlines() if "(voorstel)" in line)
    assert row.startswith("| Meer bussen")
    assert text.index("| Meer bussen") < text.index("| Begin de lessen later")


def test_a_theme_is_a_hurdle_or_a_lever_by_most_of_its_people(decided: Workplace) -> None:
    with decided.storage.reading() as session:
        said = SnapshotCache().of(session, 1, 4).said
    hurdles = [each for each in said if each.kind == "drempel"]
    assert character(hurdles) == "drempel"
    assert character([]) == "voorstel"
