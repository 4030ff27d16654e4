"""The Dutch spaCy pipeline, and the fallback where no trained pipeline is installed."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import spacy
from spacy.language import Language
from spacy.tokens import Doc

from language.frequency import STOP_WORDS as STOP_WORDS
from language.pipeline_status import not_loadable, pipeline_status
from language.segmentation.sentences import sentence_spans
from language.tagging import universal_tags

PERSON_LABELS = frozenset({"PERSON", "PER"})

_VERBS = frozenset({"VERB", "AUX"})
_PARTICIPLE = re.compile(r"(?:af|aan|in|op|uit|mee|weg)?ge\w{3,}(?<!hei)[dt]")
_NO_PARTICIPLES = frozenset(
    "gebied geluid gezicht gewicht gerecht gedicht geduld geweld gevecht geslacht".split()  # noqa: SIM905
)
_NOT_A_WORD = frozenset({"PUNCT", "SPACE", "SYM", "X"})
# The tokenizer's time is quadratic in the length of a string without white space. No word is this
# long, and long strings of symbols have no meaning.
_UNREADABLE = re.compile(r"\S{101,}|[^\w\s]{21,}")


def load_pipeline(name_or_path: str = "nl_core_news_sm") -> Language:
    """The named spaCy pipeline when it is installed or is a folder; otherwise the fallback.

    The fallback is a blank Dutch pipeline with rule-based sentence boundaries and lemmas from
    spacy-lookups-data; it has no parts of speech and no named entities. This is logged once.

    Raises:
        PipelineUnavailable: a path was given that does not exist or has no spaCy pipeline.
    """
    return _load(name_or_path)


@lru_cache(maxsize=2)
def _load(name_or_path: str) -> Language:
    if pipeline_status(name_or_path).is_fallback:
        return _fallback()
    try:
        return spacy.load(name_or_path)
    except (OSError, ValueError) as error:
        raise not_loadable(name_or_path, error) from error


@Language.component("dutch_sentences")
def dutch_sentences(doc: Doc) -> Doc:
    """Sentence boundaries by the rules of ``language.segmentation.sentences``."""
    starts = {start for start, _ in sentence_spans(doc.text)}
    marks: Any = np.array([1 if token.i == 0 or token.idx in starts else -1 for token in doc])
    # All at once, because setting the mark of one token goes through all tokens.
    return doc.from_array(["SENT_START"], marks.astype(np.uint64).reshape(-1, 1))


def _fallback() -> Language:
    nlp = spacy.blank("nl")
    nlp.add_pipe("dutch_sentences")
    nlp.add_pipe("lemmatizer", config={"mode": "lookup"})
    nlp.initialize()
    return nlp


def readable(text: str) -> str:
    """The text, of the same length, with spaces in place of strings that take a pipeline too long.

    Those are over 100 characters without white space, or over 20 symbols in a row.
    """
    return _UNREADABLE.sub(lambda found: " " * len(found[0]), text)


@dataclass(frozen=True)
class Word:
    """A word of a text.

    ``text`` is the word as written, ``lemma`` is in lower case, ``start`` is its position in
    characters, ``pos`` its part of speech (empty with the fallback); ``content`` says whether it
    can name a subject.
    """

    text: str
    lemma: str
    start: int
    pos: str
    content: bool


def words(nlp: Language, texts: list[str]) -> list[list[Word]]:
    """The words of every text, without punctuation, with accents.

    Lemmas are in lower case; a word without a lemma, or with a lemma of symbols, is its own lemma.
    Strings that ``readable`` replaces are left out.
    """
    skip = [name for name in ("ner", "parser") if name in nlp.pipe_names]
    flat = [readable(" ".join(text.splitlines()) if "\n" in text else text) for text in texts]
    found: list[list[Word]] = []
    for doc in nlp.pipe(flat, batch_size=128, disable=skip):
        row: list[Word] = []
        for token in doc:
            if not any(letter.isalpha() for letter in token.text) or token.pos_ in _NOT_A_WORD:
                continue
            lemma = token.lemma_.strip().lower()
            if not lemma or not lemma[0].isalpha():
                lemma = token.lower_
            content = _carries_subject(token.lower_, lemma, token.pos_)
            row.append(Word(token.text, lemma, token.idx, token.pos_, content))
        found.append(row)
    return found


def tagged_words(nlp: Language, texts: list[str]) -> list[list[Word]]:
    """As ``words``, with parts of speech from ``language.tagging``: slower, for few texts.

    The tags are the same on every machine; the lemmas depend on the installed pipeline.
    """
    found = words(nlp, texts)
    return [
        [
            replace(word, pos=pos, content=_carries_subject(word.text.lower(), word.lemma, pos))
            for word, pos in _with_tags(nlp, text, row)
        ]
        for text, row in zip(texts, found, strict=True)
    ]


def _with_tags(nlp: Language, text: str, row: list[Word]) -> list[tuple[Word, str]]:
    tokens = [token for token in nlp.make_doc(readable(text)) if not token.is_space]
    tags = universal_tags([token.text for token in tokens])
    by_start = {token.idx: tag for token, tag in zip(tokens, tags, strict=True)}
    return [(word, by_start.get(word.start, "")) for word in row]


def _carries_subject(form: str, lemma: str, pos: str) -> bool:
    plain = form.strip("'’‘\"“”-.")
    return (
        len(plain) > 2
        and not plain[0].isdigit()
        and not _is_verb(pos, form, lemma)
        and not STOP_WORDS & {form, plain, lemma}
    )


def _is_verb(pos: str, form: str, lemma: str) -> bool:
    """Whether a word is a form of a verb, which names no subject.

    Without parts of speech, a lemma in -en of a form without -en ("gevraagd", "vragen") is a verb,
    because the lemma of a noun is its singular. A past participle is a verb too. An infinitive does
    not count as a verb, because it is often a noun ("leren").
    """
    if pos:
        return pos in _VERBS
    if lemma.endswith("en") and not form.endswith("en"):
        return True
    return bool(_PARTICIPLE.fullmatch(form)) and form not in _NO_PARTICIPLES
