"""Where the files of a model are, and what they say about its use.

A folder in the form of sentence-transformers says how token vectors become one vector
(``modules.json`` and its pooling folder), how many tokens the model reads, and what to write before
a text (``config_sentence_transformers.json``). A file ``samenspraak.json`` of one's own overrules
these: ``{"prefix": "query: ", "pooling": "mean", "tokens": 512}``, each key optional.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast, get_args

Pooling = Literal["mean", "cls", "last"]
"""How token vectors become one: their mean, the first one, or the last one."""

MOST_TOKENS = 512
"""The most tokens that are read of a text, also where a model could read more."""

_MODELS = ("model.onnx", "onnx/model.onnx")
_OWN = "samenspraak.json"
_PROMPTS = "config_sentence_transformers.json"
_FAR = 1_000_000


class ModelFolderError(Exception):
    """A model cannot be used; the message names the file and the mend."""


@dataclass(frozen=True)
class ModelFolder:
    """The files of a model, and how to use them.

    ``fingerprint`` is a hash of the files and of the rest: vectors of two fingerprints must not be
    compared.
    """

    model: Path
    tokenizer: Path
    prefix: str
    pooling: Pooling
    tokens: int
    fingerprint: str


def find_folder(name: str) -> Path:
    """Returns the folder with this path, or the newest one of this name in the local cache.

    The cache is that of Hugging Face (``HF_HUB_CACHE``, or ``hub`` in ``HF_HOME``). Nothing is
    downloaded.

    Raises:
        ModelFolderError: there is none.
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder
    cache = _cache()
    kept = cache / f"models--{name.replace('/', '--')}"
    commit = _first_line(kept / "refs" / "main")
    if commit and (kept / "snapshots" / commit).is_dir():
        return kept / "snapshots" / commit
    snapshots = _folders(kept / "snapshots")
    if snapshots:
        return max(snapshots, key=lambda each: (each.stat().st_mtime, each.name))
    raise ModelFolderError(
        f"{name} is no folder, and not in {cache}; put model.onnx and tokenizer.json in a folder "
        "and give its path, or copy the model into that cache. Nothing is downloaded."
    )


def read_folder(folder: Path) -> ModelFolder:
    """Returns what is in the folder of a model.

    Raises:
        ModelFolderError: a file is missing, unreadable or asks for what is not supported.
    """
    model = next((folder / each for each in _MODELS if (folder / each).is_file()), None)
    if model is None:
        raise ModelFolderError(
            f"{folder}: has neither model.onnx nor onnx/model.onnx; export the model to ONNX and "
            "put it there."
        )
    tokenizer = folder / "tokenizer.json"
    if not tokenizer.is_file():
        raise ModelFolderError(
            f"{folder}: has no tokenizer.json; copy it from where the model came from."
        )
    own = _read(folder / _OWN)
    unknown = sorted(set(own) - {"prefix", "pooling", "tokens"})
    if unknown:
        raise ModelFolderError(
            f"{folder / _OWN}: {unknown[0]} is not known; use prefix, pooling or tokens."
        )
    prefix = own.get("prefix", _prompt(folder))
    pooling = own.get("pooling", _pooling(folder))
    tokens = own.get("tokens", _tokens(folder))
    if not isinstance(prefix, str):
        raise ModelFolderError(f"{folder / _OWN}: prefix is no text; put it between quotes.")
    if pooling not in get_args(Pooling):
        raise ModelFolderError(
            f"{folder / _OWN}: pooling {pooling!r} is not known; use mean, cls or last."
        )
    if not isinstance(tokens, int) or isinstance(tokens, bool) or tokens < 1:
        raise ModelFolderError(f"{folder / _OWN}: tokens is no number; use 1 to {MOST_TOKENS}.")
    tokens = min(tokens, MOST_TOKENS)
    use = json.dumps([prefix, pooling, tokens])
    return ModelFolder(
        model, tokenizer, prefix, cast(Pooling, pooling), tokens, _hash(model, tokenizer, use)
    )


def _cache() -> Path:
    if given := os.environ.get("HF_HUB_CACHE"):
        return Path(given).expanduser()
    home = os.environ.get("HF_HOME")
    if home is None:
        home = str(Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")) / "huggingface")
    return Path(home).expanduser() / "hub"


def _first_line(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return ""


def _folders(path: Path) -> list[Path]:
    try:
        return [each for each in path.iterdir() if each.is_dir()]
    except OSError:
        return []


def _read(path: Path) -> dict[str, Any]:
    """The object in a JSON file; empty where there is no file."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        raise ModelFolderError(
            f"{path}: cannot be read as JSON ({error}); mend or remove it."
        ) from error
    if not isinstance(found, dict):
        raise ModelFolderError(f"{path}: is no JSON object; mend or remove it.")
    return found


def _prompt(folder: Path) -> str:
    """What the model wants before each text: its default prompt, or the one for clustering.

    Prompts for search are left alone: they tell questions from answers, and here all texts are
    alike.
    """
    read = _read(folder / _PROMPTS)
    prompts = read.get("prompts")
    if not isinstance(prompts, dict):
        return ""
    for name in (read.get("default_prompt_name"), "clustering"):
        found = prompts.get(name) if isinstance(name, str) else None
        if isinstance(found, str):
            return found
    return ""


def _pooling(folder: Path) -> str:
    """How token vectors become one, by ``modules.json``; the mean where nothing tells."""
    path = folder / "modules.json"
    if not path.is_file():
        return "mean"
    try:
        modules = json.loads(path.read_text(encoding="utf-8"))
        named = {str(each["type"]).rpartition(".")[2]: str(each["path"]) for each in modules}
    except (OSError, ValueError, RecursionError, KeyError, TypeError) as error:
        raise ModelFolderError(
            f"{path}: no list of modules as sentence-transformers writes it ({error}); mend or "
            "remove it."
        ) from error
    if "Transformer" not in named:
        raise ModelFolderError(f"{path}: names no Transformer; mend or remove it.")
    more = sorted(set(named) - {"Transformer", "Pooling", "Normalize"})
    if more:
        raise ModelFolderError(
            f"{path}: the module {more[0]} is not supported; export the whole model, so that "
            f'model.onnx gives "sentence_embedding", and write {{"pooling": "mean"}} in {_OWN}.'
        )
    if "Pooling" not in named:
        return "mean"
    config = folder / named["Pooling"] / "config.json"
    read = _read(config)
    modes = {
        "pooling_mode_mean_tokens": "mean",
        "pooling_mode_cls_token": "cls",
        "pooling_mode_lasttoken": "last",
    }
    asked = [
        key for key, value in read.items() if key.startswith("pooling_mode_") and value is True
    ]
    if not asked and isinstance(read.get("pooling_mode"), str):
        asked = [{"lasttoken": "last"}.get(read["pooling_mode"], read["pooling_mode"])]
    found = [modes.get(each, each) for each in asked]
    if len(found) != 1 or found[0] not in get_args(Pooling):
        raise ModelFolderError(
            f"{config}: asks for {', '.join(found) or 'no pooling'}; mean, cls and last are "
            f'supported. To choose one, write {{"pooling": "mean"}} in {_OWN}.'
        )
    return found[0]


def _tokens(folder: Path) -> int:
    """The most tokens the model can read, by the files that tell."""
    places = (
        ("sentence_bert_config.json", "max_seq_length"),
        ("tokenizer_config.json", "model_max_length"),
        ("config.json", "max_position_embeddings"),
    )
    found = [_read(folder / file).get(key) for file, key in places]
    limits = [int(each) for each in found if isinstance(each, int | float) and 0 < each < _FAR]
    return min([MOST_TOKENS, *limits])


def _hash(model: Path, tokenizer: Path, use: str) -> str:
    digest = hashlib.sha256(use.encode())
    # Weights over 2 GB stand in files of their own beside the model.
    weights = sorted(
        each
        for each in model.parent.iterdir()
        if each.is_file() and each.name.startswith(f"{model.name}_")
    )
    weights += [each for each in (model.with_suffix(".onnx.data"),) if each.is_file()]
    for path in (model, tokenizer, *weights):
        try:
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        except OSError as error:
            raise ModelFolderError(
                f"{path}: cannot be read ({error.strerror}); make it readable."
            ) from error
    return digest.hexdigest()[:16]
