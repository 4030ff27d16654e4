"""The ``evaluate-codebook`` verb: which of the models at hand maps coded answers best.

A model is a sentence encoder, whose vectors the mapping compares, or the language model of the
settings. Nobody's decisions are used: a model gets the codebook and the texts, and its first theme
of each statement is compared with the coder's.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.codebook.codebook import Codebook, CodebookTheme
from analysis.codebook.descriptions import Encode
from analysis.codebook.features import Numbers, features_of
from analysis.codebook.mapping import mapped
from analysis.codebook.trust import ShareInterval
from analysis.evaluation import numbered_lines
from analysis.language_model.coding import code
from analysis.language_model.connection import LanguageModel
from analysis.language_model.masking import masked_texts
from analysis.preprocessing.embeddings import AnalysisError, encoder_named
from consultation.curation.codebook_file import CodebookRow
from language.embedding import Vectors

_DRAWS = 2_000
_WIDTH = 0.95

Firsts = list[str | None]
"""The first theme of each statement: an id, empty for no theme, None without an answer."""


@dataclass(frozen=True)
class ModelCodes:
    """What a model says: ``forced`` where it has to choose a theme, ``free`` where it may not.

    A language model is not forced: both are what it says.
    """

    forced: Firsts
    free: Firsts


@dataclass(frozen=True)
class CodedStatements:
    """The coded statements of one opdracht; ``truth`` are the coder's themes, ids of the codebook.

    ``answers`` tells which statements are of one answer.
    """

    opdracht: int
    codebook: Codebook
    texts: tuple[str, ...]
    people: tuple[str, ...]
    answers: tuple[int, ...]
    truth: tuple[frozenset[str], ...]


@dataclass(frozen=True)
class ModelFigures:
    """How well one model maps.

    - ``names`` and ``descriptions``: of the statements with a theme, the share whose first theme is
      the coder's, from the names only and with all that the codebook says; 95 % intervals;
    - ``with_none``: the same of all statements, where "no theme" is an answer too;
    - ``answered``: the share of all statements on which there was an answer;
    - ``opdrachten``: the share with descriptions per opdracht;
    - ``seconds``: the time for both mappings.
    """

    model: str
    names: ShareInterval
    descriptions: ShareInterval
    with_none: float
    answered: float
    opdrachten: Mapping[int, float | None]
    seconds: float


@dataclass(frozen=True)
class CodebookEvaluation:
    """The figures of all models, the best with descriptions first.

    ``lead`` is by how much the first is better than the second, with its 95 % interval; None with
    one model.
    """

    statements: int
    people: int
    models: tuple[ModelFigures, ...]
    lead: ShareInterval | None

    @property
    def sure(self) -> bool:
        """Whether the coded statements are enough to tell the first from the second."""
        return self.lead is not None and self.lead.low > 0

    def as_json(self) -> str:
        """Returns the figures as one JSON object; an interval is [low, share, high]."""
        return json.dumps(
            {
                "statements": self.statements,
                "participants": self.people,
                "models": [
                    {
                        "model": each.model,
                        "names": _listed(each.names),
                        "descriptions": _listed(each.descriptions),
                        "with_none": each.with_none,
                        "answered": each.answered,
                        "opdrachten": each.opdrachten,
                        "seconds": round(each.seconds, 1),
                    }
                    for each in self.models
                ],
                "best": self.models[0].model,
                "lead": _listed(self.lead) if self.lead else None,
                "sure": self.sure,
            }
        )


def read_coded(path: Path, rows: Sequence[CodebookRow]) -> list[CodedStatements]:
    """Reads coded answers, one JSON object per line; ``rows`` is the codebook they are coded with.

    A line has ``participant``, ``opdracht``, ``text`` and ``label``: the name of a theme, a list of
    names, or null for no theme. Instead of the last two it may have ``segments``, a list of such
    pairs, for the statements of one answer. Other keys are ignored.

    Raises:
        AnalysisError: the file cannot be read or a line is invalid; names the line and the mend.
    """
    books = _codebooks(rows)
    found: dict[int, list[tuple[str, str, int, frozenset[str]]]] = {}
    for number, line in numbered_lines(path):
        try:
            opdracht, person, parts = _line(json.loads(line), books)
        except (ValueError, RecursionError) as error:
            reason = "is no JSON" if isinstance(error, json.JSONDecodeError) else str(error)
            raise AnalysisError(f"{path}: line {number}: {reason}") from error
        for text, truth in parts:
            found.setdefault(opdracht, []).append((text, person, number, truth))
    coded = []
    for opdracht, said in sorted(found.items()):
        texts, people, answers, truths = zip(*said, strict=True)
        coded.append(CodedStatements(opdracht, books[opdracht], texts, people, answers, truths))
    if not any(truth for each in coded for truth in each.truth):
        raise AnalysisError(f"{path}: no statement has a theme; code some first.")
    return coded


def evaluate_codebook(
    coded: Sequence[CodedStatements],
    encoders: Sequence[str],
    model: LanguageModel | None,
    spacy_model: str,
    say: Callable[[str], None] = lambda _: None,
) -> CodebookEvaluation:
    """Maps the coded statements with each encoder, and with the language model where there is one.

    Intervals are of a bootstrap over participants. The language model reads masked texts. ``say``
    is told what is going on.

    Raises:
        AnalysisError: an encoder is unknown or not installed.
        SamenspraakError: the pipeline that detects names is unavailable; names the remedy.
    """
    models: dict[str, Callable[[CodedStatements], ModelCodes]] = {
        name: partial(encoder_codes, encode=remembering(encoder_named(name).encode))
        for name in encoders
    }
    if model is not None:
        models[f"llm:{model.model}"] = partial(
            model_codes, model=model, spacy_model=spacy_model, say=say
        )
    truth = [each for part in coded for each in part.truth]
    has_theme = np.array([bool(each) for each in truth])
    people = np.unique([each for part in coded for each in part.people], return_inverse=True)[1]
    drawn = np.random.default_rng(0).multinomial(
        people.max() + 1, np.full(people.max() + 1, 1 / (people.max() + 1)), size=_DRAWS
    )

    def share(firsts: Firsts) -> tuple[ShareInterval, Numbers]:
        """The share right of the statements with a theme, and the same in each draw of people."""
        hits = np.bincount(people, _right(firsts, truth) & has_theme)
        counts = np.bincount(people, has_theme)
        draws = (drawn @ hits) / np.maximum(drawn @ counts, 1)
        return _interval(hits.sum() / counts.sum(), draws), draws

    found: list[tuple[ModelFigures, Numbers]] = []
    for name, codes in models.items():
        say(f"{name}: {len(truth)} statements, twice")
        began = time.perf_counter()
        by_name = [each for part in coded for each in codes(names_only(part)).forced]
        parts = [codes(part) for part in coded]
        took = time.perf_counter() - began
        forced = [each for part in parts for each in part.forced]
        free = [each for part in parts for each in part.free]
        described, draws = share(forced)
        figures = ModelFigures(
            model=name,
            names=share(by_name)[0],
            descriptions=described,
            with_none=float(_right(free, truth).mean()),
            answered=float(np.mean([each is not None for each in free])),
            opdrachten={
                part.opdracht: _of_themes(codes.forced, part.truth)
                for part, codes in zip(coded, parts, strict=True)
            },
            seconds=took,
        )
        found.append((figures, draws))
    found.sort(key=lambda each: -each[0].descriptions.mid)
    lead = None
    if len(found) > 1:
        (first, draws), (second, others) = found[:2]
        lead = _interval(first.descriptions.mid - second.descriptions.mid, draws - others)
    return CodebookEvaluation(len(truth), len(drawn[0]), tuple(each for each, _ in found), lead)


def names_only(coded: CodedStatements) -> CodedStatements:
    """Returns the same with a codebook of names."""
    themes = tuple(CodebookTheme(each.id, each.name) for each in coded.codebook.themes)
    return replace(coded, codebook=Codebook(themes))


def remembering(encode: Encode) -> Encode:
    """Returns an encoder that encodes each text once."""
    known: dict[str, Vectors] = {}

    def remembered(texts: Sequence[str]) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if text not in known]
        known.update(zip(new, encode(new), strict=True))
        return np.stack([known[text] for text in texts])

    return remembered


def encoder_codes(coded: CodedStatements, encode: Encode) -> ModelCodes:
    """Returns the themes by the mapping, with the vectors of this encoder."""
    features = features_of(encode(coded.texts), coded.texts, coded.people, coded.answers)
    free = mapped(features, coded.codebook, encode).free
    themes = [*coded.codebook.ids, ""]
    return ModelCodes(
        [themes[each] for each in free[:, :-1].argmax(axis=1)],
        [themes[each] for each in free.argmax(axis=1)],
    )


def model_codes(
    coded: CodedStatements,
    model: LanguageModel,
    spacy_model: str,
    say: Callable[[str], None] = lambda _: None,
) -> ModelCodes:
    """Returns the themes by a language model, which reads masked texts.

    Raises:
        SamenspraakError: the pipeline that detects names is unavailable; names the remedy.
    """
    done = 0

    def tell(count: int) -> None:
        nonlocal done
        done += count
        say(f"opdracht {coded.opdracht}: {done} of {len(coded.texts)} statements")

    masked = masked_texts(coded.texts, spacy_model)
    found = code(model, masked, coded.codebook, spacy_model, tell)
    firsts: Firsts = [None if each is None else next(iter(each), "") for each in found]
    return ModelCodes(firsts, firsts)


def _right(firsts: Firsts, truth: Sequence[frozenset[str]]) -> npt.NDArray[np.bool_]:
    return np.array(
        [
            each in themes if themes else each == ""
            for each, themes in zip(firsts, truth, strict=True)
        ]
    )


def _of_themes(firsts: Firsts, truth: Sequence[frozenset[str]]) -> float | None:
    has_theme = [bool(each) for each in truth]
    return float(_right(firsts, truth)[has_theme].mean()) if any(has_theme) else None


def _interval(share: float, draws: Numbers) -> ShareInterval:
    outside = (1 - _WIDTH) / 2
    low, high = (float(each) for each in np.quantile(draws, [outside, 1 - outside]))
    return ShareInterval(low, float(share), high)


def _listed(interval: ShareInterval) -> list[float]:
    return [interval.low, interval.mid, interval.high]


def _codebooks(rows: Sequence[CodebookRow]) -> dict[int, Codebook]:
    found: dict[int, list[CodebookTheme]] = {}
    for row in rows:
        themes = found.setdefault(row.opdracht, [])
        themes.append(
            CodebookTheme(
                f"{row.opdracht}-{len(themes) + 1}",
                row.name,
                row.description,
                row.excludes,
                row.examples,
            )
        )
    return {opdracht: Codebook(tuple(themes)) for opdracht, themes in found.items()}


def _line(
    record: Any, books: Mapping[int, Codebook]
) -> tuple[int, str, list[tuple[str, frozenset[str]]]]:
    """The opdracht, the participant and the coded statements of a line."""
    if not isinstance(record, dict):
        raise ValueError('is no object; write {"participant", "opdracht", "text", "label"}.')
    opdracht, person = record.get("opdracht"), record.get("participant")
    if not isinstance(opdracht, int) or opdracht not in books:
        known = ", ".join(map(str, sorted(books)))
        raise ValueError(f"opdracht {opdracht!r:.20} is not in the codebook; it has {known}.")
    if not isinstance(person, str | int) or person == "":
        raise ValueError("has no participant; give each person a code.")
    parts = record.get("segments", [record])
    if not isinstance(parts, list) or not all(isinstance(each, dict) for each in parts):
        raise ValueError('segments: is no list of {"text", "label"}.')
    return opdracht, str(person), [_statement(each, books[opdracht]) for each in parts]


def _statement(part: Mapping[str, Any], book: Codebook) -> tuple[str, frozenset[str]]:
    text, label = part.get("text"), part.get("label")
    if not isinstance(text, str) or not text.strip():
        raise ValueError("text: is no text; put it between quotes.")
    ids = {_plain(theme.name): theme.id for theme in book.themes}
    names = label if isinstance(label, list) else [label] if label not in (None, "") else []
    for name in names:
        if not isinstance(name, str) or _plain(name) not in ids:
            known = ", ".join(theme.name for theme in book.themes[:3])
            raise ValueError(f"label: {name!r:.60} is no theme; use a name such as {known}.")
    return text, frozenset(ids[_plain(name)] for name in names)


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
