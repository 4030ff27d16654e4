"""Deciding in the browser: every operation, undone by anyone, and never over somebody's head."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from sqlalchemy import event, select

from consultation.database.models import CurationEvent, Participant, Statement
from consultation.participation.participants import erase
from consultation.queries.opdracht_snapshot import OpdrachtSnapshot, opdracht_snapshot
from tests.review_stage import as_role, field_of
from tests.web_stage import Site, analysed

pytest_plugins = ["tests.web_fixtures"]


@pytest.fixture
def made(site: Site) -> dict[str, Any]:
    """Opdracht 4 analysed: two themes, five statements in none."""
    return analysed(site.storage)


@pytest.fixture
def els(site: Site, made: dict[str, Any]) -> Iterator[httpx.Client]:  # noqa: ARG001
    """A facilitator, logged in."""
    with as_role(site, "els", "facilitator") as http:
        yield http


def seen(site: Site, opdracht: int = 4) -> OpdrachtSnapshot:
    with site.storage.reading() as session:
        return opdracht_snapshot(session, 1, opdracht)


def decide(http: httpx.Client, doe: str, back: str = "", opdracht: int = 4, **fields: Any) -> Any:
    """Sends a form as a page would; follows to the page that is shown after it."""
    base = f"/beheer/opdrachten/{opdracht}"
    sent = {"formulier": field_of(http), "doe": doe, "terug": back or base}
    data = {**sent, "opdracht": opdracht, **fields}
    return http.post(f"{base}/beslis", data=data, follow_redirects=True)


def undo(http: httpx.Client, page: str, opdracht: int = 4) -> Any:
    """Presses the button that undoes what the page says was done."""
    told = page.partition('id="gedaan"')[2].partition("</form>")[0]
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', told))
    assert fields["doe"] == "herroep", told
    fields = {name: html.unescape(value) for name, value in fields.items()}
    path = f"/beheer/opdrachten/{opdracht}/beslis"
    return http.post(path, data=fields, follow_redirects=True)


def test_rename_and_describe_is_one_form(els: httpx.Client, site: Site) -> None:
    theme = seen(site).themes[0]
    back = f"/beheer/themas/{theme.code}"
    page = decide(
        els,
        "hernoem",
        back,
        thema=theme.id,
        label="Lessen <b>later</b>",
        label_was=theme.label,
        beschrijving="Wie in ploegen werkt.",
        beschrijving_was="",
        versie=f"{theme.id}:0",
    )
    assert page.status_code == 200
    assert page.url.path == back
    assert "Lessen &lt;b&gt;later&lt;/b&gt;" in page.text
    assert "Lessen <b>" not in page.text
    after = seen(site).themes[0]
    assert (after.label, after.description) == ("Lessen <b>later</b>", "Wie in ploegen werkt.")
    assert [each.event.operation.op for each in seen(site).state.log] == ["rename", "describe"]


@pytest.mark.parametrize(
    ("doe", "status", "word"),
    [("keur_goed", "goedgekeurd", "keurde O04-T"), ("verwerp", "verworpen", "verwierp O04-T")],
)
def test_approve_and_reject_and_undo_them(
    els: httpx.Client, site: Site, doe: str, status: str, word: str
) -> None:
    theme = seen(site).themes[0]
    page = decide(els, doe, thema=theme.id)
    assert word in page.text
    assert {each.status for each in seen(site).themes if each.id == theme.id} == {status}
    assert "maakte ongedaan: els" in undo(els, page.text).text
    assert {each.status for each in seen(site).themes} == {"kandidaat"}


def test_merging_is_undone_by_somebody_else_and_done_again(els: httpx.Client, site: Site) -> None:
    first, second = seen(site).themes
    into: dict[str, Any] = {"in": second.id}
    page = decide(els, "voeg_samen", thema=[first.id, second.id], **into)
    assert f"voegde {first.code}" in page.text
    (left,) = seen(site).themes
    assert (left.id, len(left.said)) == (second.id, 43)
    gone = els.get(f"/beheer/themas/{first.code}").text
    assert f'samengevoegd met <a href="/beheer/themas/{second.code}">' in gone
    with as_role(site, "tom", "facilitator") as tom:
        log = tom.get("/beheer/opdrachten/4/beslissingen").text
        event = re.search(r'name="beslissing" value="(\d+)"', log)
        assert event
        undone = decide(tom, "herroep", beslissing=event[1])
        assert [len(each.said) for each in seen(site).themes] == [24, 19]
        again = undo(tom, undone.text)
        assert "els voegde" in again.text
    assert len(seen(site).themes) == 1


def test_splitting_moving_copying_and_taking_out(els: httpx.Client, site: Site) -> None:
    first, second = seen(site).themes
    some = [each.id for each in first.said[:5]]
    page = decide(els, "splits", thema=first.id, uitspraak=some, label="Een eigen thema")
    assert "splitste 5 uitspraken af" in page.text
    made = next(each for each in seen(site).themes if each.label == "Een eigen thema")
    assert {each.id for each in made.said} == set(some)
    assert made.parents == (first.id,)
    decide(els, "verplaats", uit=made.id, naar=second.id, uitspraak=some[:2])
    decide(els, "kopieer", naar=first.id, uitspraak=some[2])
    decide(els, "haal_uit", uit=made.id, uitspraak=some[2:4])
    decide(els, "niet_hierover", uitspraak=some[4])
    now = seen(site)
    sizes = {each.label: len(each.said) for each in now.themes}
    assert sizes == {first.label: 20, second.label: 21, "Een eigen thema": 0}
    assert some[3] in {each.id for each in now.loose}
    assert [each.id for each in now.off_topic] == [some[4]]
    everywhere = {each.id for view in now.themes for each in view.said}
    assert len(everywhere | {each.id for each in (*now.loose, *now.off_topic)}) == 48


def test_loose_statements_go_to_a_theme_or_make_one(els: httpx.Client, site: Site) -> None:
    loose = [each.id for each in seen(site).loose]
    theme = seen(site).themes[0]
    decide(els, "verplaats", naar=theme.id, uitspraak=loose[:2])
    page = decide(els, "nieuw_thema", opdracht=4, label="Vergeten", uitspraak=loose[2:])
    assert "maakte het thema" in page.text
    assert seen(site).loose == ()
    assert {len(each.said) for each in seen(site).themes} == {26, 19, 3}


def test_statements_are_placed_under_another_opdracht_and_come_back(
    els: httpx.Client, site: Site
) -> None:
    some = [each.id for each in seen(site).loose[:2]]
    base = "/beheer/opdrachten/4/beslis"
    data = {"formulier": field_of(els), "doe": "plaats", "uitspraak": some, "opdracht": "7"}
    page = els.post(base, data=data, follow_redirects=True)
    assert "bij opdracht 7" in page.text
    assert {each.id for each in seen(site, 7).said} == set(some)
    undo(els, page.text)
    assert seen(site, 7).said == ()
    assert len(seen(site).said) == 48


def test_what_has_no_opdracht_is_placed_and_taken_back(els: httpx.Client, site: Site) -> None:
    with site.storage.writing() as session:
        some = list(session.scalars(select(Statement).order_by(Statement.id).limit(2)))
        for each in some:
            each.opdracht = None
        ids = [each.id for each in some]
    field = {"formulier": field_of(els)}
    nothing = els.post("/beheer/zonder-opdracht", data={**field, "doe": "plaats", "opdracht": "5"})
    assert nothing.status_code == 422
    placed = {**field, "doe": "plaats", "opdracht": "5", "uitspraak": ids}
    page = els.post("/beheer/zonder-opdracht", data=placed, follow_redirects=True)
    assert "plaatste 2 uitspraken bij opdracht 5" in page.text
    assert {each.id for each in seen(site, 5).said} == set(ids)
    event = re.search(r'name="beslissing" value="(\d+)"', page.text)
    assert event
    undone = {**field, "doe": "herroep", "beslissing": event[1]}
    assert els.post("/beheer/zonder-opdracht", data=undone).status_code == 303
    assert seen(site, 5).said == ()


def test_themes_are_put_in_another_order(els: httpx.Client, site: Site) -> None:
    order = [each.id for each in seen(site).themes]
    decide(els, "volgorde", opdracht=4, thema=order[1], richting="omhoog", volgorde=order)
    assert [each.id for each in seen(site).themes] == order[::-1]
    page = decide(
        els, "volgorde", opdracht=4, thema=order[1], richting="omhoog", volgorde=order[::-1]
    )
    assert page.status_code == 422
    assert "U koos nog niets" in page.text


def test_an_action_is_written_changed_joined_approved_and_handed_over(
    els: httpx.Client, site: Site
) -> None:
    theme = seen(site).themes[0]
    back = "/beheer/opdrachten/4/acties"
    form: dict[str, Any] = {
        "opdracht": 4,
        "tekst": "Begin de lessen later.",
        "thema": theme.id,
        "trekker": "CVO",
        "partners": "VDAB, SERV,",
        "prioriteit": 5,
        "tegen": "2027-09-01",
        "regelgeving": "hervormen",
    }
    page = decide(els, "nieuwe_actie", back, **form)
    assert "maakte de actie ‘Begin de lessen later.’" in page.text
    assert "De computer vindt niemand die dit zo voorstelt" in page.text
    without: dict[str, Any] = {
        "opdracht": 4,
        "tekst": "Zonder thema kan ook.",
        "regelgeving": "geen",
    }
    decide(els, "nieuwe_actie", back, **without)
    actions = {each.text: each for each in seen(site).actions if not each.proposed}
    first, second = actions["Begin de lessen later."], actions["Zonder thema kan ook."]
    assert first.partners == ("VDAB", "SERV")
    assert (first.priority, str(first.deadline), first.regelgeving) == (
        5,
        "2027-09-01",
        "hervormen",
    )
    changed = decide(
        els,
        "bewaar_actie",
        f"{back}/{first.id}",
        actie=first.id,
        versie=f"{first.id}:{first.version}",
        tekst="Begin de lessen om 20 uur.",
        tekst_was=first.text,
        trekker="Ligo",
        trekker_was="CVO",
        partners="VDAB, SERV",
        partners_was="VDAB, SERV",
        prioriteit="",
        prioriteit_was="5",
        tegen="2027-09-01",
        tegen_was="2027-09-01",
        regelgeving="hervormen",
        regelgeving_was="hervormen",
        kies_themas="ja",
        thema_was=theme.id,
    )
    assert changed.status_code == 200
    now = seen(site).state.actions[first.id]
    assert (now.text, now.trekker, now.priority, now.themes) == (
        "Begin de lessen om 20 uur.",
        "Ligo",
        None,
        (),
    )
    decide(els, "actie_status", back, actie=first.id, status="goedgekeurd")
    joined = decide(els, "voeg_acties_samen", back, actie=[first.id, second.id])
    assert "voegde de actie ‘" in joined.text
    assert seen(site).state.actions[second.id].joined_into == first.id
    lost = els.get(f"{back}/{second.id}").text
    assert "Deze actie is opgegaan in" in lost
    decide(els, "notitie", f"{back}/{first.id}", actie=first.id, notitie="Vraag het na.")
    assert "Vraag het na." in els.get(f"{back}/{first.id}").text
    data = {"formulier": field_of(els), "doe": "draag_over", "actie": first.id, "opdracht": "7"}
    els.post("/beheer/opdrachten/4/beslis", data=data)
    assert els.get(f"{back}/{first.id}").headers["location"].startswith("/beheer/opdrachten/7/")


def test_a_proposed_action_is_approved_or_reworded(els: httpx.Client, site: Site) -> None:
    proposed = next(each for each in seen(site).actions if each.proposed)
    words = seen(site).words(proposed)
    page = els.get("/beheer/opdrachten/4/acties").text
    assert "Voorgesteld door de computer" in page
    decide(
        els,
        "bewaar_actie",
        actie=proposed.id,
        tekst="In eigen woorden.",
        tekst_was=words,
        regelgeving="geen",
        regelgeving_was="geen",
    )
    decide(els, "actie_status", actie=proposed.id, status="goedgekeurd")
    now = seen(site).state.actions[proposed.id]
    assert (now.text, now.status, now.proposed) == ("In eigen woorden.", "goedgekeurd", False)


def test_two_people_on_one_theme_the_second_is_told_and_loses_nothing(
    els: httpx.Client, site: Site
) -> None:
    theme = seen(site).themes[0]
    back = f"/beheer/themas/{theme.code}"
    same: dict[str, Any] = {"thema": theme.id, "label_was": theme.label, "versie": f"{theme.id}:0"}
    with as_role(site, "tom", "facilitator") as tom:
        decide(tom, "hernoem", back, label="Naam van Tom", **same)
    refused = decide(els, "hernoem", back, label="Naam van Els", beschrijving="Lang", **same)
    assert refused.status_code == 409
    assert "tom was u voor en gaf het een andere naam" in refused.text
    assert "Nu heet het thema: ‘Naam van Tom’" in refused.text
    assert 'value="Naam van Els"' in refused.text
    assert ">Lang</textarea>" in refused.text
    assert seen(site).themes[0].label == "Naam van Tom"
    version = re.search(rf'name="versie" value="({theme.id}:\d+)"', refused.text)
    assert version
    again: dict[str, Any] = {"thema": theme.id, "label_was": "Naam van Tom", "versie": version[1]}
    assert decide(els, "hernoem", back, label="Naam van Els", **again).status_code == 200
    assert seen(site).themes[0].label == "Naam van Els"


def test_a_note_of_somebody_else_makes_no_decision_stale(els: httpx.Client, site: Site) -> None:
    theme = seen(site).themes[0]
    with as_role(site, "tom", "facilitator") as tom:
        decide(tom, "notitie", thema=theme.id, notitie="Kijk hier nog eens naar.")
        decide(tom, "haal_uit", uit=theme.id, uitspraak=theme.said[0].id)
    page = decide(els, "keur_goed", thema=theme.id, versie=f"{theme.id}:0")
    assert page.status_code == 200
    assert "Kijk hier nog eens naar." in els.get(f"/beheer/themas/{theme.code}").text


def test_a_theme_that_was_merged_meanwhile_says_into_which(els: httpx.Client, site: Site) -> None:
    first, second = seen(site).themes
    decide(els, "voeg_samen", thema=[second.id, first.id])
    back = f"/beheer/themas/{first.code}"
    refused = decide(els, "hernoem", back, thema=first.id, label="Te laat", label_was=first.label)
    assert refused.status_code == 409
    assert "intussen samengevoegd" in refused.text
    assert second.code in refused.text


def test_statements_that_somebody_else_moved_are_not_moved_again(
    els: httpx.Client, site: Site
) -> None:
    first, second = seen(site).themes
    one = first.said[0].id
    back = f"/beheer/themas/{first.code}"
    decide(els, "haal_uit", back, uit=first.id, uitspraak=one)
    refused = decide(els, "verplaats", back, uit=first.id, naar=second.id, uitspraak=one)
    assert refused.status_code == 409
    assert "Iemand verplaatste ze intussen" in refused.text


def test_a_label_of_5000_characters_is_refused_and_given_back(
    els: httpx.Client, site: Site
) -> None:
    theme = seen(site).themes[0]
    back = f"/beheer/themas/{theme.code}"
    for label in ("x" * 5000, "y" * 250):
        refused = decide(els, "hernoem", back, thema=theme.id, label=label, label_was="")
        assert refused.status_code == 422
        assert label in refused.text
        assert "hoogstens" in refused.text
    empty = decide(els, "hernoem", back, thema=theme.id, label="  ", label_was=theme.label)
    assert empty.status_code == 422
    assert "Er ontbreekt tekst" in empty.text
    taken = seen(site).themes[1].label
    same = decide(els, "hernoem", back, thema=theme.id, label=taken, label_was="")
    assert same.status_code == 422
    assert "heeft al deze naam" in same.text
    assert seen(site).state.log == ()


@pytest.mark.parametrize(
    ("doe", "fields"),
    [
        ("keur_goed", {}),
        ("voeg_samen", {"thema": "f" * 32}),
        ("verplaats", {"naar": "f" * 32}),
        ("keur_goed", {"thema": "f" * 32}),
        ("keur_goed", {"thema": "<script>"}),
        ("herroep", {"beslissing": "999"}),
        ("herroep", {"beslissing": "x"}),
        ("aanvaard", {"voorstel": "split:1"}),
        ("nieuwe_actie", {"opdracht": "4"}),
        ("nieuwe_actie", {"opdracht": "4", "tekst": "Ja", "tegen": "morgen"}),
        ("nieuwe_actie", {"opdracht": "4", "tekst": "Ja", "prioriteit": "9"}),
        ("actie_status", {"actie": "f" * 32, "status": "goedgekeurd"}),
        ("onzin", {}),
    ],
)
def test_what_cannot_be_done_is_said_plainly(
    els: httpx.Client, site: Site, doe: str, fields: dict[str, Any]
) -> None:
    page = decide(els, doe, **fields)
    assert page.status_code in (409, 422)
    assert 'role="alert"' in page.text
    assert "<script>alert" not in page.text
    with site.storage.reading() as session:
        assert list(session.scalars(select(CurationEvent))) == []


def test_a_wrong_role_and_a_forged_id_of_another_opdracht_are_refused(
    site: Site, made: dict[str, Any]
) -> None:
    theme = seen(site).themes[0]
    with as_role(site, "ann", "analist") as ann:
        page = decide(ann, "keur_goed", thema=theme.id)
        assert page.status_code == 403
        assert "Een analist beslist niet" in page.text
        assert 'name="doe"' not in ann.get("/beheer/opdrachten/4").text
        assert 'name="doe"' not in ann.get(f"/beheer/themas/{made['codes'][0]}").text
    with as_role(site, "tine", "facilitator", 5) as tine:
        assert decide(tine, "keur_goed", thema=theme.id).status_code == 403
        sly = decide(tine, "keur_goed", opdracht=5, thema=theme.id)
        assert sly.status_code == 403
    with as_role(site, "tom", "facilitator", 4) as tom:
        assert decide(tom, "keur_goed", thema=theme.id).status_code == 200
    assert [each.event.account for each in seen(site).state.log] == ["tom"]


@contextmanager
def written(site: Site) -> Iterator[list[str]]:
    """The statements that change decisions on the running website, kept or rolled back."""
    found: list[str] = []

    def heard(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if re.match(r"(INSERT INTO|UPDATE|DELETE FROM) (curation_event|theme|action) ", statement):
            found.append(statement)

    engine = site.app.state.services.storage.engine
    event.listen(engine, "before_cursor_execute", heard)
    yield found
    event.remove(engine, "before_cursor_execute", heard)


def test_who_may_not_decide_elsewhere_writes_and_learns_nothing_there(
    els: httpx.Client, site: Site
) -> None:
    first, second = seen(site).themes
    decide(els, "hernoem", thema=first.id, label="Geheim", label_was=first.label)
    one = first.said[0].id
    action = seen(site).actions[0].id
    reaches: list[tuple[str, dict[str, Any]]] = [
        ("keur_goed", {"thema": first.id}),
        ("hernoem", {"thema": second.id, "label": "Geheim", "label_was": second.label}),
        ("hernoem", {"thema": first.id, "label": "Anders", "versie": f"{first.id}:0"}),
        ("herroep", {"beslissing": seen(site).state.log[0].event.id}),
        ("plaats", {"uitspraak": one, "opdracht": 4}),
        ("plaats", {"uitspraak": one, "opdracht": 5}),
        ("draag_over", {"actie": action, "opdracht": 4}),
        ("actie_status", {"actie": action, "status": "goedgekeurd"}),
        ("nieuwe_actie", {"tekst": "Een actie.", "thema": first.id}),
        ("nieuw_thema", {"label": "Een thema", "uitspraak": one}),
    ]
    with as_role(site, "tine", "facilitator", 5) as tine, written(site) as changes:
        for doe, fields in reaches:
            form = {"formulier": field_of(tine), "doe": doe, "opdracht": 5, **fields}
            page = tine.post("/beheer/opdrachten/5/beslis", data=form)
            assert (page.status_code, doe) == (403, doe)
            assert "Geheim" not in page.text.replace("<dd>Geheim</dd>", "")
            assert first.code not in page.text
        assert changes == []


def test_an_action_that_was_handed_over_is_theirs_who_have_it_now(
    els: httpx.Client, site: Site
) -> None:
    action = seen(site).actions[0].id
    with as_role(site, "tom", "facilitator", 4) as tom:
        form = {"formulier": field_of(tom), "doe": "draag_over", "actie": action}
        answer = tom.post("/beheer/opdrachten/4/beslis", data={**form, "opdracht": "5"})
        assert answer.status_code == 303
        assert decide(tom, "actie_status", actie=action, status="verworpen").status_code == 403
    with as_role(site, "tine", "facilitator", 5) as tine:
        page = decide(tine, "actie_status", opdracht=5, actie=action, status="goedgekeurd")
        assert page.status_code == 200
        assert undo(tine, page.text, 5).status_code == 200
    assert seen(site, 5).state.actions[action].status == "ontwerp"
    assert els.get(f"/beheer/opdrachten/5/acties/{action}").status_code == 200


def test_an_erased_statement_leaves_its_decision_in_the_log(els: httpx.Client, site: Site) -> None:
    first, second = seen(site).themes
    said = first.said[0]
    decide(els, "verplaats", uit=first.id, naar=second.id, uitspraak=said.id)
    with site.storage.writing() as session:
        erase(session, session.get_one(Participant, said.participant).id)
    page = els.get("/beheer/opdrachten/4/beslissingen").text
    assert "geldt niet meer: de uitspraken zijn gewist" in page


def test_themes_are_sifted_and_sorted(els: httpx.Client, site: Site) -> None:
    base = "/beheer/opdrachten/4"
    burgers = els.get(f"{base}?groep=burger").text
    assert "in deze keuze" in burgers
    assert "<strong>24 deelnemers</strong>" not in burgers
    drempels = els.get(f"{base}?soort=drempel").text
    assert drempels.count("<article") == 1
    text = els.get(f"{base}?tekst=BUURTHUIS").text
    assert text.count("<article") == 1
    assert "8 uitspraken van 8 deelnemers" in text
    assert els.get(f"{base}?status=goedgekeurd").text.count("<article") == 0
    named = els.get(f"{base}?sorteer=naam&soort=onzin&ronde=x").text
    first, second = (named.index(each) for each in ("geen tijd &lt;script", "leren op het werk"))
    assert first < second
    assert els.get(f"{base}?ronde=9").status_code == 404
    theme = seen(site).themes[0]
    some = els.get(f"/beheer/themas/{theme.code}?groep=burger").text
    assert "U ziet een keuze" in some
    assert 0 < some.count("<mark>") < 24


def test_pages_follow_what_changes_behind_them(els: httpx.Client, site: Site) -> None:
    assert "48 uitspraken van 24 deelnemers" in els.get("/beheer/opdrachten/4").text
    with site.storage.writing() as session:
        one = session.scalar(select(Statement).limit(1))
        assert one
        submission = one.contribution_version.contribution.submission
        erase(session, submission.participant_id)
    assert "46 uitspraken van 23 deelnemers" in els.get("/beheer/opdrachten/4").text
