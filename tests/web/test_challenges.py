"""Past the limit a browser does some work first, and then comes in; a flood pays for each talk."""

from __future__ import annotations

import hashlib
import time
from dataclasses import replace

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.web_pages import violations
from tests.web_stage import Site
from web.server import challenges
from web.server.challenges import Challenges
from web.server.limits import RateLimiter

pytest_plugins = ["tests.web_fixtures"]


def answer(challenge: dict[str, object]) -> str:
    """The first number that answers a challenge, as a browser finds it."""
    bits = int(str(challenge["bits"]))
    for number in range(2**24):
        proof = f"{challenge['text']}~{number}"
        if not int.from_bytes(hashlib.sha256(proof.encode()).digest()[:4]) >> (32 - bits):
            return proof
    raise AssertionError("no answer")


@pytest.fixture
def crowded(site: Site) -> Site:
    """A website to which this address came as often as it may; it may twice more with proof."""
    limits = site.app.state.services.limits
    narrow = replace(limits, sessions=RateLimiter(1e-6, 1), proven=RateLimiter(1e-6, 2))
    site.app.state.services = replace(site.app.state.services, limits=narrow)
    with site.client() as http:
        assert http.post("/api/chat/sessions", json={}).status_code == 201
    return site


def test_who_comes_too_often_comes_in_with_an_answer_that_counts_once(
    crowded: Site, http: httpx.Client
) -> None:
    refused = http.post("/api/chat/sessions", json={})
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    proof = answer(refused.json()["challenge"])
    with crowded.client() as other:
        talk = other.post("/api/chat/sessions", json={"proof": proof, "opdracht": 4})
        assert talk.status_code == 201
        assert set(talk.json()) == {"session", "token", "receipt"}
    again = http.post("/api/chat/sessions", json={"proof": proof})
    assert again.status_code == 429
    assert http.post(
        "/api/chat/sessions", json={"proof": answer(again.json()["challenge"])}
    ).is_success
    # Proofs do not lift every limit.
    last = http.post("/api/chat/sessions", json={})
    done = http.post("/api/chat/sessions", json={"proof": answer(last.json()["challenge"])})
    assert (done.status_code, done.json().get("challenge")) == (429, None)


@pytest.mark.usefixtures("crowded")
def test_what_answers_nothing_lets_nobody_in(
    http: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    challenge = http.post("/api/chat/sessions", json={}).json()["challenge"]
    right = answer(challenge)
    text = challenge["text"]
    not_yet = next(
        proof for number in range(100)
        if int.from_bytes(hashlib.sha256((proof := f"{text}~{number}").encode()).digest()[:4]) >> 17
    )  # fmt: skip
    easy = Challenges("another key").new()
    for wrong in (not_yet, text, f"{text}~", "~1", "x", answer(easy.model_dump()), right + " "):
        sent = http.post("/api/chat/sessions", json={"proof": wrong})
        assert sent.status_code == 429, wrong
    with monkeypatch.context() as patch:
        later = time.time() + challenges.GOOD_SECONDS + 2
        patch.setattr("itsdangerous.timed.time.time", lambda: later)
        assert http.post("/api/chat/sessions", json={"proof": right}).status_code == 429
    assert http.post("/api/chat/sessions", json={"proof": right}).status_code == 201


def test_an_answer_is_known_however_often_it_comes() -> None:
    known = Challenges("k")
    challenge = known.new()
    assert known.solved(answer(challenge.model_dump())) == challenge.text
    assert known.solved(f"{challenge.text}~") is None


@pytest.mark.browser
@pytest.mark.usefixtures("crowded")
def test_the_widget_does_the_work_by_itself_and_says_so(page: Page) -> None:
    told: list[str] = []
    page.expose_function("told", lambda text: told.append(text))
    page.goto("/opdrachten/4")
    page.evaluate(
        """() => {
        const root = document.querySelector('samenspraak-chat').shadowRoot;
        new MutationObserver(() => window.told(root.textContent)).observe(
            root, {subtree: true, childList: true, characterData: true});
        }"""
    )
    page.get_by_role("button", name="Start het gesprek").click()
    expect(page.get_by_text("Mogen we uw antwoorden bewaren?")).to_be_visible()
    assert any("Uw computer maakt eerst een som" in each for each in told)
    assert page.get_by_text("Uw computer maakt eerst een som").count() == 0
    assert violations(page) == []
