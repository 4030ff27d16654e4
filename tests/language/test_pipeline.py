"""Dutch words without a downloaded model, with the loss said once; and with one."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from language import pipeline
from language.pipeline import (
    STOP_WORDS,
    load_pipeline,
    words,
)
from language.pipeline_status import PipelineUnavailable, pipeline_status

MISSING = "nl_model_dat_er_niet_is"


def test_the_fallback_says_once_what_is_lost(caplog: pytest.LogCaptureFixture) -> None:
    pipeline._load.cache_clear()
    with caplog.at_level(logging.WARNING):
        load_pipeline(MISSING)
        load_pipeline(MISSING)
    assert len(caplog.records) == 1
    status = pipeline_status(MISSING)
    assert status.is_fallback
    assert MISSING in status.loss
    assert "RETRY_MODEL" in status.loss


def test_the_fallback_has_lemmas_and_keeps_accents() -> None:
    row = words(load_pipeline(MISSING), ["De avondlessen vragen financiële steun, niet één idee."])[
        0
    ]
    found = {word.text: word for word in row}
    assert found["avondlessen"].lemma == "avondles"
    assert found["financiële"].lemma == "financiële"
    assert found["avondlessen"].content
    assert not found["één"].content
    assert not found["De"].content


def test_the_fallback_cuts_sentences() -> None:
    doc = load_pipeline(MISSING)("Dit kost bv. geld. Dat niet.")
    assert [sent.text for sent in doc.sents] == ["Dit kost bv. geld.", "Dat niet."]


def test_verb_forms_carry_no_subject() -> None:
    row = words(load_pipeline(MISSING), ["Ze heeft gevraagd of het lukt met de opleidingen"])[0]
    assert {word.text for word in row if word.content} == {"opleidingen"}


def test_stop_words_have_their_accents() -> None:
    assert {"één", "vóór", "de", "het"} <= STOP_WORDS


def test_a_path_that_is_not_there_is_refused_with_the_mend() -> None:
    with pytest.raises(PipelineUnavailable, match="SAMENSPRAAK_SPACY_MODEL"):
        load_pipeline("/nergens/een/model")


def test_a_folder_without_a_pipeline_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PipelineUnavailable, match=r"spaCy 3\.8"):
        load_pipeline(str(tmp_path))


def test_a_statistical_pipeline_serves_where_there_is_one(dutch_model: Path) -> None:
    nlp = load_pipeline(str(dutch_model))
    assert not pipeline_status(str(dutch_model)).is_fallback
    row = words(nlp, ["De scholen geven avondlessen."])[0]
    assert {word.lemma for word in row if word.pos == "NOUN"} >= {"school"}
