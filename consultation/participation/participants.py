"""Participants, under a pseudonym: receipt codes, consent and complete erasure."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from consultation import audit
from consultation.catalogue import Catalogue
from consultation.curation.state import PARTICIPANT
from consultation.database.models import (
    Consent,
    Contribution,
    Conversation,
    Invitation,
    Message,
    Participant,
    Submission,
)
from consultation.errors import ReceiptUnknown
from consultation.participation import answers

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 12


def new_receipt() -> str:
    """A new receipt code, such as ``7KQM-W3TX-9BHD``: 58 random bits, no look-alike characters."""
    code = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    return "-".join(code[index : index + 4] for index in range(0, _LENGTH, 4))


def receipt_from(digest: bytes) -> str:
    """The receipt code derived from at least 16 random bytes; equal bytes give equal codes."""
    number = int.from_bytes(digest)
    code = ""
    for _ in range(_LENGTH):
        number, index = divmod(number, len(_ALPHABET))
        code += _ALPHABET[index]
    return "-".join(code[index : index + 4] for index in range(0, _LENGTH, 4))


def keyed_hash(secret: str, key: str) -> str:
    """The hash under which a receipt code or invitation token is stored (HMAC-SHA-256, hex).

    Case, spaces and hyphens do not matter, since people copy codes by hand.
    """
    plain = "".join(character for character in secret.upper() if character.isalnum())
    return hmac.new(key.encode(), plain.encode(), hashlib.sha256).hexdigest()


def find_by_receipt(session: Session, consultation_id: int, receipt: str, key: str) -> Participant:
    """The participant with this receipt code.

    Raises:
        ReceiptUnknown: no participant has it.
    """
    found = session.scalar(
        select(Participant).where(
            Participant.consultation_id == consultation_id,
            Participant.receipt_hash == keyed_hash(receipt, key),
        )
    )
    if found is None:
        raise ReceiptUnknown("no participant has this receipt code; check the twelve characters.")
    return found


def consents(session: Session, participant_id: str) -> dict[str, bool]:
    """The participant's latest consent (True or False) by purpose."""
    rows = session.scalars(
        select(Consent).where(Consent.participant_id == participant_id).order_by(Consent.id)
    )
    return {row.purpose: row.granted for row in rows}


def give_consent(
    session: Session, catalogue: Catalogue, participant_id: str, purpose: str, granted: bool
) -> None:
    """Stores a consent or refusal, with the hash of the text that was shown."""
    shown = catalogue.toestemming(purpose)
    text = f"{shown.vraag}\n{shown.uitleg}" if shown else ""
    session.add(
        Consent(
            participant_id=participant_id,
            purpose=purpose,
            granted=granted,
            version=hashlib.sha256(text.encode()).hexdigest()[:16],
        )
    )


def refuse(session: Session, conversation: Conversation) -> None:
    """Erases all text the participant typed in the conversation, after consent is refused.

    This is for a refusal before any answer; a participant who withdraws consent later is erased
    completely (see ``erase``).
    """
    typed = select(Message).where(
        Message.conversation_id == conversation.id,
        Message.sender == "deelnemer",
        Message.payload.is_(None),
    )
    answers.silence(session, session.scalars(typed))


def talks(session: Session, participant_id: str) -> list[str]:
    """Ids of a participant's conversations; the assistant's tracker names start with them."""
    mine = Conversation.participant_id == participant_id
    return list(session.scalars(select(Conversation.id).where(mine)))


@dataclass(frozen=True)
class Erased:
    """Counts of erased rows; ``talks`` are conversation ids that the assistant must forget."""

    submissions: int
    contributions: int
    statements: int
    talks: list[str]


def contributions(session: Session, participant_id: str) -> list[str]:
    """Ids of all contributions of a participant."""
    submissions = select(Submission.id).where(Submission.participant_id == participant_id)
    query = select(Contribution.id).where(Contribution.submission_id.in_(submissions))
    return list(session.scalars(query))


def erase(
    session: Session,
    participant_id: str,
    planned: answers.Erasure | None = None,
    by: str | None = PARTICIPANT,
) -> Erased:
    """Erases a participant: conversations, answers, statements, assignments, vectors, invitation.

    Counts of themes stay correct, since they are computed from the remaining statements.
    ``planned`` is the erasure planned before the transaction, see ``erasure.erasing``. The audit
    log tells by whom, and how many answers, but not whose; None keeps it out of the log.
    """
    submissions = select(Submission.id).where(Submission.participant_id == participant_id)
    answered = contributions(session, participant_id)
    result = Erased(
        submissions=len(list(session.scalars(submissions))),
        contributions=len(answered),
        statements=answers.erase_words_made_from(session, answered, planned),
        talks=talks(session, participant_id),
    )
    participant = session.get(Participant, participant_id)
    invitation = participant.invitation_id if participant else None
    session.execute(delete(Participant).where(Participant.id == participant_id))
    if invitation is not None:
        session.execute(delete(Invitation).where(Invitation.id == invitation))
    if participant is not None and by is not None:
        told = {"antwoorden": result.contributions}
        audit.record(session, participant.consultation_id, by, "gewist", **told)
    return result
