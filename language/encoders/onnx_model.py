"""A sentence encoder in ONNX, run by onnxruntime on the processor."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from language.encoders.model_folder import ModelFolder, ModelFolderError, find_folder, read_folder

_BATCH = 32
_POOLED = "sentence_embedding"


class OnnxModel:
    """The model in a folder, or of a name in the local cache of Hugging Face.

    Raises:
        ImportError: onnxruntime or tokenizers is not installed.
        ModelFolderError: the model is not there or cannot be used; names the file and the mend.
    """

    def __init__(self, name: str) -> None:
        import onnxruntime
        import tokenizers

        self.folder: ModelFolder = read_folder(find_folder(name))
        # The package warns after a fork; texts are tokenised in less time than threads save.
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        try:
            self._tokenizer = tokenizers.Tokenizer.from_file(str(self.folder.tokenizer))
        except Exception as error:  # the package raises nothing more precise
            raise ModelFolderError(
                f"{self.folder.tokenizer}: is no tokenizer ({_first(error)}); copy it again."
            ) from error
        self._tokenizer.enable_truncation(self.folder.tokens)
        self._tokenizer.no_padding()
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        # Threads that spin while they wait take the processor from the website.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = onnxruntime.InferenceSession(
                str(self.folder.model), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # the engine has classes of its own for each code
            raise ModelFolderError(
                f"{self.folder.model}: cannot be loaded ({_first(error)}); copy or export it again."
            ) from error
        self._inputs = {each.name: each.type for each in self._session.get_inputs()}
        known = {"input_ids", "attention_mask", "token_type_ids", "position_ids"}
        strange = sorted(set(self._inputs) - known)
        if strange or "input_ids" not in self._inputs:
            raise ModelFolderError(
                f"{self.folder.model}: asks for {strange[0] if strange else 'no input_ids'}; "
                "export an encoder of sentences."
            )
        outputs = [each.name for each in self._session.get_outputs()]
        self._output = _POOLED if _POOLED in outputs else outputs[0]
        self.dimension = self.encode(["."]).shape[1]

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Vectors of the texts, (texts, dimension), not normalised.

        Only the first tokens of a text count, as many as the folder says.
        """
        read = self._tokenizer.encode_batch([self.folder.prefix + text for text in texts])
        pieces = [each.ids or [0] for each in read]
        order = sorted(range(len(pieces)), key=lambda at: len(pieces[at]))
        found: list[Any] = [None] * len(pieces)
        for start in range(0, len(order), _BATCH):
            rows = order[start : start + _BATCH]
            for row, vector in zip(rows, self._pooled([pieces[at] for at in rows]), strict=True):
                found[row] = vector
        return np.stack(found).astype(np.float32)

    def _pooled(self, pieces: list[list[int]]) -> npt.NDArray[np.float64]:
        lengths = np.array([len(each) for each in pieces])
        places = np.arange(lengths.max())
        mask = places < lengths[:, None]
        ids = np.zeros(mask.shape, dtype=np.int64)
        ids[mask] = np.concatenate(pieces)
        given = {
            "input_ids": ids,
            "attention_mask": mask,
            "token_type_ids": np.zeros_like(ids),
            "position_ids": np.broadcast_to(places, ids.shape),
        }
        feed = {
            name: given[name].astype(np.int32 if kind == "tensor(int32)" else np.int64)
            for name, kind in self._inputs.items()
        }
        try:
            output = np.asarray(self._session.run([self._output], feed)[0], dtype=np.float64)
        except Exception as error:  # see above
            raise ModelFolderError(
                f"{self.folder.model}: fails on a text ({_first(error)}); export it again with "
                "dynamic axes, or lower tokens in samenspraak.json."
            ) from error
        if output.ndim == 2 and len(output) == len(pieces):
            return output
        if output.ndim != 3 or output.shape[:2] != mask.shape:
            raise ModelFolderError(
                f"{self.folder.model}: gives {self._output} of shape {output.shape}; a vector per "
                "token or per text is needed. Export an encoder of sentences."
            )
        return _pool(output, mask, lengths, self.folder.pooling)


def _pool(
    output: npt.NDArray[np.float64],
    mask: npt.NDArray[np.bool_],
    lengths: npt.NDArray[np.int64],
    pooling: str,
) -> npt.NDArray[np.float64]:
    """One vector per text from its tokens; what fills up a batch does not count."""
    if pooling == "cls":
        return output[:, 0]
    if pooling == "last":
        return output[np.arange(len(output)), lengths - 1]
    total: npt.NDArray[np.float64] = np.where(mask[:, :, None], output, 0.0).sum(axis=1)
    return total / lengths[:, None]


def _first(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
