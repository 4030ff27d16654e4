"""The chat's contract: stored once, answered once, whatever is down meanwhile."""

from __future__ import annotations

import threading
import time
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from consultation import rounds
from consultation.database.models import (
    Consent,
    Contribution,
    ContributionVersion,
    Conversation,
    Invitation,
    Message,
    Participant,
)
from consultation.participation import participants
from dialogue import turns
from tests.web_stage import Answer, Site, StandIn, Talk, ask, begin, effects, small_talk

pytest_plugins = ["tests.web_fixtures"]

BROKEN: list[Any] = [
    [],
    500,
    b"<html>",
    {"no": "list"},
    [{"recipient_id": "x", "text": "zonder stap"}],
    [{"custom": {"turn_failed": True}}, *ask("x", "vraag")],
    [effects({"kind": "unknown"}), *ask("x", "vraag")],
]


def stored(site: Site, text: str) -> int:
    with site.storage.reading() as session:
        query = select(func.count()).select_from(Message).where(Message.text == text)
        return session.scalar(query) or 0


def test_a_session_gives_a_receipt_and_the_opening_waits_to_be_read(talk: Talk) -> None:
    assert len(talk.receipt) == 14
    opening = talk.read()
    assert [each["from"] for each in opening] == ["assistent", "assistent"]
    assert opening[1]["custom"] == {"step": "toestemming"}
    assert [each["title"] for each in opening[1]["buttons"]] == ["Ja", "Nee"]
    assert opening[0]["buttons"] == []


def test_a_whole_talk_is_stored_verbatim(talk: Talk, site: Site) -> None:
    said = ["  Te duur, zegt de baas.\n", "/restart", "VDAB é́ 🎓", "heel dringend"]
    assert talk.send("Ja", "c0", payload="/bevestigen").status_code == 200
    for number, text in enumerate(said):
        answer = talk.send(text, f"c{number + 1}")
        assert answer.status_code == 200
    assert answer.json()[0]["custom"] == {"step": "einde"}
    with site.storage.reading() as session:
        texts = session.scalars(
            select(ContributionVersion.text).join(Contribution).order_by(Contribution.created_at)
        )
        assert list(texts) == said
        assert session.scalar(select(Consent.granted)) is True
        assert session.scalar(select(Conversation.ended_at)) is not None
    assert talk.send("Nog iets", "c9").status_code == 200


def test_rasa_never_sees_a_command_that_was_typed(talk: Talk, stand_in: StandIn) -> None:
    talk.send("/session_start", "c1")
    talk.send(" \n/restart", "c2")
    assert [each["message"][0] for each in stand_in.heard[-2:]] == ["\u2060", "\u2060"]


def test_a_bubble_carries_text_buttons_and_custom_together(talk: Talk, stand_in: StandIn) -> None:
    stand_in.answer = lambda _: [
        {"recipient_id": "x", "text": "Goed."},
        effects({"kind": "opdracht", "opdracht": 4}),
        {"recipient_id": "x", "text": "En nu?", "buttons": [{"title": "Ja", "payload": "/a"}]},
        {"recipient_id": "x", "custom": {"step": "verder"}},
        {"recipient_id": "x", "custom": {"kaart": 1}},
    ]
    bubbles = talk.send("hallo", "c1").json()
    assert [{**each, "seq": 0} for each in bubbles] == [
        {"seq": 0, "text": "Goed."},
        {
            "seq": 0,
            "text": "En nu?",
            "buttons": [{"title": "Ja", "payload": "/a"}],
            "custom": {"step": "verder"},
        },
        {"seq": 0, "custom": {"kaart": 1}},
    ]


def test_the_assistant_is_told_where_the_talk_stands(talk: Talk, stand_in: StandIn) -> None:
    talk.send("Ja", "c1", payload="/bevestigen")
    talk.send("Te weinig tijd", "c2")
    heard = stand_in.heard[-1]["metadata"]
    assert (heard["step"], heard["opdracht"], heard["question"]) == ("vraag", 4, "drempel")
    assert heard["conversation"] == talk.session
    assert stand_in.heard[-1]["sender"].startswith(f"{talk.session}.")


def test_the_same_message_twice_is_stored_once_and_answered_the_same(
    talk: Talk, site: Site, stand_in: StandIn
) -> None:
    talk.send("Ja", "c1", payload="/bevestigen")
    first = talk.send("Mijn antwoord", "c2")
    heard = len(stand_in.heard)
    assert talk.send("Mijn antwoord", "c2").json() == first.json()
    assert len(stand_in.heard) == heard
    assert stored(site, "Mijn antwoord") == 1
    other = talk.send("Iets anders", "c2")
    assert other.status_code == 409
    assert "andere tekst" in other.json()["detail"]


def test_a_repeat_waits_for_the_first_that_is_still_at_work(talk: Talk, stand_in: StandIn) -> None:
    def slow(body: dict[str, Any]) -> Any:
        time.sleep(0.5)
        return small_talk(body)

    stand_in.answer = slow
    answers: list[Any] = []
    threads = [
        threading.Thread(target=lambda: answers.append(talk.send("Traag", "c1").json()))
        for _ in range(5)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert answers[0]
    assert all(each == answers[0] for each in answers)
    assert [each["message"] for each in stand_in.heard].count("Traag") == 1


def test_messages_sent_at_once_are_answered_in_the_order_they_came(
    talk: Talk, stand_in: StandIn
) -> None:
    threads = [
        threading.Thread(target=talk.send, args=(f"nummer {number}", f"c{number}"))
        for number in range(8)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    typed = [each["text"] for each in talk.read() if each["from"] == "deelnemer"]
    asked = [each["message"] for each in stand_in.heard if each["message"] != "/begroeten"]
    assert typed == asked


@pytest.mark.parametrize("broken", BROKEN, ids=[str(number) for number in range(len(BROKEN))])
def test_half_an_answer_is_no_answer(talk: Talk, stand_in: StandIn, broken: Any) -> None:
    failures = iter([broken, broken])
    stand_in.answer = lambda body: (
        next(failures, None) or (small_talk(body) if len(stand_in.heard) > 3 else broken)
    )
    answer = talk.send("Hallo daar", "c1")
    assert answer.status_code == 200
    assert answer.json()[-1]["custom"]["step"] == "vraag"
    tries = [each["sender"] for each in stand_in.heard if each["message"] == "Hallo daar"]
    assert len(tries) == len(set(tries)) == 3, "every try has a fresh tracker"


def test_down_means_202_and_the_reply_comes_by_get(talk: Talk, site: Site) -> None:
    after = talk.read()[-1]["seq"]
    site.rasa.stop()
    answer = talk.send("Bent u daar?", "c1")
    assert answer.status_code == 202
    assert answer.headers["Retry-After"] == "3"
    assert "bewaard" in answer.json()["detail"]
    assert [each["from"] for each in talk.read(after)] == ["deelnemer"]
    assert talk.send("Bent u daar?", "c1").status_code == 202
    site.rasa.start()
    reply = talk.wait_for_reply(after)
    assert reply[0]["custom"]["step"] == "vraag"
    again = talk.send("Bent u daar?", "c1")
    assert again.status_code == 200
    assert again.json()[0]["seq"] == reply[0]["seq"]
    assert stored(site, "Bent u daar?") == 1


def test_what_a_process_that_died_had_recorded_is_answered_at_start_up(
    talk: Talk, site: Site
) -> None:
    after = talk.read()[-1]["seq"]
    site.rasa.stop()
    assert talk.send("Nog voor de stroom uitviel", "c1").status_code == 202
    site.stop()
    site.rasa.start()
    site.start()
    with site.client() as http:
        talk.http = http
        assert talk.wait_for_reply(after)
        assert talk.send("Nog voor de stroom uitviel", "c1").status_code == 200
    assert stored(site, "Nog voor de stroom uitviel") == 1


def test_a_session_opens_while_the_assistant_is_down(http: httpx.Client, site: Site) -> None:
    site.rasa.stop()
    begun = time.monotonic()
    talk = begin(http)
    assert time.monotonic() - begun < 7
    assert talk.read() == []
    site.rasa.start()
    assert talk.wait_for_reply(0)[-1]["custom"]["step"] == "toestemming"


def test_a_message_that_keeps_failing_does_not_block_the_talk(
    talk: Talk, site: Site, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "LONGEST_WAIT", 0.2)
    monkeypatch.setattr(turns, "WORKER_PAUSE", 0.1)
    after = talk.read()[-1]["seq"]
    stand_in.answer = lambda body: 500 if "gif" in body["message"] else small_talk(body)
    assert talk.send("Dit is gif", "c1").status_code == 202
    reply = talk.wait_for_reply(after)
    assert "bewaard" in reply[0]["text"]
    assert reply[-1]["custom"] == {"step": "toestemming"}
    assert [each["title"] for each in reply[-1]["buttons"]] == ["Ja", "Nee"]
    assert talk.send("Ja", "c2", payload="/bevestigen").json()[-1]["custom"]["step"] == "vraag"
    assert stored(site, "Dit is gif") == 1


def test_only_a_payload_that_was_offered_is_a_command(talk: Talk) -> None:
    refused = talk.send("Stop", "c1", payload="/restart")
    assert refused.status_code == 422
    assert "keuze" in refused.json()["detail"]
    assert talk.send("Ja", "c2", payload="/bevestigen").status_code == 200
    assert talk.send("Nee", "c3", payload="/ontkennen").status_code == 422


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"message": "x" * 10_001, "client_id": "a"}, 413),
        ({"message": "x" * 300_000, "client_id": "a"}, 413),
        ({"message": "", "client_id": "a"}, 422),
        ({"message": " \n\t", "client_id": "a"}, 422),
        ({"message": "\u200b \u2060", "client_id": "a"}, 422),
        ({"message": "a\0b", "client_id": "a"}, 422),
        ({"message": "x", "client_id": ""}, 422),
        ({"message": "x", "client_id": "a" * 129}, 422),
        ({"message": "x"}, 422),
        ({"message": 4, "client_id": "a"}, 422),
        ({"message": "x", "client_id": "a", "intent": "/x"}, 422),
        ([], 422),
    ],
)
def test_what_does_not_fit_is_refused_in_dutch(talk: Talk, body: Any, status: int) -> None:
    answer = talk.http.post("/api/chat/messages", json=body, headers=talk.headers)
    assert answer.status_code == status
    assert set(answer.json()) == {"detail"}
    assert isinstance(answer.json()["detail"], str)
    assert "xxxx" not in answer.text


def test_ten_thousand_characters_fit(talk: Talk, site: Site) -> None:
    text = "é" * 10_000
    assert talk.send(text, "a" * 128).status_code == 200
    assert stored(site, text) == 1


@pytest.mark.parametrize(
    "raw", [b"{", b'{"message": "\\ud800", "client_id": "a"}', b"\xff\xfe", b""]
)
def test_a_body_that_is_no_json_is_refused(talk: Talk, raw: bytes) -> None:
    headers = {**talk.headers, "Content-Type": "application/json"}
    answer = talk.http.post("/api/chat/messages", content=raw, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["detail"]


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer x.y.z", "Basic abc"])
def test_without_a_good_token_there_is_no_talk(talk: Talk, header: str | None) -> None:
    headers = {"Authorization": header} if header else {}
    for method, path in (("GET", "/messages"), ("POST", "/messages"), ("DELETE", "")):
        answer = talk.http.request(method, f"/api/chat{path}", headers=headers)
        assert answer.status_code in (401, 422)
        assert "detail" in answer.json()
    assert talk.http.get("/api/chat/messages", headers=headers).status_code == 401


def test_erasing_ends_the_talk_everywhere(talk: Talk, site: Site) -> None:
    talk.send("Ja", "c1", payload="/bevestigen")
    talk.send("Mijn geheim", "c2")
    second = begin(talk.http, receipt=talk.receipt)
    answer = talk.http.delete("/api/chat", headers=talk.headers)
    assert answer.status_code == 204
    assert answer.content == b""
    for each in (talk, second):
        gone = each.http.get("/api/chat/messages", headers=each.headers)
        assert gone.status_code == 401
    assert stored(site, "Mijn geheim") == 0
    with site.storage.reading() as session:
        assert session.scalar(select(func.count()).select_from(Participant)) == 0
    again = talk.http.post("/api/chat/sessions", json={"receipt": talk.receipt})
    assert again.status_code == 404


def test_the_assistant_is_told_to_forget_until_it_did(talk: Talk, stand_in: StandIn) -> None:
    stand_in.deaf = 2
    assert talk.http.delete("/api/chat", headers=talk.headers).status_code == 204
    deadline = time.monotonic() + 20
    while f"/{talk.session}" not in stand_in.forgot:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert stand_in.deaf == 0


def test_a_web_server_that_starts_lets_the_assistant_forget_what_the_last_one_may_not_have_told(
    talk: Talk,
    stand_in: StandIn,
) -> None:
    deadline = time.monotonic() + 20
    while "" not in stand_in.forgot:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert talk.session


@pytest.mark.parametrize("answer", [small_talk, lambda _: 500], ids=["answers", "fails"])
def test_words_the_assistant_hears_while_they_are_erased_are_forgotten_after_it(
    talk: Talk, stand_in: StandIn, answer: Answer
) -> None:
    told: list[int] = []

    def erased_meanwhile(body: dict[str, Any]) -> Any:
        assert talk.http.delete("/api/chat", headers=talk.headers).status_code == 204
        told.append(stand_in.forgot.count(f"/{talk.session}"))
        return answer(body)

    stand_in.answer = erased_meanwhile
    assert talk.send("Dit hoort hij te laat", "c1").status_code == 401
    assert told == [1]
    assert stand_in.forgot.count(f"/{talk.session}") == 2


def test_a_receipt_leads_back_to_the_same_talk(talk: Talk) -> None:
    talk.send("Ja", "c1", payload="/bevestigen")
    copied = talk.receipt.lower().replace("-", " ")
    back = begin(talk.http, receipt=copied)
    assert back.session == talk.session
    assert back.receipt == talk.receipt
    assert [each["text"] for each in back.read() if each["from"] == "deelnemer"] == ["Ja"]
    assert talk.read(), "the first token stays good"
    unknown = talk.http.post("/api/chat/sessions", json={"receipt": "2222-2222-2222"})
    assert unknown.status_code == 404


def test_an_invitation_is_one_participant_whose_newest_code_counts(
    http: httpx.Client, site: Site
) -> None:
    with site.storage.writing() as session:
        invitation = Invitation(
            round_id=1,
            token_hash=participants.keyed_hash("abc123", site.settings.signing_key),
            group="burger",
            organisation="Buurthuis",
            opdrachten=[7],
        )
        session.add(invitation)
    first = begin(http, invitation="abc123")
    second = begin(http, invitation="abc123")
    assert first.session == second.session
    assert first.receipt != second.receipt
    with site.storage.reading() as session:
        found = session.scalars(select(Participant)).one()
        assert (found.group, found.organisation) == ("burger", "Buurthuis")
        assert session.scalars(select(Conversation.opdracht)).one() == 7
    assert http.post("/api/chat/sessions", json={"receipt": first.receipt}).status_code == 404
    assert begin(http, receipt=second.receipt).session == first.session
    assert http.post("/api/chat/sessions", json={"invitation": "nope"}).status_code == 404


def test_an_opdracht_must_be_in_the_catalogue(http: httpx.Client, site: Site) -> None:
    assert http.post("/api/chat/sessions", json={"opdracht": 55}).status_code == 422
    talk = begin(http, opdracht=4)
    with site.storage.reading() as session:
        assert session.get_one(Conversation, talk.session).opdracht == 4


def test_without_an_open_round_a_newcomer_is_told_so_in_plain_words(
    http: httpx.Client, site: Site
) -> None:
    with site.storage.writing() as session:
        rounds.close(session, 1, 1)
    answer = http.post("/api/chat/sessions", json={})
    assert answer.status_code == 409
    assert "Er loopt nu geen bevraging" in answer.json()["detail"]
    assert "samenspraak" not in answer.text


def test_sixty_quick_turns_pass_but_a_flood_does_not(talk: Talk) -> None:
    for number in range(60):
        answer = talk.send(f"beurt {number}", f"c{number}")
        assert answer.status_code == 200, number
        time.sleep(0.05)
    flood = [
        talk.http.get("/api/chat/messages", headers=talk.headers).status_code for _ in range(5)
    ]
    assert set(flood) == {200}
    statuses = set()
    threads = [
        threading.Thread(
            target=lambda: statuses.add(
                talk.http.post(
                    "/api/chat/messages",
                    json={"message": " ", "client_id": "x"},
                    headers=talk.headers,
                ).status_code
            )
        )
        for _ in range(200)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert statuses == {422, 429}
    limited = talk.send("nog", "cx")
    assert limited.status_code in (200, 429)
    if limited.status_code == 429:
        assert int(limited.headers["Retry-After"]) >= 1
        assert "seconden" in limited.json()["detail"]


def test_unknown_addresses_and_methods_answer_in_dutch(http: httpx.Client) -> None:
    missing = http.get("/api/chat/nergens")
    assert (missing.status_code, missing.json()["detail"]) == (404, "Dit adres bestaat niet.")
    wrong = http.put("/api/chat/messages")
    assert wrong.status_code == 405
    assert "kan niet" in wrong.json()["detail"]
    assert "Allow" in wrong.headers


def test_ready_tells_which_part_is_missing(http: httpx.Client, site: Site) -> None:
    assert http.get("/healthz").json() == {"status": "ok"}
    assert http.get("/readyz").status_code == 200
    site.rasa.stop()
    answer = http.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {
        "ready": False,
        "database": True,
        "disk": True,
        "rasa": False,
        "actions": False,
    }


def test_only_named_origins_may_embed(http: httpx.Client) -> None:
    for origin, allowed in (("https://gemeente.example", True), ("https://kwaad.example", False)):
        answer = http.options(
            "/api/chat/messages",
            headers={
                "Origin": origin,
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "authorization,content-type",
            },
        )
        assert (answer.headers.get("access-control-allow-origin") == origin) is allowed
    assert "set-cookie" not in http.post("/api/chat/sessions", json={}).headers


def test_no_words_of_participants_are_logged(
    talk: Talk, stand_in: StandIn, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    stand_in.answer = lambda body: 500 if len(stand_in.heard) < 3 else small_talk(body)
    talk.send("heel persoonlijk", "c1")
    assert caplog.records
    assert "heel persoonlijk" not in caplog.text
