"""What many decisions at once cost: no query for each theme, action or quote that they name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from sqlalchemy import event, func, select

from consultation.catalogue import Catalogue
from consultation.curation.log import CurationError, Ledger
from consultation.curation.operations import parse
from consultation.database.models import ContributionVersion, Statement, Theme
from consultation.database.storage import Storage
from tests.curation_stage import sid, staged, tid


@contextmanager
def queries(storage: Storage) -> Iterator[list[str]]:
    """The statements that go to the database meanwhile."""
    seen: list[str] = []

    def note(_c: Any, _k: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(storage.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(storage.engine, "before_cursor_execute", note)


def with_themes(storage: Storage, catalogue: Catalogue, more: int) -> int:
    consultation = staged(storage, catalogue)
    with storage.writing() as session:
        last = session.scalar(select(func.max(Theme.number)).where(Theme.opdracht == 4)) or 0
        session.add_all(
            Theme(
                id=f"{number:032x}",
                consultation_id=consultation,
                opdracht=4,
                number=last + 1 + number,
                action_id=f"a{number:031x}",
            )
            for number in range(more)
        )
    return consultation


def cost(storage: Storage, consultation: int, raw: dict[str, Any]) -> int:
    with queries(storage) as seen, storage.reading() as session:
        ledger = Ledger(session, consultation)
        with suppress(CurationError):  # In the run there are no such themes.
            ledger.append("els", parse(raw))
    return len(seen)


@pytest.mark.parametrize("by_code", [False, True])
def test_themes_are_looked_up_together(
    storage: Storage, catalogue: Catalogue, by_code: bool
) -> None:
    consultation = with_themes(storage, catalogue, 40)
    with storage.reading() as session:
        made = select(Theme).where(Theme.created_run_id.is_(None)).order_by(Theme.number)
        refs = [each.code if by_code else each.id for each in session.scalars(made)]
    merge = {"op": "merge", "into": tid(0)}
    few = cost(storage, consultation, {**merge, "themes": refs[:2]})
    assert cost(storage, consultation, {**merge, "themes": refs[:30]}) == few


def test_actions_are_looked_up_together(storage: Storage, catalogue: Catalogue) -> None:
    consultation = with_themes(storage, catalogue, 40)
    with storage.reading() as session:
        ledger = Ledger(session, consultation)
        operation = parse({"op": "off_topic", "statements": [sid(1)]})
        actions = [f"a{number:031x}" for number in range(40)]
        with queries(storage) as seen:
            ledger._meet_actions(actions)
            places = {ledger._opdracht_of_action(each, operation) for each in actions}
    assert places == {4}
    assert len(seen) == 2


def test_a_quote_is_found_without_going_through_all_again(
    storage: Storage, catalogue: Catalogue
) -> None:
    consultation = staged(storage, catalogue)
    with storage.reading() as session:
        words = [
            text[start:end]
            for text, start, end in session.execute(
                select(ContributionVersion.text, Statement.start, Statement.end)
                .join(Statement, Statement.contribution_version_id == ContributionVersion.id)
                .order_by(Statement.id)
            )
        ]
        assert len(words) > 5
        ledger = Ledger(session, consultation)
        assert ledger._quoted(words[0]) == sid(0)
        with queries(storage) as seen:
            assert all(ledger._quoted(each) for each in words)
            assert ledger._quoted("dit zei niemand") is None
    assert seen == []


def test_a_quote_as_it_is_shown_is_found_too(storage: Storage, catalogue: Catalogue) -> None:
    consultation = staged(storage, catalogue)
    with storage.writing() as session:
        one = session.get_one(Statement, sid(3))
        text = "Het <b>uur</b> &amp; de plaats."
        session.get_one(ContributionVersion, one.contribution_version_id).text = text
        one.start, one.end = 0, len(text)
    with storage.reading() as session:
        ledger = Ledger(session, consultation)
        assert ledger._quoted("Het uur & de plaats.") == sid(3)
        assert ledger._quoted(text) == sid(3)
