"""The sub-themes of a run: named parts of a theme whose statements nearly always cluster together.

The clusterer finds them together with the themes. They are stored by statement, so that they move
with a statement to another theme. Sub-themes are stable: a statement that is assigned to a theme
gets the sub-theme of its nearest statement there, or none. Only a theme without sub-themes gets
those of the next full clustering.
"""

from __future__ import annotations

from collections.abc import Container, Hashable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from analysis.clustering.graph_clusterer import WITHOUT_THEME, GraphClusterer, Labels
from analysis.labelling.representation import distinct
from consultation.queries.statements import StatementView
from consultation.queries.themes import subthemes_among
from language.embedding import Vectors, normalised

if TYPE_CHECKING:
    from spacy.language import Language


def close_groups(clusterer: GraphClusterer) -> Labels:
    """Returns the number of each row's sub-cluster, unique over all clusters; -1 for none."""
    parts = clusterer.parts_
    numbers = clusterer.labels_ * (int(parts.max(initial=0)) + 1) + parts
    return np.where(parts >= 0, numbers, WITHOUT_THEME)


def find_subthemes(
    said: Sequence[StatementView],
    vectors: Vectors,
    themes: Sequence[Hashable | None],
    groups: Labels,
    labels: Sequence[str],
    nlp: Language,
) -> dict[str, str]:
    """Returns the name of the sub-theme by statement, for themes with two or more sub-themes.

    ``vectors`` (statements, dimension), ``themes`` and ``groups`` (see ``close_groups``) have an
    entry per statement; ``labels`` are names already in use. Names are chosen by words alone: there
    are many sub-themes, and the vectors of phrases take up to a second per name.
    """
    # Imported here: they load the language pipeline, and most runs find no sub-themes.
    from analysis.labelling.labels import theme_labels
    from analysis.labelling.topics import label_input

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
        read = label_input(texts, kinds, people, ranked, nlp)
        for rows, label in zip(ranked, theme_labels(read), strict=True):
            nouns = [each.text for each in read.words[rows[0]] if each.pos == "NOUN"]
            name = distinct(label, taken, nouns)
            taken.append(name)
            names.update(dict.fromkeys((said[row].id for row in rows), name))
    return names


def follow(
    said: Sequence[StatementView],
    vectors: Vectors,
    themes: Sequence[Hashable | None],
    known: Mapping[str, str],
    placed: Container[str],
) -> dict[str, str]:
    """Returns the name of the sub-theme by statement, for known and for new statements.

    A new statement gets the sub-theme, if any, of the nearest statement in its theme. ``known``
    holds the names by statement, ``placed`` the statements that are not new.
    """
    if not said:
        return {}
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
    said: Sequence[StatementView], themes: Sequence[Hashable | None], names: Mapping[str, str]
) -> list[Hashable | None]:
    """Returns the themes of the statements, None for those in a theme that has sub-themes."""
    heard: dict[Hashable, list[str]] = {}
    for each, theme in zip(said, themes, strict=True):
        if theme is not None and each.id in names:
            heard.setdefault(theme, []).append(names[each.id])
    parted = {theme for theme, own in heard.items() if subthemes_among(own)}
    return [None if theme in parted else theme for theme in themes]


def _parts(themes: Sequence[Hashable | None], groups: Labels) -> list[list[list[int]]]:
    """Returns per theme with sub-themes the rows of each sub-theme, the largest first."""
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
