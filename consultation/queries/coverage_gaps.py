"""Stakeholder groups without answers on an opdracht that matters to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from consultation.catalogue import Groep, Opdracht


@dataclass(frozen=True)
class CoverageGap:
    """A group without participants on an opdracht that matters to it."""

    opdracht: Opdracht
    group: Groep


def gaps(
    opdrachten: Iterable[Opdracht],
    groups: Iterable[Groep],
    people: Mapping[int, Mapping[str | None, int]],
) -> list[CoverageGap]:
    """The groups listed in the catalogue for an opdracht that have no participants on it.

    ``people`` counts participants by opdracht number and group slug. An opdracht without any
    participants has no gaps.
    """
    known = {each.slug: each for each in groups}
    return [
        CoverageGap(opdracht, known[slug])
        for opdracht in opdrachten
        if people.get(opdracht.nummer)
        for slug in opdracht.groepen
        if slug in known and not people[opdracht.nummer].get(slug)
    ]
