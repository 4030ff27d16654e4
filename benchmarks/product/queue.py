"""What a decision in the queue costs the web server, with the page that asks the next one.

``python -m benchmarks.product.queue [--statements 10000] [--decisions 40]`` makes an opdracht of
that size in a folder of its own, with twenty described themes, serves it on the loopback, and
answers the queue over HTTP as a browser would: the first suggestion each time. The texts are words
of the sample, shuffled, by four statements a person; the vectors lie around twenty centres, and
stand in the cache beforehand. It prints medians of the seconds on the clock and of the processor,
in milliseconds; the client's share, some 5 ms, is in both.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import uvicorn
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from analysis.preprocessing.embeddings import encoder_named, model_key
from benchmarks.product.consulted import ENCODER, OPDRACHT, SAMPLE, Cost
from consultation import accounts, rounds
from consultation.catalogue import load_catalogue
from consultation.curation.codebook_file import CodebookRow, import_codebook
from consultation.database.models import (
    AnalysisRun,
    Assignment,
    Consent,
    Contribution,
    ContributionVersion,
    Embedding,
    Participant,
    RunTheme,
    Statement,
    Submission,
    Theme,
    new_id,
    now,
)
from consultation.database.storage import Storage
from consultation.participation.answers import text_hash
from consultation.settings import ROOT, Settings
from web.app import create_app

PASSWORD = "only for measuring"
PORT = 8792
THEMES = 20
PER_PERSON = 4
_PAGE = f"/beheer/opdrachten/{OPDRACHT}/wachtrij"
_FIELD = re.compile(r'name="formulier" value="([^"]{1,200})"')
_HIDDEN = re.compile(r'name="(over|gevraagd|gedaan|uitspraak)" value="([^"]{0,2000})"')
_OPTION = re.compile(r'class="option" name="thema" value="([^"]{1,64})"')


def words_of_sample() -> list[str]:
    """All words of the sample's answers, in their order."""
    found: list[str] = []
    for name in SAMPLE:
        path = ROOT / "data" / "voorbeeld" / name
        for line in path.read_text(encoding="utf-8").splitlines():
            found += json.loads(line)["text"].split()
    return found


def fill(storage: Storage, statements: int) -> None:
    """One opdracht with so many statements, and a run that mapped them to a codebook."""
    catalogue = load_catalogue(ROOT / "data" / "opdrachten.yml")
    rng = np.random.default_rng(0)
    words = words_of_sample()
    sizes = rng.integers(8, 30, size=statements)
    texts = [
        " ".join(words[at] for at in rng.integers(len(words), size=size)) + f" ({number})."
        for number, size in enumerate(sizes)
    ]
    with storage.writing() as session:
        consultation = rounds.ensure_consultation(session, catalogue).id
        round_ = rounds.open_(session, consultation, 1)
        accounts.add_account(session, "els", "beheerder", PASSWORD)
        for start in range(0, statements, PER_PERSON):
            _person(session, consultation, round_.id, texts[start : start + PER_PERSON])
        _remember(session, texts, rng)
    rows = [
        CodebookRow(OPDRACHT, f"thema {number}", " ".join(words[number * 40 : number * 40 + 15]))
        for number in range(THEMES)
    ]
    numbers = [each.nummer for each in catalogue.opdrachten]
    import_codebook(storage, consultation, "els", rows, numbers)
    with storage.writing() as session:
        _mapped(session, round_.id, rng)


def _mapped(session: Session, round_id: int, rng: np.random.Generator) -> None:
    """A run that put every statement in a theme."""
    run = AnalysisRun(round_id=round_id, finished_at=now())
    session.add(run)
    session.flush()
    themes = list(session.scalars(select(Theme).order_by(Theme.number)))
    said = list(session.scalars(select(Statement.id)))
    homes = rng.integers(len(themes), size=len(said))
    for at, theme in enumerate(themes):
        own = [each for each, home in zip(said, homes, strict=True) if home == at]
        session.add(
            RunTheme(
                run_id=run.id,
                theme_id=theme.id,
                label=f"thema {theme.number}",
                keywords=["avondles", "opvang"],
                quotes=own[:5],
                trust={},
            )
        )
        session.flush()
        rows = [
            {"statement_id": each, "theme_id": theme.id, "run_id": run.id, "score": 0.5}
            for each in own
        ]
        session.execute(insert(Assignment), rows)


def _person(session: Session, consultation: int, round_id: int, texts: list[str]) -> None:
    person = Participant(consultation_id=consultation)
    person.consents.append(Consent(purpose="analyse", granted=True, version="1"))
    session.add(person)
    session.flush()
    submission = Submission(participant_id=person.id, round_id=round_id, opdracht=OPDRACHT)
    session.add(submission)
    session.flush()
    contribution = Contribution(submission_id=submission.id, question="voorstel", channel="import")
    session.add(contribution)
    session.flush()
    version = ContributionVersion(
        contribution_id=contribution.id, version=1, text=" ".join(texts), cut_at=now()
    )
    session.add(version)
    session.flush()
    at = 0
    for text in texts:
        session.add(
            Statement(
                id=new_id(),
                contribution_version_id=version.id,
                start=at,
                end=at + len(text),
                kind="voorstel",
                opdracht=OPDRACHT,
            )
        )
        at += len(text) + 1


def _remember(session: Session, texts: list[str], rng: np.random.Generator) -> None:
    encoder = encoder_named(ENCODER)
    centres = rng.standard_normal((THEMES, encoder.dimension))
    rows: list[dict[str, Any]] = []
    for text in texts:
        near = centres[rng.integers(THEMES)] + 1.5 * rng.standard_normal(encoder.dimension)
        vector = (near / np.linalg.norm(near)).astype("<f4")
        rows.append(
            {"model": model_key(encoder), "text_hash": text_hash(text), "vector": vector.tobytes()}
        )
    session.execute(insert(Embedding), rows)


def _measured(take: Callable[[], httpx.Response]) -> tuple[httpx.Response, Cost]:
    started = Cost.now()
    answer = take()
    return answer, Cost.now() - started


def measure(url: str, decisions: int) -> dict[str, list[Cost]]:
    """What the first page, each answer and each next page cost."""
    found: dict[str, list[Cost]] = {"first page": [], "answer": [], "next page": []}
    with httpx.Client(base_url=url, timeout=300, trust_env=False) as http:
        field = _FIELD.search(http.get("/beheer/login").text)
        assert field is not None
        login = {"username": "els", "password": PASSWORD, "formulier": field[1]}
        assert http.post("/beheer/login", data=login).status_code == 303
        started = Cost.now()
        shown = http.get(_PAGE)
        while "refresh" in shown.headers:
            time.sleep(0.5)
            shown = http.get(_PAGE)
        found["first page"].append(Cost.now() - started)
        for _ in range(decisions):
            form: dict[str, Any] = {"formulier": _FIELD.findall(shown.text)[0]}
            for name, value in _HIDDEN.findall(shown.text):
                form.setdefault(name, []).append(value)
            form["thema"] = _OPTION.findall(shown.text)[0]
            answer, cost = _measured(lambda form=form: http.post(_PAGE, data=form))  # type: ignore[misc]
            assert answer.status_code == 303, answer.text
            found["answer"].append(cost)
            shown, cost = _measured(lambda to=answer.headers["location"]: http.get(to))  # type: ignore[misc]
            assert shown.status_code == 200, shown.text
            found["next page"].append(cost)
    return found


def main() -> None:
    """Makes, serves, measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--statements", type=int, default=10_000)
    parser.add_argument("--decisions", type=int, default=40)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), database_url="", secret_key="x")
        storage = Storage(settings.resolved_database_url)
        fill(storage, asked.statements)
        server = uvicorn.Server(
            uvicorn.Config(create_app(settings), host="127.0.0.1", port=PORT, log_level="error")
        )
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        rows = measure(f"http://127.0.0.1:{PORT}", asked.decisions)
        server.should_exit = True
        thread.join(timeout=10)
        storage.close()
    print(f"{asked.statements} statements of one opdracht; milliseconds, medians\n")
    print("| | clock | processor |")
    print("|---|---|---|")
    for name, costs in rows.items():
        clock = 1000 * statistics.median(each.seconds for each in costs)
        processor = 1000 * statistics.median(each.processor for each in costs)
        print(f"| {name} | {clock:.0f} | {processor:.0f} |")


if __name__ == "__main__":
    main()
