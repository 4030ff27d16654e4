"""The themes of one opdracht: clustered anew until people decide on them, then continued."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from analysis.clustering.graph_clusterer import WITHOUT_THEME, Labels, cluster, coarse_clusterer
from analysis.clustering.popular_answers import PopularClusterer
from analysis.clustering.stability import measure_stability
from analysis.continuity.alignment import align
from analysis.continuity.incremental import (
    Challenger,
    ContinuedThemes,
    continue_themes,
    kept_themes,
)
from analysis.continuity.prior_state import PriorState
from analysis.continuity.subthemes import close_groups, find_subthemes, follow, without_subthemes
from analysis.labelling.candidates import whole_sentences
from analysis.labelling.representation import Representation, distinct
from analysis.labelling.theme_examples import theme_examples
from analysis.result import FoundTheme, OpdrachtAnalysis
from consultation.curation.state import CuratedTheme, Suggestion
from consultation.queries.themes import FEWEST
from language.embedding import Vectors, normalised

if TYPE_CHECKING:
    from spacy.language import Language

    from analysis.labelling.labels import Encode

ENOUGH_CHANGED = 0.1
"""Everything is clustered anew in a new round, with another method, and when the number of
statements changed by this share since the last full clustering. Duplicates count: a campaign is one
duplicate group, but it needs a theme."""
MUCH_DECIDED = 0.25
"""The keywords of a codebook's themes are made anew when people placed this share of the statements
since; a change of the codebook does so too. Quotes and actions follow each run."""


Mapping = Callable[[Challenger | None], ContinuedThemes]
"""Maps the statements to the codebook; clusters what it lacks by the challenger, if given."""


def refit_due(known: PriorState, round_number: int, statements: int, method: str) -> bool:
    """Returns whether everything must be clustered anew; see ``ENOUGH_CHANGED``.

    With a codebook, only what fits none of its themes is clustered; also when it changed.
    """
    last = known.refit
    if last is None or (last.round, last.method) != (round_number, method):
        return True
    if last.codebook != known.codebook:
        return True
    return abs(statements - last.statements) >= ENOUGH_CHANGED * max(last.statements, 1)


def cluster_from_scratch(
    found: OpdrachtAnalysis, vectors: Vectors, linked: Vectors, nlp: Language, encode: Encode
) -> OpdrachtAnalysis:
    """Clusters everything; a cluster that continues a theme keeps its identity.

    ``vectors`` are the sentence vectors and ``linked`` the clustering features of the statements
    (see ``analysis.clustering.features``); ``encode`` returns the vectors of candidate labels.
    """
    # Imported here: a run that describes no theme anew is spared the language pipeline.
    from analysis.labelling.representations import representation_of
    from analysis.labelling.topics import find_topics

    said = found.said
    if not found.worth_seeking:
        return found
    people = [each.participant for each in said]
    clusterer = PopularClusterer(people, found.popular, found.enough)
    whole = whole_sentences(found.everything)
    topics = find_topics(
        [each.text for each in said],
        vectors,
        [each.kind for each in said],
        people,
        nlp,
        clusterer,
        encode,
        linked,
        found.recurring,
        found.popular,
        [each.id in whole for each in said],
    )
    labels = np.full(len(said), WITHOUT_THEME, dtype=np.int64)
    for number, topic in enumerate(topics):
        labels[list(topic.rows)] = number
    themes = [None if number == WITHOUT_THEME else number for number in labels.tolist()]
    names = [topic.label for topic in topics]
    measured = measure_stability(linked, labels, people=people, around=found.popular)
    clusters = [{said[row].id for row in topic.rows} for topic in topics]
    aligned = align(clusters, found.prior.latest, found.prior.earlier, _centre_of(found, vectors))
    stable: Sequence[float | None] = measured.per_topic or [None] * len(topics)
    return replace(
        found,
        themes=[
            FoundTheme(
                id=same.theme,
                representation=representation_of(topic, said, measure),
                placed={
                    said[row].id: (close, True)
                    for row, close in zip(topic.rows, topic.closeness, strict=True)
                },
                parents=same.parents,
            )
            for topic, same, measure in zip(topics, aligned, stable, strict=True)
        ],
        subthemes=find_subthemes(said, vectors, themes, close_groups(clusterer), names, nlp),
        coverage=measured.coverage,
        stability=measured.stability,
    )


def update_themes(
    found: OpdrachtAnalysis,
    vectors: Vectors,
    linked: Vectors,
    pipeline: Callable[[], Language],
    encode: Encode,
    mapping: Mapping | None = None,
) -> OpdrachtAnalysis:
    """Continues the known themes: maps new statements, adds themes, suggests other changes.

    The parameters are those of ``cluster_from_scratch``, but that ``pipeline`` loads what a run
    needs only where a theme is described anew. ``mapping`` maps all statements to the
    codebook; without it the opdracht has none. The themes of a codebook are described, not found,
    so the stability of clusters says nothing about them.
    """
    said, known = found.said, found.prior
    enough = found.refit and len(said) >= FEWEST
    groups: list[Labels] = []
    people = np.array([each.participant for each in said], dtype=object)

    def challenger(rows: npt.NDArray[np.int64]) -> Labels:
        clusterer = PopularClusterer(people[rows].tolist(), found.popular.among(rows.tolist()))
        labels = cluster(linked[rows], clusterer)
        if len(rows) == len(said):
            groups[:] = [close_groups(clusterer)]
        return labels

    def doubter(rows: npt.NDArray[np.int64]) -> Labels:
        return cluster(linked[rows], coarse_clusterer(people[rows].tolist()))

    if mapping is not None:
        result = mapping(challenger if enough else None)
    else:
        result = continue_themes(
            [each.id for each in said],
            [each.text for each in said],
            vectors,
            people.tolist(),
            known,
            encode,
            challenger if enough else None,
            doubter,
            found.recurring.people,
        )
    homes = _with_births(result)
    anew = _represented_anew(found, homes)
    if anew:
        shown = _representations(found, vectors, homes, result, pipeline(), encode)
    else:
        shown = _with_new_examples(found, vectors, homes) if known.codebook else {}
    members = _members(result)
    taken = [each.label for each in known.state.themes.values() if each.live]
    themes = [
        FoundTheme(theme.id, _carried(theme, known, shown), members.get(theme.id, {}))
        for theme in kept_themes(known.state)
        if members.get(theme.id) or theme.decided or theme.merged_into
    ]
    for number, rows in enumerate(result.births):
        seen = shown.get(_birth(number), Representation(_short(said[rows[0]].text)))
        seen = replace(seen, label=distinct(seen.label, taken, seen.keywords))
        taken.append(seen.label)
        close = _closeness(vectors, rows)
        placed = {said[row].id: (score, True) for row, score in zip(rows, close, strict=True)}
        themes.append(FoundTheme(None, seen, placed))
    proposals = _proposals(found, result, shown, taken)
    subthemes = follow(said, vectors, homes, _subthemes_that_stay(found, homes), known.assignments)
    if groups:
        bare = without_subthemes(said, homes, subthemes)
        names = [*taken, *subthemes.values()]
        subthemes |= find_subthemes(said, vectors, bare, groups[0], names, pipeline())
    live = {each.id for each in known.state.themes.values() if each.live}
    heard = [home is not None and (home in live or home.startswith("birth")) for home in homes]
    if mapping is not None:
        themes, stability = [_unmeasured(each) for each in themes], None
    elif enough and any(heard):
        themes, stability = _measured(found, themes, linked, homes)
    else:
        stability = known.stability
    return replace(
        found,
        themes=themes,
        subthemes=subthemes,
        proposals=proposals,
        mapped=result.mapped,
        agreement=result.agreement,
        settled=len(known.state.settled) if anew else None,
        coverage=float(np.mean(heard)) if heard else 0.0,
        stability=stability,
    )


def _unmeasured(theme: FoundTheme) -> FoundTheme:
    seen = theme.representation
    return replace(theme, representation=replace(seen, trust={**seen.trust, "stability": None}))


def _measured(
    found: OpdrachtAnalysis,
    themes: Sequence[FoundTheme],
    linked: Vectors,
    homes: Sequence[str | None],
) -> tuple[list[FoundTheme], float | None]:
    """Returns the themes with their stability, and that of the run.

    The stability tells how well subsamples reproduce the themes.
    """
    names = sorted({each for each in homes if each is not None})
    labels = np.array(
        [WITHOUT_THEME if each is None else names.index(each) for each in homes], dtype=np.int64
    )
    people = [each.participant for each in found.said]
    measured = measure_stability(linked, labels, people=people, around=found.popular)
    per_theme = dict(zip(names, measured.per_topic, strict=False))
    return [
        replace(
            each,
            representation=replace(
                each.representation,
                trust={**each.representation.trust, "stability": round(per_theme[each.id], 4)},
            ),
        )
        if each.id in per_theme
        else each
        for each in themes
    ], measured.stability


def _with_births(result: ContinuedThemes) -> list[str | None]:
    homes = list(result.homes)
    for number, rows in enumerate(result.births):
        for row in rows:
            homes[row] = _birth(number)
    return homes


def _birth(number: int) -> str:
    return f"birth {number}"


def _represented_anew(found: OpdrachtAnalysis, homes: Sequence[str | None]) -> bool:
    """Whether all themes get new keywords.

    Where every theme has a representation, and neither a full clustering of enough texts nor many
    placings came since, only quotes and actions of a codebook's themes follow their statements.
    """
    bare = {home for home in homes if home is not None} - found.prior.representations.keys()
    due = found.refit and len(found.said) >= FEWEST
    return bool(bare) or due or _much_decided(found)


def _representations(
    found: OpdrachtAnalysis,
    vectors: Vectors,
    homes: Sequence[str | None],
    result: ContinuedThemes,
    nlp: Language,
    encode: Encode,
) -> dict[str, Representation]:
    """Returns representations of all themes, births and splits, by name."""
    from analysis.labelling.representations import representations

    # Only a theme without a name needs the vectors of candidate labels.
    naming = encode if result.births or result.splits else None
    shown = representations(found.said, vectors, homes, nlp, naming, found.recurring, found.popular)
    for split in result.splits:
        theme, rows = split.theme, split.rows
        parted = list(homes)
        for row in rows:
            parted[row] = f"split {theme}"
        name = f"split {theme}"
        parts = representations(
            found.said, vectors, parted, nlp, encode, found.recurring, found.popular
        )
        if name in parts:
            shown[name] = parts[name]
    return shown


def _subthemes_that_stay(found: OpdrachtAnalysis, homes: Sequence[str | None]) -> dict[str, str]:
    """Returns the sub-themes of the last run, without those of statements that left their theme."""
    known = found.prior
    if not known.codebook:
        return dict(known.subthemes)
    home_of = {each.id: home for each, home in zip(found.said, homes, strict=True)}
    return {
        statement: name
        for statement, name in known.subthemes.items()
        if any(
            each.primary and known.state.standing_theme(each.theme) == home_of.get(statement)
            for each in known.assignments.get(statement, ())
        )
    }


def _much_decided(found: OpdrachtAnalysis) -> bool:
    """Whether people placed many statements since the keywords of a codebook's themes were made."""
    last = found.prior.refit
    if not found.prior.codebook or last is None:
        return False
    since = abs(len(found.prior.state.settled) - last.settled)
    return since >= MUCH_DECIDED * len(found.said)


def _with_new_examples(
    found: OpdrachtAnalysis, vectors: Vectors, homes: Sequence[str | None]
) -> dict[str, Representation]:
    """Returns new quotes and actions for the themes that lost a statement which they show.

    These, and the closeness, are what ``analysis.labelling.representations`` would give; keywords
    and their coherence are kept. A theme that shows nothing yet gets its first ones.
    """
    said, seen = found.said, found.prior.representations
    rows: dict[str, list[int]] = {}
    for row, home in enumerate(homes):
        if home is not None:
            rows.setdefault(home, []).append(row)
    home_of = {each.id: home for each, home in zip(found.said, homes, strict=True)}
    outdated = []
    for theme in sorted(rows):
        shown = [*seen[theme].quotes, *filter(None, [seen[theme].action])]
        if not shown or any(home_of.get(each, theme) != theme for each in shown):
            outdated.append(theme)
    if not outdated:
        return {}
    whole = whole_sentences(said)
    flat = [" ".join(each.text.split()) for each in said]
    kinds, voices = [each.kind for each in said], [each.participant for each in said]
    entire = [each.id in whole for each in said]
    centred = normalised(vectors - vectors.mean(axis=0))
    found_anew = {}
    for theme in outdated:
        before = next((row for row in rows[theme] if said[row].id == seen[theme].action), None)
        now = theme_examples(
            rows[theme], flat, kinds, voices, centred, found.recurring, entire, before
        )
        found_anew[theme] = replace(
            seen[theme],
            quotes=tuple(said[row].id for row in now.quotes),
            action=None if now.action is None else said[now.action].id,
            trust={**seen[theme].trust, "closeness": round(float(np.mean(now.closeness)), 4)},
        )
    return found_anew


def _carried(
    theme: CuratedTheme, known: PriorState, shown: dict[str, Representation]
) -> Representation:
    """Returns the representation of a continued theme: keywords and quotes change, labels never.

    The stability of the last run is kept too.
    """
    before = known.representations.get(theme.id)
    now = shown.get(theme.id)
    if before is None:
        return replace(now, label=theme.label) if now else Representation(theme.label)
    if now is None:
        return before
    return replace(
        now, label=before.label, trust={**now.trust, "stability": before.trust.get("stability")}
    )


def _members(result: ContinuedThemes) -> dict[str, dict[str, tuple[float, bool]]]:
    found: dict[str, dict[str, tuple[float, bool]]] = {}
    for statement, places in result.placed.items():
        for each in places:
            found.setdefault(each.theme, {})[statement] = (each.score, each.primary)
    return found


def _proposals(
    found: OpdrachtAnalysis,
    result: ContinuedThemes,
    shown: dict[str, Representation],
    taken: list[str],
) -> list[Suggestion]:
    said, state = found.said, found.prior.state
    proposals = []
    for split in result.splits:
        theme, rows, sure = split.theme, split.rows, split.sure
        seen = shown.get(f"split {theme}", Representation(_short(said[rows[0]].text)))
        label = distinct(seen.label, taken, seen.keywords)
        taken.append(label)
        proposals.append(
            _proposal(found, "split", (theme,), tuple(said[row].id for row in rows), label, sure)
        )
    for each in result.merges:
        pair = sorted(
            (each.one, each.other), key=lambda theme: (-len(state.themes[theme].members), theme)
        )
        proposals.append(_proposal(found, "merge", tuple(pair), (), "", each.sure))
    for move in result.moves:
        themes = (move.source, move.target)
        proposals.append(_proposal(found, "move", themes, (move.statement,), "", move.score))
    return proposals


def _proposal(
    found: OpdrachtAnalysis,
    kind: Literal["split", "merge", "move"],
    themes: tuple[str, ...],
    statements: tuple[str, ...],
    label: str,
    score: float,
) -> Suggestion:
    """Returns a suggestion with an id made of its content, so that a declined one stays declined.

    An accepted suggestion may come again: it then gets a number of its own.
    """
    if kind == "move":
        name = f"move:{statements[0]}:{themes[1]}"
    else:
        name = ":".join((kind, *sorted(themes)))
    base, number = name, 1
    while found.prior.state.answered.get(name) == "accepted":
        number += 1
        name = f"{base}:{number}"
    return Suggestion(name, kind, found.opdracht, themes, statements, label, score)


def _closeness(vectors: Vectors, rows: Sequence[int]) -> list[float]:
    centred = normalised(vectors - vectors.mean(axis=0))
    own = centred[list(rows)]
    centre = normalised(own.mean(axis=0, keepdims=True))[0]
    return [round(float(each), 4) for each in own @ centre]


def _centre_of(
    found: OpdrachtAnalysis, vectors: Vectors
) -> Callable[[object], npt.NDArray[np.float32] | None]:
    centred = normalised(vectors - vectors.mean(axis=0))
    row_of = {each.id: row for row, each in enumerate(found.said)}

    def centre(members: object) -> npt.NDArray[np.float32] | None:
        rows = sorted(row_of[each] for each in members if each in row_of)  # type: ignore[attr-defined]
        if not rows:
            return None
        mean: npt.NDArray[np.float32] = normalised(centred[rows].mean(axis=0, keepdims=True))[0]
        return mean

    return centre


def _short(text: str) -> str:
    words = text.split()
    return " ".join(words[:8])
