"""Reads documents by the ending of their name; runs in a child process (``apart``)."""

from __future__ import annotations

import importlib
from pathlib import Path

from consultation.importing.formats.flow import DocumentContent, cleaned

ENDINGS = {
    ".docx": "docx",
    ".docm": "docx",
    ".odt": "odt",
    ".pdf": "pdf",
    ".rtf": "rtf",
    ".html": "web_page",
    ".htm": "web_page",
    ".eml": "mail",
}
"""Endings of documents, and the modules that read them."""


def document(path: Path) -> DocumentContent:
    """The text of a document, by the ending of its name, a key of ``ENDINGS``.

    Raises:
        UnreadableFile: it cannot be read.
    """
    module = importlib.import_module(f"{__package__}.{ENDINGS[path.suffix.lower()]}")
    found: DocumentContent = module.document(path)
    return found


def paragraphs(text: str) -> str:
    """A plain text without invisible characters, and with one empty line between paragraphs."""
    return "\n\n".join(filter(None, map(cleaned, text.replace("\r\n", "\n").split("\n\n"))))
