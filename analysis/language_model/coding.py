"""The themes of statements, as a language model reads the codebook. They are suggestions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from analysis.codebook.codebook import Codebook, CodebookTheme
from analysis.language_model import prompts
from analysis.language_model.connection import LanguageModel
from analysis.language_model.masking import MaskedText, masked_texts

AT_ONCE = 8
"""The statements of one question to the model."""

_MOST_THEMES = 3
_MOST_EXAMPLES = 3
_GIVE_UP = 3

Coding = tuple[str, ...]
"""The ids of the themes of a statement, the best first; empty for no theme."""


def code(
    model: LanguageModel,
    statements: Sequence[MaskedText],
    codebook: Codebook,
    spacy_model: str,
    progress: Callable[[int], None] | None = None,
) -> list[Coding | None]:
    """Returns the themes of each statement; None where the model gave no usable answer.

    Ids that are not in the codebook are left out; where nothing else was given, there is no answer.
    After three questions without any answer in a row the others are not asked. ``progress`` is
    called with the number of statements of each question.

    Raises:
        SamenspraakError: the pipeline that detects names is unavailable; names the remedy.
    """
    found: list[Coding | None] = [None] * len(statements)
    rows = [row for row, text in enumerate(statements) if text]
    if not codebook.themes:
        return found
    codes = {f"T{at}": theme.id for at, theme in enumerate(codebook.themes, start=1)}
    listed = _listed(codebook, spacy_model)
    failed = 0
    for start in range(0, len(rows), AT_ONCE):
        batch = rows[start : start + AT_ONCE]
        answer = model.ask(
            _messages(listed, [statements[row] for row in batch]),
            _schema(codes, len(batch)),
            lambda given, size=len(batch): _read(given, codes, size),  # type: ignore[misc]
        )
        for at, themes in (answer or {}).items():
            found[batch[at]] = themes
        if progress is not None:
            progress(len(batch))
        failed = failed + 1 if answer is None else 0
        if failed == _GIVE_UP:
            break
    return found


def _listed(codebook: Codebook, spacy_model: str) -> str:
    """The themes, one per line. An example may be somebody's words, so all is masked."""
    lines = [_described(theme) for theme in codebook.themes]
    return "\n".join(
        f"T{at}. {line}" for at, line in enumerate(masked_texts(lines, spacy_model), start=1)
    )


def _described(theme: CodebookTheme) -> str:
    parts = [theme.text]
    if theme.excludes.strip():
        parts.append(f"{prompts.EXCLUDES} {theme.excludes}")
    examples = [f"“{each}”" for each in theme.examples if each.strip()][:_MOST_EXAMPLES]
    if examples:
        parts.append(f"{prompts.EXAMPLES} {' '.join(examples)}")
    return " ".join(parts)


def _messages(listed: str, statements: Sequence[MaskedText]) -> list[dict[str, str]]:
    numbered = [f"{number}. {text}" for number, text in enumerate(statements, start=1)]
    asked = "\n".join([prompts.THEMES, listed, "", prompts.STATEMENTS, *numbered])
    return [{"role": "system", "content": prompts.CODE}, {"role": "user", "content": asked}]


def _schema(codes: Mapping[str, str], size: int) -> dict[str, Any]:
    themes = {
        "type": "array",
        "items": {"type": "string", "enum": list(codes)},
        "maxItems": _MOST_THEMES,
    }
    numbers = [str(number) for number in range(1, size + 1)]
    return {
        "type": "object",
        "properties": dict.fromkeys(numbers, themes),
        "required": numbers,
        "additionalProperties": False,
    }


def _read(given: Mapping[str, Any], codes: Mapping[str, str], size: int) -> dict[int, Coding]:
    """The themes by place in the batch."""
    read = {at: _known(given.get(str(at + 1)), codes) for at in range(size)}
    found = {at: themes for at, themes in read.items() if themes is not None}
    if not found:
        raise ValueError("no answer to any statement")
    return found


def _known(themes: Any, codes: Mapping[str, str]) -> Coding | None:
    if not isinstance(themes, list):
        return None
    known = [codes[each] for each in themes if isinstance(each, str) and each in codes]
    if themes and not known:
        return None
    return tuple(dict.fromkeys(known))[:_MOST_THEMES]
