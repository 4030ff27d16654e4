"""The codebook and the decisions as they stand in the review of an opdracht.

The codebook holds the themes that people decided on. It maps statements once a theme in it is both
approved and described; until then the themes are clusters (``analysis.opdracht_themes``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping

from analysis.codebook.codebook import Codebook, CodebookTheme
from consultation.curation.state import CuratedTheme, CurationState

Words = Callable[[str], str]
"""Returns the text of a statement, or an empty text if it is gone."""


_VERSION = 1
"""Raise it when the mapping gives another result for the same codebook and decisions."""


def is_described(theme: CuratedTheme) -> bool:
    """Whether people say what the theme is about: its statements then follow from that."""
    return theme.live and bool(theme.description.strip())


def maps(state: CurationState) -> bool:
    """Whether the statements of the opdracht are mapped to its codebook."""
    return any(
        each.status == "goedgekeurd" and is_described(each) for each in state.themes.values()
    )


def told_names(state: CurationState) -> dict[str, str]:
    """Returns the names, by id, of the themes that participants may be told of, by number.

    People approved them, described them, and gave the name: a name that a run made holds words of
    participants, and would stand in the talks of others once these are erased.
    """
    found = [
        each
        for each in state.themes.values()
        if each.status == "goedgekeurd" and is_described(each) and each.named_by
    ]
    return {each.id: each.label for each in sorted(found, key=lambda one: one.number)}


def codebook_digest(state: CurationState) -> str:
    """Returns a digest of what the codebook says; empty if statements are not mapped to it."""
    if not maps(state):
        return ""
    told = [
        (each.id, each.label, each.description, each.excludes, *each.examples, each.status)
        for each in state.themes.values()
        if each.live and each.decided
    ]
    return hashlib.sha256(json.dumps([_VERSION, sorted(told)]).encode()).hexdigest()


def standing_codebook(state: CurationState, words: Words) -> Codebook:
    """Returns the codebook: the live themes that people decided on, by number."""
    found = [each for each in state.themes.values() if each.live and each.decided]
    return Codebook(
        tuple(standing_theme(each, words) for each in sorted(found, key=lambda one: one.number))
    )


def standing_theme(theme: CuratedTheme, words: Words) -> CodebookTheme:
    """Returns a theme as the codebook has it; examples that were erased are left out."""
    said = [words(each) for each in theme.example_statements]
    return CodebookTheme(
        theme.id,
        theme.label,
        theme.description,
        theme.excludes,
        tuple(each for each in (*theme.examples, *said) if each.strip()),
    )


def standing_decisions(
    state: CurationState, themes: Collection[str]
) -> Mapping[str, frozenset[str]]:
    """Returns what people decided: by statement the ids of its themes, empty for no theme.

    ``themes`` are the ids of the codebook. A decision for themes that were rejected since says
    nothing any more.
    """
    wanted = set(themes)
    stands: dict[str, set[str]] = {each: set() for each in state.settled}
    for theme in state.themes.values():
        for member in theme.members:
            if member.statement in stands:
                stands[member.statement].add(theme.id)
    return {
        statement: frozenset(own & wanted)
        for statement, own in stands.items()
        if not own or own & wanted
    }
