"""Reads transcripts of meetings (WebVTT, SRT): who said what, and when."""

from __future__ import annotations

import html
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from consultation.errors import ImportFileError

ENDINGS = (".vtt", ".srt")

_TIME = r"(?:(\d{1,3}):)?([0-5]?\d):([0-5]?\d)[.,](\d{1,3})"
_CUE = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}")
_VOICE = re.compile(r"<v(?:\.[\w.-]{0,40})?\s+([^<>\n]{1,80})>")
_TAG = re.compile(r"</?[a-z][^<>\n]{0,80}>|<\d[\d:.,]{0,14}>|\{\\[^{}\n]{0,40}\}", re.IGNORECASE)
_LABEL = re.compile(
    r"(?:[-–>]\s{0,3})?(?:"
    r"\[?([^\W_][\w.'’&()/ -]{0,40}?)\]?\s?:\s+|\[([^\W\d_a-z][\w.'’& -]{0,40})\]\s+)(?=\S)"
)
_LABEL_WORDS = 4
_SOUND = re.compile(r"[\[(♪][^\[\]()A-Z]{2,40}[\])♪]")
_NO_SPEAKERS = frozenset(
    word
    for line in (
        "kortom|dus|conclusie|samengevat|besluit|voorstel|mijn voorstel|ons voorstel|vraag",
        "antwoord|opmerking|nota|ps|let op|idee|mijn idee|tip|probleem|oplossing|bijvoorbeeld",
        "ten eerste|ten tweede|ten derde|ten slotte|tot slot|slot|eerst|punt|nog iets|reden",
        "gevolg|resultaat|feit|kern|belangrijk|concreet|nogmaals|eerlijk|echt|ja|nee|oké|ok|sorry|wacht",
    )
    for word in line.split("|")
)
"""What stands before a colon in what people say, and names nobody."""

_SKIPPED = ("NOTE", "STYLE", "REGION", "WEBVTT", "X-TIMESTAMP")


@dataclass(frozen=True)
class Spoken:
    """What one speaker said until another spoke.

    ``speaker`` is the label, None where none is named. ``times`` has, for each piece of the text,
    its position and the time (``00:01:02``) at which it begins; ``line`` is its first line.
    """

    speaker: str | None
    text: str
    times: tuple[tuple[int, str], ...]
    line: int


def spoken(path: Path, text: str) -> list[Spoken]:
    """The turns of a transcript, in order.

    Raises:
        ImportFileError: there is no piece with a time in it.
    """
    cues = _cues(text)
    if not cues:
        raise ImportFileError(
            f"{path}: no line has times (00:00:01.000 --> 00:00:04.000); save it as WebVTT or SRT."
        )
    labels = Counter(
        _name(match).casefold()
        for _, _, words in cues
        if (match := _LABEL.match(_TAG.sub("", words)))
    )
    spelled: dict[str, str] = {}
    turns: list[Spoken] = []
    speaker: str | None = None
    for line, time, words in cues:
        for name, said in _voices(words, labels):
            if name:
                speaker = spelled.setdefault(name.casefold(), name)
            plain = " ".join(html.unescape(_TAG.sub("", said)).split()).replace("\x00", "")
            if not plain:
                continue
            last = turns[-1] if turns else None
            if last is not None and last.speaker == speaker:
                start = len(last.text) + 1
                times = (*last.times, (start, time))
                turns[-1] = Spoken(speaker, f"{last.text} {plain}", times, last.line)
            else:
                turns.append(Spoken(speaker, plain, ((0, time),), line))
    return turns


def _cues(text: str) -> list[tuple[int, str, str]]:
    """The line, the time and the words of each piece."""
    found: list[tuple[int, str, str]] = []
    time: str | None = None
    lines = text.splitlines()
    for index, line in enumerate(lines):
        if match := _CUE.match(line):
            hours, minutes, seconds = (int(each or 0) for each in match.groups()[:3])
            time = f"{hours:02}:{minutes:02}:{seconds:02}"
            found.append((index + 1, time, ""))
        elif not line.strip() or line.startswith(_SKIPPED):
            time = None
        elif time is not None:
            number, at, words = found[-1]
            found[-1] = (number, at, f"{words}\n{line.strip()}" if words else line.strip())
    return found


def _voices(words: str, labels: Counter[str]) -> list[tuple[str | None, str]]:
    """The pieces of a cue with the label of the speaker, None where it names none."""
    parts = _VOICE.split(words)
    if len(parts) > 1:
        named = zip(parts[1::2], parts[2::2], strict=True)
        return [
            (None, parts[0]),
            *((" ".join(html.unescape(who).split()), said) for who, said in named),
        ]
    found: list[tuple[str | None, str]] = []
    for line in _TAG.sub("", words).split("\n"):
        if _SOUND.fullmatch(line.strip()):
            continue
        match = _LABEL.match(line)
        if match and _is_speaker(_name(match), labels):
            found.append((_name(match), line[match.end() :]))
        else:
            found.append((None, line))
    return found


def _name(label: re.Match[str]) -> str:
    return str(label[1] or label[2]).strip()


def _is_speaker(label: str, labels: Counter[str]) -> bool:
    """Whether words before a colon name a speaker: short, and names or used again."""
    if label.casefold() in _NO_SPEAKERS:
        return False
    words = label.split()
    names = all(word[0].isupper() or word[0].isdigit() for word in words)
    return len(words) <= _LABEL_WORDS and (names or labels[label.casefold()] > 1)
