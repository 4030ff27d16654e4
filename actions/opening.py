"""The opening form: introduction, consent per purpose, the group, and the choice of an opdracht."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet

from actions import choosing
from actions.offering import NOTHING_OFFERED, at_summary
from actions.talk import (
    CONTRIBUTION_FORM,
    OPENING_FORM,
    Slots,
    Talk,
    TalkAction,
    TalkForm,
    validator,
)
from consultation.participation.effects import (
    ConsentGiven,
    ConversationEnded,
    GroupChosen,
    OpdrachtChosen,
)

_YES_OR_NO = (
    "toestemming_analyse",
    "toestemming_citaat",
    "toestemming_organisatie",
    "bevestigd",
    "verder",
)
_OF_ONE_OPDRACHT = (
    "requested_slot",
    "opdracht",
    "vooraf",
    "vraag",
    "doorvraag",
    "antwoord",
    "antwoorden",
    "bevestigd",
    "verder",
    "keuze",
    "beheer",
    "onder",
    "aanbod",
    "wijziging",
)


def go_on(talk: Talk) -> list[EventType]:
    """The events that start the next form, or end the conversation, from the slots."""
    if talk.slot("beheer") == "gewist":
        return []
    if talk.slot("onder") == "einde":
        return [SlotSet("onder", None), *end(talk)]
    if talk.slot("toestemming_analyse") is False:
        return end(talk, "geen_toestemming")
    if talk.slot("opdracht") is not None and talk.slot("groep") is not None:
        if talk.slot("verder") is True:
            return [*leave_opdracht(), FollowupAction(OPENING_FORM)]
        if talk.slot("verder") is False:
            return [*leave_opdracht(), *end(talk)]
        return [FollowupAction(CONTRIBUTION_FORM)]
    return [FollowupAction(OPENING_FORM)]


def leave_opdracht() -> list[EventType]:
    """The events that end the current opdracht and clear its slots; its answers stay stored."""
    cleared = [SlotSet(name, None) for name in _OF_ONE_OPDRACHT]
    return [ActiveLoop(None), *cleared, SlotSet("keuze_aanbod", NOTHING_OFFERED)]


def end(talk: Talk, sentence: str = "einde") -> list[EventType]:
    """Says goodbye; the participant can resume the conversation at any time."""
    talk.utter(
        sentence,
        custom={"step": "einde"},
        buttons=[talk.button("knop_hervatten", "/begroeten")],
    )
    talk.propose(ConversationEnded())
    return []


class ActionWelkom(TalkAction):
    """Starts or resumes a conversation."""

    def name(self) -> str:
        return "action_welkom"

    def act(self, talk: Talk) -> list[EventType]:
        texts = talk.catalogue.consultatie
        if talk.slot("toestemming_analyse") is True:
            talk.utter("welkom_terug")
            return go_on(talk)
        talk.utter("welkom", titel=texts.titel, doel=texts.doel)
        talk.say(f"{texts.bot} {texts.duur}")
        return [SlotSet("toestemming_analyse", None), FollowupAction(OPENING_FORM)]


class ActionVerder(TalkAction):
    """Continues with the next form; first asks for a yes or no where one was expected."""

    def name(self) -> str:
        return "action_verder"

    def act(self, talk: Talk) -> list[EventType]:
        asked = talk.tracker.active_loop.get("name") and talk.slot("requested_slot")
        if asked == "bevestigd" and (taken := at_summary(talk)) is not None:
            return taken
        if asked in _YES_OR_NO:
            talk.utter("ja_of_nee")
        return go_on(talk)


class _AskConsent(TalkAction):
    @property
    @abstractmethod
    def doel(self) -> str:
        """The purpose to ask about."""

    def name(self) -> str:
        return f"action_ask_{OPENING_FORM}_toestemming_{self.doel}"

    def act(self, talk: Talk) -> list[EventType]:
        shown = talk.catalogue.toestemming(self.doel)
        if shown is not None:
            talk.say(
                f"{shown.vraag}\n{shown.uitleg}",
                buttons=[
                    talk.button("knop_ja", "/bevestigen"),
                    talk.button("knop_nee", "/ontkennen"),
                ],
                custom={"step": "toestemming", "question": self.doel},
            )
        return []


class AskConsentAnalyse(_AskConsent):
    """Asks whether the answers may be stored and analysed."""

    doel = "analyse"


class AskConsentCitaat(_AskConsent):
    """Asks whether answers may be quoted."""

    doel = "citaat"


class AskConsentOrganisatie(_AskConsent):
    """Asks whether the organisation may be named."""

    doel = "organisatie"


class AskGroep(TalkAction):
    """Asks for the stakeholder group."""

    def name(self) -> str:
        return f"action_ask_{OPENING_FORM}_groep"

    def act(self, talk: Talk) -> list[EventType]:
        talk.utter(
            "groep",
            buttons=[
                {"title": groep.naam, "payload": f'/bijdrage{{"waarde":"{groep.slug}"}}'}
                for groep in talk.catalogue.groepen
            ],
            custom={"step": "groep"},
        )
        return []


class AskOpdracht(TalkAction):
    """Asks which opdracht to talk about; finished ones are left out, invited ones come first."""

    def name(self) -> str:
        return f"action_ask_{OPENING_FORM}_opdracht"

    def act(self, talk: Talk) -> list[EventType]:
        done = set(talk.slot("klaar") or [])
        open_ones = [each for each in talk.catalogue.opdrachten if each.nummer not in done]
        asked_for = talk.slot("uitgenodigd") or []
        open_ones.sort(key=lambda each: each.nummer not in asked_for)
        # The guesses from the participant's words already have buttons above these.
        guessed = talk.slot("geraden") or []
        talk.utter(
            "opdracht",
            buttons=[
                _choice(each.nummer, each.titel)
                for each in open_ones or talk.catalogue.opdrachten
                if each.nummer not in guessed
            ],
            custom={"step": "opdracht"},
        )
        return [SlotSet("geraden", None)]


class ValidateOpeningForm(TalkForm):
    """Validates the answers of the opening form."""

    def name(self) -> str:
        return f"validate_{OPENING_FORM}"

    @validator
    def validate_toestemming_analyse(self, value: Any, talk: Talk) -> Slots:
        """A no ends the conversation: without this consent the assistant may ask nothing."""
        slots = _consent("analyse", value, talk)
        return slots if value is True else {**slots, "requested_slot": None}

    @validator
    def validate_toestemming_citaat(self, value: Any, talk: Talk) -> Slots:
        """Accepts a yes and a no."""
        return _consent("citaat", value, talk)

    @validator
    def validate_toestemming_organisatie(self, value: Any, talk: Talk) -> Slots:
        """Accepts a yes and a no."""
        return _consent("organisatie", value, talk)

    @validator
    def validate_groep(self, value: Any, talk: Talk) -> Slots:
        """Accepts the slug of a button, or the single group that the text names."""
        slug = talk.entity("waarde")
        groep = talk.catalogue.groep(slug) if slug else talk.catalogue.group_named(str(value))
        if groep is None:
            talk.utter("groep_onbekend")
            return {"groep": None}
        talk.utter("groep_begrepen", naam=groep.naam)
        talk.propose(GroupChosen(group=groep.slug))
        chosen: Slots = {"groep": groep.slug}
        vooraf = talk.catalogue.opdracht(talk.slot("vooraf"))
        if vooraf is not None:
            chosen |= _start(talk, vooraf.nummer)
        return chosen

    @validator
    def validate_opdracht(self, value: Any, talk: Talk) -> Slots:
        """Accepts the number of a button, a number or title in the text, or a certain match."""
        button = talk.entity("opdracht")
        if button is not None and button.isdigit():
            number: int | None = int(button)
        else:
            number = choosing.named_number(str(value), talk.catalogue)
        if number is not None and talk.catalogue.opdracht(number) is not None:
            return _start(talk, number)
        best = choosing.matches(str(value))
        if best and best[0].score >= choosing.SURE:
            return _start(talk, best[0].number)
        guesses = [
            found for match in best if (found := talk.catalogue.opdracht(match.number)) is not None
        ]
        talk.utter(
            "opdracht_onbekend", buttons=[_choice(each.nummer, each.titel) for each in guesses]
        )
        return {"opdracht": None, "geraden": [each.nummer for each in guesses]}


def _choice(number: int, title: str) -> dict[str, str]:
    return {"title": title, "payload": f'/opdracht_kiezen{{"opdracht":"{number}"}}'}


def _consent(doel: Any, value: Any, talk: Talk) -> Slots:
    talk.propose(ConsentGiven(purpose=doel, granted=value is True))
    if value is True:
        talk.utter("toestemming_bedankt")
    return {f"toestemming_{doel}": value, **_where_asked(talk, doel, value is True)}


def _where_asked(talk: Talk, doel: str, granted: bool) -> Slots:
    """Starts the opdracht of the link after the last consent, if the link also had the group."""
    opdracht = talk.catalogue.opdracht(talk.slot("vooraf"))
    others = {"analyse", "citaat", "organisatie"} - {doel}
    open_still = any(talk.slot(f"toestemming_{each}") is None for each in others)
    refused = doel == "analyse" and not granted
    if opdracht is None or talk.slot("groep") is None or open_still or refused:
        return {}
    return _start(talk, opdracht.nummer)


def _start(talk: Talk, number: int) -> Slots:
    opdracht = talk.catalogue.opdracht(number)
    assert opdracht is not None
    talk.utter("opdracht_begrepen", nummer=number, titel=opdracht.titel)
    talk.say(opdracht.uitleg)
    talk.propose(OpdrachtChosen(opdracht=number))
    return {"opdracht": number, "vooraf": None, "vraag": opdracht.vragen[0].key}
