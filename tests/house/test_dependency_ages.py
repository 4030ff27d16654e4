"""Libraries grow old: somebody must renew the lock now and then, and CI says when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import tomllib

from consultation.settings import ROOT

LATELY = timedelta(days=180)


def test_the_lock_was_renewed_lately() -> None:
    """The newest package of the app's lock; the bot's Rasa is old and stays (decision 1)."""
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    uploads = [
        datetime.fromisoformat(each["sdist"]["upload-time"])
        for each in lock["package"]
        if "upload-time" in each.get("sdist", {})
    ]
    assert len(uploads) > 100
    age = datetime.now(UTC) - max(uploads)
    assert age < LATELY, f"the lock is {age.days} days old; renew it with: uv lock --upgrade"
