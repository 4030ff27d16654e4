"""The command line: contracts, exit codes, and one clear line with the mend for each fault."""

from __future__ import annotations

import csv
import importlib
import io
import json
import os
import re
import socket
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import typer
from typer.main import get_group
from typer.testing import CliRunner

from consultation.errors import SamenspraakError
from consultation.settings import ROOT
from samenspraak import processes
from samenspraak.cli import MODULES, app
from tests.servers import free_port, workplace_variables

SAMENSPRAAK = Path(sys.executable).with_name("samenspraak")
VERBS = (
    "serve",
    "train",
    "nlu",
    "round",
    "invite",
    "import",
    "statements",
    "themes",
    "actions",
    "analyse",
    "evaluate",
    "report",
    "curate",
    "codebook",
    "queue",
    "pairs",
    "history",
    "compare",
    "forget",
    "user",
    "verify",
    "mail",
    "doctor",
)


@pytest.mark.parametrize("module", MODULES)
def test_the_table_of_verbs_is_that_of_the_modules(module: str) -> None:
    verbs = typer.Typer()
    importlib.import_module(f"samenspraak.{module}").register(verbs)
    assert set(MODULES[module]) == set(get_group(verbs).commands)


@pytest.mark.parametrize("verb", ["round list", "analyse --round 1"])
def test_a_verb_loads_only_what_it_needs(tmp_path: Path, verb: str) -> None:
    """A rerun with nothing new waits for no library that it does not use."""
    environment = workplace_variables(tmp_path)
    assert run(environment, "round", "open", "1").returncode == 0
    assert run(environment, *verb.split()).returncode == 0
    used = loaded(
        "from typer.testing import CliRunner; from samenspraak.cli import app; "
        f"done = CliRunner().invoke(app, {verb.split()}); assert done.exit_code == 0, done",
        environment,
    )
    unused = {"alembic", "pandas", "scipy", "spacy", "sklearn", "ftfy"}
    assert not used & {*unused, "consultation.importing.readers"}


def test_a_run_that_only_moves_statements_loads_no_language_pipeline() -> None:
    """What it does is in these modules: mapping, duplicates, quotes and storing."""
    used = loaded(
        "import analysis.find_themes, analysis.run_store; "
        "from analysis.labelling.theme_examples import theme_examples; "
        "from analysis.preprocessing.deduplication import group_duplicates as group; "
        "text = 'De bus naar de cursus rijdt op zaterdag veel te laat.'; "
        "assert len(group([text, text.replace('cursus', 'cursuss')]).representatives) == 1"
    )
    assert not used & {"spacy", "sklearn", "bertopic", "pandas", "HanTa"}


def loaded(code: str, environment: dict[str, str] | None = None) -> set[str]:
    """The modules that are loaded after this code, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}; import sys; print(*sys.modules)"],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_a_verb_that_is_nearly_right_is_named() -> None:
    done = CliRunner().invoke(app, ["analyze"])
    assert done.exit_code == 2
    assert "analyse" in done.output


def run(
    environment: dict[str, str], *arguments: str, stdin: str = "", **more: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(SAMENSPRAAK), *arguments],
        env={**environment, **more},
        cwd=ROOT,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture(scope="module")
def opened_round(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The variables of a workplace with an open round, in which a test stores nothing."""
    environment = workplace_variables(tmp_path_factory.mktemp("ronde"))
    done = run(environment, "round", "open", "1")
    assert done.returncode == 0, done.stderr
    return environment


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    """The error of a verb that failed: one line, no traceback, nothing on stdout."""
    assert done.returncode == 1, (done.returncode, done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert done.stdout == ""
    return lines[0]


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(verb: str) -> None:
    result = CliRunner().invoke(app, [verb, "--help"])
    assert result.exit_code == 0
    assert "Usage" in result.stdout


def test_wrong_use_ends_with_two(workplace_environment: dict[str, str]) -> None:
    assert run(workplace_environment, "dans").returncode == 2
    assert run(workplace_environment, "round", "open", "een").returncode == 2
    assert run(workplace_environment, "themes", "--format", "xml").returncode == 2


def test_an_unknown_key_in_the_catalogue_is_named_with_its_place(
    workplace_environment: dict[str, str], tmp_path: Path
) -> None:
    text = (ROOT / "data" / "opdrachten.yml").read_text(encoding="utf-8")
    wrong = tmp_path / "fout.yml"
    wrong.write_text(text.replace("    ambitie:", "    ambitei:", 1), encoding="utf-8")
    line = one_line(run(workplace_environment, "round", "list", SAMENSPRAAK_CATALOGUE=str(wrong)))
    assert str(wrong) in line
    assert "opdrachten[0]" in line
    assert "ambitie" in line


def test_a_missing_catalogue_is_named(workplace_environment: dict[str, str]) -> None:
    line = one_line(
        run(workplace_environment, "round", "list", SAMENSPRAAK_CATALOGUE="/nergens/x.yml")
    )
    assert "/nergens/x.yml" in line
    assert "SAMENSPRAAK_CATALOGUE" in line


def test_a_database_that_is_not_there_is_named(workplace_environment: dict[str, str]) -> None:
    url = "postgresql://postgres@127.0.0.1:1/nergens"
    line = one_line(run(workplace_environment, "round", "list", SAMENSPRAAK_DATABASE_URL=url))
    assert "127.0.0.1:1" in line
    assert "SAMENSPRAAK_DATABASE_URL" in line


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("nergens.csv", None, "nergens.csv"),
        ("kapot.txt", b"\xff\xfe\x00\x81\x9d", "UTF-8"),
        ("leeg.csv", b"id,opdracht\n1,2\n", "text"),
        ("oud.doc", b"hallo", "txt"),
        ("fout.jsonl", b'{"text": "a"}\n{"text": \n', "line 2"),
        ("groep.csv", b"text,group\nte duur,buren\n", "buren"),
    ],
)
def test_an_import_file_that_cannot_be_read_is_named_and_nothing_is_stored(
    opened_round: dict[str, str],
    tmp_path: Path,
    name: str,
    content: bytes | None,
    words: str,
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    line = one_line(run(opened_round, "import", str(path)))
    assert name in line
    assert words in line
    file = Path(opened_round["SAMENSPRAAK_DATA_DIR"]) / "samenspraak.db"
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("select count(*) from contribution").fetchone() == (0,)


def test_without_an_open_round_import_says_how_to_open_one(
    workplace_environment: dict[str, str], tmp_path: Path
) -> None:
    rows = tmp_path / "a.csv"
    rows.write_text("text\nte duur\n", encoding="utf-8")
    line = one_line(run(workplace_environment, "import", str(rows)))
    assert "samenspraak round open 1" in line


def test_a_port_in_use_is_named_with_the_setting_to_change(
    workplace_environment: dict[str, str],
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        line = one_line(run(workplace_environment, "serve", SAMENSPRAAK_PORT=port))
    assert port in line
    assert "SAMENSPRAAK_PORT" in line


def test_a_setting_that_does_not_fit_is_named(workplace_environment: dict[str, str]) -> None:
    line = one_line(run(workplace_environment, "round", "list", SAMENSPRAAK_PORT="deur"))
    assert "SAMENSPRAAK_PORT" in line


def test_an_encoder_that_is_not_there_is_named_with_the_mend(
    workplace_environment: dict[str, str], tmp_path: Path
) -> None:
    texts = tmp_path / "a.jsonl"
    texts.write_text('{"text": "te duur", "label": "a"}\n', encoding="utf-8")
    for name, words in (("bert", "e5"), ("sentence-transformers:x", "sentence-transformers")):
        line = one_line(
            run(workplace_environment, "evaluate", str(texts), SAMENSPRAAK_EMBEDDING=name)
        )
        assert words in line


def test_serve_without_a_trained_assistant_says_to_train(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(processes, "ROOT", tmp_path)
    with pytest.raises(SamenspraakError, match="samenspraak train"):
        processes.latest_model()


def test_serve_gives_up_on_what_never_comes_up_and_stops_the_others(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(processes, "_MAX_WAIT", 0.01)
    nowhere = f"http://127.0.0.1:{free_port()}/"
    environment = {**os.environ, "SAMENSPRAAK_SHARED_SECRET": "geheim"}
    sleeps, ends = (
        processes.Process(
            name, [sys.executable, "-c", program], nowhere, environment, tmp_path / name
        )
        for name, program in (
            ("waits", "import time; time.sleep(60)"),
            ("ends", "print('no such thing'); raise SystemExit(3)"),
        )
    )
    told: list[str] = []

    def say(text: str) -> None:
        told.append(text)
        assert len(told) < 20, "it never ends"

    with pytest.raises(SamenspraakError, match=rf"code 3; .*{ends.log}"):
        processes.run_together([sleeps, ends], say)
    assert sleeps.child is not None
    assert sleeps.child.poll() is not None
    assert "no such thing" in ends.log.read_text(encoding="utf-8")


def test_an_account_is_made_and_its_password_replaced(
    workplace_environment: dict[str, str],
) -> None:
    add = ("user", "add", "an", "--role", "facilitator", "--password-stdin")
    assert "account made" in run(workplace_environment, *add, stdin="een lang woord").stdout
    assert "replaced" in run(workplace_environment, *add, stdin="nog een woord").stdout
    assert "8" in one_line(run(workplace_environment, *add, stdin="kort"))


def test_an_invitation_gives_a_link_per_row_and_keeps_no_token(
    workplace_environment: dict[str, str], tmp_path: Path
) -> None:
    run(workplace_environment, "round", "open", "1")
    people = tmp_path / "mensen.csv"
    people.write_text(
        "name,organisation,group,opdrachten,email\nAn,CVO Zon,publieke_opleider,4 5,an@x.example\n",
        encoding="utf-8",
    )
    done = run(workplace_environment, "invite", str(people))
    assert done.returncode == 0, done.stderr
    (row,) = csv.DictReader(io.StringIO(done.stdout))
    assert row["organisation"] == "CVO Zon"
    token = row["link"].split("uitnodiging=")[1]
    database = Path(workplace_environment["SAMENSPRAAK_DATA_DIR"]) / "samenspraak.db"
    assert token.encode() not in database.read_bytes()
    people.write_text("name,organisation,group,opdrachten,email\nAn,,buren,4,\n", encoding="utf-8")
    assert "line 2" in one_line(run(workplace_environment, "invite", str(people)))


def test_the_secret_key_is_made_once_and_is_its_owners_only(
    workplace_environment: dict[str, str],
) -> None:
    run(workplace_environment, "forget", "AAAA-BBBB-CCCC")
    path = Path(workplace_environment["SAMENSPRAAK_DATA_DIR"]) / "secret_key"
    first = path.read_text(encoding="utf-8")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    run(workplace_environment, "forget", "AAAA-BBBB-CCCC")
    assert path.read_text(encoding="utf-8") == first


@pytest.mark.servers
def test_nlu_tells_content_from_commands(
    workplace_environment: dict[str, str], tmp_path: Path
) -> None:
    texts = ["Stop met die verplichte attesten", "ik wil stoppen", "te duur", "/stoppen"]
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), encoding="utf-8")
    done = run(workplace_environment, "nlu", "--file", str(path))
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [each["text"] for each in found] == texts
    assert [each["intent"] for each in found] == ["bijdrage", "stoppen", "bijdrage", "bijdrage"]
    for each in found:
        assert set(each) == {"text", "intent", "confidence", "opdrachten"}
        assert len(each["opdrachten"]) == 3
        assert all(0 <= match["score"] <= 1 for match in each["opdrachten"])
    assert found[2]["opdrachten"][0]["number"] == 10


def test_the_readmes_verbs_and_scripts_exist() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for verb in re.findall(r"\.venv/bin/samenspraak (\w+)", readme):
        assert verb in VERBS
    for script in re.findall(r"scripts/\w+\.py", readme):
        assert (ROOT / script).exists()
    for target in re.findall(r"^make (\w+)", readme, re.MULTILINE):
        assert f"\n{target}:" in (ROOT / "Makefile").read_text(encoding="utf-8")
