"""Ctrl-C while the analysis runs: the database is as it was, but for cached vectors."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from sqlalchemy import func, select
from wordfreq import top_n_list

from analysis.preprocessing.answer_quality import measure_new
from analysis.preprocessing.statements import cut_new
from consultation import rounds
from consultation.catalogue import Catalogue
from consultation.database.models import AnalysisRun, Base, Embedding
from consultation.database.storage import Storage
from consultation.importing.imports import store_rows
from consultation.importing.readers import ImportFile, ImportRow
from consultation.settings import ROOT
from tests.databases import open_storage

SAMENSPRAAK = Path(sys.executable).with_name("samenspraak")
TEXTS = 128
PATIENCE = 240


def answers() -> list[ImportRow]:
    drawn = random.Random(4)
    words = [word for word in top_n_list("nl", 3_000) if word.isalpha() and len(word) > 3]
    texts = [" ".join(drawn.sample(words, 9)).capitalize() + "." for _ in range(TEXTS)]
    return [ImportRow("", text, opdracht=4, question="drempel") for text in texts]


def everything(storage: Storage) -> dict[str, list[str]]:
    """All rows of all tables but the cache of vectors."""
    with storage.reading() as session:
        return {
            table.name: sorted(map(repr, session.execute(select(table))))
            for table in Base.metadata.sorted_tables
            if table is not Embedding.__table__
        }


def cached(storage: Storage) -> int:
    with storage.reading() as session:
        return session.scalar(select(func.count()).select_from(Embedding)) or 0


def interrupted(environment: dict[str, str], moment: Callable[[], bool]) -> tuple[int, str]:
    """Starts ``analyse``, sends SIGINT at the moment, and gives its exit code and stderr."""
    running = subprocess.Popen(
        [str(SAMENSPRAAK), "analyse"],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # Where the suite was started in the background, its children would not hear SIGINT.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )
    try:
        until = time.monotonic() + PATIENCE
        while not moment():
            assert running.poll() is None, running.communicate()[1]
            assert time.monotonic() < until, "the moment to interrupt did not come"
            time.sleep(0.01)
        running.send_signal(signal.SIGINT)
        out, error = running.communicate(timeout=PATIENCE)
    finally:
        running.kill()
    assert out == "", error
    return running.returncode, error


def test_ctrl_c_is_heard_also_where_a_library_swallows_it() -> None:
    # Python drops an exception in a callback from C; numerical libraries have such callbacks.
    swallowing = """
import ctypes, sys, time
from samenspraak import cli
def verb():
    kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
    def compared(_one, _other):
        print("in C", flush=True)
        time.sleep(1)
        return 0
    ctypes.CDLL(None).qsort(ctypes.create_string_buffer(2), 2, 1, kind(compared))
    time.sleep(60)
    print("went on")
cli.app = verb
cli.main()
"""
    running = subprocess.Popen(
        [sys.executable, "-c", swallowing],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.default_int_handler),
    )
    assert running.stdout is not None
    assert running.stdout.readline() == "in C\n"
    running.send_signal(signal.SIGINT)
    out, error = running.communicate(timeout=30)
    assert (running.returncode, out) == (130, "")
    assert "Exception ignored" in error
    assert error.endswith("samenspraak: stopped.\n")


def test_ctrl_c_leaves_the_database_as_it_was_and_the_next_run_goes_on(
    database_url: str, catalogue: Catalogue, workplace_environment: dict[str, str]
) -> None:
    storage = open_storage(database_url)
    with storage.writing() as session:
        consultation = rounds.ensure_consultation(session, catalogue).id
        round_ = rounds.open_(session, consultation, 1)
        file = ImportFile("rijen.jsonl", tuple(answers()))
        store_rows(session, consultation, round_, file, catalogue)
    # Every verb cuts what came in, and the analysis measures it: both are kept as they are made.
    cut_new(storage, consultation, catalogue, "use")
    measure_new(storage, consultation, catalogue)
    before = everything(storage)
    environment = {
        **workplace_environment,
        "SAMENSPRAAK_DATABASE_URL": database_url,
        "SAMENSPRAAK_EMBEDDING": "use",
    }

    code, error = interrupted(environment, lambda: cached(storage) > 0)
    assert code == 130
    assert "Traceback" not in error
    assert everything(storage) == before
    assert 0 < cached(storage) < TEXTS

    code, error = interrupted(environment, lambda: cached(storage) >= TEXTS)
    assert code == 130
    assert "Traceback" not in error
    assert everything(storage) == before

    done = subprocess.run(
        [str(SAMENSPRAAK), "analyse", "--json"],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    with storage.reading() as session:
        assert session.scalar(select(func.count()).select_from(AnalysisRun)) == 1
    storage.close()
