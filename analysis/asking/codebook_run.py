"""A run that maps the statements of an opdracht to its codebook.

The themes that people decided on are the codebook (``analysis.codebook.standing``). A statement
that nobody placed follows the mapping, and may leave its theme when decisions teach otherwise. A
person's placing stays. A theme that people approved without saying what it is about keeps its
statements too: there the mapping only suggests moves. What fits no theme of the codebook is
clustered, into candidates for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from analysis.clustering.graph_clusterer import WITHOUT_THEME
from analysis.codebook.descriptions import Encode
from analysis.codebook.features import features_of
from analysis.codebook.mapping import Decisions, Mapped, Mapper
from analysis.codebook.standing import is_described, standing_codebook, standing_decisions
from analysis.continuity.alignment import align
from analysis.continuity.drift import SMALLEST
from analysis.continuity.incremental import (
    CERTAIN,
    MOST_MOVES,
    Challenger,
    ContinuedThemes,
    MoveSuggestion,
)
from analysis.continuity.prior_state import PriorAssignment, PriorState
from analysis.result import OpdrachtAnalysis
from consultation.queries.agreement import Agreement, agreement
from consultation.queries.themes import FEWEST
from language.embedding import Vectors

Places = dict[str, tuple[PriorAssignment, ...]]


def map_statements(
    found: OpdrachtAnalysis,
    texts: Sequence[str],
    vectors: Vectors,
    encode: Encode,
    challenger: Challenger | None,
) -> ContinuedThemes:
    """Maps the statements to the codebook, and clusters those that fit no theme of it.

    ``texts`` and unit ``vectors`` (statements, dimension) are those of ``found.said``; ``encode``
    gives the vectors of descriptions. ``challenger`` clusters rows; without it the candidates of
    the last run keep what the codebook does not take.
    """
    said, known = found.said, found.prior
    state = known.state
    words = {each.id: each.text for each in found.everything}
    codebook = standing_codebook(state, lambda statement: words.get(statement, ""))
    features = features_of(
        vectors,
        texts,
        [each.participant for each in said],
        [each.contribution for each in said],
    )
    mapper = Mapper(features, codebook, encode)
    decisions = _decisions(found, standing_decisions(state, codebook.ids))
    mapped = mapper.decide(decisions) if decisions else mapper.mapped
    stands = _stands(known)
    held = {
        each.id
        for each in state.themes.values()
        if each.status == "goedgekeurd" and not is_described(each)
    }
    placed: Places = {}
    homes: list[str | None] = [None] * len(said)
    moves, pool, new = [], [], 0
    for row, each in enumerate(said):
        home = stands.get(each.id)
        fits = mapped.fits(row)
        if each.id in state.settled:
            homes[row] = home
            placed[each.id] = _kept(known, each.id)
        elif home in held and each.id in known.assignments:
            homes[row] = home
            placed[each.id] = _kept(known, each.id)
            if fits and fits[0][1] >= CERTAIN and home not in {theme for theme, _ in fits}:
                moves.append(MoveSuggestion(each.id, str(home), fits[0][0], round(fits[0][1], 4)))
        elif fits:
            homes[row] = fits[0][0]
            placed[each.id] = _assigned(known, each.id, fits)
            new += each.id not in known.assignments
        else:
            pool.append(row)
    moves.sort(key=lambda one: (-one.score, one.statement))
    candidates, births = _candidates(found, stands, pool, challenger)
    for theme, rows in candidates.items():
        for row in rows:
            homes[row] = theme
            score = next((each.score for each in _kept(known, said[row].id)), 1.0)
            placed[said[row].id] = (PriorAssignment(theme, score, True),)
    placed |= _copies(found, decisions, mapped)
    return ContinuedThemes(
        placed={statement: places for statement, places in placed.items() if places},
        homes=tuple(homes),
        births=births,
        moves=tuple(moves[:MOST_MOVES]),
        agreement=_agreement(found, mapper),
        mapped=new,
    )


def _decisions(found: OpdrachtAnalysis, said: Mapping[str, frozenset[str]]) -> Decisions:
    """The decisions by row of ``found.said``; one on a duplicate counts for its representative."""
    place = {each.id: row for row, each in enumerate(found.said)}
    decided = {}
    for row, representative in sorted(found.duplicates.duplicates.items()):
        statement = found.everything[row].id
        if statement in said:
            decided[place[found.everything[representative].id]] = said[statement]
    decided |= {place[each]: themes for each, themes in said.items() if each in place}
    return dict(sorted(decided.items()))


def _stands(known: PriorState) -> dict[str, str]:
    """The primary theme of each statement as it stands; rejected themes are included."""
    found: dict[str, str] = {}
    for theme in known.state.themes.values():
        for member in theme.members:
            if member.primary or member.statement not in found:
                found[member.statement] = theme.id
    return found


def _kept(known: PriorState, statement: str) -> tuple[PriorAssignment, ...]:
    """The machine's own assignments of the last run, to themes that people decided on."""
    themes = known.state.themes
    return tuple(
        each
        for each in known.assignments.get(statement, ())
        if each.theme in themes
        and (themes[each.theme].decided or themes[each.theme].merged_into is not None)
    )


def _assigned(
    known: PriorState, statement: str, fits: Sequence[tuple[str, float]]
) -> tuple[PriorAssignment, ...]:
    """The assignments of a mapped statement.

    A statement in a theme that was merged keeps that theme, so that undoing the merge restores it.
    """
    before = {
        known.state.standing_theme(each.theme): each.theme
        for each in known.assignments.get(statement, ())
        if each.theme in known.state.themes
    }
    return tuple(
        PriorAssignment(before.get(theme, theme), round(score, 4), rank == 0)
        for rank, (theme, score) in enumerate(fits)
    )


def _candidates(
    found: OpdrachtAnalysis,
    stands: Mapping[str, str],
    pool: Sequence[int],
    challenger: Challenger | None,
) -> tuple[dict[str, tuple[int, ...]], tuple[tuple[int, ...], ...]]:
    """The rows of each candidate of the last run that stays, and of each new one.

    A cluster of which more than half stood in a rejected theme belongs to that: it is not proposed
    again.
    """
    said, state = found.said, found.prior.state
    outside = {
        each.id
        for each in state.themes.values()
        if each.status == "verworpen" or (each.live and not each.decided)
    }
    rejected = {each for each in outside if state.themes[each].status == "verworpen"}
    stood = {row: stands.get(said[row].id) for row in pool}
    if challenger is None or len(pool) < FEWEST:
        kept: dict[str, tuple[int, ...]] = {}
        for row, theme in stood.items():
            if theme in outside:
                kept[str(theme)] = (*kept.get(str(theme), ()), row)
        return {
            theme: rows
            for theme, rows in kept.items()
            if theme in rejected or len(rows) >= SMALLEST
        }, ()
    labels = challenger(np.array(pool, dtype=np.int64))
    clusters = [
        tuple(pool[at] for at in np.flatnonzero(labels == label).tolist())
        for label in np.unique(labels[labels != WITHOUT_THEME])
    ]
    latest, earlier = (
        {theme: members for theme, members in before.items() if theme in outside}
        for before in (found.prior.latest, found.prior.earlier)
    )
    aligned = align([{said[row].id for row in rows} for rows in clusters], latest, earlier)
    known: dict[str, tuple[int, ...]] = {}
    births = []
    for rows, same in zip(clusters, aligned, strict=True):
        theme, count = Counter(stood[row] for row in rows).most_common(1)[0]
        if same.theme is not None:
            known[same.theme] = (*known.get(same.theme, ()), *rows)
        elif theme in rejected and 2 * count > len(rows):
            known[str(theme)] = (*known.get(str(theme), ()), *rows)
        else:
            births.append(rows)
    in_cluster = {row for rows in clusters for row in rows}
    for row, theme in stood.items():
        if theme in rejected and row not in in_cluster:
            known[str(theme)] = (*known.get(str(theme), ()), row)
    return known, tuple(sorted(births, key=lambda rows: (-len(rows), rows)))


def _copies(found: OpdrachtAnalysis, decisions: Decisions, mapped: Mapped) -> Places:
    """The assignments of duplicates of a statement that a person placed: they follow it."""
    settled = found.prior.state.settled
    row_of = {each.id: row for row, each in enumerate(found.said)}
    places: Places = {}
    for row, representative in found.duplicates.duplicates.items():
        statement = found.everything[row].id
        own = row_of[found.everything[representative].id]
        if statement not in settled and found.said[own].id in settled and own in decisions:
            fits = mapped.fits(own)
            places[statement] = tuple(
                PriorAssignment(theme, 1.0, rank == 0) for rank, (theme, _) in enumerate(fits)
            )
    return places


def _agreement(found: OpdrachtAnalysis, mapper: Mapper) -> Agreement:
    """The agreement of the mapping with people, on each statement without its own decision."""
    said, coded = found.said, found.prior.coded
    ids, mapped, decisions = mapper.codebook.ids, mapper.mapped, mapper.decisions
    without, _ = mapper.left_out()
    blind = Mapped(ids, without, without, frozenset())
    machine = {
        said[row].id: frozenset(theme for theme, _ in blind.fits(at))
        for at, row in enumerate(decisions)
    }
    people = {said[row].id: themes for row, themes in decisions.items()}
    for row, each in enumerate(said):
        if each.id in coded:
            people[each.id] = coded[each.id]
            if each.id not in machine:
                machine[each.id] = frozenset(theme for theme, _ in mapped.fits(row))
    return agreement(machine, people, ids)
