"""Participants' words in what the analysis derived: names of themes and sub-themes, keywords.

They are kept without the statements they came from, so an erasure has to look for them. A word that
somebody else still says stays; one that only the erased texts had goes from every run.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from consultation.models import Assignment, ContributionVersion, RunProposal, RunTheme, Theme

_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_FETCHED = 500


def forget_words(
    session: Session, texts: Iterable[str], contributions: Collection[str], opdrachten: set[int]
) -> None:
    """Takes the words that stand only in these texts out of what was derived in these opdrachten.

    ``contributions`` are the answers that go with the texts: they no longer count as saying a word.
    A name that loses a word gives way to the theme's first keyword that is left, else to its code.
    """
    names = _names(session, opdrachten)
    gone = "\n".join(texts).casefold()
    words = {word for name in names for word in _words(name) if word in gone}
    private = _said_by_nobody(session, words, contributions)
    if private:
        _rename_themes(session, opdrachten, private)
        _rename_subthemes(session, opdrachten, private)


def _names(session: Session, opdrachten: set[int]) -> set[str]:
    found = set()
    themes = select(RunTheme.label, RunTheme.keywords).join(Theme, Theme.id == RunTheme.theme_id)
    for label, keywords in session.execute(themes.where(Theme.opdracht.in_(opdrachten))):
        found |= {label, *keywords}
    found |= {name for *_, name in _subthemes(session, opdrachten)}
    proposals = select(RunProposal.label).where(RunProposal.opdracht.in_(opdrachten))
    return found | set(session.scalars(proposals))


def _words(name: str) -> set[str]:
    return set(_WORD.findall(name.casefold()))


def _said_by_nobody(
    session: Session, words: set[str], contributions: Collection[str]
) -> frozenset[str]:
    left, gone = set(words), set(contributions)
    query = select(ContributionVersion.contribution_id, ContributionVersion.text)
    rows = session.execute(query.execution_options(yield_per=_FETCHED))
    for contribution, text in rows:
        if not left:
            break
        if contribution not in gone:
            folded = text.casefold()
            left = {word for word in left if word not in folded}
    rows.close()
    return frozenset(left)


def _rename_themes(session: Session, opdrachten: set[int], private: frozenset[str]) -> None:
    query = (
        select(RunTheme, Theme)
        .join(Theme, Theme.id == RunTheme.theme_id)
        .where(Theme.opdracht.in_(opdrachten))
    )
    rows = session.execute(query).all()
    taken = {(row.run_id, theme.opdracht, row.label.casefold()) for row, theme in rows}
    for row, theme in rows:
        kept = [each for each in row.keywords if not _words(each) & private]
        if len(kept) < len(row.keywords):
            row.keywords = kept
        if _words(row.label) & private:
            names = (*(each[:1].upper() + each[1:] for each in kept), theme.code)
            place = (row.run_id, theme.opdracht)
            row.label = next(each for each in names if (*place, each.casefold()) not in taken)
            taken.add((*place, row.label.casefold()))
    proposals = select(RunProposal).where(RunProposal.opdracht.in_(opdrachten))
    codes = {theme.id: theme.code for _, theme in rows}
    for proposal in session.scalars(proposals):
        if _words(proposal.label) & private:
            proposal.label = f"{codes.get(proposal.themes[0], proposal.id)} (2)"
    session.flush()


def _rename_subthemes(session: Session, opdrachten: set[int], private: frozenset[str]) -> None:
    for number, (run, opdracht, name) in enumerate(sorted(_subthemes(session, opdrachten)), 1):
        if not _words(name) & private:
            continue
        themes = select(Theme.id).where(Theme.opdracht == opdracht)
        session.execute(
            update(Assignment)
            .where(
                Assignment.run_id == run,
                Assignment.subtheme == name,
                Assignment.theme_id.in_(themes),
            )
            .values(subtheme=f"O{opdracht:02d}.{number}")
        )


def _subthemes(session: Session, opdrachten: set[int]) -> list[tuple[int, int, str]]:
    query = (
        select(Assignment.run_id, Theme.opdracht, Assignment.subtheme)
        .join(Theme, Theme.id == Assignment.theme_id)
        .where(Theme.opdracht.in_(opdrachten), Assignment.subtheme.is_not(None))
        .distinct()
    )
    return [(run or 0, opdracht, name or "") for run, opdracht, name in session.execute(query)]
