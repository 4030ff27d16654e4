"""A whole consultation to look at: train, load and analyse the sample, make a login, serve.

Run by ``make demo`` with the app's Python. Everything is done by the verbs that users have. What is
there already is left as it is, so a second run only starts the servers.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from consultation import accounts, rounds
from consultation.errors import SamenspraakError
from samenspraak.processes import require_free_ports
from samenspraak.workplace import Workplace, open_workplace

ROOT = Path(__file__).resolve().parent.parent
SAMENSPRAAK = Path(sys.executable).with_name("samenspraak")
SAMPLE = ROOT / "data" / "voorbeeld"
REVIEWER = "demo"


def main() -> int:
    """Prepares everything and becomes ``samenspraak serve``; 1 when a step failed."""
    try:
        prepare()
    except SamenspraakError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("demo: stopped; run it again to go on.", file=sys.stderr)
        return 130
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
    print(
        f"\nready in {time.monotonic() - started:.0f} s\n"
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
    """Loads and analyses both rounds of the sample, unless there are rounds of somebody's own.

    Every verb used here may be repeated, so that a run that was broken off is simply done again.
    """
    busy = workplace.settings.data_dir / "demo_loading"
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
    busy.unlink()


def load_round(number: str) -> None:
    """Opens, fills and analyses one round; it stays open."""
    step(f"round {number} opened", "round", "open", number)
    file = str(SAMPLE / f"ronde{number}.jsonl")
    step(f"round {number} imported", "import", file, "--round", number)
    step(f"round {number} analysed", "analyse", "--round", number)


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


def half_the_cores() -> str:
    """Threads for one verb: two run side by side, and would wait for each other with more."""
    return str(max(1, (os.cpu_count() or 2) // 2))


def step(what: str, *verb: str, given: str = "") -> None:
    """Runs one verb, tells its time, and shows its output only when it fails.

    Raises:
        SamenspraakError: the verb failed; with what it said.
    """
    since = time.monotonic()
    done = subprocess.run(
        [str(SAMENSPRAAK), *verb],
        cwd=ROOT,
        env={"OMP_NUM_THREADS": half_the_cores(), **os.environ},
        input=given,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode != 0:
        raise SamenspraakError(f"samenspraak {' '.join(verb)} failed: {_last_words(done.stderr)}")
    print(f"- {what} ... {time.monotonic() - since:.1f} s", flush=True)


def _last_words(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return "\n".join(lines[-15:]) or "it said nothing"


if __name__ == "__main__":
    sys.exit(main())
