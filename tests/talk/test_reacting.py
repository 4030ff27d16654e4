"""From answers to a carried plan, with the real servers and a real browser, as one walk.

The sample's answers to one opdracht are analysed; a facilitator approves six actions; a reaction
round opens. Forty people react, in the chat and by form, two of them with another wording. The
facilitator accepts one, reads support and suggested priorities, and exports the plan. Its author
reads what became of it, and is erased: counts change and the proof stays right.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import delete, select, text

from analysis import run
from analysis.preprocessing.statements import cut_new
from consultation import accounts, rounds
from consultation.catalogue import Catalogue
from consultation.database.models import Participant, Round
from consultation.database.storage import Storage
from consultation.importing.imports import store_rows
from consultation.importing.readers import read_rows
from consultation.participation import participants
from consultation.participation.answers import GONE
from consultation.queries.disclosure import releasable
from consultation.queries.opdracht_snapshot import OpdrachtSnapshot, opdracht_snapshot
from consultation.reactions.results import RoundReactions, round_reactions
from consultation.settings import ROOT
from reporting.proof.verification import verify
from tests.review_stage import PASSWORD, log_in, post
from tests.servers import Servers, Talk
from tests.web_pages import answer_box

pytest_plugins = ["tests.web_fixtures"]
pytestmark = [
    pytest.mark.servers,
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:Tensorflow not installed:ImportWarning"),
]

OPDRACHT = 10
FORM = f"/formulier/{OPDRACHT}"
REVIEW = f"/beheer/opdrachten/{OPDRACHT}"
OWN_WORDS = (
    "Elke volwassene krijgt van de overheid een leerrekening met een vast bedrag.",
    "De sector betaalt mee aan elke opleiding in een klein bedrijf.",
    "De overheid geeft elke opleider een keurmerk dat zij elk jaar nakijkt.",
    "Scholen laten cursisten hun inschrijving in delen betalen.",
    "Werkgevers geven elk jaar drie dagen verlof om te leren.",
    "Eén brief per jaar zegt aan elke burger wat hij nog kan gebruiken.",
)
BETTER = "De facilitatoren geven elke burger één rekening om te leren, ook wie niet werkt."
AMENDED = "Eén loket beantwoordt alle vragen, ook in het weekend."
STANCES = {
    "burger": "ssvsws",
    "werkgeversorganisatie": "stsstt",
    "werknemersorganisatie": "ssvsss",
    "lokaal_bestuur": "swsstw",
}
"""What a group thinks of the six actions: steun, tegen, voorwaarde, weet_niet."""
NAMES = {"s": "steun", "t": "tegen", "v": "voorwaarde", "w": "weet_niet"}
BUTTONS = {"s": "Ik steun dit", "t": "Ik ben tegen", "v": "Alleen als", "w": "Ik weet het niet"}
BY_FORM = (*["burger"] * 7, *["werkgeversorganisatie"] * 8, *["werknemersorganisatie"] * 8)
BY_FORM = (*BY_FORM, *["lokaal_bestuur"] * 6)
BY_CHAT = (*["burger"] * 4, *["werkgeversorganisatie"] * 2, *["lokaal_bestuur"] * 2)
# Beside these: one in the chat who changes their mind, one by form and one by chat in the browser.
PEOPLE = len(BY_FORM) + len(BY_CHAT) + 3


@pytest.fixture
def storage(servers: Servers, catalogue: Catalogue, tmp_path: Path) -> Iterator[Storage]:
    """Round 1 with the sample's answers to one opdracht, analysed; afterwards round 1 is open."""
    opened = servers.storage()
    lines = (ROOT / "data" / "voorbeeld" / "ronde1.jsonl").read_text(encoding="utf-8").splitlines()
    own = tmp_path / "antwoorden.jsonl"
    own.write_text("\n".join(each for each in lines if f'"opdracht": {OPDRACHT},' in each))
    with opened.writing() as session:
        first = rounds.require_round(session, 1, 1)
        store_rows(session, 1, first, read_rows(own, catalogue), catalogue)
        accounts.add_account(session, "rita", "facilitator", PASSWORD)
        accounts.add_account(session, "baas", "beheerder", PASSWORD)
    cut_new(opened, 1, catalogue, "use")
    run.analyse(
        opened,
        1,
        catalogue,
        encoder_name="use",
        spacy_model="nl_core_news_sm",
        round_number=1,
        opdracht=OPDRACHT,
    )
    yield opened
    with opened.writing() as session:
        for who in session.scalars(select(Participant.id)):
            participants.erase(session, who)
        session.execute(delete(Round).where(Round.number == 2))
        rounds.open_(session, 1, 1)
    opened.close()


def snapshot(storage: Storage) -> OpdrachtSnapshot:
    with storage.reading() as session:
        return opdracht_snapshot(session, 1, OPDRACHT)


def results(storage: Storage, catalogue: Catalogue) -> RoundReactions:
    with storage.reading() as session:
        found = round_reactions(session, 1, opdracht_snapshot(session, 1, OPDRACHT), catalogue)
    assert found
    return found


def approves_six(page: Page, storage: Storage) -> list[str]:
    """What the computer offers and may be quoted is approved, the rest is written from candidates.

    Returns the ids of the approved actions, in the order in which they are shown.
    """
    page.goto(f"{REVIEW}/acties")
    seen = snapshot(storage)
    with storage.reading() as session:
        offered = [each for each in seen.actions if each.proposed and each.statement]
        allowed = releasable(session, [str(each.statement) for each in offered])
    usable = [each for each in offered if each.statement in allowed][:2]
    assert usable
    for each in usable:
        page.locator(f"article[aria-labelledby='actie-{each.id}']").get_by_role(
            "button", name="Keur goed"
        ).click()
        expect(page.get_by_role("status")).to_contain_text("goedgekeurd")
    for place, wording in enumerate(OWN_WORDS[len(usable) :]):
        theme = seen.themes[place % len(seen.themes)]
        page.goto(f"{REVIEW}/acties?thema={theme.code}#nieuw")
        page.get_by_label("Wat moet er gebeuren").fill(wording)
        page.get_by_role("button", name="Bewaar actie").click()
        expect(page.get_by_role("status")).to_contain_text("rita")
        made = page.locator("article").filter(has_text=wording)
        made.get_by_role("button", name="Keur goed").click()
        expect(page.get_by_role("status")).to_contain_text("goedgekeurd")
    found = [each.id for each in snapshot(storage).actions if each.status == "goedgekeurd"]
    assert len(found) == 6
    return found


def fields(page: str) -> dict[str, str]:
    """The hidden fields and the prefilled texts of a page of the form."""
    form = page[page.index('class="questions"') :]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    areas = re.findall(r'<textarea id="[^"]+" name="([^"]+)"[^>]*>\n([^<]*)</textarea>', form)
    return {name: html.unescape(value) for name, value in (*found, *areas)}


def fills_in(http: httpx.Client, group: str, actions: list[str]) -> None:
    """Somebody who reacts by form as their group does, and ranks what they support."""
    agreed = {"toestemming_analyse": "ja", "toestemming_citaat": "ja", "groep": group}
    page = http.post(FORM, data={**fields(http.get(FORM).text), **agreed}).text
    for _ in range(5):
        if "U zei van" in page:
            break
        filled = fields(page)
        for action in re.findall(r'name="reactie_([0-9a-f]{32})" value="steun"', page):
            stance = NAMES[STANCES[group][actions.index(action)]]
            filled[f"reactie_{action}"] = stance
            if stance == "voorwaarde":
                filled[f"voorwaarde_{action}"] = "Als het gratis is."
        supported = re.findall(r'<select id="rang_([0-9a-f]{32})"', page)
        for place, action in enumerate(sorted(supported, key=actions.index), 1):
            filled[f"rang_{action}"] = str(place)
        page = http.post(FORM, data=filled).text
    assert "U zei van 6 acties wat u ervan vindt." in page


def amends_in_the_browser(page: Page, action_id: str) -> str:
    """Two pages of the form in the browser, with another wording for one action; the code."""
    page.goto(FORM)
    page.locator("#toestemming_analyse").check()
    page.locator("#toestemming_citaat").check()
    page.get_by_label("Voor wie spreekt u vooral?").select_option("burger")
    page.get_by_role("button", name="Begin").click()
    amended = False
    for _ in range(2):
        for action in page.locator("section.reaction").all():
            action.get_by_label("Ik steun dit", exact=True).check()
        target = page.locator(f"#wijziging_{action_id}")
        if target.count():
            page.locator("section.reaction").filter(has=target).locator("summary").click()
            target.fill(BETTER)
            amended = True
        page.locator(".questions").get_by_role("button", name="Verstuur en ga verder").click()
    assert amended
    page.get_by_role("button", name="Verstuur", exact=True).click()
    expect(page.get_by_text("U zei van 6 acties wat u ervan vindt.")).to_be_visible()
    return page.locator("b.receipt").inner_text()


def chats_in_the_browser(page: Page) -> None:
    """Somebody who supports all by tapping buttons in the browser's talk."""
    page.goto(f"/gesprek?opdracht={OPDRACHT}")
    expect(answer_box(page)).to_be_visible(timeout=60_000)
    for _ in range(16):
        expect(page.locator(".msg").last).to_have_class("msg bot", timeout=60_000)
        offered = page.locator(".choices button")
        expect(offered.first).to_be_visible()
        names = offered.all_text_contents()
        wanted = ("Ik steun dit", "Er ontbreekt niets", "Overslaan", "Burger", "Ja", "Toon alle")
        name = next((each for each in wanted if each in names), None)
        if name is None or "U: Overslaan" in page.locator(".msg").all_text_contents():
            break
        before = page.locator(".msg").count()
        page.locator(".choices").get_by_role("button", name=name, exact=True).click()
        if name != "Toon alle":
            expect(page.locator(".msg").nth(before + 1)).to_be_visible(timeout=90_000)
    said = page.locator(".msg").all_text_contents()
    assert said.count("U: Ik steun dit") == 6, said


def chats(servers: Servers, group: str, actions: list[str]) -> None:
    """Somebody who reacts in the chat by tapping, as their group does."""
    talk = Talk(servers.url)
    talk.open(group)
    talk.say(f"opdracht {OPDRACHT}")
    while talk.at != ("vraag", OPDRACHT, "ontbreekt"):
        kind, _, action = talk.at[2].partition(":")
        if kind == "voorwaarde":
            talk.say("Alleen als het gratis is.")
        else:
            talk.tap(BUTTONS[STANCES[group][actions.index(action)]])
    talk.tap("Er ontbreekt niets")
    assert talk.at == ("reactie", OPDRACHT, "rangorde")
    talk.tap("Actie ")


def changes_their_mind(servers: Servers) -> Talk:
    """Somebody who reacts in the chat: typed and tapped, corrected, and gone in between."""
    talk = Talk(servers.url)
    talk.open()
    talk.say(f"opdracht {OPDRACHT}")
    first = talk.at
    assert first[0] == "reactie"
    talk.say("ja, want mijn cursisten vragen dat al jaren")
    talk.say("toch liever tegen")
    assert "ctie 1" in talk.said
    assert "ik ben tegen" in talk.said
    second = talk.at
    assert second != first
    talk.tap("Anders verwoorden")
    servers.forget(talk.session)
    talk.say(AMENDED, times=2)
    back = Talk(servers.url, receipt=talk.receipt)
    assert back.at == second
    back.say("joa zeker")
    back.say("alleen als de vakbond akkoord is")
    for _ in range(3):
        back.tap("Ik steun dit")
    assert back.at == ("vraag", OPDRACHT, "ontbreekt")
    back.tap("Er ontbreekt niets")
    assert back.at == ("reactie", OPDRACHT, "rangorde")
    back.say("3")
    while back.at[2] == "rangorde":
        back.tap("/overslaan")
    back.say("wat heb ik al gezegd")
    assert "Actie 1: ik ben tegen." in back.said
    back.say("nee")
    return back


def enters_the_review(browser: Browser, servers: Servers) -> Page:
    context = browser.new_context(base_url=servers.url, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto("/beheer/login")
    page.get_by_label("Naam").fill("rita")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Aanmelden").click()
    page.wait_for_url("**/beheer")
    return page


def opens_the_reaction_round(servers: Servers) -> None:
    with httpx.Client(base_url=servers.url, timeout=60) as http:
        assert log_in(http, "baas").status_code == 303
        assert post(http, "/beheer/rondes/1", doe="sluit").status_code == 303
        assert post(http, "/beheer/rondes/2/open", zeker="ja", soort="reactie").status_code == 303


def proof(page: Page, folder: Path) -> list[str]:
    """The proof as the review gives it, checked as a stranger does; returns what is wrong."""
    answer = page.request.get("/beheer/uitvoer/bewijs.zip")
    assert answer.ok
    path = folder / "bewijs.zip"
    path.write_bytes(answer.body())
    verdict = verify(path)
    assert verdict.checked
    return verdict.faults


def test_forty_people_carry_a_plan_and_read_what_became_of_their_words(
    servers: Servers, storage: Storage, browser: Browser, catalogue: Catalogue, tmp_path: Path
) -> None:
    rita = enters_the_review(browser, servers)
    actions = approves_six(rita, storage)
    wordings = {each.id: snapshot(storage).words(each) for each in snapshot(storage).actions}
    opens_the_reaction_round(servers)

    # Forty people react: by form, in the chat, and some of each in the browser.
    for place, group in enumerate(BY_FORM):
        # One address may send sixty forms at once, so everybody comes from their own.
        own_address = httpx.HTTPTransport(local_address=f"127.0.1.{place + 1}")
        with httpx.Client(base_url=servers.url, timeout=60, transport=own_address) as http:
            fills_in(http, group, actions)
    for group in BY_CHAT:
        chats(servers, group, actions)
    talker = changes_their_mind(servers)
    visitor = browser.new_context(base_url=servers.url, viewport={"width": 390, "height": 844})
    phone = visitor.new_page()
    target = next(each for each in actions if wordings[each] in OWN_WORDS)
    author = amends_in_the_browser(phone, target)
    visitor.clear_cookies()
    chats_in_the_browser(phone)
    found = results(storage, catalogue).actions[target]
    assert found.people == PEOPLE == 40

    # The facilitator reads support by group with intervals, and accepts one of two amendments.
    rita.goto(f"{REVIEW}/reacties")
    section = rita.locator(f"section[aria-labelledby='reacties-{target}']")
    expect(section.get_by_role("row", name=re.compile(r"\(tussen \d+ % en \d+ %\)"))).to_have_count(
        5
    )
    own = section.get_by_role("article").filter(has_text=BETTER)
    expect(own.locator("ins").first).to_be_visible()
    own.get_by_label("Waarom?").fill("Zo telt iedereen mee.")
    own.get_by_role("button", name="Neem over").click()
    expect(rita.get_by_role("status")).to_contain_text("nam de wijziging van een deelnemer over")
    expect(rita.get_by_role("heading", name=BETTER)).to_be_visible()
    take_over = rita.get_by_role("button", name=re.compile("voorgestelde prioriteiten over"))
    take_over.click()
    expect(rita.get_by_role("status")).to_contain_text("prioriteit")
    expect(take_over).to_have_count(0)
    rita.get_by_role("status").get_by_role("button", name="Maak ongedaan").click()
    expect(take_over).to_be_visible()

    # The plan tells support with limits, the difference, the author's consent, and a priority.
    plan = rita.context.new_page()
    plan.set_content(rita.request.get("/beheer/uitvoer/actieplan.html").text())
    expect(plan.locator("ins").first).to_be_visible()
    expect(plan.get_by_text("Wie dit voorstelde, vindt het goed").first).to_be_visible()
    row = plan.get_by_role("row").filter(has_text=BETTER).filter(has_text="Iedereen")
    expect(row).to_contain_text(re.compile(r"\d+ %\s*\d+–\d+ %"))
    expect(plan.get_by_text("(voorstel)").first).to_be_visible()
    assert rita.request.get("/beheer/uitvoer/actieplan.docx").ok
    assert proof(rita, tmp_path) == []

    # Its author reads what became of it, and so does who talked.
    phone.goto("/mijn-antwoorden")
    phone.get_by_label("Uw ontvangstcode").fill(author)
    phone.get_by_role("button", name="Toon mijn antwoorden").click()
    phone.get_by_role("button", name="Wat werd er van mijn woorden?").click()
    told = phone.get_by_text("Uw voorstel is overgenomen. De actie heeft nu uw tekst.")
    expect(told).to_be_visible()
    expect(phone.get_by_text("Zo telt iedereen mee.").first).to_be_visible()
    talker.say("wat werd er van mijn woorden?")
    assert "Uw voorstel voor een andere tekst is nog niet bekeken." in talker.said
    later = Talk(servers.url)
    later.open()
    later.say(f"opdracht {OPDRACHT}")
    while BETTER not in later.said:
        later.tap("Ik weet het niet")

    # Who is erased is gone from counts, from the plan and from all talks; the proof stays right.
    with httpx.Client(base_url=servers.url, timeout=60) as http:
        erased = http.post("/mijn-antwoorden/wis", data={"code": author, "zeker": "ja"})
        assert "gewist" in erased.text
    assert GONE in [each["text"] for each in later.transcript()]
    assert BETTER not in str(later.transcript())
    left = results(storage, catalogue).actions[target]
    assert left.people == found.people - 1
    assert left.total.people["steun"] == found.total.people["steun"] - 1
    assert BETTER not in rita.request.get("/beheer/uitvoer/actieplan.html").text()
    assert proof(rita, tmp_path) == []
    rita.goto(f"{REVIEW}/reacties")
    gone = rita.get_by_role("heading", name="Zonder tekst: de woorden zijn gewist")
    expect(gone).to_be_visible()
    rita.context.close()
    visitor.close()
    with storage.reading() as session:
        for stored in session.execute(text("select text from message")).scalars():
            assert BETTER not in stored
