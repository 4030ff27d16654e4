"""Uploaded files that wait for a facilitator to confirm them, in a folder of their own.

Nothing of a draft is in the database. It is deleted when it is imported or thrown away, and after
``KEPT``; an erasure thus finds nothing in it for longer than that.
"""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from consultation.database.models import new_id, now
from consultation.private_files import make_private_file, make_private_folder

KEPT = timedelta(days=1)
MOST = 20
"""How many drafts may wait at once."""

FOLDER = "uploads"
_ID = re.compile(r"[0-9a-f]{32}")
_UNSAFE = re.compile(r"[^\w .,()+&@=\-]")
_LONGEST = 100


class TooManyDrafts(Exception):
    """``MOST`` drafts wait already."""


@dataclass(frozen=True)
class Draft:
    """An uploaded file: its name, the account that sent it, the round it is for, and when."""

    id: str
    folder: Path
    name: str
    account: str
    round: int
    at: datetime

    @property
    def file(self) -> Path:
        """The file itself, under its own name."""
        return self.folder / "file" / self.name

    def read(self, part: str) -> Any:
        """What was written under this name before; None without it."""
        try:
            return json.loads((self.folder / f"{part}.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None

    def write(self, part: str, content: Any) -> None:
        """Keeps a value (of JSON) beside the file, whole or not at all."""
        made = self.folder / f"{part}.new"
        make_private_file(made)
        made.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        made.replace(self.folder / f"{part}.json")


class DraftFolder:
    """The drafts of one consultation, in the folder ``uploads`` of the data directory."""

    def __init__(self, data_dir: Path) -> None:
        """Creates nothing before the first draft."""
        self._folder = data_dir / FOLDER

    def add(self, name: str, content: bytes, account: str, round_number: int) -> Draft:
        """A new draft of a file called ``name``; a folder in the name and odd signs are left out.

        Raises:
            TooManyDrafts: ``MOST`` wait already.
        """
        if len(self.all()) >= MOST:
            raise TooManyDrafts
        id_ = new_id()
        folder = self._folder / id_
        draft = Draft(id_, folder, plain_name(name), account[:80], round_number, now())
        make_private_folder(self._folder)
        make_private_folder(draft.folder)
        make_private_folder(draft.file.parent)
        make_private_file(draft.file)
        draft.file.write_bytes(content)
        about = {"name": draft.name, "account": draft.account, "round": draft.round}
        draft.write("draft", {**about, "at": draft.at.isoformat()})
        return draft

    def find(self, id_: str) -> Draft | None:
        """The draft with this id, unless it was imported, thrown away or is too old."""
        if not _ID.fullmatch(id_):
            return None
        folder = self._folder / id_
        try:
            raw = json.loads((folder / "draft.json").read_text(encoding="utf-8"))
            at = datetime.fromisoformat(raw["at"])
            found = Draft(id_, folder, raw["name"], raw["account"], int(raw["round"]), at)
        except (OSError, ValueError, KeyError):
            return None
        return found if now() - at < KEPT else None

    def all(self) -> list[Draft]:
        """The drafts that wait, oldest first; deletes those that are too old or incomplete."""
        found = []
        for folder in self._folder.iterdir() if self._folder.is_dir() else ():
            draft = self.find(folder.name)
            if draft is not None:
                found.append(draft)
            elif now().timestamp() - folder.stat().st_mtime > KEPT.total_seconds():
                shutil.rmtree(folder, ignore_errors=True)
        return sorted(found, key=lambda each: each.at)

    def discard(self, draft: Draft) -> bool:
        """Deletes a draft; False if another did so first."""
        try:
            (draft.folder / "draft.json").unlink()
        except FileNotFoundError:
            return False
        shutil.rmtree(draft.folder, ignore_errors=True)
        return True


def plain_name(name: str) -> str:
    """A file name without folders and odd signs, at most 100 characters; the ending stays."""
    own = name.replace("\\", "/").rpartition("/")[2]
    path = Path(_UNSAFE.sub("_", own).strip(" .") or "bestand")
    ending = path.suffix.lower()[:10]
    return path.name[: len(path.name) - len(path.suffix)][: _LONGEST - len(ending)] + ending
