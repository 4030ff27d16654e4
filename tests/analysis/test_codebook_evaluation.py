"""evaluate-codebook: coded answers of one's own tell which model maps them best."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from analysis.codebook_evaluation import evaluate_codebook, read_coded
from analysis.preprocessing.embeddings import AnalysisError
from consultation.catalogue import Catalogue
from consultation.curation.codebook_file import CodebookRow, read_codebook
from consultation.settings import settings
from samenspraak.cli import app
from tests.model_server import Server, send, serving, written

SPACY = settings().spacy_model
BOOK = (
    "opdracht,name,description,excludes,examples\n"
    '4,Vervoer,"Bus, trein en fiets naar de les.",,De bus komt te laat. | Er is geen trein.\n'
    "4,Geld,Wat een opleiding kost.,,\n"
    "5,Tijd,Geen uren over naast werk en gezin.,,\n"
)
ANSWERS = (
    ("a", 4, "De bus rijdt niet in het weekend.", "Vervoer"),
    ("a", 4, "De cursus kost te veel geld.", "geld"),
    ("b", 4, "Het inschrijvingsgeld is te hoog.", ["Geld"]),
    ("b", 4, "Met de fiets is het te ver naar de les.", " vervoer "),
    ("c", 4, "Ik heb geen mening.", None),
    ("c", 5, "Ik heb een gezin en geen uren over.", ["Tijd"]),
    ("d", 4, "Er is geen trein en het is te duur.", ["Vervoer", "Geld"]),
)
GOLD = {text: label for _, _, text, label in ANSWERS}


@pytest.fixture
def rows(tmp_path: Path, catalogue: Catalogue) -> list[CodebookRow]:
    (tmp_path / "book.csv").write_text(BOOK, encoding="utf-8")
    return read_codebook(tmp_path / "book.csv", catalogue)


@pytest.fixture
def coded(tmp_path: Path) -> Path:
    path = tmp_path / "coded.jsonl"
    path.write_text(
        "\n".join(
            json.dumps({"participant": who, "opdracht": number, "text": text, "label": label})
            for who, number, text, label in ANSWERS
        ),
        encoding="utf-8",
    )
    return path


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as found:
        yield found


def codes_as(
    wanted: Callable[[str, dict[str, str]], list[str]],
) -> Callable[[BaseHTTPRequestHandler, dict[str, Any]], None]:
    """A model that says of each text the codes that ``wanted`` gives, by the codes of the names."""

    def answer(to: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        asked = body["messages"][-1]["content"]
        codes = {name: code for code, name in re.findall(r"^(T\d+)\. (\w+)", asked, re.M)}
        texts = re.findall(r"^(\d+)\. (.*)$", asked, re.M)
        send(to, written({at: wanted(text, codes) for at, text in texts}))

    return answer


def as_the_coder(text: str, codes: dict[str, str]) -> list[str]:
    label = GOLD[text]
    names = label if isinstance(label, list) else [label] if label else []
    return [codes[name.strip().capitalize()] for name in names]


def test_a_model_that_codes_as_the_coder_is_right_and_one_that_does_not_is_wrong(
    server: Server, coded: Path, rows: list[CodebookRow]
) -> None:
    statements = read_coded(coded, rows)
    assert [(each.opdracht, len(each.texts)) for each in statements] == [(4, 6), (5, 1)]
    server.answer = codes_as(as_the_coder)
    (good,) = evaluate_codebook(statements, [], server.model(), SPACY).models
    assert (good.descriptions.low, good.descriptions.mid, good.descriptions.high) == (1, 1, 1)
    assert (good.model, good.with_none, good.answered) == ("llm:klein", 1.0, 1.0)
    assert good.opdrachten == {4: 1.0, 5: 1.0}
    names, described = server.asked[0], server.asked[2]
    assert "Wat een opleiding kost" not in names["messages"][-1]["content"]
    assert "Wat een opleiding kost" in described["messages"][-1]["content"]

    server.answer = codes_as(lambda text, codes: [] if as_the_coder(text, codes) else ["T1"])
    (bad,) = evaluate_codebook(statements, [], server.model(), SPACY).models
    assert (bad.descriptions.high, bad.with_none, bad.answered) == (0.0, 0.0, 1.0)

    server.answer = lambda to, _: send(to, "", 500)
    (dead,) = evaluate_codebook(statements, [], server.model(), SPACY).models
    assert (dead.descriptions.high, dead.with_none, dead.answered) == (0.0, 0.0, 0.0)


def test_the_interval_is_over_participants_not_statements(
    server: Server, tmp_path: Path, rows: list[CodebookRow]
) -> None:
    # Twenty people with ten statements each, all right or all wrong: as uncertain as twenty coins.
    path = tmp_path / "many.jsonl"
    lines = [
        {"participant": f"p{who}", "opdracht": 4, "text": f"{who % 2} {at}", "label": "Geld"}
        for who in range(20)
        for at in range(10)
    ]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    server.answer = codes_as(lambda text, codes: [codes["Geld" if text[0] == "1" else "Vervoer"]])
    result = evaluate_codebook(read_coded(path, rows), [], server.model(), SPACY)
    found = result.models[0].descriptions
    assert (result.statements, result.people, found.mid) == (200, 20, 0.5)
    assert found.high - found.low == pytest.approx(2 * 1.96 * np.sqrt(0.25 / 20), abs=0.07)


def test_the_best_model_comes_first_and_is_only_sure_beyond_chance(
    server: Server, coded: Path, rows: list[CodebookRow]
) -> None:
    statements = read_coded(coded, rows)
    server.answer = codes_as(as_the_coder)
    result = evaluate_codebook(statements, ["use"], server.model(), SPACY)
    shares = [each.descriptions.mid for each in result.models]
    assert shares == sorted(shares, reverse=True)
    assert result.models[0].model == "llm:klein"
    assert result.lead is not None
    assert result.lead.mid == pytest.approx(shares[0] - shares[1])
    assert result.sure == (result.lead.low > 0)
    server.answer = codes_as(lambda _text, _codes: [])
    worst = evaluate_codebook(statements, ["use"], server.model(), SPACY)
    assert worst.models[0].model == "use"
    assert worst.models[0].descriptions.mid > 0.5
    assert worst.sure


def test_statements_of_one_answer_may_stand_in_one_line(
    tmp_path: Path, rows: list[CodebookRow]
) -> None:
    path = tmp_path / "lines.jsonl"
    parts = [{"text": "Te duur.", "label": "Geld"}, {"text": "Geen bus.", "label": []}]
    line = {"participant": 7, "opdracht": 4, "question": "drempel", "segments": parts}
    path.write_text(json.dumps(line) + "\n\n" + json.dumps({**line, "participant": "8"}))
    (found,) = read_coded(path, rows)
    assert found.people == ("7", "7", "8", "8")
    assert found.answers == (1, 1, 3, 3)
    assert [len(each) for each in found.truth] == [1, 0, 1, 0]


GOOD = {"participant": "a", "opdracht": 4, "text": "Te duur.", "label": "Geld"}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "line 2: is no JSON"),
        ("[" * 100_000, "line 2:"),
        ("[]", "line 2: is no object"),
        ({**GOOD, "opdracht": 9}, "opdracht 9 is not in the codebook; it has 4, 5"),
        ({**GOOD, "opdracht": "4"}, "opdracht '4' is not in the codebook"),
        ({**GOOD, "participant": ""}, "has no participant"),
        ({**GOOD, "text": " "}, "text: is no text"),
        ({**GOOD, "label": "Liefde"}, "label: 'Liefde' is no theme; use a name such as Vervoer"),
        ({**GOOD, "label": [["Geld"]]}, "is no theme"),
        ({**GOOD, "segments": "x"}, "segments: is no list"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_line_that_does_not_fit_is_named_with_its_mend(
    line: object, told: str, tmp_path: Path, rows: list[CodebookRow]
) -> None:
    path = tmp_path / "bad.jsonl"
    written_line = line if isinstance(line, str) else json.dumps(line)
    path.write_text(json.dumps(GOOD) + "\n" + written_line, encoding="utf-8")
    with pytest.raises(AnalysisError, match=re.escape(told)):
        read_coded(path, rows)


def test_a_file_without_any_theme_or_without_text_is_refused(
    tmp_path: Path, rows: list[CodebookRow]
) -> None:
    path = tmp_path / "none.jsonl"
    with pytest.raises(AnalysisError, match="cannot be read"):
        read_coded(path, rows)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(AnalysisError, match="save the file as UTF-8"):
        read_coded(path, rows)
    path.write_text(json.dumps({**GOOD, "label": None}))
    with pytest.raises(AnalysisError, match="no statement has a theme"):
        read_coded(path, rows)


def test_the_verb_compares_what_is_at_hand(
    server: Server, coded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "book.csv").write_text(BOOK, encoding="utf-8")
    server.answer = codes_as(as_the_coder)
    for name, value in (("EMBEDDING", "use"), ("LLM_URL", server.url), ("LLM_MODEL", "klein")):
        monkeypatch.setenv(f"SAMENSPRAAK_{name}", value)
    settings.cache_clear()
    arguments = ["evaluate-codebook", str(coded), "--codebook", str(tmp_path / "book.csv")]
    try:
        run = CliRunner().invoke(app, [*arguments, "--json"])
        assert run.exit_code == 0, run.output
        found = json.loads(run.stdout)
        assert {each["model"] for each in found["models"]} == {"e5", "use", "llm:klein"}
        assert (found["statements"], found["participants"]) == (7, 4)
        assert found["best"] == found["models"][0]["model"]
        assert found["models"][0]["descriptions"] == [1.0, 1.0, 1.0]
        table = CliRunner().invoke(app, arguments).stdout
        assert "7 statements of 4 participants" in table
        assert re.search(r"llm:klein .*1\.000 \[1\.000, 1\.000\]", table)
    finally:
        settings.cache_clear()
