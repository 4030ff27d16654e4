"""Projects of tools for qualitative research, in the format REFI-QDA."""

from __future__ import annotations

import zipfile
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lxml import etree

from consultation.importing.formats.apart import LARGEST, UnreadableFile
from consultation.importing.formats.xml import child, local, parts
from consultation.qda.project import (
    APPROVED,
    ORIGIN,
    QdaCase,
    QdaCode,
    QdaCoding,
    QdaMemo,
    QdaProject,
    QdaSelection,
    QdaSource,
    QdaUser,
    named_guid,
)

_INTERNAL = "internal://"
_DEEPEST = 40
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def project(path: Path) -> dict[str, Any]:
    """The project in a file, as the fields of a ``QdaProject``; moments as ISO 8601.

    Texts of sources are as they stand; a byte order mark of another tool is left out. What is no
    text, and selections outside their text, are left out with a warning.

    Raises:
        UnreadableFile: it is no project, or has no text.
    """
    if not zipfile.is_zipfile(path):
        raise UnreadableFile("is no qdpx file; export the project as REFI-QDA again.")
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        main = next((each for each in names if each.lower().endswith(".qde")), None)
        if main is None:
            raise UnreadableFile("holds no project.qde; export the project as REFI-QDA again.")
        [root] = parts(path, main)
        if root is None or local(root) != "Project":
            raise UnreadableFile("is no REFI-QDA project; export it as a project, not a codebook.")
        found = _Reading(root, archive)
        made = found.project()
    raw = asdict(made)
    return _with_iso(raw)  # type: ignore[no-any-return]


def _with_iso(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _with_iso(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_with_iso(each) for each in value]
    return value.isoformat() if isinstance(value, datetime) else value


class _Reading:
    """The reading of one file."""

    def __init__(self, root: etree._Element, archive: zipfile.ZipFile) -> None:
        self._root = root
        self._archive = archive
        self._files = {each.filename.lower(): each for each in archive.infolist()}
        self._warnings: list[str] = []
        self._ours = root.get("origin", "").startswith(ORIGIN)
        self._variables = {
            _guid(each): each.get("name", "") for each in _each(child(root, "Variables"))
        }
        self._notes = {_guid(each): each for each in _each(child(root, "Notes"))}

    def project(self) -> QdaProject:
        root = self._root
        sources = []
        for element in _each(child(root, "Sources")):
            source = self._source(element)
            if source is not None:
                sources.append(source)
        if not sources and not len(_each(child(root, "CodeBook", "Codes"))):
            raise UnreadableFile("holds no text and no codes.")
        approved = [each for each in _each(child(root, "Sets")) if each.get("name") == APPROVED]
        return QdaProject(
            name=root.get("name", ""),
            origin=root.get("origin", ""),
            description=_description(root),
            users=tuple(
                QdaUser(_guid(each), each.get("name", "")) for each in _each(child(root, "Users"))
            ),
            codes=tuple(self._code(each, 1) for each in _codes(child(root, "CodeBook", "Codes"))),
            approved=tuple(
                _guid(each, "targetGUID")
                for group in approved
                for each in group
                if local(each) == "MemberCode"
            ),
            sources=tuple(sources),
            cases=tuple(self._case(each) for each in _each(child(root, "Cases"))),
            warnings=tuple(self._warnings),
        )

    def _code(self, element: etree._Element, depth: int) -> QdaCode:
        if depth > _DEEPEST:
            raise UnreadableFile(f"has codes in more than {_DEEPEST} levels.")
        notes = [
            self._notes.get(_guid(each, "targetGUID"))
            for each in element
            if local(each) == "NoteRef"
        ]
        return QdaCode(
            guid=_guid(element),
            name=element.get("name", ""),
            description=_description(element),
            codable=element.get("isCodable", "true").lower() in ("true", "1"),
            memos=tuple(self._memo(each) for each in notes if each is not None),
            codes=tuple(self._code(each, depth + 1) for each in _codes(element)),
        )

    def _memo(self, element: etree._Element) -> QdaMemo:
        text = child(element, "PlainTextContent")
        words = "" if text is None else text.text or ""
        if text is None and (path := element.get("plainTextPath", "")):
            words = self._text(path) or ""
        return QdaMemo(
            guid=_guid(element),
            name=element.get("name", ""),
            text=words,
            user=_user(element),
            at=_moment(element),
        )

    def _case(self, element: etree._Element) -> QdaCase:
        return QdaCase(
            guid=_guid(element),
            name=element.get("name", ""),
            sources=tuple(
                _guid(each, "targetGUID") for each in element if local(each) == "SourceRef"
            ),
            values=self._values(element),
        )

    def _source(self, element: etree._Element) -> QdaSource | None:
        name = element.get("name", "")
        holder: etree._Element | None = element
        if local(element) == "PDFSource":
            holder = child(element, "Representation")
        elif local(element) != "TextSource":
            holder = None
        text = None
        if holder is not None:
            content = child(holder, "PlainTextContent")
            text = content.text if content is not None else None
            text = self._text(holder.get("plainTextPath", "")) if text is None else text
        if holder is None or text is None:
            self._warnings.append(f"source '{name[:80]}' has no text and was left out")
            return None
        selections = []
        for each in holder:
            if local(each) == "PlainTextSelection":
                selection = self._selection(each, text, name)
                if selection is not None:
                    selections.append(selection)
        return QdaSource(
            guid=_guid(element),
            name=name,
            text=text,
            at=_moment(element),
            selections=tuple(selections),
            values=self._values(element),
        )

    def _selection(self, element: etree._Element, text: str, source: str) -> QdaSelection | None:
        start, end = (element.get(name, "") for name in ("startPosition", "endPosition"))
        numbers = start.isascii() and end.isascii() and start.isdigit() and end.isdigit()
        if not numbers or len(end) > 9 or not int(start) < int(end) <= len(text):
            self._warnings.append(
                f"source '{source[:80]}': selection {start[:12]} to {end[:12]} lies outside the "
                f"text of {len(text)} characters and was left out"
            )
            return None
        codings = []
        for each in element:
            reference = child(each, "CodeRef") if local(each) == "Coding" else None
            if reference is not None:
                codings.append(QdaCoding(_guid(reference, "targetGUID"), _user(each)))
        return QdaSelection(
            guid=_guid(element),
            start=int(start),
            end=int(end),
            at=_moment(element),
            name=element.get("name", ""),
            codings=tuple(codings),
        )

    def _values(self, element: etree._Element) -> dict[str, str]:
        found = {}
        for each in element:
            reference = child(each, "VariableRef") if local(each) == "VariableValue" else None
            if reference is None:
                continue
            name = self._variables.get(_guid(reference, "targetGUID"))
            value = next((one.text for one in each if local(one).endswith("Value")), None)
            if name and value is not None:
                found[name] = value
        return found

    def _text(self, path: str) -> str | None:
        if not path.startswith(_INTERNAL):
            return None
        name = path.removeprefix(_INTERNAL).lstrip("/").lower()
        file = self._files.get(f"sources/{name}") or self._files.get(name)
        if file is None:
            return None
        if file.file_size > LARGEST:
            raise UnreadableFile("holds a text of more than 100 MB.")
        raw = self._archive.read(file)
        try:
            text = raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8")
        except UnicodeDecodeError as error:
            raise UnreadableFile(f"{file.filename[:80]} is no UTF-8 text.") from error
        return text if self._ours else text.removeprefix("\ufeff")


def _each(element: etree._Element | None) -> list[etree._Element]:
    return [] if element is None else [each for each in element if local(each)]


def _codes(element: etree._Element | None) -> list[etree._Element]:
    return [each for each in _each(element) if local(each) == "Code"]


def _description(element: etree._Element) -> str:
    found = child(element, "Description")
    return "" if found is None else found.text or ""


def _guid(element: etree._Element, name: str = "guid") -> str:
    """A GUID in lower case without braces; one made of what stands there, where it is none."""
    raw = element.get(name, "").strip().strip("{}").lower()
    plain = raw.replace("-", "")
    if len(plain) == 32 and all(each in "0123456789abcdef" for each in plain):
        return "-".join((plain[:8], plain[8:12], plain[12:16], plain[16:20], plain[20:]))
    return named_guid("guid", raw)


def _user(element: etree._Element) -> str:
    named = element.get("creatingUser") or element.get("modifyingUser")
    key = "creatingUser" if element.get("creatingUser") else "modifyingUser"
    return _guid(element, key) if named else ""


def _moment(element: etree._Element) -> datetime:
    raw = element.get("creationDateTime") or element.get("modifiedDateTime") or ""
    try:
        found = datetime.fromisoformat(raw.strip()[:40])
    except ValueError:
        return _NEVER
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
