"""Participants say themselves what their answers are about: whole talks over HTTP."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation.curation.log import curated
from consultation.curation.state import PARTICIPANT
from consultation.database.models import Conversation, OwnPlacing
from consultation.participation.own_placings import PlacedSentence, placed_sentences
from tests.servers import Servers, Talk

pytestmark = pytest.mark.servers

OPDRACHT = 9
CODEBOOK = """opdracht,name,description,excludes,examples
9,Vervoer naar de les,Bussen en treinen en hoe ver het rijden is.,,
9,Opvang van kinderen,Kinderopvang terwijl ouders les volgen.,,
9,Tijd om te leren,Vrij krijgen van het werk en avondlessen.,,
9,Kosten van een opleiding,Wat een cursus kost en wie dat betaalt.,,
9,Taal en uitleg,Moeilijke woorden en brieven die niemand begrijpt.,,
"""
BUS = "De bus naar het dorp rijdt na zes uur niet meer, dus ik raak niet thuis na de les."
OPVANG = "Zorg voor opvang van onze kinderen terwijl wij les volgen."


@contextmanager
def reading(servers: Servers) -> Iterator[Session]:
    storage = servers.storage()
    try:
        with storage.reading() as session:
            yield session
    finally:
        storage.close()


@pytest.fixture(scope="module")
def codebook(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Five themes that people approved and described; nobody is told of them after these tests."""
    path = tmp_path_factory.mktemp("codeboek") / "codeboek.csv"
    path.write_text(CODEBOOK, encoding="utf-8")
    done = servers.verb("codebook", "import", str(path), "--as", "els")
    assert done.returncode == 0, done.stderr
    for _ in range(20):
        # The first summary may come while the web process still reads the model.
        if "U schreef" in at_summary(servers, BUS).said:
            break
        time.sleep(1)
    yield path
    with reading(servers) as session:
        themes = [each.id for each in curated(session, 1, OPDRACHT).themes_of(OPDRACHT)]
    path.write_text("\n".join(json.dumps({"op": "reject", "theme": each}) for each in themes))
    done = servers.verb("curate", str(path), "--as", "els")
    assert done.returncode == 0, done.stderr


def at_summary(servers: Servers, *answers: str) -> Talk:
    """A talk that gave these answers, and sees the summary."""
    talk = Talk(servers.url, opdracht=OPDRACHT)
    talk.open()
    for each in answers:
        talk.answer(each)
    while talk.at[0] == "vraag":
        talk.tap('"4"') if talk.at[2] == "prioriteit" else talk.say("overslaan")
    assert talk.at[0] == "bevestigen", talk.bubbles
    return talk


def buttons(talk: Talk) -> list[str]:
    return [each["title"] for bubble in talk.bubbles for each in bubble.get("buttons") or []]


def placed(servers: Servers, talk: Talk) -> list[PlacedSentence]:
    with reading(servers) as session:
        person = session.get_one(Conversation, talk.session).participant_id
        return placed_sentences(session, person)


def chosen(servers: Servers, talk: Talk) -> dict[str, list[str] | None]:
    """The names that were chosen, by the words of the sentence."""
    with reading(servers) as session:
        names = {each.id: each.label for each in curated(session, 1, OPDRACHT).themes.values()}
    return {
        each.words: None if each.themes is None else [names[one] for one in each.themes]
        for each in placed(servers, talk)
    }


@pytest.mark.usefixtures("codebook")
def test_right_another_and_none_one_question_for_each_answer(servers: Servers) -> None:
    talk = at_summary(servers, BUS, OPVANG)
    # The summary's own buttons stay, and there are six at most.
    assert buttons(talk)[:2] == ["Ja, dit klopt", "Ik wil iets veranderen"]
    assert buttons(talk)[-2:] == ["Een ander onderwerp", "Geen van deze"]
    assert 5 <= len(buttons(talk)) <= 6
    assert f"U schreef: “{BUS}”" in talk.said
    assert OPVANG not in talk.bubbles[-1]["text"]
    # Right: the likeliest theme is the first.
    assert buttons(talk)[2] == "Vervoer naar de les"
    talk.tap("Vervoer naar de les")
    assert "“Vervoer naar de les”" in talk.said
    assert OPVANG in talk.said
    assert talk.at == ("bevestigen", OPDRACHT, None)
    # Another: all others, by title too, with the summary's own buttons beside them.
    shown = set(buttons(talk)[2:-2])
    talk.tap("Een ander onderwerp")
    assert len(buttons(talk)) == 6
    assert {"Ja, dit klopt", "Geen van deze"} < set(buttons(talk))
    assert shown.isdisjoint(buttons(talk))
    talk.say("Taal en uitleg")
    assert chosen(servers, talk) == {BUS: ["Vervoer naar de les"], OPVANG: ["Taal en uitleg"]}
    # Changed at once: none of these.
    talk.tap("Toch een ander onderwerp")
    assert "Taal en uitleg" not in buttons(talk)
    talk.tap("Geen van deze")
    assert chosen(servers, talk)[OPVANG] == []
    talk.tap("/bevestigen")
    assert talk.at[0] == "verder"
    assert talk.typed()[-1] == "Ja, dit klopt"


@pytest.mark.usefixtures("codebook")
def test_who_skips_is_not_asked_again_and_a_changed_answer_is(servers: Servers) -> None:
    talk = at_summary(servers, BUS)
    assert "U schreef" in talk.said
    talk.say("Mag ik mijn antwoorden nog eens zien?")
    assert talk.at[0] == "bevestigen"
    assert "U schreef" not in talk.said
    assert chosen(servers, talk) == {BUS: None}
    talk.tap("/antwoord_wijzigen")
    talk.tap('"drempel"')
    talk.say("Een opleiding kost te veel en niemand betaalt die terug.")
    assert talk.at[0] == "bevestigen", talk.bubbles
    assert "U schreef: “Een opleiding kost" in talk.said
    # A yes is a yes to the summary.
    talk.say("ja")
    assert talk.at[0] == "verder"


@pytest.mark.usefixtures("codebook")
def test_a_placing_becomes_a_decision_that_a_facilitator_overrules_and_an_erasure_takes_along(
    servers: Servers, tmp_path: Path
) -> None:
    talk = at_summary(servers, BUS, OPVANG)
    talk.tap("Vervoer naar de les")
    talk.tap("Opvang van kinderen")
    talk.tap("/bevestigen")
    done = servers.verb("analyse", "--opdracht", str(OPDRACHT))
    assert done.returncode == 0, done.stderr
    with reading(servers) as session:
        mine = {each.id for each in placed(servers, talk)}
        statements = {
            row.id: row.decided_on for row in session.scalars(select(OwnPlacing)) if row.id in mine
        }
        state = curated(session, 1, OPDRACHT)
    assert all(statements.values())
    settled = [state.settled[str(each)] for each in statements.values()]
    assert {(each.account, each.actor) for each in settled} == {(PARTICIPANT, "participant")}
    by_label = {each.label: each for each in state.themes.values()}
    members = {each.statement for each in by_label["Opvang van kinderen"].members}
    assert members & set(statements.values())
    # The facilitator differs, and that stands, whatever the participant says later.
    event = {
        "op": "place",
        "statement": next(iter(statements.values())),
        "themes": [by_label["Tijd om te leren"].id],
    }
    file = tmp_path / "events.jsonl"
    file.write_text(json.dumps(event))
    assert servers.verb("curate", str(file), "--as", "els").returncode == 0
    assert servers.verb("forget", talk.receipt).returncode == 0
    with reading(servers) as session:
        assert mine.isdisjoint(session.scalars(select(OwnPlacing.id)))
