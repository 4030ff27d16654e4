"""What the last analysis has not read: counted, read in the review, and read by a rerun."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from analysis import run
from analysis.preprocessing.statements import cut_new
from consultation import rounds
from consultation.catalogue import load_catalogue
from consultation.database.models import (
    AnalysisRun,
    Consent,
    Contribution,
    ContributionVersion,
    Participant,
    Submission,
    now,
)
from consultation.importing.imports import store_rows
from consultation.importing.readers import read_rows
from tests.conftest import CATALOGUE
from tests.review_stage import as_role
from tests.web_stage import Site, analysed

pytest_plugins = ["tests.web_fixtures"]

OLD = "2026-01-05T10:00:00+01:00"


@pytest.fixture
def made(site: Site) -> dict[str, Any]:
    """Opdracht 4 analysed, with every answer read."""
    found = analysed(site.storage)
    with site.storage.writing() as session:
        session.execute(update(ContributionVersion).values(cut_at=now() - timedelta(days=1)))
    return found


@pytest.fixture
def els(site: Site, made: dict[str, Any]) -> Iterator[httpx.Client]:  # noqa: ARG001
    """A facilitator, logged in."""
    with as_role(site, "els", "facilitator") as http:
        yield http


def imported(site: Site, folder: Path, *rows: str) -> None:
    """Reads a file of answers, as ``samenspraak import`` does."""
    file = folder / "laat.csv"
    file.write_text("text;participant;opdracht;question;submitted_at\n" + "\n".join(rows))
    catalogue = load_catalogue(CATALOGUE)
    with site.storage.writing() as session:
        round_ = rounds.require_round(session, 1)
        store_rows(session, 1, round_, read_rows(file, catalogue), catalogue)
    cut_new(site.storage, 1, catalogue, "use")


def listed(page: str) -> list[str]:
    """The texts of the answers on a page."""
    return re.findall(r'<p class="answer">([^<]*)</p>', page)


def test_old_answers_that_came_by_a_file_today_are_new(
    els: httpx.Client, site: Site, tmp_path: Path
) -> None:
    assert listed(els.get("/beheer/opdrachten/4/nieuw").text) == []
    imported(
        site,
        tmp_path,
        f"De bus rijdt niet na tien uur.;p900;4;drempel;{OLD}",
        f"De gemeente met de bib;p900;4;trekker;{OLD}",
    )
    overview = els.get("/beheer").text
    assert "2 nieuwe antwoorden sinds de laatste analyse" in overview
    assert re.search(r'href="/beheer/opdrachten/4/nieuw"[^>]*>2<', overview)
    assert "2 nieuwe antwoorden" in els.get("/beheer/opdrachten/4").text
    page = els.get("/beheer/opdrachten/4/nieuw").text
    assert sorted(listed(page)) == ["De bus rijdt niet na tien uur.", "De gemeente met de bib"]
    assert "5 januari 2026" in page


def test_a_changed_answer_is_new_and_one_without_consent_is_not_shown(
    els: httpx.Client, site: Site, made: dict[str, Any]
) -> None:
    with site.storage.writing() as session:
        for number, text in ((0, "Nu <i>anders</i> gezegd."), (2, "Dit mag niemand lezen.")):
            answer = session.get_one(Contribution, made["answers"][number])
            answer.version = 2
            answer.versions.append(ContributionVersion(version=2, text=text))
        person = session.get_one(Submission, answer.submission_id).participant
        person.consents.append(Consent(purpose="analyse", granted=False, version="1"))
    page = els.get("/beheer/opdrachten/4/nieuw").text
    assert listed(page) == ["Nu &lt;i&gt;anders&lt;/i&gt; gezegd."]
    assert "aangepast door de deelnemer" in page
    assert "1 nieuw antwoord sinds de laatste analyse" in els.get("/beheer").text


def test_answers_of_a_later_round_are_new(els: httpx.Client, site: Site) -> None:
    with site.storage.writing() as session:
        rounds.close(session, 1, 1)
        later = rounds.open_(session, 1, 2)
        person = Participant(consultation_id=1, group="burger")
        person.consents.append(Consent(purpose="analyse", granted=True, version="1"))
        session.add(person)
        session.flush()
        submission = Submission(participant_id=person.id, round_id=later.id, opdracht=4)
        session.add(submission)
        session.flush()
        answer = Contribution(submission_id=submission.id, question="drempel", channel="form")
        session.add(answer)
        session.flush()
        long_ago = datetime(2026, 1, 1, tzinfo=UTC)
        session.add(
            ContributionVersion(
                contribution_id=answer.id, version=1, text="Uit ronde 2.", cut_at=long_ago
            )
        )
    assert listed(els.get("/beheer/opdrachten/4/nieuw").text) == ["Uit ronde 2."]
    assert re.search(r"/4/nieuw\"[^>]*>1<", els.get("/beheer").text)
    assert "/4/nieuw" not in els.get("/beheer?ronde=1").text


def test_a_rerun_reads_what_is_new_also_where_it_changes_no_theme(
    els: httpx.Client, site: Site, tmp_path: Path
) -> None:
    def analyse() -> None:
        run.analyse(
            site.storage,
            1,
            load_catalogue(CATALOGUE),
            encoder_name="use",
            spacy_model="nl_core_news_sm",
            opdracht=4,
        )

    analyse()
    imported(site, tmp_path, "Niemand weet dit.;p901;4;drempel;")
    assert len(listed(els.get("/beheer/opdrachten/4/nieuw").text)) == 1
    analyse()
    assert listed(els.get("/beheer/opdrachten/4/nieuw").text) == []
    imported(site, tmp_path, "VDAB;p901;4;trekker;")
    assert listed(els.get("/beheer/opdrachten/4/nieuw").text) == ["VDAB"]
    with site.storage.reading() as session:
        before = session.scalars(select(AnalysisRun.id)).all()
    analyse()
    with site.storage.reading() as session:
        assert session.scalars(select(AnalysisRun.id)).all() == before
    assert listed(els.get("/beheer/opdrachten/4/nieuw").text) == []
    assert "sinds de laatste analyse" not in els.get("/beheer/opdrachten/4").text


def test_who_has_another_opdracht_does_not_read_the_new_answers(site: Site) -> None:
    analysed(site.storage)
    with as_role(site, "tine", "facilitator", 5) as tine:
        assert tine.get("/beheer/opdrachten/4/nieuw").status_code == 403
        assert tine.get("/beheer/opdrachten/5/nieuw").status_code == 200
        assert "/beheer/opdrachten/4/nieuw" not in tine.get("/beheer").text
