"""Accounts that log in by an OpenID Connect provider instead of a password."""

from __future__ import annotations

import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation.accounts import ROLES, SavedAccount, canonical, check_name
from consultation.database.models import Account
from consultation.errors import AccountError

_UNUSABLE = "!"


def add_provider_account(
    session: Session, name: str, role: str, opdracht: int | None = None
) -> SavedAccount:
    """Creates an account without a password, or takes the password of an existing one away.

    ``name`` is what the provider calls the person, such as an e-mail address. Who it is at the
    provider is fixed at the first login.

    Raises:
        AccountError: the name or role is invalid.
    """
    if role not in ROLES:
        raise AccountError(f"{role!r} is no role; choose from {', '.join(ROLES)}.")
    plain = check_name(name)
    # No password hashes to this, and another value ends the sessions there are.
    nothing = _UNUSABLE + secrets.token_hex(16)
    account = session.get(Account, plain)
    created = account is None
    if account is None:
        account = Account(name=plain, role=role, opdracht=opdracht, password_hash=nothing)
        session.add(account)
    else:
        account.role, account.opdracht, account.password_hash = role, opdracht, nothing
        account.provider_subject = None
    session.flush()
    return SavedAccount(account, created)


def account_of(session: Session, name: str, subject: str) -> Account | None:
    """The account of somebody whom the provider vouches for; None without one.

    ``subject`` says who it is at the provider, for ever; ``name`` is what they are called there.
    The first login fixes the subject of the account with that name. Later only the subject counts:
    who gets the e-mail address of somebody who left does not get the account.
    """
    known = session.scalar(select(Account).where(Account.provider_subject == subject))
    if known is not None:
        return known
    query = select(Account).where(Account.name == canonical(name)).with_for_update()
    account = session.scalar(query)
    if account is None or account.provider_subject is not None or not _is_provided(account):
        return None
    account.provider_subject = subject
    session.flush()
    return account


def _is_provided(account: Account) -> bool:
    """Whether the account has no password: one with a password is not taken over by a name."""
    return account.password_hash.startswith(_UNUSABLE)
