"""Questions to the assistant: answered from the catalogue, then the open question comes back."""

from __future__ import annotations

from rasa_sdk.events import EventType

from actions.contribution_form import say_summary
from actions.talk import Talk, TalkAction

_FROM_CATALOGUE = {
    "vraag_privacy": "privacy",
    "vraag_anoniem": "anoniem",
    "vraag_doel": "doel",
    "vraag_duur": "duur",
    "vraag_resultaat": "resultaat",
    "vraag_wie": "wie",
    "bot_uitdagen": "bot",
}
_OWN = {
    "begroeten": "begroeten",
    "bedanken": "bedanken",
    "hulp": "hulp",
    "klacht": "klacht",
    "gegevens_verwijderen": "gegevens_verwijderen",
    "overslaan": "niet_overslaan",
    "terug": "niet_overslaan",
    "antwoord_wijzigen": "nog_geen_antwoord",
}


class ActionDigressie(TalkAction):
    """Answers a question about the consultation or the assistant."""

    def name(self) -> str:
        return "action_digressie"

    def act(self, talk: Talk) -> list[EventType]:
        texts = talk.catalogue.consultatie
        intent = talk.intent or ""
        if intent in _FROM_CATALOGUE:
            talk.say(getattr(texts, _FROM_CATALOGUE[intent]))
        elif intent in _OWN:
            talk.utter(_OWN[intent])
        if intent in ("contact_mens", "klacht"):
            talk.say(texts.contact.tekst)
        if intent == "uitleg_opdracht":
            opdracht = talk.opdracht
            talk.say(opdracht.uitleg if opdracht else texts.doel)
        if intent == "overzicht_tonen":
            if talk.answers:
                say_summary(talk)
            else:
                talk.utter("nog_geen_antwoord")
        return []
