"""Reads XML parts of office files without resolving entities or opening connections."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from consultation.importing.formats.apart import UnreadableFile

_LARGEST_PART = 200 * 1024 * 1024
_OLE = b"\xd0\xcf\x11\xe0"


def parts(path: Path, needed: str, *names: str) -> list[etree._Element | None]:
    """The parsed parts of a zipped office file; None for one that it lacks.

    Raises:
        UnreadableFile: it is no such file, has a password, or lacks the part ``needed``.
    """
    with path.open("rb") as file:
        if file.read(4) == _OLE:
            raise UnreadableFile("has a password or is an old Office file; save it as docx.")
    if not zipfile.is_zipfile(path):
        raise UnreadableFile("is broken or no office file; open it and save it again.")
    with zipfile.ZipFile(path) as archive:
        known = set(archive.namelist())
        if needed not in known:
            raise UnreadableFile("is no document (a part is missing); open it and save it again.")
        return [_parsed(archive, name) if name in known else None for name in (needed, *names)]


def _parsed(archive: zipfile.ZipFile, name: str) -> etree._Element:
    if archive.getinfo(name).file_size > _LARGEST_PART:
        raise UnreadableFile("holds too much text to read; split it into several files.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
    try:
        return etree.fromstring(archive.read(name), parser)
    except (etree.XMLSyntaxError, RuntimeError) as error:
        reason = " ".join(str(error).split())[:100]
        if "encrypted" in reason:
            raise UnreadableFile("has a password; save it without one.") from error
        raise UnreadableFile(f"is broken ({reason}); open it and save it again.") from error


def local(element: etree._Element) -> str:
    """The name of an element without its namespace; empty for an entity or instruction."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def value(element: etree._Element | None, name: str = "val") -> str | None:
    """An attribute by its name without namespace; None if the element or attribute is missing."""
    if element is None:
        return None
    for key, found in element.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(found)
    return None


def child(element: etree._Element | None, *path: str) -> etree._Element | None:
    """The first child by names without namespaces, level by level."""
    for name in path:
        if element is None:
            return None
        element = next((each for each in element if local(each) == name), None)
    return element


def named_all(element: etree._Element | None, name: str) -> Iterator[etree._Element]:
    """All descendants with a name, without namespace."""
    if element is not None:
        yield from (each for each in element.iter() if local(each) == name)
