"""Backup and restore of a whole consultation: one zip file, the same for SQLite and PostgreSQL.

The file holds an entry of JSON lines for every table, as one moment of the database saw them, so
that the product can go on meanwhile. ``manifest.json`` comes last and tells the schema, the moment
and the number of rows; a file without it is not whole. Texts in JSON columns are copied character
by character. The secret key is in it too, since receipt codes and logins depend on it; so the file
is as confidential as the database.

A backup is restored into an empty database with the schema it was made with, which opening the
database then brings up to date. So a consultation moves from SQLite to PostgreSQL the same way.
"""

from __future__ import annotations

import base64
import contextlib
import errno
import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from alembic.migration import MigrationContext
from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    Integer,
    MetaData,
    Table,
    Text,
    bindparam,
    cast,
    func,
    insert,
    literal_column,
    select,
    text,
    update,
)

from consultation.database.migrating import schema_versions
from consultation.database.models.notices import BUSY, UNCERTAIN, WAITS, NewsMail
from consultation.database.revision import install_triggers, remove_triggers
from consultation.database.schema import newest_schema
from consultation.database.storage import Storage, migrate, open_engine
from consultation.errors import StorageError

_FORMAT = 1
_MANIFEST, _KEY = "manifest.json", "secret_key"
_VERSION_TABLE = "alembic_version"
_FILLED_BY_MIGRATIONS = frozenset({_VERSION_TABLE, "revision"})
_BATCH = 1000
_BOUND = "v_"

Tell = Callable[[str], None]
"""Is told what is being done, as long work should show progress."""


@dataclass(frozen=True)
class BackupManifest:
    """What a backup holds.

    ``schema`` is the migration it was made with, ``moment`` when the database was seen, ``rows``
    the number of rows per table. ``key`` is the SHA-256 of the secret key.
    """

    schema: str
    moment: datetime
    rows: Mapping[str, int]
    key: str


def write_backup(
    storage: Storage, secret_key: str, path: Path, tell: Tell, *, with_key: bool
) -> BackupManifest:
    """Writes a backup of all tables, as they are at one moment, to a new file for its user only.

    Args:
        storage: the open database; others may write to it meanwhile.
        secret_key: the effective secret key.
        path: the file; it must not exist.
        tell: is told the tables that are done.
        with_key: whether the key is put in the file; not where the environment sets it.

    Raises:
        StorageError: the file exists or cannot be written; nothing is left behind.
    """
    if path.exists():
        raise StorageError(f"{path}: exists already; give the name of a new file.")
    partial = path.with_name(f".{path.name}.partial")
    try:
        descriptor = os.open(partial, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        with (
            os.fdopen(descriptor, "w+b") as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        ):
            manifest = _write_tables(storage, secret_key, archive, tell)
            if with_key:
                archive.writestr(_KEY, secret_key)
            archive.writestr(_MANIFEST, _shown_manifest(manifest))
            archive.close()
            file.flush()
            os.fsync(file.fileno())
        os.link(partial, path)
    except FileExistsError as error:
        raise StorageError(f"{path}: exists already; give the name of a new file.") from error
    except OSError as error:
        mend = "make room" if error.errno == errno.ENOSPC else "give a file in a folder that exists"
        raise StorageError(f"{path}: cannot be written ({error.strerror}); {mend}.") from error
    finally:
        with contextlib.suppress(OSError):
            partial.unlink()
    return manifest


def restore_backup(path: Path, url: str, tell: Tell) -> tuple[BackupManifest, str | None]:
    """Restores a backup into an empty database, in one transaction.

    Args:
        path: the file that ``write_backup`` made.
        url: the SQLAlchemy URL of a database without tables, or with empty ones.
        tell: is told the tables that are done.

    News by mail that waited is not sent any more: it may have been sent since the backup.

    Returns:
        What the file holds, and the secret key if it is in the file.

    Raises:
        StorageError: the file is no whole backup or was made by a newer version, or the database
            is not empty; nothing was changed.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _manifest(path, archive)
            key = archive.read(_KEY).decode() if _KEY in archive.namelist() else None
            engine = open_engine(url)
            try:
                _require_room(engine.connect(), manifest, url)
                migrate(engine, manifest.schema)
                begin = engine.connect().execution_options(sqlite_begin="IMMEDIATE")
                with begin as connection, connection.begin():
                    _read_tables(path, archive, manifest, connection, tell)
            finally:
                engine.dispose()
    except OSError as error:
        raise StorageError(
            f"{path}: cannot be read ({error.strerror}); give the path of a backup."
        ) from error
    except zipfile.BadZipFile as error:
        raise StorageError(
            f"{path}: is no whole backup ({error}); use another one. Nothing was changed."
        ) from error
    with contextlib.closing(Storage(url)) as storage, storage.writing() as session:
        # Mails that waited then may have been sent since.
        waiting = NewsMail.state.in_((WAITS, BUSY))
        session.execute(update(NewsMail).where(waiting).values(state=UNCERTAIN))
    return manifest, key


def fingerprint(secret_key: str) -> str:
    """The SHA-256 of a secret key, to compare keys by."""
    return hashlib.sha256(secret_key.encode()).hexdigest()


def _write_tables(
    storage: Storage, secret_key: str, archive: zipfile.ZipFile, tell: Tell
) -> BackupManifest:
    options = {} if storage.file else {"isolation_level": "REPEATABLE READ"}
    with storage.engine.connect().execution_options(**options) as connection, connection.begin():
        tables = _tables(connection)
        schema = MigrationContext.configure(connection).get_current_revision()
        moment = datetime.now(UTC)
        rows = {}
        for table in tables:
            with archive.open(f"{table.name}.jsonl", "w", force_zip64=True) as entry:
                rows[table.name] = _write_table(connection, table, entry)
            tell(f"{table.name}: {rows[table.name]} rows")
    return BackupManifest(str(schema), moment, rows, fingerprint(secret_key))


def _tables(connection: Connection) -> list[Table]:
    """All tables as the database has them; a table comes after those it refers to."""
    metadata = MetaData()
    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if table.name != _VERSION_TABLE]


def _write_table(connection: Connection, table: Table, entry: IO[bytes]) -> int:
    columns = [
        cast(column, Text).label(column.name) if isinstance(column.type, JSON) else column
        for column in table.columns
    ]
    query = select(*columns).order_by(*table.primary_key.columns)
    entry.write(json.dumps([column.name for column in table.columns]).encode() + b"\n")
    number = 0
    streamed = connection.execution_options(stream_results=True, yield_per=_BATCH)
    for row in streamed.execute(query):
        line = json.dumps(list(row), default=_packed, ensure_ascii=False)
        entry.write(line.encode("utf-8", "surrogatepass") + b"\n")
        number += 1
    return number


def _packed(value: object) -> dict[str, str]:
    if isinstance(value, datetime):
        aware = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return {"moment": aware.isoformat()}
    if isinstance(value, bytes | memoryview):
        return {"bytes": base64.b64encode(value).decode()}
    raise TypeError(f"a {type(value).__name__} has no place in a backup")


def _unpacked(value: Any, naive: bool) -> Any:
    if not isinstance(value, dict):
        return value
    if "bytes" in value:
        return base64.b64decode(value["bytes"])
    moment = datetime.fromisoformat(value["moment"])
    return moment.replace(tzinfo=None) if naive else moment


def _shown_manifest(manifest: BackupManifest) -> str:
    return json.dumps(
        {
            "format": _FORMAT,
            "schema": manifest.schema,
            "moment": manifest.moment.isoformat(),
            "rows": dict(manifest.rows),
            "key": manifest.key,
        },
        indent=1,
    )


def _manifest(path: Path, archive: zipfile.ZipFile) -> BackupManifest:
    try:
        told = json.loads(archive.read(_MANIFEST))
        made = told["format"]
        manifest = BackupManifest(
            told["schema"], datetime.fromisoformat(told["moment"]), told["rows"], told["key"]
        )
    except (KeyError, ValueError, TypeError) as error:
        raise StorageError(
            f"{path}: is no backup of Samenspraak, or not a whole one; use another file."
        ) from error
    if made != _FORMAT or manifest.schema not in schema_versions():
        raise StorageError(f"{path}: made by a newer version; update Samenspraak, then restore.")
    return manifest


def _require_room(connection: Connection, manifest: BackupManifest, url: str) -> None:
    """Refuses a database with rows, or with tables of another schema than the backup's."""
    with connection:
        tables = _tables(connection)
        filled = [
            table.name
            for table in tables
            if table.name not in _FILLED_BY_MIGRATIONS
            and connection.execute(select(literal_column("1")).select_from(table).limit(1)).first()
        ]
        schema = MigrationContext.configure(connection).get_current_revision()
    if filled or (tables and schema != manifest.schema):
        why = f"holds rows already (in {filled[0]})" if filled else "has tables of another version"
        raise StorageError(
            f"{url if url.startswith('sqlite') else 'the database'}: {why}; restore into an empty "
            "folder (SAMENSPRAAK_DATA_DIR) or an empty database (SAMENSPRAAK_DATABASE_URL)."
        )


def _read_tables(
    path: Path,
    archive: zipfile.ZipFile,
    manifest: BackupManifest,
    connection: Connection,
    tell: Tell,
) -> None:
    remove_triggers(connection)
    if "revision" in manifest.rows:
        connection.execute(text("delete from revision"))
    for table in _tables(connection):
        expected = manifest.rows.get(table.name)
        if expected is None or f"{table.name}.jsonl" not in archive.namelist():
            raise StorageError(f"{path}: lacks the table {table.name}; use another backup.")
        with archive.open(f"{table.name}.jsonl") as entry:
            number = _read_table(connection, table, entry)
        if _own_references(table):
            with archive.open(f"{table.name}.jsonl") as entry:
                _refer_within(connection, table, entry)
        if number != expected:
            raise StorageError(
                f"{path}: {table.name} has {number} rows instead of {expected}; use another backup."
            )
        _set_sequence(connection, table)
        tell(f"{table.name}: {number} rows")
    if manifest.schema == newest_schema():
        install_triggers(connection)


def _read_table(connection: Connection, table: Table, entry: IO[bytes]) -> int:
    names = json.loads(entry.readline())
    values: dict[str, Any] = {
        column.name: _value_of(column, connection.dialect.name) for column in table.columns
    }
    later = _own_references(table)
    at_once = [name for name in names if name not in later]
    statement = insert(table).values({name: values[name] for name in at_once})
    naive = connection.dialect.name == "sqlite"
    number = 0
    for batch in _batches(entry):
        rows = [
            {
                _BOUND + name: _unpacked(value, naive)
                for name, value in zip(names, row, strict=True)
                if name not in later
            }
            for row in batch
        ]
        connection.execute(statement, rows)
        number += len(rows)
    return number


def _own_references(table: Table) -> set[str]:
    """The columns that refer to another row of the same table, such as a reply to its message."""
    return {
        column.name
        for column in table.columns
        if column.nullable and any(key.column.table is table for key in column.foreign_keys)
    }


def _refer_within(connection: Connection, table: Table, entry: IO[bytes]) -> None:
    """Sets the columns of ``_own_references``, once all rows are there, in whatever order."""
    names = json.loads(entry.readline())
    key, own = [each.name for each in table.primary_key.columns], sorted(_own_references(table))
    statement = (
        update(table)
        .where(*[table.c[name] == bindparam(_BOUND + name) for name in key])
        .values({name: bindparam(_BOUND + name) for name in own})
    )
    for batch in _batches(entry):
        told = [dict(zip(names, row, strict=True)) for row in batch]
        rows = [
            {_BOUND + name: row[name] for name in (*key, *own)}
            for row in told
            if any(row[name] is not None for name in own)
        ]
        if rows:
            connection.execute(statement, rows)


def _value_of(column: Column[Any], dialect: str) -> ColumnElement[Any]:
    name = _BOUND + column.name
    if not isinstance(column.type, JSON):
        return bindparam(name, type_=column.type)
    told = bindparam(name, type_=Text())
    return cast(told, column.type) if dialect == "postgresql" else told


def _batches(entry: IO[bytes]) -> Iterator[list[list[Any]]]:
    batch = []
    for line in entry:
        batch.append(json.loads(line.decode("utf-8", "surrogatepass")))
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _set_sequence(connection: Connection, table: Table) -> None:
    """Lets PostgreSQL count on after the highest number of a table."""
    if connection.dialect.name != "postgresql":
        return
    for column in table.primary_key.columns:
        if not isinstance(column.type, Integer):
            continue
        sequence = connection.execute(
            select(func.pg_get_serial_sequence(f'"{table.name}"', column.name))
        ).scalar()
        if sequence:
            highest = connection.execute(select(func.max(column))).scalar()
            connection.execute(select(func.setval(sequence, highest or 1, highest is not None)))
