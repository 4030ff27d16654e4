"""What other users of the machine get: no answer on the loopback, and no file to read."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import httpx
import pytest

from consultation.database.storage import Storage
from consultation.settings import ROOT, Settings
from samenspraak import doctor
from tests.servers import SAMENSPRAAK, Servers, Talk

ROUTES = [
    ("GET", "/"),
    ("GET", "/health"),
    ("GET", "/version"),
    ("GET", "/status"),
    ("GET", "/actions"),
    ("POST", "/webhook"),
    ("POST", "/model/parse"),
    ("GET", "/conversations/x/tracker"),
    ("GET", "/webhooks/rest/"),
    ("POST", "/webhooks/rest/webhook"),
    ("GET", "/webhooks/binnen/"),
    ("POST", "/webhooks/binnen/begrip"),
    ("GET", "/webhooks/binnen/gesprekken/x"),
    ("DELETE", "/webhooks/binnen/gesprekken/x"),
    ("DELETE", "/webhooks/binnen/gesprekken"),
    ("GET", "/nergens"),
]
EVERYBODY_ELSE = stat.S_IRWXG | stat.S_IRWXO


@pytest.mark.servers
@pytest.mark.parametrize("given", [None, "Bearer", "Bearer verkeerd", "Bearer é", "Basic eDp5"])
def test_rasa_and_the_action_server_answer_nobody_without_the_secret(
    servers: Servers, given: str | None
) -> None:
    talk = Talk(servers.url, opdracht=4)
    headers = {b"Authorization": given.encode()} if given else {}
    for name in ("RASA", "ACTIONS"):
        port = servers.environment[f"SAMENSPRAAK_{name}_PORT"]
        got = {
            f"{method} {path}": httpx.request(
                method, f"http://127.0.0.1:{port}{path}", headers=headers
            )
            for method, path in ROUTES
        }
        assert {what: answer.status_code for what, answer in got.items()} == dict.fromkeys(got, 401)
        assert {answer.text for answer in got.values()} == {
            '{"error":"the shared secret is missing or wrong"}'
        }
    assert servers.remembers(talk.session) == 1


@pytest.mark.servers
def test_the_doctor_knows_the_two_by_their_refusal(servers: Servers) -> None:
    said = servers.verb("doctor").stdout
    assert "Rasa is running" in said
    assert "the action server is running" in said


@pytest.mark.servers
def test_what_the_servers_write_is_for_their_user_only(servers: Servers) -> None:
    written = {each.name for each in servers.folder.rglob("*")}
    assert {"samenspraak.db", "samenspraak.db-wal", "rasa.log", "shared_secret"} <= written
    assert open_to_others(servers.folder) == []


def test_a_verb_mends_what_was_open_and_writes_nothing_open(
    tmp_path: Path, workplace_environment: dict[str, str]
) -> None:
    folder = tmp_path / "var"
    (folder / "log").mkdir(parents=True, mode=0o755)
    (folder / "log" / "web.log").write_text("oud\n")
    elsewhere = tmp_path / "elders.txt"
    elsewhere.write_text("van iemand anders\n")
    (folder / "wijst").symlink_to(elsewhere)
    for each in (folder, folder / "log", folder / "log" / "web.log", elsewhere):
        each.chmod(0o755 if each.is_dir() else 0o644)
    assert len(open_to_others(folder)) == 3
    done = subprocess.run(
        [str(SAMENSPRAAK), "round", "open", "1"],
        env={**workplace_environment, "SAMENSPRAAK_DATA_DIR": str(folder)},
        cwd=ROOT,
        check=False,
        umask=0o022,
    )
    assert done.returncode == 0
    assert open_to_others(folder) == []
    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o644


def test_a_database_made_from_a_notebook_is_private_too(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        folder = tmp_path / "var"
        storage = Storage(f"sqlite:///{folder / 'samenspraak.db'}")
        found = open_to_others(folder)
        storage.close()
    finally:
        os.umask(before)
    assert found == []


def test_a_data_directory_that_holds_other_things_is_left_as_it_is(
    tmp_path: Path, workplace_environment: dict[str, str]
) -> None:
    tmp_path.chmod(0o1777)
    (tmp_path / "van een ander").write_text("x")
    (tmp_path / "van een ander").chmod(0o644)
    done = subprocess.run(
        [str(SAMENSPRAAK), "round", "list"],
        env=workplace_environment,
        cwd=ROOT,
        check=False,
        capture_output=True,
        umask=0o022,
    )
    assert done.returncode == 0
    assert sorted(each.name for each in open_to_others(tmp_path)) == [
        tmp_path.name,
        "van een ander",
    ]


def test_the_doctor_tells_what_others_can_read(tmp_path: Path) -> None:
    values = Settings(data_dir=tmp_path, database_url="", secret_key="")
    assert values.inner_secret
    assert doctor.private_files(values).ok
    (tmp_path / "shared_secret").chmod(0o644)
    told = doctor.private_files(values)
    assert not told.ok
    assert "shared_secret" in told.detail


def test_each_serve_has_another_secret_and_one_that_was_set_stays(tmp_path: Path) -> None:
    values = Settings(data_dir=tmp_path, shared_secret="")
    first = values.renew_inner_secret()
    assert len(first) > 40
    assert values.inner_secret == first
    assert values.renew_inner_secret() != first
    assert stat.S_IMODE((tmp_path / "shared_secret").stat().st_mode) == 0o600
    given = Settings(data_dir=tmp_path, shared_secret="gegeven")
    assert (given.renew_inner_secret(), given.inner_secret) == ("gegeven", "gegeven")


def open_to_others(folder: Path) -> list[Path]:
    """What is not for one user only, links left out."""
    return [
        each
        for each in (folder, *folder.rglob("*"))
        if not each.is_symlink() and each.stat().st_mode & EVERYBODY_ELSE
    ]
