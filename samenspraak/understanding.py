"""The verb ``nlu``: predicts how the assistant would react to each text of a file."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from actions.reading import choosing
from consultation.errors import SamenspraakError
from consultation.settings import ROOT, Settings
from language.embedding import Vectors
from samenspraak.processes import BOT_PYTHON, latest_model, rasa_environment

STEPS = {"vraag": "vraag", "kies": "opdracht", "bevestig": "bevestigen", "start": "start"}


def read_texts(path: Path) -> list[str]:
    """Returns the texts of a JSON-lines file with ``{"text": ...}`` on each line.

    Raises:
        SamenspraakError: the file cannot be read, or a line is invalid.
    """
    texts = []
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SamenspraakError(
            f"{path}: cannot be read ({error}); give a UTF-8 file of JSON lines."
        ) from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            text = json.loads(line)["text"]
        except (ValueError, TypeError, KeyError):
            text = None
        if not isinstance(text, str):
            raise SamenspraakError(f'{path}: line {number}: write {{"text": "..."}} on each line.')
        texts.append(text)
    return texts


def understand(values: Settings, texts: list[str], context: str) -> Iterator[dict[str, Any]]:
    """Yields for each text what the assistant would do with it, and the matching opdrachten.

    ``context`` is a key of ``STEPS``: the state of the conversation in which the text comes.

    Raises:
        SamenspraakError: there is no trained model, or it cannot be loaded.
    """
    model = latest_model()
    step = STEPS[context]
    with (
        subprocess.Popen(
            [str(BOT_PYTHON), "-W", "ignore", "-m", "bot.understand", str(model), step],
            cwd=ROOT,
            env=rasa_environment(values),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as child,
        ThreadPoolExecutor(max_workers=1) as beside,
    ):
        # The child loads its model meanwhile, which takes seconds.
        vectors = choosing.encoded(texts)
        asked = beside.submit(child.communicate, _lines(texts, vectors))
        opdrachten = choosing.matches_of(texts, top=3, vectors=vectors)
        out, error = asked.result()
    answers = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
    if child.returncode != 0 or len(answers) != len(texts):
        last = (error.strip().splitlines() or ["no message"])[-1]
        raise SamenspraakError(f"{model}: the assistant could not be asked ({last}).")
    for text, answer, matches in zip(texts, answers, opdrachten, strict=True):
        yield {
            "text": text,
            **answer,
            "opdrachten": [
                {"number": match.number, "score": round(float(match.score), 4)} for match in matches
            ],
        }


def _lines(texts: Sequence[str], vectors: Vectors) -> str:
    """The lines for ``bot.understand``, with the vectors of texts that it would encode alike."""
    encoder = choosing.encoder_used()
    used = f"{encoder.name} {encoder.version}"
    rows = []
    for text, vector in zip(texts, vectors, strict=True):
        row = {"text": text}
        # It reads the first characters with the space before them, and masks a slash.
        if (len(text) <= choosing.READ or not text[0].isspace()) and text.strip()[:1] != "/":
            raw = vector.astype("<f4").tobytes()
            row |= {"encoder": used, "vector": base64.b64encode(raw).decode()}
        rows.append(json.dumps(row) + "\n")
    return "".join(rows)
