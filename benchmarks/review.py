"""How fast the review's pages are with many statements, and how that was measured.

``python -m benchmarks.review [--statements 10000]`` makes a consultation of that size in a folder
of its own, half of it on one opdracht, with 300 decisions in the log, serves it on the loopback,
and asks for every main page: six times first after a decision, and six times when nothing changed.
It prints a Markdown table with medians in milliseconds, as a browser would wait for the HTML.
"""

from __future__ import annotations

import argparse
import re
import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from sqlalchemy import insert
from sqlalchemy.orm import Session

from consultation import accounts, rounds
from consultation.catalogue import load_catalogue
from consultation.curation.log import Ledger, append
from consultation.curation.operations import parse
from consultation.database.models import (
    AnalysisRun,
    Assignment,
    Consent,
    Contribution,
    ContributionVersion,
    Participant,
    RunTheme,
    Statement,
    Submission,
    Theme,
    new_id,
    now,
)
from consultation.database.storage import Storage
from consultation.settings import ROOT, Settings
from web.app import create_app

PASSWORD = "only for measuring"
PORT = 8791
THEMES = 40
DECISIONS = 300
GROUPS = ("burger", "werknemersorganisatie", "werkgeversorganisatie", "lokaal_bestuur", None)
SENTENCES = (
    "De lessen beginnen te vroeg voor wie in ploegen werkt.",
    "Niemand zegt ons dat er een premie bestaat, dus vraagt ook niemand ze aan.",
    "Laat één loket alle vragen over opleiding beantwoorden.",
    "In ons dorp rijdt na acht uur geen bus meer, dus avondles is onmogelijk.",
)


def fill(storage: Storage, statements: int) -> None:
    """A consultation of four statements per person: half on opdracht 4, the rest spread."""
    catalogue = load_catalogue(ROOT / "data" / "opdrachten.yml")
    numbers = [each.nummer for each in catalogue.opdrachten]
    with storage.writing() as session:
        consultation = rounds.ensure_consultation(session, catalogue).id
        round_ = rounds.open_(session, consultation, 1)
        accounts.add_account(session, "els", "beheerder", PASSWORD)
        made: dict[int, list[str]] = {number: [] for number in numbers}
        for person in range(statements // 4):
            opdracht = 4 if person % 2 else numbers[person // 2 % len(numbers)]
            made[opdracht] += _person(session, consultation, round_.id, person, opdracht)
        run = AnalysisRun(round_id=round_.id, finished_at=now())
        session.add(run)
        session.flush()
        for opdracht, ids in made.items():
            _themes(session, consultation, run.id, opdracht, ids)
    with storage.writing() as session:
        _decide(session, 1, numbers)


def _person(
    session: Session, consultation: int, round_id: int, number: int, opdracht: int
) -> list[str]:
    person = Participant(consultation_id=consultation, group=GROUPS[number % len(GROUPS)])
    person.consents.append(Consent(purpose="analyse", granted=True, version="1"))
    person.consents.append(Consent(purpose="citaat", granted=True, version="1"))
    session.add(person)
    session.flush()
    submission = Submission(participant_id=person.id, round_id=round_id, opdracht=opdracht)
    session.add(submission)
    session.flush()
    ids = []
    for question in ("drempel", "voorstel"):
        one, other = (f"{SENTENCES[(number + at) % 4]} ({number})" for at in (0, 1))
        text = f"{one} {other}"
        contribution = Contribution(
            submission_id=submission.id, question=question, channel="import"
        )
        session.add(contribution)
        session.flush()
        version = ContributionVersion(contribution_id=contribution.id, version=1, text=text)
        session.add(version)
        session.flush()
        for start, end in ((0, len(one)), (len(one) + 1, len(text))):
            id_ = new_id()
            session.add(
                Statement(
                    id=id_,
                    contribution_version_id=version.id,
                    start=start,
                    end=end,
                    kind=question,
                    opdracht=opdracht,
                )
            )
            ids.append(id_)
    return ids


def _themes(
    session: Session, consultation: int, run_id: int, opdracht: int, ids: list[str]
) -> None:
    for number in range(1, THEMES + 1):
        own = ids[number - 1 :: THEMES + 1]
        theme = Theme(consultation_id=consultation, opdracht=opdracht, number=number)
        session.add(theme)
        session.flush()
        session.add(
            RunTheme(
                run_id=run_id,
                theme_id=theme.id,
                label=f"thema {number}",
                keywords=["avondles", "opvang"],
                quotes=own[:5],
                action_statement_id=own[0] if own else None,
                trust={"stability": 0.7},
            )
        )
        rows = [
            {
                "statement_id": each,
                "theme_id": theme.id,
                "run_id": run_id,
                "subtheme": f"deel {at % 5}" if at % 5 else None,
            }
            for at, each in enumerate(own)
        ]
        if rows:
            session.execute(insert(Assignment), rows)


def _decide(session: Session, consultation: int, numbers: list[int]) -> None:
    themes = session.query(Theme).filter_by(opdracht=4).order_by(Theme.number).all()
    ledger = Ledger(session, consultation, numbers)
    for number in range(DECISIONS):
        theme = themes[number % len(themes)]
        raw: dict[str, Any]
        if number < 20:
            raw = {"op": "approve", "theme": theme.id}
        elif number % 2:
            raw = {"op": "rename", "theme": theme.id, "label": f"naam {number}"}
        else:
            raw = {"op": "describe", "theme": theme.id, "text": f"Beschrijving {number}."}
        ledger.append("els", parse(raw))
    ledger.write(session)


def measure(url: str, storage: Storage, again: int = 6) -> list[tuple[str, float, float, int]]:
    """Per page: the median answer after a decision and without one (ms), and its size in bytes."""
    found = []
    with httpx.Client(base_url=url, timeout=60, trust_env=False) as http:
        form = http.get("/beheer/login").text
        field = re.search(r'name="formulier" value="([^"]+)"', form)
        assert field
        login = {"username": "els", "password": PASSWORD, "formulier": field[1]}
        assert http.post("/beheer/login", data=login).status_code == 303
        with storage.reading() as session:
            theme = session.query(Theme).filter_by(opdracht=4, number=1).one().code
        for path in (
            "/beheer",
            "/beheer/opdrachten/4",
            "/beheer/opdrachten/4?groep=burger&tekst=bus",
            f"/beheer/themas/{theme}",
            "/beheer/opdrachten/4/apart",
            "/beheer/opdrachten/4/acties",
            "/beheer/opdrachten/4/voorstellen",
            "/beheer/opdrachten/4/beslissingen",
            "/beheer/acties",
            "/beheer/rondes/1",
            "/beheer/uitvoer",
        ):
            fresh: list[float] = []
            kept: list[float] = []
            size = 0
            for _ in range(again):
                _touch(storage)
                for times in (fresh, kept):
                    started = time.perf_counter()
                    answer = http.get(path)
                    times.append(1000 * (time.perf_counter() - started))
                    assert answer.status_code == 200, (path, answer.status_code)
                    size = len(answer.content)
            found.append((path, statistics.median(fresh), statistics.median(kept), size))
        started = time.perf_counter()
        with storage.reading() as session:
            target = session.query(Theme).filter_by(opdracht=4, number=2).one().id
        decision = {"formulier": field[1], "doe": "notitie", "thema": target, "notitie": "x"}
        done = http.post("/beheer/opdrachten/4/beslis", data=decision)
        assert done.status_code == 303, done.text
        spent = 1000 * (time.perf_counter() - started)
        found.append(("POST /beheer/opdrachten/4/beslis", spent, spent, 0))
    return found


def _touch(storage: Storage) -> None:
    """Somebody decides something, so that nothing that was kept ready still holds."""
    with storage.writing() as session:
        theme = session.query(Theme).filter_by(opdracht=4, number=1).one()
        append(session, 1, "els", {"op": "note", "theme": theme.id, "text": "x"})


def main() -> None:
    """Makes, serves, measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--statements", type=int, default=10_000)
    size = parser.parse_args().statements
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), database_url="", secret_key="x")
        storage = Storage(settings.resolved_database_url)
        fill(storage, size)
        server = uvicorn.Server(
            uvicorn.Config(create_app(settings), host="127.0.0.1", port=PORT, log_level="error")
        )
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        rows = measure(f"http://127.0.0.1:{PORT}", storage)
        server.should_exit = True
        thread.join(timeout=10)
        storage.close()
    print(f"{size} statements, half of them on opdracht 4; milliseconds\n")
    print("| page | after a decision | nothing changed | kB |")
    print("|---|---|---|---|")
    for path, first, later, length in rows:
        print(f"| `{path}` | {first:.0f} | {later:.0f} | {length / 1024:.0f} |")


if __name__ == "__main__":
    main()
