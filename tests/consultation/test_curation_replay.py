"""The state is the machine's run with every decision that was not revoked: nothing gets lost."""

from __future__ import annotations

import dataclasses
import random
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from consultation.curation.operations import parse
from consultation.curation.replay import replay
from consultation.curation.state import (
    CuratedTheme,
    CurationState,
    Event,
    Machine,
    MachineTheme,
    Membership,
    Suggestion,
)
from tests.curation_stage import PLACES, PROPOSED, THEMES, decision, nid, sid, tid

MOMENT = datetime(2026, 3, 1, tzinfo=UTC)
MACHINE = Machine(
    statements={sid(n): place for n, place in PLACES.items()},
    themes=tuple(
        MachineTheme(
            tid(number),
            opdracht,
            number + 1,
            f"machine {number}",
            tuple(Membership(sid(each), 0.9 - at / 50) for at, each in enumerate(members)),
            action=sid(members[0]),
        )
        for number, (opdracht, members) in THEMES.items()
    ),
    proposals=(
        Suggestion("split:a", "split", 4, (tid(0),), (sid(0), sid(1)), "voorgesteld"),
        Suggestion("merge:a", "merge", 4, (tid(1), tid(2))),
        Suggestion("move:a", "move", 4, (tid(0), tid(1)), (sid(2),)),
    ),
)
WITH_HAND_MADE = dataclasses.replace(
    MACHINE,
    themes=(
        *MACHINE.themes,
        *(
            MachineTheme(nid(n), 4, 10 + n, in_run=False, parents=(tid(n % 3),), members=members)
            for n, members in enumerate([(), (Membership(sid(10), 0.8),), (), ()])
        ),
    ),
)


def log_of(*operations: dict[str, Any]) -> list[Event]:
    """The log these operations make, as the database gives it back."""
    events = []
    for number, raw in enumerate(operations, 1):
        recorded: dict[str, Any] = {}
        if raw["op"] == "accept":
            recorded["does"] = {
                "split:a": {"op": "split", "theme": tid(0), "statements": [sid(0), sid(1)]}
                | {"label": "voorgesteld", "id": nid(3)},
                "merge:a": {"op": "merge", "themes": [tid(2)], "into": tid(1)},
                "move:a": {"op": "move", "statements": [sid(2)], "from": tid(0), "to": tid(1)},
            }[raw["proposal"]]
        events.append(Event(number, "els", MOMENT, parse(raw), recorded))
    return events


def picture(state: CurationState) -> Any:
    """All that stands, without the log and the version numbers that grow with it."""
    return (
        {each.id: dataclasses.replace(each, version=0) for each in state.themes.values()},
        {each.id: dataclasses.replace(each, version=0) for each in state.actions.values()},
        state.opdracht_of,
        state.off_topic,
        state.proposals,
        state.answered,
    )


def assert_nothing_lost(state: CurationState) -> None:
    assert state.opdracht_of.keys() == MACHINE.statements.keys()
    for statement, opdracht in state.opdracht_of.items():
        places = [
            member
            for theme in state.themes.values()
            if theme.live
            for member in theme.members
            if member.statement == statement
        ]
        loose = statement in state.without_theme(opdracht)
        assert bool(places) + loose + (statement in state.off_topic) == 1
        assert not places or sum(each.primary for each in places) == 1
    for theme in state.themes.values():
        assert all(state.opdracht_of[each.statement] == theme.opdracht for each in theme.members)


logs = st.builds(
    lambda seed, size: [decision(random.Random(seed + number), number) for number in range(size)],
    st.integers(0, 2**32),
    st.integers(0, 30),
)


@given(logs)
def test_whatever_was_decided_no_statement_is_lost(raw: list[dict[str, Any]]) -> None:
    log = log_of(*raw)
    state = replay(WITH_HAND_MADE, log)
    assert_nothing_lost(state)
    assert [each.event for each in state.log] == log
    assert picture(replay(WITH_HAND_MADE, list(reversed(log)))) == picture(state)


@given(logs)
def test_revoking_everything_gives_the_machines_state_back(raw: list[dict[str, Any]]) -> None:
    known = dataclasses.replace(
        WITH_HAND_MADE,
        themes=tuple(
            each if each.in_run else dataclasses.replace(each, members=())
            for each in WITH_HAND_MADE.themes
        ),
    )
    made = {each["id"] for each in raw if each["op"] in ("split", "create")}
    made |= {nid(3) for each in raw if each == {"op": "accept", "proposal": "split:a"}}
    decided: list[int] = [0]
    # Revoking a revocation brings something back, which is then revoked in its turn.
    while decided:
        decided = [
            each.event.id
            for each in replay(known, log_of(*raw)).log
            if each.status != "revoked" and each.event.operation.op != "revoke"
        ]
        raw = [*raw, *({"op": "revoke", "event": number} for number in decided)]
    bare = dataclasses.replace(
        known, themes=tuple(each for each in known.themes if each.id not in made)
    )
    assert picture(replay(known, log_of(*raw))) == picture(replay(bare, []))


@given(logs, st.integers(0, 2**32))
def test_what_is_decided_and_undone_leaves_no_trace(raw: list[dict[str, Any]], seed: int) -> None:
    extra = decision(random.Random(seed), 0)
    if "id" in extra:
        extra["id"] = nid(9)
    # The theme that accepting it makes is known to only one of the two logs.
    assume(extra != {"op": "accept", "proposal": "split:a"})
    undone = [*raw, extra, {"op": "revoke", "event": len(raw) + 1}]
    assert picture(replay(WITH_HAND_MADE, log_of(*undone))) == picture(
        replay(WITH_HAND_MADE, log_of(*raw))
    )


def theme(state: CurationState, number: int) -> CuratedTheme:
    return state.themes[tid(number)]


def members(each: CuratedTheme) -> set[str]:
    return {member.statement for member in each.members}


def test_a_merge_takes_members_and_actions_along_and_can_be_undone_later() -> None:
    merge = {"op": "merge", "themes": [tid(1)], "into": tid(0)}
    later = {"op": "rename", "theme": tid(0), "label": "samen"}
    state = replay(MACHINE, log_of(merge, later))
    assert members(theme(state, 0)) == {sid(n) for n in range(8)}
    assert theme(state, 1).status == "samengevoegd"
    assert state.standing_theme(tid(1)) == tid(0)
    assert {each.id for each in state.actions_of(4) if tid(0) in each.themes} == set(PROPOSED[:2])
    undone = replay(MACHINE, log_of(merge, later, {"op": "revoke", "event": 1}))
    assert members(theme(undone, 1)) == {sid(n) for n in range(5, 8)}
    assert theme(undone, 0).label == "samen"
    again = replay(
        MACHINE,
        log_of(merge, later, {"op": "revoke", "event": 1}, {"op": "revoke", "event": 3}),
    )
    assert members(theme(again, 0)) == {sid(n) for n in range(8)}


def test_an_event_on_what_an_undone_split_made_is_told_as_lapsed() -> None:
    split = {"op": "split", "theme": tid(0), "statements": [sid(0)], "label": "los", "id": nid(0)}
    state = replay(
        WITH_HAND_MADE,
        log_of(
            split,
            {"op": "rename", "theme": nid(0), "label": "anders"},
            {"op": "revoke", "event": 1},
        ),
    )
    assert [(each.status, each.reason) for each in state.log] == [
        ("revoked", ""),
        ("lapsed", "theme_gone"),
        ("applied", ""),
    ]
    assert sid(0) in members(theme(state, 0))


def test_what_a_run_put_in_a_split_off_theme_returns_to_its_parent_with_the_undo() -> None:
    split = {"op": "split", "theme": tid(1), "statements": [sid(5)], "label": "los", "id": nid(1)}
    state = replay(WITH_HAND_MADE, log_of(split))
    assert members(state.themes[nid(1)]) == {sid(5), sid(10)}
    undone = replay(WITH_HAND_MADE, log_of(split, {"op": "revoke", "event": 1}))
    assert nid(1) not in undone.themes
    assert members(theme(undone, 1)) == {sid(n) for n in (5, 6, 7, 10)}


def test_moves_survive_a_run_that_places_the_statement_elsewhere() -> None:
    other = dataclasses.replace(
        MACHINE,
        themes=tuple(
            dataclasses.replace(
                each,
                members=tuple(one for one in each.members if one.statement != sid(0))
                + ((Membership(sid(0), 0.99),) if each.id == tid(2) else ()),
            )
            for each in MACHINE.themes
        ),
    )
    move = log_of({"op": "move", "statements": [sid(0)], "from": tid(0), "to": tid(1)})
    for machine in (MACHINE, other):
        state = replay(machine, move)
        assert [each.id for each in state.themes.values() if sid(0) in members(each)] == [tid(1)]


def test_a_rejected_themes_statements_are_listed_without_theme() -> None:
    state = replay(MACHINE, log_of({"op": "reject", "theme": tid(2)}))
    assert {sid(8), sid(9), sid(10), sid(11)} == set(state.without_theme(4))
    assert theme(state, 2).shown
    assert not any(tid(2) in each.themes for each in state.actions_of(4))


def test_events_apply_to_what_erasure_left() -> None:
    log = log_of(
        {"op": "move", "statements": [sid(0), sid(1)], "to": tid(1)},
        {"op": "off_topic", "statements": [sid(1)]},
    )
    left = dataclasses.replace(
        MACHINE,
        statements={each: n for each, n in MACHINE.statements.items() if each != sid(1)},
    )
    state = replay(left, log)
    assert sid(0) in members(theme(state, 1))
    assert not any(sid(1) in members(each) for each in state.themes.values())
    assert [(each.status, each.reason, each.missing) for each in state.log] == [
        ("applied", "", 1),
        ("lapsed", "statements_gone", 0),
    ]


def test_decisions_on_a_proposed_action_outlive_the_proposal() -> None:
    seeds = {"seeds": {PROPOSED[0]: {"opdracht": 4, "theme": tid(0), "statement": sid(0)}}}
    event = Event(
        1,
        "els",
        MOMENT,
        parse({"op": "action", "do": "set", "action": PROPOSED[0], "trekker": "de VDAB"}),
        seeds,
    )
    without = dataclasses.replace(
        MACHINE, themes=tuple(dataclasses.replace(each, action=None) for each in MACHINE.themes)
    )
    for machine in (MACHINE, without):
        (action,) = [each for each in replay(machine, [event]).actions_of(4) if each.trekker]
        assert (action.statement, action.themes, action.proposed) == (sid(0), (tid(0),), False)


@pytest.mark.parametrize("answer", ["accept", "decline"])
def test_an_answered_proposal_is_not_asked_again(answer: str) -> None:
    state = replay(MACHINE, log_of({"op": answer, "proposal": "merge:a"}))
    assert "merge:a" not in {each.id for each in state.proposals}
    assert theme(state, 2).status == ("samengevoegd" if answer == "accept" else "kandidaat")
