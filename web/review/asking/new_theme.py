"""A new theme of the codebook, as decisions; and the undo of one that a placing brought along."""

from __future__ import annotations

from collections.abc import Sequence

from consultation.curation.operations import Approve, Create, Describe, PlaceExactly, Revoke
from consultation.curation.state import CurationState, Outcome
from web.review.carry_out import Raw


def new_theme(
    number: int,
    theme: str,
    label: str,
    description: str,
    excludes: str = "",
    examples: Sequence[str] = (),
) -> list[Raw]:
    """The operations that put a new theme in the codebook of an opdracht."""
    described: Raw = {"op": "describe", "theme": theme, "text": description}
    if excludes or examples:
        described |= {"excludes": excludes, "examples": list(examples)}
    return [
        {"op": "create", "opdracht": number, "label": label, "id": theme},
        described,
        {"op": "approve", "theme": theme},
    ]


def with_new_themes(state: CurationState, placed: Sequence[Outcome]) -> list[Outcome]:
    """These placings, after the decisions that made a theme for them alone."""
    made: dict[int, Outcome] = {}
    undone = {each.event.id for each in placed}
    for each in placed:
        operation = each.event.operation
        for theme in operation.themes if isinstance(operation, PlaceExactly) else ():
            about = [one for one in state.about(theme) if one.status != "revoked"]
            about = [one for one in about if not isinstance(one.event.operation, Revoke)]
            others = [one for one in about if one.event.id not in undone]
            steps = [type(one.event.operation) for one in others]
            ours = {one.event.account for one in others} == {each.event.account}
            if ours and steps[:1] == [Create] and {*steps} <= {Create, Describe, Approve}:
                made |= {one.event.id: one for one in others}
    return [*made.values(), *placed]
