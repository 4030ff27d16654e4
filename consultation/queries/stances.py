"""The stance of statements and themes: what a run found, with what people decided over it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from consultation.catalogue import UNKNOWN_GROUP
from consultation.curation.state import CurationState
from consultation.queries.statements import StatementView
from consultation.queries.themes import FEW_PEOPLE, Marks

HELD = ("voor", "tegen", "voorwaardelijk")
FEWEST_ON_A_SIDE = 2
"""The people on each side from which a theme is divided."""


@dataclass(frozen=True)
class StatementStance:
    """The stance of a statement, and the chance of it (0 to 1); None if a person set it."""

    stance: str
    score: float | None = None


@dataclass(frozen=True)
class ThemeStance:
    """The stances in a theme: the statements of each stance, in the order of the theme.

    People are counted by what they say: a person who says both for and against counts on both
    sides.
    """

    said: Mapping[str, Sequence[StatementView]]

    @cached_property
    def people(self) -> dict[str, int]:
        """The number of different participants, by stance."""
        return {each: len({one.participant for one in self.said[each]}) for each in HELD}

    @property
    def held(self) -> bool:
        """Whether anyone holds a stance."""
        return any(self.people.values())

    @property
    def divided(self) -> bool:
        """Whether people stand on both sides; those for on a condition are not against."""
        least = min(self.people["tegen"], self.people["voor"] + self.people["voorwaardelijk"])
        return least >= FEWEST_ON_A_SIDE

    @property
    def minority(self) -> str:
        """The smaller side of a divided theme, if at least ``FEW_PEOPLE`` people take it."""
        against, pro = self.people["tegen"], self.people["voor"] + self.people["voorwaardelijk"]
        if not self.divided or min(against, pro) < FEW_PEOPLE or against == pro:
            return ""
        return "tegen" if against < pro else "voor"

    @cached_property
    def groups(self) -> dict[str, dict[str, int]]:
        """Participants per stance, by stakeholder group; the largest group first."""
        found: dict[str, dict[str, set[str]]] = {}
        for stance in HELD:
            for each in self.said[stance]:
                own = found.setdefault(each.group or UNKNOWN_GROUP, {one: set() for one in HELD})
                own[stance].add(each.participant)
        counts = {
            group: {stance: len(people) for stance, people in own.items()}
            for group, own in found.items()
        }
        return dict(sorted(counts.items(), key=lambda each: (-sum(each[1].values()), each[0])))


def stances_of(state: CurationState, marks: Marks) -> dict[str, StatementStance]:
    """The stances by statement; a statement that is not there has none."""
    found = {
        each: StatementStance(stance, score) for each, (stance, score) in marks.stances.items()
    }
    return found | {each: StatementStance(stance) for each, stance in state.stances.items()}


def theme_stance(
    said: Iterable[StatementView], stances: Mapping[str, StatementStance]
) -> ThemeStance:
    """The stances in a theme that consists of these statements."""
    found: dict[str, list[StatementView]] = {each: [] for each in HELD}
    for each in said:
        held = stances.get(each.id)
        if held is not None and held.stance in HELD:
            found.setdefault(held.stance, []).append(each)
    return ThemeStance(found)
