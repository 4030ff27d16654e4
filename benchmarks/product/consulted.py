"""A consultation to measure on: a labelled set, spoken into a database of its own."""

from __future__ import annotations

import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import insert

from analysis.comparison import developments
from analysis.preprocessing.embeddings import encoder_named, model_key
from analysis.result import RunResult
from analysis.run import analyse
from consultation import rounds
from consultation.catalogue import Catalogue
from consultation.curation.log import append
from consultation.curation.store import curated
from consultation.database.models import (
    Consent,
    Contribution,
    ContributionVersion,
    Embedding,
    Participant,
    Statement,
    Submission,
    new_id,
    now,
)
from consultation.database.storage import Storage
from consultation.importing.imports import store_rows
from consultation.importing.readers import read_rows
from consultation.participation.answers import text_hash
from consultation.queries.themes import theme_views
from consultation.settings import ROOT
from language.embedding import Vectors

OPDRACHT = 4
SAMPLE = ("ronde1.jsonl", "ronde2.jsonl")
ENCODER = "e5"


@dataclass(frozen=True)
class Labelled:
    """A labelled set with its vectors, where they are known."""

    name: str
    texts: list[str]
    labels: list[str]
    vectors: Vectors | None


def read(path: Path, vectors: Path | None) -> Labelled:
    """A set from its file; texts that come twice are kept once, as they would be one voice. Where
    there is a file of vectors, only what has one.
    """
    rows: dict[str, Any] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        rows.setdefault(" ".join(row["text"].split()), row["label"])
    found = None
    if vectors is not None and (vectors / f"{path.stem}.npz").exists():
        with np.load(vectors / f"{path.stem}.npz", allow_pickle=True) as kept:
            known = dict(
                zip(
                    (" ".join(str(each).split()) for each in kept["texts"]),
                    kept["vectors"],
                    strict=True,
                )
            )
        rows = {text: label for text, label in rows.items() if text in known}
        found = np.stack([known[each] for each in rows])
    return Labelled(path.stem, list(rows), list(rows.values()), found)


def hold_sample(storage: Storage, catalogue: Catalogue, numbers: Sequence[int] = (1, 2)) -> int:
    """Imports the files of the sample, each in the round of its number; the consultation's id."""
    with storage.writing() as session:
        consultation = rounds.ensure_consultation(session, catalogue).id
        for name, number, before in zip(SAMPLE, numbers, (None, *numbers), strict=False):
            if number != before:
                if before is not None:
                    rounds.close(session, consultation, before)
                round_ = rounds.open_(session, consultation, number)
            file = read_rows(ROOT / "data" / "voorbeeld" / name, catalogue)
            store_rows(session, consultation, round_, file, catalogue)
    return consultation


@dataclass(frozen=True)
class Cost:
    """Seconds on the clock, and of the processor, which others at work on the machine change
    less.
    """

    seconds: float
    processor: float

    @classmethod
    def now(cls) -> Cost:
        return cls(time.perf_counter(), time.process_time())

    def __sub__(self, other: Cost) -> Cost:
        return Cost(self.seconds - other.seconds, self.processor - other.processor)


class Consulted:
    """One consultation in a database of its own, spoken to in whole statements."""

    def __init__(self, folder: str, catalogue: Catalogue) -> None:
        """Makes it, empty."""
        self.storage = Storage(f"sqlite:///{folder}/samenspraak.db")
        self.catalogue = catalogue
        self.text_of: dict[str, str] = {}
        self.purity: dict[str, float] = {}
        with self.storage.writing() as session:
            self.id = rounds.ensure_consultation(session, catalogue).id

    def remember(self, texts: Sequence[str], vectors: Vectors) -> None:
        """Puts vectors in the cache."""
        model = model_key(encoder_named(ENCODER))
        with self.storage.writing() as session:
            session.execute(
                insert(Embedding),
                [
                    {
                        "model": model,
                        "text_hash": text_hash(text),
                        "vector": row.astype("<f4").tobytes(),
                    }
                    for text, row in zip(texts, vectors, strict=True)
                ],
            )

    def say(self, number: int, texts: Iterable[str]) -> None:
        """Each text is one statement of one person in this round."""
        with self.storage.writing() as session:
            for each in rounds.all_rounds(session, self.id):
                if each.status == "open" and each.number != number:
                    rounds.close(session, self.id, each.number)
            round_ = rounds.open_(session, self.id, number)
            rows: dict[Any, list[dict[str, Any]]] = defaultdict(list)
            for text in texts:
                ids = [new_id() for _ in range(5)]
                rows[Participant].append({"id": ids[0], "consultation_id": self.id})
                rows[Consent].append(
                    {
                        "participant_id": ids[0],
                        "purpose": "analyse",
                        "granted": True,
                        "version": "1",
                    }
                )
                rows[Submission].append(
                    {
                        "id": ids[1],
                        "participant_id": ids[0],
                        "round_id": round_.id,
                        "opdracht": OPDRACHT,
                    }
                )
                rows[Contribution].append(
                    {
                        "id": ids[2],
                        "submission_id": ids[1],
                        "question": "voorstel",
                        "channel": "import",
                    }
                )
                rows[ContributionVersion].append(
                    {
                        "id": ids[3],
                        "contribution_id": ids[2],
                        "version": 1,
                        "text": text,
                        "cut_at": now(),
                    }
                )
                rows[Statement].append(
                    {"id": ids[4], "contribution_version_id": ids[3], "start": 0, "end": len(text)}
                    | {"kind": "voorstel", "opdracht": OPDRACHT}
                )
                self.text_of[ids[4]] = text
            for table, own in rows.items():
                session.execute(insert(table), own)

    def analyse(self, number: int) -> tuple[RunResult, Cost]:
        """Runs the analysis; gives what it cost too."""
        started = Cost.now()
        result = analyse(
            self.storage,
            self.id,
            self.catalogue,
            encoder_name=ENCODER,
            spacy_model="nl_core_news_sm",
            round_number=number,
            opdracht=OPDRACHT,
        )
        return result, Cost.now() - started

    def review(self, label_of: dict[str, str]) -> dict[str, str]:
        """Names every theme by its majority label, merges those of one label, approves all. Gives
        the theme per label; ``purity`` tells what share of each bears its label.
        """
        with self.storage.reading() as session:
            views = theme_views(session, self.id, OPDRACHT)
        named: dict[str, str] = {}
        with self.storage.writing() as session:
            for view in views:  # a machine's label may be the one that another theme is to get
                self._decide(session, op="rename", theme=view.id, label=view.code)
        for view in views:
            counts = Counter(label_of[self.text_of[each.id]] for each in view.said)
            label = min(counts, key=lambda each: (-counts[each], each))
            with self.storage.writing() as session:
                if label in named:
                    self._decide(session, op="merge", themes=[view.id], into=named[label])
                else:
                    named[label] = view.id
                    self._decide(session, op="rename", theme=view.id, label=label)
                    self._decide(session, op="approve", theme=view.id)
        within: dict[str, list[bool]] = defaultdict(list)
        for text, own in self.themes().items():
            within[own[0][0]].append(label_of[text] == own[0][0])
        self.purity = {label: float(np.mean(right)) for label, right in within.items()}
        return named

    def _decide(self, session: Any, **operation: Any) -> None:
        append(session, self.id, "bench", operation)

    def themes(self) -> dict[str, list[tuple[str, str]]]:
        """Per text the themes it stands in, as label and status, the primary one first."""
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        with self.storage.reading() as session:
            state = curated(session, self.id, OPDRACHT)
        for theme in state.themes_of(OPDRACHT):
            for member in theme.members:
                own = found[self.text_of[member.statement]]
                own.insert(0 if member.primary else len(own), (theme.label, theme.status))
        return found

    def told(self) -> dict[str, str]:
        """What ``compare`` tells of each theme, by label."""
        with self.storage.reading() as session:
            rows = developments(session, self.id, OPDRACHT, 1, 2)
        return {each.label: each.kind + (" (proposed)" if each.proposed else "") for each in rows}

    def held(self, texts: set[str]) -> Counter[str]:
        """How many of these texts each theme holds."""
        return Counter(own[0][0] for text, own in self.themes().items() if own and text in texts)

    def parted(self, texts: set[str]) -> bool:
        """Whether a split is proposed of statements of which most are among these texts."""
        with self.storage.reading() as session:
            proposals = curated(session, self.id, OPDRACHT).proposals
        return any(
            2 * sum(self.text_of[row] in texts for row in each.statements) > len(each.statements)
            for each in proposals
            if each.kind == "split"
        )
