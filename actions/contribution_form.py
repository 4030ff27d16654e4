"""The questions of one opdracht, the summary, and what comes after."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.talk import CONTRIBUTION_FORM, Talk
from consultation.catalogue import Opdracht, Vraag
from consultation.effects import AnswerGiven, SubmissionConfirmed

_DONE = "klaar"


def next_question(opdracht: Opdracht, current: Vraag, step: int = 1) -> Vraag | None:
    """The question ``step`` places after the current one, or None beyond either end."""
    index = opdracht.vragen.index(current) + step
    return opdracht.vragen[index] if 0 <= index < len(opdracht.vragen) else None


def after_answer(talk: Talk) -> dict[str, Any]:
    """The slots that lead to the next question, or to the summary after the last."""
    opdracht, vraag = talk.opdracht, talk.vraag
    assert opdracht is not None
    assert vraag is not None
    following = next_question(opdracht, vraag)
    changing = talk.slot("bevestigd") is False
    if following is None or changing:
        return {"antwoord": _DONE, "vraag": None, "bevestigd": None}
    return {"antwoord": None, "vraag": following.key}


class ValidateContributionForm(FormValidationAction):
    """Takes answers as they are; the gateway stores the recorded words."""

    def name(self) -> str:
        return f"validate_{CONTRIBUTION_FORM}"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        talk = Talk(dispatcher, tracker, domain)
        if talk.forgotten:
            talk.fail()
            return [SlotSet("requested_slot", None)]
        events: list[EventType] = await super().run(dispatcher, tracker, domain)
        return events

    def validate_antwoord(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """Any words are an answer; a button on a scale also brings its number."""
        talk = Talk(dispatcher, tracker, domain)
        opdracht, vraag = talk.opdracht, talk.vraag
        if talk.slot("requested_slot") != "antwoord" or opdracht is None or vraag is None:
            return {"antwoord": value}
        button = talk.entity("waarde")
        number = int(button) if button and button.isdigit() else _scale(talk, vraag, str(value))
        talk.propose(AnswerGiven(opdracht=opdracht.nummer, question=vraag.key, value=number))
        shown = _step_name(talk, number) if button else str(value).lstrip("\u2060")
        slots = {"antwoorden": {**talk.answers, vraag.key: shown}, **after_answer(talk)}
        talk.utter("zin_antwoord_bewaard")
        return slots

    def validate_bevestigd(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """A yes makes the submission final; a no asks what to change."""
        talk = Talk(dispatcher, tracker, domain)
        opdracht = talk.opdracht
        if talk.slot("requested_slot") != "bevestigd" or opdracht is None:
            return {"bevestigd": value}
        if value is not True:
            return {"bevestigd": None}
        talk.propose(SubmissionConfirmed(opdracht=opdracht.nummer))
        talk.utter("zin_bevestigd")
        done = sorted({*(talk.slot("klaar") or []), opdracht.nummer})
        return {"bevestigd": True, "klaar": done}

    def validate_verder(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """Both answers are fine; what they lead to is ``action_verder``'s to say."""
        return {"verder": value}


class AskAntwoord(Action):
    """Asks the open question, in the catalogue's words for this opdracht."""

    def name(self) -> str:
        return f"action_ask_{CONTRIBUTION_FORM}_antwoord"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        talk = Talk(dispatcher, tracker, domain)
        opdracht, vraag = talk.opdracht, talk.vraag
        if opdracht is None or vraag is None:
            talk.fail()
            return []
        simpler = talk.intent == "herhalen"
        buttons = []
        response = "zin_vraag"
        if vraag.soort == "prioriteit":
            response = "zin_vraag_schaal"
            buttons = [
                {
                    "title": f"{step.waarde} - {step.naam}",
                    "payload": f'/bijdrage{{"waarde":"{step.waarde}"}}',
                }
                for step in sorted(
                    talk.catalogue.consultatie.prioriteiten, key=lambda each: each.waarde
                )
            ]
        talk.utter(
            response,
            vraag=vraag.eenvoudiger if simpler else vraag.tekst,
            voorbeeld=vraag.voorbeeld,
            buttons=buttons,
            custom={
                "step": "vraag",
                "opdracht": opdracht.nummer,
                "question": vraag.key,
                "progress": {
                    "nr": opdracht.vragen.index(vraag) + 1,
                    "of": len(opdracht.vragen),
                },
            },
        )
        return [SlotSet("vraag", vraag.key)]


class AskBevestigd(Action):
    """Shows the answers as understood and asks whether they are right."""

    def name(self) -> str:
        return f"action_ask_{CONTRIBUTION_FORM}_bevestigd"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        talk = Talk(dispatcher, tracker, domain)
        opdracht = talk.opdracht
        if opdracht is None:
            talk.fail()
            return []
        custom = {"step": "bevestigen", "opdracht": opdracht.nummer, "question": None}
        if talk.intent in ("antwoord_wijzigen", "ontkennen"):
            offer_changes(talk, custom)
            return []
        say_summary(talk)
        talk.utter(
            "zin_klopt_dit",
            buttons=[
                talk.button("zin_knop_klopt", "/bevestigen"),
                talk.button("zin_knop_wijzigen", "/antwoord_wijzigen"),
            ],
            custom=custom,
        )
        return []


class AskVerder(Action):
    """Asks whether to talk about another opdracht."""

    def name(self) -> str:
        return f"action_ask_{CONTRIBUTION_FORM}_verder"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        talk = Talk(dispatcher, tracker, domain)
        talk.utter(
            "zin_verder",
            buttons=[
                talk.button("zin_knop_ander_opdracht", "/ander_opdracht"),
                talk.button("zin_knop_stoppen", "/stoppen"),
            ],
            custom={"step": "verder", "opdracht": talk.slot("opdracht"), "question": None},
        )
        return []


def say_summary(talk: Talk) -> None:
    """Says every answer on this opdracht, word for word."""
    opdracht = talk.opdracht
    answers = talk.answers
    lines = []
    for vraag in opdracht.vragen if opdracht else ():
        if vraag.key in answers:
            label = talk.words(f"zin_soort_{vraag.soort}")
            if vraag.soort == "extra":
                label = vraag.tekst
            lines.append(f"• {label}: {' '.join(answers[vraag.key].split())}")
    if lines:
        talk.utter("zin_samenvatting", punten="\n".join(lines))
    else:
        talk.utter("zin_samenvatting_leeg")


def offer_changes(talk: Talk, custom: dict[str, Any] | None = None) -> None:
    """Asks which answer to change, with a button per question of this opdracht."""
    opdracht = talk.opdracht
    talk.utter(
        "zin_welk_antwoord",
        buttons=[
            {
                "title": vraag.tekst
                if vraag.soort == "extra"
                else talk.words(f"zin_soort_{vraag.soort}"),
                "payload": f'/antwoord_wijzigen{{"vraag":"{vraag.key}"}}',
            }
            for vraag in (opdracht.vragen if opdracht else ())
        ],
        custom=custom,
    )


def _scale(talk: Talk, vraag: Vraag, text: str) -> int | None:
    if vraag.soort != "prioriteit":
        return None
    plain = text.strip().casefold()
    for step in talk.catalogue.consultatie.prioriteiten:
        if plain == str(step.waarde) or step.naam.casefold() in plain:
            return step.waarde
    digits = {character for character in plain if character in "12345"}
    return int(digits.pop()) if len(digits) == 1 else None


def _step_name(talk: Talk, number: int | None) -> str:
    for step in talk.catalogue.consultatie.prioriteiten:
        if step.waarde == number:
            return f"{step.waarde} - {step.naam}"
    return str(number)
