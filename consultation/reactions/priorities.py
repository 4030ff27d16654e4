"""The priority that reactions suggest for each action, from its support and its ranks.

Each participant gives an action points, from 0 to 1. An action that they do not support has 0. The
actions that they support share the upper half: the first of them has 1, the last a little more than
a half. Actions that they support without a place are tied for the places that are left, as in the
Borda count for partial orders of Cullinan, Hsiao and Polett (2014). So an action that everybody
supports is above one that half of them support, however these rank it.

The points of a group are the mean of its people. Those of an action are the mean of the groups that
count, so that no group decides by its size. The limits are those of Wilson (1927) for a share; as
the variance of points between 0 and 1 is at most that of a share, they are wide rather than narrow.
For the mean of groups the number of people is the effective size of Kish (1965).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from consultation.catalogue import UNKNOWN_GROUP, Gedragen
from consultation.participation.reactions import IN_FAVOUR
from consultation.reactions.intervals import share_interval

Ballot = Mapping[str, tuple[str, int | None]]
"""What one participant thinks of actions: stance and rank (1 is first) by action."""

STEPS = 5
"""A priority is a number from 1 (lowest) to this."""


@dataclass(frozen=True)
class SuggestedPriority:
    """A priority from 1 to 5, and the priorities at the 95 % limits of the points."""

    value: int
    low: int
    high: int


def points(ballot: Ballot, rule: Gedragen) -> dict[str, float]:
    """The points, 0 to 1, of each action on which a participant has an opinion."""
    held = IN_FAVOUR if rule.voorwaarde_telt else IN_FAVOUR[:1]
    ranked = {
        each: rank for each, (stance, rank) in ballot.items() if stance in held and rank is not None
    }
    order = sorted(ranked, key=lambda each: ranked[each])
    supported = sum(stance in held for stance, _ in ballot.values())
    tied = (len(order) + 1 + supported) / 2
    places = {each: float(place) for place, each in enumerate(order, 1)}
    return {
        each: 1 - (places.get(each, tied) - 1) / (2 * supported) if stance in held else 0.0
        for each, (stance, _) in ballot.items()
        if stance != "weet_niet"
    }


def suggested(
    given: Mapping[str, Sequence[float]], rule: Gedragen
) -> tuple[SuggestedPriority | None, dict[str, SuggestedPriority]]:
    """The priority of an action, and that of each group, from the points by group.

    Groups with fewer people than count have none, and neither has the action if fewer groups count
    than the rule asks.
    """
    counting = {
        group: own for group, own in given.items() if own and len(own) >= rule.minste_mensen
    }
    by_group = {group: _priority(_mean(own), len(own)) for group, own in counting.items()}
    known = [own for group, own in counting.items() if group != UNKNOWN_GROUP]
    if len(known) < rule.minste_groepen or not known:
        return None, by_group
    effective = len(known) ** 2 / sum(1 / len(own) for own in known)
    return _priority(_mean([_mean(own) for own in known]), effective), by_group


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _priority(mean: float, people: float) -> SuggestedPriority:
    low, high = share_interval(mean * people, people)
    return SuggestedPriority(_step(mean), _step(low), _step(high))


def _step(share: float) -> int:
    """The priority of a number of points: the range 0 to 1 in equal parts."""
    return min(int(share * STEPS) + 1, STEPS)
