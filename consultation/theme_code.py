"""The code of a theme as users see and type it, such as ``O04-T012``."""

from __future__ import annotations

import re
from typing import NamedTuple

_CODE = re.compile(r"O(\d{1,4})-T(\d{1,6})", re.IGNORECASE | re.ASCII)


class ThemeCode(NamedTuple):
    """The numbers of an opdracht and of a theme in it; as text, the code of the theme."""

    opdracht: int
    number: int

    def __str__(self) -> str:
        """The code as it is shown: at least two digits for the opdracht, three for the theme."""
        return f"O{self.opdracht:02d}-T{self.number:03d}"

    @classmethod
    def read(cls, text: str) -> ThemeCode | None:
        """The code that a text is, in capitals or not; None if it is not one."""
        found = _CODE.fullmatch(text)
        return cls(int(found[1]), int(found[2])) if found else None
