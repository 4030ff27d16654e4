"""The mark that ``samenspraak probe`` shows, so that its erasures do not fill the audit log."""

from __future__ import annotations

import hashlib
import hmac

PROBE = "X-Samenspraak-Probe"
"""The header with the mark."""


def probe_mark(key: str) -> str:
    """The mark; only who holds the secret key can make it."""
    return hmac.new(key.encode(), b"probe", hashlib.sha256).hexdigest()


def is_probe(shown: str, key: str) -> bool:
    """Whether what a request shows is the mark."""
    return hmac.compare_digest(shown.encode(), probe_mark(key).encode())
