"""The wizard for exports of surveys: guessed, corrected, tried, confirmed; without JavaScript."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select

from consultation import accounts
from consultation.audit import entries
from consultation.database.models import Contribution, ContributionVersion, Participant
from consultation.database.records import StoredMapping
from consultation.importing import drafts
from consultation.importing.drafts import MOST
from tests.consultation.test_import_surveys import EXPORTS, HURDLE, SAID, WISH, written
from tests.consultation.test_import_workbooks import xlsx
from tests.review_stage import PASSWORD, as_role, field_of, post
from tests.web_pages import check_everywhere
from tests.web_stage import Site

pytest_plugins = ["tests.web_fixtures"]

START = "/beheer/invoer"


def send(http: httpx.Client, path: Path, **fields: Any) -> httpx.Response:
    """Uploads a file by the form of the page."""
    data = {"formulier": field_of(http), "ronde": "1", **fields}
    return http.post(START, data=data, files={"bestand": (path.name, path.read_bytes())})


def chosen(page: str) -> dict[str, str]:
    """What the selects and fields of the wizard hold, as a browser would send them."""
    selects = r'<select id="[^"]+" name="([^"]+)"[^>]*>(.*?)</select>'
    found = dict(re.findall(r'name="(enquete|bekeken)" value="([^"]*)"', page))
    for name, options in re.findall(selects, page, re.DOTALL):
        picked = re.search(r'<option value="([^"]*)" selected', options)
        found[name] = picked[1] if picked else ""
    return found


def answers(site: Site) -> list[tuple[str | None, str]]:
    """The question and the words of each answer, as they stand."""
    with site.storage.reading() as session:
        rows = session.execute(
            select(Contribution.question, ContributionVersion.text)
            .join(ContributionVersion, ContributionVersion.contribution_id == Contribution.id)
            .where(ContributionVersion.version == Contribution.version)
            .order_by(ContributionVersion.text)
        )
        return [(question, text) for question, text in rows]


def waiting(site: Site) -> list[Path]:
    return list((site.settings.data_dir / "uploads").glob("*"))


def test_an_export_is_tried_confirmed_and_its_next_one_only_adds(
    site: Site, tmp_path: Path
) -> None:
    rows = [list(row) for row in EXPORTS["msforms"]]
    with as_role(site, "els", "facilitator") as els:
        went = send(els, written(tmp_path / "enquete maart.csv", rows))
        assert went.status_code == 303
        draft = went.headers["location"]
        page = els.get(draft).text
        form = chosen(page)
        assert form["enquete"] == "enquete maart"
        assert (form["rol-0"], form["rol-5"]) == ("id", "group")
        assert (form["rol-6"], form["rol-7"]) == ("antwoord:drempel", "antwoord:voorstel")
        assert SAID[0][0] in page
        form |= {"opdracht-6": "4", "enquete": "leren"}
        tried = post(els, draft, **form, doe="bekijk").text
        assert "<strong>4 nieuwe antwoorden</strong> van 3 nieuwe deelnemers" in tried
        assert answers(site) == []
        form = chosen(tried)
        assert form["opdracht-6"] == "4"
        # Another choice than what was looked at is shown first.
        other = post(els, draft, **{**form, "groep": "burger"}, doe="bevestig")
        assert (other.status_code, answers(site)) == (422, [])
        assert "U veranderde nog iets" in other.text
        done = post(els, draft, **form, doe="bevestig")
        assert done.status_code == 303
        told = els.get(done.headers["location"]).text
        assert "4 nieuwe antwoorden van 3 nieuwe deelnemers, 0 gewijzigd, 0 stonden er al" in told
        assert "leren" in told
        assert len(answers(site)) == 4
        assert waiting(site) == []
        assert els.get(draft).status_code == 404

        rows[1][-1] = "Laat het CVO ook op zondag lesgeven, dat past beter."
        rows.append(["4", *rows[2][1:6], "Het is te duur voor mij.", ""])
        draft = send(els, xlsx(tmp_path / "april.xlsx", rows)).headers["location"]
        page = els.get(draft).text
        assert "We kennen de enquête ‘leren’" in page
        form = chosen(page)
        assert form["opdracht-6"] == "4"
        tried = post(els, draft, **form, doe="bekijk").text
        assert "<strong>1 nieuw antwoord</strong> van 1 nieuwe deelnemer" in tried
        assert "1 antwoord verandert: de oude woorden blijven" in tried
        assert "3 antwoorden staan er al" in tried
        assert post(els, draft, **chosen(tried), doe="bevestig").status_code == 303
    assert ("drempel", "Het is te duur voor mij.") in answers(site)
    assert len(answers(site)) == 5
    with site.storage.reading() as session:
        assert session.scalar(select(func.count(StoredMapping.id))) == 1
        assert session.scalar(select(func.count(Participant.id))) == 4
        said = [(each.what, each.about) for each in entries(session, 1) if each.what == "ingelezen"]
    assert said[0] == ("ingelezen", {"ronde": 1, "erbij": 1, "gewijzigd": 1})


def test_what_cannot_be_read_is_said_in_dutch_and_nothing_is_stored(
    site: Site, tmp_path: Path
) -> None:
    with as_role(site, "els", "facilitator") as els:
        for name, content, said in (
            ("a.csv", b"", "Kies eerst een bestand"),
            ("a.exe", b"MZ", "Dit soort bestand kunnen we niet lezen"),
            ("a.sav", b"$FL2", "Dit soort bestand kunnen we niet lezen"),
        ):
            (tmp_path / name).write_bytes(content)
            found = send(els, tmp_path / name)
            assert (found.status_code, said in found.text) == (422, True), name
        for name, content, said in (
            ("b.xlsx", b"PK\x03\x04 stuk", "Het bestand is stuk"),
            ("b.csv", b"%PDF-1.7", "De inhoud past niet bij de naam"),
            ("c.csv", b'a,b\n"x,y\n', "aanhalingstekens kloppen niet"),
            ("d.csv", b"a,b\n1,2\n3,4\n1,2,3\n", "Rij 4: er staan meer cellen"),
            ("e.csv", b"\n\n", "Het bestand is leeg"),
        ):
            (tmp_path / name).write_bytes(content)
            draft = send(els, tmp_path / name).headers["location"]
            found = els.get(draft)
            assert (found.status_code, said in found.text) == (422, True), (name, found.text)
            assert post(els, draft, enquete="x", doe="bekijk").status_code == 422
            assert post(els, f"{START}/{draft.rpartition('/')[2]}/weg").status_code == 303
        rows = [["nr", "groep", "zegt"], ["1", "Marsmannetje", "De les is te duur voor mij."]]
        draft = send(els, written(tmp_path / "f.csv", rows)).headers["location"]
        form = {"enquete": "x", "rol-0": "id", "rol-1": "group", "rol-2": "antwoord:"}
        found = post(els, draft, **form, doe="bekijk")
        assert "Rij 2: ‘Marsmannetje’ is geen groep die we kennen" in found.text
        for change, said in (
            ({"rol-2": ""}, "Kies minstens één kolom met antwoorden"),
            ({"rol-1": "id"}, "U koos meer dan één kolom voor ‘Nummer van het antwoord’"),
            ({"enquete": " "}, "Geef de enquête een naam"),
            ({"rol-1": "", "opdracht-2": "99"}, "‘99’ is geen opdracht die we kennen"),
            ({"rol-1": "", "rol-2": "antwoord:weg"}, "‘weg’ is geen vraag die we kennen"),
        ):
            found = post(els, draft, **{**form, **change}, doe="bekijk")
            assert (found.status_code, said in found.text) == (422, True), change
        assert post(els, draft, **{**form, "rol-1": ""}, doe="bekijk").status_code == 200
    assert answers(site) == []


def test_uploads_are_bounded_and_only_for_who_decides_on_the_whole(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "a.csv", EXPORTS["msforms"])
    with as_role(site, "ann", "analist") as ann, as_role(site, "tom", "facilitator", 4) as tom:
        for http in (ann, tom):
            assert http.get(START).status_code == 403
            assert send(http, path).status_code == 403
            assert "Inlezen" not in http.get("/beheer/opdrachten/4").text
    with as_role(site, "els", "facilitator") as els, site.client() as stranger:
        assert stranger.get(START).status_code == 303
        assert stranger.post(START, files={"bestand": ("a.csv", b"a")}).status_code == 401
        forged = els.post(START, data={"ronde": "1"}, files={"bestand": ("a.csv", b"a,b\n1,2\n")})
        assert forged.status_code == 403
        big = tmp_path / "groot.csv"
        big.write_bytes(b"a" * (21 * 1024 * 1024))
        assert send(els, big).status_code in (413, 422)
        assert send(els, path, ronde="7").status_code == 422
        assert waiting(site) == []
        draft = send(els, path).headers["location"]
        for wrong in ("0" * 32, "..%2F..", "x"):
            assert els.get(f"{START}/enquete/{wrong}").status_code == 404
        with as_role(site, "ann2", "analist") as ann:
            assert ann.get(draft).status_code == 403
            assert post(ann, draft, doe="bevestig").status_code == 403
            assert post(ann, f"{START}/{draft.rpartition('/')[2]}/weg").status_code == 403
        for _ in range(MOST - 1):
            assert send(els, path).status_code == 303
        assert "Er wachten al" in send(els, path).text
        assert len(waiting(site)) == MOST
        # The folder is for the user of the process only.
        assert {each.stat().st_mode & 0o077 for each in waiting(site)} == {0}
        monkeypatch.setattr(drafts, "KEPT", timedelta(0))
        assert els.get(draft).status_code == 404
        els.get(START)
        assert waiting(site) == []


def log_in(browser: Browser, site: Site, **how: Any) -> Page:
    with site.storage.writing() as session:
        accounts.add_account(session, "els", "facilitator", PASSWORD)
    options = {"viewport": {"width": 1280, "height": 900}, **how}
    page = browser.new_context(base_url=site.url, **options).new_page()
    page.goto("/beheer/login")
    page.get_by_label("Naam").fill("els")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Aanmelden").click()
    expect(page.get_by_role("heading", name="Overzicht")).to_be_visible()
    return page


@pytest.mark.browser
def test_the_wizard_is_played_with_limesurvey_without_javascript(
    browser: Browser, site: Site, tmp_path: Path
) -> None:
    path = written(tmp_path / "enquete leren.csv", EXPORTS["limesurvey"], ";")
    page = log_in(browser, site, java_script_enabled=False)
    page.get_by_role("link", name="Inlezen").click()
    page.get_by_label("Bestand", exact=True).set_input_files(path)
    page.get_by_role("button", name="Bekijk het bestand").click()
    expect(page.get_by_role("heading", name="Enquête inlezen")).to_be_visible()
    hurdle = page.get_by_label(f"Wat staat er in ‘g01q01. {HURDLE.lower()}’?")
    expect(hurdle).to_have_value("antwoord:drempel")
    tick = page.get_by_label("Wat staat er in ‘g01q03[sq001]. groep [burger]’?")
    expect(tick).to_have_value("vakje:burger")
    page.get_by_label(f"Bij welke opdracht hoort ‘g01q01. {HURDLE.lower()}’?").select_option("4")
    # The guess for the second question is corrected.
    page.get_by_label(f"Wat staat er in ‘g01q02. {WISH.lower()}’?").select_option("antwoord:")
    page.get_by_role("button", name="Bekijk wat er gebeurt").press("Enter")
    expect(page.get_by_text("4 nieuwe antwoorden")).to_be_visible()
    assert answers(site) == []
    page.get_by_role("button", name="Bevestig en lees in").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("4 nieuwe antwoorden")
    page.context.close()
    assert sorted(answers(site), key=str) == sorted(
        [
            ("drempel", SAID[0][0]),
            ("drempel", SAID[1][0]),
            (None, SAID[0][1]),
            (None, SAID[2][1]),
        ],
        key=str,
    )


@pytest.mark.browser
def test_the_wizard_is_played_with_qualtrics_and_has_no_barrier(
    browser: Browser, site: Site, tmp_path: Path
) -> None:
    path = xlsx(tmp_path / "Q leren.xlsx", EXPORTS["qualtrics"])
    page = log_in(browser, site)
    page.goto(START)
    check_everywhere(page, "start", 320, 1280)
    page.get_by_label("Bestand", exact=True).set_input_files(path)
    page.get_by_role("button", name="Bekijk het bestand").click()
    expect(page.get_by_label(f"Wat staat er in ‘{HURDLE}’?")).to_have_value("antwoord:drempel")
    expect(page.get_by_role("cell", name=SAID[1][0])).to_be_visible()
    page.get_by_label(f"Bij welke opdracht hoort ‘{HURDLE}’?").select_option("4")
    page.get_by_text("kolommen die we niet gebruiken").click()
    check_everywhere(page, "wizard", 320, 1280)
    page.get_by_role("button", name="Bekijk wat er gebeurt").click()
    expect(page.get_by_text("de tweede en derde kop van Qualtrics")).to_be_visible()
    expect(page.get_by_text("een proef of reclame")).to_be_visible()
    check_everywhere(page, "trial", 320, 1280)
    page.get_by_role("button", name="Bevestig en lees in").click()
    expect(page.get_by_role("status")).to_contain_text(
        "4 nieuwe antwoorden van 3 nieuwe deelnemers"
    )
    check_everywhere(page, "done", 320, 1280)
    page.context.close()
    assert len(answers(site)) == 4


@pytest.mark.browser
def test_what_is_no_group_is_told_and_chosen_and_remembered(
    browser: Browser, site: Site, tmp_path: Path
) -> None:
    rows = [list(row) for row in EXPORTS["msforms"]]
    rows += [["4", *rows[1][1:5], "Leerling secundair", "De bus komt nooit op tijd.", ""]]
    rows += [["5", *rows[1][1:5], "Weet niet", "Het is te ver van waar ik woon.", ""]]
    page = log_in(browser, site)

    def sent(name: str) -> None:
        page.goto(START)
        page.get_by_label("Bestand", exact=True).set_input_files(written(tmp_path / name, rows))
        page.get_by_role("button", name="Bekijk het bestand").click()

    def groups() -> list[str]:
        with site.storage.reading() as session:
            return sorted(map(str, session.scalars(select(Participant.group))))

    sent("maart.csv")
    column = page.get_by_label("Wat staat er in ‘tot welke groep hoort u?’?")
    if column.input_value() != "group":
        column.select_option("group")
    page.get_by_role("button", name="Bekijk wat er gebeurt").press("Enter")
    # Nothing is refused: the answers come in, and it is told that their group is not known.
    expect(page.get_by_text("6 nieuwe antwoorden")).to_be_visible()
    told = "Rij 5: ‘Leerling secundair’ is geen groep die we kennen"
    expect(page.get_by_text(told)).to_be_visible()
    pupil = page.get_by_label("Leerling secundair (1 rij)")
    expect(pupil).to_have_value("")
    check_everywhere(page, "groups", 320, 1280)
    pupil.select_option("burger")
    page.get_by_label("Weet niet (1 rij)").select_option("geen")
    # Another choice than what was looked at is shown first.
    page.get_by_role("button", name="Bevestig en lees in").press("Enter")
    expect(page.get_by_text("U veranderde nog iets")).to_be_visible()
    expect(page.get_by_text(told)).not_to_be_visible()
    page.get_by_role("button", name="Bevestig en lees in").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("6 nieuwe antwoorden")
    assert groups() == ["None", "burger", "burger", "burger", "werknemersorganisatie"]
    # The next export of the survey knows it, and does not ask.
    rows.append(["6", *rows[1][1:5], "Leerling Secundair", "De les is te vroeg voor mij.", ""])
    sent("april.csv")
    expect(page.get_by_label("Leerling secundair (2 rijen)")).to_have_value("burger")
    page.get_by_role("button", name="Bekijk wat er gebeurt").press("Enter")
    expect(page.get_by_text("1 nieuw antwoord")).to_be_visible()
    page.get_by_role("button", name="Bevestig en lees in").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("1 nieuw antwoord")
    page.context.close()
    assert groups() == ["None", *["burger"] * 4, "werknemersorganisatie"]
