"""Reactions to proposed actions: kept in versions, counted by group, carried or not, erased."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from analysis import dataframes
from analysis.preprocessing.statements import cut_new
from consultation import rounds
from consultation.catalogue import Catalogue, Gedragen, load_catalogue
from consultation.curation.log import CurationError, append
from consultation.database.models import (
    Consent,
    Contribution,
    CurationEvent,
    Participant,
    Reaction,
    Statement,
    Submission,
)
from consultation.database.storage import Storage
from consultation.participation import participants, reactions
from consultation.participation.effects import ReactionGiven, ReactionsRanked, parse_effects
from consultation.participation.reactions import (
    AMENDMENT,
    CONDITION,
    MISSING,
    amendment_statement,
    key_of,
    wording_hash,
)
from consultation.queries.opdracht_snapshot import OpdrachtSnapshot, opdracht_snapshot
from consultation.reactions.intervals import share_interval
from consultation.reactions.proposed import proposed_actions
from consultation.reactions.results import (
    RoundReactions,
    group_stance,
    round_reactions,
    verdict,
    word_diff,
)
from tests.conftest import CATALOGUE
from tests.reaction_stage import (
    ACTIONS,
    LOKET,
    OPVANG,
    VERBOD,
    person,
    reaction_round,
    reacts,
    says,
)

RULE = Gedragen()
BETTER = "De gemeente betaalt opvang tijdens alle lessen."


@pytest.fixture
def stage(storage: Storage, catalogue: Catalogue) -> Storage:
    """Round 2, in which people react to three approved actions of opdracht 4."""
    with storage.writing() as session:
        rounds.ensure_consultation(session, catalogue)
        rounds.open_(session, 1, 1)
    reaction_round(storage)
    return storage


def seen(storage: Storage) -> OpdrachtSnapshot:
    with storage.reading() as session:
        return opdracht_snapshot(session, 1, 4)


def results(storage: Storage, catalogue: Catalogue) -> RoundReactions:
    with storage.reading() as session:
        found = round_reactions(session, 1, opdracht_snapshot(session, 1, 4), catalogue)
    assert found is not None
    return found


def test_a_reaction_is_kept_in_versions_and_the_last_one_counts(
    stage: Storage, catalogue: Catalogue
) -> None:
    with stage.writing() as session:
        who = person(session, "burger")
        reacts(session, who, {OPVANG: "steun", LOKET: "tegen"})
        reacts(session, who, {OPVANG: "steun"})
        reacts(session, who, {LOKET: "weet_niet"})
        versions = session.execute(
            select(Reaction.action_id, Reaction.version, Reaction.stance).order_by(
                Reaction.action_id, Reaction.version
            )
        ).all()
        unknown = "f" * 32
        number = rounds.require_round(session, 1, 2).id
        assert not reactions.react(session, who, number, unknown, "steun", "0" * 64, "chat")
    assert [tuple(each) for each in versions] == [
        (OPVANG, 1, "steun"),
        (LOKET, 1, "tegen"),
        (LOKET, 2, "weet_niet"),
    ]
    found = results(stage, catalogue).of(LOKET)
    assert found is not None
    assert dict(found.total.people) == {"steun": 0, "voorwaarde": 0, "tegen": 0, "weet_niet": 1}


def test_only_what_one_supports_has_a_rank_and_loses_it_with_the_support(stage: Storage) -> None:
    with stage.writing() as session:
        who = person(session, "burger")
        round_ = rounds.require_round(session, 1, 2).id
        reacts(session, who, {OPVANG: "steun", LOKET: "voorwaarde", VERBOD: "tegen"})
        order = [LOKET, VERBOD, OPVANG]
        assert reactions.rank(session, who, round_, order, list(ACTIONS), "form")
        assert not reactions.rank(session, who, round_, order, list(ACTIONS), "form")
        assert reactions.current(session, who, round_) == {
            VERBOD: ("tegen", None),
            LOKET: ("voorwaarde", 1),
            OPVANG: ("steun", 2),
        }
        # A ranking of other actions leaves these.
        assert not reactions.rank(session, who, round_, [], ["e" * 32], "form")
        reacts(session, who, {LOKET: "tegen"})
        assert reactions.current(session, who, round_)[LOKET] == ("tegen", None)


def test_effects_of_the_chat_are_closed() -> None:
    raw = {"kind": "reaction", "action": OPVANG, "stance": "steun", "wording": "0" * 64}
    ranked = {"kind": "ranked", "actions": [OPVANG], "among": [OPVANG, LOKET]}
    assert parse_effects([raw, ranked]) == [
        ReactionGiven(action=OPVANG, stance="steun", wording="0" * 64),
        ReactionsRanked(actions=(OPVANG,), among=(OPVANG, LOKET)),
    ]
    with pytest.raises(ValueError, match="stance"):
        parse_effects([{**raw, "stance": "misschien"}])


def test_results_are_per_group_with_intervals_and_say_why_not_carried(
    stage: Storage, catalogue: Catalogue
) -> None:
    with stage.writing() as session:
        for group, stances in (
            ("burger", ["steun", "steun", "voorwaarde", "tegen"]),
            ("werkgeversorganisatie", ["steun", "steun", "steun"]),
            ("werknemersorganisatie", ["steun"]),
            (None, ["tegen"]),
        ):
            for each in stances:
                reacts(session, person(session, group), {OPVANG: each, VERBOD: "tegen"})
        refused = person(session, "burger")
        session.add(Consent(participant_id=refused, purpose="analyse", granted=False, version="1"))
        reacts(session, refused, {OPVANG: "tegen"})
    found = results(stage, catalogue).of(OPVANG)
    assert found is not None
    assert [(each.group, each.side) for each in found.groups] == [
        ("burger", "voor"),
        ("werkgeversorganisatie", "voor"),
        ("onbekend", "te_klein"),
        ("werknemersorganisatie", "te_klein"),
    ]
    burgers = found.groups[0]
    assert burgers.share == 0.75
    assert (round(burgers.low, 2), round(burgers.high, 2)) == (0.30, 0.95)
    assert found.people == 9
    assert found.verdict.carried
    against = results(stage, catalogue).of(VERBOD)
    assert against is not None
    assert not against.verdict.carried
    assert against.verdict.reasons == (
        "0 van de 2 groepen zijn voor; er is 66 % nodig.",
        "Tegen: Burger, Werkgever of werkgeversorganisatie.",
    )


@given(st.dictionaries(st.sampled_from(reactions.STANCES), st.integers(0, 30)), st.booleans())
def test_no_group_is_in_favour_and_blocks(people: dict[str, int], counts: bool) -> None:
    found = group_stance("burger", people, Gedragen(voorwaarde_telt=counts))
    assert 0 <= found.low <= found.high <= 1
    if found.share is not None:
        assert found.low - 1e-9 <= found.share <= found.high + 1e-9
    if found.side == "blokkeert":
        assert found.share is not None
        assert found.share < 0.5
    if found.side == "voor":
        assert verdict([found], Gedragen(minste_groepen=1), {}).carried


def test_nothing_is_known_of_nobody() -> None:
    assert share_interval(0, 0) == (0.0, 1.0)
    assert not verdict([], RULE, {}).carried
    assert "minstens 2 nodig" in verdict([], RULE, {}).reasons[0]


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        (
            "aandeel_groepen",
            1.2,
            "consultatie.gedragen.aandeel_groepen: 1.2 past niet; kies hoogst",
        ),
        ("aandeel_groepen", "veel", "schrijf een getal, zoals 0.66"),
        ("voor_vanaf", 0.3, "blokkeert_boven: 0.5 is te laag bij voor_vanaf 0.3"),
        ("minste_groepen", 40, "consultatie.gedragen.minste_groepen: 40 is meer dan de"),
        ("aandeel_groep", 0.5, "bedoelde u 'aandeel_groepen'?"),
    ],
)
def test_the_catalogue_says_what_carried_means_and_errors_name_the_mend(
    tmp_path: Path, key: str, value: object, message: str
) -> None:
    raw = yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))
    raw["consultatie"]["gedragen"] = {key: value}
    file = tmp_path / "catalogus.yml"
    file.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    with pytest.raises(Exception, match=r"catalogus\.yml") as error:
        load_catalogue(file)
    assert message in str(error.value)


def test_actions_of_the_own_group_come_first_and_a_quote_needs_consent(
    stage: Storage, catalogue: Catalogue
) -> None:
    with stage.writing() as session:
        for group, action, quotes in (("burger", VERBOD, True), ("burger", LOKET, False)):
            answer = says(session, person(session, group, quotes), "voorstel", "Eén nummer bellen.")
            version = session.get_one(Contribution, answer).versions[0]
            made = Statement(
                contribution_version_id=version.id, start=0, end=18, kind="voorstel", opdracht=4
            )
            session.add(made)
            session.flush()
            support = {"op": "action", "do": "support", "action": action, "statements": [made.id]}
            append(session, 1, "els", support)
            if not quotes:
                quoted = {"op": "action", "do": "text", "action": action, "statement": made.id}
                append(session, 1, "els", quoted)
    with stage.reading() as session:
        now = opdracht_snapshot(session, 1, 4)
        shown = proposed_actions(session, now, catalogue, "burger")
        others = proposed_actions(session, now, catalogue, None)
    assert [each.id for each in shown] == [VERBOD, OPVANG]
    assert [each.id for each in others] == [OPVANG, VERBOD]


def test_an_amendment_is_accepted_by_reference_told_in_the_history_and_undone(
    stage: Storage, catalogue: Catalogue
) -> None:
    with stage.writing() as session:
        who = person(session, "burger")
        reacts(session, who, {OPVANG: "voorwaarde"})
        answer = says(session, who, key_of(AMENDMENT, OPVANG), BETTER)
    amendment = results(stage, catalogue).actions[OPVANG].open[0]
    assert (amendment.text, amendment.stance, amendment.quotable) == (BETTER, "voorwaarde", True)
    with stage.writing() as session:
        statement = amendment_statement(session, answer)
        assert statement is not None
        assert BETTER[statement.start : statement.end] == BETTER
        again = amendment_statement(session, answer)
        assert again is not None
        assert again.id == statement.id
        amend = {"op": "action", "do": "amend", "statement": statement.id, "accepted": True}
        with pytest.raises(CurationError, match="no amendment of this action"):
            append(session, 1, "els", {**amend, "action": LOKET})
        done = append(session, 1, "els", {**amend, "action": OPVANG, "reason": "Dit is ruimer."})
        stored = session.get_one(CurationEvent, done.id).payload
    assert BETTER not in str(stored)
    now = seen(stage)
    assert now.words(now.state.actions[OPVANG]) == BETTER
    found = results(stage, catalogue).actions[OPVANG]
    assert found.open == ()
    assert found.earlier == 1
    answered = found.amendments[0].answer
    assert answered is not None
    assert (answered.accepted, answered.account, answered.reason) == (True, "els", "Dit is ruimer.")
    with stage.writing() as session:
        append(session, 1, "an", {"op": "revoke", "event": done.id})
    now = seen(stage)
    assert now.words(now.state.actions[OPVANG]) == ACTIONS[OPVANG]
    assert results(stage, catalogue).actions[OPVANG].open


def test_erasing_a_participant_takes_reactions_words_and_accepted_wording(
    stage: Storage, catalogue: Catalogue
) -> None:
    with stage.writing() as session:
        who = person(session, "burger")
        reacts(session, who, {OPVANG: "steun", LOKET: "voorwaarde"})
        answer = says(session, who, key_of(AMENDMENT, OPVANG), BETTER)
        other = person(session, "burger")
        reacts(session, other, {LOKET: "voorwaarde"})
        says(session, other, key_of(CONDITION, LOKET), "Als het gratis is.")
        statement = amendment_statement(session, answer)
        assert statement is not None
        amend = {"op": "action", "do": "amend", "action": OPVANG, "accepted": True}
        append(session, 1, "els", {**amend, "statement": statement.id})
    with stage.writing() as session:
        participants.erase(session, who)
        left = select(Reaction.participant_id).distinct()
        assert list(session.scalars(left)) == [other]
        assert session.scalar(select(func.count()).select_from(Participant)) == 2 - 1
    now = seen(stage)
    assert now.words(now.state.actions[OPVANG]) == ""
    found = results(stage, catalogue)
    assert OPVANG not in found.actions
    assert [each.text for each in found.actions[LOKET].conditions] == ["Als het gratis is."]


def test_a_condition_counts_as_one_only_while_it_stands(
    stage: Storage, catalogue: Catalogue
) -> None:
    with stage.writing() as session:
        who = person(session, "burger")
        reacts(session, who, {LOKET: "voorwaarde"})
        says(session, who, key_of(CONDITION, LOKET), "Als het gratis is.")
        place = session.scalars(select(Submission)).one()
        session.add(Contribution(submission_id=place.id, question=MISSING, channel="form"))
    assert len(results(stage, catalogue).actions[LOKET].conditions) == 1
    with stage.writing() as session:
        reacts(session, who, {LOKET: "steun"})
    found = results(stage, catalogue).actions[LOKET]
    assert found.conditions == ()
    assert len(found.reasons) == 1


@given(st.text(max_size=200), st.text(max_size=200))
def test_a_diff_holds_both_texts_word_for_word(old: str, new: str) -> None:
    parts = word_diff(old, new)
    assert "".join(text for kind, text in parts if kind != "erbij") == old
    assert "".join(text for kind, text in parts if kind != "weg") == new


def test_a_diff_is_of_words() -> None:
    assert word_diff(ACTIONS[OPVANG], BETTER) == [
        ("gelijk", "De gemeente betaalt opvang tijdens "),
        ("weg", "de avondlessen"),
        ("erbij", "alle lessen"),
        ("gelijk", "."),
    ]


def test_equal_words_have_an_equal_hash() -> None:
    assert wording_hash("a") == wording_hash("a") != wording_hash("b")


def test_a_run_cuts_an_amendment_as_a_whole(stage: Storage, catalogue: Catalogue) -> None:
    text = "De gemeente betaalt opvang. Ook overdag moet dat kunnen."
    with stage.writing() as session:
        who = person(session, "burger")
        answer = says(session, who, key_of(AMENDMENT, OPVANG), text)
    assert cut_new(stage, 1, catalogue, "use").statements == 1
    with stage.writing() as session:
        statement = amendment_statement(session, answer)
        assert statement is not None
        assert (statement.start, statement.end, statement.kind) == (0, len(text), "voorstel")


def test_the_table_of_actions_tells_reactions_and_whether_they_carry(
    stage: Storage, catalogue: Catalogue
) -> None:
    with stage.writing() as session:
        for group in ("burger", "werkgeversorganisatie"):
            for _ in range(3):
                reacts(session, person(session, group), {OPVANG: "steun", LOKET: "tegen"})
    with stage.reading() as session:
        table = dataframes.actions(session, 1, [4], catalogue).set_index("id")
    assert list(table.columns[-2:]) == ["reactions", "carried"]
    assert table["reactions"].to_dict() == {OPVANG: 6, LOKET: 6, VERBOD: 0}
    assert table["carried"].to_dict() == {OPVANG: True, LOKET: False, VERBOD: None}
