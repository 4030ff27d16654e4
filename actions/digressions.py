"""Questions to the assistant: answered from the catalogue, then the open question is repeated."""

from __future__ import annotations

from rasa_sdk.events import EventType

from actions import choosing
from actions.contribution_form import say_summary
from actions.entering import answers_on, words_of
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
        if intent in _OWN:
            talk.utter(_OWN[intent])
        answer_aside(talk, intent)
        if intent == "overzicht_tonen":
            named = choosing.named_number(words_of(talk), talk.catalogue)
            if named is not None and answers_on(talk, named):
                say_summary(talk, named)
            elif named is None and talk.answers:
                say_summary(talk)
            else:
                talk.utter("nog_geen_antwoord")
        return []
