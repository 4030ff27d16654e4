"""The person is in charge: skip, back, another opdracht, change an answer, stop."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.contribution_form import after_answer, next_question, offer_changes
from actions.opening import end, leave_opdracht
from actions.talk import OPENING_FORM, Talk


class _Command(Action, ABC):
    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        talk = Talk(dispatcher, tracker, domain)
        if talk.forgotten:
            talk.fail()
            return []
        return self.obey(talk)

    @abstractmethod
    def obey(self, talk: Talk) -> list[EventType]:
        """What the command does."""


class ActionStoppen(_Command):
    """Stops here; all that was said stays."""

    def name(self) -> str:
        return "action_stoppen"

    def obey(self, talk: Talk) -> list[EventType]:
        return [*leave_opdracht(), *end(talk)]


class ActionAnderOpdracht(_Command):
    """Leaves this opdracht, to choose another."""

    def name(self) -> str:
        return "action_ander_opdracht"

    def obey(self, talk: Talk) -> list[EventType]:
        return [*leave_opdracht(), FollowupAction(OPENING_FORM)]


class ActionOverslaan(_Command):
    """Skips the open question."""

    def name(self) -> str:
        return "action_overslaan"

    def obey(self, talk: Talk) -> list[EventType]:
        if talk.slot("requested_slot") != "antwoord":
            talk.utter("zin_niet_overslaan")
            return []
        talk.utter("zin_overgeslagen")
        return [SlotSet(name, value) for name, value in after_answer(talk).items()]


class ActionTerug(_Command):
    """Goes back one question; from the summary to the last."""

    def name(self) -> str:
        return "action_terug"

    def obey(self, talk: Talk) -> list[EventType]:
        opdracht, vraag = talk.opdracht, talk.vraag
        if opdracht is None or vraag is None or talk.slot("bevestigd") is True:
            return []
        if talk.slot("requested_slot") == "bevestigd":
            earlier = opdracht.vragen[-1]
        else:
            found = next_question(opdracht, vraag, step=-1)
            if found is None:
                talk.utter("zin_eerste_vraag")
                return []
            earlier = found
        return [SlotSet("antwoord", None), SlotSet("vraag", earlier.key)]


class ActionAntwoordWijzigen(_Command):
    """Asks a question again, or first which one."""

    def name(self) -> str:
        return "action_antwoord_wijzigen"

    def obey(self, talk: Talk) -> list[EventType]:
        opdracht = talk.opdracht
        key = talk.entity("vraag")
        if opdracht is None or talk.slot("bevestigd") is True:
            return []
        changing = talk.slot("requested_slot") == "bevestigd"
        if key is None or opdracht.question(key) is None:
            if not changing:
                offer_changes(talk)
            return []
        return [
            SlotSet("antwoord", None),
            SlotSet("vraag", key),
            SlotSet("bevestigd", False if changing else None),
        ]
