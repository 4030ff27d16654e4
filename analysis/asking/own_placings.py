"""Makes what participants said of their own answers decisions of the log."""

from __future__ import annotations

from consultation.curation.ledger import Ledger
from consultation.curation.log import decide
from consultation.curation.operations import CurationError, PlaceExactly
from consultation.curation.state import PARTICIPANT
from consultation.database.storage import Storage
from consultation.participation import own_placings


def take_over(storage: Storage, consultation_id: int) -> int:
    """Writes a placing for each answer of a participant that the log lacks; returns their number.

    What a facilitator decided on the same statement stays; a theme that was rejected gets nothing.
    """
    with storage.reading() as session:
        found = own_placings.undecided(session, consultation_id)
    if not found:
        return 0

    def make(ledger: Ledger) -> None:
        for each in found:
            operation = PlaceExactly(statement=each.statement, themes=list(each.themes))
            try:
                ledger.append(PARTICIPANT, operation, actor="participant")
            except CurationError:
                # A facilitator decided, or the theme is gone.
                continue

    events = decide(storage, consultation_id, None, make)
    with storage.writing() as session:
        own_placings.taken_over(session, found)
    return len(events)
