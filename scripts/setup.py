"""Makes both environments: the app's in ``.venv`` and the bot's in ``bot/.venv``.

Needs nothing but Python 3.8 or newer and its standard library, is safe to run twice, and writes
only inside the project and the cache of uv.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
APP = ROOT / ".venv"
BOT = ROOT / "bot" / ".venv"

OLDEST_UV = (0, 5, 0)
UV_REQUIREMENT = "uv>=0.8,<1"
APP_PYTHONS = ("3.11", "3.12", "3.13", "3.14")
APP_PYTHON_TO_FETCH = "3.12"
BOT_PYTHONS = ("3.10",)
NEEDED_MODULES = "ctypes, lzma, sqlite3, ssl, zlib"

CERTIFICATES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
)

MODEL = "nl_core_news_sm"
MODEL_URL = (
    "https://github.com/explosion/spacy-models/releases/download/"
    f"{MODEL}-3.8.0/{MODEL}-3.8.0-py3-none-any.whl"
)
MODEL_OUT_OF_REACH = TOOLS / f"{MODEL}.out-of-reach"


class SetupError(Exception):
    """What is missing and how to mend it, in one line."""


class Python(NamedTuple):
    """An interpreter that was seen to run."""

    path: str
    version: str


class Steps:
    """Numbers the steps and tells the time of each."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.done = 0
        self.started = time.monotonic()

    def tell(self, what: str, since: float) -> None:
        self.done += 1
        print(f"[{self.done}/{self.total}] {what} ... {time.monotonic() - since:.1f} s", flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Runs the set-up; 0 when both environments are ready, 1 with one line that tells the mend."""
    parser = argparse.ArgumentParser(description="Makes the environments .venv and bot/.venv.")
    parser.add_argument("--dev", action="store_true", help="also what tests and lint need")
    parser.add_argument("--app-only", action="store_true", help="leave the bot's environment alone")
    parser.add_argument(
        "--no-model", action="store_true", help=f"do not look for {MODEL} on GitHub"
    )
    parser.add_argument(
        "--retry-model", action="store_true", help=f"look for {MODEL} again after it was not found"
    )
    parser.add_argument(
        "--check-locks", action="store_true", help="only check that both lock files are current"
    )
    options = parser.parse_args(arguments)
    try:
        if options.check_locks:
            check_locks(find_uv())
        else:
            set_up(options)
    except SetupError as error:
        print(f"setup: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("setup: stopped; run it again to go on.", file=sys.stderr)
        return 130
    return 0


def set_up(options: argparse.Namespace) -> None:
    """All steps in order."""
    with_bot = not options.app_only
    steps = Steps(3 + 2 * with_bot + (not options.no_model))

    since = time.monotonic()
    uv = find_uv()
    steps.tell(f"uv: {uv}", since)

    since = time.monotonic()
    app_python = fitting_environment(APP, APP_PYTHONS) or find_python(uv, APP_PYTHONS)
    steps.tell(f"Python {app_python.version} for the app: {app_python.path}", since)
    group = "--dev" if options.dev else "--no-dev"
    environments = [
        Environment("app", APP, (uv, "sync", *SYNC, group, "--python", app_python.path))
    ]
    if with_bot:
        since = time.monotonic()
        bot_python = fitting_environment(BOT, BOT_PYTHONS) or find_python(uv, BOT_PYTHONS)
        steps.tell(f"Python {bot_python.version} for the bot: {bot_python.path}", since)
        environments.append(
            Environment(
                "bot",
                BOT,
                (uv, "sync", *SYNC, "--project", "bot", "--python", bot_python.path),
            )
        )
    if not all(each.folder.exists() for each in environments):
        print("      installing; the first time takes a minute or more", flush=True)
    install(environments, steps)

    if not options.no_model:
        since = time.monotonic()
        steps.tell(fetch_model(uv, retry=options.retry_model), since)
    print(f"      ready in {time.monotonic() - steps.started:.1f} s", flush=True)


# Uv


def find_uv() -> str:
    """The path of a uv that runs and is recent enough; put under ``.tools`` if there is none."""
    own = TOOLS / "uv-venv" / "bin" / "uv"
    for candidate in (*_on_path("uv"), Path.home() / ".local/bin/uv", own):
        if _uv_version(str(candidate)) >= OLDEST_UV:
            return str(candidate)
    return _install_uv(own)


def _uv_version(path: str) -> tuple[int, ...]:
    found = re.search(r"(?<!\d)(\d{1,9})\.(\d{1,9})\.(\d{1,9})", _output([path, "--version"]))
    return tuple(int(part) for part in found.groups()) if found else ()


def _install_uv(target: Path) -> str:
    home = target.parent.parent
    TOOLS.mkdir(exist_ok=True)
    shutil.rmtree(str(home), ignore_errors=True)
    made = _run([sys.executable, "-m", "venv", str(home)])
    if made.returncode != 0:
        shutil.rmtree(str(home), ignore_errors=True)
        if "ensurepip" in made.stdout + made.stderr:
            version = f"{sys.version_info[0]}.{sys.version_info[1]}"
            raise SetupError(
                f"uv is not installed, and {sys.executable} cannot make an environment for it "
                f"(ensurepip is missing); on Debian or Ubuntu: apt install python{version}-venv, "
                "or install uv yourself, then run this again."
            )
        raise SetupError(
            f"{home}: the environment for uv cannot be made ({_last_line(made)}); install uv "
            "yourself, then run this again."
        )
    pip = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", UV_REQUIREMENT]
    installed = _run([*pip, "--disable-pip-version-check"])
    if installed.returncode != 0 or _uv_version(str(target)) < OLDEST_UV:
        shutil.rmtree(str(home), ignore_errors=True)
        raise SetupError(
            f"uv cannot be installed by pip ({_last_line(installed)}); check the network and the "
            "package index, or install uv yourself, then run this again."
        )
    return str(target)


# Python


def fitting_environment(folder: Path, versions: tuple[str, ...]) -> Python | None:
    """The interpreter of an environment that is there already, if it runs and fits."""
    python = folder / "bin" / "python"
    return _verified(str(python), versions) if python.exists() else None


def find_python(uv: str, versions: tuple[str, ...]) -> Python:
    """The first interpreter of one of these versions that really runs, wherever it is.

    Raises:
        SetupError: there is none, and none could be fetched; with three ways to get it.
    """
    asked = _asked_for(versions)
    if asked:
        return asked
    refused = []
    for version in versions:
        for candidate in _candidates(uv, version):
            found = _verified(candidate, versions)
            if found:
                return found
            if os.access(candidate, os.X_OK):
                refused.append(candidate)
    wanted = APP_PYTHON_TO_FETCH if APP_PYTHON_TO_FETCH in versions else versions[0]
    fetched = _fetch_python(uv, wanted)
    if fetched:
        return fetched
    raise SetupError(_no_python(wanted, _variable(versions), refused))


def _variable(versions: tuple[str, ...]) -> str:
    return "SAMENSPRAAK_PYTHON310" if versions == BOT_PYTHONS else "SAMENSPRAAK_PYTHON"


def _asked_for(versions: tuple[str, ...]) -> Python | None:
    variable = _variable(versions)
    path = os.environ.get(variable, "")
    if not path:
        return None
    found = _verified(path, versions)
    if not found:
        raise SetupError(
            f"{variable}: {path} does not run as a whole Python {' or '.join(versions)} (with "
            f"{NEEDED_MODULES}); correct it or leave it out."
        )
    return found


def _candidates(uv: str, version: str) -> Iterator[str]:
    if f"{sys.version_info[0]}.{sys.version_info[1]}" == version:
        yield getattr(sys, "_base_executable", sys.executable)
    name = f"python{version}"
    yield from (str(path) for path in _on_path(name))
    home = Path.home()
    pyenv = os.environ.get("PYENV_ROOT") or str(home / ".pyenv")
    for pattern in (
        f"{pyenv}/versions/{version}.*/bin/{name}",
        f"{TOOLS}/python/cpython-{version}*/bin/{name}",
        f"{home}/.local/share/uv/python/cpython-{version}*/bin/{name}",
        f"{home}/.asdf/installs/python/{version}.*/bin/{name}",
        f"{home}/.local/share/mise/installs/python/{version}*/bin/{name}",
        f"{home}/*conda3/envs/*/bin/{name}",
        f"{home}/*forge3/envs/*/bin/{name}",
        f"/usr/bin/{name}",
        f"/usr/local/bin/{name}",
        f"/opt/homebrew/opt/python@{version}/bin/{name}",
        f"/opt/python*/bin/{name}",
        f"/opt/python/{version}*/bin/{name}",
    ):
        yield from _matching(pattern)
    from_uv = _output([uv, "python", "find", "--no-project", "--system", version]).strip()
    if from_uv:
        yield from_uv.splitlines()[-1]


def _matching(pattern: str) -> list[str]:
    return sorted((str(path) for path in Path("/").glob(pattern.lstrip("/"))), reverse=True)


def _verified(path: str, versions: tuple[str, ...]) -> Python | None:
    """The interpreter, if it runs: a shim may have none behind it, a home-built one lack parts."""
    question = (
        f"import sys, {NEEDED_MODULES}; "
        "print(sys.implementation.name, sys.version.split()[0], sys.executable, sep='\\n')"
    )
    told = _output([path, "-c", question]).splitlines()
    if len(told) != 3 or told[0] != "cpython":
        return None
    fits = any(told[1].startswith(version + ".") for version in versions)
    return Python(told[2], told[1]) if fits else None


def _fetch_python(uv: str, version: str) -> Python | None:
    print(f"      no Python {version} on this machine; asking uv to fetch it", flush=True)
    home = TOOLS / "python"
    _run(
        [uv, "python", "install", "--no-bin", version],
        timeout=300,
        UV_PYTHON_INSTALL_DIR=str(home),
        UV_HTTP_TIMEOUT="10",
        UV_HTTP_RETRIES="1",
    )
    for path in _matching(f"{home}/cpython-{version}*/bin/python{version}"):
        found = _verified(path, (version,))
        if found:
            return found
    return None


def _no_python(version: str, variable: str, refused: list[str]) -> str:
    seen = (
        f" (these do not run or lack parts: {', '.join(sorted(set(refused)))})" if refused else ""
    )
    return (
        f"Python {version} was not found{seen} and could not be fetched. Get it in one of three "
        f"ways: 'uv python install {version}' where GitHub can be reached; 'pyenv install "
        f"{version}'; or a package of your system or conda ('apt install python{version}', 'conda "
        f"create -n py python={version}'). Elsewhere than usual? Set {variable}=/path/to/"
        f"python{version}. Then run this again."
    )


# Environments

# Compiling costs some fifteen seconds once and saves nine at each start of Rasa, more where
# PYTHONDONTWRITEBYTECODE keeps Python from doing so itself.
SYNC = ("--frozen", "--inexact", "--no-progress", "--compile-bytecode")


class Environment(NamedTuple):
    """One environment and the command that makes it."""

    name: str
    folder: Path
    command: tuple[str, ...]


def install(environments: list[Environment], steps: Steps) -> None:
    """Installs side by side: each waits mostly for the network."""
    TOOLS.mkdir(exist_ok=True)
    since = time.monotonic()
    running = {}
    try:
        for each in environments:
            with _log(each).open("w", encoding="utf-8") as log:
                running[each] = subprocess.Popen(
                    each.command,
                    cwd=str(ROOT),
                    env=_environment(UV_PROJECT_ENVIRONMENT=str(each.folder)),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                )
        while running:
            for each, process in list(running.items()):
                code = process.poll()
                if code is None:
                    continue
                del running[each]
                if code != 0:
                    raise SetupError(_not_installed(each))
                steps.tell(f"{each.name} environment: {each.folder.relative_to(ROOT)}", since)
            time.sleep(0.05)
    finally:
        for process in running.values():
            process.terminate()


def _log(each: Environment) -> Path:
    return TOOLS / f"{each.name}.log"


def _not_installed(each: Environment) -> str:
    log = _log(each)
    lines = [line.strip() for line in log.read_text(encoding="utf-8").splitlines() if line.strip()]
    told = [line for line in lines if re.match(r"(error|×|Caused by|cause:)", line)] or lines[-1:]
    reason = re.sub(r"https?://\S+/", "", "; ".join(told[:2])) or "no reason given"
    return (
        f"the {each.name} environment was not installed ({reason}); check the network, the package "
        f"index and the free disk space, then run this again. All of it: {log.relative_to(ROOT)}"
    )


def check_locks(uv: str) -> None:
    """Holds each lock file to its pyproject.toml.

    Raises:
        SetupError: one is behind; with the command that renews it.
    """
    locks = (
        ("uv.lock", (), APP, APP_PYTHONS),
        ("bot/uv.lock", ("--project", "bot"), BOT, BOT_PYTHONS),
    )
    for name, where, environment, versions in locks:
        # Without a Python at hand uv would try to fetch one, where it finds none by itself.
        python = fitting_environment(environment, versions) or find_python(uv, versions)
        checked = _run([uv, "lock", "--check", "--python", python.path, *where])
        if checked.returncode != 0:
            raise SetupError(
                f"{name}: not current ({_last_line(checked)}); renew it: "
                f"{' '.join(('uv', 'lock', *where))}"
            )
        print(f"{name}: current")


# The Dutch model


def fetch_model(uv: str, retry: bool) -> str:
    """Tries the Dutch spaCy model once and says what happened; without it a fallback serves."""
    fallback = "the built-in Dutch fallback serves"
    if any(APP.glob(f"lib/python3*/site-packages/{MODEL}-*.dist-info")):
        return f"{MODEL}: installed"
    if MODEL_OUT_OF_REACH.exists() and not retry:
        return f"{MODEL}: out of reach last time, {fallback}; again: make setup RETRY_MODEL=1"
    python = str(APP / "bin" / "python")
    done = _run(
        [uv, "pip", "install", "--python", python, "--no-deps", MODEL_URL],
        timeout=90,
        UV_HTTP_TIMEOUT="8",
        UV_HTTP_RETRIES="0",
    )
    if done.returncode == 0:
        if MODEL_OUT_OF_REACH.exists():
            MODEL_OUT_OF_REACH.unlink()
        return f"{MODEL}: installed"
    MODEL_OUT_OF_REACH.write_text(_last_line(done) + "\n", encoding="utf-8")
    return f"{MODEL}: GitHub is out of reach, {fallback}"


# Processes


def _on_path(name: str) -> Iterator[Path]:
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        path = Path(folder or ".") / name
        if path.is_file() and os.access(str(path), os.X_OK):
            yield path


def _environment(**more: str) -> dict[str, str]:
    """This process's environment, without what would send uv elsewhere than to this project."""
    stray = ("VIRTUAL_ENV", "UV_PYTHON", "UV_PROJECT", "UV_PROJECT_ENVIRONMENT", "CONDA_PREFIX")
    kept = {name: value for name, value in os.environ.items() if name not in stray}
    if any(Path(store).exists() for store in CERTIFICATES):
        # Behind a proxy that signs for itself, only the system's store knows it. The second name is
        # what older releases of uv read.
        kept = {"UV_SYSTEM_CERTS": "true", "UV_NATIVE_TLS": "true", **kept}
    if "UV_CACHE_DIR" not in kept and not _home_takes_a_cache():
        kept["UV_CACHE_DIR"] = str(TOOLS / "cache")
    return {**kept, "RASA_TELEMETRY_ENABLED": "false", **more}


def _home_takes_a_cache() -> bool:
    """False for a service's account, which often has no home to write in."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache" / "uv")
    nearest = next(each for each in (cache, *cache.parents) if each.exists())
    return os.access(str(nearest), os.W_OK)


def _run(
    command: list[str], timeout: float = 300, **variables: str
) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command,
            cwd=str(ROOT),
            env=_environment(**variables),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 124, "", f"no answer in {timeout:.0f} s")
    except OSError as error:
        return subprocess.CompletedProcess(command, 127, "", str(error))


def _output(command: list[str]) -> str:
    done = _run(command, timeout=30)
    return done.stdout if done.returncode == 0 else ""


def _last_line(done: subprocess.CompletedProcess[str]) -> str:
    lines = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()]
    return lines[-1] if lines else f"exit code {done.returncode}"


if __name__ == "__main__":
    sys.exit(main())
