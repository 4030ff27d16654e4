"""Reads a file in a child process with limits, so that no file can exhaust the machine.

A file of strangers may unpack to gigabytes, refer to itself, or make a library loop or crash. The
child gets a limit of memory and of time, opens no network connection, and ends with the file.
"""

from __future__ import annotations

import importlib
import json
import resource
import signal
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

from consultation.errors import ImportFileError
from consultation.settings import ROOT

SECONDS = 20
"""Limit of the processor time to read one file; a report of 300 pages takes five to twelve."""

PATIENCE = 90
"""Limit of the real time, which is longer on a machine that does other things too."""

MEMORY = 800 * 1024 * 1024
"""Limit of the memory of the child, in bytes of address space."""

LARGEST = 100 * 1024 * 1024
"""The largest file, and the largest content, in bytes."""

_UNPACKED = 1024 * 1024 * 1024
_PACKAGE = "consultation.importing"
_SLOW = f"takes more than {SECONDS} seconds to read; is it broken? Save it again, or in parts."
_LARGE = "needs too much memory; is it broken? Save it again, or in parts."
_TOO_MUCH = "holds more than 100 MB; split it into several files."


class UnreadableFile(Exception):
    """A file cannot be read; the message says why, and the correction. Raised by the readers."""


def read_apart(reader: str, path: Path) -> Any:
    """What ``reader`` returns for a file, as of JSON; it names module and function.

    The module is one of ``consultation.importing``: ``formats.workbooks.sheets``.

    Raises:
        ImportFileError: it cannot be read, or takes too much time or memory.
    """
    command = (
        sys.executable,
        "-c",
        f"from {_PACKAGE}.formats.apart import serve; serve()",
        reader,
        str(path.absolute()),
    )
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE,
            # Each thread of a numerical library would reserve memory of its own.
            env={"PATH": "", "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        )
    except subprocess.TimeoutExpired as error:
        raise ImportFileError(f"{path}: {_SLOW}") from error
    if done.returncode == -signal.SIGXCPU:
        raise ImportFileError(f"{path}: {_SLOW}")
    if done.returncode != 0:
        raise ImportFileError(f"{path}: cannot be read: {_LARGE}")
    answer = json.loads(done.stdout)
    if "refused" in answer:
        raise ImportFileError(f"{path}: {answer['refused']}")
    return answer["read"]


def serve() -> None:
    """Reads the file that the command line names and prints the result; runs in the child."""
    _, reader, path = sys.argv
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    module, _, function = reader.rpartition(".")
    try:
        check_archive(Path(path))
        read = getattr(importlib.import_module(f"{_PACKAGE}.{module}"), function)(Path(path))
        answer = json.dumps({"read": read})
        if len(answer) > LARGEST:
            answer = json.dumps({"refused": _TOO_MUCH})
    except UnreadableFile as error:
        answer = json.dumps({"refused": str(error)})
    except (MemoryError, RecursionError):
        answer = json.dumps({"refused": _LARGE})
    except Exception as error:
        answer = json.dumps(
            {"refused": f"is broken ({type(error).__name__}); open it and save it again."}
        )
    sys.stdout.write(answer)
    sys.stdout.flush()


def check_archive(path: Path) -> None:
    """Checks the declared size of what a zip file holds; other files pass.

    Raises:
        UnreadableFile: it unpacks to more than ``_UNPACKED``, or is no complete zip file.
    """
    with path.open("rb") as file:
        if file.read(4) != b"PK\x03\x04":
            return
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(each.file_size for each in archive.infolist())
    except zipfile.BadZipFile as error:
        raise UnreadableFile("is broken or breaks off; fetch or save it again.") from error
    if size > _UNPACKED:
        raise UnreadableFile(f"unpacks to {size // 1024**3 + 1} GB; save it again, or in parts.")
