"""The priority that reactions suggest: from support and ranks, with every group as heavy."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from consultation.catalogue import UNKNOWN_GROUP, Gedragen
from consultation.participation.reactions import STANCES
from consultation.reactions.priorities import SuggestedPriority, points, suggested

RULE = Gedragen()
ballots = st.dictionaries(
    st.sampled_from("abcdef"),
    st.tuples(st.sampled_from(STANCES), st.none() | st.integers(1, 6)),
)


def test_the_first_place_has_all_points_and_who_is_against_gives_none() -> None:
    ballot = {
        "a": ("steun", 2),
        "b": ("voorwaarde", 1),
        "c": ("tegen", None),
        "d": ("weet_niet", None),
    }
    assert points(ballot, RULE) == {"a": 0.75, "b": 1.0, "c": 0.0}
    strict = Gedragen(voorwaarde_telt=False)
    assert points(ballot, strict) == {"a": 1.0, "b": 0.0, "c": 0.0}


def test_actions_without_a_place_are_tied_for_the_places_that_are_left() -> None:
    supported = {"a": ("steun", 1), "b": ("steun", None), "c": ("steun", None)}
    found = points(supported, RULE)
    assert found["a"] == 1.0
    assert found["b"] == found["c"] == 0.75
    assert points(dict.fromkeys("ab", ("steun", None)), RULE) == {"a": 0.875, "b": 0.875}
    # Ranks of actions that were joined into others since leave a gap, which counts for nothing.
    assert points({"a": ("steun", 4), "b": ("steun", 2)}, RULE) == {"a": 0.75, "b": 1.0}


@given(ballots)
def test_what_is_supported_is_in_the_upper_half_and_a_better_place_never_costs(
    ballot: dict[str, tuple[str, int | None]],
) -> None:
    found = points(ballot, RULE)
    for action, value in found.items():
        favoured = ballot[action][0] in ("steun", "voorwaarde")
        assert (0.5 < value <= 1) if favoured else value == 0
    own = [each for each in found if found[each] > 0]
    if own:
        # The points that are shared out do not depend on who ranks and who does not.
        total = sum(1 - place / (2 * len(own)) for place in range(len(own)))
        assert math.isclose(sum(found[each] for each in own), total)


def test_no_group_decides_by_its_size_and_few_people_suggest_nothing() -> None:
    many, few = [1.0] * 30, [0.0] * 3
    both, groups = suggested({"burger": many, "vakbond": few}, RULE)
    assert both is not None
    assert both.value == 3
    assert both.low < 3 < both.high
    assert groups["burger"].value == 5
    assert groups["vakbond"] == SuggestedPriority(1, 1, 3)
    none, own = suggested({"burger": many, "vakbond": few[:2], UNKNOWN_GROUP: many}, RULE)
    assert none is None
    assert set(own) == {"burger", UNKNOWN_GROUP}
    assert suggested({}, RULE) == (None, {})


@given(st.lists(st.floats(0, 1), min_size=3), st.lists(st.floats(0, 1), min_size=3))
def test_a_priority_lies_between_its_limits(one: list[float], other: list[float]) -> None:
    found, _ = suggested({"burger": one, "vakbond": other}, RULE)
    assert found is not None
    assert 1 <= found.low <= found.value <= found.high <= 5
