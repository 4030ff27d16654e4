"""The opening: what this is, consent per purpose, the group, and the choice of an opdracht."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import choosing
from actions.talk import CONTRIBUTION_FORM, OPENING_FORM, Talk
from consultation.effects import ConsentGiven, ConversationEnded, GroupChosen, OpdrachtChosen

_YES_OR_NO = (
    "toestemming_analyse",
    "toestemming_citaat",
    "toestemming_organisatie",
    "bevestigd",
    "verder",
)


def go_on(talk: Talk) -> list[EventType]:
    """The form that is next, from what is known of the talk."""
    if talk.slot("toestemming_analyse") is False:
        talk.utter(
            "zin_geen_toestemming",
            custom={"step": "einde"},
            buttons=[talk.button("zin_knop_hervatten", "/begroeten")],
        )
        talk.propose(ConversationEnded())
        return []
    if talk.slot("opdracht") is not None and talk.slot("groep") is not None:
        if talk.slot("verder") is True:
            return [*leave_opdracht(), FollowupAction(OPENING_FORM)]
        if talk.slot("verder") is False:
            return [*leave_opdracht(), *end(talk)]
        return [FollowupAction(CONTRIBUTION_FORM)]
    return [FollowupAction(OPENING_FORM)]


def leave_opdracht() -> list[EventType]:
    """Forgets the opdracht at hand; its answers are in the database."""
    return [
        ActiveLoop(None),
        *(
            SlotSet(name, None)
            for name in (
                "requested_slot",
                "opdracht",
                "vooraf",
                "vraag",
                "antwoord",
                "antwoorden",
                "bevestigd",
                "verder",
            )
        ),
    ]


def end(talk: Talk) -> list[EventType]:
    """Says goodbye; the talk can be taken up again at any time."""
    talk.utter(
        "zin_einde",
        custom={"step": "einde"},
        buttons=[talk.button("zin_knop_hervatten", "/begroeten")],
    )
    talk.propose(ConversationEnded())
    return []


class ActionWelkom(Action):
    """Opens a talk, or takes one up again."""

    def name(self) -> str:
        return "action_welkom"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        talk = Talk(dispatcher, tracker, domain)
        if talk.forgotten:
            talk.fail()
            return []
        texts = talk.catalogue.consultatie
        if talk.slot("toestemming_analyse") is True:
            talk.utter("zin_welkom_terug")
            return go_on(talk)
        talk.utter("zin_welkom", titel=texts.titel, doel=texts.doel)
        talk.say(f"{texts.bot} {texts.duur}")
        return [SlotSet("toestemming_analyse", None), FollowupAction(OPENING_FORM)]


class ActionVerder(Action):
    """Goes on with whatever is next, also where a yes or no was expected and neither came."""

    def name(self) -> str:
        return "action_verder"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        talk = Talk(dispatcher, tracker, domain)
        if talk.forgotten:
            talk.fail()
            return []
        if (
            tracker.active_loop.get("name") is not None
            and talk.slot("requested_slot") in _YES_OR_NO
        ):
            talk.utter("zin_ja_of_nee")
        return go_on(talk)


class _AskConsent(Action, ABC):
    @property
    @abstractmethod
    def doel(self) -> str:
        """The purpose to ask about."""

    def name(self) -> str:
        return f"action_ask_{OPENING_FORM}_toestemming_{self.doel}"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        talk = Talk(dispatcher, tracker, domain)
        shown = talk.catalogue.toestemming(self.doel)
        if shown is not None:
            talk.say(
                f"{shown.vraag}\n{shown.uitleg}",
                buttons=[
                    talk.button("zin_knop_ja", "/bevestigen"),
                    talk.button("zin_knop_nee", "/ontkennen"),
                ],
                custom={"step": "toestemming", "question": self.doel},
            )
        return []


class AskConsentAnalyse(_AskConsent):
    """Asks whether the answers may be stored and studied."""

    @property
    def doel(self) -> str:
        return "analyse"


class AskConsentCitaat(_AskConsent):
    """Asks whether answers may be quoted."""

    @property
    def doel(self) -> str:
        return "citaat"


class AskConsentOrganisatie(_AskConsent):
    """Asks whether the organisation may be named."""

    @property
    def doel(self) -> str:
        return "organisatie"


class AskGroep(Action):
    """Asks for the stakeholder group."""

    def name(self) -> str:
        return f"action_ask_{OPENING_FORM}_groep"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        talk = Talk(dispatcher, tracker, domain)
        talk.utter(
            "zin_groep",
            buttons=[
                {"title": groep.naam, "payload": f'/bijdrage{{"waarde":"{groep.slug}"}}'}
                for groep in talk.catalogue.groepen
            ],
            custom={"step": "groep"},
        )
        return []


class AskOpdracht(Action):
    """Asks which opdracht to talk about, the finished ones left out."""

    def name(self) -> str:
        return f"action_ask_{OPENING_FORM}_opdracht"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        talk = Talk(dispatcher, tracker, domain)
        done = set(talk.slot("klaar") or [])
        open_ones = [each for each in talk.catalogue.opdrachten if each.nummer not in done]
        talk.utter(
            "zin_opdracht",
            buttons=[
                _choice(each.nummer, each.titel) for each in open_ones or talk.catalogue.opdrachten
            ],
            custom={"step": "opdracht"},
        )
        return []


class ValidateOpeningForm(FormValidationAction):
    """Takes the opening's answers. On a form's start slots are only looked at again."""

    def name(self) -> str:
        return f"validate_{OPENING_FORM}"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        talk = Talk(dispatcher, tracker, domain)
        if talk.forgotten:
            talk.fail()
            return [SlotSet("requested_slot", None)]
        events: list[EventType] = await super().run(dispatcher, tracker, domain)
        return events

    def validate_toestemming_analyse(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """A no ends the talk: without this consent nothing may be asked."""
        slots = _consent("analyse", value, Talk(dispatcher, tracker, domain))
        if value is False:
            slots["requested_slot"] = None
        return slots

    def validate_toestemming_citaat(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """Both answers are fine."""
        return _consent("citaat", value, Talk(dispatcher, tracker, domain))

    def validate_toestemming_organisatie(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """Both answers are fine."""
        return _consent("organisatie", value, Talk(dispatcher, tracker, domain))

    def validate_groep(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """A button's slug, or the one group that the words name."""
        talk = Talk(dispatcher, tracker, domain)
        if not _asked(talk, "groep"):
            return {"groep": value}
        slug = talk.entity("waarde") or choosing.named_group(str(value), talk.catalogue)
        groep = talk.catalogue.groep(slug)
        if groep is None:
            talk.utter("zin_groep_onbekend")
            return {"groep": None}
        talk.utter("zin_groep_begrepen", naam=groep.naam)
        talk.propose(GroupChosen(group=groep.slug))
        chosen: dict[str, Any] = {"groep": groep.slug}
        vooraf = talk.catalogue.opdracht(talk.slot("vooraf"))
        if vooraf is not None:
            chosen |= _start(talk, vooraf.nummer)
        return chosen

    def validate_opdracht(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """A button's number, a number or title in the text, or the best match of its words."""
        talk = Talk(dispatcher, tracker, domain)
        if not _asked(talk, "opdracht"):
            return {"opdracht": value}
        button = talk.entity("opdracht")
        if button is not None and button.isdigit():
            number: int | None = int(button)
        else:
            number = choosing.named_number(str(value), talk.catalogue)
        if talk.catalogue.opdracht(number) is not None and number is not None:
            return _start(talk, number)
        best = choosing.matches(str(value))
        if best and best[0].score >= choosing.SURE:
            return _start(talk, best[0].number)
        talk.utter(
            "zin_opdracht_onbekend",
            buttons=[
                _choice(found.nummer, found.titel)
                for match in best
                if (found := talk.catalogue.opdracht(match.number)) is not None
            ],
        )
        return {"opdracht": None}


def _choice(number: int, title: str) -> dict[str, str]:
    return {"title": title, "payload": f'/opdracht_kiezen{{"opdracht":"{number}"}}'}


def _asked(talk: Talk, slot: str) -> bool:
    return bool(talk.slot("requested_slot") == slot)


def _consent(doel: Any, value: Any, talk: Talk) -> dict[str, Any]:
    slot = f"toestemming_{doel}"
    if _asked(talk, slot):
        talk.propose(ConsentGiven(purpose=doel, granted=value is True))
        if value is True:
            talk.utter("zin_toestemming_bedankt")
    return {slot: value}


def _start(talk: Talk, number: int) -> dict[str, Any]:
    opdracht = talk.catalogue.opdracht(number)
    assert opdracht is not None
    talk.utter("zin_opdracht_begrepen", nummer=number, titel=opdracht.titel)
    talk.say(opdracht.uitleg)
    talk.propose(OpdrachtChosen(opdracht=number))
    return {"opdracht": number, "vooraf": None, "vraag": opdracht.vragen[0].key}
