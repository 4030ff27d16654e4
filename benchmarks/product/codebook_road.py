"""The codebook on its way through the product, played by the coder of the mobility set.

A database of its own gets the answers by the import. The first analysis finds candidates; then a
codebook comes from a file, and the second maps to it. The coder answers the queue of each opdracht
one by one, with the operation ``place``; the last analysis follows. A statement has the subjects of
the segment that it overlaps most, since the product cuts answers itself.

*People*: participants per theme, the mean over themes that hold a statement. *MCC*: of pairs of
statements of two people, as in ``benchmarks.people``; two statements are in one theme, or on one
subject, if they share one. *Right*: statements whose primary theme is one of their subjects.
*Seconds*: the analysis of all opdrachten; *ms*: the median of a decision with its next question.
The row *as coded* has the coder's themes for all statements.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import matthews_corrcoef

from analysis.asking.desk import CodebookDesk
from analysis.codebook.codebook import Codebook
from analysis.run import RunResult, analyse
from benchmarks.product.consulted import ENCODER
from benchmarks.topics import ROOT
from consultation import rounds
from consultation.catalogue import load_catalogue
from consultation.curation.codebook_file import (
    CodebookRow,
    as_csv,
    import_codebook,
    read_codebook,
)
from consultation.curation.log import append, curated
from consultation.database.models import Contribution
from consultation.database.storage import Storage
from consultation.importing.imports import store_rows
from consultation.importing.readers import read_rows
from consultation.queries.statements import active_statements
from consultation.settings import settings

_CODER = "codeur"


class CodebookRoad:
    """One consultation on mobility; ``truth`` has the subjects of each statement."""

    def __init__(self, folder: Path, source: Path) -> None:
        """Imports the answers of ``source``, in a database in ``folder``."""
        self.storage = Storage(f"sqlite:///{folder}/samenspraak.db")
        self.catalogue = load_catalogue(ROOT / "data" / "opdrachten.yml")
        self.folder = folder
        answers = [json.loads(line) for line in source.read_text(encoding="utf-8").splitlines()]
        said = [" ".join(each["text"] for each in answer["segments"]) for answer in answers]
        file = folder / "antwoorden.jsonl"
        file.write_text(
            "\n".join(
                json.dumps(
                    {
                        "id": str(at),
                        "participant": answer["person"],
                        "opdracht": answer["opdracht"],
                        "question": answer["question"],
                        "text": text,
                    }
                )
                for at, (answer, text) in enumerate(zip(answers, said, strict=True))
            ),
            encoding="utf-8",
        )
        with self.storage.writing() as session:
            self.id = rounds.ensure_consultation(session, self.catalogue).id
            round_ = rounds.open_(session, self.id, 1)
            store_rows(session, self.id, round_, read_rows(file, self.catalogue), self.catalogue)
        self.desk = CodebookDesk(self.storage, self.id, ENCODER)
        self._answers = dict(zip(said, answers, strict=True))
        self.truth: dict[str, frozenset[str]] = {}

    def analyse(self) -> tuple[RunResult, float]:
        """Runs the analysis of all opdrachten; gives what it took too, in seconds."""
        began = time.perf_counter()
        found = analyse(
            self.storage,
            self.id,
            self.catalogue,
            encoder_name=ENCODER,
            spacy_model=settings().spacy_model,
        )
        return found, time.perf_counter() - began

    def code(self, numbers: Sequence[int]) -> None:
        """Gives each statement the subjects of the segment that it overlaps most."""
        with self.storage.reading() as session:
            for number in numbers:
                for each in active_statements(session, self.id, number):
                    answer = session.get_one(Contribution, each.contribution)
                    text = max(answer.versions, key=lambda one: one.version).text
                    self.truth[each.id] = _subjects(
                        self._answers[text]["segments"], each.start, each.end
                    )

    def take_over(self, books: Mapping[int, Codebook]) -> dict[str, str]:
        """Imports the codebooks from a file; returns the id of each theme by subject."""
        rows = [
            CodebookRow(number, each.name, each.description)
            for number, book in books.items()
            for each in book.themes
        ]
        file = self.folder / "codeboek.csv"
        file.write_text(as_csv(rows), encoding="utf-8")
        import_codebook(
            self.storage,
            self.id,
            _CODER,
            read_codebook(file, self.catalogue),
            [each.nummer for each in self.catalogue.opdrachten],
        )
        found: dict[str, str] = {}
        with self.storage.reading() as session:
            for number, book in books.items():
                by_name = {
                    each.label: each.id
                    for each in curated(session, self.id, number).themes_of(number)
                }
                found |= {each.id: by_name[each.name] for each in book.themes}
        return found

    def answer(self, number: int, theme_of: dict[str, str], count: int) -> list[float]:
        """Answers so many questions as the coder would; returns the seconds of each."""
        took = []
        for _ in range(count):
            began = time.perf_counter()
            asked = self.desk.queue(number, 1)
            if not asked:
                break
            statement = asked[0].statement.id
            themes = [theme_of[each] for each in sorted(self.truth[statement])]
            place = {"op": "place", "statement": statement, "themes": themes}
            with self.storage.writing() as session:
                append(session, self.id, _CODER, place)
            took.append(time.perf_counter() - began)
        return took

    def themes(self, number: int) -> dict[str, tuple[str, ...]]:
        """The live themes of each statement as they stand, the primary one first."""
        with self.storage.reading() as session:
            state = curated(session, self.id, number)
        found: dict[str, tuple[str, ...]] = {}
        for theme in state.themes_of(number):
            for member in theme.members if theme.live else ():
                own = found.get(member.statement, ())
                found[member.statement] = (theme.id, *own) if member.primary else (*own, theme.id)
        return found

    def figures(self, number: int, themes: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
        """What these themes of the statements are worth."""
        with self.storage.reading() as session:
            said = active_statements(session, self.id, number)
        people: dict[str, set[str]] = {}
        for each in said:
            for theme in themes.get(each.id, ()):
                people.setdefault(theme, set()).add(each.participant)
        clear = [each for each in said if self.truth[each.id]]
        same, joined = [], []
        for at, one in enumerate(clear):
            for other in clear[at + 1 :]:
                if one.participant != other.participant:
                    same.append(bool(self.truth[one.id] & self.truth[other.id]))
                    shared = set(themes.get(one.id, ())) & set(themes.get(other.id, ()))
                    joined.append(bool(shared))
        ours, told = np.array(joined), np.array(same)
        return {
            "statements": len(said),
            "themes": len(people),
            "people": float(np.mean([len(each) for each in people.values()])),
            "precision": float(told[ours].mean()) if ours.any() else 0.0,
            "recall": float(ours[told].mean()) if told.any() else 0.0,
            "chance": float(told.mean()),
            "MCC": float(matthews_corrcoef(told, ours)),
        }

    def right(self, number: int, theme_of: Mapping[str, str]) -> float:
        """The share of the statements with a subject whose primary theme is one of theirs."""
        themes = self.themes(number)
        with self.storage.reading() as session:
            said = active_statements(session, self.id, number)
        return float(
            np.mean(
                [
                    themes.get(each.id, ("",))[0] in {theme_of[one] for one in self.truth[each.id]}
                    for each in said
                    if self.truth[each.id]
                ]
            )
        )


def _subjects(segments: Sequence[dict[str, Any]], start: int, end: int) -> frozenset[str]:
    found: frozenset[str] = frozenset()
    most, at = 0, 0
    for segment in segments:
        length = len(segment["text"])
        shared = min(end, at + length) - max(start, at)
        if shared > most:
            most, found = shared, frozenset(segment["subjects"])
        at += length + 1
    return found


def road(source: Path, books: Mapping[int, Codebook], decisions: int = 100) -> list[dict[str, Any]]:
    """The figures of each step of the road, per opdracht."""
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        on = CodebookRoad(Path(folder), source)
        _, seconds = on.analyse()
        on.code(list(books))
        theme_of: dict[str, str] = {}
        took: dict[int, list[float]] = {number: [] for number in books}

        def tell(step: str) -> None:
            for number in books:
                right = on.right(number, theme_of) if theme_of else float("nan")
                rows.append(
                    {"step": step, "opdracht": number}
                    | on.figures(number, on.themes(number))
                    | {"right": right, "seconds": seconds}
                    | {"ms": 1000 * float(np.median(took[number] or [np.nan]))}
                )

        tell("candidates")
        theme_of = on.take_over(books)
        _, seconds = on.analyse()
        tell("descriptions")
        done = 0
        for step in (10, decisions):
            for number in books:
                took[number] = on.answer(number, theme_of, step - done)
            done = step
            _, seconds = on.analyse()
            tell(f"{step} decisions")
        for number in books:
            coded = {each: tuple(sorted(subjects)) for each, subjects in on.truth.items()}
            rows.append({"step": "as coded", "opdracht": number} | on.figures(number, coded))
        on.storage.close()
    none = dict.fromkeys(("right", "seconds", "ms"), float("nan"))
    return [none | row if "ms" not in row else row for row in rows]
