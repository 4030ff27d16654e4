"""One detector of personal data: what the chat asks about is asked in the form, and never shown.

The pipeline of these tests knows a name that no cue gives away.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import httpx
import pytest
import spacy
from openpyxl import load_workbook
from sqlalchemy import select

from consultation import rounds
from consultation.curation.log import append
from consultation.database.models import Statement, Theme
from consultation.errors import SamenspraakError
from consultation.settings import Settings, settings
from dialogue.choice import REMOVE
from language.personal_data import detector
from reporting.export_formats import ExportSubject, Format
from tests import web_stage
from tests.review_stage import agree_to_quotes, as_role, post
from tests.web.test_form import ANSWERS, fields, send, stored
from tests.web_stage import Site, analysed, begin
from web.dependencies import open_services

pytest_plugins = ["tests.web_fixtures"]

NAME = "Sachin Tendulkar"
SAID = f"De begeleiding door {NAME} was heel goed."


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Dutch pipeline that knows one name."""
    nlp = spacy.blank("nl")
    nlp.add_pipe("entity_ruler", name="ner").add_patterns([{"label": "PER", "pattern": NAME}])  # type: ignore[attr-defined]
    path = tmp_path_factory.mktemp("pipelines") / "namen"
    nlp.to_disk(path)
    return path


@pytest.fixture(autouse=True)
def set_up(pipeline: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The product with that pipeline."""
    monkeypatch.setenv("SAMENSPRAAK_SPACY_MODEL", str(pipeline))
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


def test_the_form_asks_about_a_name_as_the_chat_does(http: httpx.Client, site: Site) -> None:
    talk = begin(http)
    talk.send("Ja", "c1", payload="/bevestigen")
    asked = talk.send(SAID, "c2").json()[-1]
    assert REMOVE in [each["payload"] for each in asked["buttons"]]
    answer = send(http, antwoord_voorstel=SAID)
    assert answer.status_code == 422
    assert f"{NAME}”" in answer.text
    assert stored(site) == []
    again = {**fields(answer.text), **ANSWERS, "antwoord_voorstel": SAID}
    assert http.post("/formulier/4", data=again | {"persoonlijk_voorstel": "weg"}).is_success
    (text,) = (row[3] for row in stored(site) if row[0] == "voorstel")
    assert text == SAID.replace(NAME, "[naam]")


def test_a_name_that_was_kept_is_in_nothing_that_leaves_the_review(
    http: httpx.Client, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_stage, "BARRIERS", [SAID])
    monkeypatch.setattr(web_stage, "PROPOSALS", [SAID])
    analysed(site.storage)
    agree_to_quotes(site.storage)
    with site.storage.writing() as session:
        themes = list(session.scalars(select(Theme.id).order_by(Theme.number)))
        statement = session.scalars(select(Statement.id)).first()
        made = {"op": "action", "do": "create", "opdracht": 4, "themes": themes, "id": "b" * 32}
        operations: list[dict[str, Any]] = [{"op": "approve", "theme": each} for each in themes]
        operations += [
            {**made, "statement": statement},
            {"op": "action", "do": "status", "action": "b" * 32, "status": "goedgekeurd"},
        ]
        for each in operations:
            append(session, 1, "els", each)
        rounds.close(session, 1, 1)
    shown: dict[str, bytes] = {}
    with as_role(site, "els", "beheerder") as els:
        paths = [
            f"/beheer/uitvoer/{what}.{format_}" for what in ExportSubject for format_ in Format
        ]
        for path in (*paths, "/beheer/rondes/1"):
            shown[path] = els.get(path).raise_for_status().content
        assert post(els, "/beheer/rondes/1", doe="publiceer").status_code == 303
    open_data = [f"/open-data/ronde-1/{each}" for each in ("alles.json", "citaten.csv")]
    for path in ("/opdrachten/4", *open_data, "/open-data/ronde-1/acties.csv"):
        shown[path] = http.get(path).raise_for_status().content
    for path, content in shown.items():
        words = unpacked(path, content) if path.endswith((".xlsx", ".docx")) else content.decode()
        text = words.replace("\\", "")
        assert NAME not in text, path
        assert "begeleiding door [naam] was" in text, path


def unpacked(path: str, content: bytes) -> str:
    """The words of an office file."""
    if path.endswith(".xlsx"):
        book = load_workbook(io.BytesIO(content))
        rows = [row for sheet in book for row in sheet.iter_rows(values_only=True)]
        return json.dumps(rows, default=str)
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(each.text for each in document.paragraphs), *cells])


def test_what_gives_a_name_away_may_stand_before_the_quote(pipeline: Path) -> None:
    text = "Vraag het aan mevrouw Janssens. Of aan Sachin Tendulkar."
    hide = detector(str(pipeline)).masked_slice
    start = text.index("Janssens")
    assert hide(text, start, text.index(" Of")) == "[naam]."
    assert hide(text, text.index("Tendulkar"), len(text)) == "[naam]."
    assert hide(text, 0, 13) == "Vraag het aan"


def test_a_site_without_its_pipeline_says_so_at_the_start(tmp_path: Path) -> None:
    values = Settings(data_dir=tmp_path, spacy_model=str(tmp_path / "nergens"), database_url="")
    with pytest.raises(SamenspraakError, match="SAMENSPRAAK_SPACY_MODEL"):
        open_services(values)
