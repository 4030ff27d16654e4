"""Validates and trains the assistant, only when what it is made from changed."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Callable
from pathlib import Path

from consultation.errors import SamenspraakError
from consultation.settings import ROOT, Settings
from samenspraak.processes import BOT_PYTHON, latest_model, rasa_environment

_SOURCES = ("config.yml", "domain.yml", "language/embedding.py", "bot/uv.lock")
_FOLDERS = (("data/nlu", "*.yml"), ("data/rules", "*.yml"), ("data/stories", "*.yml"))
_DATA = tuple(folder for folder, _ in _FOLDERS)
_STAMP = ROOT / "models" / "inputs.sha256"


def inputs_hash() -> str:
    """A hash of everything the trained model is made from."""
    digest = hashlib.sha256()
    for path in _inputs():
        digest.update(f"{path.relative_to(ROOT)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def is_current() -> bool:
    """True when a model is there and nothing it is made from changed since."""
    try:
        latest_model()
        return _STAMP.read_text(encoding="utf-8").strip() == inputs_hash()
    except (SamenspraakError, OSError):
        return False


def train(values: Settings, say: Callable[[str], None], force: bool = False) -> Path:
    """Validates the training data and trains; gives the model's path.

    Raises:
        SamenspraakError: the bot's environment is missing, or Rasa refuses the data.
    """
    if not BOT_PYTHON.exists():
        raise SamenspraakError(f"{BOT_PYTHON.parent.parent}: not set up; run: make setup")
    if is_current() and not force:
        say("the assistant is trained already; nothing it is made from changed")
        return latest_model()
    before = inputs_hash()
    say("validating the training data")
    _rasa(values, "data", "validate", "--fail-on-warnings", "--data", *_present_data())
    say("training the assistant")
    _rasa(values, "train", "--data", *_present_data(), "--out", "models")
    _STAMP.write_text(before + "\n", encoding="utf-8")
    model = latest_model()
    for older in (ROOT / "models").glob("*.tar.gz"):
        if older != model:
            older.unlink()
    return model


def _rasa(values: Settings, *arguments: str) -> None:
    done = subprocess.run(
        [str(BOT_PYTHON), "-W", "ignore", "-m", "rasa", *arguments],
        cwd=ROOT,
        env=rasa_environment(values),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        raise SamenspraakError(
            f"rasa {' '.join(arguments[:2])} failed (code {done.returncode}):\n  "
            + "\n  ".join(lines[-25:])
        )


def _present_data() -> list[str]:
    return [folder for folder in _DATA if any((ROOT / folder).glob("*.yml"))]


def _inputs() -> list[Path]:
    files = [ROOT / name for name in _SOURCES]
    for folder, pattern in _FOLDERS:
        files += (ROOT / folder).glob(pattern)
    files += (ROOT / "bot").glob("*.py")
    return sorted(path for path in files if path.is_file())
