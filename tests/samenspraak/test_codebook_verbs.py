"""The verbs codebook, queue and pairs: data on stdout, decisions in the log, faults in one line."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from analysis.asking.desk import CodebookDesk
from consultation.catalogue import Catalogue
from consultation.database.records import PairCheck
from consultation.database.storage import Storage
from consultation.participation.participants import erase
from consultation.queries.statements import active_statements
from consultation.settings import settings as product_settings
from samenspraak.cli import app
from tests.analysis.test_rounds import say
from tests.databases import open_storage

FILE = """opdracht,name,description,excludes,examples
4,Bus,"Met de bus, de trein of ander openbaar vervoer naar de les raken.",De prijs.,De bus komt niet
4,Taal,"Nederlands spreken en lezen, de taalles.",,
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, catalogue: Catalogue) -> Storage:
    url = f"sqlite:///{tmp_path / 'samenspraak.db'}"
    monkeypatch.setenv("SAMENSPRAAK_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SAMENSPRAAK_DATABASE_URL", url)
    monkeypatch.setenv("SAMENSPRAAK_EMBEDDING", "use")
    product_settings.cache_clear()
    storage = open_storage(url)
    say(storage, catalogue, 1, bus=(0, 18), taal=(0, 18))
    (tmp_path / "codeboek.csv").write_text(FILE, encoding="utf-8")
    return storage


def run(*arguments: object, code: int = 0) -> Any:
    result = CliRunner().invoke(app, [str(each) for each in arguments])
    assert result.exit_code == code, (result.output, result.exception)
    return result.stdout


def lines(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


@pytest.mark.usefixtures("place")
def test_the_whole_road(tmp_path: Path) -> None:
    file = tmp_path / "codeboek.csv"
    told = json.loads(run("codebook", "import", file, "--as", "els", "--json"))
    assert told == {"created": 2, "changed": 0, "same": 0}
    run("codebook", "export", "-o", tmp_path / "uit.csv")
    with (tmp_path / "uit.csv").open(encoding="utf-8", newline="") as out:
        assert list(csv.DictReader(out)) == list(csv.DictReader(FILE.splitlines()))
    run("analyse", "--json")
    themes = {each["label"]: each for each in json.loads(run("themes", "--format", "json"))}
    assert {"Bus", "Taal"} <= set(themes)
    assert themes["Bus"]["status"] == "goedgekeurd"
    queue = json.loads(run("queue", "--opdracht", 4, "--limit", 3, "--json"))
    assert [list(each) for each in queue] == [["statement", "text", "suggestions"]] * 3
    assert list(queue[0]["suggestions"][0]) == ["theme", "name", "score"]
    placing = {
        "op": "place",
        "statement": queue[0]["statement"],
        "themes": [queue[0]["suggestions"][0]["theme"]],
    }
    run("curate", lines(tmp_path / "besluit.jsonl", [placing]), "--as", "els")
    again = json.loads(run("queue", "--opdracht", 4, "--limit", 50, "--json"))
    assert queue[0]["statement"] not in {each["statement"] for each in again}
    history = json.loads(run("history", placing["themes"][0], "--json"))
    assert history[-1]["operation"] == placing
    assert "plaatste ‘" in history[-1]["told"]
    pairs = json.loads(run("pairs", "--opdracht", 4, "--limit", 10, "--json"))
    assert [list(each) for each in pairs] == [["pair", "a", "b"]] * 10
    answers = [{"pair": each["pair"], "same": at % 2 == 0} for at, each in enumerate(pairs)]
    run("pairs", "answer", lines(tmp_path / "paren.jsonl", answers), "--as", "els")
    result = json.loads(run("pairs", "result", "--json"))
    assert result["opdracht"] == 4
    assert result["pairs"] == 10
    low, middle, high = result["precision"]
    assert 0 <= low < middle < high <= 1
    assert 0 <= result["chance"] <= 1
    assert result["current"] is True


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"pair": "nergens", "same": True}, "no pair nergens"),
        ({"pair": "nergens"}, 'line 1: write {"pair"'),
        ({"pair": "nergens", "same": "ja"}, "line 1: same is true or false"),
    ],
)
def test_a_wrong_answer_is_named(tmp_path: Path, row: dict[str, Any], words: str) -> None:
    file = lines(tmp_path / "paren.jsonl", [row])
    result = CliRunner().invoke(app, ["pairs", "answer", str(file), "--as", "els"])
    assert result.exit_code == 1
    assert words in str(result.exception)


@pytest.mark.usefixtures("place")
def test_without_a_codebook_the_queue_is_empty_and_says_how() -> None:
    result = CliRunner().invoke(app, ["queue", "--opdracht", "4", "--json"])
    assert json.loads(result.stdout) == []
    assert "import a codebook" in result.stderr


def test_who_is_erased_takes_pairs_placings_and_examples_along(
    place: Storage, tmp_path: Path
) -> None:
    run("statements", "--format", "json")
    with place.reading() as session:
        said = active_statements(session, 1, 4)
    gone, other = said[0], said[1]
    text = f"opdracht,name,description,excludes,examples\n4,Bus,Vervoer.,,{gone.text} | Te laat\n"
    (tmp_path / "codeboek.csv").write_text(text, encoding="utf-8")
    run("codebook", "import", tmp_path / "codeboek.csv", "--as", "els")
    run("codebook", "export", "-o", tmp_path / "uit.csv")
    assert gone.text in (tmp_path / "uit.csv").read_text(encoding="utf-8")
    run("analyse", "--json")
    desk = CodebookDesk(place, 1, "use")
    theme = desk.queue(4, 1)[0].suggestions[0].theme
    placings = [{"op": "place", "statement": each.id, "themes": [theme]} for each in (gone, other)]
    run("curate", lines(tmp_path / "besluit.jsonl", placings), "--as", "els")
    pairs = desk.pairs(4, 200)
    touched = {each.pair for each in pairs if gone.id in (each.a.id, each.b.id)}
    assert touched
    desk.answer_pairs("els", dict.fromkeys((each.pair for each in pairs), True))
    with place.writing() as session:
        erase(session, gone.participant)
    with place.reading() as session:
        left = {row.pair for row in session.query(PairCheck)}
    assert left == {each.pair for each in pairs} - touched
    assert desk.pair_result(4).check is not None
    run("codebook", "export", "-o", tmp_path / "uit.csv")
    written = (tmp_path / "uit.csv").read_text(encoding="utf-8")
    assert gone.text not in written
    assert "Te laat" in written
    assert gone.id not in {each.statement.id for each in desk.queue(4, 100)}
    run("analyse", "--json")
    progress = desk.progress(4)
    assert progress is not None
    assert progress.decided == 1


@pytest.mark.usefixtures("place")
def test_a_project_goes_out_and_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("codebook", "import", tmp_path / "codeboek.csv", "--as", "els")
    run("analyse", "--opdracht", "4")
    theme = json.loads(run("themes", "--format", "json"))[0]["id"]
    said = json.loads(run("statements", "--format", "json"))
    place = {"op": "place", "statement": said[0]["id"], "themes": [theme]}
    run("curate", lines(tmp_path / "op.jsonl", [place]), "--as", "els")
    before = [json.loads(run(verb, "--format", "json")) for verb in ("statements", "themes")]
    project = tmp_path / "alles.qdpx"
    run("export", "qdpx", "-o", project, "--internal")
    run("export", "qdpx", "-o", tmp_path / "vrij.qdpx")
    # Nobody agreed to being quoted.
    assert len((tmp_path / "vrij.qdpx").read_bytes()) < len(project.read_bytes()) / 2
    run("export", "qdpx", "-o", project, "--format", "csv", code=2)
    run("export", "themes", "-o", project, "--internal", code=2)
    monkeypatch.setenv("SAMENSPRAAK_DATABASE_URL", f"sqlite:///{tmp_path / 'leeg.db'}")
    product_settings.cache_clear()
    run("round", "open", "1")
    run("import", project, tmp_path / "codeboek.csv", code=1)
    assert "nothing is stored" in run("import", project, "--dry-run")
    told = json.loads(run("import", project, "--as", "els", "--json"))
    assert (told["added"], told["themes"], told["warnings"]) == (len(said), 2, [])
    after = [json.loads(run(verb, "--format", "json")) for verb in ("statements", "themes")]
    kept = ("id", "start", "end", "text", "kind", "themes", "code", "label", "status", "statements")
    assert [[_only(each, kept) for each in rows] for rows in after] == [
        [_only(each, kept) for each in rows] for rows in before
    ]
    assert json.loads(run("import", project, "--as", "els", "--json"))["added"] == 0


def _only(row: dict[str, Any], kept: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name in kept}
