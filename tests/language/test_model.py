"""A language model behind an address: what it may cost, what it gives, and what it gets to read.

A real HTTP server speaks the protocol, well and badly.
"""

from __future__ import annotations

import gzip
import json
import logging
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler
from typing import Any

import httpx
import pytest

from analysis.codebook.codebook import Codebook, CodebookTheme
from analysis.language_model.coding import AT_ONCE, code
from analysis.language_model.connection import (
    MOST_AT_ONCE,
    MOST_BYTES,
    TRIES,
    LanguageModel,
    language_model,
)
from analysis.language_model.drafting import MOST_QUOTES, ThemeDraft, draft, suggest
from analysis.language_model.masking import LONGEST, MaskedText, masked_texts
from consultation import rounds
from consultation.catalogue import Catalogue
from consultation.database.models import ContributionVersion, Statement
from consultation.database.storage import Storage
from consultation.errors import SamenspraakError
from consultation.participation.participants import give_consent
from consultation.queries.opdracht_snapshot import opdracht_snapshot
from consultation.queries.themes import ThemeView
from consultation.settings import Settings, settings
from samenspraak import doctor
from tests.model_server import Server, answers, says, send, serving, written
from tests.talk.test_plain_dutch import MAX_WORDS, MIN_FLESCH_DOUMA, flesch_douma, split, words
from tests.web_stage import Site, analysed

pytest_plugins = ["tests.web_fixtures"]

SPACY = settings().spacy_model
GOOD = {"naam": "Bussen die niet rijden", "omschrijving": "Te weinig bussen in de dorpen."}
QUOTES = [MaskedText("De bus rijdt niet."), MaskedText("Er is geen bus op zondag.")]
BOOK = Codebook(
    (
        CodebookTheme("b" * 32, "Bus", "Bussen en haltes."),
        CodebookTheme("f" * 32, "Fiets", "Fietspaden.", "Fietsen van het werk."),
    )
)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as found:
        yield found


def test_a_draft_is_a_name_and_a_line(server: Server) -> None:
    server.answer = says(GOOD)
    assert draft(server.model(key="geheim"), QUOTES) == ThemeDraft(
        GOOD["naam"], GOOD["omschrijving"]
    )
    (asked,), (headers,) = server.asked, server.headers
    assert headers["path"] == "/v1/chat/completions"
    assert headers["Authorization"] == "Bearer geheim"
    assert asked["model"] == "klein"
    assert asked["stream"] is False
    assert all(quote in asked["messages"][-1]["content"] for quote in QUOTES)


@pytest.mark.parametrize(
    "content",
    [
        f"```json\n{json.dumps(GOOD)}\n```",
        f"<think>De bus, dus {{vervoer}}.</think>\n{json.dumps(GOOD)}",
        {**GOOD, "naam": " Bussen  die\nniet rijden. "},
    ],
)
def test_a_fence_a_thought_and_white_space_do_no_harm(server: Server, content: object) -> None:
    server.answer = says(content)
    found = draft(server.model(), QUOTES)
    assert found == ThemeDraft(GOOD["naam"], GOOD["omschrijving"])


@pytest.mark.parametrize(
    "content",
    [
        "",
        "Ik denk dat dit over bussen gaat.",
        f"Hier is het: {json.dumps(GOOD)}",
        [GOOD],
        {"naam": "Bussen"},
        {**GOOD, "naam": ""},
        {**GOOD, "naam": 3},
        {**GOOD, "naam": "…  ?!"},
        {**GOOD, "naam": "bus " * 40},
        {**GOOD, "omschrijving": "Kijk op https://koop.example"},
        {**GOOD, "omschrijving": "<script>alert(1)</script>"},
        {**GOOD, "omschrijving": "Wat [naam] zegt."},
        {**GOOD, "omschrijving": ["een", "lijst"]},
        "[" * 50_000,
        '{"naam": ' + "9" * 50_000 + "}",
    ],
    ids=lambda content: str(content)[:30],
)
def test_nonsense_costs_only_the_draft(server: Server, content: object) -> None:
    server.answer = says(content)
    assert draft(server.model(), QUOTES) is None
    assert len(server.asked) == TRIES


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "{",
        "null",
        "[]",
        "[" * 100_000,
        '{"choices": []}',
        '{"choices": [{"message": {"content": null}}]}',
        b"\xff\xfe",
    ],
    ids=lambda reply: repr(reply)[:30],
)
def test_a_reply_that_is_none_costs_only_the_draft(server: Server, reply: str | bytes) -> None:
    server.answer = lambda to, _: send(to, reply)
    assert draft(server.model(), QUOTES) is None


@pytest.mark.parametrize(("status", "tries"), [(500, TRIES), (429, TRIES), (401, 1), (404, 1)])
def test_an_error_is_tried_again_only_where_that_may_help(
    server: Server, status: int, tries: int
) -> None:
    server.answer = lambda to, _: send(to, written(GOOD), status)
    assert draft(server.model(), QUOTES) is None
    assert len(server.asked) == tries


def test_a_server_that_knows_no_schema_is_asked_without(server: Server) -> None:
    def answer(to: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        send(to, written(GOOD), 400 if "response_format" in body else 200)

    server.answer = answer
    assert draft(server.model(), QUOTES) is not None
    assert len(server.asked) == 2


def drip_body(to: BaseHTTPRequestHandler, _: dict[str, Any]) -> None:
    to.send_response(200)
    to.end_headers()
    for sign in written(GOOD):
        to.wfile.write(sign.encode())
        time.sleep(0.1)


def drip_headers(to: BaseHTTPRequestHandler, _: dict[str, Any]) -> None:
    for sign in "HTTP/1.1 200 OK\r\nX-Long: " + "x" * 500:
        to.wfile.write(sign.encode())
        time.sleep(0.1)


def say_nothing(_to: BaseHTTPRequestHandler, _: dict[str, Any]) -> None:
    time.sleep(8)


@pytest.mark.parametrize("answer", [drip_body, drip_headers, say_nothing])
def test_a_slow_answer_is_not_waited_for(
    server: Server, answer: Callable[[BaseHTTPRequestHandler, dict[str, Any]], None]
) -> None:
    server.answer = answer
    began = time.monotonic()
    assert draft(server.model(timeout=0.7), QUOTES) is None
    # The answers take 8 seconds and more; a machine that is busy may be late.
    assert time.monotonic() - began < 6


def test_a_huge_answer_is_not_read_to_its_end(server: Server) -> None:
    sent: list[Any] = []

    def answer(to: BaseHTTPRequestHandler, _: dict[str, Any]) -> None:
        to.send_response(200)
        to.end_headers()
        while len(sent) < 2_000:
            to.wfile.write(b" " * MOST_BYTES)
            sent.append(MOST_BYTES)

    server.answer = answer
    assert draft(server.model(), QUOTES) is None
    assert len(server.asked) == 1
    assert len(sent) < 1_000


def test_a_compressed_answer_is_not_unpacked(server: Server) -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    server.answer = lambda to, _: send(to, bomb, Content_Encoding="gzip")
    assert draft(server.model(), QUOTES) is None
    assert server.headers[0]["Accept-Encoding"] == "identity"


def test_a_closed_connection_costs_only_the_draft(server: Server) -> None:
    server.answer = lambda to, _: to.connection.shutdown(socket.SHUT_RDWR)
    assert draft(server.model(), QUOTES) is None
    assert len(server.asked) == TRIES
    assert draft(LanguageModel("http://127.0.0.1:1/v1", "x", timeout=5), QUOTES) is None


def test_no_more_than_two_questions_wait_at_once(server: Server) -> None:
    at_work, go_on = threading.Semaphore(0), threading.Event()

    def answer(to: BaseHTTPRequestHandler, _: dict[str, Any]) -> None:
        at_work.release()
        go_on.wait(20)
        send(to, written(GOOD))

    server.answer = answer
    with ThreadPoolExecutor(MOST_AT_ONCE) as threads:
        waiting = [
            threads.submit(draft, server.model(timeout=30), QUOTES) for _ in range(MOST_AT_ONCE)
        ]
        for _ in waiting:
            assert at_work.acquire(timeout=20)
        assert draft(server.model(timeout=30), QUOTES) is None
        assert len(server.asked) == MOST_AT_ONCE
        go_on.set()
        assert all(each.result() for each in waiting)
    assert draft(server.model(), QUOTES) is not None


def test_no_redirect_is_followed_and_no_proxy_used(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving() as other:
        server.answer = lambda to, _: send(to, "", 307, Location=f"{other.url}/chat/completions")
        assert draft(server.model(), QUOTES) is None
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, other.url.removesuffix("/v1"))
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        server.answer = says(GOOD)
        assert draft(server.model(), QUOTES) is not None
        assert other.headers == []


def test_nothing_is_asked_without_a_quote(server: Server) -> None:
    assert draft(server.model(), [MaskedText("")]) is None
    assert server.asked == []


def test_logs_hold_no_words(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for content in (GOOD, "Onzin over Zomergem", {"naam": "Zomergem"}):
            server.answer = says(content)
            draft(server.model(), [MaskedText("De lift in Zomergem is stuk.")])
    assert "no usable answer" in caplog.text
    assert "Zomergem" not in caplog.text


def test_statements_get_themes_of_the_codebook_and_no_other(server: Server) -> None:
    server.answer = says(answers(["T1"], ["T2", "T1", "T2"], [], ["T9", "T2"], ["T9"], "T1", [3]))
    texts = [MaskedText(f"uitspraak {at}") for at in range(8)]
    bus, bike = BOOK.ids
    found = code(server.model(), texts, BOOK, SPACY)
    assert found == [(bus,), (bike, bus), (), (bike,), None, None, None, None]
    asked = server.asked[0]["messages"][-1]["content"]
    assert "T1. Bus: Bussen en haltes.\nT2. Fiets: Fietspaden." in asked
    assert "Fietsen van het werk." in asked
    assert bus not in asked


def test_numbers_of_no_statement_do_not_count(server: Server) -> None:
    server.answer = says({"0": ["T1"], "2": ["T2"], "7": ["T2"], "drie": ["T1"]})
    found = code(server.model(), [MaskedText("een"), MaskedText("twee")], BOOK, SPACY)
    assert found == [None, (BOOK.ids[1],)]


def test_a_bad_batch_costs_only_its_own_statements(server: Server) -> None:
    def answer(to: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        bad = "kapot" in body["messages"][-1]["content"]
        send(to, "{" if bad else written(answers(*[["T1"]] * AT_ONCE)))

    server.answer = answer
    texts = [MaskedText("kapot" if at == 0 else f"goed {at}") for at in range(AT_ONCE + 2)]
    found = code(server.model(), texts, BOOK, SPACY)
    assert found == [None] * AT_ONCE + [(BOOK.ids[0],)] * 2


def test_a_dead_model_is_not_asked_for_every_statement(server: Server) -> None:
    server.answer = lambda to, _: send(to, "", 404)
    texts = [MaskedText(f"uitspraak {at}") for at in range(AT_ONCE * 20)]
    assert code(server.model(), texts, BOOK, SPACY) == [None] * len(texts)
    assert len(server.asked) == 3


def test_only_masked_words_leave(server: Server) -> None:
    server.answer = says(answers(["T1"]))
    said = "Bel mij op 0470 12 34 56 of mail jan.peeters@example.be, ik heet Jan Peeters."
    book = Codebook((CodebookTheme("x", "Bus", "Bussen.", examples=(f"Zo is het. {said}",)),))
    code(server.model(), masked_texts([said], SPACY), book, SPACY)
    sent = json.dumps(server.asked[0], ensure_ascii=False)
    for private in ("0470", "12 34 56", "jan.peeters", "Peeters"):
        assert private not in sent
    assert "[telefoonnummer]" in sent
    assert all(len(text) <= LONGEST for text in masked_texts(["woord " * 1_000], SPACY))


LOCAL = ("http://localhost:11434/v1", "http://127.0.0.1:8080/v1", "http://[::1]:8080/v1/")
REMOTE = (
    "https://api.example.be/v1",
    "http://0.0.0.0:8080/v1",
    "http://localhost.example.be/v1",
    "http://10.0.0.2:8080/v1",
    "http://2130706433/v1",
)


def read(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Settings:
    for name, value in variables.items():
        monkeypatch.setenv(f"SAMENSPRAAK_{name}", value)
    settings.cache_clear()
    try:
        return settings()
    finally:
        settings.cache_clear()


def test_without_settings_there_is_no_model() -> None:
    assert language_model(Settings()) is None
    assert doctor.language_model_answers(Settings()) == []


@pytest.mark.parametrize("url", LOCAL)
def test_the_machine_itself_needs_no_more(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    values = read(monkeypatch, LLM_URL=url, LLM_MODEL="klein")
    model = language_model(values)
    assert model is not None
    assert (model.url, model.remote) == (url.rstrip("/"), False)


@pytest.mark.parametrize("url", REMOTE)
def test_another_machine_needs_an_explicit_yes(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for word in ("", "nee"):
        with pytest.raises(SamenspraakError, match="SAMENSPRAAK_LLM_REMOTE=ja"):
            read(monkeypatch, LLM_URL=url, LLM_MODEL="klein", LLM_REMOTE=word)
    values = read(monkeypatch, LLM_URL=url, LLM_MODEL="klein", LLM_REMOTE="ja")
    model = language_model(values)
    assert model is not None
    assert model.remote
    assert values.llm_host in url


@pytest.mark.parametrize(
    ("variables", "mend"),
    [
        ({"LLM_URL": "localhost:8080", "LLM_MODEL": "x"}, "http://localhost:8080/v1"),
        ({"LLM_URL": "http://localhost@ver.example/v1", "LLM_MODEL": "x"}, "write it as"),
        ({"LLM_URL": LOCAL[0]}, "SAMENSPRAAK_LLM_MODEL"),
        ({"LLM_REMOTE": "misschien"}, "write ja or nee"),
        ({"LLM_TIMEOUT": "0"}, "SAMENSPRAAK_LLM_TIMEOUT"),
    ],
)
def test_a_setting_that_does_not_fit_is_named_with_its_mend(
    variables: dict[str, str], mend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SamenspraakError, match=mend):
        read(monkeypatch, **variables)


def test_the_doctor_says_whether_the_model_is_there(server: Server) -> None:
    def checked(**more: Any) -> doctor.Check:
        values = Settings().model_copy(update={"llm_url": server.url, "llm_model": "klein", **more})
        (check,) = doctor.language_model_answers(values)
        return check

    assert checked().ok
    missing = checked(llm_model="anders")
    assert (missing.ok, missing.level) == (False, "warning")
    assert "klein" in missing.mend
    gone = checked(llm_url="http://127.0.0.1:1/v1")
    assert not gone.ok
    assert "127.0.0.1:1" in gone.detail


def theme_of(storage: Storage, consultation: int = 1) -> ThemeView:
    """The first theme of the staged run."""
    with storage.reading() as session:
        return opdracht_snapshot(session, consultation, 4).themes[0]


def test_a_theme_of_the_review_gets_a_suggestion_from_masked_statements(
    server: Server, storage: Storage, catalogue: Catalogue
) -> None:
    with storage.writing() as session:
        rounds.ensure_consultation(session, catalogue)
        rounds.open_(session, 1, 1)
    analysed(storage)
    theme = theme_of(storage)
    with storage.writing() as session:
        statement = session.get(Statement, theme.said[0].id)
        assert statement
        version = session.get(ContributionVersion, statement.contribution_version_id)
        assert version
        version.text = f"{version.text} Bel 0470 12 34 56."
        statement.end = len(version.text)
    server.answer = says(GOOD)
    expected = ThemeDraft(GOOD["naam"], GOOD["omschrijving"])
    assert suggest(storage, server.model(), theme) == expected
    asked = server.asked[0]["messages"][-1]["content"]
    assert "0470" not in asked
    assert "[telefoonnummer]" in asked
    assert asked.count("\n- ") == min(MOST_QUOTES, len(theme.said))

    assert suggest(storage, None, theme) is None
    server.asked.clear()
    for participant in {each.participant for each in theme.said}:
        with storage.writing() as session:
            give_consent(session, catalogue, participant, "analyse", False)
    assert suggest(storage, server.model(), theme) is None
    assert server.asked == []


def test_the_privacy_page_tells_where_words_go(site: Site, http: httpx.Client) -> None:
    assert "taalmodel" not in http.get("/privacy").text
    site.settings.llm_url = LOCAL[0]
    assert "op onze eigen computer" in http.get("/privacy").text
    site.settings.llm_url = REMOTE[0]
    told = http.get("/privacy").text
    assert "bij api.example.be" in told
    texts = re.findall(r"<p>(.*?)</p>", told[told.index("Leest een taalmodel mee") :], re.DOTALL)[
        :2
    ]
    sentences = split(" ".join(texts))
    assert max(len(words(each)) for each in sentences) <= MAX_WORDS
    assert flesch_douma(" ".join(texts)) >= MIN_FLESCH_DOUMA
