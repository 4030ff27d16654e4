"""Why a decision is refused: what the caller is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from consultation.curation.operations import CurationError
from consultation.curation.state import (
    InapplicableEvent,
)

_MENDS = {
    "theme_gone": "this theme does not stand (any more); choose one that samenspraak themes lists.",
    "theme_merged": "{which} was merged into {into}; name that one, or revoke the merge.",
    "theme_rejected": "{which} was rejected; approve it first, or choose another.",
    "same_theme": "this would merge {which} with itself; name another theme.",
    "other_opdracht": "they belong to another opdracht; place the statements there first.",
    "statements_gone": "there are no such statements; they may have been erased.",
    "facilitator_decided": "a facilitator decided on this statement; that decision stands.",
    "action_gone": "there is no such action.",
    "action_joined": "this action went up in {into}; name that one, or revoke the join.",
    "proposal_gone": "there is no such proposal in the last run (any more).",
}


@dataclass(frozen=True)
class NewerEvent:
    """One event on a theme or action that is newer than the version the caller expected."""

    event: int
    account: str
    op: str
    at: datetime


class ConflictError(CurationError):
    """The theme or action has newer events than the caller expected; ``changes`` lists them.

    Nothing was written: the caller still has the user's input and can show it beside the changes.
    """

    def __init__(self, target: str, changes: Sequence[NewerEvent]) -> None:
        """Builds the message; ``target`` is the id of the theme or action."""
        told = "; ".join(f"{each.account}: {each.op} (event {each.event})" for each in changes)
        super().__init__(
            "conflict", f"{target} was changed meanwhile: {told}. Look at it again, then decide."
        )
        self.target = target
        self.changes = tuple(changes)


class OutOfScopeError(CurationError):
    """The decision affects an opdracht outside the account's rights. Nothing was written."""

    def __init__(self, limit: int) -> None:
        """``limit`` is the only opdracht that the account may decide on."""
        super().__init__("outside", f"this account decides on opdracht {limit} only.")


def refused(reason: InapplicableEvent) -> CurationError:
    """The refusal of an event that does not apply, with its mend."""
    facts = {"which": "", "into": "", **reason.facts}
    return CurationError(reason.code, _MENDS[reason.code].format(**facts), **reason.facts)
