"""Which groups were not heard yet on an opdracht that matters to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from consultation.catalogue import Groep, Opdracht


@dataclass(frozen=True)
class Gap:
    """A group that an opdracht matters to, of which nobody said anything about it."""

    opdracht: Opdracht
    group: Groep


def gaps(
    opdrachten: Iterable[Opdracht],
    groups: Iterable[Groep],
    people: Mapping[int, Mapping[str | None, int]],
) -> list[Gap]:
    """The groups that are absent where the catalogue says that they matter most.

    An opdracht on which nobody said anything yet has no gaps: it is empty as a whole.
    """
    known = {each.slug: each for each in groups}
    return [
        Gap(opdracht, known[slug])
        for opdracht in opdrachten
        if people.get(opdracht.nummer)
        for slug in opdracht.groepen
        if slug in known and not people[opdracht.nummer].get(slug)
    ]
