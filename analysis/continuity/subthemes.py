"""The sub-themes of a run: parts of a theme whose statements hardly ever part, each with a name.

The clusterer finds them together with the themes. They are kept by statement, so that they go where
people put their statements. Once found they stay: a statement that is mapped to a theme follows the
one nearest to it there into its sub-theme, or into none. Only a theme without sub-themes is given
those of the next full clustering.
"""

from __future__ import annotations

from collections.abc import Container, Hashable, Mapping, Sequence

import numpy as np
from spacy.language import Language

from analysis.clustering.graph_clusterer import WITHOUT_THEME, GraphClusterer, Labels
from analysis.labelling.labels import theme_labels
from analysis.labelling.representations import distinct
from analysis.labelling.topics import reading
from consultation.queries.statements import Said
from consultation.queries.themes import subthemes_among
from language.embedding import Vectors, normalised


def close_groups(clusterer: GraphClusterer) -> Labels:
    """The number of each row's sub-cluster, unlike all others; -1 where it has none."""
    parts = clusterer.parts_
    numbers = clusterer.labels_ * (int(parts.max(initial=0)) + 1) + parts
    return np.where(parts >= 0, numbers, WITHOUT_THEME)


def find_subthemes(
    said: Sequence[Said],
    vectors: Vectors,
    themes: Sequence[Hashable | None],
    groups: Labels,
    labels: Sequence[str],
    nlp: Language,
) -> dict[str, str]:
    """The names of sub-themes, by statement, where a theme falls apart into two of them or more.

    ``vectors`` (statements, dimension), ``themes`` and ``groups`` (see ``close_groups``) go with
    the statements; ``labels`` are names that are taken. Words alone decide on a name: there
    are many, and the vectors of phrases take up to a second a name.
    """
    centred = normalised(vectors - vectors.mean(axis=0))
    texts = [" ".join(each.text.split()) for each in said]
    kinds, people = [each.kind for each in said], [{each.participant} for each in said]
    names: dict[str, str] = {}
    taken = list(labels)
    for parts in _parts(themes, groups):
        centres = np.stack(
            [normalised(centred[rows].mean(axis=0, keepdims=True))[0] for rows in parts]
        )
        ranked = [
            sorted(rows, key=lambda row: (-float(centred[row] @ centre), texts[row]))
            for rows, centre in zip(parts, centres, strict=True)
        ]
        read = reading(texts, kinds, people, ranked, nlp)
        for rows, label in zip(ranked, theme_labels(read), strict=True):
            nouns = [each.text for each in read.words[rows[0]] if each.pos == "NOUN"]
            name = distinct(label, taken, nouns)
            taken.append(name)
            names.update(dict.fromkeys((said[row].id for row in rows), name))
    return names


def follow(
    said: Sequence[Said],
    vectors: Vectors,
    themes: Sequence[Hashable | None],
    known: Mapping[str, str],
    placed: Container[str],
) -> dict[str, str]:
    """The names of sub-themes, by statement: those known, and for what is new that of the statement
    nearest to it in its theme.

    ``known`` are names by statement, ``placed`` the statements that are not new.
    """
    centred = normalised(vectors - vectors.mean(axis=0))
    names = {each.id: known[each.id] for each in said if each.id in known}
    for theme in {each for each in themes if each is not None}:
        own = [row for row, each in enumerate(themes) if each == theme]
        there = [row for row in own if said[row].id in placed]
        fresh = [row for row in own if said[row].id not in placed]
        if not fresh or not any(said[row].id in names for row in there):
            continue
        nearest = (centred[fresh] @ centred[there].T).argmax(axis=1)
        for row, at in zip(fresh, nearest, strict=True):
            name = names.get(said[there[int(at)]].id)
            if name is not None:
                names[said[row].id] = name
    return names


def without_subthemes(
    said: Sequence[Said], themes: Sequence[Hashable | None], names: Mapping[str, str]
) -> list[Hashable | None]:
    """The themes of the statements, None for those in a theme that has sub-themes."""
    heard: dict[Hashable, list[str]] = {}
    for each, theme in zip(said, themes, strict=True):
        if theme is not None and each.id in names:
            heard.setdefault(theme, []).append(names[each.id])
    parted = {theme for theme, own in heard.items() if subthemes_among(own)}
    return [None if theme in parted else theme for theme in themes]


def _parts(themes: Sequence[Hashable | None], groups: Labels) -> list[list[list[int]]]:
    """The rows of each sub-theme of each theme that has them, the largest first."""
    own: dict[Hashable, dict[int, list[int]]] = {}
    for row, (theme, group) in enumerate(zip(themes, groups, strict=True)):
        if theme is not None and group >= 0:
            own.setdefault(theme, {}).setdefault(int(group), []).append(row)
    found = []
    for rows in own.values():
        shown = subthemes_among(group for group, each in rows.items() for _ in each)
        if shown:
            parts = [rows[group] for group in shown]
            found.append(sorted(parts, key=lambda each: (-len(each), each)))
    return sorted(found, key=lambda parts: (-sum(map(len, parts)), parts))
