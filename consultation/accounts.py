"""Accounts of the review: a name, a role, and a password stored as an argon2 hash."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.orm import Session

from consultation.curation.state import PARTICIPANT
from consultation.database.models import Account
from consultation.errors import AccountError

ROLES = ("facilitator", "analist", "beheerder")
MIN_PASSWORD = 8
_MAX_NAME = 80
_MAX_PASSWORD = 1000
_HASHER = PasswordHasher()


@dataclass(frozen=True)
class SavedAccount:
    """A stored account, and whether it is new."""

    account: Account
    created: bool


@dataclass(frozen=True)
class HashedPassword:
    """A hashed password. Hashing is slow on purpose, so hash before the transaction starts."""

    value: str


def hashed(password: str) -> HashedPassword:
    """Hashes a password.

    Raises:
        AccountError: it is too short or too long.
    """
    check_password(password)
    return HashedPassword(_HASHER.hash(password))


def add_account(
    session: Session,
    name: str,
    role: str,
    password: str | HashedPassword,
    opdracht: int | None = None,
) -> SavedAccount:
    """Creates an account, or replaces role, opdracht and password of an existing one.

    Raises:
        AccountError: the name, role or password is invalid.
    """
    if role not in ROLES:
        raise AccountError(f"{role!r} is no role; choose from {', '.join(ROLES)}.")
    plain = check_name(name)
    kept = password if isinstance(password, HashedPassword) else hashed(password)
    account = session.get(Account, plain)
    created = account is None
    if account is None:
        account = Account(name=plain, role=role, opdracht=opdracht, password_hash=kept.value)
        session.add(account)
    else:
        account.role, account.opdracht, account.password_hash = role, opdracht, kept.value
        account.provider_subject = None
    session.flush()
    return SavedAccount(account, created)


def check_name(name: str) -> str:
    """The name in its stored form (see ``canonical``).

    Raises:
        AccountError: the name is invalid.
    """
    plain = canonical(name)
    if not plain or len(plain) > _MAX_NAME or not all(_fits(each) for each in plain):
        raise AccountError(
            f"{name!r}: an account's name has 1 to {_MAX_NAME} letters, digits or . _ - @"
        )
    if plain == PARTICIPANT:
        raise AccountError(f"{name!r}: stands for participants in the log; choose another name.")
    return plain


def check_password(password: str) -> None:
    """Checks the length of a password.

    Raises:
        AccountError: it is too short or too long.
    """
    if len(password) < MIN_PASSWORD:
        raise AccountError(
            f"the password has {len(password)} characters; use at least {MIN_PASSWORD}."
        )
    if len(password) > _MAX_PASSWORD:
        raise AccountError(f"the password is too long; use at most {_MAX_PASSWORD} characters.")


def set_password(session: Session, name: str, password: str | HashedPassword) -> Account:
    """Changes an account's password, which ends the sessions made with the old one.

    Raises:
        AccountError: there is no such account, or the password is too short or too long.
    """
    account = find(session, name)
    if account is None:
        raise AccountError(f"{name!r}: no such account; make it with: samenspraak user add {name}")
    kept = password if isinstance(password, HashedPassword) else hashed(password)
    account.password_hash = kept.value
    session.flush()
    return account


def find(session: Session, name: str) -> Account | None:
    """The account with this name, or None."""
    plain = canonical(name)
    return session.get(Account, plain) if plain and "\0" not in plain else None


def verify(session: Session, name: str, password: str) -> Account | None:
    """The account if name and password match, else None.

    An unknown name takes as long as a wrong password, so that timing does not reveal names.
    """
    account = find(session, name)
    hashed = account.password_hash if account else _nobody()
    try:
        _HASHER.verify(hashed, password[:_MAX_PASSWORD])
    except (VerificationError, InvalidHashError):
        return None
    return account


def fingerprint(account: Account) -> str:
    """A hash that changes with the password and the second factor.

    A session with another fingerprint is invalid.
    """
    held = account.password_hash + (account.second_factor or "")
    return hashlib.sha256(held.encode()).hexdigest()[:16]


@lru_cache(maxsize=1)
def _nobody() -> str:
    return _HASHER.hash("nobody has this password")


def canonical(name: str) -> str:
    """The name in lower case and without surrounding spaces, for look-ups."""
    return name.strip().lower()


def _fits(character: str) -> bool:
    return character.isalnum() or character in "._-@"
