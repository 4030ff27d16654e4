"""The second factor of an account: a secret for one-time codes, and recovery codes.

The secret is stored encrypted under the secret key, so that a copy of the database alone makes no
codes; recovery codes are stored as keyed hashes. Each code counts once.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from enum import StrEnum

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation.access.one_time_codes import matching_step
from consultation.database.models import Account

RECOVERY_CODES = 10
_ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"
_GROUPS, _GROUP = 3, 4


class SecondFactorProof(StrEnum):
    """What proved that a person holds the second factor."""

    code = "code"
    recovery = "recovery"


def has_second_factor(account: Account) -> bool:
    """Whether the account asks for a code after the password."""
    return account.second_factor is not None


def enrol(session: Session, name: str, secret: str, key: str) -> list[str]:
    """Gives an account a second factor; returns new recovery codes, told this once.

    Raises:
        LookupError: there is no such account.
    """
    account = _locked(session, name)
    if account is None:
        raise LookupError(name)
    codes = [_new_recovery_code() for _ in range(RECOVERY_CODES)]
    account.second_factor = _cipher(key).encrypt(secret.encode()).decode()
    account.second_factor_step = 0
    account.recovery_hashes = [_hashed(each, key) for each in codes]
    session.flush()
    return codes


def remove(session: Session, name: str) -> bool:
    """Takes an account's second factor away; False where it had none."""
    account = _locked(session, name)
    if account is None or account.second_factor is None:
        return False
    account.second_factor, account.second_factor_step, account.recovery_hashes = None, 0, []
    session.flush()
    return True


def prove(
    session: Session, name: str, typed: str, key: str, clock: Callable[[], float] = time.time
) -> SecondFactorProof | None:
    """What a typed code is for an account; None when it is no good.

    A one-time code and a recovery code each count once.
    """
    account = _locked(session, name)
    if account is None or account.second_factor is None:
        return None
    plain = "".join(character for character in typed.lower() if character.isalnum())
    secret = _secret(account.second_factor, key)
    if secret is not None:
        step = matching_step(secret, plain, clock(), account.second_factor_step)
        if step is not None:
            account.second_factor_step = step
            session.flush()
            return SecondFactorProof.code
    hashed = _hashed(plain, key)
    left = [each for each in account.recovery_hashes if not hmac.compare_digest(each, hashed)]
    if len(left) == len(account.recovery_hashes):
        return None
    account.recovery_hashes = left
    session.flush()
    return SecondFactorProof.recovery


def _locked(session: Session, name: str) -> Account | None:
    """The account, which no other transaction changes meanwhile."""
    return session.scalar(select(Account).where(Account.name == name).with_for_update())


def _new_recovery_code() -> str:
    """Such as ``7kqm-w3tx-9bhd``: 58 random bits, no look-alike characters."""
    parts = ("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(parts)


def _hashed(code: str, key: str) -> str:
    plain = code.replace("-", "")
    return hmac.new(key.encode(), f"recovery {plain}".encode(), hashlib.sha256).hexdigest()


def _cipher(key: str) -> Fernet:
    derived = hmac.new(key.encode(), b"second factor", hashlib.sha256).digest()
    return Fernet(base64.urlsafe_b64encode(derived))


def _secret(stored: str, key: str) -> str | None:
    """The secret; None where another secret key encrypted it."""
    try:
        return _cipher(key).decrypt(stored.encode()).decode()
    except InvalidToken:
        return None
