"""Permissions of written files: only the user of the process can read or write them."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

_PRODUCT = Path(__file__).resolve().parent.parent
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_WRITTEN = ("samenspraak.db*", "*secret*", "endpoints.yml", "demo_*", "log", "vectors", "uploads")
"""Patterns of the product's own files in a data directory that also holds other files."""


def start_private() -> None:
    """Sets the umask so that new files of this process and its children are for their user only."""
    os.umask(_OTHERS)


def make_private_folder(folder: Path) -> None:
    """Creates a folder for its user only, and its parents, if they are missing."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=stat.S_IRWXU, exist_ok=True)


def make_private_file(path: Path) -> None:
    """Creates an empty file for its user only; an existing file is not opened.

    Closing a file releases all locks of the process on it, which would include those of SQLite.
    """
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR))


def mend_private(data_dir: Path, database_url: str) -> None:
    """Removes the permissions of other users that earlier versions left on files."""
    for path in readable_by_others(data_dir, database_url):
        try:
            path.chmod(stat.S_IMODE(path.stat().st_mode) & ~_OTHERS)
        except OSError:
            # The file belongs to another user; ``samenspraak doctor`` reports it.
            continue


def readable_by_others(data_dir: Path, database_url: str) -> list[Path]:
    """The product's files and folders that give other users of the machine any permission."""
    return [path for path in _written(data_dir.resolve(), database_url) if _is_open(path)]


def _is_open(path: Path) -> bool:
    try:
        mode = path.lstat().st_mode
    except OSError:
        return False
    return not stat.S_ISLNK(mode) and bool(mode & _OTHERS)


def _written(folder: Path, database_url: str) -> Iterator[Path]:
    if _is_shared(folder):
        for pattern in _WRITTEN:
            for found in folder.glob(pattern):
                yield from _all(found)
    else:
        yield from _all(folder)
    database = _database(database_url)
    if database is not None and folder not in database.parents:
        yield from database.parent.glob(f"{database.name}*")


def _all(path: Path) -> Iterator[Path]:
    yield path
    for folder, folders, files in os.walk(path):
        yield from (Path(folder, name) for name in (*folders, *files))


def _is_shared(folder: Path) -> bool:
    """Whether a data directory may also hold files that the product did not write.

    That is so for the source folder, the home folder, their parents, and sticky folders.
    """
    around = (_PRODUCT, *_PRODUCT.parents, Path.home(), *Path.home().parents)
    return folder in around or (folder.is_dir() and bool(folder.stat().st_mode & stat.S_ISVTX))


def _database(database_url: str) -> Path | None:
    try:
        url = make_url(database_url)
    except ArgumentError:
        return None
    named = url.database if url.get_backend_name() == "sqlite" else None
    return Path(named).resolve() if named and named != ":memory:" else None
