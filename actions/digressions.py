"""Questions to the assistant: answered from the catalogue, then the open question is repeated."""

from __future__ import annotations

import re

from rasa_sdk.events import EventType, FollowupAction, SlotSet

from actions import changing, own_data
from actions.contribution_form import after_answer, say_summary
from actions.entering import answers_on, asked_for, go_to, words_of
from actions.offering import DOUBT, label, offer_slots
from actions.opening import close
from actions.reading import became, choosing
from actions.reading.naming import kinds_of
from actions.talk import Talk, TalkAction, answer_aside, pass_on
from consultation.participation.effects import QuestionAsked
from consultation.participation.stand_ins import BECAME, GIVEN, INSULT, JOKE, OPEN_QUESTION
from language.reading import acts, message
from language.reading.code import asks_to_change_later

_OWN = {
    "begroeten": "begroeten",
    "bedanken": "bedanken",
    "hulp": "hulp",
    "klacht": "klacht",
    "overslaan": "niet_overslaan",
    "terug": "niet_overslaan",
    "antwoord_wijzigen": "nog_geen_antwoord",
    INSULT: "belediging",
    JOKE: "grap",
}


class ActionDigressie(TalkAction):
    """Answers a question about the consultation or the assistant."""

    def name(self) -> str:
        return "action_digressie"

    def act(self, talk: Talk) -> list[EventType]:
        if message.read(str(talk.tracker.latest_message.get("text") or "")).kind == message.WAIT:
            talk.utter("neem_uw_tijd")
            return []
        if (told := changing.told_at_summary(talk)) is not None:
            return told
        act = talk.entity(acts.ENTITY)
        if act == acts.WAIT:
            talk.utter("neem_uw_tijd")
            return []
        if act == acts.LEAVE and _stands(talk):
            talk.utter("antwoord_blijft")
            return [SlotSet(name, value) for name, value in after_answer(talk).items()]
        if act == acts.LEAVE and (back := changing.let_stand(talk)) is not None:
            return [SlotSet(name, value) for name, value in back.items()]
        if act == acts.LEAVE and talk.slot("requested_slot") == "bevestigd":
            talk.utter("blijft_zoals_het_is")
            return []
        if act in (acts.REMARK, acts.LEAVE):
            talk.utter("opmerking_gehoord")
            return []
        # The gateway sends a question that it recognised itself under another intent.
        intent = talk.metadata.get("asks") or talk.intent or ""
        if intent == "uitleg_opdracht" and talk.slot("bevestigd") is not True:
            # "Terug naar opdracht 8" resembles a question about an opdracht.
            numbers = _wanted(talk)
            if numbers and talk.opdracht is not None:
                return go_to(talk, numbers)
        if intent == GIVEN:
            return answered_before(talk)
        if intent == BECAME:
            became.tell(talk)
            return []
        if intent == "contact_mens" and talk.entity("waarde") == "doorgeven":
            talk.utter("contact_doorgegeven")
            talk.propose(QuestionAsked(opdracht=talk.slot("opdracht"), contact=True))
            return []
        if own_data.asks_code(talk):
            if talk.slot("requested_slot") == "verder" and _STOPS_FIRST.match(words_of(talk)):
                # The end tells the code.
                return [*close(talk), FollowupAction("action_listen")]
            talk.utter("waar_code")
        elif intent in _OWN:
            talk.utter(_OWN[intent])
        if intent not in _OWN and asks_to_change_later(words_of(talk)):
            talk.utter("later_veranderen")
        else:
            answer_aside(talk, intent)
        if intent == "uitleg_opdracht" and _unexplained(talk):
            pass_on(talk, OPEN_QUESTION)
        if intent == "overzicht_tonen":
            named = choosing.named_number(words_of(talk), talk.catalogue)
            if named is not None and answers_on(talk, named):
                say_summary(talk, named)
            else:
                own_data.show_answers(talk)
        return _answered_too(talk)


def _answered_too(talk: Talk) -> list[EventType]:
    """Offers what a text says after its question, where that may answer the open question."""
    vraag = talk.vraag
    if talk.slot("requested_slot") != "antwoord" or vraag is None or talk.opdracht is None:
        return []
    _, asks, said = words_of(talk).rpartition("?")
    said = said.strip()
    if not asks or len(said.split()) < _LEAST_SAID or vraag.soort not in kinds_of(said):
        return []
    if message.read(said).kind in message.REMARKS or _OF_ONESELF.match(said):
        return []
    slots = offer_slots(talk, said, vraag.key, why=DOUBT)
    return [SlotSet(name, value) for name, value in slots.items()]


_STOPS_FIRST = re.compile(
    r"\A\W{0,3}(?:(?:ok|oke|goed|ja|nee+n?|dan|dus|nu|hier|ik|wil|ga|doe|maar|liever|het is"
    r"|'t is|voor mij|voor vandaag|graag)[\s,.!]{1,4}){0,5}"
    r"(?:stop(?:pen|t)?|gedaan|genoeg|klaar|afronden|afsluiten|het hierbij laten|einde)\b"
    r"(?!\W{0,3}\?)",
    re.IGNORECASE,
)
"""Who stops, and asks for the code beside it."""
_LEAST_SAID = 4
_OF_ONESELF = re.compile(
    r"(?:(?:want|maar|en|sorry)\W{1,3}){0,2}(?:ik (?:heb (?:niet|nie|geen|nog|maar)|moet|ben|wil"
    r"|vraag"
    r"|snap|begrijp|versta|zie|zit)|k |'k |kheb|kmoet)",
    re.IGNORECASE,
)
"""Why somebody asks: "ik heb niet veel tijd meer"."""


def _stands(talk: Talk) -> bool:
    """Whether the open question has an answer already, or a follow-up question is open."""
    vraag = talk.vraag
    if talk.slot("requested_slot") != "antwoord" or vraag is None:
        return False
    return bool(talk.slot("doorvraag") or vraag.key in talk.answers)


def _wanted(talk: Talk) -> list[int]:
    """The opdrachten that a text asks to go to, as "terug naar opdracht 8" does."""
    text = words_of(talk)
    return [] if "?" in text else asked_for(talk, choosing.requested(text, talk.catalogue))


_TERM = re.compile(r"\bwat (?:is|zijn|betekent|betekenen)\b.{0,20}?(?P<term>\w{4,40})\W*$", re.I)


def _unexplained(talk: Talk) -> bool:
    """Whether a word is asked for that the explanation of the opdracht does not use."""
    found = _TERM.search(words_of(talk)[-100:])
    opdracht = talk.opdracht
    if found is None or opdracht is None:
        return False
    return found["term"].casefold() not in opdracht.uitleg.casefold()


def answered_before(talk: Talk) -> list[EventType]:
    """For who says that they answered this already: shows that answer, and goes on.

    Shows the answer to the open question, or else all answers on this opdracht. Without any answer
    the question stays open.
    """
    vraag, answers = talk.vraag, talk.answers
    if talk.opdracht is None or vraag is None or not answers:
        talk.utter("nog_geen_antwoord")
        return []
    given = answers.get(vraag.key)
    if given is not None:
        said = " ".join(given.split())
        talk.utter("al_geantwoord", naam=label(talk, vraag), antwoord=said, custom={"quotes": True})
    else:
        talk.utter("al_geantwoord_elders")
        say_summary(talk)
    if talk.slot("requested_slot") != "antwoord":
        return []
    return [SlotSet(name, value) for name, value in after_answer(talk).items()]
