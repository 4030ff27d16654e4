"""A published round shows what was approved when it was published, as long as it may be shown."""

from __future__ import annotations

import pytest

from analysis import dataframes
from consultation import audit, rounds
from consultation.catalogue import Catalogue
from consultation.curation.log import append
from consultation.database.models import Participant, Statement, Theme
from consultation.database.storage import Storage
from consultation.errors import RoundError
from consultation.participation.participants import erase, give_consent
from consultation.queries.opdracht_snapshot import SnapshotCache, opdracht_snapshot
from reporting.publication import PublishedRound, publish, published, published_rounds, withdraw
from tests.review_stage import agree_to_quotes
from tests.web_stage import analysed


@pytest.fixture
def approved(storage: Storage, catalogue: Catalogue) -> dict[str, str]:
    """A closed round with one theme and two actions approved; one action is a quote."""
    with storage.writing() as session:
        rounds.ensure_consultation(session, catalogue)
        rounds.open_(session, 1, 1)
    analysed(storage)
    agree_to_quotes(storage)
    with storage.writing() as session:
        rounds.close(session, 1, 1)
        ids = {each.number: each.id for each in session.query(Theme)}
        quote = session.query(Statement).filter_by(kind="voorstel").first()
        assert quote
        made = {"op": "action", "do": "create", "opdracht": 4, "themes": [ids[1]]}
        for operation in (
            {"op": "rename", "theme": ids[1], "label": "Lessen op een ander uur"},
            {"op": "approve", "theme": ids[1]},
            {**made, "id": "a" * 32, "text": "Begin de lessen later.", "trekker": "CVO"},
            {**made, "id": "b" * 32, "statement": quote.id},
            {"op": "action", "do": "status", "action": "a" * 32, "status": "goedgekeurd"},
            {"op": "action", "do": "status", "action": "b" * 32, "status": "goedgekeurd"},
        ):
            append(session, 1, "els", operation)
        return {"theme": ids[1], "quote": quote.id}


def seen(storage: Storage) -> PublishedRound:
    with storage.reading() as session:
        found = published(session, 1)
    assert found
    return found


@pytest.mark.usefixtures("approved")
def test_only_what_was_approved_is_public(storage: Storage, catalogue: Catalogue) -> None:
    with storage.writing() as session:
        assert published(session, 1) is None
        publish(session, 1, catalogue, 1, "els")
        assert published_rounds(session, 1) == [1]
    found = seen(storage)
    assert found.number == 1
    (part,) = found.plan.opdrachten
    assert [each.label for each in part.themes] == ["Lessen op een ander uur"]
    assert part.themes[0].people.people == 19
    assert len(part.themes[0].quotes) == 3
    assert part.actions[0].text == "Begin de lessen later."
    assert len(part.actions) == 2
    with storage.reading() as session:
        assert audit.entries(session, 1)[0].about == {"ronde": 1}


def test_what_is_decided_later_waits_for_the_next_publication(
    storage: Storage, catalogue: Catalogue, approved: dict[str, str]
) -> None:
    with storage.writing() as session:
        publish(session, 1, catalogue, 1, "els")
        append(session, 1, "els", {"op": "rename", "theme": approved["theme"], "label": "Later"})
    assert seen(storage).plan.opdrachten[0].themes[0].label == "Lessen op een ander uur"
    with storage.writing() as session:
        publish(session, 1, catalogue, 1, "els")
        assert published_rounds(session, 1) == [1]
    assert seen(storage).plan.opdrachten[0].themes[0].label == "Later"


def test_an_erased_participant_is_gone_from_what_is_public(
    storage: Storage, catalogue: Catalogue, approved: dict[str, str]
) -> None:
    with storage.writing() as session:
        publish(session, 1, catalogue, 1, "els")
        said = session.get_one(Statement, approved["quote"])
        first = said.contribution_version.contribution.submission.participant_id
    before = seen(storage).plan.opdrachten[0]
    with storage.writing() as session:
        erase(session, first)
        for quote in before.themes[0].quotes:
            statement = session.get(Statement, quote.statement)
            if statement is not None:
                version = statement.contribution_version
                erase(session, version.contribution.submission.participant_id)
    after = seen(storage).plan.opdrachten[0]
    assert [each.text for each in after.actions] == ["Begin de lessen later."]
    gone = {each.statement for each in before.themes[0].quotes}
    assert after.themes[0].quotes
    assert gone.isdisjoint({each.statement for each in after.themes[0].quotes})
    assert before.themes[0].people.people
    assert after.themes[0].people.people
    assert after.themes[0].people.people < before.themes[0].people.people


@pytest.mark.usefixtures("approved")
def test_everybody_gone_leaves_no_theme(storage: Storage, catalogue: Catalogue) -> None:
    with storage.writing() as session:
        publish(session, 1, catalogue, 1, "els")
        for person in session.query(Participant).all():
            give_consent(session, catalogue, person.id, "analyse", False)
    assert seen(storage).plan.opdrachten[0].themes == ()


@pytest.mark.usefixtures("approved")
def test_a_publication_can_be_taken_back(storage: Storage, catalogue: Catalogue) -> None:
    with storage.writing() as session:
        with pytest.raises(RoundError, match="not published"):
            withdraw(session, 1, 1, "els")
        publish(session, 1, catalogue, 1, "els")
        withdraw(session, 1, 1, "els")
        assert published(session, 1) is None
        assert rounds.require_round(session, 1, 1).status == "gesloten"
        publish(session, 1, catalogue, 1, "els")
        assert published(session, 1, 1) is not None
        assert published(session, 1, 2) is None


def statuses(storage: Storage, kept: SnapshotCache) -> dict[str, str]:
    """The decided actions' statuses by first letter of their id; table and pages say the same."""
    with storage.reading() as session:
        pages = {each.id: each.status for each in kept.of(session, 1, 4).actions}
        rows = dataframes.actions(session, 1, [4])
        anew = {each.id: each.status for each in opdracht_snapshot(session, 1, 4).actions}
        assert dict(zip(rows["id"], rows["status"], strict=True)) == pages == anew
    return {id_[0]: status for id_, status in pages.items() if id_ in ("a" * 32, "b" * 32)}


def test_actions_are_called_published_as_long_as_everybody_sees_them(
    storage: Storage, catalogue: Catalogue, approved: dict[str, str]
) -> None:
    kept = SnapshotCache()
    as_approved = {"a": "goedgekeurd", "b": "goedgekeurd"}
    as_public = {"a": "gepubliceerd", "b": "gepubliceerd"}
    assert statuses(storage, kept) == as_approved
    with storage.writing() as session:
        publish(session, 1, catalogue, 1, "els")
    assert statuses(storage, kept) == as_public
    with storage.writing() as session:
        draft = {"op": "action", "do": "status", "action": "a" * 32, "status": "ontwerp"}
        undone = append(session, 1, "els", draft)
    assert statuses(storage, kept) == {**as_public, "a": "ontwerp"}
    with storage.writing() as session:
        append(session, 1, "jan", {"op": "revoke", "event": undone.id})
        said = session.get_one(Statement, approved["quote"])
        person = said.contribution_version.contribution.submission.participant_id
        give_consent(session, catalogue, person, "citaat", False)
    assert statuses(storage, kept) == {**as_public, "b": "goedgekeurd"}
    with storage.writing() as session:
        give_consent(session, catalogue, person, "citaat", True)
        publish(session, 1, catalogue, 1, "els")
    assert statuses(storage, kept) == as_public
    assert len(seen(storage).plan.opdrachten[0].actions) == 2
    with storage.writing() as session:
        withdraw(session, 1, 1, "els")
    assert statuses(storage, kept) == as_approved


def test_an_open_round_is_not_published(storage: Storage, catalogue: Catalogue) -> None:
    with storage.writing() as session:
        rounds.ensure_consultation(session, catalogue)
        rounds.open_(session, 1, 1)
        with pytest.raises(RoundError, match="close it first"):
            publish(session, 1, catalogue, 1)
