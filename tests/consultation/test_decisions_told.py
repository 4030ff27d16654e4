"""A decision is told with the names of what it touched, at the opdracht that it is about."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from consultation.catalogue import Catalogue
from consultation.curation.log import append, curated
from consultation.curation.sentences import Sentences
from consultation.curation.store import words_of
from consultation.database.models import AnalysisRun
from consultation.database.storage import Storage
from consultation.participation.participants import erase
from consultation.queries.opdracht_snapshot import opdracht_snapshot
from consultation.settings import settings as product_settings
from samenspraak.cli import app
from tests.curation_stage import amendment, nid, sid, staged, tid
from tests.databases import open_storage
from tests.review_stage import as_role, field_of
from tests.web_stage import Site, analysed

pytest_plugins = ["tests.web_fixtures"]

CREATE = {"op": "action", "do": "create", "opdracht": 4}
MOVE = {"op": "move", "statements": [sid(2)], "from": tid(0), "to": tid(1)}
OPERATIONS: list[tuple[dict[str, Any], str]] = [
    (
        {"op": "rename", "theme": tid(0), "label": "Later beginnen"},
        "gaf thema O04-T001 een andere naam: ‘machine 0’ heet nu ‘Later beginnen’",
    ),
    (
        {"op": "rename", "theme": tid(0), "label": "Avondles"},
        "gaf thema O04-T001 een andere naam: ‘Later beginnen’ heet nu ‘Avondles’",
    ),
    (
        {"op": "describe", "theme": tid(0), "text": "Wie in ploegen werkt."},
        "beschreef O04-T001 ‘Avondles’: ‘Wie in ploegen werkt.’",
    ),
    (MOVE, "verplaatste 1 uitspraak van O04-T001 ‘Avondles’ naar O04-T002 ‘machine 1’"),
    (
        {"op": "split", "theme": tid(0), "statements": [sid(0), sid(1)], "label": "Ploegen"}
        | {"id": nid(0)},
        "splitste 2 uitspraken af van O04-T001 ‘Avondles’, als O04-T004 ‘Ploegen’",
    ),
    (
        {"op": "merge", "themes": [tid(1), tid(2)], "into": tid(0)},
        "voegde O04-T002 ‘machine 1’ en O04-T003 ‘machine 2’ samen met O04-T001 ‘Avondles’",
    ),
    ({"op": "approve", "theme": tid(0)}, "keurde O04-T001 ‘Avondles’ goed"),
    ({"op": "reject", "theme": nid(0)}, "verwierp O04-T004 ‘Ploegen’"),
    (
        {"op": "place", "statements": [sid(10)], "opdracht": 5},
        "plaatste 1 uitspraak bij opdracht 5 ‘",
    ),
    (
        {"op": "place", "statement": sid(4), "themes": [tid(0), tid(1)]},
        "plaatste ‘Uitspraak nummer 04.’ in O04-T001 ‘Avondles’ en O04-T002 ‘machine 1’",
    ),
    (
        {"op": "place", "statement": sid(4), "themes": []},
        "plaatste ‘Uitspraak nummer 04.’ in geen enkel thema",
    ),
    (
        {"op": "describe", "theme": tid(0), "text": "Les na het werk.", "excludes": "De prijs."}
        | {"examples": ["Uitspraak nummer 03.", "Na zes uur."]},
        "beschreef O04-T001 ‘Avondles’: ‘Les na het werk.’; hoort er niet bij: ‘De prijs.’; "
        "2 voorbeelden",
    ),
    (
        {"op": "decline", "proposal": "merge:a"},
        "wees een voorstel van de computer af over O04-T002 ‘machine 1’ en O04-T003",
    ),
    (
        {**CREATE, "id": nid(4), "text": "Begin om 20 uur.", "themes": [tid(0)]},
        "maakte de actie ‘Begin om 20 uur.’",
    ),
    (
        {"op": "action", "do": "text", "action": nid(4), "text": "Begin om 19 uur."},
        "herschreef de actie ‘Begin om 20 uur.’: er staat nu ‘Begin om 19 uur.’",
    ),
    (
        {"op": "action", "do": "set", "action": nid(4), "trekker": "VDAB"}
        | {"priority": 4, "deadline": "2026-11-29"},
        "vulde bij de actie ‘Begin om 19 uur.’ in: trekker VDAB, prioriteit 4, "
        "tegen 29 november 2026",
    ),
    ({**CREATE, "id": nid(5), "statement": sid(3)}, "maakte de actie ‘Uitspraak nummer 03.’"),
    (
        {"op": "action", "do": "join", "actions": [nid(5)], "into": nid(4)},
        "voegde de actie ‘Uitspraak nummer 03.’ samen met ‘Begin om 19 uur.’",
    ),
    (
        {"op": "action", "do": "hand_over", "action": nid(4), "opdracht": 5},
        "gaf de actie ‘Begin om 19 uur.’ door aan opdracht 5 ‘",
    ),
    ({"op": "note", "theme": tid(0), "text": "Even nakijken."}, "schreef een notitie bij O04-T001"),
    (
        {"op": "reply", "theme": tid(0), "text": "We vragen het na."},
        "antwoordde aan wie O04-T001 ‘Avondles’ zei: ‘We vragen het na.’",
    ),
    (
        {"op": "action", "do": "status", "action": nid(4), "status": "verworpen"}
        | {"reason": "Te duur."},
        "zette de actie ‘Begin om 19 uur.’ op ‘verworpen’, want ‘Te duur.’",
    ),
    (
        {"op": "action", "do": "amend", "action": nid(4), "statement": sid(40), "accepted": False}
        | {"reason": "Te laat."},
        "nam de wijziging van een deelnemer niet over bij de actie ‘Begin om 19 uur.’: "
        "‘Begin later.’, want ‘Te laat.’",
    ),
    (
        {"op": "action", "do": "amend", "action": nid(4), "statement": sid(40), "accepted": True},
        "nam de wijziging van een deelnemer over bij de actie ‘Begin om 19 uur.’: "
        "er staat nu ‘Begin later.’",
    ),
]


def told(storage: Storage, catalogue: Catalogue) -> list[str]:
    """What is told of opdracht 4 now, oldest first."""
    with storage.reading() as session:
        state = curated(session, 1, 4)
        teller = Sentences(state, catalogue, lambda id_: words_of(session, id_))
        return [teller.of(each) for each in state.log]


def test_every_operation_tells_by_name_what_it_did(tmp_path: Path, catalogue: Catalogue) -> None:
    storage = open_storage(f"sqlite:///{tmp_path / 'samenspraak.db'}")
    staged(storage, catalogue)
    with storage.writing() as session:
        amendment(session, nid(4), sid(40))
    for operation, sentence in OPERATIONS:
        with storage.writing() as session:
            append(session, 1, "els", operation)
        assert told(storage, catalogue)[-1].startswith(sentence)
    # Later decisions do not change what a renaming or rewording tells.
    lines = told(storage, catalogue)
    for at in (0, 1, 14):
        assert lines[at] == OPERATIONS[at][1]
    assert not [line for line in lines if re.search(r"[0-9a-f]{32}|beslissing \d", line)]
    storage.close()


def test_an_undoing_tells_what_it_undid_and_what_it_brings_back(
    storage: Storage, catalogue: Catalogue
) -> None:
    staged(storage, catalogue)
    names: tuple[dict[str, Any], ...] = (
        {"op": "rename", "theme": tid(0), "label": "Avondles"},
        {"op": "revoke", "event": 1},
        {"op": "revoke", "event": 2},
        {"op": "split", "theme": tid(0), "statements": [sid(0)], "label": "Ploegen", "id": nid(0)},
        {"op": "revoke", "event": 4},
        {"op": "accept", "proposal": "move:a"},
    )
    for operation in names:
        with storage.writing() as session:
            append(session, 1, "els", operation)
    renamed = "els veranderde de naam van thema O04-T001 van ‘machine 0’ in ‘Avondles’"
    lines = told(storage, catalogue)
    assert lines[1] == f"maakte ongedaan: {renamed}"
    assert lines[2] == f"voerde opnieuw uit: {renamed}"
    assert lines[4] == (
        "maakte ongedaan: els splitste 1 uitspraak af van O04-T001 ‘Avondles’, als ‘Ploegen’"
    )
    assert lines[5] == (
        "aanvaardde een voorstel van de computer en verplaatste 1 uitspraak "
        "van O04-T001 ‘Avondles’ naar O04-T002 ‘machine 1’"
    )


def test_the_words_of_an_erased_quote_are_not_told(storage: Storage, catalogue: Catalogue) -> None:
    staged(storage, catalogue)
    with storage.writing() as session:
        append(session, 1, "els", {**CREATE, "id": nid(4), "statement": sid(3)})
        append(
            session, 1, "els", {"op": "action", "do": "text", "action": nid(4), "text": "Later."}
        )
    assert "‘Uitspraak nummer 03.’: er staat nu ‘Later.’" in told(storage, catalogue)[1]
    with storage.writing() as session:
        erase(session, f"{3 + 0xC000:032x}")
    lines = told(storage, catalogue)
    assert lines == [
        "maakte de actie zonder tekst",
        "schreef de tekst van een actie: ‘Later.’",
    ]


def test_curate_and_history_tell_old_and_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, catalogue: Catalogue
) -> None:
    url = f"sqlite:///{tmp_path / 'samenspraak.db'}"
    storage = Storage(url)
    staged(storage, catalogue)
    with storage.writing() as session:
        amendment(session, nid(4), sid(40))
    monkeypatch.setenv("SAMENSPRAAK_DATABASE_URL", url)
    product_settings.cache_clear()
    file = tmp_path / "events.jsonl"
    rows = [each for each, _ in OPERATIONS]
    file.write_text("\n".join(json.dumps(each) for each in rows), encoding="utf-8")
    runner = CliRunner()
    done = runner.invoke(app, ["curate", str(file), "--as", "els"])
    assert done.exit_code == 0, done.exception
    lines = done.stdout.splitlines()
    assert lines[0] == (
        "1\trename\tels gaf thema O04-T001 een andere naam: ‘machine 0’ heet nu ‘Later beginnen’"
    )
    assert len(lines) == len(OPERATIONS)
    history = runner.invoke(app, ["history", "O04-T001"]).stdout
    assert "‘machine 0’ heet nu ‘Later beginnen’" in history
    assert "‘Later beginnen’ heet nu ‘Avondles’" in history
    first = json.loads(runner.invoke(app, ["history", "O04-T001", "--json"]).stdout)[0]
    assert "‘machine 0’ heet nu ‘Later beginnen’" in first["told"]
    product_settings.cache_clear()
    storage.close()


@pytest.fixture
def els(site: Site) -> Iterator[Any]:
    """A facilitator of two opdrachten that were analysed."""
    for opdracht in (4, 7):
        run = analysed(site.storage, opdracht=opdracht)["run"]
        with site.storage.writing() as session:
            session.get_one(AnalysisRun, run).opdracht = opdracht
    with as_role(site, "els", "facilitator") as http:
        yield http


def test_the_review_tells_old_and_new_and_all_that_a_form_did(els: Any, site: Site) -> None:
    with site.storage.reading() as session:
        theme = opdracht_snapshot(session, 1, 4).themes[1]
    back = f"/beheer/themas/{theme.code}"
    form = {
        "formulier": field_of(els),
        "doe": "hernoem",
        "terug": back,
        "thema": theme.id,
        "label": "Leren & werken",
        "label_was": theme.label,
        "beschrijving": "Op het werk zelf.",
        "beschrijving_was": "",
    }
    page = els.post("/beheer/opdrachten/4/beslis", data=form, follow_redirects=True).text
    sentence = f"‘{html.escape(theme.label)}’ heet nu ‘Leren &amp; werken’"
    notice = page.partition('id="gedaan"')[2].partition("</div>")[0]
    assert sentence in notice
    assert "beschreef" in notice
    assert sentence in page.partition('id="geschiedenis"')[2]
    assert sentence in els.get("/beheer/opdrachten/4/beslissingen").text
    # One press takes both back.
    fields: dict[str, Any] = {"formulier": field_of(els), "doe": "herroep", "terug": back}
    fields["beslissing"] = re.findall(r'name="beslissing" value="(\d+)"', notice)
    page = els.post("/beheer/opdrachten/4/beslis", data=fields, follow_redirects=True).text
    with site.storage.reading() as session:
        after = opdracht_snapshot(session, 1, 4).themes[1]
    assert (after.label, after.description) == (theme.label, "")
    # Who saved on an old page reads what a colleague did meanwhile.
    stale = {**form, "label": "Anders", "versie": f"{theme.id}:0"}
    page = els.post("/beheer/opdrachten/4/beslis", data=stale, follow_redirects=True).text
    assert sentence in page.partition('id="fout"')[2].partition("</div>")[0]


def test_a_page_lists_the_decisions_of_its_own_opdracht_only(els: Any, site: Site) -> None:
    with site.storage.writing() as session:
        themes = {number: opdracht_snapshot(session, 1, number).themes[0].id for number in (4, 7)}
        for number in (4, 7):
            made = {"op": "action", "do": "create", "opdracht": number, "themes": [themes[number]]}
            for name in "ab":
                text = f"Actie {name} van {number}"
                append(session, 1, "els", {**made, "id": name * 31 + str(number), "text": text})
        approved = {"op": "action", "do": "status", "status": "goedgekeurd"}
        append(session, 1, "els", {**approved, "action": "a" * 31 + "7"})
        undone = append(session, 1, "els", {**approved, "action": "b" * 31 + "7"})
        append(session, 1, "els", {"op": "revoke", "event": undone.id})
        append(session, 1, "els", {"op": "approve", "theme": themes[7]})
    for path in ("/beheer/opdrachten/4", "/beheer/opdrachten/4/beslissingen"):
        page = els.get(path).text
        assert "Actie a van 4" in page
        assert "van 7" not in page, path
        assert "O07" not in page.partition('class="log"')[2], path
    seven = els.get("/beheer/opdrachten/7/beslissingen").text
    assert "Actie b van 7" in seven
    assert "Actie a van 4" not in seven
    # What was handed over belongs to both.
    with site.storage.writing() as session:
        over = {"op": "action", "do": "hand_over", "action": "a" * 31 + "4", "opdracht": 7}
        append(session, 1, "els", over)
    assert "gaf de actie ‘Actie a van 4’ door" in els.get("/beheer/opdrachten/4/beslissingen").text
    assert "Actie a van 4" in els.get("/beheer/opdrachten/7/beslissingen").text


def test_all_decisions_stand_on_one_page_with_their_opdracht(els: Any, site: Site) -> None:
    with site.storage.writing() as session:
        themes = {number: opdracht_snapshot(session, 1, number).themes[0].id for number in (4, 7)}
        for number in (4, 7):
            append(session, 1, "els", {"op": "approve", "theme": themes[number]})
        quote = opdracht_snapshot(session, 1, 7).said[0]
        made = {"op": "action", "do": "create", "id": "a" * 32, "statement": quote.id}
        append(session, 1, "els", {**made, "opdracht": 7})
        made = {"op": "action", "do": "create", "id": "b" * 32, "text": "Eén loket"}
        append(session, 1, "els", {**made, "opdracht": 4})
    page = els.get("/beheer/beslissingen").text
    lines = re.findall(r"<li.*?</li>", page.partition('class="log"')[2], re.DOTALL)
    assert [re.findall(r"opdrachten/(\d+)\"", each) for each in lines] == [
        ["4"],
        ["7"],
        ["7"],
        ["4"],
    ]
    assert '"/beheer/beslissingen"' in els.get("/beheer").text
    # Joining actions of two opdrachten tells both by name.
    data = {"formulier": field_of(els), "doe": "voeg_samen", "een": "b" * 32, "ander": "a" * 32}
    page = els.post("/beheer/acties/overlap", data=data, follow_redirects=True).text
    notice = page.partition('id="gedaan"')[2].partition("</div>")[0]
    words = html.escape(quote.text[:20])
    assert f"els voegde de actie ‘{words}" in html.unescape(notice) or words in notice
    assert "samen met ‘Eén loket’" in notice
    first = re.findall(r"<li.*?</li>", els.get("/beheer/beslissingen").text, re.DOTALL)
    both = next(each for each in first if "samen met ‘Eén loket’" in each)
    assert re.findall(r"opdrachten/(\d+)\"", both) == ["4", "7"]
    data = {"formulier": field_of(els), "doe": "herroep", "terug": "/beheer/beslissingen"}
    data["beslissing"] = re.findall(r'name="beslissing" value="(\d+)"', notice)[0]
    page = els.post("/beheer/opdrachten/4/beslis", data=data, follow_redirects=True)
    assert page.url.path == "/beheer/beslissingen"
    assert "els maakte ongedaan: els voegde" in page.text


def test_placing_tells_where_it_went(els: Any, site: Site) -> None:
    with site.storage.writing() as session:
        one = opdracht_snapshot(session, 1, 4).said[0]
        append(session, 1, "els", {"op": "place", "statements": [one.id], "opdracht": None})
    data = {"formulier": field_of(els), "doe": "plaats", "uitspraak": one.id, "opdracht": 7}
    page = els.post("/beheer/zonder-opdracht", data=data, follow_redirects=True).text
    notice = page.partition('id="gedaan"')[2].partition("</div>")[0]
    assert "plaatste 1 uitspraak bij opdracht 7 ‘" in notice
