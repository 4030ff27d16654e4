"""Proof of work: who wants more than the limit lets one find a number first, which costs seconds.

A challenge is a signed text. Its answer is a number for which the SHA-256 of text and number begins
with ``bits`` zero bits: on average ``2 ** bits`` tries to find, one to check. The browser finds it
by itself; nobody reads distorted letters, and nothing is asked of another website. ALTCHA does the
same with a bundle of its own; a website's policy and our one-file widget would both have to let
that in.
"""

from __future__ import annotations

import hashlib
import secrets

from itsdangerous import BadData, URLSafeTimedSerializer

from web.errors import Challenge

BITS = 15
"""On average 33,000 tries: about a second on a computer, some seconds on an old phone."""

GOOD_SECONDS = 300
_BETWEEN = "~"


class Challenges:
    """Makes challenges, and knows a right answer; ``Limits.proofs`` lets each count once."""

    def __init__(self, key: str) -> None:
        """Signs with ``key``; another process with the same key knows its challenges."""
        self._signer = URLSafeTimedSerializer(key, salt="samenspraak-opgave")

    def new(self) -> Challenge:
        """A new challenge, to be answered within ``GOOD_SECONDS``."""
        text = str(self._signer.dumps([secrets.token_urlsafe(9), BITS]))
        return Challenge(text=text, bits=BITS)

    def solved(self, proof: str) -> str | None:
        """The challenge of ours that this answers, in time; None where it answers none."""
        text, _, number = proof.rpartition(_BETWEEN)
        try:
            _, bits = self._signer.loads(text, max_age=GOOD_SECONDS)
        except (BadData, ValueError, TypeError):
            return None
        digest = hashlib.sha256(proof.encode()).digest()
        if not number.isascii() or int.from_bytes(digest[:4]) >> (32 - int(bits)):
            return None
        return text
