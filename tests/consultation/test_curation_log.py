"""Decisions in the database: checked, appended, undone, told; by ``curate`` as by the review."""

from __future__ import annotations

import json
import random
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from analysis import dataframes
from consultation.catalogue import Catalogue
from consultation.curation.chain import broken_links, log_head
from consultation.curation.log import ConflictError, CurationError, append, curated, history
from consultation.database.models import Action, Assignment, CurationEvent, Statement, Theme
from consultation.database.storage import Storage
from consultation.participation.participants import erase
from consultation.queries.statements import active_statements
from consultation.queries.themes import theme_views, without_theme
from consultation.settings import ROOT
from consultation.settings import settings as product_settings
from samenspraak.cli import app
from tests.consultation.test_curation_replay import picture
from tests.curation_stage import PROPOSED, amendment, decision, nid, sid, staged, tid
from tests.databases import open_storage

DOC = ROOT / "docs" / "curation.md"
OPDRACHTEN = range(1, 11)


def decide(storage: Storage, consultation: int, **operation: Any) -> int:
    """Appends one decision by Els; gives its event id."""
    raw = {name.rstrip("_"): value for name, value in operation.items()}
    with storage.writing() as session:
        return append(session, consultation, "els", raw, opdrachten=OPDRACHTEN).id


def refused(storage: Storage, consultation: int, **operation: Any) -> CurationError:
    """The error that a decision gives; nothing is written."""
    before = _events(storage)
    with pytest.raises(CurationError) as caught:
        decide(storage, consultation, **operation)
    assert _events(storage) == before
    return caught.value


def _events(storage: Storage) -> int:
    with storage.reading() as session:
        return session.scalar(select(func.count()).select_from(CurationEvent)) or 0


def _whole(session: Session, consultation: int) -> list[Any]:
    return [picture(curated(session, consultation, number)) for number in (4, 5, None)]


@pytest.fixture
def consultation(storage: Storage, catalogue: Catalogue) -> int:
    return staged(storage, catalogue)


def test_what_is_decided_shows_in_every_table(storage: Storage, consultation: int) -> None:
    decide(storage, consultation, op="rename", theme="O04-T001", label="tijd om te leren")
    decide(storage, consultation, op="describe", theme=tid(0), text="Wie werkt en zorgt.")
    decide(storage, consultation, op="merge", themes=["O04-T002"], into="O04-T001")
    decide(storage, consultation, op="approve", theme="O04-T001")
    decide(storage, consultation, op="reject", theme="O04-T003")
    decide(
        storage, consultation, op="create", opdracht=4, label="nieuw", statements=[sid(10), sid(0)]
    )
    with storage.reading() as session:
        views = theme_views(session, consultation, 4)
        said = active_statements(session, consultation, 4)
        frame = dataframes.statements(session, consultation, [4], opdracht=4).set_index("id")
        table = dataframes.themes(session, consultation, [4])
    shown = {view.code: (view.label, view.status, len(view.said)) for view in views}
    assert shown == {
        "O04-T001": ("tijd om te leren", "goedgekeurd", 7),
        "O04-T003": ("machine 2", "verworpen", 2),
        "O04-T004": ("nieuw", "kandidaat", 2),
    }
    assert {each.id for each in without_theme(said, views)} == {sid(8), sid(9), sid(11)}
    assert frame.loc[sid(7), "themes"] == [tid(0)]
    assert frame.loc[sid(8), "themes"] == []
    assert set(table["label"]) == {"tijd om te leren", "machine 2", "nieuw"}


def test_actions_are_made_changed_joined_and_handed_over(
    storage: Storage, consultation: int
) -> None:
    decide(storage, consultation, op="action", do="text", action=PROPOSED[0], text="Avondlessen")
    decide(
        storage,
        consultation,
        op="action",
        do="set",
        action=PROPOSED[0],
        trekker="de VDAB",
        partners=["steden"],
        priority=4,
        deadline="2027-01-31",
        regelgeving="hervormen",
    )
    decide(storage, consultation, op="action", do="create", opdracht=4, text="Opvang", id=nid(4))
    decide(storage, consultation, op="action", do="status", action=nid(4), status="goedgekeurd")
    decide(storage, consultation, op="action", do="join", actions=[nid(4)], into=PROPOSED[0])
    decide(storage, consultation, op="action", do="hand_over", action=PROPOSED[1], opdracht=6)
    with storage.reading() as session:
        table = dataframes.actions(session, consultation, list(OPDRACHTEN)).set_index("id")
        assert session.get(Action, nid(4)) is not None
    first = table.loc[PROPOSED[0]]
    assert (first["text"], first["trekker"], first["priority"]) == ("Avondlessen", "de VDAB", 4)
    assert (first["partners"], first["regelgeving"]) == (["steden"], "hervormen")
    assert table.loc[PROPOSED[1], "opdracht"] == 6
    assert table.loc[PROPOSED[1], "text"] == "Uitspraak nummer 05."
    assert nid(4) not in table.index
    assert (
        refused(storage, consultation, op="action", do="text", action=nid(4), text="Te laat").code
        == "action_joined"
    )


def test_a_quote_is_kept_as_its_statement_and_goes_with_erasure(
    storage: Storage, consultation: int
) -> None:
    decide(
        storage,
        consultation,
        op="action",
        do="create",
        opdracht=4,
        text="Uitspraak nummer 03.",
        id=nid(4),
    )
    decide(storage, consultation, op="move", statements=[sid(3), sid(4)], to=tid(1))
    with storage.writing() as session:
        log = json.dumps([each.payload for each in session.scalars(select(CurationEvent))])
        assert "Uitspraak" not in log
        assert curated(session, consultation, 4).actions[nid(4)].statement == sid(3)
        erase(session, f"{3 + 0xC000:032x}")
    with storage.reading() as session:
        state = curated(session, consultation, 4)
        table = dataframes.actions(session, consultation, [4]).set_index("id")
        assert sid(3) not in state.opdracht_of
        assert {each.statement for each in state.themes[tid(1)].members} >= {sid(4)}
        assert table.loc[nid(4), "text"] == ""
        assert [(each.status, each.missing) for each in state.log] == [
            ("applied", 0),
            ("applied", 1),
        ]


def test_placing_moves_a_statement_between_opdrachten_and_back(
    storage: Storage, consultation: int
) -> None:
    first = decide(storage, consultation, op="place", statements=[sid(16), sid(0)], opdracht=5)
    second = decide(storage, consultation, op="place", statements=[sid(16)], opdracht=4)
    with storage.reading() as session:
        row = session.get_one(Statement, sid(16))
        assert (row.opdracht, row.placed_by) == (4, "els")
        assert sid(0) in curated(session, consultation, 5).without_theme(5)
        assert sid(0) not in curated(session, consultation, 4).opdracht_of
    for event in (second, first):
        decide(storage, consultation, op="revoke", event=event)
    with storage.reading() as session:
        row = session.get_one(Statement, sid(16))
        assert (row.opdracht, row.placed_by) == (None, "vraag")
        members = curated(session, consultation, 4).themes[tid(0)].members
        assert sid(0) in {each.statement for each in members}


def test_two_people_cannot_overwrite_each_other_silently(
    storage: Storage, consultation: int
) -> None:
    with storage.reading() as session:
        seen = curated(session, consultation, 4).themes[tid(0)].version
    event = decide(storage, consultation, op="rename", theme=tid(0), label="eerst")
    with pytest.raises(ConflictError) as caught, storage.writing() as session:
        append(
            session,
            consultation,
            "jan",
            {"op": "rename", "theme": tid(0), "label": "later"},
            expected={tid(0): seen},
        )
    (change,) = caught.value.changes
    assert (change.account, change.op, change.event) == ("els", "rename", event)
    assert caught.value.target == tid(0)
    with storage.writing() as session:
        append(
            session,
            consultation,
            "jan",
            {"op": "rename", "theme": tid(0), "label": "later"},
            expected={tid(0): event},
        )
    with storage.reading() as session:
        assert curated(session, consultation, 4).themes[tid(0)].label == "later"


def test_of_two_at_the_same_moment_one_is_told(storage: Storage, consultation: int) -> None:
    barrier = threading.Barrier(2)
    results: list[str] = []

    def rename(account: str) -> None:
        barrier.wait()
        try:
            with storage.writing() as session:
                append(
                    session,
                    consultation,
                    account,
                    {"op": "rename", "theme": tid(0), "label": f"van {account}"},
                    expected={tid(0): 0},
                )
            results.append("written")
        except ConflictError:
            results.append("told")

    threads = [threading.Thread(target=rename, args=(name,)) for name in ("els", "jan")]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(results) == ["told", "written"]
    with storage.reading() as session:
        assert broken_links(session, consultation) == []


def test_what_does_not_fit_is_refused_with_the_mend(storage: Storage, consultation: int) -> None:
    decide(storage, consultation, op="merge", themes=[tid(1)], into=tid(0))
    cases: list[tuple[dict[str, Any], str, str]] = [
        ({"op": "renam", "theme": tid(0)}, "unknown_op", "did you mean rename?"),
        ({"op": "rename", "theme": tid(0)}, "missing", "rename.label"),
        ({"op": "rename", "theme": tid(0), "label": " "}, "empty", "rename.label"),
        ({"op": "rename", "theme": tid(0), "label": "x" * 5000}, "too_long", "at most 200"),
        ({"op": "rename", "theme": "O04-T099", "label": "x"}, "theme_unknown", "rename.theme"),
        ({"op": "rename", "theme": tid(0), "label": "Machine 2"}, "label_taken", "O04-T003"),
        ({"op": "approve", "theme": tid(1)}, "theme_merged", "O04-T002 was merged into O04-T001"),
        ({"op": "approve", "theme": tid(0), "by": "x"}, "unknown_field", "approve.by"),
        ({"op": "move", "statements": ["x"], "to": tid(0)}, "wrong_form", "move.statements[0]"),
        ({"op": "move", "statements": [], "to": tid(0)}, "empty", "move.statements"),
        ({"op": "copy", "statements": [sid(99)], "to": tid(0)}, "statement_unknown", "copy"),
        ({"op": "copy", "statements": [sid(12)], "to": tid(0)}, "other_opdracht", "place"),
        ({"op": "remove", "statements": [sid(8)], "theme": tid(0)}, "not_in_theme", "remove"),
        ({"op": "merge", "themes": [tid(3)], "into": tid(0)}, "other_opdracht", "opdracht"),
        ({"op": "merge", "themes": [tid(0)], "into": tid(0)}, "same_theme", "itself"),
        ({"op": "place", "statements": [sid(1)], "opdracht": 77}, "opdracht_unknown", "77"),
        ({"op": "revoke", "event": 4711}, "event_unknown", "4711"),
        ({"op": "accept", "proposal": "split:z"}, "proposal_gone", "proposal"),
        ({"op": "action", "do": "set", "action": nid(1)}, "wrong_value", "action.set"),
        ({"op": "action", "do": "dance"}, "unknown_op", "do"),
        (
            {"op": "action", "do": "set", "action": nid(1), "priority": 9},
            "wrong_value",
            "action.set.priority",
        ),
        ({"op": "note", "text": "x"}, "wrong_value", "either a theme or an action"),
    ]
    for operation, code, told in cases:
        error = refused(storage, consultation, **operation)
        assert error.code == code, operation
        assert told in str(error), str(error)
    event = decide(storage, consultation, op="approve", theme=tid(0))
    decide(storage, consultation, op="revoke", event=event)
    assert refused(storage, consultation, op="revoke", event=event).code == "already_revoked"


def test_a_themes_history_tells_what_still_stands(storage: Storage, consultation: int) -> None:
    decide(storage, consultation, op="rename", theme=tid(1), label="opvang")
    merge = decide(storage, consultation, op="merge", themes=[tid(1)], into=tid(0))
    decide(storage, consultation, op="off_topic", statements=[sid(5)])
    decide(storage, consultation, op="approve", theme=tid(3))
    undo = decide(storage, consultation, op="revoke", event=merge)
    with storage.reading() as session:
        told = history(session, consultation, "O04-T002")
        with pytest.raises(CurationError, match="no theme O04-T099"):
            history(session, consultation, "O04-T099")
    assert [(each.event.operation.op, each.status, each.revoked_by) for each in told] == [
        ("rename", "applied", None),
        ("merge", "revoked", undo),
        ("revoke", "applied", None),
    ]
    with storage.reading() as session:
        assert [each.event.operation.op for each in history(session, consultation, tid(0))] == [
            "merge",
            "off_topic",
            "revoke",
        ]


@pytest.fixture(scope="module")
def workshop(
    tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue
) -> Iterator[tuple[Storage, int]]:
    folder = tmp_path_factory.mktemp("curation")
    storage = Storage(f"sqlite:///{folder / 'samenspraak.db'}")
    yield storage, staged(storage, catalogue)
    storage.close()


def _wiped(storage: Storage) -> None:
    with storage.writing() as session:
        session.execute(delete(CurationEvent).where(CurationEvent.revokes_id.is_not(None)))
        session.execute(delete(CurationEvent))
        session.execute(delete(Action))
        session.execute(delete(Theme).where(Theme.created_run_id.is_(None)))
        for number in range(18):
            row = session.get_one(Statement, sid(number))
            place = None if number > 15 else 5 if number > 11 else 4
            row.opdracht, row.placed_by = place, "vraag"


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(0, 2**32))
def test_any_sequence_replays_from_the_log_and_through_curate(
    workshop: tuple[Storage, int],
    tmp_path_factory: pytest.TempPathFactory,
    seed: int,
) -> None:
    storage, consultation = workshop
    _wiped(storage)
    rng = random.Random(seed)
    with storage.reading() as session:
        before = _whole(session, consultation)
        machine = session.execute(select(Assignment.statement_id, Assignment.theme_id)).all()
    written: list[dict[str, Any]] = []
    ids: list[int] = []
    for _ in range(25):
        raw = decision(rng, 0)
        if ids and rng.random() < 0.25:
            raw = {"op": "revoke", "event": rng.choice(ids)}
        try:
            with storage.writing() as session:
                ids.append(append(session, consultation, "els", raw, opdrachten=OPDRACHTEN).id)
            written.append(raw)
        except CurationError:
            continue
    with storage.reading() as session:
        stands = _whole(session, consultation)
        told = [each.status for each in curated(session, consultation, 4).log]
        rows = session.execute(select(Assignment.statement_id, Assignment.theme_id)).all()
    assert rows == machine
    assert "lapsed" not in told or any(each["op"] == "revoke" for each in written)
    _same_by_curate(storage, tmp_path_factory, written, ids, stands, consultation)
    while True:
        with storage.reading() as session:
            open_ = [
                each.event.id
                for number in (4, 5, None)
                for each in curated(session, consultation, number).log
                if each.status != "revoked" and each.event.operation.op != "revoke"
            ]
        if not open_:
            break
        decide(storage, consultation, op="revoke", event=max(open_))
    with storage.reading() as session:
        assert _whole(session, consultation) == before


def _same_by_curate(
    storage: Storage,
    folders: pytest.TempPathFactory,
    written: list[dict[str, Any]],
    ids: list[int],
    stands: list[Any],
    consultation: int,
) -> None:
    """The same decisions from a file: the same picture."""
    _wiped(storage)
    file = folders.mktemp("events") / "events.jsonl"
    again = {old: new for new, old in enumerate(ids, 1)}
    file.write_text(
        "\n".join(
            json.dumps(raw | ({"event": again[raw["event"]]} if raw["op"] == "revoke" else {}))
            for raw in written
        ),
        encoding="utf-8",
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SAMENSPRAAK_DATABASE_URL", str(storage.engine.url))
        product_settings.cache_clear()
        done = CliRunner().invoke(app, ["curate", str(file), "--as", "Els"])
        product_settings.cache_clear()
    assert done.exit_code == 0, (done.output, done.exception)
    with storage.reading() as session:
        assert _shape(_whole(session, consultation)) == _shape(stands)


def _shape(stands: list[Any]) -> str:
    """A picture without times and event ids, and with machine-given ids in order of birth."""
    text = re.sub(r"datetime\.datetime\([^)]*\)|event=\d+", "", repr(stands))
    text = re.sub(r"tzinfo=[^)]*\)", "", text)
    born: dict[str, str] = {}
    return re.sub(
        r"\b(?!0000)[0-9a-f]{32}\b", lambda hit: born.setdefault(hit[0], f"id{len(born)}"), text
    )


@pytest.fixture
def curate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, catalogue: Catalogue
) -> Iterator[tuple[CliRunner, Storage, int]]:
    url = f"sqlite:///{tmp_path / 'samenspraak.db'}"
    storage = open_storage(url)
    monkeypatch.setenv("SAMENSPRAAK_DATABASE_URL", url)
    product_settings.cache_clear()
    yield CliRunner(), storage, staged(storage, catalogue)
    product_settings.cache_clear()


def test_a_file_is_applied_whole_or_not_at_all(
    curate: tuple[CliRunner, Storage, int], tmp_path: Path
) -> None:
    runner, storage, _ = curate
    file = tmp_path / "events.jsonl"
    good = {"op": "rename", "theme": "O04-T001", "label": "tijd"}
    bad = {"op": "approve", "theme": "O04-T077"}
    file.write_text(f"{json.dumps(good)}\n\n{json.dumps(bad)}\n", encoding="utf-8")
    done = runner.invoke(app, ["curate", str(file), "--as", "els"])
    assert done.exit_code == 1
    assert "events.jsonl, line 3: approve.theme: there is no theme O04-T077" in str(done.exception)
    assert _events(storage) == 0
    file.write_text("{", encoding="utf-8")
    assert "line 1: is not JSON" in str(
        runner.invoke(app, ["curate", str(file), "--as", "els"]).exception
    )
    file.write_text(json.dumps(good), encoding="utf-8")
    assert runner.invoke(app, ["curate", str(file), "--as", "e l s"]).exit_code == 1
    done = runner.invoke(app, ["curate", str(file), "--as", "Els", "--json"])
    assert json.loads(done.stdout)["applied"] == 1
    (told,) = json.loads(runner.invoke(app, ["history", "O04-T001", "--json"]).stdout)
    assert (told["account"], told["status"], told["operation"]["label"]) == (
        "els",
        "applied",
        "tijd",
    )
    assert "rename" in runner.invoke(app, ["history", "O04-T001"]).stdout


def test_the_examples_of_the_documentation_work(
    curate: tuple[CliRunner, Storage, int], tmp_path: Path
) -> None:
    runner, storage, _ = curate
    with storage.writing() as session:
        amendment(session, "0000000000000000000000000000b004", "0000000000000000000000000000a0e0")
    blocks = re.findall(r"```json\n(.*?)```", DOC.read_text(encoding="utf-8"), re.DOTALL)
    file = tmp_path / "examples.jsonl"
    file.write_text("\n".join(blocks), encoding="utf-8")
    done = runner.invoke(app, ["curate", str(file), "--as", "els"])
    assert done.exit_code == 0, done.exception
    lines = [json.loads(line) for block in blocks for line in block.splitlines()]
    from consultation.curation.operations import DOS, OPS

    assert {each["op"] for each in lines} == set(OPS)
    assert {each["do"] for each in lines if each["op"] == "action"} == set(DOS)
    assert _events(storage) == len(lines)
    with storage.reading() as session:
        assert broken_links(session, 1) == []
        assert log_head(session, 1).events == len(lines)
