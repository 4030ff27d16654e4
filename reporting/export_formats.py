"""What can be exported, and as which kinds of file."""

from __future__ import annotations

from enum import StrEnum


class ExportSubject(StrEnum):
    """What can be exported."""

    actieplan = "actieplan"
    statements = "statements"
    themes = "themes"


class Format(StrEnum):
    """The kinds of file it can be exported as."""

    docx = "docx"
    xlsx = "xlsx"
    csv = "csv"
    html = "html"
    md = "md"
    json = "json"


MEDIA = {
    Format.docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Format.xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.csv: "text/csv; charset=utf-8",
    Format.html: "text/html; charset=utf-8",
    Format.md: "text/markdown; charset=utf-8",
    Format.json: "application/json",
}
