"""Commands of the participant: skip, back, another opdracht, change an answer, stop."""

from __future__ import annotations

import re

from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet

from actions import changing, mending, offering
from actions.contribution_form import (
    after_answer,
    answered_before,
    how_to_change,
    next_question,
    offer_changes,
    to_summary,
)
from actions.entering import asked_for, go_to, queue, talked_of, words_of
from actions.offering import reopen
from actions.opening import after_end, close, go_on, leave_opdracht
from actions.reading import choosing
from actions.reading.naming import named_question
from actions.talk import OPENING_FORM, Slots, Talk, TalkAction
from language.reading import acts, message
from language.reading.changes import speaks_of

_CONTINUES = re.compile(
    r"\b(?:(?:we|ik) )?(?:doen?|gaan?) (?:we |maar |gewoon |nu )*(?:voort|verder|door)\b",
    re.IGNORECASE,
)


class ActionStoppen(TalkAction):
    """Ends the conversation; all answers stay stored."""

    def name(self) -> str:
        return "action_stoppen"

    def act(self, talk: Talk) -> list[EventType]:
        if talk.metadata.get("step") == "einde":
            return after_end(talk)
        if _CONTINUES.search(words_of(talk)):
            # "Bedankt, we doen voort" is no goodbye.
            return [ActiveLoop(None), SlotSet("requested_slot", None), *go_on(talk)]
        return close(talk)


class ActionAnderOpdracht(TalkAction):
    """Leaves this opdracht and asks for another."""

    def name(self) -> str:
        return "action_ander_opdracht"

    def act(self, talk: Talk) -> list[EventType]:
        if (told := changing.told_at_summary(talk)) is not None:
            return told
        choice = choosing.wished(words_of(talk), talk.catalogue)
        if not choice.numbers:
            beside = choosing.named_beside(words_of(talk), talk.catalogue)
            choice = beside if beside.numbers else choice
        if talk.entity(acts.ENTITY) == acts.MOVE and choice == choosing.Choice():
            choice = choosing.chosen(words_of(talk), talk.catalogue)
        numbers = asked_for(talk, choice)
        said = None if numbers else talked_of(talk, words_of(talk))
        numbers = [said] if said is not None else numbers
        answered_before(talk)
        if numbers:
            return go_to(talk, numbers)
        if queue(talk) and not choice.guesses:
            return go_to(talk, queue(talk))
        guessed = [SlotSet("geraden", list(choice.guesses) or None)]
        return [*leave_opdracht(), *guessed, FollowupAction(OPENING_FORM)]


class ActionOverslaan(TalkAction):
    """Skips the open question or the follow-up question."""

    def name(self) -> str:
        return "action_overslaan"

    def act(self, talk: Talk) -> list[EventType]:
        kind = message.read(str(talk.tracker.latest_message.get("text") or "")).kind
        if talk.slot("requested_slot") != "antwoord":
            if (back := changing.let_stand(talk)) is not None:
                return _events(back)
            talk.utter("blijft_zoals_het_is" if kind == message.LEAVE else "niet_overslaan")
            return []
        answered = talk.vraag is not None and talk.vraag.key in talk.answers
        if talk.slot("doorvraag"):
            talk.utter("doorvraag_geweigerd")
        elif answered:
            talk.utter("antwoord_blijft")
        elif kind == message.LEAVE:
            talk.utter("blijft_zoals_het_is")
            return []
        elif kind == message.ENOUGH and talk.answers:
            talk.utter("genoeg_gezegd")
            return [SlotSet(name, value) for name, value in to_summary(talk).items()]
        else:
            talk.utter("overgeslagen")
        return [SlotSet(name, value) for name, value in after_answer(talk).items()]


_TWO = re.compile(r"\b(?:twee|2|deux|two|zwei)\b")
_THREE = re.compile(r"\b(?:drie|3|trois|three|drei)\b")


def _places(text: str) -> int:
    """How many questions back a text asks for."""
    plain = text.casefold()
    return 2 if _TWO.search(plain) else 3 if _THREE.search(plain) else 1


class ActionTerug(TalkAction):
    """Goes back one question; from the summary to the last question."""

    def name(self) -> str:
        return "action_terug"

    def act(self, talk: Talk) -> list[EventType]:
        if numbers := asked_for(talk, choosing.requested(words_of(talk), talk.catalogue)):
            return go_to(talk, numbers)
        if (told := changing.told_at_summary(talk)) is not None:
            return told
        opdracht, vraag = talk.opdracht, talk.vraag
        if opdracht is None or vraag is None or talk.slot("bevestigd") is True:
            return []
        if talk.slot("requested_slot") == "bevestigd":
            earlier = opdracht.vragen[-1]
        else:
            key = named_question(words_of(talk), opdracht, vraag.key)
            named = opdracht.question(key or "")
            found = named or next_question(opdracht, vraag, step=-_places(words_of(talk)))
            if found is None:
                talk.utter("eerste_vraag")
                return []
            earlier = found
        how = how_to_change(talk, earlier.key)
        return reopen(earlier.key, how, changing=talk.slot("bevestigd") is False)


class ActionAntwoordWijzigen(TalkAction):
    """Asks a question again, or asks first which one where that is unclear."""

    def name(self) -> str:
        return "action_antwoord_wijzigen"

    def act(self, talk: Talk) -> list[EventType]:
        if numbers := asked_for(talk, choosing.requested(words_of(talk), talk.catalogue)):
            return go_to(talk, numbers)
        opdracht = talk.opdracht
        if talk.entity("waarde") == offering.BACK:
            back = changing.taken_back(talk) or {}
            at_summary = talk.slot("requested_slot") == "bevestigd"
            return _events({**back, "wijziging": changing.DONE} if at_summary else back)
        if opdracht is None or talk.slot("bevestigd") is True:
            return []
        if (told := changing.told_at_summary(talk)) is not None:
            return told
        asked = talk.slot("requested_slot") == "antwoord" and words_of(talk)
        if asked and (slots := mending.about_earlier(talk, words_of(talk))) is not None:
            return _events(slots)
        if asked and not talk.answers and talk.entity("vraag") is None:
            talk.utter("nog_geen_antwoord")
            return []
        words = talk.tracker.latest_message.get("text") or ""
        key = talk.entity("vraag") or named_question(words, opdracht, talk.slot("vraag"))
        at_summary = talk.slot("requested_slot") == "bevestigd"
        if key is None and at_summary and talk.act is not None:
            key = speaks_of(words_of(talk), talk.answers)
        if key is None or opdracht.question(key) is None:
            if not at_summary:
                offer_changes(talk)
            return []
        how = "erbij" if talk.entity("waarde") == "erbij" else "vervang"
        return reopen(key, how, changing=at_summary or talk.slot("bevestigd") is False)


def _events(slots: Slots) -> list[EventType]:
    return [SlotSet(name, value) for name, value in slots.items()]
