"""Requests about a participant's own data: withdraw one answer or all, change consent.

A separate form interrupts the conversation, so that a yes or no to it is never taken for an answer.
After it the conversation returns to the interrupted step.
"""

from __future__ import annotations

from typing import Any

from rasa_sdk.events import ActiveLoop, EventType, SlotSet

from actions.contribution_form import label
from actions.naming import mentions, named_question
from actions.talk import OWN_DATA_FORM, Slots, Talk, TalkAction, TalkForm, validator
from consultation.participation.effects import AnswerWithdrawn, ConsentGiven, ParticipantErased

REMOVE, ALL, CONSENT, ERASED = "wissen", "alles", "toestemming", "gewist"
_INTENT = "/gegevens_verwijderen"


class ActionBeheer(TalkAction):
    """Reads the request and stores the step that it interrupts."""

    def name(self) -> str:
        return "action_beheer"

    def act(self, talk: Talk) -> list[EventType]:
        position = talk.metadata
        step = position.get("step") or "start"
        under = position.get("under") if step == "beheer" else step
        return [
            ActiveLoop(None),
            SlotSet("beheer", _request(talk)),
            SlotSet("onder", under),
            SlotSet("keuze", None),
        ]


class ValidateBeheerForm(TalkForm):
    """Validates the choice; only a clear yes deletes answers."""

    def name(self) -> str:
        return f"validate_{OWN_DATA_FORM}"

    @validator
    def validate_keuze(self, value: Any, talk: Talk) -> Slots:
        """Asks again, carries out the choice, or leaves everything unchanged."""
        request = talk.slot("beheer") or REMOVE
        button = talk.entity("waarde")
        if button in ("niets", "nee"):
            return _leave(talk)
        if button == "ja":
            return _remove(talk, request)
        if button and "=" in button:
            return _change_consent(talk, *button.split("=", 1))
        if button or talk.entity("vraag"):
            return {"keuze": None, "beheer": _request(talk)}
        text = str(value)
        if request == CONSENT and (typed := _typed_choice(talk, text)):
            return _change_consent(talk, *typed)
        if request == CONSENT or talk.intent == "ontkennen" or mentions(text, "niets"):
            return _leave(talk)
        if request == REMOVE:
            named = _named(talk, text)
            return {"keuze": None, "beheer": named} if named else _leave(talk)
        if talk.intent == "bevestigen":
            return _remove(talk, request)
        if talk.intent in ("stoppen", "terug", "overslaan", "afscheid"):
            return _leave(talk)
        talk.utter("ja_of_nee")
        return {"keuze": None}


class AskKeuze(TalkAction):
    """Asks what to withdraw, for confirmation, or which consent to change."""

    def name(self) -> str:
        return f"action_ask_{OWN_DATA_FORM}_keuze"

    def act(self, talk: Talk) -> list[EventType]:
        request = talk.slot("beheer") or REMOVE
        custom = {
            "step": "beheer",
            "opdracht": talk.slot("opdracht"),
            "question": talk.slot("vraag"),
            "probe": talk.slot("doorvraag"),
            "changing": talk.slot("bevestigd") is False,
            "request": request,
            "under": talk.slot("onder"),
        }
        if request == CONSENT:
            _show_consents(talk, custom)
        elif request == REMOVE:
            _ask_which(talk, custom)
        else:
            _, _, what = request.partition(":")
            vraag = talk.opdracht.question(what) if talk.opdracht else None
            if vraag is None:
                talk.utter("wis_alles_zeker", custom=custom, buttons=_sure(talk))
            else:
                naam = label(talk, vraag)
                talk.utter("wis_een_zeker", custom=custom, buttons=_sure(talk), naam=naam)
        return []


def _request(talk: Talk) -> str:
    """The request, from a button or from the text."""
    key, button = talk.entity("vraag"), talk.entity("waarde")
    if key is not None:
        return f"{REMOVE}:{key}"
    if button == ALL:
        return f"{REMOVE}:{ALL}"
    if button is not None:
        return CONSENT
    text = talk.tracker.latest_message.get("text") or ""
    if mentions(text, "toestemming"):
        return CONSENT
    return _named(talk, text) or REMOVE


def _named(talk: Talk, text: str) -> str | None:
    opdracht = talk.opdracht
    found = named_question(text, opdracht, talk.slot("vraag")) if opdracht else None
    if found is not None and found in talk.answers:
        return f"{REMOVE}:{found}"
    return f"{REMOVE}:{ALL}" if mentions(text, "alles") else None


def _leave(talk: Talk) -> Slots:
    talk.utter("blijft_zoals_het_is")
    return {"keuze": "klaar", "beheer": None}


def _remove(talk: Talk, request: str) -> Slots:
    opdracht = talk.opdracht
    _, _, key = request.partition(":")
    if key == ALL:
        talk.utter("gewist", custom={"step": "gewist"})
        talk.propose(ParticipantErased())
        return {"keuze": "klaar", "beheer": ERASED}
    if opdracht is None or key not in talk.answers:
        return _leave(talk)
    talk.propose(AnswerWithdrawn(opdracht=opdracht.nummer, question=key))
    talk.utter("antwoord_gewist")
    left = {name: text for name, text in talk.answers.items() if name != key}
    slots: Slots = {"keuze": "klaar", "beheer": None, "antwoorden": left}
    # A follow-up question to a withdrawn answer makes no sense.
    return {**slots, "doorvraag": None} if talk.slot("vraag") == key else slots


def _typed_choice(talk: Talk, text: str) -> tuple[str, str] | None:
    """The purpose and the choice of the button whose title the participant typed, or None."""
    typed = text.strip().rstrip(".!").casefold()
    for toestemming in talk.catalogue.consultatie.toestemmingen:
        for wanted in ("ja", "nee"):
            if typed == talk.words(f"knop_{toestemming.doel}_{wanted}").casefold():
                return toestemming.doel, wanted
    return None


def _change_consent(talk: Talk, purpose: str, wanted: str) -> Slots:
    granted = wanted == "ja"
    if purpose == "analyse" and not granted:
        talk.utter("zonder_analyse")
        return {"keuze": None, "beheer": f"{REMOVE}:{ALL}"}
    talk.propose(ConsentGiven.model_validate({"purpose": purpose, "granted": granted}))
    talk.utter("toestemming_bedankt")
    return {"keuze": "klaar", "beheer": None, f"toestemming_{purpose}": granted}


def _show_consents(talk: Talk, custom: dict[str, Any]) -> None:
    for toestemming in talk.catalogue.consultatie.toestemmingen:
        given = talk.slot(f"toestemming_{toestemming.doel}")
        if toestemming.doel == "organisatie" and not talk.slot("organisatie"):
            continue
        if given is None:
            continue
        new = "nee" if given else "ja"
        talk.utter(
            "toestemming_nu_ja" if given else "toestemming_nu_nee",
            vraag=toestemming.vraag,
            buttons=[
                talk.button(
                    f"knop_{toestemming.doel}_{new}",
                    f'{_INTENT}{{"waarde":"{toestemming.doel}={new}"}}',
                )
            ],
        )
    talk.utter("toestemming_kiezen", custom=custom, buttons=[_nothing(talk, "knop_laat_zo")])


def _ask_which(talk: Talk, custom: dict[str, Any]) -> None:
    opdracht = talk.opdracht
    buttons = [
        {"title": label(talk, vraag), "payload": f'{_INTENT}{{"vraag":"{vraag.key}"}}'}
        for vraag in (opdracht.vragen if opdracht else ())
        if vraag.key in talk.answers
    ]
    buttons.append(talk.button("knop_wis_alles", f'{_INTENT}{{"waarde":"{ALL}"}}'))
    talk.utter("wat_wissen", custom=custom, buttons=[*buttons, _nothing(talk, "knop_wis_niets")])


def _sure(talk: Talk) -> list[dict[str, str]]:
    yes = talk.button("knop_wis_ja", f'{_INTENT}{{"waarde":"ja"}}')
    return [yes, talk.button("knop_wis_nee", f'{_INTENT}{{"waarde":"nee"}}')]


def _nothing(talk: Talk, sentence: str) -> dict[str, str]:
    return talk.button(sentence, f'{_INTENT}{{"waarde":"niets"}}')
