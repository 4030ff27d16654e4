"""The doctor looks at what an installation stands on, and each complaint names its mend."""

from __future__ import annotations

import http.server
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete

from consultation import rounds
from consultation.catalogue import load_catalogue
from consultation.curation.log import append
from consultation.database.models import CurationEvent, EventSubject
from consultation.database.storage import Storage
from consultation.settings import Settings, settings
from samenspraak import doctor


@pytest.fixture
def values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of an installation that was never used."""
    for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "CATALOGUE"):
        monkeypatch.delenv(f"SAMENSPRAAK_{name}", raising=False)
    return Settings(data_dir=tmp_path / "var")


@pytest.fixture
def listener() -> Iterator[int]:
    """A port that some other program holds; it says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def alive() -> Iterator[int]:
    """A port where a process of ours tells that it lives."""

    class Health(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"status":"ok"}')

        def log_message(self, *_arguments: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Health)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def test_a_new_installation_has_a_database_to_come(values: Settings) -> None:
    check = doctor.database(values)
    assert check.ok
    assert "made at first use" in check.detail
    assert doctor.private_files(values).ok
    assert not values.data_dir.exists()


def test_a_database_in_use_is_current(values: Settings, database_url: str) -> None:
    Storage(database_url).close()
    check = doctor.database(values.model_copy(update={"database_url": database_url}))
    assert check.ok
    assert "schema is current" in check.detail


@pytest.mark.parametrize(
    "url",
    ["postgresql+psycopg://nobody@127.0.0.1:1/none", "mysql://x@y/z", "no url at all"],
)
def test_a_database_that_cannot_be_had_is_an_error(values: Settings, url: str) -> None:
    check = doctor.database(values.model_copy(update={"database_url": url}))
    assert (check.ok, check.level) == (False, "error")
    assert "\n" not in check.line()


def test_a_decision_that_was_changed_by_hand_is_told(values: Settings) -> None:
    assert doctor.decisions(values) == []
    values.data_dir.mkdir()
    storage = Storage(values.resolved_database_url)
    with storage.writing() as session:
        rounds.ensure_consultation(session, load_catalogue(values.catalogue))
        for text in ("Opvang.", "Vervoer."):
            create = {"op": "action", "do": "create", "opdracht": 4, "text": text}
            append(session, 1, "els", create)
    assert [each.ok for each in doctor.decisions(values)] == [True, True]
    with storage.writing() as session:
        session.execute(delete(EventSubject).where(EventSubject.event_id == 1))
        session.execute(delete(CurationEvent).where(CurationEvent.id == 1))
    storage.close()
    found, log = doctor.decisions(values)
    assert (found.ok, log.ok) == (False, True)
    assert "decision 2 does not follow" in found.detail


def test_a_password_is_never_shown(values: Settings) -> None:
    url = "postgresql+psycopg://nobody:geheim@127.0.0.1:1/none"
    assert "geheim" not in doctor.database(values.model_copy(update={"database_url": url})).line()


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("secret_key", "kort", "SAMENSPRAAK_SECRET_KEY"),
        ("shared_secret", "kort", "SAMENSPRAAK_SHARED_SECRET"),
        ("host", "0.0.0.0", "http://localhost:"),
        ("public_url", "http://overleg.example", "unencrypted"),
        ("public_url", "https://overleg.example", "SAMENSPRAAK_TRUSTED_PROXIES"),
        ("trusted_proxies", "0.0.0.0/0", "anybody can pretend"),
        ("trusted_proxies", "::/0", "anybody can pretend"),
        ("embed_origins", "*", "EMBED_ORIGINS"),
        ("embed_origins", "http://www.example.be", "EMBED_ORIGINS"),
    ],
)
def test_a_dangerous_setting_is_told(values: Settings, name: str, value: str, told: str) -> None:
    def warned(settings: Settings) -> list[str]:
        found = [*doctor.secrets(settings), *doctor.network(settings)]
        return [check.line() for check in found if not check.ok]

    safe = {"secret_key": "", "embed_origins": "", "public_url": ""}
    assert warned(values.model_copy(update=safe)) == []
    assert any(told in line for line in warned(values.model_copy(update={**safe, name: value})))


def test_a_slip_in_a_setting_s_name_is_told(
    values: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMENSPRAAK_DATABSE_URL", "sqlite:///x.db")
    found = [check for check in doctor.variables(values) if "DATABSE" in check.detail]
    assert [check.mend for check in found] == ["did you mean SAMENSPRAAK_DATABASE_URL?"]


def test_a_known_setting_is_no_slip(values: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMENSPRAAK_PORT", "8001")
    assert [
        check for check in doctor.variables(values) if "SAMENSPRAAK_PORT " in check.detail
    ] == []


def test_ports_are_free_ours_or_another_s(values: Settings, listener: int, alive: int) -> None:
    ours, other, free = doctor.ports(
        values.model_copy(
            update={"port": alive, "rasa_port": listener, "actions_port": free_port()}
        )
    )
    assert (ours.ok, ours.detail) == (True, "the website is running")
    assert (free.ok, free.detail) == (True, "free for the action server")
    assert not other.ok
    assert "SAMENSPRAAK_RASA_PORT" in other.mend


def test_redis_is_looked_at_only_when_asked_for(values: Settings) -> None:
    assert doctor.redis(values) == []
    (check,) = doctor.redis(values.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"}))
    assert not check.ok
    assert "SAMENSPRAAK_REDIS_URL" in check.mend


@pytest.mark.redis
def test_redis_that_answers_is_well(values: Settings, redis_url: str) -> None:
    (check,) = doctor.redis(values.model_copy(update={"redis_url": redis_url}))
    assert check.ok


def test_a_wrong_catalogue_is_named(values: Settings, tmp_path: Path) -> None:
    path = tmp_path / "fout.yml"
    path.write_text("groepen: []\n", encoding="utf-8")
    check = doctor.catalogue(values.model_copy(update={"catalogue": path}))
    assert not check.ok
    assert str(path) in check.detail


def test_the_bot_s_environment_is_read_from_its_metadata(values: Settings, tmp_path: Path) -> None:
    assert doctor.bot_environment(values, tmp_path).mend == "make setup"
    home = tmp_path / "bot" / ".venv"
    packages = home / "lib" / "python3.10" / "site-packages"
    packages.mkdir(parents=True)
    (home / "bin").mkdir()
    (home / "bin" / "python").touch()
    assert doctor.bot_environment(values, tmp_path).detail == "Rasa is not in bot/.venv"
    (packages / "rasa-3.6.2.dist-info").mkdir()
    check = doctor.bot_environment(values, tmp_path)
    assert not check.ok
    assert "Python 3.10, Rasa 3.6.2;" in check.detail
    (packages / "rasa-3.6.2.dist-info").rename(packages / "rasa-3.6.21.dist-info")
    assert doctor.bot_environment(values, tmp_path).ok


def test_the_dutch_fallback_is_a_warning_that_tells_the_loss(values: Settings) -> None:
    check = doctor.dutch(values.model_copy(update={"spacy_model": "nl_not_installed"}))
    assert (check.ok, check.level) == (False, "warning")
    assert "parts of speech" in check.detail


def test_a_statistical_pipeline_is_well(values: Settings, dutch_model: Path) -> None:
    assert doctor.dutch(values.model_copy(update={"spacy_model": str(dutch_model)})).ok


def test_a_pipeline_s_folder_that_is_not_there_is_an_error(values: Settings) -> None:
    check = doctor.dutch(values.model_copy(update={"spacy_model": "/not/there"}))
    assert (check.ok, check.level) == (False, "error")


def test_an_unknown_encoder_is_an_error(values: Settings) -> None:
    check = doctor.encoder(values.model_copy(update={"embedding": "word2vec"}))
    assert (check.ok, check.level) == (False, "error")
    assert "use e5" in check.detail
    assert doctor.encoder(values.model_copy(update={"embedding": "use"})).ok


def test_every_check_is_one_line(values: Settings) -> None:
    found = doctor.checks(values)
    names = {check.name for check in found}
    assert {"app environment", "catalogue", "database", "assistant", "Dutch", "embedding"} <= names
    assert [check for check in found if "\n" in check.line()] == []


@pytest.mark.parametrize(("level", "code"), [("error", 1), ("warning", 0)])
def test_only_an_error_makes_the_verb_fail(
    level: doctor.Level,
    code: int,
    values: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    check = doctor.Check("thing", False, level, "is broken", "mend it")
    monkeypatch.setattr(doctor, "settings", lambda: values)
    monkeypatch.setattr(doctor, "_checks", lambda _values: [check])
    assert doctor.run() == code
    assert capsys.readouterr().out.endswith("thing: is broken -> mend it\n")


def test_a_setting_that_does_not_fit_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SAMENSPRAAK_PORT", "veel")
    settings.cache_clear()
    assert doctor.run() == 1
    settings.cache_clear()
    assert "SAMENSPRAAK_PORT: 'veel' does not fit" in capsys.readouterr().out
