"""The stance of a statement, and what a theme tells of who is for and who is against."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace

import pytest

from analysis.stance.model import StanceModel, examples, untaught
from analysis.stance.rules import named_rule, rules_named
from benchmarks.stance import TEST, scores
from consultation.curation.state import CurationState
from consultation.queries.stances import stances_of, theme_stance
from consultation.queries.statements import StatementView
from consultation.queries.themes import Marks


def test_the_stance_is_right_on_statements_kept_apart() -> None:
    rows = [json.loads(line) for line in TEST.read_text(encoding="utf-8").splitlines()]
    texts, gold = [row["text"] for row in rows], [row["stance"] for row in rows]
    known, stances = examples()
    assert not set(known) & set(texts)
    assert (len(rows), len(known) >= 1200, len(set(known))) == (200, True, len(known))
    assert min(Counter(stances).values()) > 200
    found = [each.stance for each in untaught().guess(texts)]
    assert scores(gold, found)[0] >= 0.75


@pytest.mark.parametrize(
    ("text", "stance"),
    [
        ("Geef elke cursist een laptop in bruikleen.", "voor"),
        ("Wij zijn tegen een verplichte toets, schaf die af.", "tegen"),
        ("Een verplichte cursus kan, op voorwaarde dat ze gratis is.", "voorwaardelijk"),
        ("De bus kwam een kwartier te laat.", "geen"),
    ],
)
def test_the_four_stances(text: str, stance: str) -> None:
    (found,) = untaught().guess([text])
    assert found.stance == stance
    assert 0.25 < found.score <= 1


def test_the_kind_of_a_statement_changes_the_odds_and_nothing_has_no_stance() -> None:
    text = ["De cursus is te duur en er is geen plaats."]
    chances = [untaught().guess(text, [kind])[0] for kind in ("anders", "drempel")]
    assert chances[1].stance == "geen"
    assert chances[1].score > (chances[0].score if chances[0].stance == "geen" else 0)
    assert untaught().guess([]) == []


def test_the_model_learns_from_what_people_corrected() -> None:
    text = "Zo'n wandelende leerpaddenstoel, dat kennen we."
    other = "Die wandelende leerpaddenstoel, dat kennen we wel."
    before = untaught().guess([text, other])
    wrong = "tegen" if before[0].stance != "tegen" else "voor"
    after = StanceModel({text: wrong}).guess([text, other])  # type: ignore[dict-item]
    assert [each.stance for each in after] == [wrong, wrong]


def said(number: int, person: str, group: str | None = "burger") -> StatementView:
    """A statement of a person."""
    return StatementView(f"s{number}", "c", person, 4, 1, group, None, "voorstel", 0, 1, "x")


def test_a_theme_tells_both_sides_by_people_and_groups_and_keeps_a_minority() -> None:
    theme = [said(each, f"p{each}", "vakbond" if each < 5 else "burger") for each in range(14)]
    theme.append(said(14, "p0"))
    held = {each.id: ("tegen" if row < 5 else "voor", 0.9) for row, each in enumerate(theme[:12])}
    marks = Marks(stances={**held, "s12": ("voorwaardelijk", 0.5), "s14": ("tegen", 0.6)})
    found = theme_stance(theme, stances_of(state(), marks))
    assert found.people == {"voor": 7, "tegen": 5, "voorwaardelijk": 1}
    assert found.divided
    assert found.minority == "tegen"
    assert found.groups["vakbond"] == {"voor": 0, "tegen": 5, "voorwaardelijk": 0}
    corrected = stances_of(state(s0="voor", s1="geen"), marks)
    assert corrected["s0"].score is None
    again = theme_stance(theme, corrected)
    assert again.people["voor"] == 8
    assert again.people["tegen"] == 4
    assert again.minority == ""
    assert again.divided


def test_one_voice_against_many_does_not_divide_and_no_stance_tells_nothing() -> None:
    theme = [said(each, f"p{each}") for each in range(4)]
    marks = Marks(stances={"s0": ("tegen", 0.9), "s1": ("voor", 0.9), "s2": ("voor", 0.9)})
    found = theme_stance(theme, stances_of(state(), marks))
    assert found.held
    assert not found.divided
    assert not theme_stance(theme, {}).held


def state(**stances: str) -> CurationState:
    """A state in which people set these stances."""
    return CurationState({}, {}, {}, {}, (), {}, (), {}, stances)  # type: ignore[arg-type]


def test_rules_are_found_with_their_effect_on_statements_kept_apart() -> None:
    lines = (TEST.parent / "regelgeving.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    found = [named_rule(row["text"]) for row in rows]
    both = sum(bool(rule and row["rule_effect"]) for rule, row in zip(found, rows, strict=True))
    named = sum(rule is not None for rule in found)
    with_rule = sum(row["rule_effect"] is not None for row in rows)
    right = sum(
        rule is not None and rule.effect == row["rule_effect"]
        for rule, row in zip(found, rows, strict=True)
    )
    assert (len(rows), with_rule) == (240, 120)
    assert 2 * both / (named + with_rule) >= 0.8
    assert right / both >= 0.8


def test_a_rule_is_a_slice_and_rules_are_counted_by_people() -> None:
    text = "Door de wet op de overheidsopdrachten duurt een aankoop maanden."
    rule = named_rule(text)
    assert rule
    assert text[rule.start : rule.end] == rule.text == "wet op de overheidsopdrachten"
    assert rule.effect == "hindert"
    assert named_rule("In de regel komen er tien mensen.") is None
    two = [replace(said(each, f"p{each}"), text=text) for each in range(2)]
    lever = replace(said(2, "p1"), text="De wet op de overheidsopdrachten helpt ons.")
    (mentions,) = rules_named([*two, lever])
    assert (mentions.people, len(mentions.hindering), len(mentions.helping)) == (2, 2, 1)
