"""A whole round in the browser: analysed again, published, taken back, taken along as files."""

from __future__ import annotations

import hashlib
import io
import os
import re
import signal
import time
import zipfile
from pathlib import Path
from typing import Any

import docx
import httpx
import openpyxl
import pytest
from docx.oxml.ns import qn
from sqlalchemy import select

from consultation import audit, rounds
from consultation.curation.log import append
from consultation.database.models import AnalysisRun, Assignment, RunTheme
from consultation.queries.opdracht_snapshot import opdracht_snapshot
from reporting.publication import published
from tests.review_stage import as_role, field_of, post
from tests.web_stage import Site, analysed

pytest_plugins = ["tests.web_fixtures"]


@pytest.fixture
def decided(site: Site) -> dict[str, Any]:
    """Opdracht 4 with a theme and an action approved."""
    made = analysed(site.storage)
    with site.storage.writing() as session:
        theme = opdracht_snapshot(session, 1, 4).themes[0]
        create = {"op": "action", "do": "create", "opdracht": 4, "id": "a" * 32}
        append(session, 1, "els", {"op": "approve", "theme": theme.id})
        append(session, 1, "els", {**create, "text": "Begin later.", "themes": [theme.id]})
        status = {"op": "action", "do": "status", "action": "a" * 32, "status": "goedgekeurd"}
        append(session, 1, "els", status)
    return made


@pytest.mark.usefixtures("decided")
def test_a_round_is_published_and_taken_back_with_a_button(site: Site) -> None:
    with as_role(site, "els", "facilitator") as els:
        assert "Sluit ze voor u ze publiceert" in els.get("/beheer/rondes/1").text
        assert post(els, "/beheer/rondes/1", doe="publiceer").status_code == 409
        post(els, "/beheer/rondes/1", doe="sluit")
        assert "Begin later." in els.get("/beheer/rondes/1").text
        done = post(els, "/beheer/rondes/1", doe="publiceer")
        assert "De ronde is gepubliceerd." in els.get(done.headers["location"]).text
        with site.storage.reading() as session:
            found = published(session, 1)
        assert found
        assert found.plan.opdrachten[0].actions[0].text == "Begin later."
        post(els, "/beheer/rondes/1", doe="trek_in")
        with site.storage.reading() as session:
            assert published(session, 1) is None
            assert rounds.require_round(session, 1, 1).status == "gesloten"
            told = [each.what for each in audit.entries(session, 1)]
        assert told[:2] == ["ingetrokken", "gepubliceerd"]
        assert post(els, "/beheer/rondes/1", doe="iets").status_code == 404
        assert els.get("/beheer/rondes/9").status_code == 404


@pytest.mark.usefixtures("decided")
def test_an_analyst_and_a_trekker_publish_nothing(site: Site) -> None:
    with site.storage.writing() as session:
        rounds.close(session, 1, 1)
    for name, role, limit in (("ann", "analist", None), ("tine", "facilitator", 4)):
        with as_role(site, name, role, limit) as http:
            refused = post(http, "/beheer/rondes/1", doe="publiceer")
            assert refused.status_code == 403
    with site.storage.reading() as session:
        assert published(session, 1) is None


@pytest.mark.usefixtures("decided")
def test_files_hold_what_was_decided_and_are_in_the_log(site: Site) -> None:
    with as_role(site, "els", "facilitator") as els:
        assert "1 actie en 1 thema" in els.get("/beheer/uitvoer").text
        word = els.get("/beheer/uitvoer/actieplan.docx")
        assert "attachment" in word.headers["content-disposition"]
        tables: Any = docx.Document(io.BytesIO(word.content)).tables
        titles = [each._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val")) for each in tables]
        assert titles[:2] == ["Overzicht", "Acties"]
        assert tables[1].rows[1].cells[0].text == "Begin later."
        one = els.get("/beheer/uitvoer/actieplan.html?opdracht=4")
        assert "Begin later." in one.text
        assert "<h2>Overzicht</h2>" not in one.text
        assert "actieplan-opdracht-4.html" in one.headers["content-disposition"]
        assert els.get("/beheer/uitvoer/actieplan.html?opdracht=99").status_code == 404
        book = openpyxl.load_workbook(io.BytesIO(els.get("/beheer/uitvoer/actieplan.xlsx").content))
        assert book.worksheets[0]["B2"].value == "Begin later."
        for what in ("actieplan", "themes", "statements"):
            for kind in ("docx", "xlsx", "csv", "html", "md", "json"):
                assert els.get(f"/beheer/uitvoer/{what}.{kind}").status_code == 200
        assert els.get("/beheer/uitvoer/alles.csv").status_code in (404, 422)
        proof = els.get("/beheer/uitvoer/bewijs.zip")
        manifest = zipfile.ZipFile(io.BytesIO(proof.content)).read("manifest.json")
        fingerprint = hashlib.sha256(manifest).hexdigest()
        assert f"bewijs-{fingerprint[:12]}.zip" in proof.headers["content-disposition"]
    with site.storage.reading() as session:
        last, before = audit.entries(session, 1)[:2]
        about = {"wat": "bewijs", "soort": "zip", "vingerafdruk": fingerprint}
        assert last.about == about
        assert before.about == {"wat": "statements", "soort": "json"}
    with as_role(site, "tine", "facilitator", 5) as tine:
        assert "Begin later." not in tine.get("/beheer/uitvoer/actieplan.md").text
        assert tine.get("/beheer/uitvoer/bewijs.zip").status_code == 403
        assert tine.get("/beheer/uitvoer/actieplan.md?opdracht=4").status_code == 403
        assert "U krijgt alleen opdracht 5" in tine.get("/beheer/uitvoer").text


@pytest.mark.usefixtures("decided")
def test_a_facilitator_analyses_the_opdracht_that_is_theirs_and_no_other(site: Site) -> None:
    with as_role(site, "tine", "facilitator", 4) as tine:
        form = tine.get("/beheer/analyse").text
        assert re.findall(r'<option value="(\d*)"', form) == ["4"]
        assert post(tine, "/beheer/analyse", ronde="1", opdracht="5").status_code == 403
        assert post(tine, "/beheer/analyse", ronde="1", opdracht="99").status_code == 403
        assert site.app.state.services.reruns.last is None
        assert post(tine, "/beheer/analyse", ronde="1", opdracht="").status_code == 303
        page = analysed_page(tine)
        assert "ronde 1, opdracht 4 is klaar" in page
        assert re.findall(r'<td class="number">(\d+)</td>', page)[0] == "144", "cut anew"
        with as_role(site, "tom", "facilitator", 5) as tom:
            other = tom.get("/beheer/analyse").text
            assert 'id="resultaat"' not in other
    with site.storage.reading() as session:
        last = session.scalars(select(AnalysisRun).order_by(AnalysisRun.id.desc())).first()
        assert last is not None
        assert last.opdracht == 4
        (told,) = (each for each in audit.entries(session, 1) if each.what == "analyse")
        assert (told.account, told.about["opdracht"]) == ("tine", 4)


def analysed_page(http: httpx.Client) -> str:
    """The page of the analysis once it is ready."""
    until = time.monotonic() + 240
    while "is klaar" not in (page := http.get("/beheer/analyse").text):
        assert "mislukt" not in page, page
        assert time.monotonic() < until
        time.sleep(0.5)
    return page


@pytest.mark.usefixtures("decided")
def test_the_analysis_runs_behind_the_page_and_keeps_what_was_decided(site: Site) -> None:
    with as_role(site, "els", "facilitator") as els:
        assert post(els, "/beheer/analyse", ronde="7").status_code == 404
        assert post(els, "/beheer/analyse", ronde="1", opdracht="99").status_code == 404
        field = {"formulier": field_of(els), "ronde": "1"}
        assert els.post("/beheer/analyse", data=field).status_code == 303
        second = els.post("/beheer/analyse", data=field)
        assert second.status_code == 409
        assert "Er loopt al een analyse" in second.text
        assert "loopt" in els.get("/beheer/analyse").text
        analysed_page(els)
    with site.storage.reading() as session:
        assert session.query(AnalysisRun).count() == 2
        now = opdracht_snapshot(session, 1, 4)
        assert [each.text for each in now.actions if not each.proposed] == ["Begin later."]
        assert [each.status for each in now.themes].count("goedgekeurd") == 1
        assert audit.entries(session, 1)[0].what == "analyse"


@pytest.mark.usefixtures("decided")
def test_the_next_analysis_is_loaded_beforehand_and_losing_it_costs_no_analysis(
    site: Site,
) -> None:
    with as_role(site, "els", "facilitator") as els:
        assert warm_processes() == []
        assert post(els, "/beheer/analyse", ronde="1", opdracht="4").status_code == 303
        analysed_page(els)
        first = until_warm()
        assert post(els, "/beheer/analyse", ronde="1", opdracht="4").status_code == 303
        analysed_page(els)
        assert first not in warm_processes(), "the first one did the second analysis"
        second = until_warm(other_than=first)
        os.kill(second, signal.SIGKILL)
        while second in warm_processes():
            time.sleep(0.02)
        assert post(els, "/beheer/analyse", ronde="1", opdracht="4").status_code == 303
        analysed_page(els)
        until_warm(other_than=second)
    with site.storage.reading() as session:
        assert [each.what for each in audit.entries(session, 1)[:3]] == ["analyse"] * 3
    site.app.state.services.reruns.stop()
    assert warm_processes() == []


def until_warm(other_than: int | None = None) -> int:
    """The process that waits for the next analysis, once there is one."""
    until = time.monotonic() + 30
    while not (found := [each for each in warm_processes() if each != other_than]):
        assert time.monotonic() < until, "no process was loaded beforehand"
        time.sleep(0.05)
    return found[0]


def warm_processes() -> list[int]:
    """The living processes that this one loaded for an analysis."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            command = (place / "cmdline").read_bytes()
            parent = int((place / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            continue
        if b"web.warm_analysis" in command and parent == os.getpid():
            found.append(int(place.name))
    return found


@pytest.mark.usefixtures("decided")
def test_an_action_that_stays_out_is_named_with_a_way_to_mend_it(site: Site) -> None:
    with site.storage.writing() as session:
        quote = opdracht_snapshot(session, 1, 4).said[0]
        create = {"op": "action", "do": "create", "opdracht": 4, "id": "b" * 32}
        append(session, 1, "els", {**create, "statement": quote.id})
        status = {"op": "action", "do": "status", "action": "b" * 32, "status": "goedgekeurd"}
        append(session, 1, "els", status)
    link = f'<a href="/beheer/opdrachten/4/acties/{"b" * 32}">{quote.text[:10]}'
    with as_role(site, "els", "facilitator") as els:
        for path in ("/beheer/rondes/1", "/beheer/uitvoer"):
            assert link in els.get(path).text, path
    with as_role(site, "tine", "facilitator", 7) as tine:
        assert link not in tine.get("/beheer/uitvoer").text


def test_an_opdracht_without_themes_is_not_waiting_for_decisions(site: Site) -> None:
    analysed(site.storage)
    with site.storage.writing() as session:
        session.query(Assignment).delete()
        session.query(RunTheme).delete()
    with as_role(site, "els", "facilitator") as els:
        table = els.get("/beheer").text.partition('id="opdrachten"')[2]
    row = next(each for each in table.split("<tr>") if "/beheer/opdrachten/4" in each)
    assert "Te beoordelen" not in row
    assert "Geen thema’s: lees de uitspraken" in row
