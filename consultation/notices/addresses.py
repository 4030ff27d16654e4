"""The e-mail addresses of participants who asked for news about the reply to their words.

An address stands in a table of its own, which no analysis, export or page of the review reads. It
goes with its participant, and by the link in each mail.
"""

from __future__ import annotations

import re

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import delete
from sqlalchemy.orm import Session

from consultation.database.models import NewsAddress, NewsMail, Participant, now
from consultation.database.models.notices import WAITS
from consultation.errors import AddressInvalid

LONGEST = 254
"""The most characters of an address (RFC 5321)."""

_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}[A-Za-z]{2,24}"
)
_SALT = "samenspraak-afmelden"


def ask_for_news(session: Session, participant_id: str, address: str) -> None:
    """Keeps where the participant wants news; a later address replaces an earlier one.

    Raises:
        AddressInvalid: this is no e-mail address that mail can be sent to.
    """
    plain = address.strip()
    if len(plain) > LONGEST or not _ADDRESS.fullmatch(plain) or ".." in plain:
        raise AddressInvalid("this is no e-mail address; write it as naam@voorbeeld.be.")
    kept = session.get(NewsAddress, participant_id)
    if kept is None:
        session.add(NewsAddress(participant_id=participant_id, address=plain))
    else:
        kept.address, kept.at = plain, now()


def address_of(session: Session, participant_id: str) -> str:
    """Where the participant wants news; empty for who did not ask for it."""
    kept = session.get(NewsAddress, participant_id)
    return kept.address if kept else ""


def stop_news(session: Session, participant_id: str) -> bool:
    """Removes the address and the mails that wait; returns whether there was an address."""
    kept = session.get(NewsAddress, participant_id)
    if kept is None:
        return False
    session.delete(kept)
    waiting = NewsMail.participant_id == participant_id, NewsMail.state == WAITS
    session.execute(delete(NewsMail).where(*waiting))
    return True


def stop_link(site_url: str, participant_id: str, key: str) -> str:
    """The URL in a mail by which its reader stops the news; it does nothing else."""
    return f"{site_url}/afmelden/{URLSafeSerializer(key, salt=_SALT).dumps(participant_id)}"


def stopped_by(session: Session, token: str, key: str) -> str | None:
    """The participant whose news this token of a link stops.

    None if it was made with another key; an erased participant has nothing left to stop, and is
    returned as an empty text.
    """
    try:
        found = URLSafeSerializer(key, salt=_SALT).loads(token)
    except BadData:
        return None
    known = isinstance(found, str) and session.get(Participant, found) is not None
    return found if known else ""
