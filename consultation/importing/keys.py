"""Keys of imported answers, which identify an answer when it is imported again."""

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
    """A row and its key, which is the same at a next import of the same file.

    ``others`` are keys under which an earlier import may have stored the same answer.
    """

    row: ImportRow
    key: str
    others: tuple[str, ...]

    @property
    def who(self) -> str:
        """Identifies the person: the participant, or the row's key if it names none."""
        return self.row.participant or self.key


def keyed_rows(rows: Sequence[ImportRow], source: str) -> list[KeyedRow]:
    """Rows with their keys: from source and id, or from all values if there is no id.

    Equal rows without id get a serial number in their key, since two people may give the same
    answer. If a spreadsheet damaged the id or participant of a row, its key comes from the other
    values; it is matched by that key once the file has the id and participant again.
    """
    counts: Counter[str] = Counter()

    def counted(digest: str) -> str:
        counts[digest] += 1
        return hashed(digest, str(counts[digest]))

    keyed = []
    for row in rows:
        moment = row.submitted_at.isoformat() if row.submitted_at else ""
        before = counted(hashed(repr(replace(row, place="", submitted_at=None)), moment))
        # Spreadsheets drop the seconds, so the key has none.
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
            if row.participant and row.group:
                # An earlier import may not have known the group.
                rest[3] = None
                without = hashed("content", repr([*rest, moment[:16]]), row.participant)
                others = (*others, hashed(without, "1"))
            keyed.append(KeyedRow(row, whole, others))
    return keyed


def id_key(source: str, row: ImportRow) -> str:
    """The key of a row with an id: ids are unique within their source."""
    return hashed("id", source, str(row.id))


def person_key(row: ImportRow) -> str | None:
    """The key of a row's participant, the same in all files; None if the row names none."""
    return None if row.participant is None else hashed("participant", row.participant)


def plain_text(text: str) -> str:
    """A text without differences that saving makes: line ends, blanks, Unicode form of accents."""
    lines = unicodedata.normalize("NFC", text.replace("_x000D_", "")).splitlines()
    return "\n".join(" ".join(line.split()) for line in lines if line.strip())


def are_versions(text: str, earlier: str) -> bool:
    """Whether two texts are versions of one text.

    They are if they share half of their distinct words (intersection over union), or if they are
    short (under 400 characters together) and their ``difflib`` ratio exceeds 0.8.
    """
    one, other = plain_text(text).casefold(), plain_text(earlier).casefold()
    if one == other:
        return True
    words, others = set(one.split()), set(other.split())
    if 2 * len(words & others) >= len(words | others):
        return True
    return len(one) + len(other) < 400 and difflib.SequenceMatcher(None, one, other).ratio() > 0.8


def hashed(*parts: str) -> str:
    """A key from several parts (SHA-256, hex)."""
    digest = hashlib.sha256()
    for part in parts:
        raw = part.encode("utf-8")
        digest.update(str(len(raw)).encode() + b":" + raw)
    return digest.hexdigest()
