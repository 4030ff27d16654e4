"""No effect of a turn takes anything of a participant away without a word of theirs for it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.orm import Session

from consultation.catalogue import Catalogue
from consultation.database.models import Conversation, Message
from consultation.database.storage import Storage
from consultation.participation import conversation
from consultation.participation.answers import TypedText, store
from consultation.participation.conversation import Bubble, Position, Turn
from consultation.participation.effects import (
    TAKE_BACK,
    AnswerGiven,
    AnswerWithdrawn,
    ConsentGiven,
    Effect,
    ParticipantErased,
    Source,
)
from dialogue.agreement import agreed_effects
from tests.consultation.test_conversation import QUESTION, answer, begun, say

QUESTIONS = ("drempel", "voorstel", "trekker")
STEPS = ("toestemming", "groep", "opdracht", "vraag", "bevestigen", "verder", "beheer", "einde")
WAY_BACK = Bubble("Terug?", ({"title": "Zet het terug", "payload": TAKE_BACK},))


def turn(payload: str | None = None, **place: Any) -> Turn:
    position = Position(**{"step": "vraag", "opdracht": 4, **place})
    return Turn("m", "c", "s", "tekst", payload, position)


def positions() -> st.SearchStrategy[Position]:
    requests = [
        "toestemming",
        "toestemming:citaat=nee",
        "wissen:alles",
        "wissen:4.drempel",
        "groep",
    ]
    question = st.sampled_from((None, *QUESTIONS))
    return st.builds(
        Position,
        step=st.sampled_from(STEPS),
        opdracht=st.just(4),
        question=question,
        request=st.sampled_from((None, *requests)),
        offer=question.map(lambda key: key and {"message": "m", "start": 0, "question": key}),
        rewrite=st.sampled_from((None, "erbij", "vervang", "misschien")),
    )


def answer_effects() -> st.SearchStrategy[AnswerGiven]:
    return st.builds(
        AnswerGiven,
        opdracht=st.just(4),
        question=st.sampled_from(QUESTIONS),
        added=st.booleans(),
        corrects=st.sampled_from((None, "bus")),
    )


@pytest.mark.parametrize(
    ("place", "bubbles"),
    [
        ({"offer": {"question": "drempel"}}, ()),
        ({"question": "drempel", "rewrite": "vervang"}, ()),
        ({"question": "drempel", "rewrite": "misschien"}, ()),
        ({"step": "bevestigen"}, (WAY_BACK,)),
        ({"payload": "/bijdrage"}, ()),
    ],
)
def test_an_answer_is_replaced_where_that_was_offered_asked_or_shown(
    place: dict[str, Any], bubbles: tuple[Bubble, ...]
) -> None:
    effect = AnswerGiven(opdracht=4, question="drempel")
    assert agreed_effects(turn(**place), bubbles, [effect]) == (effect,)


@settings(max_examples=60, deadline=None)
@given(where=positions(), effect=answer_effects())
def test_any_other_text_takes_no_words_of_an_answer_away(
    where: Position, effect: AnswerGiven
) -> None:
    (found,) = agreed_effects(Turn("m", "c", "s", "tekst", None, where), (), [effect])
    assert isinstance(found, AnswerGiven)
    asked = (where.offer or {}).get("question") == effect.question or (
        where.rewrite in ("vervang", "misschien") and where.question == effect.question
    )
    takes = effect.corrects is not None or not effect.added
    assert found.agreed is (asked or not takes)


@settings(max_examples=60, deadline=None)
@given(
    where=positions(),
    effect=st.sampled_from(
        [
            ConsentGiven(purpose="citaat", granted=False),
            ConsentGiven(purpose="citaat", granted=True),
            ConsentGiven(purpose="analyse", granted=False),
            ParticipantErased(),
            AnswerWithdrawn(opdracht=4, question="drempel"),
            AnswerWithdrawn(opdracht=8, question="drempel"),
        ]
    ),
)
def test_consent_and_erasure_need_the_question_or_a_request_that_says_them(
    where: Position, effect: Effect
) -> None:
    done = agreed_effects(Turn("m", "c", "s", "tekst", None, where), (), [effect]) == (effect,)
    request = where.request if where.step == "beheer" else None
    match effect:
        case ParticipantErased():
            assert done is (request == "wissen:alles")
        case AnswerWithdrawn():
            assert done is (request == "wissen:4.drempel" and effect.opdracht == 4)
        case ConsentGiven(purpose="citaat", granted=False):
            asked = where.step == "toestemming" or request == "toestemming:citaat=nee"
            assert done is asked
        case ConsentGiven(purpose="citaat"):
            assert done is (where.step == "toestemming")
        case ConsentGiven():
            assert done is (where.step in ("toestemming", "einde"))


class Answers(RuleBasedStateMachine):
    """Stores random answers to one question: without agreement no word ever goes."""

    storage: Storage
    catalogue: Catalogue
    conversation_id = ""
    participant_id = ""
    round_id = 0
    number = 0

    @initialize()
    def begins(self) -> None:
        """Another question, so that no earlier answer stands."""
        Answers.number += 1
        self.question = f"extra_{Answers.number}"
        self.said: list[str] = []
        self.kept: list[str] = []

    @rule(
        text=st.text("abc de", min_size=1, max_size=12).filter(str.strip),
        agreed=st.booleans(),
        added=st.booleans(),
        corrects=st.sampled_from((None, "a", "bc")),
        removes=st.booleans(),
    )
    def answers(
        self, text: str, agreed: bool, added: bool, corrects: str | None, removes: bool
    ) -> None:
        """One answer, addition, correction or removal."""
        with self.storage.writing() as session:
            before = self._stands(session)
            said = self._typed(session, text.strip())
            effect = AnswerGiven(
                opdracht=4,
                question=self.question,
                added=added,
                corrects=corrects,
                agreed=agreed,
                source=Source(message=said.message_id, start=0, end=0) if removes else None,
            )
            store(session, said, effect)
            session.flush()
            after = self._stands(session)
        self.lost = bool(before) and not agreed and not after.startswith(before)

    def _typed(self, session: Session, text: str) -> TypedText:
        message = Message(
            conversation_id=self.conversation_id,
            seq=10_000 + session.query(Message).count(),
            sender="deelnemer",
            text=text,
            state="verwerkt",
        )
        session.add(message)
        session.flush()
        ids = (self.conversation_id, self.participant_id, self.round_id)
        return TypedText(message.id, text, False, *ids)

    def _stands(self, session: Session) -> str:
        found = conversation.answers_on(session, self.conversation_id, 4)
        return found.get(self.question, "")

    lost = False

    @invariant()
    def nothing_is_lost(self) -> None:
        """What stood before still stands, at its beginning, unless the participant agreed."""
        assert not self.lost


def test_no_word_of_an_answer_goes_without_agreement_whatever_comes_after_whatever(
    storage: Storage, catalogue: Catalogue
) -> None:
    Answers.storage = storage
    Answers.conversation_id = begun(storage, catalogue)
    with storage.reading() as session:
        talk = session.get_one(Conversation, Answers.conversation_id)
        Answers.participant_id, Answers.round_id = talk.participant_id, talk.round_id
    run_state_machine_as_test(
        Answers, settings=settings(max_examples=12, stateful_step_count=6, deadline=None)
    )


def test_what_is_taken_back_is_what_changed_last(storage: Storage, catalogue: Catalogue) -> None:
    talk = begun(storage, catalogue)
    first = say(storage, talk, "De bus rijdt te vroeg.")
    answer(storage, catalogue, first, [QUESTION], [AnswerGiven(opdracht=4, question="drempel")])
    wanted = ConsentGiven(purpose="citaat", granted=True)
    turns: list[tuple[str, Effect]] = [
        ("ja", wanted),
        ("De bus rijdt te laat.", AnswerGiven(opdracht=4, question="drempel")),
    ]
    for number, (text, effect) in enumerate(turns):
        message = say(storage, talk, text, client_id=f"n{number}")
        answer(storage, catalogue, message, [QUESTION], [effect])
    with storage.reading() as session:
        assert conversation.last_change(session, talk, 4) == ("drempel", "De bus rijdt te vroeg.")
        assert conversation.consent_changed_last(session, talk) is None
    message = say(storage, talk, "citeer mij toch niet", client_id="n9")
    refused = ConsentGiven(purpose="citaat", granted=False)
    answer(storage, catalogue, message, [QUESTION], [refused])
    with storage.reading() as session:
        assert conversation.last_change(session, talk, 4) is None
        assert conversation.consent_changed_last(session, talk) == ("citaat", False)
