"""Start of a tracker: rebuilds a conversation from the database, independent of Rasa's memory.

A new conversation, a restart of Rasa, a repeated turn, every new opdracht, every return and every
end all start here, so that one code path serves all of them and is in constant use. See
``docs/decisions/0002-turns.md``.
"""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecuted, ActiveLoop, EventType, SessionStarted, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.talk import (
    CONTRIBUTION_FORM,
    OPENING_FORM,
    OWN_DATA_FORM,
    REACTION_FORM,
    catalogue,
    storage,
)
from consultation.catalogue import UNKNOWN_GROUP, Catalogue
from consultation.errors import TalkError
from consultation.participation import resumption
from consultation.participation.resumption import ResumptionState

DOELEN = ("analyse", "citaat", "organisatie")
_IN_OPDRACHT = ("vraag", "reactie", "bevestigen", "verder")


class ActionSessionStart(Action):
    """Sets the slots and the active form to the stored state of the conversation."""

    def name(self) -> str:
        return "action_session_start"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        metadata = tracker.get_slot("session_started_metadata") or {}
        name = metadata.get("conversation")
        standing = None
        if name is not None:
            try:
                with storage().reading() as session:
                    standing = resumption.standing(session, name, metadata.get("message"))
            except TalkError:
                standing = None
        events: list[EventType] = [SessionStarted()]
        if standing is not None:
            events += restore(catalogue(), standing, str(name))
        return [*events, ActionExecuted("action_listen")]


def restore(current: Catalogue, standing: ResumptionState, name: str) -> list[EventType]:
    """The events that bring a new tracker to the stored state of a conversation."""
    position = standing.position
    place = standing.paused or position
    step = place.step if standing.paused else position.under or position.step
    slots: dict[str, Any] = {
        "gesprek": name,
        "rondesoort": standing.kind,
        "taal_gemeld": standing.noticed,
        # While the group is asked, a group that was given before is about to change.
        "groep": None if step == "groep" else standing.group or _skipped_group(standing, step),
        "wachtrij": list(standing.queue),
        "organisatie": standing.organisation,
        "klaar": list(standing.finished),
        "doorgevraagd": list(standing.probes),
        "uitgenodigd": list(standing.invited),
        "bewaard": list(standing.kept),
        **{f"toestemming_{doel}": standing.consents.get(doel) for doel in DOELEN},
    }
    for doel in DOELEN:
        asked = current.toestemming(doel) is not None
        needless = doel == "organisatie" and not standing.organisation
        if not asked or needless:
            slots[f"toestemming_{doel}"] = False
    if step == "toestemming" and f"toestemming_{place.question}" in slots:
        slots[f"toestemming_{place.question}"] = None
    if step in _IN_OPDRACHT:
        slots |= {
            "opdracht": place.opdracht,
            "vraag": place.question,
            "doorvraag": place.probe,
            "wijziging": place.rewrite,
            "antwoorden": standing.answers,
            "antwoord": None if step == "vraag" else "klaar",
            "bevestigd": _confirmed(step, place.changing),
        }
        if standing.kind == "reactie":
            given = {action: list(found) for action, found in standing.reactions.items()}
            slots["gereageerd"] = given
            slots["reactie"] = "klaar" if step == "verder" else None
    else:
        slots["vooraf"] = standing.opdracht
    offered = _offered(standing)
    if offered is not None:
        rest = [each for each in slots["bewaard"] if each is not offered]
        slots |= {"aanbod": offered, "keuze_aanbod": None, "bewaard": rest}
    events: list[EventType] = [SlotSet(key, value) for key, value in slots.items()]
    if position.step == "beheer":
        events += [SlotSet("beheer", position.request), SlotSet("onder", position.under)]
        if standing.returned:
            return events
        return [*events, ActiveLoop(OWN_DATA_FORM), SlotSet("requested_slot", "keuze")]
    if standing.returned:
        # The opening turn itself goes on from these slots, and asks again what was asked.
        return events
    loop, requested = _open_form(standing)
    if offered is not None and loop == CONTRIBUTION_FORM:
        requested = "keuze_aanbod"
    if loop is not None:
        events += [ActiveLoop(loop), SlotSet("requested_slot", requested)]
    return events


def _skipped_group(standing: ResumptionState, step: str) -> str | None:
    """Marks the group as passed over where the talk was beyond it; it is not asked for again."""
    beyond = step in (*_IN_OPDRACHT, "opdracht") or standing.finished or standing.answers
    return UNKNOWN_GROUP if beyond else None


def _offered(standing: ResumptionState) -> dict[str, Any] | None:
    """The part that the last bubble offered, with its words, unless these were erased since."""
    stands = standing.paused or standing.position
    offer = stands.offer
    if offer is None or stands.step not in _IN_OPDRACHT:
        return None
    place = (offer["message"], offer["start"])
    return next((each for each in standing.kept if (each["message"], each["start"]) == place), None)


def _confirmed(step: str, changing: bool) -> bool | None:
    if step == "verder":
        return True
    # False while one answer is being changed: the summary follows it, not the next question.
    return False if changing else None


def _open_form(standing: ResumptionState) -> tuple[str | None, str | None]:
    position = standing.position
    match position.step:
        case "toestemming":
            return OPENING_FORM, f"toestemming_{position.question}"
        case "groep" | "opdracht":
            return OPENING_FORM, position.step
        case "vraag" | "reactie" if standing.kind == "reactie":
            return REACTION_FORM, "reactie"
        case "verder" if standing.kind == "reactie":
            return REACTION_FORM, "verder"
        case "vraag":
            return CONTRIBUTION_FORM, "antwoord"
        case "bevestigen":
            return CONTRIBUTION_FORM, "bevestigd"
        case "verder":
            return CONTRIBUTION_FORM, "verder"
        case _:
            return None, None
