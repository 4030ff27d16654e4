"""Each kind of personal data goes when its time is over, and nothing else goes with it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from consultation import rounds
from consultation.catalogue import Catalogue
from consultation.database.models import (
    Base,
    Contribution,
    ContributionVersion,
    Conversation,
    Invitation,
    Message,
    Participant,
    ParticipantQuestion,
    Statement,
    Submission,
    now,
)
from consultation.database.models.notices import SENT, NewsAddress, NewsMail
from consultation.database.records import AuditEntry
from consultation.database.storage import Storage
from consultation.participation.answers import GONE
from consultation.privacy.own_file import MADE_OF_IT, TOLD, own_file
from consultation.privacy.retention import KINDS, retain
from consultation.settings import RETAINED, Settings, settings
from samenspraak.cli import app

WORDS = "De bus naar Zomergem rijdt niet"
DAYS = {"uitnodigingen": 30, "gesprekken": 60, "vragen": 90, "zonder_antwoord": 20}


def someone(session: Session, number: int, answered: bool, days_ago: int) -> str:
    """A participant who came by invitation, asked something, and answered or not."""
    at = now() - timedelta(days=days_ago)
    invited = Invitation(
        round_id=number, token_hash=f"{number}{days_ago}{answered}", name="Bea Zomergem",
        email="bea@zomergem.example", group="burger",
    )  # fmt: skip
    session.add(invited)
    session.flush()
    person = Participant(consultation_id=1, invitation_id=invited.id, created_at=at)
    session.add(person)
    session.flush()
    talk = Conversation(participant_id=person.id, round_id=number, created_at=at)
    session.add(talk)
    session.flush()
    typed = Message(
        conversation_id=talk.id, seq=1, sender="deelnemer", text=WORDS, state="verwerkt", at=at
    )
    said = Message(
        conversation_id=talk.id, seq=2, sender="assistent", text=f"U zei: {WORDS}",
        custom={"quotes": True}, state="verwerkt", at=at,
    )  # fmt: skip
    plain = Message(
        conversation_id=talk.id, seq=3, sender="assistent", text="Dank u.", state="verwerkt", at=at
    )
    session.add_all([typed, said, plain])
    session.flush()
    if answered:
        place = Submission(participant_id=person.id, round_id=number, opdracht=4)
        session.add(place)
        session.flush()
        answer = Contribution(submission_id=place.id, question="drempel", channel="chat")
        answer.versions = [ContributionVersion(version=1, text=WORDS)]
        session.add(answer)
        session.flush()
        version = answer.versions[0].id
        session.add(Statement(contribution_version_id=version, start=0, end=6, kind="drempel"))
        session.add(
            ParticipantQuestion(
                participant_id=person.id, message_id=typed.id, round_id=number, text=WORDS,
                state="beantwoord", handled_at=at, handled_by="els", note="Ja.",
            )
        )  # fmt: skip
    return person.id


@pytest.fixture
def filled(storage: Storage, catalogue: Catalogue) -> dict[str, str]:
    """A round that was closed 100 days ago, and one that is open; people in both."""
    with storage.writing() as session:
        rounds.ensure_consultation(session, catalogue)
        old = rounds.open_(session, 1, 1)
        rounds.close(session, 1, 1)
        old.closed_at = now() - timedelta(days=100)
        rounds.open_(session, 1, 2)
        return {
            "old": someone(session, 1, True, 100),
            "old without": someone(session, 1, False, 100),
            "new": someone(session, 2, True, 1),
            "new without": someone(session, 2, False, 1),
        }


def texts(storage: Storage, person: str) -> list[str]:
    with storage.reading() as session:
        query = select(Message.text).join(Conversation).where(Conversation.participant_id == person)
        return list(session.scalars(query.order_by(Message.seq)))


def test_what_is_old_goes_by_its_kind_and_answers_stay(
    storage: Storage, filled: dict[str, str]
) -> None:
    tried = retain(storage, 1, DAYS, now(), dry_run=True)
    assert texts(storage, filled["old"]) == [WORDS, f"U zei: {WORDS}", "Dank u."]
    done = retain(storage, 1, DAYS, now())
    # Who gave no answer is gone in the end, with what was typed.
    assert done == tried == {
        "uitnodigingen": 2, "gesprekken": 4, "vragen": 1, "zonder_antwoord": 1
    }  # fmt: skip
    assert texts(storage, filled["old"]) == [GONE, GONE, "Dank u."]
    assert texts(storage, filled["new"]) == [WORDS, f"U zei: {WORDS}", "Dank u."]
    with storage.reading() as session:
        left = set(session.scalars(select(Participant.id)))
        assert left == set(filled.values()) - {filled["old without"]}
        named = session.execute(select(Invitation.round_id, Invitation.name, Invitation.email))
        assert sorted(named.tuples(), key=str) == [
            (1, None, None),
            (2, "Bea Zomergem", "bea@zomergem.example"),
            (2, "Bea Zomergem", "bea@zomergem.example"),
        ]
        assert session.scalar(select(func.count()).select_from(ParticipantQuestion)) == 1
        assert session.scalar(select(func.count()).select_from(Statement)) == 2
        assert set(session.scalars(select(ContributionVersion.text))) == {WORDS}
        entry = session.scalars(select(AuditEntry)).one()
        assert (entry.what, entry.about) == ("bewaartermijn", done)
    # A second time there is nothing left to do, and nothing to tell.
    assert not any(retain(storage, 1, DAYS, now()).values())
    with storage.reading() as session:
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == 1


def test_a_kind_without_days_and_a_round_that_is_open_again_are_kept(
    storage: Storage, filled: dict[str, str]
) -> None:
    assert not any(retain(storage, 1, {}, now()).values())
    assert not any(retain(storage, 1, dict.fromkeys(RETAINED, 0), now()).values())
    with storage.writing() as session:
        rounds.close(session, 1, 2)
        rounds.open_(session, 1, 1)
    done = retain(storage, 1, {"gesprekken": 60, "uitnodigingen": 30}, now())
    assert done["gesprekken"] == done["uitnodigingen"] == 0
    assert texts(storage, filled["old"])[0] == WORDS


def test_the_setting_names_the_kinds_there_are() -> None:
    assert {each.name for each in KINDS} == set(RETAINED)
    assert set(Settings().retention_days) == set(RETAINED)
    assert Settings(retention="vragen=7").retention_days == {"vragen": 7}
    for wrong in ("alles=3", "vragen", "vragen=-1", "vragen=x"):
        with pytest.raises(ValidationError):
            Settings(retention=wrong)


def test_the_verb_tells_what_it_would_erase_and_erases_it_from_every_file(
    tmp_path: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = Storage(f"sqlite:///{tmp_path / 'samenspraak.db'}")
    with storage.writing() as session:
        rounds.ensure_consultation(session, catalogue)
        old = rounds.open_(session, 1, 1)
        rounds.close(session, 1, 1)
        old.closed_at = now() - timedelta(days=100)
        someone(session, 1, False, 100)
    monkeypatch.setenv("SAMENSPRAAK_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SAMENSPRAAK_RETENTION", "uitnodigingen=30,zonder_antwoord=20")
    settings.cache_clear()

    def holding() -> bool:
        return any(b"omergem" in each.read_bytes() for each in tmp_path.glob("samenspraak.db*"))

    run = CliRunner()
    told = run.invoke(app, ["retention", "--dry-run"])
    assert told.exit_code == 0
    assert "zonder_antwoord\t1\tpeople who gave no answer\tafter 20 days" in told.stdout
    assert "vragen\t0\tquestions that were answered\tkept" in told.stdout
    assert holding()
    done = run.invoke(app, ["retention", "--json"])
    assert json.loads(done.stdout)["zonder_antwoord"] == 1
    assert not holding()
    storage.close()
    settings.cache_clear()


def test_the_own_file_holds_all_that_is_stored_of_a_person_and_of_nobody_else(
    storage: Storage, filled: dict[str, str], catalogue: Catalogue
) -> None:
    with storage.writing() as session:
        other = session.get_one(Participant, filled["new"])
        other.organisation = "Xylofoonbomen vzw"
        session.add(NewsAddress(participant_id=filled["old"], address="bea@wachtebeke.example"))
        session.add(NewsMail(participant_id=filled["old"], round_id=1, state=SENT))
        found = own_file(session, catalogue, filled["old"])
    assert found["uitnodiging"]["e_mail"] == "bea@zomergem.example"
    assert found["nieuws_per_mail"]["e_mail"] == "bea@wachtebeke.example"
    assert [each["stand"] for each in found["nieuws_per_mail"]["mails"]] == ["verstuurd"]
    (answer,) = found["antwoorden"]
    assert answer["versies"][0]["tekst"] == WORDS
    assert answer["versies"][0]["uitspraken"][0]["tekst"] == "De bus"
    assert found["vragen"][0]["antwoord"] == "Ja."
    assert [each["tekst"] for each in found["gesprekken"][0]["berichten"]] == [
        WORDS, f"U zei: {WORDS}", "Dank u.",
    ]  # fmt: skip
    assert "Xylofoonbomen" not in json.dumps(found)


def test_every_table_that_hangs_on_a_participant_is_in_the_file_or_said_not_to_be() -> None:
    """A new table with personal data needs a place in the file."""
    hang = {"participant"}
    while True:
        more = {
            table.name
            for table in Base.metadata.tables.values()
            for key in table.foreign_keys
            if key.column.table.name in hang
        }
        if more <= hang:
            break
        hang |= more
    assert hang == TOLD | MADE_OF_IT
