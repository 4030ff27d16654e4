"""Who may do what in the review: by role, and for a trekker only on the opdracht that is theirs."""

from __future__ import annotations

from enum import StrEnum


class Right(StrEnum):
    """Something an account may or may not do."""

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
"""What each role may do. An analyst does not change what people decided."""

_WHOLE = frozenset({Right.publish, Right.manage})


def may(role: str, limit: int | None, right: Right, opdracht: int | None = None) -> bool:
    """Whether an account with this role, limited to one opdracht or not, may do something.

    With ``opdracht`` the question is about that one; without, about the consultation as a whole.
    Who is limited to an opdracht reads, decides, codes, analyses and exports there only; what
    concerns the whole consultation is never theirs, whatever their role.
    """
    if right not in ROLES.get(role, frozenset()):
        return False
    if limit is None:
        return True
    return opdracht == limit and right not in _WHOLE
