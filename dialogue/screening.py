"""Screens a message before the assistant gets it: personal data, distress, foreign languages.

A message with personal data is held until the participant chooses to remove or keep them, so
removed words never reach another component. See ``docs/decisions/0005-care.md``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from consultation.catalogue import Catalogue
from consultation.database.models import Message
from consultation.database.storage import Storage
from consultation.groups import declines, group_of
from consultation.participation import conversation
from consultation.participation.conversation import Bubble, Turn, fingerprint
from consultation.participation.resumption import ASIDE
from dialogue.choice import KEEP, REMOVE, choice
from dialogue.messages import say
from dialogue.questions import Addressed, addressed
from language.alarm import alarm, asks_help_number
from language.budget import Budget
from language.foreign import foreign_language, load_languages
from language.personal_data import Finding, detector
from language.reading.message import answer_and_question, asked_beside
from language.reading.urgency import read_urgency
from language.segmentation.sentences import sentence_spans

_NO_QUESTIONS = frozenset({"start", "gewist", ASIDE})
"""Steps at which a question goes to the assistant as any text."""
_AFTER_QUESTIONS = frozenset({"bevestigen", "verder", "einde"})
_LONGEST_QUESTION = 2_000
_WORDS_OF_A_CHOICE = 7
_ASKS = re.compile(r"\?|^\W{0,5}(?:wie|wat|hoe|waar\w{0,9}|wanneer|welke?)\b", re.IGNORECASE)


_ASKS_US = re.compile(
    r"\b(?:mijn (?:naam|antwoord\w*)|naam|anoniem|dit|hier|jullie|u|ge|gij|ik|vraag|vragen"
    r"|code|nog)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class ScreeningContext:
    """What screening knows about a text, besides its position in the conversation.

    ``content``: the text is an answer, whichever intent it resembles. ``question``: the sentence of
    an answer that asks the assistant something. ``unread``: reading the text in full exceeds the
    processing budget. ``addressed``: the whole text is, or may be, a question to the assistant.
    """

    content: bool = False
    question: str | None = None
    unread: bool = False
    addressed: Addressed | None = None


class Screening:
    """Screens messages. Its Dutch sentences are in ``meldingen.yml``."""

    def __init__(self, storage: Storage, catalogue: Catalogue, spacy_model: str) -> None:
        """Loads nothing: ``prepare`` or the first message loads the spaCy pipeline."""
        self._storage = storage
        self._catalogue = catalogue
        self.personal_data = detector(spacy_model)

    def prepare(self) -> None:
        """Loads the spaCy pipeline and the word lists, so that no participant waits for them."""
        self.personal_data.prepare()
        load_languages()

    def is_plain(self, text: str) -> bool:
        """Whether a text surely holds no personal data; False until the pipeline is loaded."""
        if not self.personal_data.ready:
            return False
        seen = self.personal_data.look(text)
        return seen.whole and not seen.found

    def settles(self, message_id: str) -> bool:
        """Whether a message needs no call to the assistant; holds it when it has personal data.

        True when the message is gone or processed, when it is held for personal data, or when an
        earlier held message still needs the participant's choice.
        """
        with self._storage.reading() as session:
            message = session.get(Message, message_id)
            if message is None or message.state != "ontvangen":
                return True
            waiting = conversation.held(session, message.conversation_id)
            last = conversation.last_said(session, message.conversation_id)
            said = conversation.fingerprints(last)
            text, typed = message.text, message.sender == "deelnemer" and message.payload is None
            unread = message.unread
            payload = message.payload
        if waiting is not None:
            return self._chosen(message_id, said, choice(payload, text if typed else ""))
        if not typed or unread:
            return False
        seen = self.personal_data.look(text)
        if not seen.whole:
            self._mark_unread(message_id)
        if not seen.found:
            return False
        bubbles = [*self.help(text, said), self._ask(seen.found, said)]
        with self._storage.writing() as session:
            conversation.hold(session, message_id, bubbles)
        return True

    def before(self, turn: Turn) -> list[Bubble]:
        """The bubbles to send before the assistant's own reply to a turn."""
        if not turn.held:
            return self._help_for(turn)
        with self._storage.reading() as session:
            message = session.get(Message, turn.message_id)
            waiting = conversation.held(session, turn.conversation_id)
        if waiting is not None and message is not None:
            removed = choice(message.payload, message.text) == REMOVE
            return [Bubble(text=say("keuze_weggehaald" if removed else "keuze_blijft"))]
        return self._help_for(turn)

    def _help_for(self, turn: Turn) -> list[Bubble]:
        return self.help(turn.text, turn.said) if turn.payload is None else []

    def help(self, text: str, said: Collection[str] = ()) -> list[Bubble]:
        """The bubble with where to find help when a text signals a crisis or threat, or asks it.

        It is never left out: where it was said in the last turn, it gets another first sentence.
        """
        found = "crisis" if asks_help_number(text) else alarm(text)
        if found is None:
            return []
        texts = self._catalogue.consultatie
        help_ = texts.crisis if found == "crisis" else texts.dreiging
        return [Bubble(text=_fresh((help_, say("nog_eens", tekst=help_)), said))]

    def beside(self, turn: Turn) -> ScreeningContext:
        """The screening result to send to the assistant with a turn."""
        if turn.position.offer is not None:
            both = turn.payload is None and answer_and_question(turn.text)
            return ScreeningContext(question=question_in(turn.text) if both else None)
        step = turn.position.step
        if turn.payload is not None or step in _NO_QUESTIONS:
            return ScreeningContext()
        if step == "beheer":
            # The text itself decides about one's own data; what it asks beside is answered.
            asks = not turn.unread and addressed(turn.text) is not None
            return ScreeningContext(question=turn.text if asks else None)
        if turn.unread:
            return (
                ScreeningContext(content=True, unread=True)
                if step == "vraag"
                else ScreeningContext()
            )
        if asks_help_number(turn.text) or (alarm(turn.text) and step in _AFTER_QUESTIONS):
            # The help is said before it; the talk neither ends nor stores it.
            return ScreeningContext(addressed=Addressed("hulp"))
        urgent = step == "vraag" and turn.position.question == "prioriteit"
        if urgent and self._is_urgency(turn.text):
            return ScreeningContext(content=True, question=question_in(turn.text))
        found = None if alarm(turn.text) else addressed(turn.text)
        if found is not None:
            return ScreeningContext(addressed=found)
        if step == "groep":
            named = self._names_group(turn.text)
            return ScreeningContext(
                content=named, question=question_in(turn.text) if named else None
            )
        if step == "toestemming" and not turn.unread:
            return ScreeningContext(question=question_in(turn.text))
        if step != "vraag":
            return ScreeningContext()
        budget = Budget()
        content = bool(alarm(turn.text) or (budget.left and foreign_language(turn.text)))
        question = question_in(turn.text) if budget.left and not content else None
        if not budget.left:
            self._mark_unread(turn.message_id)
            return ScreeningContext(content=True, unread=True)
        return ScreeningContext(content, question)

    def question_of(self, turn: Turn, beside: ScreeningContext) -> str | None:
        """The question of a turn for the organiser, without the personal data in it."""
        text: str | None = beside.question or turn.text
        if turn.payload is not None:
            with self._storage.reading() as session:
                text = conversation.last_typed(session, turn.message_id)
        return self.personal_data.masked(text[:_LONGEST_QUESTION]) if text else None

    def _is_urgency(self, text: str) -> bool:
        """Whether a text says how urgent something is: "zo snel mogelijk" is no command."""
        steps = self._catalogue.consultatie.prioriteiten
        return bool(read_urgency(text, {each.waarde: each.naam for each in steps}).values)

    def _names_group(self, text: str) -> bool:
        """Whether a short text names the participant's group in the catalogue.

        The assistant is not trained on the groups of this catalogue, so on its own it may classify
        their names as a question or a command.
        """
        few = len(text.split()) <= _WORDS_OF_A_CHOICE
        if few and not _ASKS.search(text) and declines(text):
            return True
        named = group_of(text, self._catalogue)
        return bool(named.groups) if few and not _ASKS.search(text) else named.sure

    def _mark_unread(self, message_id: str) -> None:
        with self._storage.writing() as session:
            conversation.mark_unread(session, message_id)

    def _chosen(self, message_id: str, said: Collection[str], chosen: str | None) -> bool:
        with self._storage.reading() as session:
            message = session.get(Message, message_id)
            if message is None:
                return True
            waiting = conversation.held(session, message.conversation_id)
            if waiting is None:
                return False
            unseen = conversation.typed_since(session, waiting)
        if chosen is None:
            again = self._ask(self.personal_data.find(waiting.text), said)
            asks = _ASKS.search(message.text) and message.payload is None
            explained = (say("keuze_uitleg"),) if asks else ()
            eerst = _fresh((*explained, say("keuze_eerst"), say("keuze_eerst_weer")), said)
            first = [] if message.sender == "systeem" else [Bubble(text=eerst)]
            with self._storage.writing() as session:
                if conversation.held(session, message.conversation_id) is None:
                    return False
                conversation.answer_only(session, message_id, [*first, again])
            return True
        cleaned: dict[str, str] = {}
        while chosen == REMOVE and unseen:
            cleaned |= {each: self.personal_data.masked(each) for each in unseen}
            with self._storage.writing() as session:
                unseen = conversation.clean(session, message_id, cleaned)
        return False

    def _ask(self, found: Iterable[Finding], said: Collection[str] = ()) -> Bubble:
        kinds = list(dict.fromkeys(each.kind for each in found))
        names = [say(f"soort_{kind}") for kind in kinds] or [say("soort_iets")]
        listed = say("opsomming", eerst=", ".join(names[:-1]), laatst=names[-1])
        what = listed if len(names) > 1 else names[0]
        return Bubble(
            text=_fresh((say("keuze", wat=what), say("keuze_weer", wat=what)), said),
            buttons=(
                {"title": say("knop_weghalen"), "payload": REMOVE},
                {"title": say("knop_laten_staan"), "payload": KEEP},
            ),
            custom={"step": ASIDE},
        )


def _fresh(wordings: Sequence[str], said: Collection[str]) -> str:
    """The first wording that the assistant did not use in its last turn."""
    return next((each for each in wordings if fingerprint(each) not in said), wordings[0])


def question_in(text: str) -> str | None:
    """The last question of a text that says something too, or None."""
    sentences = [text[start:end].strip() for start, end in sentence_spans(text)]
    asking = [each for each in sentences if each.endswith("?")]
    if asking and len(sentences) > len(asking):
        return asking[-1]
    beside = asked_beside(text)
    return beside[1] if beside and _ASKS_US.search(beside[1]) else None
