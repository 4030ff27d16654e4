"""Exports of survey tools come in by a mapping, guessed or made; the next export only adds."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from consultation import rounds
from consultation.catalogue import Catalogue
from consultation.curation.chain import broken_links
from consultation.curation.log import append_all, curated
from consultation.curation.operations import PlaceExactly
from consultation.database.models import ContributionVersion, Participant
from consultation.database.storage import Storage
from consultation.errors import ImportFileError
from consultation.importing.imports import ImportResult, import_files
from consultation.importing.mapping import SurveyMapping, guessed, mapping_text, read_mapping
from consultation.importing.readers import ImportFile, read_rows, read_survey
from consultation.importing.stored_mappings import (
    KnownSurvey,
    keep_mapping,
    known_survey,
    mapping_named,
    stored_surveys,
)
from consultation.importing.tables import FileFaults
from consultation.queries.statements import StatementView, active_statements
from consultation.settings import settings
from samenspraak.cli import app
from tests.consultation.test_import_again import FIELD, Imports, counted
from tests.consultation.test_import_workbooks import ods, xlsx
from tests.databases import open_storage

HURDLE = "Wat houdt u tegen om bij te leren?"
WISH = "Wat stelt u voor?"
SAID = [
    ("De lessen beginnen om 16 uur en dan werk ik nog.", "Laat het CVO ook op zaterdag lesgeven."),
    ("Er rijdt na 20 uur geen bus meer.", ""),
    ("", "Zorg voor kinderopvang tijdens de avondlessen."),
]
Rows = list[list[str]]


class Verbs(NamedTuple):
    """Runs a verb of the command line, and the database that it works on."""

    run: Callable[..., Any]
    storage: Storage


def answered(*before: list[str]) -> Rows:
    """The rows of three responses: what stands before their two answers, and these."""
    return [[*one, *said] for one, said in zip(before, SAID, strict=True)]


EXPORTS: dict[str, Rows] = {
    "limesurvey": [
        [
            "id. Antwoord-ID",
            "submitdate. Datum van inzending",
            "lastpage. Laatste pagina",
            "G01Q03[SQ001]. Groep [Burger]",
            f"G01Q01. {HURDLE}",
            f"G01Q02. {WISH}",
        ],
        *answered(
            ["1", "2026-03-02 09:20:00", "3", "Ja"],
            ["2", "2026-03-02 09:21:00", "3", "N/A"],
            ["3", "2026-03-02 09:22:00", "3", "Ja"],
        ),
    ],
    "eusurvey": [
        ["Contribution ID", "Creation Date", "Last Update", "Languages", HURDLE, WISH],
        *answered(
            ["5f1c-1", "2026-03-02 09:20", "2026-03-02 09:20", "NL"],
            ["5f1c-2", "2026-03-02 09:21", "2026-03-02 09:20", "NL"],
            ["5f1c-3", "2026-03-02 09:22", "2026-03-02 09:20", "NL"],
        ),
    ],
    "citizenspace": [
        ["Response ID", "Date Submitted", "Status", f"1: {HURDLE}", f"2: {WISH}"],
        *answered(
            ["ANON-1", "2026-03-02 09:20", "Submitted"],
            ["ANON-2", "2026-03-02 09:21", "Submitted"],
            ["ANON-3", "2026-03-02 09:22", "Submitted"],
        ),
    ],
    "qualtrics": [
        ["StartDate", "RecordedDate", "ResponseId", "DistributionChannel", "Q1", "Q2"],
        ["Startdatum", "Opgeslagen", "Antwoord-ID", "Kanaal", HURDLE, WISH],
        [f'{{"ImportId":"{name}"}}' for name in ("a", "b", "c", "d", "QID1_TEXT", "QID2_TEXT")],
        *answered(
            ["2026-03-02 09:00:00", "2026-03-02 09:20:00", "R_1", "anonymous"],
            ["2026-03-02 09:00:00", "2026-03-02 09:20:00", "R_2", "anonymous"],
            ["2026-03-02 09:00:00", "2026-03-02 09:20:00", "R_3", "anonymous"],
        ),
        ["2026-03-02 09:00:00", "2026-03-02 09:20:00", "R_4", "preview", "Een proef van mij", ""],
    ],
    "surveymonkey": [
        ["Respondent ID", "Collector ID", "Start Date", "End Date", "Bent u?", "", HURDLE, WISH],
        ["", "", "", "", "Burger", "Vakbond", "Open-Ended Response", "Open-Ended Response"],
        *answered(
            ["114018", "4", "03/02/2026 09:00", "03/02/2026 09:20", "Burger", ""],
            ["114019", "4", "03/02/2026 09:00", "03/13/2026 09:20", "", "Vakbond"],
            ["114020", "4", "03/02/2026 09:00", "03/14/2026 09:20", "Burger", ""],
        ),
    ],
    "msforms": [
        [
            "ID",
            "Start time",
            "Completion time",
            "Email",
            "Name",
            "Tot welke groep hoort u?",
            HURDLE,
            WISH,
        ],
        *answered(
            ["1", "2-3-2026 9:00", "2-3-2026 9:20", "anonymous", "", "Burger"],
            ["2", "2-3-2026 9:00", "2-3-2026 9:21", "anonymous", "", "Vakbond"],
            ["3", "2-3-2026 9:00", "2-3-2026 9:22", "anonymous", "", "Burger"],
        ),
    ],
    "googleforms": [
        ["Tijdstempel", "Mogen we u citeren?", HURDLE, WISH],
        *answered(
            ["2026/03/02 9:20:37 a.m. CET", "Ja"],
            ["2026/03/02 9:21:37 a.m. CET", "Nee"],
            ["2026/03/02 9:22:37 a.m. CET", "Ja"],
        ),
    ],
    # With codes only, with texts only, and in a language of its own, the same tools.
    "limesurvey codes": [
        [
            "id",
            "submitdate",
            "lastpage",
            "startlanguage",
            "seed",
            "startdate",
            "datestamp",
            "a",
            "b",
        ],
        *answered(
            *(
                [
                    n,
                    "2026-03-02 09:20:00",
                    "3",
                    "nl",
                    f"17{n}",
                    "2026-03-02 09:00:00",
                    "2026-03-02 09:20:00",
                ]
                for n in "123"
            )
        ),
    ],
    "limesurvey teksten": [
        ["Antwoord ID", "Datum ingezonden", "Laatste pagina", "Starttaal", "Zaad", HURDLE, WISH],
        *answered(*([n, "2026-03-02 09:20:00", "3", "nl", f"17{n}"] for n in "123")),
    ],
    "msforms nederlands": [
        ["Id", "Begintijd", "Tijd van voltooien", "E-mail", "Naam", HURDLE, WISH],
        *answered(*([n, "3/2/26 9:00:00", "3/14/26 9:20:00", "anonymous", ""] for n in "123")),
    ],
    "kobo": [
        ["start", "end", "groep", HURDLE, WISH, "_id", "_uuid", "_submission_time", "__version__"],
        *(
            [
                f"2026-03-02T09:0{n}",
                f"2026-03-02T09:1{n}",
                group,
                *said,
                str(900 + n),
                f"u-{n}",
                f"2026-03-02T09:2{n}:00",
                "v1",
            ]
            for n, (group, said) in enumerate(
                zip(["Burger", "Vakbond", "Burger"], SAID, strict=True)
            )
        ),
    ],
}
PROPOSALS: dict[str, Rows] = {
    "decidim": [
        ["id", "author/id", "author/name", "title/nl", "body/nl", "votes", "published_at"],
        [
            "7",
            "41",
            "An",
            "Zaterdagles",
            "Laat het CVO ook op zaterdag lesgeven.",
            "4",
            "2026-03-02",
        ],
        ["8", "41", "An", "Opvang", "Zorg voor kinderopvang bij de les.", "2", "2026-03-03"],
    ],
    "consul": [
        ["id", "title", "summary", "author_id", "created_at", "cached_votes_up"],
        ["7", "Zaterdagles", "Laat het CVO ook op zaterdag lesgeven.", "41", "2026-03-02", "4"],
        ["8", "Opvang", "Zorg voor kinderopvang bij de les.", "41", "2026-03-03", "2"],
    ],
    "govocal": [
        ["ID", "Title", "Description", "Author ID", "Published at", "Likes"],
        [
            "7",
            "Zaterdagles",
            "<p>Laat het CVO ook op zaterdag lesgeven.</p>",
            "41",
            "2026-03-02",
            "4",
        ],
        ["8", "Opvang", "<p>Zorg voor kinderopvang bij de les.</p>", "41", "2026-03-03", "2"],
    ],
}


def written(path: Path, rows: Rows, separator: str = ",") -> Path:
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(rows)
    path.write_text(out.getvalue(), encoding="utf-8")
    return path


def guess(path: Path, catalogue: Catalogue) -> SurveyMapping:
    return guessed(read_survey(path, FileFaults()), "enquete", catalogue)


def told(file: ImportFile) -> list[tuple[str | None, str]]:
    return [(row.question, row.text) for row in file.rows]


@pytest.mark.parametrize("tool", EXPORTS)
@pytest.mark.parametrize("kind", ["csv", "tsv", "xlsx", "ods"])
def test_the_mapping_of_each_tool_is_guessed(
    tmp_path: Path, catalogue: Catalogue, tool: str, kind: str
) -> None:
    path = tmp_path / f"a.{kind}"
    rows = EXPORTS[tool]
    if kind in ("xlsx", "ods"):
        (xlsx if kind == "xlsx" else ods)(path, rows)
    else:
        written(path, rows, "\t" if kind == "tsv" else ",")
    mapping = guess(path, catalogue)
    file = read_rows(path, catalogue, mapping=mapping)
    named = tool != "limesurvey codes"
    wanted = [
        (question if named else None, text)
        for said in SAID
        for question, text in zip(("drempel", "voorstel"), said, strict=True)
        if text
    ]
    assert told(file) == wanted
    people = [row.participant for row in file.rows]
    assert (len(set(people)), people[0]) == (3, people[1])
    assert all(row.id for row in file.rows)
    assert all(row.submitted_at for row in file.rows)
    groups = [row.group for row in file.rows]
    if tool in ("msforms", "kobo", "surveymonkey"):
        assert groups == ["burger", "burger", "werknemersorganisatie", "burger"]
    if tool == "limesurvey":
        assert groups == ["burger", "burger", None, "burger"]
    if tool == "googleforms":
        assert [row.citaat for row in file.rows] == [True, True, False, True]


def table_of(tmp_path: Path, head: str, *rows: str) -> Path:
    path = tmp_path / "uitvoer.csv"
    path.write_text("\n".join((head, *rows)), encoding="utf-8")
    return path


@pytest.mark.parametrize("around", ["{}", "5: {}", "Q2. {}", "Opdracht/{}", "{} (verplicht)"])
def test_a_question_in_the_catalogues_own_words_is_of_its_opdracht(
    tmp_path: Path, catalogue: Catalogue, around: str
) -> None:
    for opdracht in catalogue.opdrachten:
        for vraag in opdracht.vragen:
            asked_in_these_words = [
                (each.nummer, other.key)
                for each in catalogue.opdrachten
                for other in each.vragen
                if vraag.tekst in (other.tekst, other.eenvoudiger)
            ]
            if asked_in_these_words != [(opdracht.nummer, vraag.key)]:
                continue
            path = table_of(
                tmp_path, f'id,"{around.format(vraag.tekst)}"', "1,Bus", "2,Een lokaal in de wijk"
            )
            (found,) = guess(path, catalogue).questions
            assert (found.opdracht, found.question) == (opdracht.nummer, vraag.key)


def test_the_beginning_of_a_question_is_known_where_only_one_begins_so(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    questions = {each.tekst for owner in catalogue.opdrachten for each in owner.vragen}
    for wording in sorted(questions):
        for length in (6, 12, 30):
            path = table_of(tmp_path, f'id,"{wording[:length]}..."', "1,De bus komt hier niet")
            same = {each for each in questions if each.startswith(wording[:length])}
            (found,) = guess(path, catalogue).questions
            assert found.opdracht is None or len(same) == 1, wording[:length]


@pytest.mark.parametrize(
    ("name", "cells", "consents"),
    [
        ("Mogen we uw woorden overnemen in het rapport?", ["Ja", "Neen", "Ja"], True),
        (
            "Ik ga akkoord dat mijn tekst gepubliceerd wordt",
            ["Ja, dat mag", "Nee, liever niet"],
            True,
        ),
        ("Geeft u toestemming om dit te delen?", ["Akkoord", "Niet akkoord"], True),
        ("Mag uw antwoord op een affiche?", ["Ja", "Nee", "Ja"], True),
        ("Stemt u ermee in dat uw bijdrage bekendgemaakt wordt?", ["Ja", "Nee"], True),
        ("Ik geef toestemming om mijn antwoorden te verwerken.", ["Ja", "Nee", "Ja"], False),
        ("Mogen we uw antwoorden bewaren voor onderzoek?", ["Ja", "Nee", "Ja"], False),
        ("Mogen we u mailen over uw antwoord?", ["Ja", "Nee", "Ja"], False),
        ("Volgt u zelf een opleiding?", ["Ja", "Nee", "Ja"], False),
        ("Mogen we u bellen?", ["Ja", "Nee", "Ja"], False),
        ("Wat mag er gebruikt worden?", ["De zaal op zondag", "Het hele gebouw"], False),
    ],
)
def test_who_may_be_quoted_is_guessed_from_what_is_asked_and_answered(
    tmp_path: Path, catalogue: Catalogue, name: str, cells: list[str], consents: bool
) -> None:
    rows = [f'{n},Er is geen lokaal in onze wijk {n},"{cell}"' for n, cell in enumerate(cells)]
    mapping = guess(table_of(tmp_path, f'id,Wat houdt u tegen?,"{name}"', *rows), catalogue)
    assert (mapping.citaat is not None) == consents
    if consents:
        file = read_rows(tmp_path / "uitvoer.csv", catalogue, mapping=mapping)
        assert [row.citaat for row in file.rows][:2] == [True, False]


def test_a_yes_with_a_condition_quotes_nobody_and_is_told(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    said = ["Ja", "Ja, maar niet letterlijk", "enkel zonder naam"]
    rows = [f'{n},Er is geen lokaal in onze wijk {n},"{cell}"' for n, cell in enumerate(said)]
    path = table_of(tmp_path, "id,Wat houdt u tegen?,Mogen we u citeren?", *rows)
    mapping = guess(path, catalogue).model_copy(update={"citaat": "mogen we u citeren?"})
    file = read_rows(path, catalogue, mapping=mapping)
    assert [row.citaat for row in file.rows] == [True, None, None]
    assert sum("neither a yes nor a no" in each for each in file.warnings) == 2


def test_a_short_heading_is_no_question_that_begins_so(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    path = table_of(
        tmp_path,
        "id,Welke organisatie?,Wat houdt u tegen?",
        "1,Vereniging De Brug uit Gent,De bus komt hier niet",
        "2,,Er is geen opvang hier",
    )
    mapping = guess(path, catalogue)
    assert mapping.organisation == "welke organisatie?"
    assert [each.column for each in mapping.questions] == ["wat houdt u tegen?"]


def test_codes_choices_addresses_and_files_are_no_answers(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    head = "id,Toegangscode,Uw e-mailadres:,Bijlage,Waar leert u?,Wat houdt u tegen?,ORG,GRP"
    rows = [
        '1,k7Qp0z,an@wijk.example,brief.pdf,"Thuis,Op het werk","Te ver, te duur.",CVO De Brug,A1',
        '2,x9Lm2r,rik@wijk.example,nota.pdf,"Thuis","Geen opvang voor mijn zoon.",,A2',
        '3,b3Tt8w,mia@wijk.example,plan.pdf,"Op het werk,Thuis","Ik werk dan nog.",Vakbond X,A1',
        '4,c4Ss1q,jo@wijk.example,idee.pdf,"In de bib","De bus komt te laat.",,A3',
    ]
    mapping = guess(table_of(tmp_path, head, *rows), catalogue)
    assert [each.column for each in mapping.questions] == ["wat houdt u tegen?"]
    assert (mapping.organisation, mapping.group) == ("org", "grp")


def test_a_qualtrics_workbook_has_its_questions_in_the_second_row(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    asked_first = catalogue.opdrachten[2].vragen[0]
    rows = [
        ["StartDate", "RecordedDate", "ResponseId", "Q3", "Q4", "Q9"],
        [
            "Start Date",
            "Recorded Date",
            "Response ID",
            "Wat ben je?",
            asked_first.tekst,
            "Mogen we u citeren?",
        ],
        [
            "2026-03-02 9:00",
            "2026-03-02 9:20",
            "R_1",
            "Burger",
            "Leren is iets voor de school.",
            "Ja",
        ],
        [
            "2026-03-02 9:00",
            "2026-03-03 9:20",
            "R_2",
            "Burger",
            "Niemand ziet er het nut van.",
            "Nee",
        ],
    ]
    xlsx(tmp_path / "a.xlsx", rows)
    mapping = guess(tmp_path / "a.xlsx", catalogue)
    (question,) = mapping.questions
    assert (question.column, question.opdracht, question.question) == ("q4", 3, asked_first.key)
    assert mapping.citaat == "q9"
    file = read_rows(tmp_path / "a.xlsx", catalogue, mapping=mapping)
    assert [row.text for row in file.rows] == [rows[2][4], rows[3][4]]


def test_boxes_to_tick_are_groups_where_they_ask_for_groups(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    asks = "Waar leerde u?"
    head = f"id,{asks} [Vakbond],{asks} [Thuis],{asks} [Elders],Wat houdt u tegen?"
    rows = [
        "1,Ja,Nee,Nee,De bus komt niet in ons dorp",
        "2,Nee,Ja,Nee,Er is geen opvang in de buurt",
    ]
    mapping = guess(table_of(tmp_path, head, *rows), catalogue)
    assert mapping.groups == {}
    other = head.replace(asks, "Tot welke groep behoort u?")
    assert guess(table_of(tmp_path, other, *rows), catalogue).groups == {}, "two of three are none"
    other = other.replace("[Thuis]", "[Burger]")
    assert set(guess(table_of(tmp_path, other, *rows), catalogue).groups) == {
        "werknemersorganisatie",
        "burger",
    }


def test_a_day_does_not_tell_responses_apart(tmp_path: Path, catalogue: Catalogue) -> None:
    rows = ["2026-03-02,De bus komt niet in ons dorp", "2026-03-02,Er is geen opvang in de buurt"]
    path = table_of(tmp_path, "Datum gesprek,Wat werd er gezegd", *rows)
    file = read_rows(path, catalogue, mapping=guess(path, catalogue))
    assert len({row.participant for row in file.rows}) == 2
    assert not any("spreadsheet" in each for each in file.warnings)


def test_the_columns_of_a_long_table_are_guessed(tmp_path: Path, catalogue: Catalogue) -> None:
    one, two = catalogue.opdrachten[0].vragen[0], catalogue.opdrachten[3].vragen[1]
    head = "respondent,ingevuld_op,vraag,antwoord"
    rows = [
        f'{who},2-3-2026,"{question}",{said}'
        for who in ("R1", "R2")
        for question, said in (
            (one.tekst, f"Niemand vroeg mij ooit wat ik wou {who}"),
            (two.tekst, f"Geef ook les op zaterdag {who}"),
            ("Wat is uw postcode?", "9000"),
        )
    ]
    path = table_of(tmp_path, head, *rows)
    mapping = guess(path, catalogue)
    assert (mapping.participant, mapping.submitted_at) == ("respondent", "ingevuld_op")
    file = read_rows(path, catalogue, mapping=mapping)
    assert [(row.opdracht, row.question) for row in file.rows] == [(1, one.key), (4, two.key)] * 2
    assert len({row.participant for row in file.rows}) == 2
    assert [each.lines for each in file.left_out] == [(4, 7)]


def test_a_table_without_answers_says_so(tmp_path: Path, catalogue: Catalogue) -> None:
    file = read_rows(table_of(tmp_path, "id,text"), catalogue)
    assert not file.rows
    assert "only the names of the columns" in file.warnings[0]
    file = read_rows(table_of(tmp_path, "id,text", "1,<div>&nbsp;</div>", "2,Te ver"), catalogue)
    assert [row.text for row in file.rows] == ["Te ver"]


@pytest.mark.parametrize("tool", PROPOSALS)
def test_proposals_of_a_platform_keep_their_titles_and_authors(
    tmp_path: Path, catalogue: Catalogue, tool: str
) -> None:
    path = written(tmp_path / "a.csv", PROPOSALS[tool], ";")
    one, other = read_rows(path, catalogue, mapping=guess(path, catalogue)).rows
    assert one.text.startswith("Zaterdagles\n\n")
    assert (one.question, one.participant) == ("voorstel", other.participant)


def test_a_next_export_adds_what_is_new_and_changes_what_changed(
    storage: Storage, catalogue: Catalogue, tmp_path: Path
) -> None:
    imports = Imports(storage, catalogue, tmp_path)
    rows = EXPORTS["msforms"]
    path = written(tmp_path / "maart.csv", rows)
    mapping = guess(path, catalogue)

    def come_in(path: Path) -> Any:
        file = read_rows(path, catalogue, mapping=mapping)
        return counted(imports.file(file, source=mapping.survey))

    assert come_in(path) == (4, 0, 0, 3)
    assert come_in(written(tmp_path / "april.csv", rows, ";")) == (0, 0, 4, 0)
    changed = [list(row) for row in rows]
    changed[1][-1] = "Laat het CVO ook op zondag lesgeven, dat past beter."
    changed.append(["4", *changed[2][1:6], "Het is te duur voor mij.", ""])
    assert come_in(written(tmp_path / "mei.csv", changed)) == (1, 1, 3, 1)


def test_numbers_that_a_spreadsheet_damaged_join_nobody(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    rows = [
        ["nr", "wie", "antwoord"],
        *([str(n), "1,14018E+11", f"Antwoord {n}."] for n in range(3)),
    ]
    rows += [["1,14018E+11", "", "Nog een antwoord."], ["1,14018E+11", "", "En nog een antwoord."]]
    mapping = SurveyMapping.model_validate(
        {"survey": "x", "id": "nr", "participant": "wie", "questions": [{"column": "antwoord"}]}
    )
    file = read_rows(written(tmp_path / "a.csv", rows), catalogue, mapping=mapping)
    assert len({row.participant for row in file.rows}) == 5
    assert [row.id is None for row in file.rows] == [False, False, False, True, True]
    assert "number or date of the id" in file.warnings[0]
    assert "number or date of who answered" in file.warnings[1]


def test_responses_without_a_number_are_told_apart_by_what_they_say(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    fields = {"survey": "x", "questions": [{"column": "a"}, {"column": "b"}]}
    mapping = SurveyMapping.model_validate(fields)
    rows = [["a", "b"], ["Te duur.", "Te ver."], ["Te duur.", "Te ver."], ["Te laat.", ""]]
    first = read_rows(written(tmp_path / "a.csv", rows), catalogue, mapping=mapping).rows
    more = [rows[0], ["Iets nieuws.", ""], *rows[1:]]
    again = read_rows(written(tmp_path / "b.csv", more), catalogue, mapping=mapping).rows
    assert [row.participant for row in again[1:]] == [row.participant for row in first]
    assert len({row.participant for row in again}) == 4


def test_a_long_table_has_its_questions_in_a_column(tmp_path: Path, catalogue: Catalogue) -> None:
    rows = [["resp", "vraag", "opdr", "antwoord"]]
    rows += [
        ["r1", "drempel", "4", "Te duur voor mij."],
        ["r1", "voorstel", "4", "Maak het gratis."],
    ]
    path = written(tmp_path / "a.csv", rows)
    mapping = SurveyMapping.model_validate(
        {
            "survey": "lang",
            "id": "resp",
            "question": "vraag",
            "opdracht": "opdr",
            "questions": [{"column": "Antwoord"}],
        }
    )
    file = read_rows(path, catalogue, mapping=mapping)
    assert [(row.opdracht, *each) for row, each in zip(file.rows, told(file), strict=True)] == [
        (4, "drempel", "Te duur voor mij."),
        (4, "voorstel", "Maak het gratis."),
    ]
    assert len({row.participant for row in file.rows}) == 1
    assert len({row.id for row in file.rows}) == 2


@pytest.mark.skipif(not FIELD.is_dir(), reason="the field cases are not beside the project")
def test_the_field_cases_are_taken_whole(catalogue: Catalogue) -> None:
    for name, rows, people in (
        ("01-limesurvey-full.csv", 8, 4),
        ("03-qualtrics.csv", 4, 4),
        ("06-googleforms.csv", 4, 4),
        ("21-polis-comments.csv", 5, 3),
        ("40-tekst.csv", 5, 5),
    ):
        file = read_rows(FIELD / name, catalogue, mapping=guess(FIELD / name, catalogue))
        assert (name, len(file.rows)) == (name, rows)
        assert (name, len({row.participant for row in file.rows})) == (name, people)


def test_a_mapping_that_does_not_fit_is_told_in_one_line(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    path = tmp_path / "m.yaml"
    for content, said in (
        ("survey: [", "is no YAML"),
        ("survey: x", "questions: Field required"),
        ("survey: x\nquestions: [{column: a}]\nkleur: b", "kleur: Extra inputs"),
        ("survey: x\nquestions: [{column: a, opdracht: 99}]", "there is no opdracht 99"),
        ("survey: x\nquestions: [{column: a, question: waarom}]", "'waarom' is not a question"),
    ):
        path.write_text(content)
        with pytest.raises(ImportFileError) as error:
            read_mapping(path, catalogue)
        assert said in str(error.value)
        assert "\n" not in str(error.value)
    mapping = SurveyMapping.model_validate({"survey": "x", "questions": [{"column": "Weg"}]})
    with pytest.raises(ImportFileError, match="there is no column 'Weg', which the mapping names"):
        read_rows(written(tmp_path / "a.csv", EXPORTS["msforms"]), catalogue, mapping=mapping)
    path.write_text(mapping_text(guess(tmp_path / "a.csv", catalogue)), encoding="utf-8")
    assert read_mapping(path, catalogue) == guess(tmp_path / "a.csv", catalogue)


def test_a_dry_run_writes_the_guess_and_the_next_import_uses_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMENSPRAAK_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SAMENSPRAAK_EMBEDDING", "use")
    monkeypatch.delenv("SAMENSPRAAK_DATABASE_URL", raising=False)
    settings.cache_clear()
    command = CliRunner()
    command.invoke(app, ["round", "open", "1"])
    path = written(tmp_path / "enquete.csv", EXPORTS["limesurvey"])
    arguments = ["import", str(path), "--mapping", str(tmp_path / "m.yaml"), "--opdracht", "4"]
    refused = command.invoke(app, arguments)
    dry = command.invoke(app, [*arguments, "--dry-run"])
    stored = command.invoke(app, arguments).stdout
    again = command.invoke(app, arguments).stdout
    settings.cache_clear()
    assert "with --dry-run it is guessed" in str(refused.exception)
    assert "question: drempel" in dry.stderr
    assert dry.stdout == "Round 1: 4 answers added; nothing is stored (--dry-run).\n"
    assert stored.startswith("Round 1: 4 answers added; 4 statements made")
    assert again.startswith("Round 1: 0 answers added, 4 were there already")


def test_a_survey_is_known_again_by_its_columns(
    storage: Storage, catalogue: Catalogue, tmp_path: Path
) -> None:
    imports = Imports(storage, catalogue, tmp_path)
    table = read_survey(written(tmp_path / "a.csv", EXPORTS["msforms"]), FileFaults())
    other = read_survey(written(tmp_path / "b.csv", EXPORTS["kobo"]), FileFaults())
    mapping = guessed(table, "leren", catalogue)
    mapping.questions[0].opdracht = 4

    def known(columns: list[str]) -> KnownSurvey | None:
        with storage.reading() as session:
            return known_survey(session, imports.consultation, columns, catalogue)

    assert known(table.columns) is None
    with storage.writing() as session:
        keep_mapping(session, imports.consultation, guessed(other, "kobo", catalogue), ["a"])
        keep_mapping(session, imports.consultation, mapping, table.columns)
    assert known(table.columns) == KnownSurvey(mapping)
    assert known(list(reversed(table.columns))) == KnownSurvey(mapping)
    # A question more: it is told. Without a column that the mapping names, it is another survey.
    assert known([*table.columns, "nog iets"]) == KnownSurvey(mapping, ("nog iets",))
    assert known([each for each in table.columns if each != mapping.questions[0].column]) is None
    assert known(other.columns) is None
    # Stored again under its name it replaces itself.
    mapping.questions[0].opdracht = 5
    with storage.writing() as session:
        keep_mapping(session, imports.consultation, mapping, table.columns)
    with storage.reading() as session:
        surveys = stored_surveys(session, imports.consultation)
        assert [each.survey for each in surveys] == ["kobo", "leren"]
        found = mapping_named(session, imports.consultation, "leren", catalogue)
        assert found == mapping
        assert mapping_named(session, imports.consultation, "weg", catalogue) is None


def test_a_stored_mapping_that_the_catalogue_outgrew_is_told(
    storage: Storage, catalogue: Catalogue, tmp_path: Path
) -> None:
    imports = Imports(storage, catalogue, tmp_path)
    fields = {"survey": "oud", "questions": [{"column": "a", "opdracht": 99}]}
    with storage.writing() as session:
        mapping = SurveyMapping.model_validate(fields)
        keep_mapping(session, imports.consultation, mapping, ["a"])
    with storage.reading() as session, pytest.raises(ImportFileError, match="no opdracht 99"):
        known_survey(session, imports.consultation, ["a"], catalogue)


def test_the_next_export_comes_in_by_itself_and_keeps_what_people_decided(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, catalogue: Catalogue
) -> None:
    monkeypatch.setenv("SAMENSPRAAK_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SAMENSPRAAK_EMBEDDING", "use")
    monkeypatch.delenv("SAMENSPRAAK_DATABASE_URL", raising=False)
    settings.cache_clear()
    command = CliRunner()
    command.invoke(app, ["round", "open", "1"])
    rows = [list(row) for row in EXPORTS["limesurvey"]]
    mapping = guess(written(tmp_path / "maart.csv", rows), catalogue)
    for each in mapping.questions:
        each.opdracht = 4
    (tmp_path / "m.yaml").write_text(mapping_text(mapping), encoding="utf-8")
    first = ["import", str(tmp_path / "maart.csv"), "--mapping", str(tmp_path / "m.yaml")]
    assert command.invoke(app, first).exit_code == 0
    storage = Storage(f"sqlite:///{tmp_path / 'samenspraak.db'}")
    with storage.reading() as session:
        said = {each.text: each.id for each in active_statements(session, 1, 4)}
    kept, corrected = said[SAID[0][0]], said[SAID[1][0]]
    decisions = [{"op": "create", "opdracht": 4, "label": "Uren", "id": "a" * 32}]
    decisions += [
        {"op": "place", "statement": each, "themes": ["a" * 32]} for each in said.values()
    ]
    append_all(storage, 1, "els", [("", each) for each in decisions])

    rows[2][-2] = "Er rijdt na 19 uur geen bus meer."
    rows.append(["4", "2026-03-05 10:00:00", "3", "Ja", "Het is te duur voor mij.", ""])
    written(tmp_path / "april.csv", rows, ";")
    dry = command.invoke(app, ["import", str(tmp_path / "april.csv"), "--dry-run"])
    assert "read with the mapping of the survey 'enquete'" in dry.stderr
    came_in = "Round 1: 1 answer added, 1 changed, 3 were there already;"
    assert dry.stdout.startswith(f"{came_in} nothing is stored")
    again = command.invoke(app, ["import", str(tmp_path / "april.csv")])
    settings.cache_clear()
    assert again.stdout.startswith(came_in)
    with storage.reading() as session:
        state = curated(session, 1, 4)
        now_said = {each.text: each.id for each in active_statements(session, 1, 4)}
        versions = session.scalars(
            select(ContributionVersion.text).where(ContributionVersion.text.like("Er rijdt%"))
        )
        assert sorted(versions) == [rows[2][-2], SAID[1][0]]
    placed = {
        each.event.operation.statement
        for each in state.log
        if isinstance(each.event.operation, PlaceExactly) and each.status == "applied"
    }
    assert now_said[SAID[0][0]] == kept
    assert {kept, corrected} <= placed
    assert len(now_said) == 5
    storage.close()


@pytest.fixture
def verbs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Verbs]:
    """The command line on an empty database with round 1 open."""
    monkeypatch.setenv("SAMENSPRAAK_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SAMENSPRAAK_EMBEDDING", "use")
    monkeypatch.delenv("SAMENSPRAAK_DATABASE_URL", raising=False)
    settings.cache_clear()
    run = CliRunner().invoke
    run(app, ["round", "open", "1"])
    storage = open_storage(f"sqlite:///{tmp_path / 'samenspraak.db'}")
    yield Verbs(lambda *asked: run(app, list(asked)), storage)
    settings.cache_clear()


def test_a_sentence_that_stays_keeps_every_decision_when_the_answer_changes(
    tmp_path: Path, verbs: Verbs, catalogue: Catalogue
) -> None:
    rows = [list(row) for row in EXPORTS["limesurvey"]]
    late, bus, cost = SAID[0][0], "De bus rijdt niet meer.", "De inschrijving is te duur."
    rows[1][-2] = f"{late} {bus} {cost} {bus}"
    mapping = guess(written(tmp_path / "maart.csv", rows), catalogue)
    for each in mapping.questions:
        each.opdracht = 4
    (tmp_path / "m.yaml").write_text(mapping_text(mapping), encoding="utf-8")
    import_ = ("import", str(tmp_path / "maart.csv"))
    assert verbs.run(*import_, "--mapping", str(tmp_path / "m.yaml")).exit_code == 0

    def said() -> list[StatementView]:
        with verbs.storage.reading() as session:
            return [
                each
                for each in active_statements(session, 1)
                if each.text in (late, bus, cost) or "19" in each.text
            ]

    def themes() -> dict[tuple[str, int], set[str]]:
        with verbs.storage.reading() as session:
            state = curated(session, 1, 4)
            texts = {each.id: (each.text, each.start) for each in said()}
            found: dict[tuple[str, int], set[str]] = {each: set() for each in texts.values()}
            for theme in state.themes.values():
                for member in theme.members:
                    if member.statement in texts:
                        found[texts[member.statement]].add(theme.label)
            stances = {texts[each]: how for each, how in state.stances.items() if each in texts}
            assert set(stances.values()) <= {"tegen"}
            return found | {key: {*found[key], "tegen"} for key in stances}

    first, second, third, fourth = said()
    decided = [
        {"op": "create", "opdracht": 4, "label": "Vervoer", "id": "a" * 32},
        {"op": "create", "opdracht": 4, "label": "Uren", "id": "b" * 32},
        {"op": "place", "statement": second.id, "themes": ["a" * 32]},
        {"op": "place", "statement": fourth.id, "themes": ["a" * 32, "b" * 32]},
        {"op": "move", "statements": [first.id], "to": "b" * 32},
        {"op": "stance", "statements": [second.id], "stance": "tegen"},
        {"op": "place", "statements": [third.id], "opdracht": 5},
    ]
    events = append_all(verbs.storage, 1, "els", [("", each) for each in decided])
    before = themes()
    assert sorted(map(sorted, before.values())) == [
        [],
        ["Uren"],
        ["Uren", "Vervoer"],
        ["Vervoer", "tegen"],
    ]

    # Another sentence changes, twice; those that stay move to another place in the answer.
    for number in (19, 1900):
        rows[1][-2] = f"Om {number} uur is het donker. {late} {bus} {cost} {bus}"
        written(tmp_path / "maart.csv", rows)
        assert "1 changed" in verbs.run(*import_).stdout
        now = [each for each in said() if each.text in (late, bus, cost)]
        assert {each.id for each in now}.isdisjoint({first.id, second.id, third.id, fourth.id})
        assert [each.opdracht for each in now] == [4, 4, 5, 4]
        found = {key: own for key, own in themes().items() if key[0] in (late, bus, cost)}
        assert sorted(map(sorted, found.values())) == sorted(map(sorted, before.values()))
        # The two equal sentences keep their order.
        at = sorted(key for key in found if key[0] == bus)
        assert [found[key] for key in at] == [{"Vervoer", "tegen"}, {"Vervoer", "Uren"}]

    # It can be undone as before, also that it was placed elsewhere.
    append_all(verbs.storage, 1, "els", [("", {"op": "revoke", "event": events[-1].id})])
    append_all(verbs.storage, 1, "els", [("", {"op": "revoke", "event": events[2].id})])
    assert [each.opdracht for each in said() if each.text == cost] == [4]
    placed = [own for key, own in sorted(themes().items()) if key[0] == bus]
    assert placed == [{"tegen"}, {"Vervoer", "Uren"}]
    with verbs.storage.reading() as session:
        assert broken_links(session, 1) == []
    # A sentence that goes takes its decisions along, and they come back with it.
    rows[1][-2] = f"{late} {cost}"
    written(tmp_path / "maart.csv", rows)
    verbs.run(*import_)
    assert [own for key, own in themes().items() if key[0] == bus] == []
    rows[1][-2] = f"{late} {cost} {bus} {bus}"
    written(tmp_path / "maart.csv", rows)
    verbs.run(*import_)
    assert [own for key, own in sorted(themes().items()) if key[0] == bus] == placed


def test_a_group_that_nobody_knows_is_told_and_mapped_and_nothing_is_lost(
    tmp_path: Path, verbs: Verbs, catalogue: Catalogue
) -> None:
    for keyed in (True, False):
        folder = tmp_path / str(keyed)
        folder.mkdir()
        rows = [list(row) for row in EXPORTS["msforms"]]
        rows[1][5], rows[2][5], rows[3][5] = "Leerling  secundair", "3", "leerling secundair"
        if not keyed:
            # Without a number or a moment nothing tells responses apart but what they say.
            rows = [row[5:] for row in rows]
        path = written(folder / "leren.csv", rows)
        fields = guess(path, catalogue).model_copy(update={"survey": f"leren {keyed}"})
        mapping = fields.model_copy(update={"group": "tot welke groep hoort u?"})
        mapping.questions = [each for each in mapping.questions if each.column != mapping.group]
        file = folder / "m.yaml"
        file.write_text(mapping_text(mapping), encoding="utf-8")
        done = verbs.run("import", str(path), "--mapping", str(file), "--opdracht", "4")
        assert done.exit_code == 0, done.output
        assert "4 answers added" in done.stdout
        told = " ".join(done.stderr.split())
        assert "line 2: group: 'Leerling secundair' is no group that the catalogue has" in told
        assert "line 3: group: '3' is no group that the catalogue has" in told
        assert "group_values" in told

        fields_ = yaml.safe_load(mapping_text(mapping))
        fields_["group_values"] = {"LEERLING SECUNDAIR": "burger", 3: None}
        file.write_text(yaml.safe_dump(fields_), encoding="utf-8")
        again = verbs.run("import", str(path), "--mapping", str(file), "--opdracht", "4")
        assert again.exit_code == 0, again.output
        assert "group:" not in again.stderr
        assert "0 answers added" in again.stdout
        with verbs.storage.reading() as session:
            stored_ = mapping_named(session, 1, f"leren {keyed}", catalogue)
            assert stored_ == read_mapping(file, catalogue)
            groups = session.scalars(select(Participant.group)).all()
            expected = ["burger", "None", "burger"] * (1 if keyed else 2)
            assert sorted(map(str, groups)) == sorted(expected)
    file.write_text(yaml.safe_dump({**fields_, "group_values": {"x": "marsman"}}), encoding="utf-8")
    wrong = verbs.run("import", str(path), "--mapping", str(file))
    assert "group_values: 'marsman' is not a group; choose from" in str(wrong.exception)


def test_answers_and_their_mapping_are_stored_in_one_transaction(
    storage: Storage, catalogue: Catalogue, tmp_path: Path
) -> None:
    imports = Imports(storage, catalogue, tmp_path)
    path = written(tmp_path / "a.csv", EXPORTS["msforms"])
    file = read_rows(path, catalogue, mapping=guess(path, catalogue))
    with storage.reading() as session:
        round_ = rounds.require_round(session, imports.consultation, 1)

    def broken(_: Session, results: list[ImportResult]) -> None:
        assert results[0].added == 4
        raise RuntimeError

    with pytest.raises(RuntimeError):
        import_files(storage, imports.consultation, round_, [file], catalogue, beside=broken)
    with storage.reading() as session:
        assert session.scalars(select(Participant.id)).all() == []


def test_a_stored_mapping_is_used_by_its_name_and_a_plain_table_stays_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMENSPRAAK_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SAMENSPRAAK_EMBEDDING", "use")
    monkeypatch.delenv("SAMENSPRAAK_DATABASE_URL", raising=False)
    settings.cache_clear()
    command = CliRunner()
    command.invoke(app, ["round", "open", "1"])
    fields = {"survey": "leren", "id": "nr", "questions": [{"column": "zegt", "opdracht": 4}]}
    (tmp_path / "m.yaml").write_text(mapping_text(SurveyMapping.model_validate(fields)))
    one = written(tmp_path / "a.csv", [["nr", "zegt"], ["1", "Het is te duur voor mij."]])
    command.invoke(app, ["import", str(one), "--mapping", str(tmp_path / "m.yaml")])
    # Quite other columns beside those of the mapping: only the name tells that it is the same.
    rows = [["nr", "zegt", "x", "y"], ["2", "Er rijdt geen bus naar de school.", "", ""]]
    two = written(tmp_path / "b.csv", rows)
    refused = command.invoke(app, ["import", str(two)])
    named = command.invoke(app, ["import", str(two), "--mapping", "leren"])
    plain = written(tmp_path / "c.csv", [["text", "zegt"], ["De les is te ver van huis.", "x"]])
    table = command.invoke(app, ["import", str(plain), "--opdracht", "4"])
    settings.cache_clear()
    assert "there is no column 'text'" in str(refused.exception)
    assert named.stdout.startswith("Round 1: 1 answer added;")
    assert table.stdout.startswith("Round 1: 1 answer added;")
