"""A run that continues known themes: it assigns new statements and suggests changes.

Statements keep the theme that the machine assigned. Decisions of people are applied on top of that,
so a move or merge stays and can still be undone. New statements go to the themes they fit
(``analysis.continuity.theme_classifier``). When enough statements are new, a full clustering is
compared with the result (``analysis.continuity.drift``): new themes are added as candidates, while
splits and merges are only suggested.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import numpy.typing as npt

from analysis.clustering.graph_clusterer import WITHOUT_THEME, Labels
from analysis.clustering.stability import subsample
from analysis.continuity.drift import (
    Doubts,
    MergeSuggestion,
    SplitSuggestion,
    births,
    merges,
    splits,
)
from analysis.continuity.prior_state import PriorAssignment, PriorState
from analysis.continuity.theme_classifier import Example, ThemeMapper, ThemeScores
from consultation.curation.state import LIVE, CuratedTheme, CurationState
from consultation.queries.agreement import Agreement, agreement
from language.embedding import Vectors, normalised

Challenger = Callable[[npt.NDArray[np.int64]], Labels]
"""Clusters the statements of the given rows (ascending) and returns a label per row."""

CERTAIN = 0.6
"""The least score in the other theme with which a move is suggested."""
MOST_MOVES = 20
"""The most moves that a run suggests."""

_DOUBT = 0.1
_DOUBTS = 5


@dataclass(frozen=True)
class MoveSuggestion:
    """A statement that fits another theme better; ``score`` is the fit there, 0 to 1."""

    statement: str
    source: str
    target: str
    score: float


@dataclass(frozen=True)
class ContinuedThemes:
    """The result of a continued run.

    ``placed`` are the machine's assignments by statement id; ``homes`` is the primary theme of each
    row, None without; ``births`` are the rows of each new theme; ``mapped`` counts the newly
    assigned statements.
    """

    placed: Mapping[str, tuple[PriorAssignment, ...]]
    homes: tuple[str | None, ...]
    births: tuple[tuple[int, ...], ...] = ()
    splits: tuple[SplitSuggestion, ...] = ()
    merges: tuple[MergeSuggestion, ...] = ()
    moves: tuple[MoveSuggestion, ...] = ()
    agreement: Agreement | None = None
    mapped: int = 0


def continue_themes(
    ids: Sequence[str],
    texts: Sequence[str],
    vectors: Vectors,
    people: Sequence[str],
    known: PriorState,
    label_vectors: Callable[[list[str]], Vectors],
    challenger: Challenger | None,
    doubter: Challenger | None = None,
    many: Mapping[int, frozenset[str]] | None = None,
) -> ContinuedThemes:
    """Assigns new statements to the known themes of an opdracht.

    ``ids``, ``texts``, unit ``vectors`` (statements, dimension) and ``people`` (participants) have
    an entry per clustered statement, one per duplicate group. ``label_vectors`` returns the vectors
    of labels. ``challenger`` clusters rows, or is None when too little changed; ``doubter``
    clusters coarsely, to test whether a split is stable. ``many`` gives all participants of a row
    with a recurring text.
    """
    state = known.state
    stands = _memberships(state)
    example_rows = sorted(
        (row for row, each in enumerate(ids) if stands.get(each)),
        key=lambda row: (texts[row], ids[row]),  # ids are random, texts are reproducible
    )
    homes: list[str | None] = [stands[each][0][0] if stands.get(each) else None for each in ids]
    placed = {each: known.assignments[each] for each in ids if each in known.assignments}
    if not example_rows:
        return ContinuedThemes(placed, tuple(homes))
    mapper = _mapper(ids, texts, vectors, people, known, stands, example_rows, label_vectors)
    open_rows = [
        row
        for row, each in enumerate(ids)
        if homes[row] is None and each not in placed and each not in state.off_topic
    ]
    fits = dict(
        zip(
            open_rows,
            mapper.fits(mapper.scores(vectors[open_rows], [texts[row] for row in open_rows])),
            strict=True,
        )
        if open_rows
        else ()
    )
    found = ContinuedThemes(
        placed,
        tuple(homes),
        moves=_moves(mapper, ids, example_rows, stands, known),
        agreement=_agreement(mapper, ids, texts, vectors, stands, example_rows, known),
    )
    if challenger is not None:
        found = _challenged(
            found, ids, vectors, people, state, fits, challenger, doubter, many or {}
        )
    born = {row for rows in found.births for row in rows}
    atoms = _atoms(ids, vectors, known)
    mapped = {
        ids[row]: tuple(
            PriorAssignment(_nearest(atoms, theme, vectors[row]), score, rank == 0)
            for rank, (theme, score) in enumerate(fit.themes)
        )
        for row, fit in fits.items()
        if fit.themes and row not in born
    }
    return replace(
        found,
        placed={**placed, **mapped},
        homes=tuple(
            fits[row].themes[0][0] if row in fits and fits[row].themes and row not in born else home
            for row, home in enumerate(homes)
        ),
        mapped=len(mapped),
    )


_Stands = Mapping[str, list[tuple[str, bool]]]


def _memberships(state: CurationState) -> dict[str, list[tuple[str, bool]]]:
    """Returns the themes per statement, the primary one first, and whether a person decided it.

    Rejected themes are included: statements like theirs must not form a new theme again.
    """
    found: dict[str, list[tuple[str, bool]]] = {}
    for theme in state.themes.values():
        if theme.status in (*LIVE, "verworpen"):
            for member in theme.members:
                own = found.setdefault(member.statement, [])
                entry = (theme.id, bool(member.decided_by))
                own.insert(0 if member.primary else len(own), entry)
    return found


def _mapper(
    ids: Sequence[str],
    texts: Sequence[str],
    vectors: Vectors,
    people: Sequence[str],
    known: PriorState,
    stands: _Stands,
    rows: list[int],
    label_vectors: Callable[[list[str]], Vectors],
) -> ThemeMapper:
    examples = [
        Example(
            texts[row],
            tuple(theme for theme, _ in stands[ids[row]]),
            human=ids[row] in known.by_hand or any(human for _, human in stands[ids[row]]),
            speaker=people[row],
        )
        for row in rows
    ]
    themes = sorted({theme for each in examples for theme in each.themes})
    labels = [_told(known.state.themes[each]) for each in themes]
    named = dict(zip(themes, label_vectors(labels), strict=True)) if all(labels) else None
    return ThemeMapper(examples, vectors[rows], named)


def _told(theme: CuratedTheme) -> str:
    """Returns the text that describes a theme: its label, with its description if it has one."""
    return f"{theme.label}: {theme.description}" if theme.description else theme.label


def _challenged(
    found: ContinuedThemes,
    ids: Sequence[str],
    vectors: Vectors,
    people: Sequence[str],
    state: CurationState,
    fits: Mapping[int, ThemeScores],
    challenger: Challenger,
    doubter: Challenger | None,
    many: Mapping[int, frozenset[str]],
) -> ContinuedThemes:
    after = challenger(np.arange(len(ids)))
    known = np.array([home is not None for home in found.homes])
    off = np.array([each in state.off_topic for each in ids])
    fitting = np.array([bool(row in fits and fits[row].themes) for row in range(len(ids))])
    seen = np.where(off, WITHOUT_THEME, after)
    rejected = {theme.id for theme in state.themes.values() if theme.status == "verworpen"}
    new = births(seen, known, fitting, people, many)
    born = tuple(rows for rows in new if not _mostly(rows, fits, rejected))
    taken = {row for rows in born for row in rows}
    themes: list[str | None] = []
    for row, home in enumerate(found.homes):
        if home is None and row not in taken and row in fits and fits[row].themes:
            home = fits[row].themes[0][0]
        live = home is not None and state.themes[home].live and not off[row]
        themes.append(home if live else None)
    if not known.any():
        return replace(found, births=born)
    before = challenger(np.flatnonzero(known))
    return replace(
        found,
        births=born,
        splits=splits(themes, before, after, known, partial(_doubts, vectors, doubter), people),
        merges=merges(themes, before, after, known),
    )


def _doubts(vectors: Vectors, doubter: Challenger | None) -> Doubts:
    if doubter is None:
        return ()
    samples = [subsample(vectors, number) for number in range(_DOUBTS)]
    return [(rows, doubter(rows)) for rows in samples]


def _mostly(rows: Sequence[int], fits: Mapping[int, ThemeScores], themes: set[str]) -> bool:
    there = [row for row in rows if row in fits and fits[row].themes]
    return 2 * sum(fits[row].themes[0][0] in themes for row in there) > len(rows)


def _moves(
    mapper: ThemeMapper,
    ids: Sequence[str],
    rows: list[int],
    stands: _Stands,
    known: PriorState,
) -> tuple[MoveSuggestion, ...]:
    """Returns suggested moves of statements that nobody placed, the surest first.

    The classifier learns them from corrections by people; without any there are none.
    """
    if not known.by_hand:
        return ()
    themes = known.state.themes
    column = {theme: index for index, theme in enumerate(mapper.themes)}
    found = []
    for at, row in enumerate(rows):
        own = stands[ids[row]]
        if ids[row] in known.by_hand or any(human for _, human in own):
            continue
        scores = mapper.out_of_fold[at]
        best = mapper.themes[int(np.argmax(scores))]
        if best in {theme for theme, _ in own} or not themes[best].live:
            continue
        if scores.max() >= CERTAIN and scores[column[own[0][0]]] <= _DOUBT:
            found.append(MoveSuggestion(ids[row], own[0][0], best, round(float(scores.max()), 4)))
    found.sort(key=lambda each: (-each.score, each.statement))
    return tuple(found[:MOST_MOVES])


def _agreement(
    mapper: ThemeMapper,
    ids: Sequence[str],
    texts: Sequence[str],
    vectors: Vectors,
    stands: _Stands,
    rows: list[int],
    known: PriorState,
) -> Agreement:
    """Returns the agreement of the classifier with people's decisions.

    The decisions are placements of statements and answers to a blind coding task. Each statement is
    scored by a model that was not trained on it.
    """
    place = {row: at for at, row in enumerate(rows)}
    people = {
        each: known.coded.get(each, frozenset(theme for theme, _ in stands.get(each, ())))
        for each in ids
        if each in known.by_hand or each in known.coded
    }
    judged = [row for row, each in enumerate(ids) if each in people]
    outside = [row for row in judged if row not in place]
    scores = {row: mapper.out_of_fold[place[row]] for row in judged if row in place}
    if outside:
        fresh = mapper.scores(vectors[outside], [texts[row] for row in outside])
        scores |= dict(zip(outside, fresh, strict=True))
    machine = mapper.fits(np.array([scores[row] for row in judged]))
    themes = {
        ids[row]: frozenset(theme for theme, _ in each.themes)
        for row, each in zip(judged, machine, strict=True)
    }
    return agreement(themes, people, mapper.themes)


def _atoms(
    ids: Sequence[str], vectors: Vectors, known: PriorState
) -> dict[str, list[tuple[str, npt.NDArray[np.float32]]]]:
    """Returns per current theme the themes that were merged into it (itself too), with centres.

    A statement assigned to a merged theme is stored with the nearest of these, so that undoing the
    merge restores them completely.
    """
    row_of = {each: row for row, each in enumerate(ids)}
    own: dict[str, list[int]] = {}
    for statement, places in known.assignments.items():
        if statement in row_of and places:
            own.setdefault(places[0].theme, []).append(row_of[statement])
    found: dict[str, list[tuple[str, npt.NDArray[np.float32]]]] = {}
    for theme in known.state.themes.values():
        standing = known.state.standing_theme(theme.id)
        if own.get(theme.id):
            centre = normalised(vectors[own[theme.id]].mean(axis=0, keepdims=True))[0]
            found.setdefault(standing, []).append((theme.id, centre))
    return found


def _nearest(
    atoms: Mapping[str, list[tuple[str, npt.NDArray[np.float32]]]],
    theme: str,
    vector: npt.NDArray[np.float32],
) -> str:
    parts = atoms.get(theme, [])
    if len(parts) < 2:
        return theme
    return max(parts, key=lambda part: (float(part[1] @ vector), part[0]))[0]


def kept_themes(state: CurationState) -> list[CuratedTheme]:
    """Returns the themes that a run keeps: those shown, and those merged into another."""
    return [each for each in state.themes.values() if each.shown or each.merged_into is not None]
