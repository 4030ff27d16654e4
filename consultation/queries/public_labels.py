"""Theme labels for publication, with names of persons masked.

Labels are made from words of participants, so they can contain a name. The detector looks in the
label itself, and in the answers that use the word with a capital, because there the context, such
as "mevrouw" before it, can reveal a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation.database.models import ContributionVersion, Statement
from consultation.database.storage import in_chunks
from consultation.errors import needs_pipeline
from consultation.queries.opdracht_snapshot import OpdrachtSnapshot
from consultation.settings import settings

_WORD = re.compile(r"[^\W\d_][^\W\d_'’-]{2,40}")
_MASK = "[naam]"
_WHOLE = re.compile(r"(?:(?:Van|Vande|Vander|De|Den|Der|Ter|Ten|El|Al)\s|\[naam\]\s){0,4}\[naam\]")
_MOST_ANSWERS = 20
"""The maximum number of answers that are searched for one word of a label."""


def public_label(label: str) -> str:
    """The label with the personal data masked that can be detected without its answers.

    Raises:
        SamenspraakError: the pipeline that detects names is unavailable; names the remedy.
    """
    return _masked(settings().spacy_model, label)


def public_labels(
    session: Session, labels: Mapping[str, tuple[str, Iterable[str]]]
) -> dict[str, str]:
    """The labels with personal data masked, by theme id.

    ``labels`` maps a theme id to its label and the ids of its statements.

    Raises:
        SamenspraakError: the pipeline that detects names is unavailable; names the remedy.
    """
    wanted = {theme: _candidates(label) for theme, (label, _) in labels.items()}
    ids = {each for theme, (_, own) in labels.items() if wanted[theme] for each in own}
    query = select(Statement.id, ContributionVersion.text).join(
        ContributionVersion, ContributionVersion.id == Statement.contribution_version_id
    )
    rows = in_chunks(session, query, Statement.id, ids)
    texts: dict[str, str] = {row[0]: row[1] for row in rows}
    found = {}
    for theme, (label, own) in labels.items():
        said = list(dict.fromkeys(texts[each] for each in own if each in texts))
        names = {word for word in wanted[theme] if _is_name(word, said)}
        made = label
        for word in names:
            made = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", _MASK, made)
        found[theme] = _WHOLE.sub(_MASK, public_label(made))
    return found


def labels_of(session: Session, found: Iterable[OpdrachtSnapshot]) -> dict[str, str]:
    """The labels of all themes in these snapshots, with personal data masked, by theme id."""
    views = [view for seen in found for view in seen.themes]
    given = {view.id: (view.label, [each.id for each in view.said]) for view in views}
    return public_labels(session, given)


def _candidates(label: str) -> list[str]:
    # Imported here because the import loads lists of names that only labels need.
    from language.personal_data import may_be_name

    return [each for each in dict.fromkeys(_WORD.findall(label)) if may_be_name(each)]


def _is_name(word: str, texts: Iterable[str]) -> bool:
    """Whether one of the first ``_MOST_ANSWERS`` texts with the capitalised word uses it as a name.

    Raises:
        SamenspraakError: the pipeline that detects names is unavailable.
    """
    from language.personal_data import detector

    capital = re.compile(rf"(?<!\w){re.escape(word[:1].upper() + word[1:])}(?!\w)")
    seen = 0
    for text in texts:
        if not capital.search(text):
            continue
        seen += 1
        if seen > _MOST_ANSWERS:
            break
        with needs_pipeline():
            findings = detector(settings().spacy_model).find(text)
        for each in findings:
            if each.kind == "naam" and capital.search(text, each.start, each.end):
                return True
    return False


@lru_cache(maxsize=4096)
def _masked(spacy_model: str, label: str) -> str:
    from language.personal_data import detector

    with needs_pipeline():
        return detector(spacy_model).masked(label)
