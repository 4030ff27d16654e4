"""A whole consultation to look at: train, load the sample, make a login, serve, analyse beside it.

Run by ``make demo`` with the app's Python. Everything is done by the verbs that users have. What is
there already is left as it is, so a second run only starts the servers. The sample is analysed once
a talk can be held (``--analyse``, a process of its own), as nobody should wait for that.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from consultation import accounts, rounds
from consultation.errors import SamenspraakError
from consultation.private_files import start_private
from consultation.settings import Settings, settings
from samenspraak.processes import die_with_parent, require_free_ports
from samenspraak.workplace import Workplace, open_workplace

ROOT = Path(__file__).resolve().parent.parent
SAMENSPRAAK = Path(sys.executable).with_name("samenspraak")
SAMPLE = ROOT / "data" / "voorbeeld"
REVIEWER = "demo"
TELL_EVERY = 5.0
WITH_PARENT = die_with_parent if sys.platform == "linux" else None


def main(arguments: Sequence[str] = ()) -> int:
    """Prepares everything and becomes ``samenspraak serve``; 1 when a step failed."""
    start_private()
    try:
        if "--analyse" in arguments:
            analyse_sample()
            return 0
        prepare()
    except SamenspraakError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("demo: stopped; run it again to go on.", file=sys.stderr)
        return 130
    if still_loading(settings()).exists():
        subprocess.Popen([sys.executable, __file__, "--analyse"], preexec_fn=WITH_PARENT)
    return os.execv(SAMENSPRAAK, [str(SAMENSPRAAK), "serve"])


def prepare() -> None:
    """Trains, loads the sample, makes the login and prints it.

    Raises:
        SamenspraakError: a step failed; the message ends with the mend.
    """
    started = time.monotonic()
    workplace = open_workplace()
    require_free_ports(workplace.settings)
    with ThreadPoolExecutor(max_workers=2) as both:
        jobs = [both.submit(train), both.submit(load_sample, workplace)]
    for job in jobs:
        job.result()
    password = reviewer_password(workplace)
    values = workplace.settings
    workplace.storage.close()
    if still_loading(values).exists():
        print("the sample is analysed once the site is up; its themes come a minute later")
    print(
        f"\nprepared in {time.monotonic() - started:.0f} s\n"
        f"  site    http://localhost:{values.port}\n"
        f"  review  http://localhost:{values.port}/beheer\n"
        f"  login   {REVIEWER}, password: {password}\n"
        f"  another password: printf %s NEW | .venv/bin/samenspraak user add {REVIEWER} "
        "--role facilitator --password-stdin\n",
        flush=True,
    )


def train() -> None:
    """Trains the assistant; the verb itself skips this when nothing changed."""
    step("assistant trained", "train")


def load_sample(workplace: Workplace) -> None:
    """Loads both rounds of the sample, unless there are rounds of somebody's own.

    Every verb used here may be repeated, so that a run that was broken off is simply done again.
    """
    busy = still_loading(workplace.settings)
    with workplace.storage.reading() as session:
        known = rounds.all_rounds(session, workplace.consultation_id)
    if known and not busy.exists():
        print("- sample: left out, this database has rounds already", flush=True)
        return
    busy.parent.mkdir(parents=True, exist_ok=True)
    busy.touch()
    if not any(each.number == 2 for each in known):
        load_round("1")
        step("round 1 closed", "round", "close", "1")
    load_round("2")


def load_round(number: str) -> None:
    """Opens and fills one round; it stays open."""
    step(f"round {number} opened", "round", "open", number)
    file = str(SAMPLE / f"ronde{number}.jsonl")
    step(f"round {number} imported", "import", file, "--round", number)


def analyse_sample() -> None:
    """Analyses both rounds once a talk can be held.

    Raises:
        SamenspraakError: a step failed; the next ``make demo`` tries again.
    """
    values = settings()
    wait_until_ready(values.port)
    for number in ("1", "2"):
        step(f"round {number} analysed", "analyse", "--round", number)
    still_loading(values).unlink(missing_ok=True)


def wait_until_ready(port: int) -> None:
    """Returns once a talk can be held, or after three minutes all the same."""
    end = time.monotonic() + 180
    while time.monotonic() < end:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.5)


def still_loading(values: Settings) -> Path:
    """The mark of a sample that is not wholly loaded and analysed yet."""
    return values.data_dir / "demo_loading"


def reviewer_password(workplace: Workplace) -> str:
    """The demo reviewer's password; the account is made where there is none.

    Kept beside the database, readable by its owner only, so that each start can print it.
    """
    kept = workplace.settings.data_dir / "demo_login"
    with workplace.storage.reading() as session:
        if accounts.find(session, REVIEWER):
            password = kept.read_text(encoding="utf-8").strip() if kept.exists() else ""
            fits = accounts.verify(session, REVIEWER, password) is not None
            return password if fits else "as you set it"
    password = secrets.token_urlsafe(9)
    kept.unlink(missing_ok=True)
    with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(password + "\n")
    role = ("--role", "facilitator", "--password-stdin")
    step("reviewer's account made", "user", "add", REVIEWER, *role, given=password)
    return password


def step(what: str, *verb: str, given: str = "") -> None:
    """Runs one verb, tells how far it is and its time, and shows its output only when it fails.

    Raises:
        SamenspraakError: the verb failed; with what it said.
    """
    since = told = time.monotonic()
    said: deque[str] = deque(maxlen=50)
    child = subprocess.Popen(
        [str(SAMENSPRAAK), *verb],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        preexec_fn=WITH_PARENT,
    )
    assert child.stdin is not None
    assert child.stderr is not None
    reader = threading.Thread(target=said.extend, args=(child.stderr,), daemon=True)
    reader.start()
    try:
        child.stdin.write(given)
        child.stdin.close()
        while child.poll() is None:
            time.sleep(0.1)
            if time.monotonic() - told >= TELL_EVERY:
                told = time.monotonic()
                print(f"  {' '.join(verb[:2])}, {told - since:.0f} s: {_latest(said)}", flush=True)
    finally:
        if child.poll() is None:
            child.terminate()
        child.wait()
    reader.join(5)
    if child.returncode != 0:
        words = _last_words("".join(said))
        raise SamenspraakError(f"samenspraak {' '.join(verb)} failed: {words}")
    print(f"- {what} ... {time.monotonic() - since:.1f} s", flush=True)


def _latest(said: Iterable[str]) -> str:
    """The last line that says something, without the name of the program."""
    lines = [line.strip() for line in said if line.strip()]
    return lines[-1].removeprefix("samenspraak: ")[:100] if lines else "at work"


def _last_words(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return "\n".join(lines[-15:]) or "it said nothing"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
