"""The catalogue is data with a closed schema, and its texts stand nowhere else."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from consultation.catalogue import Catalogue, catalogue_at, load_catalogue
from consultation.errors import CatalogueError
from consultation.settings import ROOT
from tests.conftest import CATALOGUE, SECOND_CATALOGUE, shared_file

QUESTIONS = ["drempel", "voorstel", "trekker", "prioriteit"]
Change = Callable[[dict[str, Any]], None]


def refusal(path: Path) -> str:
    """What is said about a catalogue that is refused; one line that starts with the file."""
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(path)
    said = str(caught.value)
    assert said.startswith(f"{path}: ")
    assert "\n" not in said
    return said.removeprefix(f"{path}: ")


def opdracht(raw: dict[str, Any], index: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = raw["opdrachten"][index]
    return found


def put(place: Callable[[dict[str, Any]], Any], key: Any, value: Any) -> Change:
    """A change: gives ``key`` of what stands at ``place`` another value."""

    def change(raw: dict[str, Any]) -> None:
        place(raw)[key] = value

    return change


WRONG: dict[str, tuple[Change, str, str]] = {
    "unknown key at the top": (
        put(lambda raw: raw, "opdracht", []),
        "opdracht:",
        "bedoelde u 'opdrachten'?",
    ),
    "unknown key in an opdracht": (
        put(lambda raw: opdracht(raw, 1), "ambities", "meer"),
        "opdrachten[1].ambities:",
        "bedoelde u 'ambitie'?",
    ),
    "unknown key in a question": (
        put(lambda raw: opdracht(raw)["vragen"][2], "zzz", "x"),
        "opdrachten[0].vragen[2].zzz:",
        "kies uit soort, sleutel, tekst",
    ),
    "wrong soort": (
        put(lambda raw: opdracht(raw)["vragen"][0], "soort", "vorstel"),
        "opdrachten[0].vragen[0].soort: 'vorstel' is geen soort;",
        "kies uit drempel, voorstel, trekker, prioriteit",
    ),
    "missing key": (
        lambda raw: opdracht(raw).pop("titel"),
        "opdrachten[0].titel: ontbreekt;",
        "voeg 'titel' toe",
    ),
    "too long an explanation": (
        put(opdracht, "uitleg", "woord " * 61),
        "opdrachten[0].uitleg: 61 woorden;",
        "hoogstens 60",
    ),
    "a group that does not exist": (
        put(lambda raw: raw["groepen"][0], "slug", "burgers"),
        "opdrachten[0].groepen[0]: 'buren' staat niet onder groepen;",
        "kies uit burgers, gemeentelijke_groendienst",
    ),
    "a group with a name that is no slug": (
        put(lambda raw: raw["groepen"][0], "slug", "De buren"),
        "groepen[0].slug: 'De buren' mag alleen",
        "kleine letters",
    ),
    "a group with a name that no column holds": (
        put(lambda raw: raw["groepen"][0], "slug", "b" * 41),
        "groepen[0].slug:",
        "te lang; hoogstens 40 tekens",
    ),
    "a group by the name for no group": (
        put(lambda raw: raw["groepen"][0], "slug", "onbekend"),
        "groepen[0].slug: 'onbekend' betekent al",
        "kies een ander",
    ),
    "a group that the catalogue does not list": (
        put(opdracht, "groepen", ["hoger_onderwijs"]),
        "opdrachten[0].groepen[0]: 'hoger_onderwijs' staat niet onder groepen;",
        "voeg de groep daar toe",
    ),
    "an uitdaging that does not exist": (
        put(opdracht, "uitdaging", 7),
        "opdrachten[0].uitdaging: 7 is geen uitdaging;",
        "kies uit 1",
    ),
    "two opdrachten with one number": (
        put(lambda raw: opdracht(raw, 1), "nummer", 1),
        "opdrachten[1].nummer: '1' komt al eerder voor;",
        "kies een ander",
    ),
    "a question asked twice": (
        put(lambda raw: opdracht(raw)["vragen"][1], "soort", "drempel"),
        "opdrachten[0].vragen[1].sleutel: 'drempel' komt al eerder voor;",
        "kies een ander",
    ),
    "an extra question without a key": (
        lambda raw: opdracht(raw)["vragen"][4].pop("sleutel"),
        "opdrachten[0].vragen[4].sleutel:",
        "'kosten'",
    ),
    "a key on a fixed question": (
        put(lambda raw: opdracht(raw)["vragen"][0], "sleutel", "kosten_nu"),
        "opdrachten[0].vragen[0].sleutel:",
        "alleen bij soort 'extra'",
    ),
    "a number that is a text": (
        put(opdracht, "nummer", "een"),
        "opdrachten[0].nummer: 'een' past niet;",
        "schrijf een geheel getal",
    ),
    "a text that is a number": (
        put(opdracht, "titel", 12),
        "opdrachten[0].titel: 12 past niet;",
        "schrijf een tekst",
    ),
    "an empty text": (
        put(lambda raw: raw["consultatie"], "privacy", "  "),
        "consultatie.privacy: leeg;",
        "vul een tekst in",
    ),
    "no consent to the analysis": (
        lambda raw: raw["consultatie"]["toestemmingen"].pop(0),
        "consultatie.toestemmingen: het doel 'analyse' ontbreekt;",
        "voeg het toe",
    ),
    "a scale of four": (
        lambda raw: raw["consultatie"]["prioriteiten"].pop(),
        "consultatie.prioriteiten: 4 onderdelen;",
        "minstens 5",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_catalogue_is_refused_with_place_and_mend(name: str, tmp_path: Path) -> None:
    change, place, mend = WRONG[name]
    raw = yaml.safe_load(SECOND_CATALOGUE.read_text(encoding="utf-8"))
    change(raw)
    path = tmp_path / "fout.yml"
    path.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    said = refusal(path)
    assert said.startswith(place), said
    assert mend in said


def test_a_key_that_stands_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "dubbel.yml"
    text = SECOND_CATALOGUE.read_text(encoding="utf-8")
    path.write_text(text.replace("  slug: samen-", "  slug: anders\n  slug: samen-"), "utf-8")
    said = refusal(path)
    assert said.startswith("regel 3, kolom 3: de sleutel 'slug' staat er twee keer;")


def test_a_slip_in_the_yaml_is_shown_by_line(tmp_path: Path) -> None:
    path = tmp_path / "scheef.yml"
    path.write_text("consultatie:\n  slug: [a, b\n  titel: x\n", encoding="utf-8")
    assert re.match(r"regel \d+, kolom \d+: .*; verbeter de YAML daar\.", refusal(path))


@pytest.mark.parametrize("text", ["", "- een\n- lijst\n", "los woord"])
def test_a_file_without_keys_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "leeg.yml"
    path.write_text(text, encoding="utf-8")
    assert "zie data/opdrachten.yml" in refusal(path)


def test_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "latin1.yml"
    path.write_bytes("consultatie: financiële".encode("latin-1"))
    assert refusal(path) == "geen UTF-8; sla het bestand op als UTF-8."


def test_a_missing_file_names_the_setting(tmp_path: Path) -> None:
    assert "SAMENSPRAAK_CATALOGUE" in refusal(tmp_path / "weg.yml")
    assert "SAMENSPRAAK_CATALOGUE" in refusal(tmp_path)


def test_every_further_mistake_is_counted(tmp_path: Path) -> None:
    raw = yaml.safe_load(SECOND_CATALOGUE.read_text(encoding="utf-8"))
    del raw["consultatie"]["wie"]
    del raw["opdrachten"][1]["titel"]
    path = tmp_path / "fouten.yml"
    path.write_text(yaml.safe_dump(raw), encoding="utf-8")
    assert refusal(path).endswith("(en nog 1 andere)")


def test_a_changed_catalogue_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "catalogus.yml"
    text = SECOND_CATALOGUE.read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    assert catalogue_at(path) is catalogue_at(path)
    first = catalogue_at(path).consultatie.titel
    path.write_text(text.replace("titel: Samen tuinieren", "titel: Samen zaaien"), "utf-8")
    assert (first, catalogue_at(path).consultatie.titel) == ("Samen tuinieren", "Samen zaaien")


def test_the_product_has_four_uitdagingen_and_ten_opdrachten(catalogue: Catalogue) -> None:
    assert [each.nummer for each in catalogue.uitdagingen] == [1, 2, 3, 4]
    assert [each.nummer for each in catalogue.opdrachten] == list(range(1, 11))
    assert {each.uitdaging for each in catalogue.opdrachten} == {1, 2, 3, 4}
    assert len({each.slug for each in catalogue.groepen}) == len(catalogue.groepen) == 12


@pytest.mark.parametrize("nummer", range(1, 11))
def test_each_opdracht_is_complete(catalogue: Catalogue, nummer: int) -> None:
    each = catalogue.opdracht(nummer)
    assert each is not None
    assert [vraag.key for vraag in each.vragen] == QUESTIONS
    assert len(each.uitleg.split()) <= 60
    assert each.trekker == ""
    for vraag in each.vragen:
        assert vraag.tekst.endswith("?")
        assert vraag.voorbeeld
        assert vraag.soort == "prioriteit" or len(vraag.doorvraag) >= 2


def test_no_question_or_probe_is_worded_twice(catalogue: Catalogue) -> None:
    vragen = [vraag for each in catalogue.opdrachten for vraag in each.vragen]
    wordings = [text for vraag in vragen for text in (vraag.tekst, *vraag.doorvraag)]
    assert sorted({text for text in wordings if wordings.count(text) > 1}) == []


def test_the_second_catalogue_is_another_subject(second_catalogue: Path) -> None:
    second = load_catalogue(second_catalogue)
    assert len(second.uitdagingen) == 1
    assert len(second.opdrachten) == 2
    assert second.opdrachten[0].question("kosten") is not None
    first = load_catalogue(CATALOGUE)
    slugs = [{each.slug for each in one.groepen} for one in (first, second)]
    assert slugs[0].isdisjoint(slugs[1])


def texts_of(value: Any) -> Iterator[str]:
    """All texts in a catalogue, to the bottom."""
    if isinstance(value, dict):
        for each in value.values():
            yield from texts_of(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts_of(each)
    elif isinstance(value, str):
        yield value


def repeated(texts: set[str], source: str) -> set[str]:
    """The texts that stand in a source, whatever its line breaks, quotes and joins of literals."""
    flat = _flat(re.sub(r"""["']\s*\n\s*[rbuf]?["']""", "", source))
    return {text for text in texts if _flat(text) in flat}


def _flat(text: str) -> str:
    return " ".join(text.split()).casefold()


def test_no_text_of_the_catalogue_is_repeated_in_code_or_domain() -> None:
    raw = yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))
    names = {*(each["slug"] for each in raw["groepen"]), *texts_of(raw["actoren"])}
    long = {text for text in texts_of(raw) if len(text) > 20} - names
    assert len(long) > 100
    found = {}
    for path in _tracked():
        if path.suffix == ".py" or path.name == "domain.yml":
            again = repeated(long, path.read_text(encoding="utf-8"))
            if again and path.relative_to(ROOT).parts[0] != "tests":
                found[str(path.relative_to(ROOT))] = sorted(again)
    assert found == {}


def test_the_look_for_repeats_sees_through_line_breaks() -> None:
    source = 'x = (\n    "Hoe komt er "\n    "meer water?"\n)\n'
    assert repeated({"Hoe komt er meer water?", "Iets anders"}, source) == {
        "Hoe komt er meer water?"
    }


def test_no_nine_words_of_a_source_document_stand_in_the_tree() -> None:
    seeds: set[str] = set()
    for path in sorted(shared_file("seeds").glob("*.txt")):
        seeds |= shingles(path.read_text(encoding="utf-8", errors="replace"))
    assert len(seeds) > 1000
    found = {}
    for path in _tracked():
        if path.suffix not in {".lock", ".svg"}:
            copied = shingles(path.read_text(encoding="utf-8", errors="ignore")) & seeds
            if copied:
                found[str(path.relative_to(ROOT))] = sorted(copied)[:3]
    assert found == {}


def shingles(text: str, size: int = 9) -> set[str]:
    """All runs of that many words."""
    words = re.findall(r"\w+", text.lower())
    return {" ".join(words[start : start + size]) for start in range(len(words) - size + 1)}


def _tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode != 0:
        pytest.skip("this is no git checkout")
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]
