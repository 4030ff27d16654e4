"""Reads e-mails (eml) with their attachments; runs in a child process (``apart``)."""

from __future__ import annotations

import email
import re
import tempfile
from email import policy
from email.message import EmailMessage
from pathlib import Path

from consultation.importing.formats.apart import UnreadableFile
from consultation.importing.formats.documents import ENDINGS, paragraphs
from consultation.importing.formats.documents import document as read_document
from consultation.importing.formats.flow import DocumentContent, content
from consultation.importing.formats.web_page import page

_PLAIN = (".txt", ".md")
_DEEPEST = 3
_PASSED_ON = re.compile(r"\s*(?:fw|fwd|doorst(?:uren)?|tr)\s?:", re.IGNORECASE)
_SENDER = re.compile(r"\*?(?:van|from|de)\s?:\*?\s", re.IGNORECASE)
_HEAD = re.compile(
    r"\*?(?:verzonden|verstuurd|datum|aan|cc|bcc|onderwerp|sent|date|to|subject|envoyé|à|objet"
    r"|prioriteit|importance|reply-to|antwoord aan)\s?:\*?(?:\s|$)",
    re.IGNORECASE,
)
_LEAST_HEADS, _MOST_HEADS = 3, 24
_RULE = re.compile(
    r"[_=*-]{5,200}|-{2,}\s?.{0,40}(?:bericht|message|mail).{0,20}\s?-{2,}", re.IGNORECASE
)
_WROTE = re.compile(r"(?:op|on|le)\b.{4,120}\b(?:schreef|wrote|a écrit)\b.{0,80}:", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s<>@\[\]]{1,64}@[^\s<>@\[\]]{1,190}")


def document(path: Path) -> DocumentContent:
    """The text of an e-mail, without what it quotes and its signature, and its attachments.

    Raises:
        UnreadableFile: it is no e-mail.
    """
    message = email.message_from_bytes(path.read_bytes(), policy=policy.default)
    if not message.keys():
        raise UnreadableFile("is no e-mail; save the message again as eml.")
    return _read(message, 0)


def _read(message: EmailMessage, depth: int) -> DocumentContent:
    found, forwarded = _body(message)
    sender = message.get("From")
    if sender is not None and sender.addresses:
        found["sender"] = sender.addresses[0].addr_spec.lower() or None
    if forwarded:
        # What somebody passes on is said by who wrote it first.
        found["sender"] = forwarded.lower()
        found["warnings"].append("was forwarded: it counts for who wrote it first")
    sent = message.get("Date")
    if sent is not None and sent.datetime is not None:
        found["date"] = sent.datetime.isoformat()
    found["message"] = str(message.get("Message-ID") or "").strip() or None
    for part in message.iter_attachments():
        name = part.get_filename() or part.get_content_type()
        try:
            inner = _attachment(part, name, depth)
        except UnreadableFile as error:
            found["warnings"].append(f"the attachment '{name}' {error}")
        else:
            if inner is not None:
                found["attachments"].append((name, inner))
            elif part.get_content_maintype() not in ("image", "audio", "video"):
                found["warnings"].append(
                    f"the attachment '{name}' is not read; save it and import it by itself"
                )
    return found


def _attachment(part: EmailMessage, name: str, depth: int) -> DocumentContent | None:
    if part.get_content_type() == "message/rfc822":
        inner = part.get_content()
        return _read(inner, depth + 1) if depth < _DEEPEST else None
    ending = Path(name).suffix.lower()
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return None
    if ending in _PLAIN:
        try:
            return content(raw.decode("utf-8-sig"))
        except UnicodeDecodeError:
            return content(raw.decode("cp1252", errors="replace"))
    if ending not in ENDINGS or ending == ".eml":
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"bijlage{ending}"
        path.write_bytes(raw)
        return read_document(path)


def _body(message: EmailMessage) -> tuple[DocumentContent, str]:
    """What was written, and the address of who wrote it first where the message was forwarded."""
    body = message.get_body(("plain", "html"))
    if body is None:
        return content(""), ""
    passed_on = bool(_PASSED_ON.match(str(message.get("Subject") or "")))
    if body.get_content_subtype() == "html":
        raw = body.get_payload(decode=True)
        found = page(raw) if isinstance(raw, bytes) and raw.strip() else content("")
        lines = found["text"].splitlines()
        if not passed_on:
            # Without signs before its lines, what is quoted goes on to the end.
            lines = lines[: next((n for n, line in enumerate(lines) if _is_intro(line)), None)]
        own, forwarded = _own_lines(lines, passed_on)
        found["text"] = "\n".join(own)
        return found, forwarded
    lines = []
    kind = body["Content-Type"]
    joined = kind is not None and kind.params.get("format", "").lower() == "flowed"
    for line in str(body.get_content()).splitlines():
        if line == "-- ":
            break
        if line.startswith(">"):
            # An answer may stand below what it quotes.
            while lines and not lines[-1].strip():
                lines.pop()
            if lines and _is_intro(lines[-1]):
                lines.pop()
            continue
        if joined and lines and lines[-1].endswith(" ") and line.strip():
            lines[-1] += line
        else:
            lines.append(line)
    own, forwarded = _own_lines(lines, passed_on)
    return content(paragraphs("\n".join(own))), forwarded


def _own_lines(lines: list[str], passed_on: bool) -> tuple[list[str], str]:
    """The lines without a message below them; of a forwarded one only that, with its sender."""
    for index in range(len(lines)):
        heads, after = _heads(lines, index)
        if len(heads) >= _LEAST_HEADS:
            above = lines[:index]
            while above and (not above[-1].strip() or _RULE.fullmatch(above[-1].strip())):
                above.pop()
            if not passed_on:
                # With nothing above it, the answer may stand below: nothing is left out.
                return (above if any(map(str.strip, above)) else lines), ""
            address = _ADDRESS.search(" ".join(each for each in heads if _SENDER.match(each)))
            return lines[after:], address[0] if address else ""
    return lines, ""


def _is_intro(line: str) -> bool:
    """Whether a line says who wrote what is quoted below it."""
    return bool(_WROTE.fullmatch(line.strip()))


def _heads(lines: list[str], index: int) -> tuple[list[str], int]:
    """The head of a message that begins at a line, and the line behind it.

    In the table of an html message the value stands below its name.
    """
    found: list[str] = []
    after = index
    bare = False
    for place in range(index, min(len(lines), index + _MOST_HEADS)):
        line = lines[place].strip()
        if _SENDER.match(line + " ") or _HEAD.match(line + " "):
            found.append(line)
            bare = line.endswith((":", ":*"))
        elif line and bare:
            found[-1] += f" {line}"
            bare = False
        elif line or not found:
            break
        if line:
            after = place + 1
    return found, after
