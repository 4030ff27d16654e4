"""Odd input through the real verbs: whatever comes in is kept, listed, and breaks nothing."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from analysis.preprocessing.deduplication import group_duplicates
from analysis.preprocessing.embeddings import encoder_named, model_key, vectors_of
from consultation.database.models import ContributionVersion, Embedding, RunMark, Statement
from consultation.database.storage import Storage
from consultation.participation.answers import text_hash
from consultation.queries.themes import NO_ANSWER, OTHER_LANGUAGE, SAME_TEXT
from consultation.settings import settings
from language.embedding import Vectors, normalised
from samenspraak.cli import app

EARLY = "De lessen beginnen te vroeg voor wie werkt en kinderen heeft."
Verb = Callable[..., Any]


@pytest.fixture
def verb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Verb]:
    """Runs a verb on a database of its own with round 1 open; gives its JSON, or its text."""
    monkeypatch.setenv("SAMENSPRAAK_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SAMENSPRAAK_EMBEDDING", "use")
    monkeypatch.delenv("SAMENSPRAAK_DATABASE_URL", raising=False)
    settings.cache_clear()

    def run(*arguments: str) -> Any:
        done = CliRunner().invoke(app, list(arguments))
        assert done.exit_code == 0, (arguments, done.output, done.exception)
        return json.loads(done.stdout) if "json" in arguments[-1] else done.stdout

    run("round", "open", "1")
    yield run
    settings.cache_clear()


@pytest.fixture
def database(verb: Verb) -> Iterator[Storage]:  # noqa: ARG001
    """The database that the verbs work on."""
    opened = Storage(settings().resolved_database_url)
    yield opened
    opened.close()


def imported(verb: Verb, folder: Path, texts: list[str], opdracht: int = 4) -> dict[str, Any]:
    path = folder / "antwoorden.jsonl"
    lines = [json.dumps({"text": text, "opdracht": opdracht}) for text in texts]
    path.write_text("\n".join(lines), encoding="utf-8")
    summary: dict[str, Any] = verb("import", str(path), "--json")
    return summary


def statements(verb: Verb) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = verb("statements", "--format", "json")
    return found


def report(verb: Verb, folder: Path) -> str:
    path = folder / "rapport.html"
    verb("report", "-o", str(path))
    return path.read_text(encoding="utf-8")


def figures(verb: Verb, opdracht: int = 4) -> dict[str, Any]:
    result = verb("analyse", "--json")
    found: dict[str, Any] = next(
        each for each in result["opdrachten"] if each["opdracht"] == opdracht
    )
    return found


def marks(database: Storage) -> Counter[str]:
    with database.reading() as session:
        return Counter(session.scalars(select(RunMark.mark)))


def test_a_round_without_answers_is_analysed_listed_and_reported(
    verb: Verb, tmp_path: Path
) -> None:
    assert figures(verb)["statements"] == 0
    assert statements(verb) == []
    assert verb("themes", "--format", "json") == []
    assert verb("actions", "--format", "json") == []
    assert "Nog niemand zei iets" in report(verb, tmp_path)


def test_empty_texts_are_counted_and_left_out(verb: Verb, tmp_path: Path) -> None:
    summary = imported(verb, tmp_path, ["", " \t\n ", EARLY])
    assert (summary["added"], summary["empty"], summary["statements"]) == (1, 2, 1)


def test_one_statement_is_shown_as_it_is(verb: Verb, tmp_path: Path) -> None:
    imported(verb, tmp_path, [EARLY])
    found = figures(verb)
    assert (found["statements"], found["themes"]) == (1, 0)
    assert EARLY in report(verb, tmp_path)


@pytest.mark.parametrize("text", ["👍🎉", "👩🏽‍🏫", "12", "- ?!", "https://voorbeeld.be/les"])
def test_an_answer_without_words_is_kept_and_listed(
    verb: Verb, tmp_path: Path, database: Storage, text: str
) -> None:
    imported(verb, tmp_path, [f"  {text}\n"])
    (said,) = statements(verb)
    assert (said["text"], said["start"]) == (text, 2)
    assert figures(verb)["statements"] == 1
    assert text in report(verb, tmp_path)
    assert marks(database)[NO_ANSWER] == ("//" not in text)


@pytest.mark.parametrize("text", [(EARLY + " ") * 400, "a" * 20_000], ids=["zinnen", "letters"])
def test_twenty_thousand_characters_are_kept_to_the_last(
    verb: Verb, tmp_path: Path, database: Storage, text: str
) -> None:
    text = text[:20_000]
    imported(verb, tmp_path, [text])
    with database.reading() as session:
        (version,) = session.scalars(select(ContributionVersion))
        spans = session.execute(select(Statement.start, Statement.end).order_by(Statement.start))
        covered = sum(end - start for start, end in spans)
    assert version.text == text
    assert covered >= 0.98 * len(text)
    assert figures(verb)["statements"] == len(statements(verb))


def test_a_thousand_equal_texts_are_one_voice_with_its_count(
    verb: Verb, tmp_path: Path, database: Storage
) -> None:
    campaign = "Schaf het inschrijvingsgeld af voor al wie een opleiding volgt."
    summary = imported(verb, tmp_path, [campaign] * 1_000)
    assert (summary["added"], summary["participants"]) == (1_000, 1_000)
    found = figures(verb)
    # A thousand times the same is one voice: too few to group, but what so many say is a theme.
    assert (found["statements"], found["themes"]) == (1_000, 1)
    assert marks(database) == {SAME_TEXT: 999}
    assert len(statements(verb)) == 1_000
    html = report(verb, tmp_path)
    assert "1000 keer gezegd" in html
    assert "1 verschillende" in html
    assert "te weinig om te groeperen" in html
    # Once among the statements and once in the list of what is repeated; never a thousand times.
    assert html.count(campaign) <= 4
    assert html.partition("Dubbele teksten en campagnes (1)")[2].count(campaign) == 1


def test_mixed_languages_are_marked_and_listed_apart(
    verb: Verb, tmp_path: Path, database: Storage
) -> None:
    foreign = {
        "en": "The lessons start too early for parents who work.",
        "fr": "Les cours commencent trop tôt pour les parents qui travaillent.",
        "ar": "الدروس تبدأ في وقت مبكر جدا",
    }
    imported(verb, tmp_path, [*foreign.values(), EARLY])
    assert figures(verb)["statements"] == 4
    with database.reading() as session:
        query = select(RunMark.value).where(RunMark.mark == OTHER_LANGUAGE)
        assert set(session.scalars(query)) == set(foreign)
    html = report(verb, tmp_path)
    apart = html.partition("Andere taal (3)")[2]
    assert all(html.count(text) == apart.count(text) == 1 for text in foreign.values())


def test_nan_in_a_file_is_text_in_a_text_and_nothing_elsewhere(
    verb: Verb, tmp_path: Path, database: Storage
) -> None:
    path = tmp_path / "leeg.csv"
    path.write_text(
        "text,opdracht,group,organisation,id,participant\n"
        "NaN,4,burger,,1,\n"
        "nan,4,NaN,nan,nan,nan\n"
        f"{EARLY},4,,#N/A,nan,nan\n"
        "NA,4,null,None,4,<NA>\n",
        encoding="utf-8",
    )
    summary = verb("import", str(path), "--json")
    # Nobody is called nan: two such rows are two people.
    assert (summary["added"], summary["empty"], summary["participants"]) == (4, 0, 4)
    said = statements(verb)
    assert [each["text"] for each in said] == ["NaN", "nan", EARLY, "NA"]
    assert [each["group"] for each in said] == ["burger", None, None, None]
    figures(verb)
    assert marks(database) == {NO_ANSWER: 3}
    lines = verb("statements", "--format", "csv").splitlines()
    assert ",NaN,[]," in lines[1]


def test_the_number_nan_in_jsonl_is_an_empty_cell(verb: Verb, tmp_path: Path) -> None:
    path = tmp_path / "leeg.jsonl"
    path.write_text(
        f'{{"text": NaN, "opdracht": 4}}\n{{"text": "{EARLY}", "opdracht": NaN, "group": NaN}}\n',
        encoding="utf-8",
    )
    summary = verb("import", str(path), "--json")
    assert (summary["added"], summary["empty"]) == (1, 1)


def test_a_file_that_is_no_database_is_named_with_the_mend(verb: Verb, tmp_path: Path) -> None:  # noqa: ARG001
    (tmp_path / "samenspraak.db-wal").unlink(missing_ok=True)
    (tmp_path / "samenspraak.db").write_bytes(b"geen databank" * 1_000)
    done = CliRunner().invoke(app, ["statements"])
    assert done.exit_code == 1
    assert "samenspraak.db: the database cannot be opened" in str(done.exception)


def damaged(kind: str, raw: bytes) -> bytes:
    vector = np.frombuffer(raw, dtype="<f4").copy()
    if kind == "short":
        return raw[:-3]
    if kind == "empty":
        return b""
    vector[7] = {"nan": np.nan, "infinite": np.inf, "other": 9.0}[kind]
    return vector.tobytes()


@pytest.mark.parametrize("kind", ["short", "empty", "nan", "infinite", "other"])
def test_a_damaged_vector_in_the_cache_is_computed_again(
    storage: Storage, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    encoder = encoder_named("use")
    texts = [EARLY, "De bus rijdt niet meer na acht uur."]
    right = vectors_of(storage, encoder, texts)
    with storage.writing() as session:
        row = session.get_one(Embedding, (model_key(encoder), text_hash(EARLY)))
        row.vector = damaged(kind, row.vector)
    with caplog.at_level(logging.WARNING, "analysis.preprocessing.embeddings"):
        assert np.allclose(vectors_of(storage, encoder, texts), right, atol=1e-6)
    assert "1 cached vectors were damaged" in caplog.text
    with storage.reading() as session:
        row = session.get_one(Embedding, (model_key(encoder), text_hash(EARLY)))
        assert np.allclose(np.frombuffer(row.vector, dtype="<f4"), right[0], atol=1e-6)


class Other:
    """An encoder of equally long vectors under another name or version."""

    dimension = 512

    def __init__(self, name: str, version: str) -> None:
        self.name, self.version = name, version
        self.asked = 0

    def encode(self, texts: list[str]) -> Vectors:
        self.asked += len(texts)
        seeds = [int(text_hash(text + self.name + self.version)[:8], 16) for text in texts]
        return normalised([np.random.default_rng(seed).normal(size=512) for seed in seeds])


def test_another_encoder_or_version_embeds_anew_and_mixes_nothing(storage: Storage) -> None:
    texts = [EARLY, "De bus rijdt niet meer na acht uur."]
    first, newer, other = Other("een", "1"), Other("een", "2"), Other("twee", "1")
    made = {id(each): vectors_of(storage, each, texts) for each in (first, newer, other)}  # type: ignore[arg-type]
    for each in (first, newer, other):
        again = vectors_of(storage, each, texts)  # type: ignore[arg-type]
        assert (again == made[id(each)]).all()
        assert np.allclose(again, each.encode(texts))
        assert each.asked == 4, "once computed, once from the cache, once by this test"
    vectors_of(storage, encoder_named("use"), texts)
    with storage.reading() as session:
        assert len(session.execute(select(Embedding.model, Embedding.text_hash)).all()) == 8


def test_what_says_nothing_is_set_aside_whatever_its_length() -> None:
    texts = ["🎉" * 500, "12", "NaN", EARLY]
    assert [(each.row, each.mark) for each in group_duplicates(texts).excluded] == [
        (row, NO_ANSWER) for row in range(3)
    ]
