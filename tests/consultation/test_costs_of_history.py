"""What a page or a decision costs does not grow with what was done before, or done elsewhere.

Rows read and statements sent are counted, not time.
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from analysis.continuity import prior_state
from analysis.preprocessing.statements import cut_new
from consultation.catalogue import Catalogue
from consultation.curation.log import CurationError, append
from consultation.curation.operations import Revoke
from consultation.curation.replay import proposed_action_id, replay
from consultation.curation.state import Event
from consultation.curation.store import load_events, load_machine
from consultation.database.models import (
    AnalysisRun,
    Assignment,
    CurationEvent,
    EventSubject,
    Round,
    RunTheme,
    Statement,
    Theme,
)
from consultation.database.storage import Storage
from consultation.importing.readers import ImportRow
from consultation.queries.coding import draw, tasks
from consultation.queries.opdracht_snapshot import SnapshotCache, opdracht_snapshot
from consultation.queries.themes import theme_views
from tests.analysis.test_run import prepared
from tests.consultation.test_storage import migrated
from tests.curation_stage import THEMES, decision, nid, sid, staged, tid
from tests.web_stage import Site, ask, begin

pytest_plugins = ["tests.web_fixtures"]


@contextmanager
def rows_of(entity: type) -> Iterator[Counter[str]]:
    """Counts the rows of a table that are read as objects."""
    found: Counter[str] = Counter()

    def note(_target: Any, _context: Any) -> None:
        found["rows"] += 1

    event.listen(entity, "load", note)
    yield found
    event.remove(entity, "load", note)


@contextmanager
def statements_of(storage: Storage) -> Iterator[list[str]]:
    """The statements that the database was sent."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        found.append(statement)

    event.listen(storage.engine, "before_cursor_execute", note)
    yield found
    event.remove(storage.engine, "before_cursor_execute", note)


@pytest.fixture
def stage(storage: Storage, catalogue: Catalogue) -> Callable[..., Any]:
    """Writes one decision on a small analysed consultation."""
    consultation = staged(storage, catalogue)

    def write(**raw: Any) -> Any:
        with storage.writing() as session:
            return append(session, consultation, "els", raw)

    return write


def test_the_page_of_an_opdracht_reads_its_own_decisions_only(
    storage: Storage, stage: Callable[..., Any]
) -> None:
    stage(op="rename", theme=tid(0), label="van opdracht 4")
    for number in range(8):
        stage(op="rename", theme=tid(3), label=f"van opdracht 5, {number}")
        made = stage(op="action", do="create", opdracht=5, text=f"Doe {number}.", id=nid(number))
        stage(op="action", do="set", action=nid(number), priority=2)
        stage(op="revoke", event=made.id)
    with storage.reading() as session, rows_of(CurationEvent) as read:
        seen = opdracht_snapshot(session, 1, 4)
        assert read["rows"] == len(seen.state.log) == 1
    with storage.reading() as session, rows_of(CurationEvent) as read:
        assert len(opdracht_snapshot(session, 1, 5).state.log) == read["rows"] == 32


def test_an_action_brings_its_history_along(storage: Storage, stage: Callable[..., Any]) -> None:
    """Where it was handed over, where it was joined, and with its notes."""
    stage(op="action", do="create", opdracht=4, text="Van vier.", id=nid(1))
    stage(op="action", do="text", action=nid(1), text="Beter gezegd.")
    stage(op="action", do="hand_over", action=nid(1), opdracht=5)
    stage(op="action", do="set", action=nid(1), trekker="CVO")
    stage(op="note", action=nid(1), text="een notitie")
    stage(op="action", do="create", opdracht=4, text="Ook van vier.", id=nid(2), priority=5)
    stage(op="action", do="join", actions=[nid(2)], into=nid(1))
    with storage.reading() as session:
        (mine,) = [each for each in opdracht_snapshot(session, 1, 5).actions if not each.proposed]
        assert (mine.text, mine.trekker, mine.priority) == ("Beter gezegd.", "CVO", 5)
        assert [each.text for each in mine.notes] == ["een notitie"]
        assert not [each for each in opdracht_snapshot(session, 1, 4).actions if not each.proposed]


def about(log: list[Event], opdracht: int) -> list[Event]:
    """What concerns an opdracht, and all that was ever done to actions."""
    kept: dict[int, Event] = {}
    for each in log:
        undoes = isinstance(each.operation, Revoke) and each.operation.event in kept
        if undoes or each.operation.op == "action" or opdracht in each.recorded["opdrachten"]:
            kept[each.id] = each
    return list(kept.values())


@pytest.mark.parametrize("seed", range(4))
def test_an_opdracht_stands_the_same_without_what_was_done_to_actions_elsewhere(
    storage: Storage, catalogue: Catalogue, seed: int
) -> None:
    consultation = staged(storage, catalogue)
    rng = random.Random(seed)
    written = 0
    for _ in range(90):
        try:
            with storage.writing() as session:
                append(session, consultation, "els", decision(rng, written))
            written += 1
        except CurationError:
            continue
    assert written > 20
    with storage.reading() as session:
        for opdracht in (4, 5):
            part = load_events(session, consultation, (opdracht,))
            more = about(load_events(session, consultation), opdracht)
            assert len(part) <= len(more)
            own, all_ = (
                replay(load_machine(session, consultation, (opdracht,), log), log)
                for log in (part, more)
            )
            assert own.themes_of(opdracht) == all_.themes_of(opdracht)
            assert own.actions_of(opdracht) == all_.actions_of(opdracht)
            assert own.proposals == all_.proposals
            assert own.off_topic == all_.off_topic


def test_of_each_theme_one_row_is_read_however_many_runs_there_were(
    storage: Storage, stage: Callable[..., Any]
) -> None:
    stage(op="approve", theme=tid(0))
    with storage.writing() as session:
        for number in range(6):
            run = AnalysisRun(round_id=session.scalars(select(Round.id)).one())
            session.add(run)
            session.flush()
            session.add_all(
                RunTheme(run_id=run.id, theme_id=tid(each), label=f"naam {number}")
                for each in THEMES
                if each or number < 3
            )
    reads: list[Callable[[Session], object]] = [
        lambda session: opdracht_snapshot(session, 1, 4),
        lambda session: theme_views(session, 1, 4),
        lambda session: prior_state.prior_state(session, 1, 4),
    ]
    for read in reads:
        with storage.reading() as session, rows_of(RunTheme) as found:
            read(session)
            assert 0 < found["rows"] <= 2 * 3, "the machine's part and the page's"
    with storage.reading() as session:
        seen = opdracht_snapshot(session, 1, 4)
        labels = {each.id: each.label for each in seen.state.themes.values()}
        assert labels == {tid(0): "naam 2", tid(1): "naam 5", tid(2): "naam 5"}
        first = session.scalars(select(AnalysisRun).order_by(AnalysisRun.id)).first()
        assert first is not None
        views = theme_views(session, 1, 4)
        assert {each.label for each in views} == {"naam 2", "naam 5"}


def test_placing_many_statements_asks_the_database_no_more_than_placing_one(
    storage: Storage, stage: Callable[..., Any]
) -> None:
    with statements_of(storage) as one:
        event_ = stage(op="place", statements=[sid(0)], opdracht=5)
    with statements_of(storage) as undone:
        stage(op="revoke", event=event_.id)
    with statements_of(storage) as many:
        event_ = stage(op="place", statements=[sid(each) for each in range(10)], opdracht=5)
    with statements_of(storage) as all_undone:
        stage(op="revoke", event=event_.id)
    assert len(many) == len(one)
    assert len(all_undone) == len(undone)
    with storage.reading() as session:
        placed = set(session.execute(select(Statement.opdracht, Statement.placed_by)).tuples())
        assert placed == {(4, "vraag"), (5, "vraag"), (None, "vraag")}


def test_cutting_many_answers_asks_the_database_no_more_than_cutting_few(
    storage: Storage, catalogue: Catalogue
) -> None:
    counts = []
    for number, answers in enumerate((3, 40)):
        rows = [
            ImportRow("", f"Zin {number} {n}.", opdracht=4, question="drempel")
            for n in range(answers)
        ]
        consultation = prepared(storage, catalogue, rows)
        with statements_of(storage) as sent:
            assert cut_new(storage, consultation, catalogue, "use").statements == answers
        counts.append(len(sent))
    assert counts[1] <= counts[0] + 1


def test_the_theme_of_a_proposed_action_is_looked_up_and_not_searched_for(
    storage: Storage, stage: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with storage.writing() as session:
        session.add_all(
            Theme(consultation_id=1, opdracht=1, number=number) for number in range(300)
        )
        last = Theme(id="f" * 32, consultation_id=1, opdracht=5, number=9)
        session.add(last)
        session.flush()
        run = session.scalars(select(AnalysisRun.id)).one()
        session.add(RunTheme(run_id=run, theme_id=last.id, label="x", action_statement_id=sid(15)))
        session.add(Assignment(statement_id=sid(15), theme_id=last.id, run_id=run))
    hashed: list[bytes] = []
    original = hashlib.sha256

    def counting(data: bytes = b"", **more: Any) -> Any:
        hashed.append(data)
        return original(data, **more)

    action = proposed_action_id("f" * 32)
    monkeypatch.setattr(hashlib, "sha256", counting)
    stage(op="action", do="set", action=action, priority=1)
    assert len(hashed) < 20
    monkeypatch.undo()
    with storage.reading() as session:
        assert opdracht_snapshot(session, 1, 5).state.actions[action].priority == 1


def test_the_list_of_coding_tasks_asks_the_same_for_many_as_for_one(
    storage: Storage, stage: Callable[..., Any]
) -> None:
    for number in (0, 1):
        stage(op="approve", theme=tid(number))
    counts = []
    for _ in range(2):
        with storage.reading() as session:
            seen = opdracht_snapshot(session, 1, 4)
        with storage.writing() as session:
            for _ in range(3):
                draw(session, 1, seen, "els", 5)
        with storage.reading() as session, statements_of(storage) as sent:
            assert all(each.items == 5 for each in tasks(session, 1, 4))
            counts.append(len(sent))
    assert counts[0] == counts[1]


def test_what_is_published_is_read_once_for_all_opdrachten(
    storage: Storage, stage: Callable[..., Any]
) -> None:
    stage(op="approve", theme=tid(0))
    with storage.reading() as session, statements_of(storage) as sent:
        SnapshotCache().all(session, 1, range(1, 11))
    assert sum("FROM publication" in each for each in sent) == 1


def test_decisions_of_before_are_found_after_the_migration(
    storage: Storage, stage: Callable[..., Any]
) -> None:
    stage(op="rename", theme=tid(0), label="een naam")
    stage(op="place", statements=[sid(11)], opdracht=None)
    made = stage(op="action", do="create", opdracht=4, text="Doe.", id=nid(1))
    stage(op="action", do="create", opdracht=5, text="Doe ook.", id=nid(2))
    stage(op="action", do="join", actions=[nid(1)], into=nid(2))
    stage(op="note", action=nid(2), text="een notitie")
    undone = stage(op="revoke", event=made.id)
    stage(op="revoke", event=undone.id)

    def found() -> tuple[set[Any], dict[str, str | None]]:
        with storage.reading() as session:
            rows = session.execute(select(EventSubject.ref, EventSubject.event_id)).tuples()
            themes = session.execute(select(Theme.id, Theme.action_id)).tuples()
            return set(rows), dict(themes.all())

    before = found()
    migrated(storage.engine, "0009")
    with storage.writing() as session:
        assert session.execute(text("select count(*) from curation_event")).scalar() == 8
    again = Storage(storage.engine.url.render_as_string(hide_password=False))
    again.close()
    assert found() == before


@pytest.mark.parametrize("turns", [3, 30])
def test_a_turn_sends_few_statements_however_long_the_talk(site: Site, turns: int) -> None:
    """Storing the message and beginning its turn takes five, completing it with an answer seven."""
    measured = {"information": 9.0, "specificity": 1, "non_answer": False, "thin": False}
    answered = {"kind": "answer", "opdracht": 4, "question": "drempel", "measure": measured}
    site.rasa.answer = lambda _: [
        {"text": "Dank u."},
        *ask("Wat houdt u tegen?", "vraag", opdracht=4, question="drempel"),
        {"custom": {"effects": [answered]}},
    ]
    with site.client() as http:
        talk = begin(http)
        for number in range(turns):
            assert talk.send(f"De les is te laat, zeg ik keer {number}.", str(number)).json()
        with statements_of(site.app.state.services.storage) as sent:
            assert talk.send("De les is veel te laat.", "en nog eens").status_code == 200
    # Beside the turn, the worker looks once a second for messages that wait.
    own = [each for each in sent if "DISTINCT" not in each and each != "begin DEFERRED"]
    assert own.count("begin IMMEDIATE") == 2
    assert len(own) - 2 <= 12, own
