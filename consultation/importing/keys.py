"""Under which key an imported answer is stored, so that it is known again when it comes again."""

from __future__ import annotations

import difflib
import hashlib
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from consultation.importing.readers import ImportRow


@dataclass(frozen=True)
class KeyedRow:
    """A row and the key it is stored under, the same at a next import of the same file.

    ``others`` are keys under which the same answer may stand since an earlier import.
    """

    row: ImportRow
    key: str
    others: tuple[str, ...]

    @property
    def who(self) -> str:
        """What tells people apart: the participant, or the row where it names none."""
        return self.row.participant or self.key


def keyed_rows(rows: Sequence[ImportRow], source: str) -> list[KeyedRow]:
    """Each row with its key: of its source and id, or of all it holds where it has no id.

    Equal rows without id are told apart by their count: two people who answer the same are two
    voices. A row whose id or participant a spreadsheet took away has a key of the rest, under which
    it is known again once these are there.
    """
    counts: Counter[str] = Counter()

    def counted(digest: str) -> str:
        counts[digest] += 1
        return hashed(digest, str(counts[digest]))

    keyed = []
    for row in rows:
        moment = row.submitted_at.isoformat() if row.submitted_at else ""
        before = counted(hashed(repr(replace(row, place="", submitted_at=None)), moment))
        # A spreadsheet keeps no seconds.
        rest = [plain_text(row.text), row.opdracht, row.question, row.group, row.organisation]
        content = repr([*rest, moment[:16]])
        nameless = counted(hashed("nameless", content))
        whole = counted(hashed("content", content, row.participant or ""))
        if row.id is not None:
            keyed.append(KeyedRow(row, id_key(source, row), (before, nameless)))
        elif row.mangled:
            keyed.append(KeyedRow(row, nameless, (before,)))
        else:
            others = (before, nameless) if row.participant else (before,)
            keyed.append(KeyedRow(row, whole, others))
    return keyed


def id_key(source: str, row: ImportRow) -> str:
    """The key of a row with an id: ids count within their source."""
    return hashed("id", source, str(row.id))


def person_key(row: ImportRow) -> str | None:
    """The key of who gave an answer, over all files; None where the row names nobody."""
    return None if row.participant is None else hashed("participant", row.participant)


def plain_text(text: str) -> str:
    """A text without what a spreadsheet changes when it saves: line ends, blanks, accents' form."""
    lines = unicodedata.normalize("NFC", text.replace("_x000D_", "")).splitlines()
    return "\n".join(" ".join(line.split()) for line in lines if line.strip())


def are_versions(text: str, earlier: str) -> bool:
    """Whether two texts are versions of one: half of their words are the same, or they are short
    and differ by a few letters."""
    one, other = plain_text(text).casefold(), plain_text(earlier).casefold()
    if one == other:
        return True
    words, others = set(one.split()), set(other.split())
    if 2 * len(words & others) >= len(words | others):
        return True
    return len(one) + len(other) < 400 and difflib.SequenceMatcher(None, one, other).ratio() > 0.8


def hashed(*parts: str) -> str:
    """A key of several parts: SHA-256, hexadecimal."""
    digest = hashlib.sha256()
    for part in parts:
        raw = part.encode("utf-8")
        digest.update(str(len(raw)).encode() + b":" + raw)
    return digest.hexdigest()
