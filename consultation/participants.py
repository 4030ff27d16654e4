"""People, under a pseudonym: receipt codes, consent, and erasure that reaches everything."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from consultation.catalogue import Catalogue
from consultation.errors import ReceiptUnknown
from consultation.models import (
    Consent,
    Contribution,
    ContributionVersion,
    Embedding,
    Invitation,
    Participant,
    Statement,
    Submission,
)

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 12


def new_receipt() -> str:
    """A fresh receipt code, such as ``7KQM-W3TX-9BHD``: 58 random bits, no look-alikes."""
    code = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    return "-".join(code[index : index + 4] for index in range(0, _LENGTH, 4))


def receipt_from(digest: bytes) -> str:
    """The receipt code that belongs to 16 random bytes or more: the same for the same bytes."""
    number = int.from_bytes(digest)
    code = ""
    for _ in range(_LENGTH):
        number, index = divmod(number, len(_ALPHABET))
        code += _ALPHABET[index]
    return "-".join(code[index : index + 4] for index in range(0, _LENGTH, 4))


def keyed_hash(secret: str, key: str) -> str:
    """The hash under which a receipt code or invitation token is kept (HMAC-SHA-256, hex).

    Case, spaces and hyphens do not matter, since people copy codes by hand.
    """
    plain = "".join(character for character in secret.upper() if character.isalnum())
    return hmac.new(key.encode(), plain.encode(), hashlib.sha256).hexdigest()


def find_by_receipt(session: Session, consultation_id: int, receipt: str, key: str) -> Participant:
    """The participant with this receipt code.

    Raises:
        ReceiptUnknown: nobody has it.
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
    """The last yes or no for each purpose the participant was asked about."""
    rows = session.scalars(
        select(Consent).where(Consent.participant_id == participant_id).order_by(Consent.id)
    )
    return {row.purpose: row.granted for row in rows}


def give_consent(
    session: Session, catalogue: Catalogue, participant_id: str, purpose: str, granted: bool
) -> None:
    """Adds a yes or no, with the version of the text that was shown."""
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


@dataclass(frozen=True)
class Erased:
    """What an erasure took away."""

    submissions: int
    contributions: int
    statements: int


def erase(session: Session, participant_id: str) -> Erased:
    """Erases a participant: talk, answers, statements, assignments, vectors and invitation.

    Themes keep their counts right because counts are taken from the statements that remain.
    """
    submissions = select(Submission.id).where(Submission.participant_id == participant_id)
    contributions = select(Contribution.id).where(Contribution.submission_id.in_(submissions))
    versions = list(
        session.scalars(
            select(ContributionVersion).where(
                ContributionVersion.contribution_id.in_(contributions)
            )
        )
    )
    spans: list[tuple[str, int, int]] = [
        (row[0], row[1], row[2])
        for row in session.execute(
            select(Statement.contribution_version_id, Statement.start, Statement.end).where(
                Statement.contribution_version_id.in_([each.id for each in versions])
            )
        )
    ]
    texts = {each.id: each.text for each in versions}
    hashes = {text_hash(texts[version][start:end]) for version, start, end in spans}
    hashes |= {text_hash(text) for text in texts.values()}
    result = Erased(
        submissions=len(list(session.scalars(submissions))),
        contributions=len(list(session.scalars(contributions))),
        statements=len(spans),
    )
    for chunk in _chunks(sorted(hashes), 500):
        session.execute(delete(Embedding).where(Embedding.text_hash.in_(chunk)))
    participant = session.get(Participant, participant_id)
    invitation = participant.invitation_id if participant else None
    session.execute(delete(Participant).where(Participant.id == participant_id))
    if invitation is not None:
        session.execute(delete(Invitation).where(Invitation.id == invitation))
    return result


def text_hash(text: str) -> str:
    """The key under which a text's vector is cached (SHA-256, hex)."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _chunks(items: list[str], size: int) -> list[list[str]]:
    return [items[index : index + size] for index in range(0, len(items), size)]
