"""``samenspraak doctor``: looks at everything an installation stands on, and says what to mend.

Looks only: nothing is installed, trained or downloaded.
"""

from __future__ import annotations

import difflib
import os
import shutil
import socket
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from consultation.catalogue import load_catalogue
from consultation.errors import SamenspraakError
from consultation.settings import ROOT, Settings, settings
from consultation.storage import Storage

Level = Literal["error", "warning"]

OTHER_VARIABLES = (
    "SAMENSPRAAK_PYTHON",
    "SAMENSPRAAK_PYTHON310",
    "SAMENSPRAAK_REQUIRE",
    "SAMENSPRAAK_TEST_POSTGRES",
    "SAMENSPRAAK_TEST_REDIS",
)
RASA_VERSION = "3.6.21"
LITTLE_DISK = 1_000_000_000


@dataclass(frozen=True)
class Check:
    """One thing looked at.

    ``level`` tells how bad it is when not ``ok``: an ``error`` keeps the product from working, with
    a ``warning`` it works with less.
    """

    name: str
    ok: bool
    level: Level
    detail: str
    mend: str = ""

    def line(self) -> str:
        """What is printed."""
        mark = "ok     " if self.ok else "FAILED " if self.level == "error" else "warning"
        return f"{mark} {self.name}: {self.detail}" + (f" -> {self.mend}" if self.mend else "")


def run() -> int:
    """Prints every check on one line; 1 when something that must work does not."""
    try:
        values = settings()
    except SamenspraakError as error:
        print(Check("settings", False, "error", str(error)).line())
        return 1
    failed = False
    for check in _checks(values):
        print(check.line(), flush=True)
        failed = failed or (not check.ok and check.level == "error")
    return int(failed)


def checks(values: Settings) -> list[Check]:
    """All checks, in the order in which they matter."""
    return list(_checks(values))


def _checks(values: Settings) -> Iterator[Check]:
    looks: tuple[Callable[[Settings], Check | list[Check]], ...] = (
        app_environment,
        bot_environment,
        variables,
        catalogue,
        database,
        secret_key,
        assistant,
        ports,
        redis,
        disk,
    )
    for look in looks:
        found = look(values)
        yield from [found] if isinstance(found, Check) else found


def app_environment(_values: Settings) -> Check:
    """This process's own Python."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    fits = sys.version_info >= (3, 11)
    return Check(
        "app environment", fits, "error", f"Python {version}", "" if fits else "make setup"
    )


def bot_environment(_values: Settings, root: Path = ROOT) -> Check:
    """Rasa's environment, read from its metadata: importing Rasa takes many seconds."""
    name, home = "bot environment", root / "bot" / ".venv"
    packages = next(iter(sorted(home.glob("lib/python3*/site-packages"))), None)
    if packages is None or not (home / "bin" / "python").exists():
        return Check(name, False, "error", "bot/.venv is not there", "make setup")
    rasa = next(iter(packages.glob("rasa-3*.dist-info")), None)
    if rasa is None:
        return Check(name, False, "error", "Rasa is not in bot/.venv", "make setup")
    found = rasa.name.removeprefix("rasa-").removesuffix(".dist-info")
    python = packages.parent.name.removeprefix("python")
    fits = python == "3.10" and found == RASA_VERSION
    detail = f"Python {python}, Rasa {found}"
    if fits:
        return Check(name, True, "error", detail)
    wanted = f"{detail}; Python 3.10 and Rasa {RASA_VERSION} are needed"
    return Check(name, False, "error", wanted, "remove bot/.venv, then: make setup")


def variables(_values: Settings) -> list[Check]:
    """Variables that look like settings but are none, so that a slip of the pen is seen."""
    known = {f"SAMENSPRAAK_{name.upper()}" for name in Settings.model_fields} | {*OTHER_VARIABLES}
    found = []
    for name in sorted(os.environ):
        if name.startswith("SAMENSPRAAK_") and name.upper() not in known:
            near = difflib.get_close_matches(name.upper(), sorted(known), n=1)
            mend = f"did you mean {near[0]}?" if near else "see docs/settings.md"
            found.append(Check("settings", False, "warning", f"{name} is no setting", mend))
    return found


def catalogue(values: Settings) -> Check:
    """The consultation's catalogue against its schema."""
    try:
        loaded = load_catalogue(values.catalogue)
    except SamenspraakError as error:
        return Check("catalogue", False, "error", str(error))
    detail = f"{values.catalogue.name}, {len(loaded.opdrachten)} opdrachten"
    return Check("catalogue", True, "error", detail)


def database(values: Settings) -> Check:
    """Whether the database answers, and has this version's schema."""
    url = values.resolved_database_url
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is not None and parsed.get_backend_name() == "sqlite":
        path = Path(parsed.database or "")
        if not path.exists():
            return _first_use(path)
    try:
        Storage(url).close()
    except SamenspraakError as error:
        return Check("database", False, "error", str(error))
    shown = parsed.render_as_string(hide_password=True) if parsed is not None else url
    return Check("database", True, "error", f"{shown}, schema is current")


def _first_use(path: Path) -> Check:
    folder = next(each for each in path.resolve().parents if each.exists())
    if os.access(folder, os.W_OK):
        return Check("database", True, "error", f"{path}: not there yet, made at first use")
    mend = "make the folder writable, or set SAMENSPRAAK_DATA_DIR or SAMENSPRAAK_DATABASE_URL"
    return Check("database", False, "error", f"{folder} cannot be written", mend)


def secret_key(values: Settings) -> Check:
    """The key that signs sessions: set, or in a file that nobody else can read."""
    path = values.data_dir / "secret_key"
    if values.secret_key:
        return Check("secret key", True, "warning", "set by SAMENSPRAAK_SECRET_KEY")
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return Check("secret key", True, "warning", f"{path}: not there yet, made at first use")
    if mode & 0o077:
        return Check(
            "secret key", False, "warning", f"{path}: others may read it", f"chmod 600 {path}"
        )
    return Check("secret key", True, "warning", f"{path}: readable by its owner only")


def assistant(_values: Settings, root: Path = ROOT) -> Check:
    """The trained assistant, and whether something it was trained on has changed since."""
    name, mend = "assistant", "samenspraak train"
    models = sorted((root / "models").glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if not models:
        return Check(name, False, "error", "not trained yet", mend)
    trained = models[-1].stat().st_mtime
    newer = [path for path in _training_inputs(root) if path.stat().st_mtime > trained]
    if newer:
        first = newer[0].relative_to(root)
        return Check(name, False, "warning", f"{first} changed after the training", mend)
    return Check(name, True, "error", f"{models[-1].name}, current")


def _training_inputs(root: Path) -> list[Path]:
    folders = [root / "data" / name for name in ("nlu", "rules", "stories")]
    inside = [path for folder in folders for path in sorted(folder.rglob("*.yml"))]
    files = [root / "config.yml", root / "domain.yml", root / "data" / "opdrachten.yml"]
    return [path for path in (*files, *inside) if path.exists()]


def ports(values: Settings) -> list[Check]:
    """The three ports: free, or held by this product itself."""
    wanted = (
        ("website", "SAMENSPRAAK_PORT", values.port, "/healthz", ""),
        ("Rasa", "SAMENSPRAAK_RASA_PORT", values.rasa_port, "/", "Rasa"),
        ("action server", "SAMENSPRAAK_ACTIONS_PORT", values.actions_port, "/health", "ok"),
    )
    return [_port(*each) for each in wanted]


def _port(who: str, variable: str, port: int, path: str, answer: str) -> Check:
    name = f"port {port}"
    try:
        socket.create_connection(("127.0.0.1", port), timeout=2).close()
    except OSError:
        return Check(name, True, "error", f"free for the {who}")
    try:
        with urlopen(f"http://127.0.0.1:{port}{path}", timeout=3) as reply:
            ours = answer in reply.read(2000).decode("utf-8", "replace")
    except (URLError, OSError, ValueError):
        ours = False
    if ours:
        return Check(name, True, "error", f"the {who} is running")
    mend = f"stop that one, or choose another port with {variable}"
    return Check(name, False, "error", f"in use by another program; the {who} needs it", mend)


def redis(values: Settings) -> list[Check]:
    """Redis, where it is asked for."""
    if not values.redis_url:
        return []
    mend = "start Redis, or correct or empty SAMENSPRAAK_REDIS_URL"
    where = urlsplit(values.redis_url)
    shown = f"{where.hostname}:{where.port or 6379}"
    try:
        with socket.create_connection(
            (where.hostname or "", where.port or 6379), timeout=3
        ) as link:
            link.sendall(b"PING\r\n")
            answer = link.recv(64)
    except (OSError, ValueError) as error:
        return [Check("Redis", False, "error", f"{shown} does not answer ({error})", mend)]
    if where.scheme == "redis" and not answer.startswith((b"+PONG", b"-NOAUTH")):
        return [Check("Redis", False, "error", f"{shown} is no Redis", mend)]
    return [Check("Redis", True, "error", f"{shown} answers")]


def disk(values: Settings) -> Check:
    """Free space where the data is kept."""
    folder = next(each for each in (values.data_dir, *values.data_dir.parents) if each.exists())
    free = shutil.disk_usage(folder).free
    enough = free > LITTLE_DISK
    detail = f"{free / 1e9:.1f} GB free at {folder}"
    return Check("disk", enough, "warning", detail, "" if enough else "make room")
