"""What the tests share: databases, catalogues, a workplace, and what this machine may lack."""

from __future__ import annotations

import functools
import gc
import os
import shutil
import socket
import sqlite3
import ssl
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import CodeType
from typing import Any
from urllib.parse import urlsplit

import jinja2
import psycopg
import pytest
from argon2 import PasswordHasher
from playwright.sync_api import expect
from sqlalchemy import Engine

from consultation import accounts, rounds
from consultation.catalogue import Catalogue, load_catalogue
from consultation.database import storage as storage_module
from consultation.database.storage import Storage
from consultation.settings import ROOT, Settings
from samenspraak.workplace import Workplace
from tests.databases import close_databases, warn_of_open_databases
from tests.servers import Servers, serving, workplace_variables
from tests.vectors import encoded_once

SHARED = ROOT.parent / "shared"
CATALOGUE = ROOT / "data" / "opdrachten.yml"
SECOND_CATALOGUE = ROOT / "tests" / "data" / "tuinen.yml"

POSTGRES = os.environ.get("SAMENSPRAAK_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432")
REDIS = os.environ.get("SAMENSPRAAK_TEST_REDIS", "redis://127.0.0.1:6379/15")
PARTS = ("browser", "node", "postgres", "redis")
"""What may be required; node is asked for by ``make lint`` alone."""


def required() -> set[str]:
    """The parts that must be there: ``SAMENSPRAAK_REQUIRE=browser,postgres,redis``."""
    return {part.strip() for part in os.environ.get("SAMENSPRAAK_REQUIRE", "").split(",")} - {""}


def missing(part: str, reason: str) -> None:
    """Skips the test that asks, with its reason; fails it when the part is required."""
    assert part in PARTS, f"{part} is not one of {', '.join(PARTS)}"
    if part in required():
        pytest.fail(f"{reason}; SAMENSPRAAK_REQUIRE names {part}", pytrace=False)
    pytest.skip(reason)


def shared_file(name: str) -> Path:
    """A file of the folder ``shared`` beside the project; skips the test where it is absent."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"../shared/{name} is not beside the project")
    return path


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "soak: too long for every run; make soak runs it")
    unknown = required() - set(PARTS)
    if unknown:
        raise pytest.UsageError(
            f"SAMENSPRAAK_REQUIRE: {', '.join(sorted(unknown))} is not one of {', '.join(PARTS)}"
        )


def pytest_sessionfinish() -> None:
    gc.unfreeze()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """No skip slips through: a test marked with a required part may not skip, for no reason."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    parts = required() & {mark.name for mark in item.iter_markers()}
    if report.skipped and parts and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = (
            f"skipped ({report.longrepr[2]}), but SAMENSPRAAK_REQUIRE names "
            f"{', '.join(sorted(parts))}"
        )


@pytest.hookimpl(hookwrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    """A module that skips itself whole could hide a required part, so it may not."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if report.skipped and required():
        report.outcome = "failed"
        report.longrepr = f"{collector.nodeid} skips itself, but SAMENSPRAAK_REQUIRE is set"


@pytest.fixture(scope="module", autouse=True)
def nothing_left_open() -> Iterator[None]:
    """What a module left open in a circle of references fails a test of it, not of another one.

    What was there before is frozen: a collection of all objects takes 3 % of the suite's time.
    """
    gc.freeze()
    yield
    gc.collect()


@pytest.fixture(scope="session", autouse=True)
def open_databases_warn() -> Iterator[None]:
    """A SQLite database that is dropped open warns, as it does from Python 3.13 on."""
    with pytest.MonkeyPatch.context() as patch:
        warn_of_open_databases(patch)
        yield


@pytest.fixture(scope="session", autouse=True)
def texts_encoded_once() -> Iterator[None]:
    """A text that several tests analyse is encoded once."""
    with encoded_once():
        yield


@pytest.fixture(scope="session", autouse=True)
def one_tls_context() -> Iterator[None]:
    """All HTTP clients share what they trust; to read it takes longer than most requests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", functools.cache(ssl.create_default_context))
        yield


@pytest.fixture(scope="session", autouse=True)
def templates_compiled_once() -> Iterator[None]:
    """A template is compiled for the first website that shows it, not for that of every test."""
    with pytest.MonkeyPatch.context() as patch:
        compiled: dict[tuple[str, str], CodeType] = {}
        compile_ = jinja2.Environment.compile

        def once(
            self: jinja2.Environment, source: Any, name: Any = None, filename: Any = None
        ) -> Any:
            if (name, source) not in compiled:
                compiled[name, source] = compile_(self, source, name, filename)
            return compiled[name, source]

        patch.setattr(jinja2.Environment, "compile", once)
        yield


@pytest.fixture(autouse=True)
def databases_closed() -> Iterator[None]:
    """What a test opened by ``open_storage`` is closed at its end."""
    yield
    close_databases()


@pytest.fixture(scope="session")
def postgres_server() -> str:
    """The URL of a PostgreSQL server in which databases may be made."""
    try:
        psycopg.connect(f"{POSTGRES}/postgres", connect_timeout=3).close()
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        missing("postgres", f"no PostgreSQL at {POSTGRES} ({reason})")
    return POSTGRES


@pytest.fixture(scope="session", autouse=True)
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An empty SQLite database, migrated once; every other empty one begins as a copy of it.

    All migrations take half a second of work, and more than a thousand tests open a database.
    ``migrate`` still runs on each copy, and on any other database as ever.
    """
    template = tmp_path_factory.mktemp("migrated") / "samenspraak.db"
    Storage(f"sqlite:///{template}").close()
    migrate = storage_module.migrate

    def from_template(engine: Engine, target: str | None = None) -> None:
        path = engine.url.database if engine.dialect.name == "sqlite" else None
        if target is None and path and Path(path).is_file() and not Path(path).stat().st_size:
            with closing(sqlite3.connect(template)) as made, closing(sqlite3.connect(path)) as new:
                made.backup(new)
        migrate(engine, target)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(storage_module, "migrate", from_template)
        yield template


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Passwords are hashed as in the product, but with little work."""
    with pytest.MonkeyPatch.context() as patch:
        cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(accounts, "_HASHER", cheap)
        yield


@contextmanager
def _database(server: str, template: str = "template1") -> Iterator[str]:
    """The SQLAlchemy URL of a new PostgreSQL database, that is dropped at the end."""
    name = f"samenspraak_test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'create database "{name}" template "{template}"')
        yield f"{server.replace('postgresql:', 'postgresql+psycopg:', 1)}/{name}"
        connection.execute(f'drop database "{name}" with (force)')


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: str) -> Iterator[str]:
    """The name of an empty PostgreSQL database, migrated once."""
    with _database(postgres_server) as url:
        Storage(url).close()
        yield url.rsplit("/", 1)[1]


@pytest.fixture
def postgres_url(postgres_server: str, migrated_postgres: str) -> Iterator[str]:
    """The SQLAlchemy URL of a fresh, migrated PostgreSQL database, dropped after the test."""
    with _database(postgres_server, migrated_postgres) as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database: SQLite, and once more PostgreSQL."""
    if request.param == "postgres":
        url: str = request.getfixturevalue("postgres_url")
        return url
    return f"sqlite:///{tmp_path / 'samenspraak.db'}"


@pytest.fixture
def storage(database_url: str) -> Iterator[Storage]:
    """An open, migrated, empty database: SQLite, and once more PostgreSQL."""
    opened = Storage(database_url)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def redis_url() -> str:
    """The URL of a Redis that answers; its database 15 is for tests."""
    where = urlsplit(REDIS)
    try:
        with socket.create_connection((where.hostname, where.port or 6379), timeout=3) as link:
            link.sendall(b"PING\r\n")
            answer = link.recv(64)
        if not answer.startswith(b"+PONG"):
            missing("redis", f"what listens at {REDIS} is no open Redis")
    except OSError as error:
        missing("redis", f"no Redis at {REDIS} ({error})")
    return REDIS


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Chromium."""
    for name in ("chromium", "chromium-browser", "google-chrome", "chrome"):
        path = shutil.which(name)
        if path:
            # A busy machine answers late; what is wrong does not come at all.
            expect.set_options(timeout=30_000)
            return path
    missing("browser", "no Chromium on PATH; on Debian: apt install chromium")
    raise AssertionError


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The product's catalogue."""
    return load_catalogue(CATALOGUE)


@pytest.fixture
def second_catalogue() -> Path:
    """The file of a small consultation on another subject: 1 uitdaging, 2 opdrachten."""
    return SECOND_CATALOGUE


@pytest.fixture
def workplace(tmp_path: Path, catalogue: Catalogue) -> Iterator[Workplace]:
    """A whole consultation on an empty SQLite database, with data in a folder of its own."""
    values = Settings(data_dir=tmp_path, secret_key="only for tests", redis_url="", database_url="")
    opened = Storage(values.resolved_database_url)
    with opened.writing() as session:
        consultation = rounds.ensure_consultation(session, catalogue).id
    yield Workplace(values, catalogue, opened, consultation)
    opened.close()


@pytest.fixture
def workplace_environment(tmp_path: Path) -> dict[str, str]:
    """The variables that make a verb, run as a process, work in a folder of its own."""
    return {**workplace_variables(tmp_path), "RASA_TELEMETRY_ENABLED": "false"}


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """The product, serving, with round 1 open; shared, since each start takes a quarter minute."""
    with serving(tmp_path_factory.mktemp("var")) as running:
        yield running


@pytest.fixture(scope="session")
def dutch_model() -> Path:
    """A Dutch spaCy pipeline with statistical parts, for the path that is not the fallback."""
    return shared_file("models/nl_ud_dev")
