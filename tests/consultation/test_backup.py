"""A backup holds every row as of one moment, and is restored whole or not at all."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import threading
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

import consultation.database.records  # noqa: F401  (its tables belong to the same schema)
from consultation import accounts
from consultation.catalogue import Catalogue
from consultation.curation.log import append
from consultation.database.backup import restore_backup, write_backup
from consultation.database.models import Base, Conversation, Embedding, Message, Participant
from consultation.database.models.notices import BUSY, SENT, UNCERTAIN, WAITS, NewsMail
from consultation.database.revision import revision
from consultation.database.storage import Storage, migrate, open_engine
from consultation.errors import StorageError
from consultation.rounds import consultation_id
from consultation.settings import ROOT
from tests.curation_stage import staged, tid
from tests.databases import open_storage

KEY = "only for tests"
ODD = 'Ée\u0301n "zin"\n\tmet \u2060 tekens, 🧑‍🏫 en \\n {"moment": "2026"}'


def silent(_: str) -> None:
    return None


def everything(storage: Storage) -> dict[str, list[Any]]:
    """All rows of all tables but the counter of writes, read by the models."""
    found = {}
    with storage.reading() as session:
        for table in Base.metadata.sorted_tables:
            if table.name != "revision":
                query = select(table).order_by(*table.primary_key.columns)
                found[table.name] = [tuple(row) for row in session.execute(query)]
    return found


def filled(url: str, catalogue: Catalogue) -> Storage:
    """A consultation with answers, a run, decisions, one of them undone, an account and vectors."""
    storage = open_storage(url)
    consultation = staged(storage, catalogue)
    with storage.writing() as session:
        raw: dict[str, Any] = {"op": "rename", "theme": tid(0), "label": ODD.split("\n")[0]}
        event = append(session, consultation, "els", raw, opdrachten=range(1, 11))
        undo = {"op": "revoke", "event": event.id}
        append(session, consultation, "els", undo, opdrachten=range(1, 11))
        person = Participant(consultation_id=consultation)
        session.add(person)
        session.flush()
        talk = Conversation(participant_id=person.id, round_id=1)
        session.add(talk)
        session.flush()
        # A reply comes back whether its random id sorts after that of its message or before it.
        for seq, (own, reply) in enumerate(
            [("8" * 32, None), ("0" * 32, "8" * 32), ("f" * 32, "8" * 32)]
        ):
            message = Message(id=own, conversation_id=talk.id, seq=seq, text="", reply_to_id=reply)
            message.sender = "assistent" if reply else "deelnemer"
            session.add(message)
            session.flush()
        session.execute(text("update message set text = :odd"), {"odd": ODD})
        accounts.add_account(session, "els", "facilitator", "een lang wachtwoord")
        session.add(Embedding(model="m", text_hash="0" * 64, vector=bytes(range(256))))
    return storage


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a second, empty database without tables."""
    if request.param == "postgres":
        url: str = request.getfixturevalue("postgres_url")
        return url
    return f"sqlite:///{tmp_path / 'tweede' / 'samenspraak.db'}"


def test_every_row_comes_back_on_either_database(
    tmp_path: Path, catalogue: Catalogue, target: str
) -> None:
    first = filled(f"sqlite:///{tmp_path / 'een.db'}", catalogue)
    file = tmp_path / "kopie.zip"
    made = write_backup(first, KEY, file, silent, with_key=True)
    manifest, key = restore_backup(file, target, silent)
    assert (manifest, key) == (made, KEY)
    second = Storage(target)
    again = tmp_path / "weer.zip"
    write_backup(second, KEY, again, silent, with_key=False)
    third = Storage(f"sqlite:///{tmp_path / 'derde.db'}")
    third.close()
    assert everything(second) == everything(first)
    assert len(everything(second)["curation_event"]) == 2
    assert rows_of(again) == rows_of(file)
    with second.reading() as session:
        before = revision(session)
    with second.writing() as session:
        # Ids count on after the restored ones, and writes are counted again.
        raw = {"op": "rename", "theme": tid(1), "label": "verder"}
        append(session, consultation_id(second, catalogue), "els", raw, opdrachten=range(1, 11))
    with second.reading() as session:
        assert revision(session).number > before.number
    first.close()
    second.close()


def rows_of(file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as archive:
        names = set(archive.namelist()) - {"manifest.json", "secret_key", "revision.jsonl"}
        return {name: archive.read(name) for name in names}


def test_a_backup_is_of_one_moment_while_others_write(
    database_url: str, catalogue: Catalogue, tmp_path: Path
) -> None:
    """No row refers to one that is missing, although the writer writes between the tables."""
    storage = filled(database_url, catalogue)
    start, stop = threading.Event(), threading.Event()

    def write() -> None:
        start.wait()
        number = 0
        while not stop.is_set():
            number += 1
            raw = {"op": "rename", "theme": tid(0), "label": f"naam {number}"}
            with storage.writing() as session:
                append(session, 1, "els", raw, opdrachten=range(1, 11))

    writer = threading.Thread(target=write)
    writer.start()
    start.set()
    try:
        for number in range(4):
            file = tmp_path / f"{number}.zip"
            write_backup(storage, KEY, file, silent, with_key=True)
            url = f"sqlite:///{tmp_path / str(number) / 'a.db'}"
            restore_backup(file, url, silent)
            copy = Storage(url)
            with copy.reading() as session:
                assert session.execute(text("pragma foreign_key_check")).all() == []
                events = session.execute(text("select count(*) from curation_event")).scalar_one()
                subjects = session.execute(
                    text("select count(distinct event_id) from event_subject")
                ).scalar_one()
            assert events == subjects
            copy.close()
    finally:
        stop.set()
        writer.join()
        storage.close()


def test_an_older_backup_is_brought_up_to_date(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'oud.db'}")
    migrate(engine, "0006")
    old = Storage.__new__(Storage)
    old.engine, old.file = engine, tmp_path / "oud.db"
    with engine.begin() as connection:
        connection.execute(text("insert into consultation (slug, titel) values ('a', 'A')"))
    manifest = write_backup(old, KEY, tmp_path / "oud.zip", silent, with_key=True)
    engine.dispose()
    assert manifest.schema == "0006"
    url = f"sqlite:///{tmp_path / 'nieuw.db'}"
    restore_backup(tmp_path / "oud.zip", url, silent)
    new = Storage(url)
    with new.reading() as session:
        assert session.execute(text("select titel from consultation")).scalar() == "A"
    new.close()


def test_news_that_waited_is_not_sent_again_after_a_restore(
    tmp_path: Path, catalogue: Catalogue, target: str
) -> None:
    first = filled(f"sqlite:///{tmp_path / 'een.db'}", catalogue)
    with first.writing() as session:
        people = session.scalars(select(Participant.id)).all()[:3]
        for person, state in zip(people, (WAITS, BUSY, SENT), strict=True):
            session.add(NewsMail(participant_id=person, round_id=1, state=state))
    file = tmp_path / "kopie.zip"
    write_backup(first, KEY, file, silent, with_key=True)
    restore_backup(file, target, silent)
    with closing(Storage(target)) as second, second.reading() as session:
        states = session.scalars(select(NewsMail.state).order_by(NewsMail.id)).all()
    assert states == [UNCERTAIN, UNCERTAIN, SENT]


def test_a_filled_database_is_refused_and_left_as_it_is(
    tmp_path: Path, catalogue: Catalogue, database_url: str
) -> None:
    storage = filled(database_url, catalogue)
    file = tmp_path / "kopie.zip"
    write_backup(storage, KEY, file, silent, with_key=True)
    before = everything(storage)
    with pytest.raises(StorageError, match=r"holds rows already .*SAMENSPRAAK_DATA_DIR"):
        restore_backup(file, database_url, silent)
    assert everything(storage) == before
    storage.close()


@pytest.mark.parametrize("damage", ["cut", "other", "text", "row", "newer", "table", "missing"])
def test_what_is_no_whole_backup_changes_nothing(
    tmp_path: Path, catalogue: Catalogue, damage: str
) -> None:
    storage = filled(f"sqlite:///{tmp_path / 'een.db'}", catalogue)
    file = tmp_path / "kopie.zip"
    write_backup(storage, KEY, file, silent, with_key=True)
    storage.close()
    damaged(file, damage)
    url = f"sqlite:///{tmp_path / 'leeg' / 'a.db'}"
    with pytest.raises(StorageError) as caught:
        restore_backup(file, url, silent)
    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)
    empty = Storage(url)
    assert all(rows == [] for rows in everything(empty).values())
    empty.close()


def damaged(file: Path, damage: str) -> None:
    content = file.read_bytes()
    if damage == "missing":
        file.unlink()
    elif damage == "cut":
        file.write_bytes(content[: len(content) // 2])
    elif damage == "text":
        file.write_text("geen zip", encoding="utf-8")
    else:
        with zipfile.ZipFile(file) as archive:
            entries = {name: archive.read(name) for name in archive.namelist()}
        if damage == "other":
            del entries["manifest.json"]
        elif damage == "row":
            entries["statement.jsonl"] = entries["statement.jsonl"].rsplit(b"\n", 2)[0] + b"\n"
        elif damage == "table":
            del entries["statement.jsonl"]
        else:
            told = json.loads(entries["manifest.json"]) | {"schema": "9999"}
            entries["manifest.json"] = json.dumps(told).encode()
        with zipfile.ZipFile(file, "w") as archive:
            for name, entry in entries.items():
                archive.writestr(name, entry)


def test_a_file_is_never_overwritten_and_only_its_user_reads_it(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    storage = filled(f"sqlite:///{tmp_path / 'een.db'}", catalogue)
    file = tmp_path / "kopie.zip"
    write_backup(storage, KEY, file, silent, with_key=True)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(StorageError, match="exists already"):
        write_backup(storage, KEY, file, silent, with_key=True)
    with pytest.raises(StorageError, match="folder that exists"):
        write_backup(storage, KEY, tmp_path / "weg" / "a.zip", silent, with_key=True)
    assert sorted(path.name for path in tmp_path.glob("*kopie*")) == ["kopie.zip"]
    storage.close()


def test_the_verbs_bring_a_consultation_into_another_folder(
    workplace_environment: dict[str, str], tmp_path: Path
) -> None:
    def verb(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        command = [str(Path(sys.executable).with_name("samenspraak")), *arguments]
        env = {**os.environ, **workplace_environment, **more}
        return subprocess.run(command, env=env, capture_output=True, text=True, cwd=ROOT)

    assert verb("round", "open", "1").returncode == 0
    file = str(tmp_path / "alles.zip")
    done = verb("backup", file)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    there = {"SAMENSPRAAK_DATA_DIR": str(tmp_path / "elders"), "SAMENSPRAAK_DATABASE_URL": ""}
    done = verb("restore", file, **there)
    assert done.returncode == 0, done.stderr
    assert "restored: " in done.stderr
    assert verb("round", "list", **there).stdout == verb("round", "list").stdout
    again = verb("restore", file, **there)
    assert again.returncode == 1
    assert "holds rows already" in again.stderr
