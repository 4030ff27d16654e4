"""Questions to the assistant: answered from the catalogue, then the open question is repeated."""

from __future__ import annotations

from rasa_sdk.events import EventType

from actions import own_data
from actions.talk import Talk, TalkAction, answer_aside

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
        intent = talk.intent or ""
        if own_data.asks_code(talk):
            talk.utter("waar_code")
        elif intent in _OWN:
            talk.utter(_OWN[intent])
        answer_aside(talk, intent)
        if intent == "overzicht_tonen":
            own_data.show_answers(talk)
        return []
