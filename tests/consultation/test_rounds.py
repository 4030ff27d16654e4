"""Rounds go forward, one is open at most, and every refusal says what to do."""

from __future__ import annotations

import pytest

from consultation import rounds
from consultation.catalogue import Catalogue
from consultation.database.storage import Storage
from consultation.errors import RoundError
from reporting.publication import publish


def test_rounds_open_close_and_publish_in_order(storage: Storage, catalogue: Catalogue) -> None:
    with storage.writing() as session:
        consultation = rounds.ensure_consultation(session, catalogue).id
        with pytest.raises(RoundError, match="samenspraak round open 1"):
            rounds.require_open_round(session, consultation)
        with pytest.raises(RoundError, match="the next round is 1"):
            rounds.open_(session, consultation, 2)
        rounds.open_(session, consultation, 1)
        with pytest.raises(RoundError, match="round close 1"):
            rounds.open_(session, consultation, 2)
        with pytest.raises(RoundError, match="still open"):
            publish(session, consultation, catalogue, 1)
        assert rounds.close(session, consultation, 1).status == "gesloten"
        content = publish(session, consultation, catalogue, 1).content
        log = {"events": 0, "link": "0" * 64}
        assert content == {"opdrachten": [], "support": True, "log": log}
        assert rounds.require_round(session, consultation, 1).status == "gepubliceerd"
        with pytest.raises(RoundError, match="published"):
            rounds.open_(session, consultation, 1)
        assert rounds.open_(session, consultation, 2, "reactie").kind == "reactie"
        assert rounds.require_round(session, consultation).number == 2
        with pytest.raises(RoundError, match="no round 7"):
            rounds.require_round(session, consultation, 7)


def test_a_consultation_is_made_once(storage: Storage, catalogue: Catalogue) -> None:
    with storage.writing() as session:
        first = rounds.ensure_consultation(session, catalogue).id
    with storage.writing() as session:
        assert rounds.ensure_consultation(session, catalogue).id == first
