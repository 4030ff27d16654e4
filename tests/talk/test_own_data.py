"""Whole talks about one's own data, with the real servers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from consultation.database.models import Consent, Contribution, Conversation
from tests.servers import Servers, Talk, serving

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Servers of its own."""
    with serving(tmp_path_factory.mktemp("var")) as running:
        yield running


def quoted(servers: Servers, talk: Talk) -> bool | None:
    """How the consent to be quoted stands."""
    storage = servers.storage()
    with storage.reading() as session:
        found = session.get_one(Conversation, talk.session)
        rows = session.scalars(
            select(Consent.granted)
            .where(Consent.participant_id == found.participant_id, Consent.purpose == "citaat")
            .order_by(Consent.id)
        ).all()
    storage.close()
    return rows[-1] if rows else None


def answers(servers: Servers) -> list[str | None]:
    storage = servers.storage()
    with storage.reading() as session:
        found = list(session.scalars(select(Contribution.question)))
    storage.close()
    return found


def test_own_data_at_every_step(servers: Servers) -> None:
    talk = Talk(servers.url, opdracht=4)
    talk.open()
    drempel = "De laatste bus in Wortegem vertrekt om zes uur, dus ik mis elke avondles."
    talk.answer(drempel)
    assert talk.at == ("vraag", 4, "voorstel")

    # Consent is withdrawn and given again, each time after a yes.
    talk.say("ik wil niet meer dat jullie mij citeren")
    assert talk.at[0] == "beheer"
    assert "niet meer citeren. Klopt dat?" in talk.said
    assert quoted(servers, talk) is True
    talk.say("hmm")
    assert talk.at[0] == "beheer"
    assert "zoals het is" not in talk.said
    talk.say("ja dat klopt")
    assert talk.at == ("vraag", 4, "voorstel")
    assert quoted(servers, talk) is False
    talk.say("citeer mij toch maar wel")
    assert "wel mogen citeren. Klopt dat?" in talk.said
    talk.say("citeer mij wel.")
    assert quoted(servers, talk) is True
    assert talk.at == ("vraag", 4, "voorstel")

    # What changes nothing, and where the code stands, leads straight back.
    talk.say("niet wissen!")
    assert talk.at == ("vraag", 4, "voorstel")
    talk.say("wat is mijn code?")
    assert "Mijn code" in talk.said
    assert talk.at == ("vraag", 4, "voorstel")

    talk.answer("Laat de gemeente een late bus van zeven tot tien uur inleggen.")
    talk.answer("De gemeente Wortegem met De Lijn.")
    talk.tap("5 - ")
    assert talk.at[0] == "bevestigen"
    talk.say("kan ik alles laten verwijderen?")
    assert "Ja, dat kan." in talk.said
    talk.say("nee niet alles, enkel mijn voorstel")
    assert "Uw voorstel" in talk.said
    assert "zeven tot tien" in talk.said
    talk.say("ja, doe maar")
    assert talk.at[0] == "bevestigen"
    assert sorted(filter(None, answers(servers))) == ["drempel", "prioriteit", "trekker"]
    talk.tap("/bevestigen")
    assert talk.at[0] == "verder"

    # An answer of another opdracht than the open one, from the end of the talk.
    talk.tap("/stoppen")
    assert talk.at[0] == "einde"
    talk.say("wis wat ik over de bus zei")
    assert talk.at[0] == "beheer"
    assert "Wat tegenhoudt" in talk.said
    talk.say("ja")
    assert talk.at[0] == "einde"
    assert sorted(filter(None, answers(servers))) == ["prioriteit", "trekker"]

    talk.say("toon wat ik zei")
    assert "De gemeente Wortegem met De Lijn." in talk.said
    assert drempel not in talk.said
    talk.say("bewaar mijn antwoorden niet meer")
    assert talk.at[0] == "beheer"
    talk.say("nee")
    assert "ik wis niets" in talk.said
    talk.say("wis alles")
    talk.tap('"ja"')
    assert talk.custom["step"] == "gewist"
    assert answers(servers) == []
