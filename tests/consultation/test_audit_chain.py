"""The audit log is a chain: who changes, removes or moves an entry by hand is found out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from consultation import audit, rounds
from consultation.access.audit_chain import audit_head, broken_entries, holds_head
from consultation.catalogue import Catalogue
from consultation.database.records import AuditEntry
from consultation.database.storage import Storage
from consultation.settings import settings
from samenspraak.cli import app
from tests.consultation.test_storage import migrated
from tests.databases import open_storage
from tests.web_stage import Site, begin

pytest_plugins = ["tests.web_fixtures"]


def logged(storage: Storage, catalogue: Catalogue, entries: int = 5) -> None:
    """A log with some entries."""
    with storage.writing() as session:
        rounds.ensure_consultation(session, catalogue)
    for number in range(entries):
        with storage.writing() as session:
            audit.record(session, 1, "els", "uitvoer", wat="themes", ronde=number)


def broken(storage: Storage) -> list[int]:
    with storage.reading() as session:
        return broken_entries(session, 1)


def change(session: Session) -> None:
    session.execute(update(AuditEntry).where(AuditEntry.id == 3).values(account="bea"))


def change_what_about(session: Session) -> None:
    session.execute(update(AuditEntry).where(AuditEntry.id == 3).values(about={"ronde": 9}))


def backdate(session: Session) -> None:
    entry = session.get_one(AuditEntry, 3)
    entry.at = entry.at - timedelta(days=1)


def remove(session: Session) -> None:
    session.execute(delete(AuditEntry).where(AuditEntry.id == 2))


def swap(session: Session) -> None:
    for old, new in ((3, 99), (2, 3), (99, 2)):
        session.execute(update(AuditEntry).where(AuditEntry.id == old).values(id=new))


def forge(session: Session) -> None:
    """A row that somebody adds with plain SQL, with nonsense for a link."""
    session.add(AuditEntry(consultation_id=1, account="els", what="aangemeld", about={}, link="?"))


@pytest.mark.parametrize("attack", [change, change_what_about, backdate, remove, swap, forge])
def test_what_is_changed_by_hand_breaks_the_chain(
    storage: Storage, catalogue: Catalogue, attack: Callable[[Session], None]
) -> None:
    logged(storage, catalogue)
    assert broken(storage) == []
    with storage.writing() as session:
        attack(session)
    assert broken(storage) != []


def test_an_end_that_is_cut_off_is_found_by_the_head_that_was_noted(
    storage: Storage, catalogue: Catalogue
) -> None:
    logged(storage, catalogue)
    with storage.reading() as session:
        noted = audit_head(session, 1)
    with storage.writing() as session:
        session.execute(delete(AuditEntry).where(AuditEntry.id == 5))
    assert broken(storage) == []
    with storage.writing() as session:
        assert not holds_head(session, 1, noted)
        audit.record(session, 1, "els", "uitvoer", wat="themes", ronde=4)
        # As many entries as before, but another end.
        assert audit_head(session, 1).events == noted.events
        assert not holds_head(session, 1, noted)


def test_writers_at_the_same_time_make_one_chain(storage: Storage, catalogue: Catalogue) -> None:
    logged(storage, catalogue, 0)

    def write(number: int) -> None:
        with storage.writing() as session:
            audit.record(session, 1, f"u{number}", "aangemeld")

    with ThreadPoolExecutor(8) as all_at_once:
        list(all_at_once.map(write, range(40)))
    assert broken(storage) == []
    with storage.reading() as session:
        assert audit_head(session, 1).events == 40


def test_entries_from_before_the_chain_get_their_links(
    database_url: str, catalogue: Catalogue
) -> None:
    older = Storage(database_url)
    logged(older, catalogue)
    migrated(older.engine, "0026")
    older.close()
    storage = open_storage(database_url)
    assert broken(storage) == []
    with storage.writing() as session:
        assert audit_head(session, 1).events == 5
        audit.record(session, 1, "els", "afgemeld")
    assert broken(storage) == []


def test_logins_roles_and_erasures_are_in_the_log(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = site.settings
    for name in ("data_dir", "secret_key", "rasa_port", "actions_port"):
        monkeypatch.setenv(f"SAMENSPRAAK_{name.upper()}", str(getattr(values, name)))
    settings.cache_clear()
    run = CliRunner()
    made = ["user", "add", "Tine", "--role", "analist", "--opdracht", "4", "--password-stdin"]
    assert run.invoke(app, made, input="een lang wachtwoord").exit_code == 0
    with site.client() as http:
        form = {"username": "tine", "password": "een lang wachtwoord"}
        assert http.post("/beheer/login", data=form).status_code == 303
        http.cookies.clear()
        first, second = begin(http), begin(http)
        for talk in (first, second):
            talk.send("Ja", "c1", payload="/bevestigen")
            question = talk.wait_for_reply(talk.read()[-1]["seq"] - 1)[-1]["seq"]
            talk.send("De bus naar Zomergem rijdt niet.", "c2")
            talk.wait_for_reply(question + 1)
        assert http.delete("/api/chat", headers=first.headers).status_code == 204
    assert run.invoke(app, ["forget", second.receipt]).exit_code == 0
    with site.storage.reading() as session:
        entries = [
            (each.account, each.what, each.about)
            for each in session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        ]
    assert entries == [
        ("opdrachtregel", "account", {"naam": "tine", "rol": "analist", "opdracht": 4}),
        ("tine", "aangemeld", {}),
        ("deelnemer", "gewist", {"antwoorden": 1}),
        ("opdrachtregel", "gewist", {"antwoorden": 1}),
    ]
    assert "Zomergem" not in json.dumps(entries)

    held = run.invoke(app, ["verify"])
    assert held.exit_code == 0, held.output
    head = re.search(r"^audit log: (4:[0-9a-f]{64})$", held.stdout, re.MULTILINE)
    assert head
    assert run.invoke(app, ["verify", "--head", head[1]]).exit_code == 0
    assert run.invoke(app, ["verify", "--head", "4"]).exit_code == 2
    with site.storage.writing() as session:
        session.execute(delete(AuditEntry).where(AuditEntry.id == 4))
    cut = run.invoke(app, ["verify", "--head", head[1]])
    assert cut.exit_code == 1
    assert "its end was cut off" in cut.stdout
    with site.storage.writing() as session:
        session.execute(update(AuditEntry).where(AuditEntry.id == 2).values(account="bea"))
    changed = run.invoke(app, ["verify"])
    assert changed.exit_code == 1
    assert "audit entry 2 does not follow" in changed.stdout
    settings.cache_clear()
