"""``samenspraak doctor``: checks what an installation depends on, and says how to fix problems.

It only reads: it installs, trains and downloads nothing.
"""

from __future__ import annotations

import difflib
import logging
import os
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Literal
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from consultation import rounds
from consultation.access.audit_chain import audit_head, broken_entries
from consultation.catalogue import Catalogue, load_catalogue
from consultation.curation.chain import broken_links, log_head
from consultation.database.storage import Storage
from consultation.errors import SamenspraakError, needs_pipeline
from consultation.private_files import readable_by_others
from consultation.settings import ROOT, SHORTEST_SECRET, Settings, settings
from samenspraak import processes, training

Level = Literal["error", "warning"]

OTHER_VARIABLES = (
    "SAMENSPRAAK_PYTHON",
    "SAMENSPRAAK_PYTHON310",
    "SAMENSPRAAK_REQUIRE",
    "SAMENSPRAAK_STORM",
    "SAMENSPRAAK_TEST_POSTGRES",
    "SAMENSPRAAK_TEST_REDIS",
)
RASA_VERSION = "3.6.21"
STANDARD_MODEL = "nl_core_news_sm"
LITTLE_DISK = 1_000_000_000
MOST_PROXIES = 65_536
OURS = "realm=samenspraak"


@dataclass(frozen=True)
class Check:
    """The result of one check.

    ``level`` is the severity when not ``ok``: with an ``error`` the product does not work, with a
    ``warning`` it works in a limited way. ``mend`` says how to fix the problem.
    """

    name: str
    ok: bool
    level: Level
    detail: str
    mend: str = ""

    def line(self) -> str:
        """Returns the line to print."""
        mark = "ok     " if self.ok else "FAILED " if self.level == "error" else "warning"
        return f"{mark} {self.name}: {self.detail}" + (f" -> {self.mend}" if self.mend else "")


def run() -> int:
    """Prints every check on one line; returns exit code 1 if a check of level ``error`` failed."""
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
    """Returns the results of all checks, in order of importance."""
    return list(_checks(values))


def _checks(values: Settings) -> Iterator[Check]:
    looks: tuple[Callable[[Settings], Check | list[Check]], ...] = (
        app_environment,
        bot_environment,
        variables,
        catalogue,
        database,
        open_round,
        decisions,
        secrets,
        private_files,
        network,
        assistant,
        dutch,
        encoder,
        language_model_answers,
        ports,
        redis,
        disk,
    )
    for look in looks:
        found = look(values)
        yield from [found] if isinstance(found, Check) else found


def app_environment(_values: Settings) -> Check:
    """Checks the Python version of this process: 3.11 or later."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    fits = sys.version_info >= (3, 11)
    return Check(
        "app environment", fits, "error", f"Python {version}", "" if fits else "make setup"
    )


def bot_environment(_values: Settings, root: Path = ROOT) -> Check:
    """Checks the environment of Rasa by its metadata, because importing Rasa takes many seconds."""
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
    """Warns of environment variables that look like settings but are none, to reveal typos."""
    known = {f"SAMENSPRAAK_{name.upper()}" for name in Settings.model_fields} | {*OTHER_VARIABLES}
    found = []
    for name in sorted(os.environ):
        if name.startswith("SAMENSPRAAK_") and name.upper() not in known:
            near = difflib.get_close_matches(name.upper(), sorted(known), n=1)
            mend = f"did you mean {near[0]}?" if near else "see docs/settings.md"
            found.append(Check("settings", False, "warning", f"{name} is no setting", mend))
    return found


def catalogue(values: Settings) -> Check:
    """Checks the catalogue of the consultation against its schema."""
    try:
        loaded = load_catalogue(values.catalogue)
    except SamenspraakError as error:
        return Check("catalogue", False, "error", str(error))
    detail = f"{values.catalogue.name}, {len(loaded.opdrachten)} opdrachten"
    return Check("catalogue", True, "error", detail)


def database(values: Settings) -> Check:
    """Checks that the database answers and has the schema of this version."""
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


def _in_use(values: Settings) -> tuple[Catalogue, Storage] | None:
    """The catalogue and the open database; None if one of them cannot be used or is not there."""
    try:
        loaded = load_catalogue(values.catalogue)
        parsed = make_url(values.resolved_database_url)
        if parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").exists():
            return None
        return loaded, Storage(values.resolved_database_url)
    except (SamenspraakError, ArgumentError):
        return None


def open_round(values: Settings) -> list[Check]:
    """Checks that a round is open; returns no check without a usable database and catalogue."""
    used = _in_use(values)
    if used is None:
        return []
    loaded, storage = used
    with closing(storage), storage.reading() as session:
        consultation = rounds.find_consultation(session, loaded)
        found = rounds.open_round(session, consultation.id) if consultation else None
        last = rounds.latest_round(session, consultation.id) if consultation else None
    if found is not None:
        return [Check("round", True, "warning", f"round {found.number} is open")]
    number = last.number + 1 if last else 1
    mend = f"samenspraak round open {number}"
    return [Check("round", False, "warning", "none is open: the site takes no answers now", mend)]


def decisions(values: Settings) -> list[Check]:
    """Checks the chains of decisions and audit log; no check without database and catalogue."""
    used = _in_use(values)
    if used is None:
        return []
    loaded, storage = used
    with closing(storage), storage.reading() as session:
        consultation = rounds.find_consultation(session, loaded)
        if consultation is None:
            return []
        logs = [
            ("decisions", "decision", log_head, broken_links),
            ("audit log", "entry", audit_head, broken_entries),
        ]
        return [
            _chain(
                name, one, head(session, consultation.id).events, broken(session, consultation.id)
            )
            for name, one, head, broken in logs
        ]


def _chain(name: str, one: str, length: int, broken: list[int]) -> Check:
    if not broken:
        return Check(name, True, "warning", f"{length}, each follows from the one before")
    detail = f"{one} {broken[0]} does not follow: the table was changed outside the program"
    return Check(name, False, "warning", detail, "compare with a backup")


def secrets(values: Settings) -> list[Check]:
    """Checks the length of the session signing key and of the secret of the internal ports.

    A secret that is not set is kept in the data directory, and passes.
    """
    found = []
    for name in ("secret_key", "shared_secret"):
        variable, given = f"SAMENSPRAAK_{name.upper()}", getattr(values, name)
        if not given:
            found.append(
                Check(name.replace("_", " "), True, "warning", "kept in the data directory")
            )
        elif len(given) < SHORTEST_SECRET:
            detail = f"{variable} has {len(given)} characters and can be guessed"
            mend = f"set {SHORTEST_SECRET} or more random ones, or leave it empty"
            found.append(Check(name.replace("_", " "), False, "warning", detail, mend))
        else:
            found.append(Check(name.replace("_", " "), True, "warning", f"set by {variable}"))
    return found


def private_files(values: Settings) -> Check:
    """Checks that other users of the machine cannot read the data directory and the database."""
    name = "files"
    open_ = readable_by_others(values.data_dir, values.resolved_database_url)
    if not open_:
        return Check(name, True, "warning", f"{values.data_dir}: readable by its owner only")
    shown = ", ".join(str(each) for each in open_[:3]) + (" and more" if len(open_) > 3 else "")
    mend = f"chmod -R go-rwx {values.data_dir}; samenspraak serve does it for files of its own user"
    return Check(name, False, "warning", f"others may read {shown}", mend)


def network(values: Settings) -> list[Check]:
    """Warns of settings that expose the website more than intended, or produce wrong links."""
    return [
        Check("network", False, "warning", detail, mend) for detail, mend in _too_open(values)
    ] or [Check("network", True, "warning", f"people reach the website at {values.site_url}")]


def _too_open(values: Settings) -> Iterator[tuple[str, str]]:
    proxied = bool(values.trusted_proxies)
    beyond = values.host not in ("127.0.0.1", "::1", "localhost")
    if (beyond or proxied) and not values.public_url:
        yield (
            f"links in invitations and for search engines begin with {values.site_url}",
            "set SAMENSPRAAK_PUBLIC_URL to the address that people type",
        )
    if values.public_url.startswith("http://") and _of_the_network(values.public_url):
        yield (
            f"{values.public_url}: answers and passwords travel unencrypted",
            "put a proxy with https before it, and set SAMENSPRAAK_PUBLIC_URL to https://...",
        )
    if values.public_url.startswith("https://") and not proxied:
        yield (
            "behind a proxy all visitors count as one address, and share one limit",
            "set SAMENSPRAAK_TRUSTED_PROXIES to the address of the proxy",
        )
    for each in values.trusted_proxies.split(","):
        if each and ip_network(each).num_addresses > MOST_PROXIES:
            yield (
                f"SAMENSPRAAK_TRUSTED_PROXIES: in {each} anybody can pretend to be another "
                "address, and try passwords without limit",
                "name the proxies themselves",
            )
    for each in filter(None, map(str.strip, values.embed_origins.split(","))):
        parts = urlsplit(each)
        if "*" in each or (parts.scheme != "https" and _of_the_network(each)):
            yield (
                f"SAMENSPRAAK_EMBED_ORIGINS: {each} lets more websites in than one",
                "write each origin as https://www.example.be",
            )


def _of_the_network(url: str) -> bool:
    return urlsplit(url).hostname not in ("127.0.0.1", "::1", "localhost")


def assistant(_values: Settings) -> Check:
    """Checks that the assistant is trained, and that its inputs have not changed since."""
    name, mend = "assistant", "samenspraak train"
    try:
        model = processes.latest_model()
    except SamenspraakError:
        return Check(name, False, "error", "not trained yet", mend)
    if not training.is_current():
        detail = f"{model.name}: what it is made from changed after the training"
        return Check(name, False, "warning", detail, mend)
    return Check(name, True, "error", f"{model.name}, current")


def dutch(values: Settings) -> Check:
    """Checks the spaCy pipeline; a fallback gives a warning that names what is lost."""
    from language.pipeline_status import pipeline_status

    try:
        with _unlogged("language"), needs_pipeline():
            found = pipeline_status(values.spacy_model)
    except SamenspraakError as error:
        return Check("Dutch", False, "error", str(error))
    if not found.is_fallback:
        return Check("Dutch", True, "warning", found.name)
    mend = f"with GitHub in reach: make setup RETRY_MODEL=1; {STANDARD_MODEL} is then used"
    return Check("Dutch", False, "warning", f"{found.name} serves; {found.loss}", mend)


def encoder(values: Settings) -> Check:
    """Checks the sentence encoder by encoding one sentence."""
    from language.embedding import EncoderUnavailable, encoder_status, load_encoder

    with _unlogged("language"):
        name, as_asked, problem = encoder_status(values.embedding)
    if not name:
        return Check("embedding", False, "error", problem)
    try:
        length = load_encoder(name).encode(["een zin"]).shape[1]
    except (EncoderUnavailable, OSError, RuntimeError) as error:
        return Check("embedding", False, "error", f"{name}: {error}", "SAMENSPRAAK_EMBEDDING=use")
    if not as_asked:
        return Check(
            "embedding", False, "warning", problem, "SAMENSPRAAK_EMBEDDING=use asks for it"
        )
    return Check("embedding", True, "warning", f"{name}, {length} numbers a sentence")


def language_model_answers(values: Settings) -> list[Check]:
    """Checks that the language model answers; returns no check if none is set."""
    from analysis.language_model.connection import language_model

    model, name = language_model(values), "language model"
    if model is None:
        return []
    where = urlsplit(model.url).netloc
    try:
        known = model.models()
    except ConnectionError as error:
        mend = "start it, or correct or empty SAMENSPRAAK_LLM_URL"
        return [Check(name, False, "warning", f"{where} does not answer ({error})", mend)]
    if known and model.model not in known:
        mend = f"set SAMENSPRAAK_LLM_MODEL to one of: {', '.join(sorted(known)[:5])}"
        return [Check(name, False, "warning", f"{where} has no {model.model[:100]}", mend)]
    told = "; what people say goes to that machine" if model.remote else ""
    return [Check(name, True, "warning", f"{model.model[:100]} at {where} answers{told}")]


@contextmanager
def _unlogged(name: str) -> Iterator[None]:
    """Silences log messages below ``ERROR``: the check reports the problem itself."""
    logger = logging.getLogger(name)
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


def ports(values: Settings) -> list[Check]:
    """Checks that the three ports are free or used by this product itself."""
    wanted = (
        ("the website", "SAMENSPRAAK_PORT", values.port, "/healthz", "status"),
        ("Rasa", "SAMENSPRAAK_RASA_PORT", values.rasa_port, "/", OURS),
        ("the action server", "SAMENSPRAAK_ACTIONS_PORT", values.actions_port, "/health", OURS),
    )
    return [_port(*each) for each in wanted]


def _port(who: str, variable: str, port: int, path: str, answer: str) -> Check:
    name = f"port {port}"
    try:
        socket.create_connection(("127.0.0.1", port), timeout=2).close()
    except OSError:
        return Check(name, True, "error", f"free for {who}")
    try:
        with urlopen(f"http://127.0.0.1:{port}{path}", timeout=3) as reply:
            ours = answer in reply.read(2000).decode("utf-8", "replace")
    except HTTPError as error:
        # The request carries no secret, because the port may belong to another program. A 401
        # with this product's realm identifies it.
        ours = error.code == 401 and answer in error.headers.get("WWW-Authenticate", "")
    except (URLError, OSError, ValueError):
        ours = False
    if ours:
        return Check(name, True, "error", f"{who} is running")
    mend = f"stop that one, or choose another port with {variable}"
    return Check(name, False, "error", f"in use by another program; {who} needs it", mend)


def redis(values: Settings) -> list[Check]:
    """Checks that Redis answers; returns no check if it is not configured."""
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
    """Checks the free space in the data directory: more than 1 GB."""
    folder = next(each for each in (values.data_dir, *values.data_dir.parents) if each.exists())
    free = shutil.disk_usage(folder).free
    enough = free > LITTLE_DISK
    detail = f"{free / 1e9:.1f} GB free at {folder}"
    return Check("disk", enough, "warning", detail, "" if enough else "make room")
