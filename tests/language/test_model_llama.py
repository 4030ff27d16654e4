"""The protocol as llama.cpp speaks it: a real server, with a tiny model made here."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from analysis.codebook.codebook import Codebook, CodebookTheme
from analysis.language_model.coding import AT_ONCE, code
from analysis.language_model.connection import LanguageModel
from analysis.language_model.drafting import LONGEST_DESCRIPTION, LONGEST_NAME, draft
from analysis.language_model.masking import MaskedText
from consultation.settings import ROOT, Settings, settings
from samenspraak import doctor

pytest.importorskip("xllamacpp", reason="llama.cpp has no wheel for this platform")
pytest.importorskip("gguf")

BOOK = Codebook(
    tuple(CodebookTheme(each * 32, each * 3, f"Alles over {each}.") for each in "abcdefghijkl")
)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LanguageModel]:
    folder = tmp_path_factory.mktemp("llama")
    with (folder / "log").open("w+") as log:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "tests" / "llama_server.py"), str(folder)],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        try:
            assert process.stdout
            lines = iter(process.stdout.readline, "")
            url = next((line.strip() for line in lines if line.startswith("http://")), "")
            assert url, Path(log.name).read_text(encoding="utf-8", errors="replace")[-2000:]
            yield LanguageModel(f"{url}/v1", "klein.gguf", timeout=120)
        finally:
            process.kill()
            process.communicate()


def test_its_codes_are_of_the_codebook_and_each_statement_gets_an_answer(
    model: LanguageModel,
) -> None:
    texts = [MaskedText(f"De bus van {at} uur komt te laat.") for at in range(AT_ONCE + 3)]
    found = code(model, texts, BOOK, settings().spacy_model)
    assert len(found) == len(texts)
    for themes in found:
        assert themes is not None
        assert set(themes) <= set(BOOK.ids)
        assert len(themes) <= 3
    assert any(found)


def test_its_draft_has_a_name_and_a_line(model: LanguageModel) -> None:
    found = draft(model, [MaskedText("De bus rijdt niet."), MaskedText("Er is geen bus.")])
    assert found is not None
    assert 0 < len(found.name) <= LONGEST_NAME
    assert 0 < len(found.description) <= LONGEST_DESCRIPTION
    assert re.fullmatch(r"[^<>{}\[\]\n]+", found.name)


def test_the_doctor_sees_it(model: LanguageModel) -> None:
    (name,) = model.models()
    values = Settings().model_copy(update={"llm_url": model.url, "llm_model": name})
    (check,) = doctor.language_model_answers(values)
    assert check.ok, check.detail
    assert name[:100] in check.detail
