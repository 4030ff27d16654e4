"""Validates and trains the assistant, if its inputs changed since the last training."""

from __future__ import annotations

import hashlib
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from consultation.errors import SamenspraakError
from consultation.settings import ROOT, Settings
from samenspraak.processes import BOT_PYTHON, latest_model, rasa_environment

_SOURCES = (
    "config.yml",
    "domain.yml",
    "data/handelingen.yml",
    "data/handelingen_na_de_vragen.yml",
    "data/instemming.yml",
    "language/embedding.py",
    "language/reading/dialect.py",
    "bot/uv.lock",
)
_FOLDERS = (("data/nlu", "*.yml"), ("data/rules", "*.yml"), ("data/stories", "*.yml"))
_DATA = tuple(folder for folder, _ in _FOLDERS)
_STAMP = ROOT / "models" / "inputs.sha256"
_TELL_EVERY = 5.0


def inputs_hash() -> str:
    """Returns a hash of the files that the trained model depends on."""
    digest = hashlib.sha256()
    for path in _inputs():
        digest.update(f"{path.relative_to(ROOT)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def is_current() -> bool:
    """Returns whether there is a model, and its inputs are unchanged since the training."""
    try:
        latest_model()
        return _STAMP.read_text(encoding="utf-8").strip() == inputs_hash()
    except (SamenspraakError, OSError):
        return False


def train(values: Settings, say: Callable[[str], None], force: bool = False) -> Path:
    """Validates the training data and trains; returns the path of the model.

    Older models are removed. Without ``force`` a model that is up to date is returned as it is.

    Raises:
        SamenspraakError: the environment of the bot is missing, or the training fails.
    """
    if not BOT_PYTHON.exists():
        raise SamenspraakError(f"{BOT_PYTHON.parent.parent}: not set up; run: make setup")
    if is_current() and not force:
        say("the assistant is trained already; nothing it is made from changed")
        return latest_model()
    before = inputs_hash()
    say("validating the training data and training the assistant; this takes a minute or two")
    _rasa_train(values, say)
    _STAMP.write_text(before + "\n", encoding="utf-8")
    model = latest_model()
    for older in (ROOT / "models").glob("*.tar.gz"):
        if older != model:
            older.unlink()
    return model


def _rasa_train(values: Settings, say: Callable[[str], None]) -> None:
    """Trains with Rasa; ``bot.nlu.vector_cache`` encodes the examples in parallel.

    The cache of Rasa is not used: it does not notice changes in the code of a component.
    """
    arguments = ["train", "--force", "--fail-on-validation-warnings"]
    arguments += ["--data", *_present_data(), "--out", "models"]
    with (
        _running(values, "-m", "bot.nlu.vector_cache") as (encoding, encoded),
        _running(values, "-W", "ignore", "-m", "rasa", *arguments) as (rasa, printed),
    ):
        begun = told = time.monotonic()
        while rasa.poll() is None:
            time.sleep(0.1)
            if time.monotonic() - told >= _TELL_EVERY:
                told = time.monotonic()
                at_work = encoding.poll() is None and encoded
                say(f"{told - begun:.0f} s: {encoded[-1] if at_work else 'Rasa is training'}")
    if rasa.returncode != 0:
        lines = [line for line in printed if line.strip()]
        raise SamenspraakError(
            f"rasa train failed (code {rasa.returncode}):\n  " + "\n  ".join(lines[-25:])
        )


@contextmanager
def _running(
    values: Settings, *arguments: str
) -> Iterator[tuple[subprocess.Popen[str], deque[str]]]:
    """Runs Python of the bot's environment; yields the process and its last 200 output lines.

    The process is terminated at the end of the block if it still runs.
    """
    child = subprocess.Popen(
        [str(BOT_PYTHON), *arguments],
        cwd=ROOT,
        env={**rasa_environment(values), "RASA_MAX_CACHE_SIZE": "0"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    lines: deque[str] = deque(maxlen=200)
    assert child.stdout is not None
    reader = threading.Thread(target=_collect, args=(child.stdout, lines), daemon=True)
    reader.start()
    try:
        yield child, lines
    finally:
        if child.poll() is None:
            child.terminate()
        child.wait()
        reader.join(5)


def _collect(stream: IO[str], lines: deque[str]) -> None:
    for line in stream:
        lines.append(line.rstrip("\n"))


def _present_data() -> list[str]:
    return [folder for folder in _DATA if any((ROOT / folder).glob("*.yml"))]


def _inputs() -> list[Path]:
    files = [ROOT / name for name in _SOURCES]
    for folder, pattern in _FOLDERS:
        files += (ROOT / folder).glob(pattern)
    files += (path for path in (ROOT / "bot").rglob("*.py") if ".venv" not in path.parts)
    return sorted(path for path in files if path.is_file())
