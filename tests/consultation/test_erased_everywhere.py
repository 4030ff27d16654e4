"""What is erased is in no table, no file, and no backup or export made later; with SQLite, and
with PostgreSQL, whose pages keep it until the next vacuum."""

from __future__ import annotations

import io
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import String, cast, inspect, select, text
from sqlalchemy.engine import make_url

from consultation import rounds
from consultation.database.models import Base
from consultation.database.storage import Storage
from consultation.settings import ROOT, Settings
from tests.consultation.test_erased_at_once import PRIVATE, answered
from tests.servers import SAMENSPRAAK, workplace_variables
from tests.web_stage import Site, StandIn, begin

pytest_plugins = ["tests.web_fixtures"]


@pytest.fixture
def on_each(tmp_path: Path, stand_in: StandIn, database_url: str) -> Iterator[Site]:
    """A website on SQLite, and once more on PostgreSQL."""
    values = Settings(
        data_dir=tmp_path,
        database_url=database_url,
        secret_key="only for tests",
        rasa_port=stand_in.port,
        actions_port=stand_in.port,
    )
    storage = Storage(database_url)
    site = Site(values, storage, stand_in)
    site.start()
    with storage.writing() as session:
        rounds.open_(session, 1, 1)
    yield site
    site.stop()
    storage.close()


def tables_holding(storage: Storage) -> list[str]:
    """The tables with one of the private words in any column, read as text."""
    found = []
    with storage.engine.connect() as connection:
        names = set(inspect(storage.engine).get_table_names())
        for table in Base.metadata.sorted_tables:
            assert table.name in names
            for row in connection.execute(select(*[cast(each, String) for each in table.c])):
                told = " ".join(str(each) for each in row).lower()
                if any(word in told for word in PRIVATE):
                    found.append(table.name)
    return sorted(set(found))


def pages_holding(storage: Storage) -> list[str]:
    """The tables and indexes whose pages on the disk hold a private word; as the server reads them.

    ``pg_read_binary_file`` reads the data directory on any server, near or far.
    """
    found = []
    with storage.engine.connect() as connection:
        relations = connection.execute(
            text(
                "select relname, pg_relation_filepath(oid) from pg_class "
                "where pg_relation_filepath(oid) is not null and relkind in ('r', 'i', 't') "
                "and relnamespace not in (select oid from pg_namespace "
                "where nspname = 'information_schema')"
            )
        ).all()
        for name, path in relations:
            content = connection.execute(
                text("select pg_read_binary_file(:path, 0, 100000000, true)"), {"path": path}
            ).scalar_one()
            if content and any(word.encode() in bytes(content).lower() for word in PRIVATE):
                found.append(name)
    return sorted(found)


def vacuumed(storage: Storage) -> None:
    """As ``docs/operation.md`` says: what is deleted leaves the pages with the next vacuum."""
    with storage.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum full"))
        connection.execute(text("checkpoint"))


def test_after_an_erasure_the_words_are_nowhere(on_each: Site, tmp_path: Path) -> None:
    site = on_each
    postgres = site.storage.file is None
    with site.client() as http:
        begin(http)
        talk = answered(http)
        assert {"message", "contribution_version"} <= set(tables_holding(site.storage))
        if postgres:
            vacuumed(site.storage)
            assert {"message", "contribution_version"} <= set(pages_holding(site.storage))
        assert http.delete("/api/chat", headers=talk.headers).status_code == 204
    assert tables_holding(site.storage) == []
    if postgres:
        vacuumed(site.storage)
        assert pages_holding(site.storage) == []
    variables = {
        **workplace_variables(tmp_path),
        "SAMENSPRAAK_DATABASE_URL": str(
            make_url(site.settings.database_url).render_as_string(hide_password=False)
        ),
        "SAMENSPRAAK_SECRET_KEY": site.settings.secret_key,
    }
    for verb in (
        ["backup", str(tmp_path / "later.zip")],
        ["export", "statements", "--format", "csv", "-o", str(tmp_path / "uit.csv")],
        ["export", "bewijs", "-o", str(tmp_path / "bewijs.zip")],
    ):
        done = subprocess.run(
            [str(SAMENSPRAAK), *verb], env=variables, cwd=ROOT, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    holding = []
    for file in tmp_path.rglob("*"):
        if not file.is_file():
            continue
        parts = [file.read_bytes()]
        if file.suffix == ".zip":
            with zipfile.ZipFile(io.BytesIO(parts[0])) as archive:
                parts += [archive.read(each) for each in archive.namelist()]
        if any(word.encode() in part.lower() for part in parts for word in PRIVATE):
            holding.append(file.name)
    assert holding == []
