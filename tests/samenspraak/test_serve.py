"""``samenspraak serve``: how many of what, parts on machines of their own, and what is refused."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from consultation.database.models import ContributionVersion
from consultation.database.presence import ANALYSES, NOBODY, Presence, living
from consultation.database.records import AnalysisJob
from consultation.errors import SamenspraakError
from consultation.importing.drafts import DraftFolder
from consultation.settings import ROOT, Settings
from samenspraak import processes
from tests.databases import open_storage
from tests.servers import SAMENSPRAAK, Talk, free_port, workplace_variables
from web.analysis_jobs import AnalysisJobs
from web.document_readings import LOCK, DocumentReadings

POSTGRES = "postgresql+psycopg://nobody@127.0.0.1:1/none"


def served(folder: Path, *arguments: str, **variables: str) -> str:
    """The line with which serve refuses to start."""
    done = subprocess.run(
        [str(SAMENSPRAAK), "serve", *arguments],
        env={
            **workplace_variables(folder),
            "SAMENSPRAAK_PORT": str(free_port()),
            "SAMENSPRAAK_RASA_PORT": str(free_port()),
            "SAMENSPRAAK_ACTIONS_PORT": str(free_port()),
            **variables,
        },
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode in (1, 2)
    return done.stderr


def test_two_web_processes_on_sqlite_are_refused_with_the_reason_and_the_mend(
    tmp_path: Path,
) -> None:
    for arguments in (("--web", "2"), ("web", "--web", "2"), ("worker",)):
        said = served(tmp_path, *arguments).strip().splitlines()[-1]
        assert "SQLite serves one web process" in said
        assert "SAMENSPRAAK_DATABASE_URL" in said
        assert "docs/operation.md" in said


def test_a_part_that_is_none_and_a_number_that_is_none_are_wrong_use(tmp_path: Path) -> None:
    assert "'website' is not one of" in served(tmp_path, "website")
    assert "--web" in served(tmp_path, "--web", "0")


def test_inner_servers_that_are_open_to_others_need_a_secret_that_is_set() -> None:
    values = Settings(inner_host="10.0.0.2", database_url=POSTGRES, shared_secret="")
    with pytest.raises(SamenspraakError, match="SAMENSPRAAK_SHARED_SECRET"):
        processes.processes(values, processes.Part.actions)


def test_a_second_web_process_on_the_same_sqlite_file_is_refused(tmp_path: Path) -> None:
    environment = {**workplace_variables(tmp_path), "SAMENSPRAAK_PORT": str(free_port())}
    command = [sys.executable, "-m", "web"]
    with subprocess.Popen(command, env=environment, cwd=ROOT, stderr=subprocess.DEVNULL) as first:
        until = time.monotonic() + 90
        while not _answers(f"http://127.0.0.1:{environment['SAMENSPRAAK_PORT']}/healthz"):
            assert time.monotonic() < until
            time.sleep(0.2)
        environment["SAMENSPRAAK_PORT"] = str(free_port())
        second = subprocess.run(
            command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False
        )
        first.terminate()
    assert second.returncode == 1
    (said,) = (line for line in second.stderr.splitlines() if line.startswith("web: "))
    assert "another web process uses this SQLite database" in said


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def test_the_settings_of_other_machines_are_checked() -> None:
    assert Settings(rasa_urls="http://10.0.0.2:5005, http://10.0.0.3:5005/").rasa_addresses == (
        "http://10.0.0.2:5005",
        "http://10.0.0.3:5005",
    )
    for wrong in ("10.0.0.2:5005", "https://10.0.0.2", "http://10.0.0.2/pad"):
        with pytest.raises(ValueError, match=r"http://10\.0\.0\.2:5005"):
            Settings(rasa_urls=wrong)
    with pytest.raises(ValueError, match="one address"):
        Settings(actions_url="http://10.0.0.2:5055,http://10.0.0.3:5055")


@contextmanager
def machine(folder: Path, part: str, *more: str, **variables: str) -> Iterator[Path]:
    """A part of the product, served alone, with a data directory of its own."""
    folder.mkdir()
    environment = {**workplace_variables(folder), **variables}
    with (folder / "serve.log").open("wb") as log:
        running = subprocess.Popen(
            [str(SAMENSPRAAK), "serve", part, *more],
            env=environment,
            cwd=ROOT,
            stdout=log,
            stderr=log,
        )
        try:
            yield folder / "serve.log"
        finally:
            running.send_signal(signal.SIGINT)
            assert running.wait(30) == 0


def ready(log: Path) -> None:
    """Waits until all of a machine is up."""
    until = time.monotonic() + 180
    while "ready" not in log.read_text():
        assert time.monotonic() < until, log.read_text()
        time.sleep(0.3)


@pytest.mark.servers
@pytest.mark.postgres
def test_each_part_on_a_machine_of_its_own_is_the_whole_product(
    tmp_path: Path, postgres_url: str
) -> None:
    ports = {name: free_port() for name in ("web", "rasa", "actions")}
    shared = {
        "SAMENSPRAAK_DATABASE_URL": postgres_url,
        "SAMENSPRAAK_SECRET_KEY": "only for tests",
        "SAMENSPRAAK_SHARED_SECRET": "between the machines",
        "SAMENSPRAAK_PORT": str(ports["web"]),
        "SAMENSPRAAK_RASA_PORT": str(ports["rasa"]),
        "SAMENSPRAAK_ACTIONS_PORT": str(ports["actions"]),
        "SAMENSPRAAK_RASA_URLS": f"http://127.0.0.1:{ports['rasa']}",
        "SAMENSPRAAK_ACTIONS_URL": f"http://127.0.0.1:{ports['actions']}",
        "SAMENSPRAAK_LOG_FORMAT": "json",
    }
    opened = subprocess.run(
        [str(SAMENSPRAAK), "round", "open", "1"],
        env={**workplace_variables(tmp_path), **shared},
        cwd=ROOT,
        check=False,
    )
    assert opened.returncode == 0
    with ExitStack() as machines:
        logs = [
            machines.enter_context(machine(tmp_path / part, part, **shared))
            for part in ("actions", "rasa", "web", "worker")
        ]
        for log in logs:
            ready(log)
        talk = Talk(f"http://127.0.0.1:{ports['web']}", opdracht=4)
        talk.open()
        talk.answer("De avondlessen beginnen te vroeg voor wie in ploegen werkt.")
        assert talk.at == ("vraag", 4, "voorstel")
        storage = open_storage(postgres_url)
        with storage.reading() as session:
            (text,) = session.scalars(select(ContributionVersion.text))
            assert text.startswith("De avondlessen")
            assert len(living(session, ANALYSES)) == 1
        values = Settings(data_dir=tmp_path, database_url=postgres_url, secret_key="only for tests")
        jobs = AnalysisJobs(values, storage, 1, Presence(storage.engine))
        assert jobs.start("els", 1, 4)
        assert not jobs.start("els", 1, 4), "one at a time, wherever it was asked for"
        until = time.monotonic() + 180
        while (job := jobs.last) is None or job.busy:
            assert time.monotonic() < until
            time.sleep(0.5)
        assert (job.code, job.round, job.opdracht) == (0, 1, 4), job.told
        with storage.reading() as session:
            owner = session.scalars(select(AnalysisJob.owner)).one()
            assert owner != NOBODY
            assert owner in living(session)


@pytest.mark.postgres
def test_a_rolling_restart_of_the_website_refuses_no_request(
    tmp_path: Path, postgres_url: str
) -> None:
    """Two web processes on one port: each becomes another one, and the door is never closed."""
    port, folder = free_port(), tmp_path / "web"
    url = f"http://127.0.0.1:{port}/healthz"
    variables = {"SAMENSPRAAK_DATABASE_URL": postgres_url, "SAMENSPRAAK_PORT": str(port)}

    def ids() -> set[str]:
        return {path.read_text() for path in (folder / "log").glob("web-*.pid")}

    with machine(folder, "web", "--web", "2", **variables) as log:
        ready(log)
        before, refused = ids(), 0
        assert len(before) == 2
        os.kill(int((folder / "serve-web.pid").read_text()), signal.SIGHUP)
        until = time.monotonic() + 120
        while before & ids() or log.read_text().count(" is up ") < 4:
            assert time.monotonic() < until, log.read_text()
            refused += httpx.get(url, timeout=30).status_code != 200
            # Some requests are always underway; more would only keep the machine from the restart.
            time.sleep(0.02)
        assert refused == 0
        assert len(ids()) == 2


@pytest.mark.postgres
def test_an_analysis_whose_process_died_is_told_and_another_may_start(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = Settings(data_dir=tmp_path, database_url=postgres_url, secret_key="only for tests")
    subprocess.run(
        [str(SAMENSPRAAK), "round", "open", "1"],
        env={**workplace_variables(tmp_path), "SAMENSPRAAK_DATABASE_URL": postgres_url},
        cwd=ROOT,
        check=True,
    )
    storage = open_storage(postgres_url)
    one, two = Presence(storage.engine), Presence(storage.engine)
    monkeypatch.setattr(AnalysisJobs, "_launch", lambda *_: None)
    here, there = (AnalysisJobs(values, storage, 1, each) for each in (one, two))
    one.keep()
    two.keep()
    assert here.start("els", 1, None)
    for each in (here, there):
        assert each.last is not None
        assert each.last.busy, "wherever the page is asked for"
        assert not each.start("tom", 1, None)
    one.close()
    assert there.last is not None
    assert not there.last.busy
    assert "ended" in there.last.told
    assert there.start("tom", 1, None)
    two.close()


def test_a_document_that_another_process_reads_is_left_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    monkeypatch.setattr(DocumentReadings, "_read_now", lambda _, draft: read.append(draft.id))
    draft = DraftFolder(tmp_path).add("nota.txt", b"Te weinig bussen.", "els", 1)
    other = (
        "import fcntl, sys; held = open(sys.argv[1], 'wb'); fcntl.flock(held, fcntl.LOCK_EX); "
        "print('held', flush=True); sys.stdin.read()"
    )
    readings = DocumentReadings(Settings(data_dir=tmp_path))
    with subprocess.Popen(
        [sys.executable, "-c", other, str(draft.folder / LOCK)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        readings._read(draft)
        assert read == []
        holder.communicate()
    readings._read(draft)
    assert read == [draft.id]
    readings.stop()
