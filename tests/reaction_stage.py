"""A reaction round as tests need it: actions that were decided on, and people who react."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from consultation import rounds
from consultation.curation.log import append
from consultation.database.models import (
    Consent,
    Contribution,
    ContributionVersion,
    Participant,
    Round,
    Submission,
)
from consultation.database.storage import Storage
from consultation.participation import reactions
from consultation.participation.reactions import wording_hash

OPVANG, LOKET, VERBOD = (f"{number:032x}" for number in (0xD1, 0xD2, 0xD3))
ACTIONS: Mapping[str, str] = {
    OPVANG: "De gemeente betaalt opvang tijdens de avondlessen.",
    LOKET: "Eén loket beantwoordt alle vragen over leren.",
    VERBOD: "Werkgevers mogen opleiding in de vrije tijd niet meer vragen.",
}


def reaction_round(storage: Storage, number: int = 2, opdracht: int = 4) -> None:
    """Closes the round before, decides on three actions, approves them, and opens the round."""
    with storage.writing() as session:
        for action, text in ACTIONS.items():
            made = {"op": "action", "do": "create", "opdracht": opdracht, "id": action}
            append(session, 1, "els", {**made, "text": text})
            status = {"op": "action", "do": "status", "status": "goedgekeurd"}
            append(session, 1, "els", {**status, "action": action})
        rounds.close(session, 1, number - 1)
        rounds.open_(session, 1, number, "reactie")


def person(session: Session, group: str | None, quotes: bool = True) -> str:
    """Somebody who agrees to analysis."""
    found = Participant(consultation_id=1, group=group)
    for purpose, granted in (("analyse", True), ("citaat", quotes)):
        found.consents.append(Consent(purpose=purpose, granted=granted, version="1"))
    session.add(found)
    session.flush()
    return found.id


def reacts(session: Session, who: str, stances: Mapping[str, str], number: int = 2) -> None:
    """Somebody reacts to actions as they are worded at first."""
    round_ = rounds.require_round(session, 1, number)
    for action, stance in stances.items():
        wording = wording_hash(ACTIONS[action])
        reactions.react(session, who, round_.id, action, stance, wording, "form")


def says(
    session: Session, who: str, key: str, text: str, opdracht: int = 4, number: int = 2
) -> str:
    """Somebody's words in a reaction round; returns the id of the answer."""
    round_: Round = rounds.require_round(session, 1, number)
    place = Submission(participant_id=who, round_id=round_.id, opdracht=opdracht)
    session.add(place)
    session.flush()
    answer = Contribution(submission_id=place.id, question=key, channel="form")
    answer.versions.append(ContributionVersion(version=1, text=text))
    session.add(answer)
    session.flush()
    return answer.id
