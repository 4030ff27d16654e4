"""What became of a participant's words: every statement has an answer, whatever became of it."""

from __future__ import annotations

from sqlalchemy import select

from consultation import rounds
from consultation.catalogue import Catalogue
from consultation.curation.log import append
from consultation.database.models import Consent, Objection, RunMark
from consultation.database.storage import Storage
from consultation.participation import participants
from consultation.participation.reactions import AMENDMENT, amendment_statement, key_of
from consultation.queries.opdracht_snapshot import SnapshotCache
from consultation.reactions import objections
from consultation.reactions.outcome import SENTENCES, WordsOutcome, outcomes
from tests.curation_stage import nid, sid, staged, tid
from tests.reaction_stage import says


def told(storage: Storage, catalogue: Catalogue, who: str) -> list[WordsOutcome]:
    """What one participant is told."""
    cache = SnapshotCache()
    with storage.reading() as session:
        return outcomes(session, who, catalogue, lambda number: cache.of(session, 1, number))


def of(storage: Storage, catalogue: Catalogue, number: int) -> WordsOutcome:
    """What became of statement ``number`` of the stage."""
    who = f"{number % 6 + 0xC000:032x}"
    return next(each for each in told(storage, catalogue, who) if each.statement == sid(number))


def test_a_statement_follows_its_theme_and_the_actions_that_came_of_it(
    storage: Storage, catalogue: Catalogue
) -> None:
    staged(storage, catalogue)
    first = of(storage, catalogue, 0)
    assert (first.fate, first.theme, first.settled) == ("thema", "machine 0", False)
    assert of(storage, catalogue, 10).fate == "niet_bekeken"
    assert of(storage, catalogue, 16).fate == "zonder_opdracht"
    with storage.writing() as session:
        for raw in (
            {"op": "approve", "theme": tid(0)},
            {"op": "reply", "theme": tid(0), "text": "We vragen de centra om later te beginnen."},
            {"op": "reject", "theme": tid(1)},
            {"op": "off_topic", "statements": [sid(11)]},
            {"op": "action", "do": "create", "opdracht": 4, "text": "Begin later.", "id": nid(4)}
            | {"themes": [tid(0)], "sources": [sid(1)]},
        ):
            append(session, 1, "els", raw)
    open_ = of(storage, catalogue, 0)
    assert (open_.fate, open_.settled) == ("open", True)
    assert open_.reply == "We vragen de centra om later te beginnen."
    assert [(each.text, each.own) for each in open_.actions] == [("Begin later.", False)]
    assert of(storage, catalogue, 1).actions[0].own
    assert of(storage, catalogue, 5).fate == "thema_verworpen"
    assert of(storage, catalogue, 11).fate == "niet_hierover"
    with storage.writing() as session:
        status = {"op": "action", "do": "status", "action": nid(4)}
        refused = append(
            session, 1, "els", {**status, "status": "verworpen", "reason": "Geen geld."}
        )
    found = of(storage, catalogue, 0)
    assert (found.fate, found.reason) == ("verworpen", "Geen geld.")
    with storage.writing() as session:
        append(session, 1, "els", {"op": "revoke", "event": refused.id})
        append(session, 1, "els", {**status, "status": "goedgekeurd"})
    assert of(storage, catalogue, 0).fate == "goedgekeurd"


def test_what_is_not_taken_along_says_why(storage: Storage, catalogue: Catalogue) -> None:
    staged(storage, catalogue)
    with storage.writing() as session:
        session.add(RunMark(run_id=1, statement_id=sid(10), mark="andere_taal", value="fr"))
        session.add(RunMark(run_id=1, statement_id=sid(11), mark="geen_antwoord"))
        session.add(RunMark(run_id=1, statement_id=sid(15), mark="vaste_tekst"))
    assert of(storage, catalogue, 10).fate == "andere_taal"
    assert of(storage, catalogue, 11).fate == "geen_antwoord"
    assert of(storage, catalogue, 15).fate == "vaste_tekst"
    assert all("want" in SENTENCES[of(storage, catalogue, n).fate] for n in (10, 11, 15))
    who = f"{0xC000:032x}"
    with storage.writing() as session:
        session.add(Consent(participant_id=who, purpose="analyse", granted=False, version="1"))
    assert {each.fate for each in told(storage, catalogue, who)} == {"geen_toestemming"}


def test_an_amendment_is_told_with_the_reason(storage: Storage, catalogue: Catalogue) -> None:
    staged(storage, catalogue)
    who = f"{5 + 0xC000:032x}"
    create = {"op": "action", "do": "create", "opdracht": 4, "text": "Begin later.", "id": nid(4)}
    with storage.writing() as session:
        append(session, 1, "els", create)
        rounds.close(session, 1, 1)
        rounds.open_(session, 1, 2, "reactie")
        answer = says(session, who, key_of(AMENDMENT, nid(4)), "Begin om 20 uur.")
    last = told(storage, catalogue, who)[-1]
    assert (last.round, last.fate, last.statement) == (2, "wijziging_open", None)
    with storage.writing() as session:
        statement = amendment_statement(session, answer)
        assert statement is not None
        amend = {"op": "action", "do": "amend", "action": nid(4), "statement": statement.id}
        append(session, 1, "els", {**amend, "accepted": False, "reason": "Te laat."})
    last = told(storage, catalogue, who)[-1]
    assert (last.fate, last.reason) == ("wijziging_niet", "Te laat.")
    with storage.writing() as session:
        append(session, 1, "els", {**amend, "accepted": True})
    assert told(storage, catalogue, who)[-1].fate == "wijziging_over"


def test_an_objection_is_of_the_author_alone_kept_once_handled_and_erased(
    storage: Storage, catalogue: Catalogue
) -> None:
    staged(storage, catalogue)
    author, other = f"{0xC000:032x}", f"{1 + 0xC000:032x}"
    with storage.writing() as session:
        assert not objections.objects(session, other, sid(0))
        assert not objections.objects(session, author, "f" * 32)
        assert objections.objects(session, author, sid(0))
        assert objections.objects(session, author, sid(0))
        (found,) = objections.objections(session, 1, 4)
        assert objections.objections(session, 1, 5) == []
        assert objections.count_open(session, 1) == 1
        objections.handle(found, "els", "Verplaatst.")
        assert objections.count_open(session, 1) == 0
        objections.reopen(found)
        assert objections.find(session, 2, found.id) is None
    assert of(storage, catalogue, 0).objected
    with storage.writing() as session:
        participants.erase(session, author)
        assert session.scalars(select(Objection)).all() == []


def test_every_sentence_is_short() -> None:
    for sentence in SENTENCES.values():
        for part in sentence.split(". "):
            assert len(part.split()) <= 15, part
