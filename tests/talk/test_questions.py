"""A whole talk with the real servers in which the participant keeps asking things."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from actions.talk import sentences
from consultation.catalogue import load_catalogue
from consultation.database.models import Conversation, ParticipantQuestion
from consultation.settings import ROOT
from tests.servers import Servers, Talk

pytestmark = pytest.mark.servers

PASSED_ON = set(sentences()["vraag_doorgegeven"])
CATALOGUE = load_catalogue(ROOT / "data" / "opdrachten.yml")


def kept(servers: Servers, talk: Talk) -> list[tuple[str, str, int | None, str]]:
    """The participant's questions: text, kind, opdracht and state."""
    storage = servers.storage()
    with storage.reading() as session:
        person = session.get_one(Conversation, talk.session).participant_id
        query = select(ParticipantQuestion).where(ParticipantQuestion.participant_id == person)
        found = [
            (each.text, each.kind, each.opdracht, each.state)
            for each in session.scalars(query.order_by(ParticipantQuestion.id))
        ]
    storage.close()
    return found


def test_somebody_who_keeps_asking_is_answered_and_nothing_is_said_twice(
    servers: Servers,
) -> None:
    talk = Talk(servers.url, opdracht=4)

    def say(text: str) -> str:
        """Says something; no bubble is one of the turn before."""
        heard = [each["text"] for each in talk.bubbles]
        texts = [each["text"] for each in talk.say(text) if each.get("text")]
        assert not set(texts) & set(heard), texts
        return talk.said

    contact = CATALOGUE.consultatie.contact
    # Before the consent nothing is stored.
    assert contact.e_mail in say("krijg ik hiervoor betaald?")
    assert talk.at[0] == "toestemming"
    assert "Iemand van het team" in say("ik wil een mens spreken")
    assert kept(servers, talk) == []
    talk.tap("/bevestigen")
    talk.tap("/bevestigen")
    if talk.at[0] == "toestemming":
        talk.tap("/ontkennen")
    assert talk.at[0] == "groep"
    assert PASSED_ON & set(say("is er al budget voor?").splitlines())
    assert talk.at[0] == "groep"
    talk.tap('"burger"')
    here = talk.at
    assert here[0] == "vraag"
    say("kan ik iets uploaden?")
    say("kan ik een foto meesturen?")
    say("Wie leest dit? Mijn concurrent, Jan Peeters?")
    if talk.custom["step"] == "keuze":
        talk.tap("/persoonsgegevens_weghalen")
    assert talk.at == here
    say("stomme robot")
    say("stomme robot")
    assert talk.at == here
    assert "Iemand van het team" in say("geef mij uw baas")
    talk.tap("doorgeven")
    assert talk.at == here
    questions = kept(servers, talk)
    assert [each[1:] for each in questions] == [
        ("vraag", None, "open"),
        ("vraag", 4, "open"),
        ("vraag", 4, "open"),
        ("vraag", 4, "open"),
        ("contact", 4, "open"),
    ]
    assert not any("Peeters" in each[0] for each in questions)
    assert questions[-1][0] == "geef mij uw baas"
    # Content with a question mark stays content; a question after it is answered beside it.
    say("Waarom krijgt niet elke werknemer opleidingsverlof?")
    if talk.custom.get("probe"):
        talk.tap("/overslaan")
    assert talk.at[2] == "voorstel"
    told = say("Geef iedereen vijf dagen verlof om te leren. Is er al budget voor?")
    assert any(each in told for each in sentences()["vraag_doorgegeven"])
    assert kept(servers, talk)[-1] == ("Is er al budget voor?", "vraag", 4, "open")
    if talk.custom.get("probe"):
        talk.tap("/overslaan")
    assert talk.at[2] == "trekker"
    assert "opleidingsverlof" in say("daar heb ik al op geantwoord")
    assert talk.at[2] == "prioriteit"
    # Erasure reaches the questions.
    person = talk.session
    assert talk.http.delete("/api/chat").status_code == 204
    storage = servers.storage()
    with storage.reading() as session:
        assert session.get(Conversation, person) is None
        assert (
            "Is er al budget voor?" not in session.scalars(select(ParticipantQuestion.text)).all()
        )
    storage.close()
