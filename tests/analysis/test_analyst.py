"""The analyst's tables: documented DataFrames from a database, and the notebook that shows them."""

from __future__ import annotations

import ast
import inspect
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import sync_playwright

import analysis
from analysis import actions, channels, compare, dataframes, runs, statements, tables, themes
from analysis.comparison import COMPARISON_COLUMNS
from analysis.preprocessing.answer_quality import CHANNEL_COLUMNS
from analysis.preprocessing.statements import STATEMENT_COLUMNS, cut_new
from analysis.run import analyse
from consultation import rounds
from consultation.catalogue import load_catalogue
from consultation.database.storage import Storage
from consultation.errors import SamenspraakError
from consultation.importing.imports import store_rows
from consultation.importing.readers import ImportFile, read_rows
from consultation.settings import ROOT, settings
from reporting.report import render

NOTEBOOK = ROOT / "docs" / "analyse.ipynb"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with opdracht 4 of the sample in two rounds, both analysed."""
    path = tmp_path_factory.mktemp("analist")
    catalogue = load_catalogue(ROOT / "data" / "opdrachten.yml")
    storage = Storage(f"sqlite:///{path / 'samenspraak.db'}")
    with storage.writing() as session:
        consultation = rounds.ensure_consultation(session, catalogue).id
    for number in (1, 2):
        sample = read_rows(ROOT / "data" / "voorbeeld" / f"ronde{number}.jsonl", catalogue)
        rows = tuple(row for row in sample.rows if row.opdracht == 4)
        with storage.writing() as session:
            round_ = rounds.open_(session, consultation, number)
            store_rows(session, consultation, round_, ImportFile(sample.name, rows), catalogue)
        cut_new(storage, consultation, catalogue, "use")
        analyse(
            storage,
            consultation,
            catalogue,
            encoder_name="use",
            spacy_model="nl_core_news_sm",
            round_number=number,
            opdracht=4,
        )
        with storage.writing() as session:
            rounds.close(session, consultation, number)
    storage.close()
    return path


@pytest.fixture
def database(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The settings point to that data directory; gives the database's URL as well."""
    monkeypatch.setenv("SAMENSPRAAK_DATA_DIR", str(folder))
    monkeypatch.delenv("SAMENSPRAAK_DATABASE_URL", raising=False)
    settings.cache_clear()
    yield f"sqlite:///{folder / 'samenspraak.db'}"
    settings.cache_clear()


def test_importing_the_package_loads_nothing_heavy_and_its_modules_hide_no_table() -> None:
    code = (
        "import sys, analysis; heavy = {'pandas', 'numpy', 'sqlalchemy', 'spacy', 'bertopic'};"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules);"
        "import consultation.queries.themes, analysis.preprocessing.statements;"
        "from analysis import themes, statements;"
        "assert callable(themes) and callable(statements);"
        "from consultation.queries.themes import ThemeView"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_every_table_has_the_columns_that_its_description_names(database: str) -> None:
    found = {
        statements: (statements(4), (*STATEMENT_COLUMNS, "subtheme")),
        themes: (themes(4), dataframes.THEME_COLUMNS),
        actions: (actions(4), dataframes.ACTION_COLUMNS),
        runs: (runs(4), tables.RUN_COLUMNS),
        compare: (compare(1, 2, 4), COMPARISON_COLUMNS),
        channels: (channels(4), CHANNEL_COLUMNS),
    }
    assert {each.__name__ for each in found} == set(analysis.__all__)
    for table, (frame, columns) in found.items():
        assert len(frame) > 0, table.__name__
        assert tuple(frame.columns) == columns
        described = set(re.findall(r"``(\w+)``", inspect.getdoc(table) or ""))
        assert set(columns) <= described, (table.__name__, set(columns) - described)
        pd.testing.assert_frame_equal(
            table(*((1, 2, 4) if table is compare else (4,)), database=database),  # type: ignore[operator]
            frame,
        )


def test_the_tables_agree_with_each_other(database: str) -> None:
    said, found = statements(4, database=database), themes(4, database=database)
    assert set(said["opdracht"]) == {4}
    assert set(said["round"]) == {1, 2}
    assert set(statements(4, 2, database=database)["round"]) == {2}
    parts = said.dropna(subset="subtheme").groupby(said["themes"].str[0])["subtheme"]
    assert all(part.nunique() > 1 and part.value_counts().min() >= 3 for _, part in parts)
    in_theme = said.explode("themes")["themes"].value_counts()
    for theme in found.to_dict("records"):
        assert in_theme[theme["id"]] == theme["statements"]
        assert {each["statement"] for each in theme["quotes"]} <= set(said["id"])
    last = runs(4, database=database).iloc[-1]
    assert (last["round"], last["statements"]) == (2, len(said))
    assert last["embedding"].startswith("use")


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda url: themes(99, database=url), "opdracht: there is no opdracht 99; choose from"),
        (lambda url: themes(4, 7, database=url), "no round 7; open one with"),
        (lambda url: compare(2, 1, database=url), "compare an earlier with a later round"),
        (lambda _: runs(database="sqlite:///nergens/x.db"), "x.db: there is no such database"),
        (lambda _: actions(database="geen url"), "not a database URL"),
    ],
)
def test_what_is_not_there_is_named_with_the_mend(database: str, ask: object, said: str) -> None:
    with pytest.raises(SamenspraakError, match=said):
        ask(database)  # type: ignore[operator]
    assert not Path("nergens").exists()


def test_an_empty_database_says_that_it_holds_nothing(database: str, tmp_path: Path) -> None:  # noqa: ARG001
    url = f"sqlite:///{tmp_path / 'leeg.db'}"
    Storage(url).close()
    with pytest.raises(SamenspraakError, match="holds nothing of the consultation"):
        themes(database=url)


@pytest.mark.browser
def test_the_report_shows_rounds_trust_and_every_statement_and_its_box_filters_them(
    database: str, folder: Path, chromium: str
) -> None:
    storage = Storage(database)
    catalogue = load_catalogue(ROOT / "data" / "opdrachten.yml")
    html = render(storage, 1, catalogue, "use", 2)
    assert html.replace(_moment(html), "") == (
        again := render(storage, 1, catalogue, "use", 2)
    ).replace(_moment(again), ""), "the map is the same each time"
    storage.close()
    said, found = statements(4, database=database), themes(4, database=database)
    assert all(html.count(f">{each}<") + html.count(f" {each}") >= 1 for each in said["id"])
    path = folder / "rapport.html"
    path.write_text(html, encoding="utf-8")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium)
        page = browser.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        part = page.locator("section", has_text="Opdracht 4:").first
        assert part.locator("figure svg").count() == 3
        trust = part.get_by_role("table", name="Waar elk thema op rust")
        assert trust.locator("tbody tr").count() == len(found)
        rounds_ = part.get_by_role("table", name="Uitspraken per thema en per ronde")
        shown = rounds_.locator("tbody td.getal").all_text_contents()
        assert sum(map(int, shown)) == found["statements"].sum()
        measured = page.get_by_role("table", name="Hoeveel de antwoorden zeggen")
        shown = measured.locator("tbody tr").all_text_contents()
        assert len(shown) == len(channels(database=database)) == 2
        assert all("bestand" in each for each in shown)
        word = "opvang"
        page.get_by_label("Zoek in alle uitspraken").fill(word.upper())
        hits = said["text"].str.lower().str.contains(word).sum()
        assert hits > 0
        assert page.get_by_role("status").text_content() == f"{hits} gevonden"
        assert page.locator("table.uitspraken tbody tr:visible").count() > 0
        assert asked == [path.as_uri()], "nothing is fetched"
        browser.close()


def _moment(html: str) -> str:
    found = re.search(r"Gemaakt op \d+ [a-z]+ \d{4} om \d+\.\d\d uur", html)
    assert found
    return found[0]


def test_the_notebook_runs_on_the_sample_and_is_kept_without_outputs(
    database: str,  # noqa: ARG001
    capsys: pytest.CaptureFixture[str],
) -> None:
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    code = [each for each in cells if each["cell_type"] == "code"]
    assert all(each["outputs"] == [] and each["execution_count"] is None for each in code)
    names: dict[str, object] = {}
    shown = []
    for cell in code:
        tree = ast.parse("".join(cell["source"]), filename=f"{NOTEBOOK.name}: {cell['id']}")
        last = tree.body[-1]
        value = isinstance(last, ast.Expr) and not ast.unparse(last).startswith("print(")
        if value:
            tree.body.pop()
        exec(compile(tree, cell["id"], "exec"), names)
        if value:
            shown.append(eval(compile(ast.Expression(last.value), cell["id"], "eval"), names))  # type: ignore[attr-defined]
    tables_shown = [each for each in shown if isinstance(each, pd.DataFrame)]
    assert len(tables_shown) >= 7
    assert all(len(each) > 0 and each.to_html() for each in tables_shown)
    assert names["bars"].to_dict()  # type: ignore[attr-defined]
    assert "statements are in no theme" in capsys.readouterr().out
