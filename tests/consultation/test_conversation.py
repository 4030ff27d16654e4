"""Turns: recorded before anything else, completed exactly once, restored from the database."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from consultation import rounds
from consultation.catalogue import Catalogue
from consultation.database.models import (
    Contribution,
    ContributionVersion,
    Conversation,
    Message,
    Participant,
    Submission,
)
from consultation.database.storage import Storage
from consultation.errors import ClientIdReused, PayloadNotOffered, TalkError
from consultation.participation import conversation, participants, resumption
from consultation.participation.conversation import Bubble
from consultation.participation.effects import (
    AnswerGiven,
    ConsentGiven,
    ConversationEnded,
    Effect,
    GroupChosen,
    OpdrachtChosen,
    SubmissionConfirmed,
    parse_effects,
)
from consultation.participation.resumption import Position

QUESTION = Bubble(
    text="Wat houdt tegen?",
    custom={"step": "vraag", "opdracht": 4, "question": "drempel", "progress": {"nr": 1, "of": 4}},
)


def begun(storage: Storage, catalogue: Catalogue) -> str:
    """A new participant's talk in round 1, its opening turn done."""
    with storage.writing() as session:
        consultation = rounds.ensure_consultation(session, catalogue)
        round_ = rounds.open_(session, consultation.id, 1)
        participant = Participant(consultation_id=consultation.id)
        session.add(participant)
        session.flush()
        talk = conversation.start(session, participant, round_.id).id
    answer(storage, catalogue, waiting(storage, talk)[0], [QUESTION], [OpdrachtChosen(opdracht=4)])
    return talk


def waiting(storage: Storage, talk: str) -> list[str]:
    with storage.reading() as session:
        return conversation.waiting_turns(session, talk)


def say(
    storage: Storage, talk: str, text: str, client_id: str = "c1", payload: str | None = None
) -> str:
    with storage.writing() as session:
        return conversation.record_message(
            session, talk, client_id=client_id, text=text, payload=payload
        ).id


def answer(
    storage: Storage,
    catalogue: Catalogue,
    message: str,
    bubbles: list[Bubble],
    effects: list[Effect],
) -> list[int]:
    with storage.writing() as session:
        said = conversation.complete(session, catalogue, message, bubbles, effects)
        return [each.seq for each in said]


def versions(storage: Storage) -> list[str]:
    with storage.reading() as session:
        query = select(ContributionVersion.text).order_by(ContributionVersion.version)
        return list(session.scalars(query))


def test_a_message_is_recorded_before_anything_else_happens(
    storage: Storage, catalogue: Catalogue
) -> None:
    talk = begun(storage, catalogue)
    message = say(storage, talk, "  Te duur!\n\n🙏 ")
    with storage.reading() as session:
        found = session.get_one(Message, message)
        assert (found.text, found.state) == ("  Te duur!\n\n🙏 ", "ontvangen")
    assert waiting(storage, talk) == [message]


def test_a_turn_completed_twice_changes_the_database_once(
    storage: Storage, catalogue: Catalogue
) -> None:
    talk = begun(storage, catalogue)
    message = say(storage, talk, "Te duur")
    effects: list[Effect] = [AnswerGiven(opdracht=4, question="drempel")]
    first = answer(storage, catalogue, message, [Bubble(text="Dank u."), QUESTION], effects)
    second = answer(storage, catalogue, message, [Bubble(text="Iets anders.")], effects)
    assert first == second
    assert versions(storage) == ["Te duur"]
    assert waiting(storage, talk) == []


def test_a_process_that_dies_before_completing_has_changed_nothing(
    storage: Storage, catalogue: Catalogue
) -> None:
    talk = begun(storage, catalogue)
    message = say(storage, talk, "Te duur")
    with pytest.raises(KeyboardInterrupt), storage.writing() as session:
        conversation.complete(
            session, catalogue, message, [QUESTION], [AnswerGiven(opdracht=4, question="drempel")]
        )
        raise KeyboardInterrupt
    assert versions(storage) == []
    assert waiting(storage, talk) == [message]


def test_a_second_try_gets_a_fresh_tracker_and_a_completed_message_gets_none(
    storage: Storage, catalogue: Catalogue
) -> None:
    talk = begun(storage, catalogue)
    message = say(storage, talk, "Te duur")
    names = []
    for _ in range(2):
        with storage.writing() as session:
            turn = conversation.begin_turn(session, message)
            assert turn is not None
            assert turn.position == Position("vraag", 4, "drempel")
            names.append(turn.sender_id)
    assert names[0] != names[1]
    answer(storage, catalogue, message, [QUESTION], [])
    with storage.writing() as session:
        assert conversation.begin_turn(session, message) is None


def test_the_same_client_id_is_one_message_and_another_text_with_it_is_refused(
    storage: Storage, catalogue: Catalogue
) -> None:
    talk = begun(storage, catalogue)
    assert say(storage, talk, "Te duur") == say(storage, talk, "Te duur")
    with pytest.raises(ClientIdReused):
        say(storage, talk, "Te ver")


def test_a_payload_counts_only_when_the_last_turn_offered_it(
    storage: Storage, catalogue: Catalogue
) -> None:
    talk = begun(storage, catalogue)
    with pytest.raises(PayloadNotOffered):
        say(storage, talk, "Stop", payload="/stoppen")
    offering = Bubble(text="Verder?", buttons=({"title": "Stop", "payload": "/stoppen"},))
    answer(storage, catalogue, say(storage, talk, "Te duur"), [offering, QUESTION], [])
    assert say(storage, talk, "Stop", "c2", payload="/stoppen")
    answer(storage, catalogue, waiting(storage, talk)[0], [QUESTION], [])
    with pytest.raises(PayloadNotOffered):
        say(storage, talk, "Stop", "c3", payload="/stoppen")


def test_an_answer_to_a_probe_is_added_and_each_part_points_to_its_message(
    storage: Storage, catalogue: Catalogue
) -> None:
    talk = begun(storage, catalogue)
    first, second = "Te duur.", "Een cursus kost 400 euro."
    one = say(storage, talk, first)
    answer(storage, catalogue, one, [QUESTION], [AnswerGiven(opdracht=4, question="drempel")])
    two = say(storage, talk, second, "c2")
    probed = AnswerGiven(opdracht=4, question="drempel", probe="Kunt u een voorbeeld geven?")
    answer(storage, catalogue, two, [QUESTION], [probed])
    assert versions(storage) == [first, f"{first}\n{second}"]
    with storage.reading() as session:
        latest = session.scalars(
            select(ContributionVersion).where(ContributionVersion.version == 2)
        ).one()
        slices = {
            part["message"]: latest.text[part["start"] : part["end"]] for part in latest.parts
        }
    assert slices == {one: first, two: second}


def test_a_talk_can_be_rebuilt_from_the_database(storage: Storage, catalogue: Catalogue) -> None:
    talk = begun(storage, catalogue)
    effects: list[Effect] = [
        ConsentGiven(purpose="analyse", granted=True),
        ConsentGiven(purpose="citaat", granted=False),
        GroupChosen(group="burger"),
        AnswerGiven(opdracht=4, question="drempel"),
    ]
    answer(storage, catalogue, say(storage, talk, "Te duur"), [QUESTION], effects)
    with storage.reading() as session:
        standing = resumption.standing(session, talk)
    assert standing.position == Position("vraag", 4, "drempel")
    assert standing.consents == {"analyse": True, "citaat": False}
    assert (standing.group, standing.opdracht) == ("burger", 4)
    assert standing.answers == {"drempel": "Te duur"}
    done: list[Effect] = [SubmissionConfirmed(opdracht=4), ConversationEnded()]
    answer(storage, catalogue, say(storage, talk, "Ja", "c2"), [QUESTION], done)
    with storage.reading() as session:
        standing = resumption.standing(session, talk)
        assert session.scalars(select(Submission.status)).one() == "bevestigd"
    assert (standing.finished, standing.ended) == ((4,), True)


@pytest.mark.parametrize(
    "step", ["toestemming", "groep", "opdracht", "vraag", "bevestigen", "verder"]
)
def test_the_place_before_the_end_is_found_again(
    storage: Storage, catalogue: Catalogue, step: str
) -> None:
    talk = begun(storage, catalogue)
    asked = Bubble(text="?", custom={"step": step, "opdracht": 4, "question": "trekker"})
    answer(storage, catalogue, say(storage, talk, "Te duur"), [asked], [])
    with storage.reading() as session:
        before = resumption.standing(session, talk)
    goodbye = Bubble(text="Dag", custom={"step": "einde"})
    for number in range(3):
        message = say(storage, talk, "stop", f"e{number}")
        answer(storage, catalogue, message, [goodbye], [ConversationEnded()])
    with storage.reading() as session:
        after = resumption.standing(session, talk)
        attempt = session.get_one(Conversation, talk).attempt
    assert (after.paused, after.position.step, after.ended) == (before.position, "einde", True)
    # A new tracker each time, so that the database alone says where the talk stands.
    assert attempt > 3
    answer(storage, catalogue, say(storage, talk, "ja", "e9"), [asked], [])
    with storage.reading() as session:
        back = resumption.standing(session, talk)
    assert (back.position, back.ended) == (before.position, False)


def test_the_named_opdrachten_and_the_answers_of_another_one_are_found_again(
    storage: Storage, catalogue: Catalogue
) -> None:
    talk = begun(storage, catalogue)
    told = Bubble(text="Daarna 5 en 10", custom={"queue": [5, 10]})
    effects: list[Effect] = [AnswerGiven(opdracht=4, question="drempel")]
    answer(storage, catalogue, say(storage, talk, "Te duur"), [told, QUESTION], effects)
    chosen: list[Effect] = [OpdrachtChosen(opdracht=5)]
    later = Bubble(text="Daarna 10", custom={"queue": [10]})
    five = Bubble(text="?", custom={"step": "vraag", "opdracht": 5, "question": "drempel"})
    with storage.reading() as session:
        assert resumption.standing(session, talk).queue == (5, 10)
    answer(storage, catalogue, say(storage, talk, "5", "c2"), [later, five], chosen)
    with storage.reading() as session:
        assert resumption.standing(session, talk).queue == (10,)
        assert resumption.answers_on(session, talk, 4) == {"drempel": "Te duur"}
        assert resumption.answers_on(session, talk, 5) == {}


def test_erasure_reaches_every_table(storage: Storage, catalogue: Catalogue) -> None:
    talk = begun(storage, catalogue)
    effects: list[Effect] = [
        ConsentGiven(purpose="analyse", granted=True),
        AnswerGiven(opdracht=4, question="drempel"),
    ]
    answer(storage, catalogue, say(storage, talk, "Te duur"), [QUESTION], effects)
    with storage.writing() as session:
        person = session.get_one(Conversation, talk).participant_id
        erased = participants.erase(session, person)
    assert (erased.submissions, erased.contributions) == (1, 1)
    with storage.reading() as session:
        for table in (Participant, Conversation, Message, Submission, Contribution):
            assert list(session.scalars(select(table))) == []
    with pytest.raises(TalkError), storage.writing() as session:
        conversation.record_message(session, talk, client_id="c9", text="Nog iets")


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1))
def test_any_text_comes_back_exactly_as_typed(
    storage: Storage, catalogue: Catalogue, text: str
) -> None:
    talk = begun(storage, catalogue)
    message = say(storage, talk, text)
    answer(storage, catalogue, message, [QUESTION], [AnswerGiven(opdracht=4, question="drempel")])
    with storage.reading() as session:
        assert [each.text for each in conversation.transcript(session, talk)][-2] == text
        assert resumption.standing(session, talk).answers["drempel"] == text


def test_an_effect_with_an_unknown_key_is_refused() -> None:
    with pytest.raises(ValueError, match="extra"):
        parse_effects([{"kind": "ended", "extra": 1}])
