"""The analysis by the workers of a Dask cluster: the same result, and nothing said in a log."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from analysis.preprocessing.embeddings import AnalysisError
from analysis.run import analyse
from analysis.scheduling import cluster, tasks
from analysis.scheduling.cluster import Scheduling
from consultation.catalogue import Catalogue
from consultation.database.models import Embedding, RunStance
from consultation.database.storage import Storage
from consultation.queries.statements import active_statements
from consultation.queries.themes import theme_views
from consultation.settings import ROOT
from language.embedding import load_encoder
from tests.analysis.test_rounds import decide, say, views
from tests.databases import open_storage
from tests.servers import free_port, workplace_variables

DASK = Path(sys.executable).with_name("dask")
SAMENSPRAAK = Path(sys.executable).with_name("samenspraak")
PARTS = {"bus": (0, 10), "opvang": (0, 10), "computer": (0, 10), "taal": (0, 10)}


def found(storage: Storage) -> list[object]:
    """All that an analysis finds, by the words that it is about."""
    with storage.reading() as session:
        said = {each.id: each.text for each in active_statements(session, 1)}
        stances = sorted(
            (said[each.statement_id], each.stance) for each in session.scalars(select(RunStance))
        )
        vectors = sorted(
            (each.text_hash, each.vector) for each in session.scalars(select(Embedding))
        )
        themes = [
            (
                each.label,
                each.keywords,
                sorted(one.text for one in each.said),
                [quote.text for quote in each.quotes],
                dict(each.trust),
            )
            for each in theme_views(session, 1, 4)
        ]
    return [sorted(themes, key=str), stances, vectors]


def test_workers_find_what_this_process_finds(tmp_path: Path, catalogue: Catalogue) -> None:
    both = []
    for name, scheduling in (("here", None), ("workers", Scheduling(workers=2))):
        storage = open_storage(f"sqlite:///{tmp_path / name}.db")
        for number in (1, 2):
            parts = {each: (10 * number - 10 + at, size) for each, (at, size) in PARTS.items()}
            consultation = say(storage, catalogue, number, **parts)
            result = analyse(
                storage,
                consultation,
                catalogue,
                # Its vectors are equal to the bit, whatever stands beside a text.
                encoder_name="e5",
                spacy_model="nl_core_news_sm",
                round_number=number,
                opdracht=4,
                scheduling=scheduling,
            )
            assert result.opdrachten[0].seconds > 0
            both.append(found(storage))
            # Not the first of the list: themes of one size stand there in any order.
            _, theme = min(views(storage, consultation).items())
            label = f"Zelf genoemd {number}"
            decide(storage, consultation, op="rename", theme=theme.id, label=label)
    here, workers = both[:2], both[2:]
    assert len(here[0][0]) > 1  # type: ignore[arg-type]
    assert workers == here


@contextmanager
def dask(folder: Path) -> Iterator[tuple[str, list[Path]]]:
    """A scheduler with one worker, as an operator starts them; its address, and their logs."""
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    here = ["--host", "127.0.0.1", "--no-dashboard"]
    commands = {
        "scheduler": [str(DASK), "scheduler", *here, "--port", str(port)],
        "worker": [
            str(DASK),
            "worker",
            *here,
            "--no-nanny",
            "--local-directory",
            str(folder),
            address,
        ],
    }
    logs = [folder / f"{name}.log" for name in commands]
    running = []
    try:
        for command, log in zip(commands.values(), logs, strict=True):
            with log.open("wb") as told:
                running.append(subprocess.Popen(command, cwd=ROOT, stdout=told, stderr=told))
        until = time.monotonic() + 60
        while "Registered to" not in logs[1].read_text() and time.monotonic() < until:
            time.sleep(0.2)
        yield address, logs
    finally:
        for each in reversed(running):
            each.terminate()
        for each in running:
            try:
                each.wait(10)
            except subprocess.TimeoutExpired:
                each.kill()
                each.wait()


def test_the_verb_goes_to_a_scheduler_and_no_word_is_in_a_log(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    storage = open_storage(f"sqlite:///{tmp_path / 'samenspraak.db'}")
    say(storage, catalogue, 1, **PARTS)
    with dask(tmp_path) as (address, logs):
        done = subprocess.run(
            [str(SAMENSPRAAK), "analyse", "--scheduler", address, "--opdracht", "4"],
            env={**workplace_variables(tmp_path), "SAMENSPRAAK_EMBEDDING": "use"},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )
        told = [log.read_text() for log in logs]
    assert done.returncode == 0, done.stderr
    assert "unencrypted" not in done.stderr
    assert "distributed" not in done.stderr
    with storage.reading() as session:
        themes = theme_views(session, 1, 4)
    assert len(themes) > 1
    words = {word for each in themes for one in each.said for word in one.text.split()}
    assert [word for word in words if len(word) > 8 and any(word in log for log in told)] == []


def test_a_task_that_fails_raises_nothing_that_a_worker_would_log() -> None:
    failed = tasks.encode_elsewhere("no such encoder", ["Een geheim."])
    assert isinstance(failed, tasks.Failure)
    assert "no such encoder" in (failed.reason or "")
    with pytest.raises(AnalysisError, match="no such encoder"):
        cluster._known(failed)
    broken = tasks.encode_elsewhere("use", [1])  # type: ignore[list-item]
    assert isinstance(broken, tasks.Failure)
    assert broken.reason is None
    with pytest.raises(RuntimeError, match="AttributeError"):
        cluster._known(broken)


def test_where_nobody_answers_the_mend_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_PATIENCE", 1)
    address = f"tcp://127.0.0.1:{free_port()}"
    with (
        pytest.raises(AnalysisError, match=f"no worker answers at {address}.*dask worker"),
        cluster.connected(Scheduling(address), load_encoder("use")),
    ):
        pass


def test_a_worker_with_other_versions_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    version = importlib.metadata.version
    newer = {"scikit-learn": "99.0"}
    monkeypatch.setattr(
        importlib.metadata, "version", lambda name: newer.get(name) or version(name)
    )
    with (
        pytest.raises(AnalysisError, match=r"has scikit-learn .* and this process has 99\.0"),
        cluster.connected(Scheduling(workers=1), load_encoder("use")),
    ):
        pass


@pytest.mark.parametrize(
    ("address", "is_open"),
    [
        (None, False),
        ("tcp://127.0.0.1:8786", False),
        ("tcp://localhost:8786", False),
        ("tcp://[::1]:8786", False),
        ("tls://10.0.0.4:8786", False),
        ("tcp://10.0.0.4:8786", True),
        ("tcp://rekenen.example:8786", True),
        ("10.0.0.4:8786", True),
    ],
)
def test_words_that_go_out_unencrypted_are_told(address: str | None, is_open: bool) -> None:
    assert Scheduling(address).is_open is is_open


def test_without_dask_the_mend_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(AnalysisError, match="uv sync --extra dask"),
        cluster.connected(Scheduling(workers=1), load_encoder("use")),
    ):
        pass


def test_workers_of_our_own_and_a_scheduler_are_one_too_many(tmp_path: Path) -> None:
    done = subprocess.run(
        [str(SAMENSPRAAK), "analyse", "--workers", "2", "--scheduler", "tcp://127.0.0.1:1"],
        env=workplace_variables(tmp_path),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert "not both" in done.stderr
