"""Base of all actions: access to the catalogue and the database, and methods to send messages.

Sentences come from ``zinnen.yml`` (of the assistant) or the catalogue (of the consultation).
"""

from __future__ import annotations

import random
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any

import yaml
from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from consultation.catalogue import Catalogue, Opdracht, Vraag, catalogue_at
from consultation.database.storage import Storage
from consultation.participation.conversation import fingerprint
from consultation.participation.effects import Effect, QuestionAsked
from consultation.participation.resumption import LANGUAGE
from consultation.participation.stand_ins import KEPT, OPEN_QUESTION, READERS, REPLY
from consultation.settings import settings
from language.reading import acts
from language.reading.request import ENTITY, Reading, loaded
from language.reading.urgency import Urgency, read_urgency
from language.segmentation.sentences import sentence_spans

OPENING_FORM = "opening_form"
CONTRIBUTION_FORM = "contribution_form"
REACTION_FORM = "reaction_form"
OWN_DATA_FORM = "beheer_form"

Slots = dict[str, Any]
Validator = Callable[[Any, Any, CollectingDispatcher, Tracker, dict[str, Any]], Slots]


@lru_cache(maxsize=1)
def storage() -> Storage:
    """The database, opened once at the start of the server; actions only read it."""
    return Storage(settings().resolved_database_url)


def catalogue() -> Catalogue:
    """The catalogue, reloaded when its file changes."""
    return catalogue_at(settings().catalogue)


@lru_cache(maxsize=1)
def sentences() -> dict[str, list[str]]:
    """The assistant's own sentences: name to wordings."""
    text = Path(__file__).with_name("zinnen.yml").read_text(encoding="utf-8")
    raw: dict[str, str | list[str]] = yaml.safe_load(text)
    return {name: [each] if isinstance(each, str) else each for name, each in raw.items()}


class Talk:
    """One turn: reads the tracker, sends messages, and proposes effects."""

    def __init__(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
        self.dispatcher = dispatcher
        self.tracker = tracker
        self.catalogue = catalogue()

    def slot(self, name: str) -> Any:
        """The value of a slot, or None."""
        return self.tracker.get_slot(name)

    @property
    def metadata(self) -> dict[str, Any]:
        """The metadata that the gateway sent with the message."""
        return self.tracker.latest_message.get("metadata") or {}

    @property
    def intent(self) -> str | None:
        """The intent of the current message."""
        # Not the SDK's own way: that reads the classifier's ranking, without the guard's decision.
        found: str | None = (self.tracker.latest_message.get("intent") or {}).get("name")
        return found

    def chance(self, intent: str) -> float:
        """The classifier's probability of one of the likeliest intents; 0 for the others."""
        ranking = self.tracker.latest_message.get("intent_ranking") or []
        return next((float(each["confidence"]) for each in ranking if each["name"] == intent), 0.0)

    def entity(self, name: str) -> str | None:
        """The value of an entity, which only buttons send, or None."""
        return next(
            (str(each) for each in self.tracker.get_latest_entity_values(name) if each is not None),
            None,
        )

    @property
    def request(self) -> Reading:
        """What the current message asks about one's own data; empty where it asks nothing."""
        dumped = self.entity(ENTITY)
        return Reading() if dumped is None else loaded(dumped)

    @property
    def act(self) -> str | None:
        """What a typed text surely does, see ``language.reading.acts``; None where not known."""
        value = self.entity(acts.ENTITY)
        return value if value == acts.likely(value) else None

    @property
    def opdracht(self) -> Opdracht | None:
        """The current opdracht, or None."""
        return self.catalogue.opdracht(self.slot("opdracht"))

    @property
    def vraag(self) -> Vraag | None:
        """The open question; at the start of an opdracht its first one; None without opdracht."""
        opdracht = self.opdracht
        if opdracht is None:
            return None
        return opdracht.question(self.slot("vraag") or "") or opdracht.vragen[0]

    @property
    def reacts(self) -> bool:
        """Whether this is a reaction round: the talk is about proposed actions."""
        return bool(self.slot("rondesoort") == "reactie")

    @property
    def opdracht_form(self) -> str:
        """The form that an opdracht is talked about with."""
        return REACTION_FORM if self.reacts else CONTRIBUTION_FORM

    @property
    def answers(self) -> dict[str, str]:
        """The answers on this opdracht, by the key of the question."""
        return dict(self.slot("antwoorden") or {})

    def urgency_in(self, text: str) -> Urgency:
        """What a text says about urgency, on the catalogue's scale."""
        steps = self.catalogue.consultatie.prioriteiten
        return read_urgency(text, {each.waarde: each.naam for each in steps})

    @property
    def forgotten(self) -> bool:
        """True when the tracker is not of this conversation: its start could not be rebuilt."""
        conversation = self.metadata.get("conversation")
        return conversation is not None and self.slot("gesprek") != conversation

    def words(self, sentence: str) -> str:
        """The first wording of a sentence, for a button or a label."""
        return sentences()[sentence][0]

    @property
    def said(self) -> frozenset[str]:
        """Fingerprints of what the participant just read: the last turn and this one so far.

        Empty when they asked to repeat it.
        """
        if self.intent == "herhalen":
            return frozenset()
        return frozenset(
            {
                *(self.metadata.get("said") or ()),
                *map(fingerprint, _said_now(self.tracker)),
                *(fingerprint(each["text"]) for each in self.dispatcher.messages if each["text"]),
            }
        )

    def say(self, text: str, *others: str, **bubble: Any) -> None:
        """Sends a text in one bubble; blank lines are removed, because they would split it.

        ``others`` say the same in other words. What was said in the last turn is not said again:
        the first of these wordings that is new is sent, or else a shorter form of the text.
        """
        wordings = [_one_bubble(each) for each in (text, *others)]
        said = self.said
        fresh = (
            each
            for each in (*wordings, *self._shorter(wordings[0], bubble.get("custom") or {}))
            if fingerprint(each) not in said
        )
        self.dispatcher.utter_message(text=next(fresh, wordings[0]), **_bubble(**bubble))

    @property
    def _typed(self) -> str:
        return str(self.tracker.latest_message.get("text") or "")

    def _shorter(self, text: str, custom: dict[str, Any]) -> Iterator[str]:
        """Shorter forms of a text that was just said: of a question, an answer, or a step."""
        step, opdracht = custom.get("step"), self.opdracht
        vraag = opdracht.question(custom.get("question") or "") if opdracht else None
        if custom.get("probe"):
            yield self.words("doorvraag_weer").format(vraag=text)
        elif step == "vraag" and vraag is not None:
            yield self.words("bij_deze_vraag").format(vraag=vraag.tekst)
            yield self.words("vraag_eenvoudiger").format(vraag=vraag.eenvoudiger)
            yield vraag.tekst
        first, _, rest = text.partition("\n")
        if step is not None and rest:
            yield first
        for wording in sentences()["stap_weer" if step is not None else "zoals_gezegd"]:
            told = first if step is not None else _sentence_for(self._typed, text)
            yield wording.format(tekst=told)

    def utter(
        self,
        sentence: str,
        *,
        buttons: list[dict[str, str]] | None = None,
        custom: dict[str, Any] | None = None,
        **values: Any,
    ) -> None:
        """Sends a sentence of ``zinnen.yml`` in one of its wordings, with values filled in.

        The wordings under its name with ``_weer`` are only for saying it again in the next turn.
        """
        known = sentences()
        wordings = random.sample(known[sentence], len(known[sentence]))
        wordings += known.get(f"{sentence}_weer", [])
        filled = [each.format(**values) for each in wordings]
        self.say(*filled, buttons=buttons, custom=custom)

    def propose(self, effect: Effect) -> None:
        """Proposes a change, which the gateway applies when the turn is complete."""
        self.dispatcher.utter_message(json_message={"effects": [effect.model_dump()]})

    def fail(self) -> None:
        """Tells the gateway to repeat this turn."""
        self.dispatcher.utter_message(json_message={"turn_failed": True})

    def button(self, sentence: str, payload: str) -> dict[str, str]:
        """A button with a title from ``zinnen.yml``."""
        return {"title": self.words(sentence), "payload": payload}


_FROM_CATALOGUE = {
    "vraag_privacy": "privacy",
    "vraag_anoniem": "anoniem",
    "vraag_doel": "doel",
    "vraag_duur": "duur",
    "vraag_resultaat": "resultaat",
    "vraag_wie": "wie",
    "bot_uitdagen": "bot",
}
ASIDES = frozenset(
    {*_FROM_CATALOGUE, "begroeten", "bedanken", "hulp", "klacht", "contact_mens", "uitleg_opdracht"}
)
"""Intents that are answered within the current step; the open question is repeated after them."""


def answer_aside(talk: Talk, intent: str | None) -> None:
    """Answers a question to the assistant from the catalogue; does nothing for other intents.

    ``intent`` may stand for a question that the catalogue does not answer (``STAND_INS``).
    """
    texts = talk.catalogue.consultatie
    if intent in (OPEN_QUESTION, READERS, REPLY):
        pass_on(talk, intent)
    if intent == KEPT:
        talk.utter("antwoorden_bewaard")
    if intent in _FROM_CATALOGUE:
        talk.say(getattr(texts, _FROM_CATALOGUE[intent]), buttons=_own_data(talk, intent))
    if intent in ("contact_mens", "klacht"):
        address = talk.words("contact_adres").format(adres=texts.contact.e_mail)
        shown = texts.contact.tekst
        shown = shown if texts.contact.e_mail in shown else f"{shown} {address}"
        talk.say(shown, buttons=_pass_on_button(talk, intent))
    if intent == "uitleg_opdracht":
        opdracht = talk.opdracht
        talk.say(opdracht.uitleg if opdracht else texts.doel)


def pass_on(talk: Talk, intent: str) -> None:
    """Says that the assistant does not know, and stores the question for the organiser.

    Nothing is stored before the participant agreed that answers are stored.
    """
    texts = talk.catalogue.consultatie
    if intent != OPEN_QUESTION:
        talk.say(texts.wie if intent == READERS else texts.resultaat)
    if talk.slot("toestemming_analyse") is not True:
        talk.utter("weet_niet_zonder_toestemming", contact=texts.contact.e_mail)
        return
    talk.utter("vraag_doorgegeven" if intent == OPEN_QUESTION else "rest_doorgegeven")
    talk.propose(QuestionAsked(opdracht=talk.slot("opdracht")))


def _pass_on_button(talk: Talk, intent: str) -> list[dict[str, str]]:
    """A button to pass on the wish for contact, if the participant's words may be stored."""
    if intent != "contact_mens" or talk.slot("toestemming_analyse") is not True:
        return []
    return [talk.button("knop_doorgeven", '/contact_mens{"waarde":"doorgeven"}')]


def _own_data(talk: Talk, intent: str) -> list[dict[str, str]]:
    """A button to change consent under an answer about privacy, if the participant gave consent."""
    if intent not in ("vraag_privacy", "vraag_anoniem") or not talk.slot("toestemming_analyse"):
        return []
    payload = '/gegevens_verwijderen{"waarde":"toestemming"}'
    return [talk.button("knop_toestemming", payload)]


class TalkAction(Action, ABC):
    """Base class of actions; fails the turn on a tracker that is not of this conversation."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        """Calls ``act``, or tells the gateway to repeat the turn."""
        talk = Talk(dispatcher, tracker)
        if talk.forgotten:
            talk.fail()
            return []
        return self.act(talk)

    @abstractmethod
    def act(self, talk: Talk) -> list[EventType]:
        """Performs the action and returns its events."""


class TalkForm(FormValidationAction, ABC):
    """Base class of form validations, with one method per slot, decorated with ``validator``."""

    @abstractmethod
    def name(self) -> str:
        """``validate_`` and the name of the form."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        """Validates the slots, or tells the gateway to repeat the turn."""
        talk = Talk(dispatcher, tracker)
        if talk.forgotten:
            talk.fail()
            return [SlotSet("requested_slot", None)]
        events: list[EventType] = await super().run(dispatcher, tracker, domain)
        return events


def validator(method: Callable[[Any, Any, Talk], Slots]) -> Validator:
    """Decorator that passes a ``Talk`` to a validation method instead of the SDK's three arguments.

    When a form starts, the SDK also validates slots that were filled before. Their values are
    returned unchanged: only the requested slot has a new value.
    """
    slot = method.__name__.removeprefix("validate_")

    @wraps(method)
    def validate(
        self: Any,
        value: Any,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],
    ) -> Slots:
        if tracker.get_slot("requested_slot") != slot:
            return {slot: value}
        return method(self, value, Talk(dispatcher, tracker))

    return validate


def _bubble(
    buttons: list[dict[str, str]] | None = None, custom: dict[str, Any] | None = None
) -> dict[str, Any]:
    return {"buttons": buttons or [], "json_message": custom or {}}


def _said_now(tracker: Tracker) -> Iterator[str]:
    """The bubbles that earlier actions of this turn sent."""
    for event in reversed(tracker.events or []):
        if event.get("event") == "user":
            return
        if event.get("event") == "bot" and event.get("text"):
            yield event["text"]


_HOW_LONG = re.compile(
    r"\b(?:hoe ?lang\w{0,2}|wanneer|tot wanneer|how long|combien de temps|wie lange)\b",
    re.IGNORECASE,
)
_TIME = re.compile(r"\b(?:jaar|jaren|maand\w{0,2}|weken|week|dagen|minuten|uur)\b", re.IGNORECASE)


def _sentence_for(asked: str, text: str) -> str:
    """The first sentence of a text; where a time is asked, the first that tells one."""
    first = text.partition("\n")[0]
    told = [first[start:end].strip() for start, end in sentence_spans(first)] or [first]
    timed = (each for each in told if _TIME.search(each))
    return next(timed, told[0]) if _HOW_LONG.search(asked) else told[0]


def _one_bubble(text: str) -> str:
    lines = (line.strip() for line in text.strip().splitlines())
    return "\n".join(line for line in lines if line)


def thank_in_language(talk: Talk, language: str | None) -> Slots:
    """Thanks for an answer; with the notice, also in that language, the first time."""
    if language is None or talk.slot("taal_gemeld"):
        talk.utter("antwoord_bewaard")
        return {}
    talk.say(_notice(talk, "andere_taal", language), custom={LANGUAGE: language})
    return {"taal_gemeld": language}


def tell_language(talk: Talk, language: str | None) -> Slots:
    """The notice at a step where a text is no answer; nothing when it was said before."""
    if language is None or talk.slot("taal_gemeld"):
        return {}
    talk.say(_notice(talk, "alleen_nederlands", language), custom={LANGUAGE: language})
    return {"taal_gemeld": language}


def _notice(talk: Talk, sentence: str, language: str) -> str:
    translated = f"{sentence}_{language}"
    first = f"{talk.words(translated)}\n" if translated in sentences() else ""
    return f"{first}{talk.words(sentence)}"
