"""The review: only after login, and every quote leads to the exact words it is from."""

from __future__ import annotations

import html
import re
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from consultation import accounts, rounds
from consultation.catalogue import Catalogue
from consultation.database.models import (
    AnalysisRun,
    Assignment,
    Consent,
    Contribution,
    Participant,
    RunTheme,
    Statement,
    Theme,
)
from consultation.database.storage import Storage
from consultation.errors import AccountError, InvitationUnknown
from consultation.participation import participants, sign_in
from consultation.queries import answer_view, participation
from consultation.queries.statements import StatementCounts, active_statements, counts
from consultation.queries.themes import latest_run, themes_of, without_theme
from language.segmentation.plain_text import readable
from tests.web_stage import BARRIERS, Site, Talk, analysed, begin
from web.access.login import _inside
from web.server.limits import RateLimiter

pytest_plugins = ["tests.web_fixtures"]

PASSWORD = "een lang wachtwoord"


@pytest.fixture
def reviewer(http: httpx.Client, site: Site) -> httpx.Client:
    """A client that is logged in."""
    with site.storage.writing() as session:
        accounts.add_account(session, "Els", "facilitator", PASSWORD)
    log_in(http, "els", PASSWORD)
    return http


def log_in(http: httpx.Client, name: str, password: str, **more: str) -> httpx.Response:
    form = http.get("/beheer/login").text
    field = re.search(r'name="formulier" value="([^"]+)"', form)
    assert field
    return http.post(
        "/beheer/login",
        data={"username": name, "password": password, "formulier": field[1], **more},
    )


def test_who_is_not_logged_in_is_sent_to_the_login_and_back(http: httpx.Client, site: Site) -> None:
    for path in ("/beheer", "/beheer/opdrachten/4", "/beheer/themas/O04-T001"):
        answer = http.get(path)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/beheer/login?next=%2Fbeheer")
    with site.storage.writing() as session:
        accounts.add_account(session, "els", "analist", PASSWORD)
    answer = log_in(http, " ELS ", PASSWORD, next="/beheer/opdrachten/4?ronde=1")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/beheer/opdrachten/4?ronde=1"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert http.get("/beheer").status_code == 200


def test_a_tool_may_log_in_with_name_and_password_alone(http: httpx.Client, site: Site) -> None:
    with site.storage.writing() as session:
        accounts.add_account(session, "els", "analist", PASSWORD)
    form = {"username": "els", "password": PASSWORD}
    forged = http.post("/beheer/login", data=form, headers={"Origin": "https://kwaad.example"})
    assert forged.status_code == 403
    assert http.post("/beheer/login", data=form).status_code == 303


@pytest.mark.parametrize(
    "target",
    ["https://kwaad.example/beheer", "//kwaad.example", "/", "/beheer/login", "/beheer\\x", ""],
)
def test_login_leads_nowhere_else(target: str) -> None:
    assert _inside(target) == "/beheer"


def test_wrong_passwords_are_refused_and_then_slowed_down(http: httpx.Client, site: Site) -> None:
    with site.storage.writing() as session:
        accounts.add_account(session, "els", "analist", PASSWORD)
    answers = [log_in(http, "els", "fout wachtwoord") for _ in range(11)]
    assert [each.status_code for each in answers] == [401] * 10 + [429]
    assert "naam of het wachtwoord" in answers[0].text
    assert "minuten" in answers[-1].text
    assert log_in(http, "els", PASSWORD).status_code == 429


def test_a_new_password_ends_sessions_made_with_the_old_one(
    reviewer: httpx.Client, site: Site
) -> None:
    assert reviewer.get("/beheer").status_code == 200
    with site.storage.writing() as session:
        assert (
            accounts.add_account(session, "els", "beheerder", "nog een wachtwoord").created is False
        )
    assert reviewer.get("/beheer").status_code == 303


def test_logging_out_takes_the_form_of_this_site(reviewer: httpx.Client) -> None:
    reviewer.post("/beheer/logout", data={"formulier": "vals"})
    page = reviewer.get("/beheer")
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    field = re.search(r'name="formulier" value="([^"]+)"', page.text)
    assert field
    reviewer.post("/beheer/logout", data={"formulier": field[1]})
    assert reviewer.get("/beheer").status_code == 303


def test_accounts_say_what_does_not_fit(site: Site) -> None:
    with site.storage.writing() as session:
        with pytest.raises(AccountError, match="at least 8"):
            accounts.add_account(session, "els", "analist", "kort")
        with pytest.raises(AccountError, match="facilitator, analist, beheerder"):
            accounts.add_account(session, "els", "baas", PASSWORD)
        with pytest.raises(AccountError, match="name"):
            accounts.add_account(session, "a b", "analist", PASSWORD)
        with pytest.raises(AccountError, match="user add"):
            accounts.set_password(session, "niemand", PASSWORD)
        assert accounts.add_account(session, "els", "analist", PASSWORD).created
        assert accounts.verify(session, "els", PASSWORD)
        assert accounts.verify(session, "els", PASSWORD + "x") is None
        assert accounts.verify(session, "niemand", PASSWORD) is None
        assert PASSWORD not in accounts.find(session, "els").password_hash  # type: ignore[union-attr]


def test_the_overview_has_all_rounds_and_opdrachten(reviewer: httpx.Client, site: Site) -> None:
    empty = reviewer.get("/beheer").text
    assert "samenspraak analyse" in empty
    made = analysed(site.storage)
    page = reviewer.get("/beheer").text
    assert f"nummer {made['run']}" in page
    row = re.search(r'opdrachten/4">.*?</tr>', page, re.S)
    assert row
    assert re.findall(r'class="number">([^<]+)<', row[0]) == ["24", "48", "48", "2"]
    assert re.search(r'/opdrachten/4/nieuw"[^>]*>48<', row[0])
    assert page.count("/beheer/opdrachten/") == 10 + 1
    assert reviewer.get("/beheer?ronde=1").status_code == 200
    assert reviewer.get("/beheer?ronde=7").status_code == 404


def test_a_theme_shows_size_groups_quotes_and_the_proposed_action(
    reviewer: httpx.Client, site: Site
) -> None:
    made = analysed(site.storage)
    page = reviewer.get("/beheer/opdrachten/4").text
    assert "Komt terug:" not in page
    for code in made["codes"]:
        assert code in page
    assert "<strong>24 deelnemers</strong>, 24 uitspraken" in page
    assert "<strong>19 deelnemers</strong>, 19 uitspraken" in page
    assert "Zonder thema (5)" in page
    assert (
        "<blockquote>Opleiding is te duur &amp; niemand zegt dat er hulp is.</blockquote>" in page
    )
    assert "<script>alert" not in page
    assert "Voorgestelde actie" in page
    with site.storage.reading() as session:
        actions = set(session.scalars(select(RunTheme.action_statement_id)))
    for action in actions:
        assert page.count(f"#u-{action}") == 1, "the proposed action is no quote beside itself"
    assert reviewer.get("/beheer/opdrachten/4?ronde=1").status_code == 200


def test_every_statement_is_marked_in_its_whole_answer(reviewer: httpx.Client, site: Site) -> None:
    made = analysed(site.storage)
    page = reviewer.get(f"/beheer/themas/{made['codes'][0].lower()}").text
    assert page.count("<mark>") == 19
    assert "Eerst dit: <mark>Ik vind de weg niet op de website &lt;b&gt;van" in page
    answer = reviewer.get(f"/beheer/antwoorden/{made['answers'][2]}").text
    assert f"<mark>{BARRIERS[1].replace('&', '&amp;')}</mark>" in answer
    assert f"/beheer/themas/{made['codes'][0]}" in answer
    assert "Ingelezen bestand" in answer


def test_an_answer_from_a_talk_leads_to_its_turn(
    reviewer: httpx.Client, site: Site, talk: Talk
) -> None:
    talk.send("Ja", "c1", payload="/bevestigen")
    talk.send("Te weinig <i>tijd</i>", "c2")
    with site.storage.reading() as session:
        contribution = session.query(Contribution).one().id
    page = reviewer.get(f"/beheer/antwoorden/{contribution}").text
    assert "Te weinig &lt;i&gt;tijd&lt;/i&gt;" in page
    assert "Dit is de vraag over drempel." in page
    assert "nog geen uitspraken" in page


@pytest.mark.parametrize("people", [0, 1, 5, 14])
def test_few_statements_are_shown_as_they_are(
    reviewer: httpx.Client, site: Site, people: int
) -> None:
    made = analysed(site.storage, people)
    with site.storage.writing() as session:
        session.delete(session.get_one(AnalysisRun, made["run"]))
    page = reviewer.get("/beheer/opdrachten/4")
    assert page.status_code == 200
    assert "te weinig uitspraken om te groeperen" in page.text
    assert page.text.count("<blockquote>") == people * 2


def test_erasing_someone_changes_the_counts(reviewer: httpx.Client, site: Site) -> None:
    analysed(site.storage)
    with site.storage.writing() as session:
        first = session.query(Participant).filter_by(group="burger").first()
        assert first
        participants.erase(session, first.id)
    page = reviewer.get("/beheer/opdrachten/4").text
    assert "<strong>23 deelnemers</strong>, 23 uitspraken" in page


@pytest.mark.parametrize(
    "path",
    [
        "/beheer/opdrachten/99",
        "/beheer/opdrachten/4?ronde=9",
        "/beheer/themas/O04-T999",
        "/beheer/themas/onzin",
        "/beheer/themas/O99-T001",
        "/beheer/antwoorden/nergens",
        "/beheer/nergens",
    ],
)
def test_what_is_not_there_is_a_dutch_page(reviewer: httpx.Client, path: str) -> None:
    answer = reviewer.get(path)
    assert answer.status_code == 404
    assert "Deze pagina bestaat niet" in answer.text


def test_long_lists_come_in_pages(reviewer: httpx.Client, site: Site) -> None:
    made = analysed(site.storage, 130)
    page = reviewer.get(f"/beheer/themas/{made['codes'][1]}").text
    assert "Pagina 1 van 3" in page
    third = reviewer.get(f"/beheer/themas/{made['codes'][1]}?pagina=3").text
    assert page.count("<mark>") == 50
    assert third.count("<mark>") == 30
    assert 'start="101"' in third


def unplaced(site: Site, people: int) -> None:
    """Takes the opdracht from what the first people proposed."""
    with site.storage.writing() as session:
        proposals = select(Statement).where(Statement.kind == "voorstel").order_by(Statement.id)
        for statement in session.scalars(proposals.limit(people)):
            statement.opdracht = None


def test_what_no_opdracht_was_found_for_waits_on_a_page_of_its_own(
    reviewer: httpx.Client, site: Site
) -> None:
    analysed(site.storage, 60)
    assert "/beheer/zonder-opdracht" not in reviewer.get("/beheer").text
    assert "Elke uitspraak hoort bij een opdracht" in reviewer.get("/beheer/zonder-opdracht").text
    unplaced(site, 52)
    row = re.search(r"zonder-opdracht.*?</tr>", reviewer.get("/beheer").text, re.S)
    assert row
    assert re.findall(r'class="number">([^<]+)<', row[0]) == ["52", "52", "52", "-", "-"]
    page = reviewer.get("/beheer/zonder-opdracht?ronde=1").text
    assert "52 uitspraken uit 52 antwoorden van 52 deelnemers, tot en met ronde 1" in page
    assert "?ronde=1&amp;pagina=2" in page
    second = reviewer.get("/beheer/zonder-opdracht?pagina=2").text
    links = re.findall(r"/beheer/antwoorden/\w+#u-\w+", page + second)
    assert len(set(links)) == 52
    assert "nog niet geplaatst" in reviewer.get(links[0]).text
    assert reviewer.get("/beheer/zonder-opdracht?ronde=9").status_code == 404


def test_an_opdracht_with_many_themes_and_loose_statements_comes_in_pages(
    reviewer: httpx.Client, site: Site
) -> None:
    made = analysed(site.storage, 300)
    with site.storage.writing() as session:
        for number in range(3, 24):
            theme = Theme(consultation_id=1, opdracht=4, number=number)
            session.add(theme)
            session.flush()
            session.add(RunTheme(run_id=made["run"], theme_id=theme.id, label=f"thema {number}"))
    page = reviewer.get("/beheer/opdrachten/4").text
    assert "23 thema’s" in page
    assert page.count("<article") == 20
    assert "Zonder thema (60)" in page
    assert page.count("<li>\n<blockquote>") == 50 + 2 * 4  # an action and three quotes
    other = reviewer.get("/beheer/opdrachten/4?themas=2&pagina=2").text
    assert other.count("<article") == 3
    assert other.count("<li>\n<blockquote>") == 10
    assert "?themas=2&amp;pagina=1#los" in other
    assert "?pagina=2&amp;themas=1#themas" in other
    assert "O04-T023" in page + other


def test_a_theme_says_how_well_it_comes_back(reviewer: httpx.Client, site: Site) -> None:
    made = analysed(site.storage)
    with site.storage.writing() as session:
        for seen in session.query(RunTheme).filter_by(run_id=made["run"]):
            seen.trust = {"stability": 0.868, "closeness": 0.5}
    for address in ("/beheer/opdrachten/4", f"/beheer/themas/{made['codes'][1]}"):
        page = reviewer.get(address).text
        assert re.search(r"Komt terug: 87 % · Grootste groep: Burger \(\d+ %\)", page)
        assert page.count("Dat zegt niet of de uitspraken bij elkaar horen") == 1


def test_who_no_longer_agrees_to_analysis_is_not_read_here(
    reviewer: httpx.Client, site: Site
) -> None:
    analysed(site.storage)
    with site.storage.writing() as session:
        person = session.query(Participant).filter_by(group="burger").first()
        assert person
        person.consents.append(Consent(purpose="analyse", granted=False, version="1"))
    page = reviewer.get("/beheer/opdrachten/4").text
    assert "<strong>23 deelnemers</strong>, 23 uitspraken" in page


@given(
    st.text(max_size=60),
    st.lists(st.tuples(st.integers(-5, 70), st.integers(-5, 70)), max_size=6),
)
def test_marking_never_changes_a_text(text: str, borders: list[tuple[int, int]]) -> None:
    spans: list[Any] = [(str(number), *sorted(pair)) for number, pair in enumerate(borders)]
    segments = answer_view.marked(text, spans)
    assert "".join(each.text for each in segments) == text
    for name, start, end in spans:
        covered = "".join(each.text for each in segments if name in each.statements)
        assert covered == text[max(0, start) : max(0, end)]


def test_a_bucket_fills_up_again() -> None:
    clock: list[Any] = [0.0]
    buckets = RateLimiter(rate=0.5, burst=2, clock=lambda: clock[0])
    assert [buckets.take("a") for _ in range(3)] == [0, 0, 2]
    assert buckets.take("b") == 0
    clock[0] = 2.0
    assert [buckets.take("a") for _ in range(2)] == [0, 2]


def test_a_second_round_is_chosen_by_number(reviewer: httpx.Client, site: Site) -> None:
    made = analysed(site.storage)
    with site.storage.writing() as session:
        rounds.close(session, 1, 1)
        rounds.open_(session, 1, 2)
    page = reviewer.get("/beheer/opdrachten/4?ronde=2").text
    assert "Er zijn geen thema’s met deze keuze" in page
    assert "0 uitspraken van 0 deelnemers in deze keuze" in page
    theme = reviewer.get(f"/beheer/themas/{made['codes'][0]}").text
    assert re.search(r"Mensen per ronde\. Dit thema werd kleiner: van \d\d naar 0\.", theme)
    assert re.search(r'Ronde 1</th><td><svg.*<rect width="160.0".*</svg> (24|19)</td>', theme)
    assert re.search(r'Ronde 2</th><td><svg.*<rect width="0.0".*</svg> 0</td>', theme)
    assert begin(reviewer).read()


def test_numbers_and_themes_are_the_same_on_every_database(
    storage: Storage, catalogue: Catalogue
) -> None:
    with storage.writing() as session:
        consultation = rounds.ensure_consultation(session, catalogue).id
        rounds.open_(session, consultation, 1)
    made = analysed(storage)
    with storage.reading() as session:
        assert participation.per_opdracht(session, consultation)[4].answers == 48
        assert participation.per_opdracht(session, consultation)[4].people == 24
        assert participation.per_opdracht(session, consultation, 0) == {}
        assert [
            (each.people, each.answers) for each in participation.per_round(session, consultation)
        ] == [(24, 48)]
        run = latest_run(session, consultation, 4, 1)
        assert run
        said = active_statements(session, consultation, 4, until_round=1)
        found = themes_of(session, run, 4, said)
        assert [len(each.said) for each in found] == [24, 19]
        assert len(without_theme(said, found)) == 5
        assert counts(session, consultation) == {
            4: StatementCounts(statements=48, answers=48, people=24)
        }
        assert counts(session, consultation, 0) == {}
        texts = answer_view.texts_of(session, [each.contribution for each in said])
        assert all(
            each.text == readable(texts[each.contribution][each.start : each.end]) for each in said
        )
        answer = answer_view.answer(session, consultation, made["answers"][0])
        assert answer
        assert answer.statements[0].text in readable(answer.text)


def test_an_entrance_is_the_same_on_every_database(storage: Storage, catalogue: Catalogue) -> None:
    with storage.writing() as session:
        consultation = rounds.ensure_consultation(session, catalogue).id
        rounds.open_(session, consultation, 1)
        first = sign_in.enter(session, consultation, "key")
        back = sign_in.enter(session, consultation, "key", receipt=first.receipt.lower())
        assert back.conversation.id == first.conversation.id
        with pytest.raises(InvitationUnknown):
            sign_in.enter(session, consultation, "key", invitation="nope")


def test_the_statements_of_an_answer_stand_together_under_it(
    reviewer: httpx.Client, site: Site
) -> None:
    made = analysed(site.storage)
    with site.storage.writing() as session:
        theme = session.scalars(select(Assignment).order_by(Assignment.id)).first()
        assert theme is not None
        first = session.get_one(Statement, theme.statement_id)
        more = [
            Statement(
                contribution_version_id=first.contribution_version_id,
                start=start,
                end=end,
                kind="anders",
                opdracht=4,
            )
            for start, end in ((0, 5), (6, 9))
        ]
        session.add_all(more)
        session.flush()
        session.add_all(
            Assignment(
                statement_id=each.id, theme_id=theme.theme_id, run_id=theme.run_id, score=score
            )
            for each, score in zip(more, (0.1, 0.2), strict=True)
        )
        ids = [more[0].id, more[1].id, first.id]
        whole = first.contribution_version.text
        answer = first.contribution_version.contribution_id
    page = reviewer.get(f"/beheer/themas/{made['codes'][0]}").text
    own = page.partition(f'id="a-{answer}"')[2].partition("</ul>")[0]
    assert re.findall(r'name="uitspraak" value="(\w+)"', own) == ids, "in the order of the answer"
    assert page.count(f'id="a-{answer}"') == 1
    assert "21 uitspraken in 19 antwoorden" in page
    assert own.count("<mark>") == 3
    text = re.sub(r"<[^>]+>", "", own.partition('<p class="answer">')[2].partition("</p>")[0])
    assert html.unescape(text) == whole
    assert re.search(r"Deelnemer \d+</strong> · [^·]+ · ronde 1", own)


def test_answers_of_one_person_stand_together(reviewer: httpx.Client, site: Site) -> None:
    made = analysed(site.storage)
    with site.storage.writing() as session:
        last = session.get_one(Contribution, made["answers"][-1])
        first = session.get_one(Contribution, made["answers"][1])
        first.submission_id, first.source_key = last.submission_id, "same person"
    page = reviewer.get(f"/beheer/themas/{made['codes'][1]}").text
    order = re.findall(r'<li id="a-(\w+)">\s*<p class="fine"><strong>Deelnemer (\d+)', page)
    at = {answer: place for place, (answer, _) in enumerate(order)}
    people = dict(order)
    assert abs(at[made["answers"][1]] - at[made["answers"][-1]]) == 1
    assert people[made["answers"][1]] == people[made["answers"][-1]]
    assert len(set(people.values())) == 23
