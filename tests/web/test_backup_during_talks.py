"""A backup while people talk: what was accepted before its moment is in it, whole."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select, text

from consultation.database.backup import restore_backup, write_backup
from consultation.database.models import ContributionVersion, Message
from tests.databases import open_storage
from tests.web_stage import Site, begin

pytest_plugins = ["tests.web_fixtures"]

TALKS = 50
QUESTIONS = 3


def test_a_backup_during_fifty_talks_holds_all_that_was_accepted_before_it(
    site: Site, tmp_path: Path
) -> None:
    accepted: dict[str, datetime] = {}
    begun = threading.Barrier(TALKS + 1, timeout=300)

    def talk(number: int) -> None:
        with site.client() as http:
            own = begin(http)
            said = own.wait_for_reply(0, seconds=240)[-1]["seq"]
            begun.wait()
            for turn, words in enumerate(
                ["Ja", *(f"Antwoord {number} op vraag {each}." for each in range(QUESTIONS))]
            ):
                more = {"payload": "/bevestigen"} if turn == 0 else {}
                answer = own.send(words, f"c{turn}", **more)
                assert answer.status_code in (200, 202), answer.text
                accepted[words] = datetime.now(UTC)
                # The next answer is to the next question.
                said = own.wait_for_reply(said, seconds=240)[-1]["seq"]

    def silent(_: str) -> None:
        pass

    with ThreadPoolExecutor(TALKS) as all_at_once:
        talks = [all_at_once.submit(talk, number) for number in range(TALKS)]
        begun.wait()
        while len(accepted) < TALKS:
            time.sleep(0.01)
        file = tmp_path / "onderweg.zip"
        made = write_backup(site.storage, "only for tests", file, silent, with_key=True)
        during = sum(not each.done() for each in talks)
        for each in talks:
            each.result()
    before = {words for words, at in accepted.items() if at < made.moment} - {"Ja"}
    url = f"sqlite:///{tmp_path / 'terug' / 'samenspraak.db'}"
    restore_backup(file, url, silent)
    restored = open_storage(url)
    with restored.reading() as session:
        recorded = set(session.scalars(select(Message.text).where(Message.sender == "deelnemer")))
        stored = set(session.scalars(select(ContributionVersion.text)))
        assert session.execute(text("pragma foreign_key_check")).all() == []
    assert before <= recorded
    # It was made in the middle: some answers came before it, and some after.
    assert during > 0
    assert before
    assert len(recorded) < TALKS * QUESTIONS
    assert stored <= recorded
    with site.storage.reading() as session:
        every = set(session.scalars(select(ContributionVersion.text)))
    assert len(every) == TALKS * QUESTIONS
