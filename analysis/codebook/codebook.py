"""The codebook of one opdracht: its themes, as people describe them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class CodebookTheme:
    """A theme: what it is called, what it is about, and what does not belong to it.

    ``description`` is one line. ``excludes`` says what belongs elsewhere, and may be empty.
    ``examples`` are texts that belong to the theme.
    """

    id: str
    name: str
    description: str = ""
    excludes: str = ""
    examples: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The text that the statements are compared with: the name and the description."""
        return f"{self.name}: {self.description}" if self.description.strip() else self.name


@dataclass(frozen=True)
class Codebook:
    """The themes of one opdracht, in the order in which they are shown.

    Raises:
        ValueError: two themes have one id.
    """

    themes: tuple[CodebookTheme, ...]

    def __post_init__(self) -> None:
        ids = [theme.id for theme in self.themes]
        twice = sorted({each for each in ids if ids.count(each) > 1})
        if twice:
            raise ValueError(f"codebook: theme {twice[0]} is in it twice; give each its own id.")

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the themes."""
        return tuple(theme.id for theme in self.themes)

    def texts(self) -> list[str]:
        """Returns every text of the codebook that has to be encoded, each once."""
        found: dict[str, None] = {}
        for theme in self.themes:
            for text in (theme.text, theme.excludes, *theme.examples):
                if text.strip():
                    found.setdefault(text)
        return list(found)


def codebook_of(themes: Sequence[tuple[str, str, str]]) -> Codebook:
    """Returns the codebook of these themes, given as (id, name, description)."""
    return Codebook(tuple(CodebookTheme(*each) for each in themes))
