"""What every action starts from: the catalogue, the database to read, and a way to speak.

Sentences come from ``zinnen.yml`` (the assistant's own) or the catalogue (the consultation's).
"""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any

import yaml
from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from consultation.catalogue import Catalogue, Opdracht, Vraag, catalogue_at
from consultation.database.storage import Storage
from consultation.participation.effects import Effect
from consultation.settings import settings

OPENING_FORM = "opening_form"
CONTRIBUTION_FORM = "contribution_form"
OWN_DATA_FORM = "beheer_form"

Slots = dict[str, Any]
Validator = Callable[[Any, Any, CollectingDispatcher, Tracker, dict[str, Any]], Slots]


@lru_cache(maxsize=1)
def storage() -> Storage:
    """The database, opened once when the server starts; actions only read."""
    return Storage(settings().resolved_database_url)


def catalogue() -> Catalogue:
    """The catalogue, read again when its file changed."""
    return catalogue_at(settings().catalogue)


@lru_cache(maxsize=1)
def sentences() -> dict[str, list[str]]:
    """What the assistant itself says: name to wordings."""
    text = Path(__file__).with_name("zinnen.yml").read_text(encoding="utf-8")
    raw: dict[str, str | list[str]] = yaml.safe_load(text)
    return {name: [each] if isinstance(each, str) else each for name, each in raw.items()}


class Talk:
    """One turn: reads the tracker, speaks, and proposes effects."""

    def __init__(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
        self.dispatcher = dispatcher
        self.tracker = tracker
        self.catalogue = catalogue()

    def slot(self, name: str) -> Any:
        """A slot's value, or None."""
        return self.tracker.get_slot(name)

    @property
    def metadata(self) -> dict[str, Any]:
        """What the gateway sent along with the message."""
        return self.tracker.latest_message.get("metadata") or {}

    @property
    def intent(self) -> str | None:
        """The intent of the message at hand."""
        found: str | None = self.tracker.get_intent_of_latest_message(skip_fallback_intent=False)
        return found

    def entity(self, name: str) -> str | None:
        """A value that came with a button, or None."""
        return next(
            (str(each) for each in self.tracker.get_latest_entity_values(name) if each is not None),
            None,
        )

    @property
    def opdracht(self) -> Opdracht | None:
        """The opdracht that is talked about."""
        return self.catalogue.opdracht(self.slot("opdracht"))

    @property
    def vraag(self) -> Vraag | None:
        """The question that is open; the first one at the start of an opdracht."""
        opdracht = self.opdracht
        if opdracht is None:
            return None
        return opdracht.question(self.slot("vraag") or "") or opdracht.vragen[0]

    @property
    def answers(self) -> dict[str, str]:
        """What was answered on this opdracht, by question."""
        return dict(self.slot("antwoorden") or {})

    @property
    def forgotten(self) -> bool:
        """True when the tracker is not the talk's own: its start could not be read back."""
        conversation = self.metadata.get("conversation")
        return conversation is not None and self.slot("gesprek") != conversation

    def words(self, sentence: str) -> str:
        """The first wording of a sentence, for a button or a label."""
        return sentences()[sentence][0]

    def say(self, text: str, **bubble: Any) -> None:
        """Says a text of the catalogue; blank lines would split it over bubbles."""
        self.dispatcher.utter_message(text=_one_bubble(text), **_bubble(**bubble))

    def utter(
        self,
        sentence: str,
        *,
        buttons: list[dict[str, str]] | None = None,
        custom: dict[str, Any] | None = None,
        **values: Any,
    ) -> None:
        """Says a sentence of ``zinnen.yml``, with values filled in."""
        wording = random.choice(sentences()[sentence])
        self.say(wording.format(**values), buttons=buttons, custom=custom)

    def propose(self, effect: Effect) -> None:
        """Proposes a change; the gateway makes it when the turn is complete."""
        self.dispatcher.utter_message(json_message={"effects": [effect.model_dump()]})

    def fail(self) -> None:
        """Tells the gateway that this turn must be done again."""
        self.dispatcher.utter_message(json_message={"turn_failed": True})

    def button(self, sentence: str, payload: str) -> dict[str, str]:
        """A button whose title stands in ``zinnen.yml``."""
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
"""Intents that are answered beside the talk; the open question comes back after them."""


def answer_aside(talk: Talk, intent: str | None) -> None:
    """Answers a question to the assistant from the catalogue; other intents say nothing."""
    texts = talk.catalogue.consultatie
    if intent in _FROM_CATALOGUE:
        talk.say(getattr(texts, _FROM_CATALOGUE[intent]), buttons=_own_data(talk, intent))
    if intent in ("contact_mens", "klacht"):
        talk.say(texts.contact.tekst)
    if intent == "uitleg_opdracht":
        opdracht = talk.opdracht
        talk.say(opdracht.uitleg if opdracht else texts.doel)


def _own_data(talk: Talk, intent: str) -> list[dict[str, str]]:
    """Who asks about privacy can change their consent right there, once they gave it."""
    if intent not in ("vraag_privacy", "vraag_anoniem") or not talk.slot("toestemming_analyse"):
        return []
    payload = '/gegevens_verwijderen{"waarde":"toestemming"}'
    return [talk.button("knop_toestemming", payload)]


class TalkAction(Action, ABC):
    """An action that works on a talk; on a tracker that is not the talk's own it fails the turn."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        """Does the work, or tells the gateway to do the turn again."""
        talk = Talk(dispatcher, tracker)
        if talk.forgotten:
            talk.fail()
            return []
        return self.act(talk)

    @abstractmethod
    def act(self, talk: Talk) -> list[EventType]:
        """What the action does."""


class TalkForm(FormValidationAction, ABC):
    """A form's validation, with one method per slot that is wrapped in ``validator``."""

    @abstractmethod
    def name(self) -> str:
        """``validate_`` and the form's name."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        """Validates, or tells the gateway to do the turn again."""
        talk = Talk(dispatcher, tracker)
        if talk.forgotten:
            talk.fail()
            return [SlotSet("requested_slot", None)]
        events: list[EventType] = await super().run(dispatcher, tracker, domain)
        return events


def validator(method: Callable[[Any, Any, Talk], Slots]) -> Validator:
    """Gives a slot's validation the talk instead of the SDK's three arguments.

    When a form starts, the SDK also validates slots that were filled before. Those are given back
    as they are: only what was asked for now is new.
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


def _one_bubble(text: str) -> str:
    lines = (line.strip() for line in text.strip().splitlines())
    return "\n".join(line for line in lines if line)
