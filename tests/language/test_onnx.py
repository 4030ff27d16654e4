"""Encoders in ONNX: a tiny one, made here, is loaded as a real one would be."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit
from tokenizers.processors import TemplateProcessing

from analysis.preprocessing.embeddings import model_key, vectors_of
from consultation.database.storage import Storage
from consultation.settings import Settings
from language.embedding import Encoder, EncoderUnavailable, load_encoder
from samenspraak import doctor
from tests.nasty_texts import nasty_texts

WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "query:", "de", "bus", "rijdt", "niet", "fiets", "pad")
SIZE = 6
TABLE = np.random.default_rng(7).normal(size=(len(WORDS), SIZE)).astype(np.float32)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model of which the vector of each token is a row of ``TABLE``."""
    return made(tmp_path / "klein")


def made(folder: Path, table: np.ndarray = TABLE, place: str = "model.onnx") -> Path:
    """Writes a model that looks up one vector per token, as the last layer of an encoder would."""
    (folder / place).parent.mkdir(parents=True, exist_ok=True)
    shape = ["batch", "tokens"]
    graph = helper.make_graph(
        [
            helper.make_node("Gather", ["table", "input_ids"], ["rows"]),
            helper.make_node("Cast", ["attention_mask"], ["counts"], to=TensorProto.FLOAT),
            helper.make_node("Unsqueeze", ["counts", "axis"], ["wide"]),
            # What stands outside the mask is far away: a pooling that looks there is seen.
            helper.make_node("Sub", ["one", "wide"], ["outside"]),
            helper.make_node("Mul", ["outside", "far"], ["noise"]),
            helper.make_node("Add", ["rows", "noise"], ["last_hidden_state"]),
        ],
        "tiny",
        [
            helper.make_tensor_value_info(name, TensorProto.INT64, shape)
            for name in ("input_ids", "attention_mask")
        ],
        [helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, [*shape, SIZE])],
        [
            numpy_helper.from_array(table, "table"),
            numpy_helper.from_array(np.array([2], dtype=np.int64), "axis"),
            numpy_helper.from_array(np.array(1, dtype=np.float32), "one"),
            numpy_helper.from_array(np.array(1e6, dtype=np.float32), "far"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    onnx.save(model, str(folder / place))
    tokenizer = Tokenizer(WordLevel({word: at for at, word in enumerate(WORDS)}, "[UNK]"))
    tokenizer.pre_tokenizer = WhitespaceSplit()
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


def rows(*words: str) -> np.ndarray:
    """What the model gives for these tokens."""
    return TABLE[[WORDS.index(word) for word in words]].astype(np.float64)


def unit(vector: np.ndarray) -> np.ndarray:
    return np.asarray(vector / np.linalg.norm(vector))


def loaded(folder: Path) -> Encoder:
    """The encoder of this folder, read anew."""
    load_encoder.cache_clear()
    return load_encoder(f"onnx:{folder}")


def test_a_vector_is_the_mean_of_the_tokens_of_the_text_alone(folder: Path) -> None:
    encoder = loaded(folder)
    texts = ["de bus", "de bus rijdt niet de bus rijdt niet", "fiets", ""]
    vectors = encoder.encode(texts)
    assert (vectors.shape, vectors.dtype) == ((4, SIZE), np.float32)
    assert encoder.dimension == SIZE
    expected = unit(rows("[CLS]", "de", "bus", "[SEP]").mean(axis=0))
    np.testing.assert_allclose(vectors[0], expected, atol=1e-6)
    assert encoder.encode([]).shape == (0, SIZE)


def test_a_batch_gives_what_each_text_alone_gives(folder: Path) -> None:
    encoder = loaded(folder)
    texts = [" ".join(WORDS[4 + (at * step) % 7] for step in range(at % 23)) for at in range(90)]
    alone = np.vstack([encoder.encode([text]) for text in texts])
    np.testing.assert_allclose(encoder.encode(texts), alone, atol=1e-6)


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}, rows("[CLS]")[0]),
        ({"pooling_mode_lasttoken": True}, rows("[SEP]")[0]),
        ({"pooling_mode": "lasttoken"}, rows("[SEP]")[0]),
        ({"pooling_mode_mean_tokens": True}, rows("[CLS]", "de", "bus", "[SEP]").mean(axis=0)),
    ],
)
def test_the_pooling_is_that_of_sentence_transformers(
    folder: Path, config: dict[str, object], expected: np.ndarray
) -> None:
    with_modules(folder)
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(config))
    vector = loaded(folder).encode(["de bus", "de bus rijdt niet"])[0]
    np.testing.assert_allclose(vector, unit(expected), atol=1e-6)


def with_modules(folder: Path, *more: str) -> None:
    modules = [
        {"type": f"sentence_transformers.models.{name}", "path": path}
        for name, path in (
            ("Transformer", ""),
            ("Pooling", "1_Pooling"),
            ("Normalize", "2_Normalize"),
            *((each, f"3_{each}") for each in more),
        )
    ]
    (folder / "modules.json").write_text(json.dumps(modules))
    (folder / "1_Pooling").mkdir()


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("samenspraak.json", {"prefix": "query: "}),
        (
            "config_sentence_transformers.json",
            {"prompts": {"q": "query: ", "x": "niet "}, "default_prompt_name": "q"},
        ),
        (
            "config_sentence_transformers.json",
            {"prompts": {"clustering": "query: "}, "default_prompt_name": None},
        ),
    ],
)
def test_the_model_may_want_words_before_each_text(
    folder: Path, file: str, content: dict[str, object]
) -> None:
    plain = loaded(folder).encode(["query: de bus"])
    (folder / file).write_text(json.dumps(content))
    np.testing.assert_allclose(loaded(folder).encode(["de bus"]), plain, atol=1e-6)


def test_prompts_for_search_are_left_alone(folder: Path) -> None:
    plain = loaded(folder).encode(["de bus"])
    prompts = {"prompts": {"query": "query: ", "document": ""}, "default_prompt_name": None}
    (folder / "config_sentence_transformers.json").write_text(json.dumps(prompts))
    np.testing.assert_array_equal(loaded(folder).encode(["de bus"]), plain)


def test_no_more_tokens_are_read_than_the_model_can(folder: Path) -> None:
    (folder / "config.json").write_text('{"max_position_embeddings": 5}')
    (folder / "tokenizer_config.json").write_text('{"model_max_length": 1e30}')
    vectors = loaded(folder).encode(["de bus rijdt", "de bus rijdt niet " + "fiets " * 300])
    np.testing.assert_allclose(vectors[0], vectors[1], atol=1e-6)
    (folder / "config.json").unlink()
    long = loaded(folder).encode(["de " * 510 + "bus", "de " * 510 + "fiets"])
    np.testing.assert_array_equal(long[0], long[1])


def test_nasty_texts_get_a_vector_too(folder: Path) -> None:
    vectors = loaded(folder).encode(list(nasty_texts().values()))
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-4)


def test_a_model_of_the_cache_is_found_by_its_name(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    kept = tmp_path / "hub" / "models--een--model"
    made(kept / "snapshots" / "abc", place="onnx/model.onnx")
    made(kept / "snapshots" / "old", table=TABLE + 1)
    (kept / "refs").mkdir()
    (kept / "refs" / "main").write_text("abc\n")
    load_encoder.cache_clear()
    encoder = load_encoder("onnx:een/model")
    assert encoder.name == "onnx:een/model"
    np.testing.assert_allclose(encoder.encode(["de bus"]), loaded(folder).encode(["de bus"]))


def test_vectors_of_an_exchanged_model_are_not_used(
    folder: Path, tmp_path: Path, storage: Storage
) -> None:
    first = loaded(folder)
    vectors_of(storage, first, ["de bus"])
    moved = loaded(Path(shutil.copytree(folder, tmp_path / "elders")))
    assert moved.version == first.version
    made(folder, table=TABLE[::-1].copy())
    second = loaded(folder)
    assert second.version != first.version
    np.testing.assert_allclose(
        vectors_of(storage, second, ["de bus"]), second.encode(["de bus"]), atol=1e-6
    )
    (folder / "samenspraak.json").write_text('{"pooling": "cls"}')
    assert loaded(folder).version not in (first.version, second.version)


def test_the_key_of_a_long_path_fits_and_keeps_the_fingerprint(tmp_path: Path) -> None:
    encoder = loaded(made(tmp_path / ("m" * 120) / ("n" * 120)))
    assert len(model_key(encoder)) <= 200
    assert encoder.version in model_key(encoder)


def test_a_missing_or_broken_file_is_named_with_its_mend(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    missing = told("onnx:geen/model")
    assert str(tmp_path / "hub") in missing
    assert "put model.onnx and tokenizer.json in a folder" in missing

    def broken(file: str, content: str, modules: tuple[str, ...] | None = None) -> str:
        copy = Path(shutil.copytree(folder, tmp_path / "kapot"))
        if modules is not None:
            with_modules(copy, *modules)
        (copy / file).write_text(content)
        message = told(f"onnx:{copy}")
        assert str(copy / file).removesuffix("config.json") in message
        shutil.rmtree(copy)
        return message

    assert "export it again" in broken("model.onnx", "version https://git-lfs.github.com")
    assert "copy it again" in broken("tokenizer.json", "{}")
    assert "use prefix, pooling or tokens" in broken("samenspraak.json", '{"prefiks": "x"}')
    assert "use mean, cls or last" in broken("samenspraak.json", '{"pooling": "max"}')
    assert "tokens is no number" in broken("samenspraak.json", '{"tokens": "veel"}')
    assert "prefix is no text" in broken("samenspraak.json", '{"prefix": 3}')
    assert "mend or remove it" in broken("samenspraak.json", "[" * 100_000)
    assert "mend or remove it" in broken("modules.json", "{}")
    assert "asks for pooling_mode_max_tokens" in broken(
        "1_Pooling/config.json", '{"pooling_mode_max_tokens": true}', ()
    )
    copy = Path(shutil.copytree(folder, tmp_path / "dicht"))
    with_modules(copy, "Dense")
    assert "the module Dense is not supported" in told(f"onnx:{copy}")
    for file in ("model.onnx", "tokenizer.json"):
        copy = Path(shutil.copytree(folder, tmp_path / f"zonder-{file}"))
        (copy / file).unlink()
        assert f"no {file}" in told(f"onnx:{copy}").replace("neither", "no")


def told(name: str) -> str:
    """What is said of a model that cannot be used; the doctor says the same."""
    load_encoder.cache_clear()
    with pytest.raises(EncoderUnavailable) as error:
        load_encoder(name)
    check = doctor.encoder(Settings(embedding=name))
    assert not check.ok
    assert check.detail == str(error.value)
    return str(error.value)


def test_the_doctor_tells_the_length_of_the_vectors(folder: Path) -> None:
    check = doctor.encoder(Settings(embedding=f"onnx:{folder}"))
    assert (check.ok, check.detail) == (True, f"onnx:{folder}, {SIZE} numbers a sentence")


@pytest.mark.parametrize("package", ["onnxruntime", "tokenizers"])
def test_without_the_extra_the_install_line_is_given(
    folder: Path, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    assert "pip install 'samenspraak[onnx]'" in told(f"onnx:{folder}")
