"""What an analysis did not cluster as a voice of its own, listed with the reason."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from consultation.queries.statements import Said
from consultation.queries.themes import Marks

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Repeated:
    """A text that was sent more than once: one of its statements, and all of them."""

    said: Said
    all: tuple[Said, ...]


@dataclass(frozen=True)
class Aside:
    """Statements that were set aside, as far as nobody put them in a theme since.

    ``silent`` say nothing; ``foreign`` are in another language, with its two letters (ISO 639-1);
    ``unread`` are whole answers that took too much time to read, see
    ``analysis.preprocessing.answer_reader``. ``fixed`` recurs around what people say themselves,
    such as a greeting: each text with how often (see ``analysis.preprocessing.fixed_text``).
    ``repeated`` are in a theme, each text as one voice. Of both the one sent most often comes
    first.
    """

    silent: tuple[Said, ...]
    foreign: tuple[tuple[Said, str], ...]
    repeated: tuple[Repeated, ...]
    unread: tuple[Said, ...] = ()
    fixed: tuple[Repeated, ...] = ()

    @property
    def copies(self) -> int:
        """How many statements only repeat another one."""
        return sum(len(each.all) - 1 for each in self.repeated)

    @property
    def fixed_lines(self) -> int:
        """How many statements are fixed text."""
        return sum(len(each.all) for each in self.fixed)

    def __len__(self) -> int:
        """How many statements were set aside, the copies too."""
        alone = len(self.silent) + len(self.foreign) + len(self.unread)
        return alone + self.copies + self.fixed_lines


def _often(repeated: Repeated) -> tuple[int, str]:
    return -len(repeated.all), repeated.said.text


def set_aside(said: Iterable[Said], loose: Iterable[Said], marks: Marks) -> Aside:
    """What was set aside of some statements; ``loose`` are those of them in no theme."""
    unplaced = list(loose)
    same: dict[str, list[Said]] = {}
    shared = set(marks.copies.values())
    for each in said:
        voice = marks.copies.get(each.id, each.id)
        if voice in shared:
            same.setdefault(voice, []).append(each)
    repeated = [
        # The voice may have been erased; then a copy shows what was said.
        Repeated(next((one for one in own if one.id == voice), own[0]), tuple(own))
        for voice, own in same.items()
        if len(own) > 1
    ]
    lines: dict[str, list[Said]] = {}
    for each in unplaced:
        if each.id in marks.fixed:
            lines.setdefault(" ".join(_WORD.findall(each.text.casefold())), []).append(each)
    fixed = [Repeated(own[0], tuple(own)) for own in lines.values()]
    return Aside(
        silent=tuple(each for each in unplaced if each.id in marks.no_answer),
        foreign=tuple(
            (each, marks.languages[each.id]) for each in unplaced if each.id in marks.languages
        ),
        unread=tuple(each for each in unplaced if each.set_aside),
        repeated=tuple(sorted(repeated, key=_often)),
        fixed=tuple(sorted(fixed, key=_often)),
    )
