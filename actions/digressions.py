"""Questions to the assistant: answered from the catalogue, then the open question comes back."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.contribution_form import say_summary
from actions.talk import Talk

_FROM_CATALOGUE = {
    "vraag_privacy": "privacy",
    "vraag_anoniem": "anoniem",
    "vraag_doel": "doel",
    "vraag_duur": "duur",
    "vraag_resultaat": "resultaat",
    "vraag_wie": "wie",
    "bot_uitdagen": "bot",
}
_FROM_DOMAIN = {
    "begroeten": "zin_begroeten",
    "bedanken": "zin_bedanken",
    "hulp": "zin_hulp",
    "klacht": "zin_klacht",
    "gegevens_verwijderen": "zin_gegevens_verwijderen",
    "overslaan": "zin_niet_overslaan",
    "terug": "zin_niet_overslaan",
    "antwoord_wijzigen": "zin_nog_geen_antwoord",
}


class ActionDigressie(Action):
    """Answers a question about the consultation or the assistant."""

    def name(self) -> str:
        return "action_digressie"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        talk = Talk(dispatcher, tracker, domain)
        texts = talk.catalogue.consultatie
        intent = talk.intent or ""
        if intent in _FROM_CATALOGUE:
            talk.say(getattr(texts, _FROM_CATALOGUE[intent]))
        elif intent in _FROM_DOMAIN:
            talk.utter(_FROM_DOMAIN[intent])
        if intent in ("contact_mens", "klacht"):
            talk.say(texts.contact.tekst)
        if intent == "uitleg_opdracht":
            opdracht = talk.opdracht
            talk.say(opdracht.uitleg if opdracht else texts.doel)
        if intent == "overzicht_tonen":
            if talk.answers:
                say_summary(talk)
            else:
                talk.utter("zin_nog_geen_antwoord")
        return []
