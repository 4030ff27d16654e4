"""Writes a project as a ``.qdpx`` file: a zip with ``project.qde`` and one text per source.

The order of elements and the names of attributes are those of the standard's schema, Project.xsd of
18 March 2019; ``tests/consultation/test_qda.py`` has its rules.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from lxml import etree

from consultation.qda.project import (
    APPROVED,
    QdaCase,
    QdaCode,
    QdaMemo,
    QdaProject,
    QdaSource,
    named_guid,
)

NAMESPACE = "urn:QDA-XML:project:1.0"
_LOCATION = f"{NAMESPACE} http://schema.qdasoftware.org/versions/Project/v1.0/Project.xsd"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def qdpx(project: QdaProject) -> bytes:
    """The content of the file.

    Texts of sources are written to the letter. In names and memos, characters that XML cannot hold
    become U+FFFD.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.qde", _xml(project))
        for source in project.sources:
            archive.writestr(f"sources/{source.guid}.txt", source.text.encode("utf-8"))
    return out.getvalue()


def _xml(project: QdaProject) -> bytes:
    names: dict[Any, str] = {None: NAMESPACE, "xsi": _XSI}
    root = etree.Element(f"{{{NAMESPACE}}}Project", nsmap=names)
    root.set(f"{{{_XSI}}}schemaLocation", _LOCATION)
    _set(root, name=project.name, origin=project.origin)
    users = _sub(root, "Users")
    for user in project.users:
        _sub(users, "User", guid=user.guid, name=user.name)
    memos: list[QdaMemo] = []
    if project.codes:
        codes = _sub(_sub(root, "CodeBook"), "Codes")
        for code in project.codes:
            _code(codes, code, memos)
    if held := _variables(project):
        variables = _sub(root, "Variables")
        for name in held:
            _sub(
                variables,
                "Variable",
                guid=named_guid("variable", name),
                name=name,
                typeOfVariable="Text",
            )
    if project.cases:
        cases = _sub(root, "Cases")
        for case in project.cases:
            _case(cases, case)
    sources = _sub(root, "Sources")
    for source in project.sources:
        _source(sources, source)
    if memos:
        notes = _sub(root, "Notes")
        for memo in memos:
            note = _sub(
                notes,
                "Note",
                guid=memo.guid,
                name=memo.name,
                creatingUser=memo.user,
                creationDateTime=_moment(memo.at),
            )
            _sub(note, "PlainTextContent").text = _safe(memo.text)
    if project.approved:
        sets = _sub(root, "Sets")
        approved = _sub(sets, "Set", guid=named_guid("set", APPROVED), name=APPROVED)
        for code_guid in project.approved:
            _sub(approved, "MemberCode", targetGUID=code_guid)
    _description(root, project.description)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def _variables(project: QdaProject) -> list[str]:
    held: Iterable[QdaCase | QdaSource] = (*project.cases, *project.sources)
    return sorted({name for each in held for name in each.values})


def _code(parent: etree._Element, code: QdaCode, memos: list[QdaMemo]) -> None:
    made = _sub(
        parent,
        "Code",
        guid=code.guid,
        name=code.name,
        isCodable="true" if code.codable else "false",
    )
    _description(made, code.description)
    for memo in code.memos:
        _sub(made, "NoteRef", targetGUID=memo.guid)
        memos.append(memo)
    for inner in code.codes:
        _code(made, inner, memos)


def _case(parent: etree._Element, case: QdaCase) -> None:
    made = _sub(parent, "Case", guid=case.guid, name=case.name)
    _values(made, case.values)
    for source in case.sources:
        _sub(made, "SourceRef", targetGUID=source)


def _source(parent: etree._Element, source: QdaSource) -> None:
    made = _sub(
        parent,
        "TextSource",
        guid=source.guid,
        name=source.name,
        plainTextPath=f"internal://{source.guid}.txt",
        creationDateTime=_moment(source.at),
    )
    for each in source.selections:
        selection = _sub(
            made,
            "PlainTextSelection",
            guid=each.guid,
            name=each.name,
            startPosition=str(each.start),
            endPosition=str(each.end),
            creationDateTime=_moment(each.at),
        )
        if each.codings:
            # QualCoder reads who coded from the selection.
            _set(selection, creatingUser=each.codings[0].user)
        for number, coding in enumerate(each.codings):
            coded = _sub(
                selection,
                "Coding",
                guid=named_guid("coding", f"{each.guid} {number}"),
                creatingUser=coding.user,
                creationDateTime=_moment(each.at),
            )
            _sub(coded, "CodeRef", targetGUID=coding.code)
    _values(made, source.values)


def _values(parent: etree._Element, values: Mapping[str, str]) -> None:
    for name, text in values.items():
        value = _sub(parent, "VariableValue")
        _sub(value, "VariableRef", targetGUID=named_guid("variable", name))
        _sub(value, "TextValue").text = _safe(text)


def _description(parent: etree._Element, text: str) -> None:
    if text:
        _sub(parent, "Description").text = _safe(text)


def _sub(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
    made = etree.SubElement(parent, f"{{{NAMESPACE}}}{tag}")
    _set(made, **attributes)
    return made


def _set(element: etree._Element, **attributes: str) -> None:
    for name, value in attributes.items():
        element.set(name, _safe(value))


def _safe(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
