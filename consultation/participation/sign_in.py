"""Sign-in of participants: as a newcomer, by invitation, or again with a receipt code."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation import rounds
from consultation.access import floods
from consultation.database.models import Conversation, Invitation, Participant
from consultation.errors import InvitationUnknown
from consultation.participation import conversation, participants


@dataclass(frozen=True)
class Entry:
    """A conversation and the receipt code in plain text; only the code's hash is stored."""

    conversation: Conversation
    receipt: str


def enter(
    session: Session,
    consultation_id: int,
    key: str,
    *,
    invitation: str | None = None,
    receipt: str | None = None,
    opdracht: int | None = None,
    closed: str = "",
    flood_mark: str | None = None,
) -> Entry:
    """Finds or creates the participant, and starts or resumes the conversation in the open round.

    A receipt code takes precedence over an invitation. An invitation that is used again gives the
    same participant with a new receipt code, since only the hash of the old code is stored. A
    receipt code also works while no round is open, to read and erase; ``closed`` is the notice
    shown then. A newcomer without an invitation is kept apart where ``flood_mark`` tells that too
    many came from that address today (``consultation.access.floods``).

    Raises:
        ReceiptUnknown: no participant has this receipt code.
        InvitationUnknown: no invitation has this token.
        RoundError: no round is open, and there is no receipt code.
    """
    if receipt is not None:
        participant = participants.find_by_receipt(session, consultation_id, receipt, key)
        code = canonical_receipt(receipt)
        if rounds.open_round(session, consultation_id) is None:
            last = rounds.require_round(session, consultation_id)
            talk = conversation.look_back(session, participant, last.id, closed)
            return Entry(talk, code)
    else:
        invited = invited_by(session, key, invitation) if invitation is not None else None
        code = participants.new_receipt()
        participant = _participant(session, consultation_id, key, invited, code)
        if invited is None and flood_mark is not None:
            participant.flood_id = floods.flood_of(session, consultation_id, flood_mark)
        if invited is not None and opdracht is None and len(invited.opdrachten) == 1:
            opdracht = int(invited.opdrachten[0])
    round_ = rounds.require_open_round(session, consultation_id)
    return Entry(conversation.start(session, participant, round_.id, opdracht), code)


def newcomer(
    session: Session, consultation_id: int, key: str, invitation: str | None, code: str
) -> Participant:
    """Creates a participant without an earlier receipt code, under the hash of ``code``.

    A participant who used this invitation before is returned, with the new code.

    Raises:
        InvitationUnknown: no invitation has this token.
    """
    invited = invited_by(session, key, invitation) if invitation is not None else None
    return _participant(session, consultation_id, key, invited, code)


def canonical_receipt(receipt: str) -> str:
    """A receipt code in its printed form, such as ``7KQM-W3TX-9BHD``, however it was typed."""
    plain = "".join(character for character in receipt.upper() if character.isalnum())
    return "-".join(plain[index : index + 4] for index in range(0, len(plain), 4))


def invited_by(session: Session, key: str, token: str) -> Invitation:
    """The invitation with this token.

    Raises:
        InvitationUnknown: no invitation has it.
    """
    found = session.scalar(
        select(Invitation)
        .where(Invitation.token_hash == participants.keyed_hash(token, key))
        .with_for_update()
    )
    if found is None:
        raise InvitationUnknown("nobody was invited with this token; check the whole link.")
    return found


def _participant(
    session: Session, consultation_id: int, key: str, invited: Invitation | None, code: str
) -> Participant:
    hashed = participants.keyed_hash(code, key)
    if invited is not None:
        known = session.scalar(
            select(Participant)
            .where(
                Participant.consultation_id == consultation_id,
                Participant.invitation_id == invited.id,
            )
            .limit(1)
        )
        if known is not None:
            known.receipt_hash = hashed
            session.flush()
            return known
    participant = Participant(
        consultation_id=consultation_id,
        receipt_hash=hashed,
        invitation_id=invited.id if invited else None,
        group=invited.group if invited else None,
        organisation=invited.organisation if invited else None,
    )
    session.add(participant)
    session.flush()
    return participant
