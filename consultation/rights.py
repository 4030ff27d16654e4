"""Rights in the review, by role; an account of a trekker is limited to one opdracht."""

from __future__ import annotations

from enum import StrEnum


class Right(StrEnum):
    """A right that an account may have."""

    read = "read"
    decide = "decide"
    code = "code"
    analyse = "analyse"
    export = "export"
    publish = "publish"
    manage = "manage"


ROLES: dict[str, frozenset[Right]] = {
    "facilitator": frozenset(
        {Right.read, Right.decide, Right.code, Right.analyse, Right.export, Right.publish},
    ),
    "analist": frozenset({Right.read, Right.code, Right.analyse, Right.export}),
    "beheerder": frozenset(Right),
}
"""The rights of the roles. An analyst cannot change the decisions of facilitators."""

_WHOLE = frozenset({Right.publish, Right.manage})


def may(role: str, limit: int | None, right: Right, opdracht: int | None = None) -> bool:
    """Whether an account has a right.

    ``limit`` is the only opdracht the account may work on, or None for all. ``opdracht`` is the one
    that is asked for; None means the consultation as a whole. A limited account can read, decide,
    code, analyse and export on its own opdracht only. It never has rights on the whole
    consultation, regardless of its role.
    """
    if right not in ROLES.get(role, frozenset()):
        return False
    if limit is None:
        return True
    return opdracht == limit and right not in _WHOLE
