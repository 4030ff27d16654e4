"""Questions to the assistant: answered from the catalogue, then the open question is repeated."""

from __future__ import annotations

from rasa_sdk.events import EventType

from actions.contribution_form import say_summary
from actions.talk import Talk, TalkAction, answer_aside
from language.reading import message

_OWN = {
    "begroeten": "begroeten",
    "bedanken": "bedanken",
    "hulp": "hulp",
    "klacht": "klacht",
    "overslaan": "niet_overslaan",
    "terug": "niet_overslaan",
    "antwoord_wijzigen": "nog_geen_antwoord",
}


class ActionDigressie(TalkAction):
    """Answers a question about the consultation or the assistant."""

    def name(self) -> str:
        return "action_digressie"

    def act(self, talk: Talk) -> list[EventType]:
        if message.read(str(talk.tracker.latest_message.get("text") or "")).kind == message.WAIT:
            talk.utter("neem_uw_tijd")
            return []
        intent = talk.intent or ""
        if intent in _OWN:
            talk.utter(_OWN[intent])
        answer_aside(talk, intent)
        if intent == "overzicht_tonen":
            if talk.answers:
                say_summary(talk)
            else:
                talk.utter("nog_geen_antwoord")
        return []
