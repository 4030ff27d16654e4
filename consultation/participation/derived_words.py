"""Removes participants' words from names of themes and sub-themes, and from keywords.

The analysis stores these without a link to the statements they came from, so an erasure has to
search for them. A word that another answer still contains stays; a word that occurs only in
the erased texts is removed from every run. This needs a scan of all answers and names:
``words_to_forget`` does it without the lock, ``stands`` checks with a few rows that the result
still holds, and ``forget`` writes it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from consultation.database.models import (
    AnalysisRun,
    Assignment,
    ContributionVersion,
    RunProposal,
    RunTheme,
    Theme,
)
from consultation.database.storage import in_chunks

_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_FETCHED = 500


@dataclass(frozen=True)
class OrphanedWords:
    """Words that no remaining answer contains.

    ``sayers`` are ids of answer versions that contain the other words: as long as all of them
    exist, no other word joins ``words``.
    """

    words: frozenset[str] = frozenset()
    sayers: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Named:
    """A theme as a run names it."""

    run: int
    theme: str
    opdracht: int
    code: str
    label: str
    keywords: tuple[str, ...]


@dataclass(frozen=True)
class Renames:
    """New names for rows whose name loses words: the row as it was read, and its new name.

    ``beside`` holds all names in the same runs, since two themes may not get the same name.
    """

    themes: tuple[tuple[_Named, str, tuple[str, ...]], ...] = ()
    proposals: tuple[tuple[int, str, str], ...] = ()
    subthemes: tuple[tuple[int, int, str, str], ...] = ()
    beside: frozenset[tuple[int, str, str]] = frozenset()


@dataclass(frozen=True)
class Words:
    """Changes of names once some texts are erased; ``run`` is the last run when this was read."""

    run: int
    unsaid: OrphanedWords
    renames: Renames


def forget_words(
    session: Session, texts: Iterable[str], contributions: Collection[str], opdrachten: set[int]
) -> None:
    """Removes words that only these texts contain from the names in these opdrachten.

    Reads and writes in the caller's transaction. See ``words_to_forget``.
    """
    forget(session, words_to_forget(session, texts, contributions, opdrachten))


def words_to_forget(
    session: Session, texts: Iterable[str], contributions: Collection[str], opdrachten: set[int]
) -> Words:
    """Computes the changes of names in these opdrachten when these texts are erased.

    ``contributions`` are the answers erased with the texts: they no longer count as using a word.
    A name that loses a word is replaced by the theme's first remaining keyword whose name is free,
    else by the theme's code.
    """
    run = _last_run(session)
    unsaid = said_by_nobody(session, _names(session, opdrachten), texts, contributions)
    return Words(run, unsaid, renames(session, opdrachten, unsaid.words))


def stands(session: Session, words: Words) -> bool:
    """Whether the result of ``words_to_forget`` still holds after the writes since."""
    return (
        _last_run(session) == words.run
        and still_said(session, words.unsaid)
        and _as_read(session, words.renames)
    )


def forget(session: Session, words: Words) -> None:
    """Writes the result of ``words_to_forget``."""
    rename(session, words.renames)


def said_by_nobody(
    session: Session, names: Iterable[str], texts: Iterable[str], contributions: Collection[str]
) -> OrphanedWords:
    """Words of names that occur in the texts and in no answer except these contributions."""
    folded = "\n".join(texts).casefold()
    left = {word for name in names for word in _words(name) if word in folded}
    gone, sayers = set(contributions), set()
    query = select(
        ContributionVersion.id, ContributionVersion.contribution_id, ContributionVersion.text
    )
    rows = session.execute(query.execution_options(yield_per=_FETCHED))
    for version, contribution, text in rows:
        if not left:
            break
        if contribution not in gone:
            folded = text.casefold()
            said = {word for word in left if word in folded}
            if said:
                left -= said
                sayers.add(version)
    rows.close()
    return OrphanedWords(frozenset(left), frozenset(sayers))


def still_said(session: Session, unsaid: OrphanedWords) -> bool:
    """Whether all answer versions that keep the other words in use still exist."""
    query = select(ContributionVersion.id)
    there = list(in_chunks(session, query, ContributionVersion.id, unsaid.sayers))
    return len(there) == len(unsaid.sayers)


def renames(
    session: Session, opdrachten: set[int], private: frozenset[str], run: int | None = None
) -> Renames:
    """New names in these opdrachten without the ``private`` words, in one run or in all."""
    if not private:
        return Renames()
    named = _named(session, opdrachten, run)
    taken = {(each.run, each.opdracht, each.label.casefold()) for each in named}
    themes = []
    for each in named:
        keywords = tuple(word for word in each.keywords if not _words(word) & private)
        label = each.label
        if _words(label) & private:
            names = (*(word[:1].upper() + word[1:] for word in keywords), each.code)
            place = (each.run, each.opdracht)
            label = next(name for name in names if (*place, name.casefold()) not in taken)
            taken.add((*place, label.casefold()))
        if (label, keywords) != (each.label, each.keywords):
            themes.append((each, label, keywords))
    codes = {each.theme: each.code for each in named}
    runs = {each.run for each, *_ in themes}
    return Renames(
        themes=tuple(themes),
        proposals=tuple(
            (each.run_id, each.id, f"{codes.get(each.themes[0], each.id)} (2)")
            for each in _proposals(session, opdrachten, run)
            if _words(each.label) & private
        ),
        subthemes=tuple(
            (one, opdracht, name, f"O{opdracht:02d}.{number}")
            for number, (one, opdracht, name) in enumerate(
                sorted(_subthemes(session, opdrachten, run)), 1
            )
            if _words(name) & private
        ),
        beside=frozenset(_labels(session, runs)),
    )


def rename(session: Session, found: Renames) -> None:
    """Writes the new names and keywords."""
    for each, label, keywords in found.themes:
        row = RunTheme.run_id == each.run, RunTheme.theme_id == each.theme
        values = {"label": label, "keywords": list(keywords)}
        session.execute(update(RunTheme).where(*row).values(**values))
    for run, proposal, label in found.proposals:
        which = RunProposal.run_id == run, RunProposal.id == proposal
        session.execute(update(RunProposal).where(*which).values(label=label))
    for run, opdracht, name, other in found.subthemes:
        themes = select(Theme.id).where(Theme.opdracht == opdracht)
        session.execute(
            update(Assignment)
            .where(
                Assignment.run_id == run,
                Assignment.subtheme == name,
                Assignment.theme_id.in_(themes),
            )
            .values(subtheme=other)
        )


def _as_read(session: Session, found: Renames) -> bool:
    if frozenset(_labels(session, {each.run for each, *_ in found.themes})) != found.beside:
        return False
    for each, *_ in found.themes:
        row = RunTheme.run_id == each.run, RunTheme.theme_id == each.theme
        if tuple(session.scalar(select(RunTheme.keywords).where(*row)) or ()) != each.keywords:
            return False
    return True


def _last_run(session: Session) -> int:
    return session.scalar(select(func.max(AnalysisRun.id))) or 0


def _names(session: Session, opdrachten: set[int]) -> set[str]:
    found = {name for *_, name in _subthemes(session, opdrachten)}
    for each in _named(session, opdrachten):
        found |= {each.label, *each.keywords}
    return found | {each.label for each in _proposals(session, opdrachten)}


def _words(name: str) -> set[str]:
    return set(_WORD.findall(name.casefold()))


def _named(session: Session, opdrachten: set[int], run: int | None = None) -> list[_Named]:
    query = (
        select(RunTheme.run_id, RunTheme.label, RunTheme.keywords, Theme)
        .join(Theme, Theme.id == RunTheme.theme_id)
        .where(Theme.opdracht.in_(opdrachten))
        .order_by(RunTheme.run_id, Theme.number)
    )
    if run is not None:
        query = query.where(RunTheme.run_id == run)
    return [
        _Named(one, theme.id, theme.opdracht, theme.code, label, tuple(keywords))
        for one, label, keywords, theme in session.execute(query)
    ]


def _labels(session: Session, runs: Iterable[int]) -> Iterable[tuple[int, str, str]]:
    query = select(RunTheme.run_id, RunTheme.theme_id, RunTheme.label)
    for run in sorted(runs):
        for row in session.execute(query.where(RunTheme.run_id == run)):
            yield row[0], row[1], row[2]


def _proposals(session: Session, opdrachten: set[int], run: int | None = None) -> list[RunProposal]:
    query = select(RunProposal).where(RunProposal.opdracht.in_(opdrachten))
    if run is not None:
        query = query.where(RunProposal.run_id == run)
    return list(session.scalars(query))


def _subthemes(
    session: Session, opdrachten: set[int], run: int | None = None
) -> list[tuple[int, int, str]]:
    query = (
        select(Assignment.run_id, Theme.opdracht, Assignment.subtheme)
        .join(Theme, Theme.id == Assignment.theme_id)
        .where(Theme.opdracht.in_(opdrachten), Assignment.subtheme.is_not(None))
        .distinct()
    )
    if run is not None:
        query = query.where(Assignment.run_id == run)
    return [(one or 0, opdracht, name or "") for one, opdracht, name in session.execute(query)]
