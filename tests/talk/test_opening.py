"""The opening with the real servers: a refusal, a group that is passed over, another language."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from consultation.database.models import Conversation, Participant
from tests.servers import Servers, Talk

pytestmark = pytest.mark.servers


def group(servers: Servers, talk: Talk) -> str | None:
    with servers.storage().reading() as session:
        return session.scalar(
            select(Participant.group)
            .join(Conversation, Conversation.participant_id == Participant.id)
            .where(Conversation.id == talk.session)
        )


def test_texts_after_a_refusal_get_one_line_and_a_way_back(servers: Servers) -> None:
    talk = Talk(servers.url)
    talk.say("neje, dat wil ik niet")
    assert talk.at[0] == "einde"
    for text in ("ik ben al op pensioen", "poetsvrouw", "en nu", "hoezo", "zever"):
        bubbles = talk.say(text)
        assert talk.at[0] == "einde"
        assert len(bubbles) <= 2, text
        assert sum(len(each.get("buttons") or []) for each in bubbles) == 1, text
    typed = talk.typed()
    assert "poetsvrouw" not in typed
    talk.say("ja toch wel")
    assert talk.at == ("toestemming", None, "analyse")
    talk.say("ja doe maar stomme robot")
    assert talk.at == ("toestemming", None, "citaat")


def test_a_group_is_passed_over_and_the_talk_goes_on_after_a_restart(servers: Servers) -> None:
    talk = Talk(servers.url, opdracht=4)
    talk.say("joat")
    talk.say("non merci")
    assert talk.at[0] == "groep"
    talk.say("overslaan")
    assert talk.at == ("vraag", 4, "drempel")
    servers.forget(talk.session)
    talk.answer("De laatste bus uit Veurne vertrekt om zes uur, dus ik geraak niet in de les.")
    assert talk.at == ("vraag", 4, "voorstel")
    assert group(servers, talk) is None


def test_a_group_in_doubt_is_one_tap(servers: Servers) -> None:
    talk = Talk(servers.url, opdracht=9)
    talk.say("akkoord")
    talk.say("bah ja")
    talk.say("zelfstandige loodgieter")
    assert talk.at[0] == "groep"
    talk.tap("werkgeversorganisatie")
    assert talk.at == ("vraag", 9, "drempel")
    assert group(servers, talk) == "werkgeversorganisatie"


def test_the_notice_about_language_is_said_once(servers: Servers) -> None:
    talk = Talk(servers.url, opdracht=4)
    talk.say("oui")
    talk.say("oui bien sûr")
    talk.say("retraitée")
    assert group(servers, talk) == "burger"
    talk.answer("Les cours de néerlandais sont trop loin de chez moi et trop chers pour nous.")
    assert "néerlandais" in talk.said
    servers.forget(talk.session)
    talk.answer("Il faut donner des cours gratuits dans la bibliothèque du quartier le soir.")
    assert "néerlandais" not in talk.said
    talk.say("je ne comprends pas")
    assert talk.at == ("vraag", 4, "trekker")
    talk.say("passons")
    assert talk.at == ("vraag", 4, "prioriteit")
