"""A theme's growth is judged by the statements that are about it first of all."""

from __future__ import annotations

from analysis.comparison import compare_states
from consultation.curation.replay import replay
from consultation.curation.state import CurationState, Machine, MachineTheme, Membership


def state(total: int, **members: list[tuple[range, bool]]) -> CurationState:
    """Themes by name: ranges of statements, each as primary theme or not."""
    themes = tuple(
        MachineTheme(
            name,
            4,
            number,
            members=tuple(
                Membership(f"s{row}", primary=primary) for rows, primary in runs for row in rows
            ),
        )
        for number, (name, runs) in enumerate(members.items(), start=1)
    )
    return replay(Machine(dict.fromkeys((f"s{row}" for row in range(total)), 4), themes), ())


def test_a_theme_that_is_only_touched_on_has_faded() -> None:
    before = state(90, a=[(range(60), True)], b=[(range(60, 90), True)])
    after = state(
        150,
        a=[(range(60), True), (range(90, 148), True)],
        b=[(range(60, 90), True), (range(148, 150), True), (range(90, 115), False)],
    )
    rows = {
        each.theme: each for each in compare_states(4, before, after, frozenset(before.opdracht_of))
    }
    assert {theme: each.kind for theme, each in rows.items()} == {"a": "same", "b": "faded"}
    assert (rows["b"].added, rows["b"].share_added) == (27, round(2 / 60, 4))


def test_of_a_small_theme_little_is_told_by_chance() -> None:
    before = state(940, a=[(range(927), True)], b=[(range(927, 940), True)])
    after = state(
        1400,
        a=[(range(927), True), (range(940, 1399), True)],
        b=[(range(927, 940), True), (range(1399, 1400), True)],
    )
    rows = compare_states(4, before, after, frozenset(before.opdracht_of))
    assert {each.theme: each.kind for each in rows} == {"a": "same", "b": "same"}
