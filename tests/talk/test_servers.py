"""Whole conversations with the real servers: what was typed stands in the database, once."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from consultation.catalogue import load_catalogue
from consultation.database.models import (
    Contribution,
    ContributionVersion,
    Conversation,
    Message,
    Participant,
    Submission,
)
from consultation.settings import ROOT
from language.informativeness import information
from tests.review_stage import PASSWORD, log_in
from tests.servers import Servers, Talk

pytestmark = pytest.mark.servers

GARDEN_ANSWERS = (
    "De kraan staat te ver van de bakken.",
    "Zet bij elke rij een regenton van duizend liter.",
    "De buren, met hulp van de gemeente.",
    "Honderd euro per ton, denk ik.",
    "Liefst nog voor de zomer.",
)


def stored(servers: Servers, talk: Talk) -> dict[str, list[tuple[str, int | None]]]:
    """All versions of the participant's answers, by question."""
    storage = servers.storage()
    with storage.reading() as session:
        participant = session.scalar(
            select(Conversation.participant_id).where(Conversation.id == talk.session)
        )
        rows = session.execute(
            select(Contribution.question, ContributionVersion.text, Contribution.value)
            .join(Submission, Submission.id == Contribution.submission_id)
            .join(ContributionVersion, ContributionVersion.contribution_id == Contribution.id)
            .where(Submission.participant_id == participant)
            .order_by(ContributionVersion.version)
        )
        found: dict[str, list[tuple[str, int | None]]] = {}
        for question, text, value in rows:
            assert question is not None
            found.setdefault(question, []).append((text, value))
    storage.close()
    return found


def test_the_readmes_script_holds_a_whole_talk_with_every_message_sent_twice(
    servers: Servers,
) -> None:
    script = [sys.executable, "scripts/talk.py", "--url", servers.url, "--twice"]
    done = subprocess.run(
        script, cwd=ROOT, capture_output=True, text=True, check=False, timeout=180
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "verbatim, once each" in done.stderr
    assert "ontvangstcode:" in done.stdout


TYPED = {
    "drempel": "Kinderopvang in Gent sluit om 18u,\n\n en de les begint om 18u30. Te laat dus!",
    "voorstel": "  de gemeente betaalt ruimere uren voor de opvang 🙏 — en liefst gratis  ",
    "trekker": "/restart de gemeenten, met VDAB",
}
IN_NO_LOG = ("Kinderopvang in Gent", "ruimere uren voor de opvang", "/restart de gemeenten")


def talk_with_kills(servers: Servers, victim: str, turns: set[int], during: bool = False) -> None:
    """Holds a whole talk, each message sent twice, and kills a process at some turns.

    It dies just before the message is sent or, with ``during``, while the message is worked on.
    """
    talk = Talk(servers.url, opdracht=4)
    turn = 0
    while talk.at[0] != "einde":
        turn += 1
        with dying(servers, victim, turn, during) if turn in turns else nullcontext():
            step, _, question = talk.at
            if step == "vraag" and question in TYPED:
                talk.say(TYPED[question], times=2)
            else:
                taps = {"vraag": '"waarde":"5"', "groep": '"burger"', "verder": "/stoppen"}
                talk.tap(taps.get(step, "/bevestigen"), times=2)
    servers.wait_until_ready()
    found = stored(servers, talk)
    assert {question: found[question] for question in TYPED} == {
        question: [(text, None)] for question, text in TYPED.items()
    }
    assert [value for _, value in found["prioriteit"]] == [5]
    assert [text for text in talk.typed() if text in TYPED.values()] == list(TYPED.values())
    assert len(talk.typed()) == turn == 9
    for words in IN_NO_LOG:
        assert [path.name for path in servers.logs() if words in path.read_text("utf-8")] == []


@contextmanager
def dying(servers: Servers, victim: str, turn: int, during: bool) -> Iterator[None]:
    """A process that is dead when the block begins, or that dies some hundredths after that."""
    if not during:
        servers.kill(victim)
        yield
        return
    servers.wait_until_ready()
    with ThreadPoolExecutor() as other:
        # Another moment of the road at each turn.
        def strike() -> None:
            time.sleep(turn * 7 % 10 / 100)
            servers.kill(victim)

        death = other.submit(strike)
        yield
        death.result()


@pytest.mark.parametrize("victim", ["rasa", "actions", "web"])
def test_a_process_killed_at_five_turns_loses_no_answer_and_doubles_none(
    servers: Servers, victim: str
) -> None:
    talk_with_kills(servers, victim, {1, 3, 4, 6, 8})


@pytest.mark.soak
@pytest.mark.parametrize("during", [False, True], ids=["before", "during"])
@pytest.mark.parametrize("victim", ["rasa", "actions", "web"])
def test_a_process_killed_at_every_turn_loses_no_answer_and_doubles_none(
    servers: Servers, victim: str, during: bool
) -> None:
    talk_with_kills(servers, victim, set(range(1, 30)), during)


def test_text_that_starts_with_a_slash_is_text_and_a_payload_counts_only_when_offered(
    servers: Servers,
) -> None:
    talk = Talk(servers.url, opdracht=10)
    talk.open()
    talk.answer("/stoppen")
    assert talk.at == ("vraag", 10, "voorstel")
    assert stored(servers, talk) == {"drempel": [("/stoppen", None)]}
    refused = talk.post(message="Stop", client_id=uuid.uuid4().hex, payload="/stoppen")
    assert refused.status_code == 422
    assert isinstance(refused.json()["detail"], str)
    assert "/stoppen" in talk.typed()
    assert "Stop" not in talk.typed()


def test_a_question_to_the_assistant_is_answered_and_the_open_question_comes_back(
    servers: Servers,
) -> None:
    talk = Talk(servers.url, opdracht=2)
    talk.open()
    talk.say("Wat gebeurt er met mijn privacy?")
    assert talk.at == ("vraag", 2, "drempel")
    assert stored(servers, talk) == {}
    talk.say("hoe lang duurt dit nog?")
    assert talk.at == ("vraag", 2, "drempel")
    talk.answer("Stop met die verplichte attesten")
    assert talk.at == ("vraag", 2, "voorstel")
    assert stored(servers, talk) == {"drempel": [("Stop met die verplichte attesten", None)]}


def test_skip_back_change_and_stop_are_the_persons_to_command(servers: Servers) -> None:
    talk = Talk(servers.url, opdracht=5)
    talk.open()
    talk.say("overslaan")
    assert talk.at == ("vraag", 5, "voorstel")
    talk.answer("Een leerwinkel in elke stad")
    talk.say("terug")
    assert talk.at == ("vraag", 5, "voorstel")
    talk.tap('"vraag":"voorstel"')
    talk.answer("Een leerwinkel in elke gemeente")
    talk.answer("De VDAB")
    talk.tap('"waarde":"3"')
    assert talk.at[0] == "bevestigen"
    talk.tap("/antwoord_wijzigen")
    assert talk.at[0] == "bevestigen"
    talk.tap('"vraag":"trekker"')
    assert talk.at == ("vraag", 5, "trekker")
    talk.answer("De steden")
    assert talk.at[0] == "bevestigen"
    assert "De steden" in talk.said
    talk.tap("/bevestigen")
    assert talk.at[0] == "verder"
    talk.tap("/stoppen")
    assert talk.at[0] == "einde"
    found = stored(servers, talk)
    assert [text for text, _ in found["voorstel"]] == [
        "Een leerwinkel in elke stad",
        "Een leerwinkel in elke gemeente",
    ]
    assert [text for text, _ in found["trekker"]] == ["De VDAB", "De steden"]
    assert [value for _, value in found["prioriteit"]] == [3]
    assert "drempel" not in found


def test_an_opdracht_is_chosen_in_own_words_and_another_follows(servers: Servers) -> None:
    talk = Talk(servers.url)
    talk.open("lokaal_bestuur")
    assert talk.at[0] == "opdracht"
    talk.say("ik wil iets zeggen over de leerrekening en wie de cursus betaalt")
    assert talk.at == ("vraag", 10, "drempel")
    for answer in ("Te duur", "Een leerrekening", "De overheid"):
        talk.answer(answer)
    talk.tap('"waarde":"4"')
    talk.tap("/bevestigen")
    talk.tap("/ander_opdracht")
    assert talk.at[0] == "opdracht"
    assert "/opdracht_kiezen" in str(talk.bubbles)
    talk.tap('"waarde":"5"')
    talk.tap('"opdracht":"9"')
    assert talk.at == ("vraag", 9, "drempel")


def test_a_no_to_the_first_consent_ends_the_talk_and_stores_no_answer(servers: Servers) -> None:
    talk = Talk(servers.url)
    assert talk.at == ("toestemming", None, "analyse")
    talk.tap("/ontkennen")
    assert talk.at[0] == "einde"
    assert stored(servers, talk) == {}
    talk.tap("/begroeten")
    assert talk.at == ("toestemming", None, "analyse")


def test_words_that_are_no_yes_or_no_are_asked_again_with_the_reason(servers: Servers) -> None:
    talk = Talk(servers.url)
    talk.say("cursussen kosten te veel voor wie alleen woont")
    assert talk.at == ("toestemming", None, "analyse")
    assert "ja of nee?" in talk.said
    talk.say("ja hoor, doe maar")
    assert talk.at == ("toestemming", None, "citaat")


def test_a_thin_answer_is_stored_and_then_asked_about_once(servers: Servers) -> None:
    talk = Talk(servers.url, opdracht=6)
    talk.open()
    talk.say("geld")
    assert talk.at == ("vraag", 6, "drempel")
    first = talk.custom["probe"]
    assert stored(servers, talk) == {"drempel": [("geld", None)]}
    servers.kill("rasa")
    talk.say("Poetshulpen in Aalst kunnen de 300 euro voor een cursus niet betalen.")
    assert talk.at == ("vraag", 6, "voorstel")
    whole = "geld\nPoetshulpen in Aalst kunnen de 300 euro voor een cursus niet betalen."
    assert [text for text, _ in stored(servers, talk)["drempel"]] == ["geld", whole]
    storage = servers.storage()
    with storage.reading() as session:
        query = select(ContributionVersion).where(ContributionVersion.text.in_(["geld", whole]))
        first_version, second_version = session.scalars(query.order_by(ContributionVersion.version))
        assert first_version.measure
        assert second_version.measure
        assert first_version.measure["thin"] is True
        assert second_version.measure["thin"] is False
        assert second_version.measure["information"] == round(information(whole), 2)
    storage.close()
    talk.say("beter onderwijs")
    second = talk.custom["probe"]
    assert second != first
    talk.tap("/overslaan")
    assert talk.at == ("vraag", 6, "trekker")
    assert [text for text, _ in stored(servers, talk)["voorstel"]] == ["beter onderwijs"]


def test_who_left_comes_back_with_the_receipt_code_to_the_same_question(servers: Servers) -> None:
    talk = Talk(servers.url, opdracht=3)
    talk.open()
    talk.answer("Mensen kennen het aanbod niet")
    back = Talk(servers.url, receipt=talk.receipt.lower().replace("-", " "))
    assert back.session == talk.session
    back.wait_for_step(max(each["seq"] for each in talk.transcript()) - 3)
    assert back.at == ("vraag", 3, "voorstel")
    back.answer("Een campagne op de bus")
    assert stored(servers, talk)["voorstel"] == [("Een campagne op de bus", None)]


def test_erasure_takes_everything_and_the_token_with_it(servers: Servers) -> None:
    talk = Talk(servers.url, opdracht=1)
    talk.open()
    talk.say("Dit moet weg kunnen")
    assert talk.http.delete("/api/chat").status_code == 204
    assert talk.http.get("/api/chat/messages?after=0").status_code == 401
    storage = servers.storage()
    with storage.reading() as session:
        assert session.get(Conversation, talk.session) is None
        left = session.scalars(select(Message).where(Message.text == "Dit moet weg kunnen"))
        assert list(left) == []
    storage.close()
    for log in (servers.folder / "log").glob("*.log"):
        assert "Dit moet weg kunnen" not in log.read_text(errors="replace")


def test_forget_erases_a_participant_by_receipt_code(servers: Servers) -> None:
    talk = Talk(servers.url, opdracht=1)
    talk.open()
    talk.say("Ook dit moet weg kunnen")
    done = servers.verb("forget", talk.receipt)
    assert done.returncode == 0, done.stderr
    storage = servers.storage()
    with storage.reading() as session:
        assert session.scalar(select(Participant.id).where(Participant.id == talk.session)) is None
        assert not list(
            session.scalars(select(Message).where(Message.text == "Ook dit moet weg kunnen"))
        )
    storage.close()
    again = servers.verb("forget", talk.receipt)
    assert again.returncode == 1
    assert "receipt" in again.stderr


GARDENERS = {
    "buren": "Wie pas begint weet niet hoe je {} kweekt in een moestuin.",
    "imkers-en-tuinclubs": "Zonder lessen over {} durven nieuwe leden van de club niet te zaaien.",
    "gemeentelijke_groendienst": "Niemand zegt aan beginners dat er nog een bak vrij is voor {}.",
}
CROPS = "tomaten pompoenen sla wortels prei aardbeien boontjes radijzen kruiden bloemen ui bieten"


def gardens_csv(path: Path) -> Path:
    """Answers of people of all groups but one on the second opdracht of the gardens."""
    rows = [
        f"{group} {crop},{group},12,drempel,ja,{said.format(crop)}"
        for group, said in GARDENERS.items()
        for crop in CROPS.split()
    ]
    path.write_text("participant,group,opdracht,question,citaat,text\n" + "\n".join(rows), "utf-8")
    return path


def test_the_second_catalogue_runs_the_whole_road(tmp_path: Path, second_catalogue: Path) -> None:
    """Other groups and other opdrachten: another file, and nothing else."""
    known = load_catalogue(second_catalogue)
    gardens = Servers(tmp_path, SAMENSPRAAK_CATALOGUE=str(second_catalogue))

    def verb(*arguments: str, stdin: str | None = None) -> str:
        done = gardens.verb(*arguments, stdin=stdin)
        assert done.returncode == 0, (arguments, done.stderr)
        return done.stdout

    verb("round", "open", "1")
    gardens.start()
    try:
        talk = Talk(gardens.url)
        while talk.at[0] == "toestemming":
            talk.tap("/")
        (asked_group,) = (each for each in talk.bubbles if each.get("buttons"))
        assert [each["title"] for each in asked_group["buttons"]] == [
            *(each.naam for each in known.groepen),
            "Zeg ik liever niet",
        ]
        talk.say("ik kom hier met de imkers")
        assert "Ik noteer: Vereniging." in talk.said
        assert talk.at[0] == "opdracht"
        talk.tap("/opdracht_kiezen")
        asked: list[str] = []
        answers = iter(GARDEN_ANSWERS)
        while talk.at[0] == "vraag":
            assert talk.at[2] not in asked
            asked.append(talk.at[2])
            if any(bubble.get("buttons") for bubble in talk.bubbles):
                talk.tap("/bijdrage")
            else:
                talk.answer(next(answers))
        assert talk.at[0] == "bevestigen"
        talk.tap("/bevestigen")
        assert set(stored(gardens, talk)) == set(asked)
        with httpx.Client(base_url=gardens.url, timeout=60) as http:
            page = http.get("/formulier/12").text
            assert re.findall(r'<option value="([^"]+)"', page) == [
                each.slug for each in known.groepen
            ]
            sent = http.post(
                "/formulier/12",
                data={
                    "toestemming_analyse": "ja",
                    "groep": "iemand_anders",
                    "antwoord_drempel": "Er is in de tuin geen plaats voor beginners.",
                },
            )
            assert sent.status_code == 200
            assert "Samen tuinieren" in http.get("/").text
        rows = str(gardens_csv(tmp_path / "tuin.csv"))
        refused = gardens.verb("import", rows, "--group", "burger")
        assert refused.returncode == 1
        assert "choose from buren, gemeentelijke_groendienst" in refused.stderr
        verb("import", rows)
        (found,) = (
            each
            for each in json.loads(verb("analyse", "--json"))["opdrachten"]
            if each["opdracht"] == 12
        )
        assert found["themes"] >= 1
        themes = json.loads(verb("themes", "--opdracht", "12", "--format", "json"))
        assert {group for each in themes for group in each["groups"]} >= {*GARDENERS}
        said = json.loads(verb("statements", "--format", "json"))
        assert {each["group"] for each in said} == {each.slug for each in known.groepen}
        out = tmp_path / "uit.csv"
        verb("export", "statements", "--format", "csv", "-o", str(out))
        groups = {each["Groep"] for each in csv.DictReader(out.read_text("utf-8-sig").splitlines())}
        assert groups >= {"Buur of tuinier", "Gemeente", "Vereniging"}
        verb("user", "add", "els", "--role", "beheerder", "--password-stdin", stdin=PASSWORD)
        with httpx.Client(base_url=gardens.url, timeout=60) as http:
            assert log_in(http, "els").status_code == 303
            narrowed = http.get("/beheer/opdrachten/12?groep=imkers-en-tuinclubs").text
            assert "<strong>12 deelnemers</strong>" in narrowed
            assert "Vereniging" in http.get("/beheer").text
    finally:
        assert gardens.stop() == 0
