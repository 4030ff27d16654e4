"""A campaign is one voice with its count beside it; what says nothing is listed, not clustered."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from analysis import dataframes
from analysis.preprocessing import deduplication
from analysis.preprocessing.deduplication import (
    Exclusion,
    _exclusion,
    group_duplicates,
    without_greeting,
)
from analysis.run import analyse
from consultation.catalogue import Catalogue
from consultation.database.models import Assignment, Participant
from consultation.database.storage import Storage
from consultation.importing.readers import ImportRow
from consultation.queries.themes import NO_ANSWER, OTHER_LANGUAGE, latest_run, marks_of, theme_views
from tests.analysis.test_run import FAST, prepared, sample_rows

PLEA = "Maak alle cursussen in het volwassenenonderwijs gratis voor iedereen."
VARIANTS = (
    "maak alle cursussen in het volwassenenonderwijs gratis voor iedereen",
    "Maak alle cursusen in het volwassenenonderwijs gratis voor iedereen!!!",
    "Beste, maak alle cursussen in het volwassenenonderwijs gratis voor iedereen.",
    "Geachte mevrouw, maak alle cursussen in het volwassenenonderwijs gratis voor iedereen",
    "Maak ook alle cursussen in het volwassenenonderwijs gratis voor iedereen a.u.b.",
    "Maak alle cursussen in het volwassenenonderwijs gratis voor iedereen. Groetjes, Jan Peeters",
    "Maak alle cursussen in het volwassenenonderwijs gratis voor iedereen, hoogachtend",
)
OTHERS = (
    "Maak alle cursussen in het volwassenenonderwijs niet gratis voor iedereen.",
    "Maak alle cursussen in het hoger onderwijs gratis voor iedereen.",
    "Maak geen cursussen in het volwassenenonderwijs gratis voor iedereen.",
    "Maak alle boeken in het volwassenenonderwijs gratis voor iedereen.",
)


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_typo_a_greeting_or_a_signature_makes_no_new_voice(variant: str) -> None:
    assert group_duplicates([PLEA, variant, PLEA]).duplicates == {1: 0, 2: 0}


def test_what_was_read_before_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [PLEA, "geen idee", "I do not have the time for this.", "De bus rijdt te laat.", "..."]
    anew = group_duplicates(texts, fixed={0})
    assert [each.row for each in anew.excluded] == [0, 1, 2, 4]
    asked: list[int] = []

    def counted(row: int, text: str) -> Exclusion | None:
        asked.append(row)
        return _exclusion(row, text)

    monkeypatch.setattr(deduplication, "_exclusion", counted)
    read = {each.row: each for each in anew.excluded if each.row in (1, 2)}
    assert group_duplicates(texts, fixed={0}, read={0: None, **read, 3: None}) == anew
    assert asked == [4]


@pytest.mark.parametrize("other", OTHERS)
def test_one_word_that_counts_does(other: str) -> None:
    assert group_duplicates([PLEA, other]).representatives == (0, 1)


@pytest.mark.parametrize(
    ("text", "word", "other", "same"),
    [
        ("Ik ben Jan en ik wil meer lessen in de avond.", "Jan", "Fatima", True),
        ("Ik woon in Gent en ik vind geen opvang voor de kinderen.", "Gent", "Aalst", True),
        ("Open elke bib in Gent ook op zondag voor cursisten.", "Gent", "Aalst", False),
        ("Geef iedereen vanaf 18 jaar een budget om te leren.", "18", "65", False),
        ("Laat werkgevers de opleiding zelf betalen.", "werkgevers", "werknemers", False),
        ("te duur", "duur", "ver", False),
        ("te duur", "te duur", "Te duur!", True),
        ("De les begint om 3 uur.", "3", "4", False),
    ],
)
def test_names_may_differ_numbers_and_subjects_may_not(
    text: str, word: str, other: str, same: bool
) -> None:
    assert (len(group_duplicates([text, text.replace(word, other)]).representatives) == 1) is same


def test_what_says_nothing_or_is_not_dutch_is_set_aside() -> None:
    texts = [
        "geen mening",
        "zie boven",
        "weet niet",
        "idem",
        "/",
        "😀😀",
        "Hoogachtend,",
        "Te duur.",
    ]
    voices = group_duplicates([*texts, "I do not have the time for this."])
    assert [each.mark for each in voices.excluded] == [NO_ANSWER] * 7 + [OTHER_LANGUAGE]
    assert voices.excluded[-1].language == "en"
    assert voices.representatives == (7,)


@given(
    st.lists(st.sampled_from([PLEA, *VARIANTS, *OTHERS, "geen mening", "te duur"]), max_size=30),
    st.randoms(use_true_random=False),
)
def test_every_text_has_one_place_whatever_their_order(
    texts: list[str], rng: random.Random
) -> None:
    voices = group_duplicates(texts)
    placed = [*voices.representatives, *voices.duplicates, *(each.row for each in voices.excluded)]
    assert sorted(placed) == list(range(len(texts)))
    assert set(voices.duplicates.values()) <= set(voices.representatives)
    shuffled = texts[:]
    rng.shuffle(shuffled)
    again = group_duplicates(shuffled)
    assert sorted(shuffled[row] for row in again.representatives) == sorted(
        texts[row] for row in voices.representatives
    )
    assert sum(voices.sizes.values()) + len(voices.excluded) == len(texts)


def test_a_letter_keeps_its_words_when_greetings_go() -> None:
    assert (
        without_greeting("Beste minister, te duur. Met vriendelijke groeten, Els De Smet")
        == "te duur"
    )
    assert without_greeting("Hoogachtend") == "Hoogachtend"


def test_a_campaign_is_one_voice_with_its_count_and_pulls_no_theme(
    storage: Storage, catalogue: Catalogue
) -> None:
    rows = [*sample_rows(4), ImportRow("", "Je ne parle pas néerlandais.", opdracht=4)]
    rows.append(ImportRow("", "geen mening", opdracht=4, participant="zwijger"))
    consultation = prepared(storage, catalogue, rows)
    analyse(storage, consultation, catalogue, opdracht=4, **FAST)
    with storage.reading() as session:
        before = theme_views(session, consultation, 4)
    flood = [
        ImportRow(str(n), PLEA if n % 3 else VARIANTS[n % len(VARIANTS)], opdracht=4)
        for n in range(200)
    ]
    prepared(storage, catalogue, [*rows, *flood])
    analyse(storage, consultation, catalogue, opdracht=4, **FAST)
    with storage.reading() as session:
        after = theme_views(session, consultation, 4)
        run = latest_run(session, consultation, 4)
        assert run is not None
        marks = marks_of(session, run.id, 4)
        table = dataframes.themes(session, consultation, [4])
        doubles = session.scalars(
            select(Assignment.statement_id).where(Assignment.run_id == run.id)
        ).all()
    assert abs(len(after) - len(before)) <= 1
    (flooded,) = [view for view in after if view.campaigns and view.campaigns[0] > 100]
    assert flooded.campaigns[0] == 200
    assert flooded.people >= 200
    assert flooded.voices == len(flooded.said) - 199
    assert sum("gratis voor iedereen" in each.text for each in flooded.quotes) <= 1
    assert len(doubles) == len(set(doubles))
    assert list(marks.languages.values()).count("fr") >= 1
    assert marks.no_answer
    placed = {each.id for view in after for each in view.said}
    assert not placed & (marks.no_answer | set(marks.languages))
    assert table["trust"].iloc[0].keys() >= {"voices", "campaigns"}


def test_a_voice_that_is_erased_leaves_its_copies_in_their_theme(
    storage: Storage, catalogue: Catalogue
) -> None:
    rows = [*sample_rows(4), *(ImportRow(str(n), PLEA, opdracht=4) for n in range(3))]
    consultation = prepared(storage, catalogue, rows)
    analyse(storage, consultation, catalogue, opdracht=4, **FAST)
    with storage.writing() as session:
        (theme,) = [view for view in theme_views(session, consultation, 4) if view.campaigns]
        assert theme.campaigns == (3,)
        voice = next(each for each in theme.said if each.text == PLEA)
        session.delete(session.get_one(Participant, voice.participant))
    with storage.reading() as session:
        again = next(view for view in theme_views(session, consultation, 4) if view.id == theme.id)
    assert len(again.said) == len(theme.said) - 1
    assert sum(each.text == PLEA for each in again.said) == 2
    analyse(storage, consultation, catalogue, opdracht=4, **FAST)
    with storage.reading() as session:
        assert max(v.campaigns for v in theme_views(session, consultation, 4)) == (2,)
