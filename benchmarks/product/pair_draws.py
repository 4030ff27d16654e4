"""Whether the interval of the pair check holds the truth, through the product.

``python -m benchmarks.product.pair_draws [--draws 200]`` imports the mobility set and its codebook
(``benchmarks.codebook``), maps, and then checks again and again: a copy of the run, so that
other pairs are drawn, ``pairs``, the coder's answers, and ``pairs result``. It prints how many of
the intervals of 95 % hold the precision and recall of all pairs of two people.
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
from pathlib import Path

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from analysis.asking.live_mapping import asked_of
from benchmarks.codebook import SHARED, mobility_books
from benchmarks.product.codebook_road import CodebookRoad
from consultation.database.models import AnalysisRun, Assignment, RunMark, RunTheme
from consultation.queries.opdracht_snapshot import opdracht_snapshot
from consultation.runs import latest_run


def copy_run(session: Session, consultation: int, opdracht: int) -> None:
    """Stores the last run of an opdracht once more."""
    last = latest_run(session, consultation, opdracht)
    assert last is not None
    again = AnalysisRun(
        round_id=last.round_id, started_at=last.started_at, finished_at=last.finished_at
    )
    again.metrics = last.metrics
    session.add(again)
    session.flush()
    for model in (RunTheme, Assignment, RunMark):
        table = model.__table__
        rows = session.execute(select(table).where(table.c.run_id == last.id)).mappings().all()
        copies = [{**row, "run_id": again.id} for row in rows]
        for copy in copies:
            if model is Assignment:
                copy.pop("id")
        if copies:
            session.execute(insert(model), copies)


def truth(on: CodebookRoad, opdracht: int) -> tuple[float, float]:
    """Precision and recall of the themes as they stand, over all pairs of two people."""
    with on.storage.reading() as session:
        said = asked_of(opdracht_snapshot(session, on.id, opdracht))
    themes = on.themes(opdracht)
    both = joined = same = 0
    for one, other in itertools.combinations(said, 2):
        if one.participant == other.participant:
            continue
        together = bool({*themes.get(one.id, ())} & {*themes.get(other.id, ())})
        alike = bool(on.truth[one.id] & on.truth[other.id])
        joined += together
        same += alike
        both += together and alike
    return both / joined, both / same


def held(on: CodebookRoad, opdracht: int, draws: int) -> tuple[int, int]:
    """How many of the intervals hold the true precision, and the true recall."""
    precision, recall = truth(on, opdracht)
    right = [0, 0]
    for _ in range(draws):
        with on.storage.writing() as session:
            copy_run(session, on.id, opdracht)
        answers = {
            each.pair: bool(on.truth[each.a.id] & on.truth[each.b.id])
            for each in on.desk.pairs(opdracht)
        }
        on.desk.answer_pairs("codeur", answers)
        check = on.desk.pair_result(opdracht).check
        assert check is not None
        right[0] += check.precision.low <= precision <= check.precision.high
        right[1] += check.recall.low <= recall <= check.recall.high
    return right[0], right[1]


def main() -> None:
    """Imports, maps, checks and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=200)
    asked = parser.parse_args()
    books = mobility_books()
    print("| opdracht | draws | precision held | recall held |")
    print("|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        on = CodebookRoad(Path(folder), SHARED / "mobiliteit.jsonl")
        on.take_over(books)
        on.analyse()
        on.code(list(books))
        for number in books:
            precision, recall = held(on, number, asked.draws)
            print(f"| {number} | {asked.draws} | {precision} | {recall} |", flush=True)
        on.storage.close()


if __name__ == "__main__":
    main()
