"""What every action starts from: the catalogue, the database to read, and a way to speak.

Sentences come from ``domain.yml`` (the assistant's own) or the catalogue (the consultation's).
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from consultation.catalogue import Catalogue, Opdracht, Vraag, catalogue_at
from consultation.effects import Effect
from consultation.settings import Settings, settings
from consultation.storage import Storage

OPENING_FORM = "opening_form"
CONTRIBUTION_FORM = "contribution_form"


@dataclass(frozen=True)
class Workplace:
    """The settings and the open database of this action server."""

    settings: Settings
    storage: Storage


@lru_cache(maxsize=1)
def workplace() -> Workplace:
    """Opened once, when the server starts."""
    values = settings()
    return Workplace(values, Storage(values.resolved_database_url))


def catalogue() -> Catalogue:
    """The catalogue, read again when its file changed."""
    return catalogue_at(settings().catalogue)


class Talk:
    """One turn: reads the tracker, speaks, and proposes effects."""

    def __init__(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> None:
        self.dispatcher = dispatcher
        self.tracker = tracker
        self.domain = domain
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

    def words(self, response: str) -> str:
        """The first wording of a response in ``domain.yml``, for a button or a label."""
        return str(self.domain["responses"][response][0]["text"])

    def say(self, text: str, **bubble: Any) -> None:
        """Says a text of the catalogue; blank lines would split it over bubbles."""
        self.dispatcher.utter_message(text=_one_bubble(text), **_bubble(**bubble))

    def utter(
        self,
        response: str,
        *,
        buttons: list[dict[str, str]] | None = None,
        custom: dict[str, Any] | None = None,
        **values: Any,
    ) -> None:
        """Says a sentence of ``domain.yml``, with values filled in."""
        wording = random.choice(self.domain["responses"][response])["text"]
        self.say(str(wording).format(**values), buttons=buttons, custom=custom)

    def propose(self, effect: Effect) -> None:
        """Proposes a change; the gateway makes it when the turn is complete."""
        self.dispatcher.utter_message(json_message={"effects": [effect.model_dump()]})

    def fail(self) -> None:
        """Tells the gateway that this turn must be done again."""
        self.dispatcher.utter_message(json_message={"turn_failed": True})

    def button(self, response: str, payload: str) -> dict[str, str]:
        """A button whose title stands in ``domain.yml``."""
        return {"title": self.words(response), "payload": payload}


def _bubble(
    buttons: list[dict[str, str]] | None = None, custom: dict[str, Any] | None = None
) -> dict[str, Any]:
    return {"buttons": buttons or [], "json_message": custom or {}}


def _one_bubble(text: str) -> str:
    lines = (line.strip() for line in text.strip().splitlines())
    return "\n".join(line for line in lines if line)
