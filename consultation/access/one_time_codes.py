"""One-time codes by time (TOTP, RFC 6238): six digits that change every thirty seconds.

Every authenticator app makes them from a secret that it once read as a QR code.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from urllib.parse import quote, urlencode

STEP_SECONDS = 30
DIGITS = 6
_SECRET_BYTES = 20
_DRIFT = 1


def new_secret() -> str:
    """A new secret of 160 bits, in Base32, as apps read it."""
    return base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode("ascii")


def code_at(secret: str, step: int) -> str:
    """The code of a step of time, counted from 1970 (RFC 4226, section 5.3)."""
    digest = hmac.new(base64.b32decode(secret), step.to_bytes(8), hashlib.sha1).digest()
    place = digest[-1] & 0x0F
    number = int.from_bytes(digest[place : place + 4]) & 0x7FFF_FFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def matching_step(secret: str, code: str, moment: float, after: int = 0) -> int | None:
    """The step of time whose code this is, or None.

    A clock may be one step off. A code counts once: only steps later than ``after``, the step of
    the last code that counted, are looked at.
    """
    now = int(moment) // STEP_SECONDS
    found = None
    for step in range(now - _DRIFT, now + _DRIFT + 1):
        same = hmac.compare_digest(code_at(secret, step).encode(), code.encode())
        if same and step > after:
            found = step
    return found


def app_address(secret: str, account: str, issuer: str) -> str:
    """The ``otpauth`` address that an app reads from the QR code."""
    label = quote(f"{issuer}:{account}", safe="")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': issuer})}"
