"""What many people write in the same words: popular answers, letters, and shared introductions."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from analysis.clustering.popular_answers import PopularClusterer, popular_groups
from analysis.clustering.shared_passages import introductions, passages, shared_runs, without_spans
from analysis.preprocessing.fixed_text import fixed_rows
from analysis.preprocessing.recurring_texts import (
    PopularGroups,
    as_label,
    recurring_texts,
    shortened,
)
from analysis.run import analyse
from consultation import rounds
from consultation.catalogue import Catalogue
from consultation.database.storage import Storage
from consultation.importing.imports import store_rows
from consultation.importing.readers import ImportFile, ImportRow, read_rows
from consultation.queries.excluded_statements import ExcludedStatements
from consultation.queries.opdracht_snapshot import opdracht_snapshot
from consultation.queries.statements import StatementView
from consultation.queries.themes import ThemeView, theme_views
from consultation.settings import settings
from language.embedding import normalised
from samenspraak.cli import app
from tests.conftest import shared_file
from tests.databases import open_storage

BUS = (
    "De bus naar de campus komt maar een keer per uur.",
    "Na negen uur rijdt er geen tram meer naar mijn dorp.",
    "Zonder auto raak ik 's avonds niet meer thuis van het station.",
    "De halte ligt ver van het lokaal en er is geen verlichting.",
    "De trein heeft elke week vertraging op weg naar de les.",
    "Er is geen veilig fietspad langs de steenweg.",
    "Een buskaart kost bijna zoveel als het rijbewijs.",
    "De belbus moet je twee dagen vooraf aanvragen.",
)
MONEY = (
    "Het inschrijvingsgeld is te hoog voor een leefloon.",
    "Ik kan de handboeken en de kopies niet betalen.",
    "De premie komt pas maanden na de factuur op de rekening.",
    "Drie kinderen en een huur, dan blijft er voor cursusgeld niets over.",
    "De korting geldt niet voor wie halftijds werkt.",
    "Een laptop van achthonderd euro is voor mij te duur.",
    "Wie werkloos is, verliest zijn uitkering bij een dagopleiding.",
    "De terugbetaling van de kosten is een berg papier.",
)
CARE = (
    "Mijn dochter van twee kan nergens terecht tijdens de les.",
    "De crèche sluit om zes uur en de cursus begint om zeven uur.",
    "Er staat een lange wachtlijst voor kinderopvang in onze wijk.",
    "Als alleenstaande moeder vind ik geen oppas voor de avond.",
    "De onthaalmoeder werkt niet op woensdag.",
    "Naschoolse opvang is er niet in de vakantie.",
    "Mijn man werkt 's nachts, wie blijft dan bij de baby?",
    "Grootouders kunnen niet elke week op de kleinkinderen passen.",
)
LANGUAGE = (
    "De brieven van de school zijn in moeilijk Nederlands.",
    "Ik begrijp de vaktaal in de cursustekst niet.",
    "De leraar praat te snel voor wie de taal nog leert.",
    "Het examen gebruikt woorden die niemand thuis kent.",
    "De uitleg op de website begrijp ik alleen met een vertaling.",
    "Er is geen tolk bij de inschrijving.",
    "Dialect in de klas maakt het nog moeilijker om te volgen.",
    "Formulieren invullen lukt mij niet zonder hulp bij de taal.",
)
DIFFERENT = BUS + MONEY + CARE + LANGUAGE
POPULAR = "Meer cursussen in het weekend"
LETTER = ("Geachte mevrouw, geachte heer,", "Ik schrijf u naar aanleiding van uw bevraging.")
CLOSING = ("Alvast hartelijk dank voor uw tijd.", "Met vriendelijke groeten,")
DEMAND = "Wij vragen dat de bibliotheek ook op zondag open is."
INTRODUCTION = (
    "Als bewoners van de Molenwijk sluiten wij ons aan bij het standpunt van de wijkraad."
)


@dataclass
class Found:
    themes: list[ThemeView]
    excluded: ExcludedStatements
    said: tuple[StatementView, ...] = field(repr=False)

    def theme_with(self, text: str) -> ThemeView:
        (found,) = (view for view in self.themes if any(text in each.text for each in view.said))
        return found


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return open_storage(f"sqlite:///{tmp_path / 'samenspraak.db'}")


def found(storage: Storage, catalogue: Catalogue, file: ImportFile) -> Found:
    with storage.writing() as session:
        consultation = rounds.ensure_consultation(session, catalogue).id
        round_ = rounds.open_(session, consultation, 1)
        store_rows(session, consultation, round_, file, catalogue)
    analyse(
        storage,
        consultation,
        catalogue,
        encoder_name="e5",
        spacy_model="nl_core_news_sm",
        opdracht=4,
    )
    with storage.reading() as session:
        seen = opdracht_snapshot(session, consultation, 4)
        themes = theme_views(session, consultation, 4)
        result = Found(themes, seen.excluded, seen.said)
    storage.close()
    return result


def answers(texts: Sequence[str]) -> ImportFile:
    rows = [
        ImportRow(f"regel {n}", text, opdracht=4, question="drempel", participant=f"p{n}")
        for n, text in enumerate(texts)
    ]
    return ImportFile("rijen.jsonl", tuple(rows))


def said(*letters: Sequence[str]) -> list[StatementView]:
    """Statements of letters, each of somebody else."""
    found = []
    for number, lines in enumerate(letters):
        at = 0
        for place, line in enumerate(lines):
            who = f"p{number}"
            ids = (f"{number}-{place}", f"answer {number}", who)
            found.append(
                StatementView(*ids, 4, 1, None, "drempel", "drempel", at, at + len(line), line)
            )
            at += len(line) + 1
    return found


def fixed(*letters: Sequence[str]) -> set[str]:
    statements = said(*letters)
    return {statements[row].text for row in fixed_rows(statements)}


def test_a_popular_short_answer_is_a_theme_named_by_it(
    storage: Storage, catalogue: Catalogue
) -> None:
    ways = (POPULAR, POPULAR.lower(), f"{POPULAR}.", f"{POPULAR.upper()}!!")
    seen = found(storage, catalogue, answers([*DIFFERENT, *(ways[n % 4] for n in range(24))]))
    theme = seen.theme_with(POPULAR)
    assert theme.label == POPULAR
    assert theme.people >= 24
    assert theme.voices <= 3
    assert "weekend" in theme.keywords
    assert theme.quotes[0].text.lower().startswith(POPULAR.lower())
    assert sum("weekend" in each.text.lower() for each in theme.quotes) == 1, "said once"
    assert theme.code != seen.themes[-1].code
    others = [each.label for each in seen.themes if each is not theme]
    assert len(others) >= 3
    assert not any("weekend" in label.lower() for label in others)


def test_two_popular_answers_that_mean_the_same_are_one_theme(
    storage: Storage, catalogue: Catalogue
) -> None:
    again = "Meer cursussen op zaterdag en zondag"
    seen = found(storage, catalogue, answers([*DIFFERENT, *[POPULAR] * 14, *[again] * 8]))
    assert seen.theme_with(POPULAR).id == seen.theme_with(again).id
    assert seen.theme_with(POPULAR).label == POPULAR
    assert seen.theme_with(POPULAR).people >= 22


def test_two_popular_answers_on_two_subjects_are_two_themes(
    storage: Storage, catalogue: Catalogue
) -> None:
    seen = found(storage, catalogue, answers([*DIFFERENT, *[POPULAR] * 14, *["Te duur"] * 9]))
    assert {POPULAR, "Te duur"} <= {each.label for each in seen.themes}


def test_what_everybody_says_alike_is_one_theme_where_there_are_people_enough(
    storage: Storage, catalogue: Catalogue
) -> None:
    seen = found(storage, catalogue, answers(["Geen tijd."] * 40))
    (theme,) = seen.themes
    assert (theme.label, theme.people, theme.voices) == ("Geen tijd", 40, 1)
    assert [each.text for each in theme.quotes] == ["Geen tijd."]


def test_under_the_least_number_even_a_popular_answer_is_no_theme(
    storage: Storage, catalogue: Catalogue
) -> None:
    assert not found(storage, catalogue, answers(["Geen tijd."] * 29)).themes


def test_the_lines_of_a_letter_are_set_aside_with_their_count(
    storage: Storage, catalogue: Catalogue
) -> None:
    names = ("Jan Peeters", "Fatima El Amrani", "Een bezorgde moeder", "K. De Smet")
    letters = [
        "\n".join((*LETTER, "", content, "", *CLOSING, names[n % 4]))
        for n, content in enumerate(DIFFERENT)
    ]
    seen = found(storage, catalogue, answers(letters))
    placed = {each.text for theme in seen.themes for each in theme.said}
    assert placed == set(DIFFERENT)
    counts = {each.said.text: len(each.all) for each in seen.excluded.fixed}
    # The salutation, the close and the name below it are no statements at all.
    assert counts == dict.fromkeys((LETTER[1], CLOSING[0]), len(DIFFERENT))
    assert seen.excluded.fixed_lines == 2 * len(DIFFERENT) == len(seen.excluded)
    assert len(seen.said) == 3 * len(DIFFERENT), "nothing else is lost"


def test_the_demand_of_a_campaign_letter_stays_with_all_its_people(
    storage: Storage, catalogue: Catalogue
) -> None:
    letter = "\n".join((*LETTER, "", DEMAND, "", *CLOSING))
    own = [f"{letter}\n\nP.S. {text}" for text in BUS[:3]]
    seen = found(storage, catalogue, answers([*DIFFERENT, *[letter] * 17, *own]))
    theme = seen.theme_with(DEMAND)
    assert theme.people >= 20
    assert any(DEMAND in each.text for each in theme.quotes) or (
        theme.action and theme.action.text == DEMAND
    )
    assert {each.said.text for each in seen.excluded.fixed} == {LETTER[1], CLOSING[0]}


@pytest.mark.parametrize("joint", [" ", " Wij voegen daaraan toe: "])
def test_a_long_introduction_that_all_share_names_no_theme(
    storage: Storage, catalogue: Catalogue, joint: str
) -> None:
    opening = INTRODUCTION if joint == " " else INTRODUCTION.rstrip(".") + ", en"
    texts = [f"{opening}{joint}{each}" for each in DIFFERENT]
    seen = found(storage, catalogue, answers(texts))
    assert len(seen.themes) >= 3
    for theme in seen.themes:
        words = theme.label.lower()
        assert not any(each in words for each in ("bewoner", "molenwijk", "wijkraad", "standpunt"))
        assert not {"molenwijk", "wijkraad", "standpunt"} & set(theme.keywords)


def test_where_half_of_the_answers_are_empty_no_theme_is_of_those(
    storage: Storage, catalogue: Catalogue
) -> None:
    nothing = ("geen opmerkingen", "sans objet", "no comment", "n.v.t.", "zie vraag 2", "/")
    silent = [nothing[n % len(nothing)] for n in range(len(DIFFERENT))]
    seen = found(storage, catalogue, answers([*DIFFERENT, *silent]))
    placed = {each.text for theme in seen.themes for each in theme.said}
    assert placed == set(DIFFERENT)
    assert not set(nothing) & {each.label.lower() for each in seen.themes}
    assert len(seen.excluded.silent) + len(seen.excluded.foreign) == len(silent)


@pytest.mark.parametrize(
    "line",
    [
        "Geachte lezer,",
        "Met belangstelling las ik uw vragenlijst.",
        "Hieronder vindt u mijn antwoorden.",
        "Wij danken u voor de uitnodiging om mee te denken.",
        "Namens de ouders van de Parkschool bezorg ik u deze reactie.",
        INTRODUCTION,
        "Wij zijn een vereniging van ouders en wij komen elke maand samen in de wijk.",
    ],
)
def test_what_speaks_of_the_writing_is_fixed_text_around_what_differs(line: str) -> None:
    assert fixed(*([line, text] for text in DIFFERENT)) == {line}


@pytest.mark.parametrize(
    "line",
    [
        POPULAR,
        DEMAND,
        "Kinderopvang tijdens de les",
        "Te duur",
        "Geen tijd.",
        "Ik werk in ploegen.",
        "Mijn werk en mijn gezin",
        "De bibliotheek is het hart van de wijk.",
        "De bus rijdt na acht uur niet meer.",
        "Wij eisen dat de stad de avondschool openhoudt.",
        "Als lid van de wijkraad vraag ik om een school in onze buurt.",
        "Hierbij vragen wij gratis lessen voor iedereen.",
        "Ik hoop dat u de lessen op zaterdag behoudt voor wie werkt.",
        "De deuren van de school moeten ook op zondag open.",
    ],
)
def test_what_asks_or_names_a_problem_is_never_fixed_text(line: str) -> None:
    assert not fixed(*([line, text] for text in DIFFERENT))
    assert not fixed(*([text, line] for text in DIFFERENT))


def test_few_people_or_nothing_beside_it_makes_no_fixed_text() -> None:
    line = "Hieronder vindt u mijn antwoorden."
    assert not fixed(*([line, text] for text in DIFFERENT[:4]), *([text] for text in DIFFERENT))
    assert not fixed(*([line] for _ in DIFFERENT))
    in_between = ([one, line, other] for one, other in zip(BUS, CARE, strict=True))
    assert not fixed(*in_between)


def test_who_signs_is_set_aside_and_a_postscript_is_not() -> None:
    letters = [
        [text, "Met vriendelijke groeten,", f"Bewoner {n}", "Kerkstraat 12", "P.S. Geef ons tijd."]
        for n, text in enumerate(DIFFERENT)
    ]
    found = fixed(*letters)
    assert {"Kerkstraat 12", "Bewoner 3", "Met vriendelijke groeten,"} <= found
    assert "P.S. Geef ons tijd." not in found
    assert not found & set(DIFFERENT)


def test_the_order_of_the_answers_makes_no_difference_to_fixed_text() -> None:
    letters = [[*LETTER, text, *CLOSING] for text in DIFFERENT]
    shuffled = random.Random(7).sample(letters, len(letters))
    assert fixed(*letters) == fixed(*shuffled) == {*LETTER, *CLOSING}


def test_a_text_that_comes_along_with_another_popular_one_is_no_popular_answer() -> None:
    texts = [POPULAR, DEMAND] * 6 + ["Te duur"] * 6
    people = [f"p{n // 2}" for n in range(12)] + [f"q{n}" for n in range(6)]
    copies = {row: row % 2 for row in range(2, 12)} | dict.fromkeys(range(13, 18), 12)
    seen = recurring_texts(texts, people, people, copies, [0, 1, 12])
    assert set(seen.people) == {0, 1, 2}
    assert seen.popular == (2,)
    assert [seen.weight(row) for row in range(4)] == [6, 6, 6, 1]


def test_one_person_who_repeats_an_answer_makes_it_not_popular() -> None:
    copies = dict.fromkeys(range(1, 20), 0)
    assert not recurring_texts([POPULAR] * 20, ["p"] * 20, list(range(20)), copies, [0]).people


def near(*cosines: float) -> np.ndarray:
    """Unit vectors at these cosines from the first axis, each with an axis of its own beside it."""
    rows = np.zeros((len(cosines), len(cosines) + 1), dtype=np.float32)
    for row, cosine in enumerate(cosines):
        rows[row, 0], rows[row, row + 1] = cosine, np.sqrt(1 - cosine**2)
    return rows


def test_texts_near_a_popular_answer_join_it_and_others_do_not() -> None:
    random_ones = np.random.default_rng(0).normal(size=(40, 12)).astype(np.float32)
    close = normalised(np.vstack([random_ones[:1] + 0.1 * random_ones[1:2], random_ones]))
    seen = recurring_texts(
        ["a"] * 9 + ["b"] * 40,
        list(range(49)),
        list(range(49)),
        dict.fromkeys(range(1, 9), 0),
        [0, *range(9, 49)],
    )
    assert seen.popular == (0,)
    (rows,) = popular_groups(close, seen).rows
    assert 1 in rows
    assert len(rows) < 6


def test_a_cluster_that_is_mostly_of_a_popular_answer_stays_whole_and_another_gives_it_up() -> None:
    rng = np.random.default_rng(1)
    middles = np.eye(4, 16, dtype=np.float32)
    vectors = normalised(
        np.repeat(middles, 12, axis=0) + 0.1 * rng.normal(size=(48, 16)).astype(np.float32)
    )
    people = [f"p{row}" for row in range(48)]
    plain = PopularClusterer(people, PopularGroups()).fit(vectors).labels_
    assert len(set(plain.tolist())) == 4
    mostly = (
        PopularClusterer(people, PopularGroups(((0,),), (tuple(range(7)),))).fit(vectors).labels_
    )
    assert len(set(mostly.tolist())) == 4
    alone = PopularClusterer(people, PopularGroups(((0,),), ((0,),))).fit(vectors).labels_
    assert len(set(alone.tolist())) == 5
    assert (alone == alone[0]).sum() == 1
    rest = PopularClusterer(
        people, PopularGroups(((0,), (1,)), (tuple(range(5)), tuple(range(5, 10))))
    )
    left = rest.fit(vectors).labels_
    assert len({*left[:5]}) == len({*left[5:10]}) == 1
    assert left[0] != left[5]
    assert {*left[10:12]} <= {*left[12:]}, "two texts are too few for a theme"


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("meer lessen op zaterdag!!", "Meer lessen op zaterdag"),
        ("- GEEN TIJD EN GEEN GELD.", "Geen tijd en geen geld"),
        ("NT2", "NT2"),
        ("“Te duur”", "Te duur"),
        ("een twee drie vier vijf zes zeven acht negen", None),
        ("?!", None),
    ],
)
def test_a_popular_answer_as_a_name(text: str, label: str | None) -> None:
    assert as_label(text) == label


def test_the_verbs_tell_what_was_set_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMENSPRAAK_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SAMENSPRAAK_DATABASE_URL", "")
    monkeypatch.setenv("SAMENSPRAAK_EMBEDDING", "use")
    settings.cache_clear()
    lines = [
        {"text": "\n".join((*LETTER, text, *CLOSING)), "opdracht": 4, "question": "drempel"}
        for text in DIFFERENT
    ]
    letters = tmp_path / "brieven.jsonl"
    letters.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    run = CliRunner()
    for verb in (["round", "open", "1"], ["import", str(letters)]):
        assert run.invoke(app, verb).exit_code == 0
    for verb in (["analyse"], ["themes", "--opdracht", "4", "--format", "json"]):
        done = run.invoke(app, verb)
        assert done.exit_code == 0
        assert "opdracht 4: set aside" in done.stderr
        assert "64 fixed text around answers" in done.stderr
    assert json.loads(done.stdout)
    settings.cache_clear()


FIELD = (
    "27b-short-real.jsonl",
    "52-prefix.import.jsonl",
    "52b-letter.import.jsonl",
    "56-dups.import.jsonl",
    "57d-all-same.import.jsonl",
    "58-half-empty.import.jsonl",
    "61-copied-across.import.jsonl",
)


@pytest.mark.parametrize("name", FIELD)
def test_field_cases(storage: Storage, catalogue: Catalogue, name: str) -> None:
    seen = found(storage, catalogue, read_rows(shared_file(f"field/{name}"), catalogue))
    labels = [each.label for each in seen.themes]
    people = {each.participant for each in seen.said}
    assert all(each.people <= len(people) for each in seen.themes)
    if name.startswith("27b"):
        assert len(seen.excluded) == 0
    elif name.startswith("52"):
        # One line each says something of their own.
        assert sum(len(each.said) for each in seen.themes) == len(people) == 120
        words = " ".join(labels).lower()
        assert not any(each in words for each in ("bewonersgroep", "aanbod", "oproep", "comite"))
        assert "comité" not in words
    elif name.startswith("56"):
        (theme,) = (each for each in seen.themes if each.label == "Meer lessen op zaterdag")
        assert theme.people >= 36
        assert theme.voices <= 3
        assert "Vaktaal en cursustekst" in labels
    elif name.startswith("57d"):
        assert labels == ["Geen tijd"]
    elif name.startswith("58"):
        assert len(seen.excluded.silent) + len(seen.excluded.foreign) >= 55
        assert "Sans objet" not in labels
    else:
        assert not seen.excluded.fixed
        assert max(each.people for each in seen.themes) < 20


def test_an_introduction_in_half_of_the_texts_names_no_theme_and_is_no_keyword(
    storage: Storage, catalogue: Catalogue
) -> None:
    opening = f"{INTRODUCTION.rstrip('.')}, want "
    texts = [f"{opening}{each}" if n % 2 else each for n, each in enumerate(DIFFERENT)]
    seen = found(storage, catalogue, answers(texts))
    for theme in seen.themes:
        shown = f"{theme.label} {' '.join(theme.keywords)}".lower()
        assert not any(each in shown for each in ("bewoner", "molenwijk", "wijkraad", "standpunt"))
        if len(theme.said) > 6:
            introduced = sum(each.text.startswith(opening) for each in theme.said)
            assert 0 < introduced < len(theme.said), "themes are of what differs"


def test_an_introduction_ends_where_people_begin_to_differ() -> None:
    opening = INTRODUCTION.rstrip(".")
    goes_on = [f"{opening}, want elke bus naar de campus rijdt {n} keer." for n in "abcdefgh"]
    texts = [*goes_on, *(f"{opening}, want {each}" for each in MONEY + CARE)]
    found = introductions(texts, shared_runs(texts))
    assert set(found) == set(range(len(texts)))
    left = [without_spans(text, found[row]) for row, text in enumerate(texts)]
    assert left[0] == "elke bus naar de campus rijdt a keer"
    assert left[8] == MONEY[0].rstrip(".")


def test_what_is_asked_in_the_same_words_for_other_reasons_is_no_introduction() -> None:
    asked = "Wij vragen in deze wijk elke week een les op zaterdag, "
    texts = [*DIFFERENT, *(f"{asked}{each}" for each in BUS)]
    runs = shared_runs(texts)
    assert runs
    assert not passages(runs, np.repeat(np.arange(5), 8))
    everywhere = passages(runs, np.array([*range(32), *[n % 4 for n in range(8)]]) % 4)
    assert set(everywhere) == set(range(32, 40))
    assert everywhere[32] == [(0, len(asked.rstrip(", ")))]
    assert not introductions(texts, runs), "it asks something"
    assert not shared_runs(DIFFERENT)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        (
            "Wij, ouders van de school, vragen de stad om meer lessen op zaterdag in onze buurt.",
            "Meer lessen op zaterdag in onze buurt",
        ),
        ("Wij vragen om te stoppen met de veel te lange formulieren op de website.", None),
    ],
)
def test_a_long_popular_plea_is_named_by_what_it_asks(text: str, label: str | None) -> None:
    assert as_label(text) == label


def test_a_long_popular_answer_is_shortened_rather_than_named_by_one_word() -> None:
    text = "Zorg dat wie in ploegen werkt dezelfde les ook in de namiddag kan volgen."
    assert shortened(text) == "Zorg dat wie in ploegen werkt dezelfde les…"
    assert len(shortened("Meervoudigepersoonlijkheden " * 9)) <= 61
