"""Says in Dutch what the readers of ``consultation.importing`` say of a file."""

from __future__ import annotations

import re
from collections.abc import Iterable

from consultation.errors import ImportFileError
from consultation.importing.readers import ImportFile
from consultation.importing.tables import SkippedRows
from dialogue.messages import say

MOST = 12
"""How many sentences are shown of a file with many faults."""

_LINES = re.compile(r"lines? (\d{1,9}(?:(?:, | and )\d{1,9}){0,6}(?: more)?): ")
_VALUE = r"'([^']{1,80})'"
_KNOWN = (
    (re.compile(rf"group: {_VALUE} is read as (\S{{1,60}})"), "invoer_gelezen_groep"),
    (re.compile(rf"(?:opdracht|question): {_VALUE} is read as (\S{{1,60}})"), "invoer_gelezen_als"),
    (re.compile(rf"group: {_VALUE} is no group that"), "invoer_groep_onbekend"),
    (re.compile(rf"group: {_VALUE}"), "invoer_geen_groep"),
    (re.compile(rf"opdracht: {_VALUE}"), "invoer_geen_opdracht"),
    (re.compile(r"(?:opdracht: )?there is no opdracht (\d{1,9})"), "invoer_geen_opdracht"),
    (re.compile(rf"question: {_VALUE} is no question that"), "invoer_vraag_onbekend"),
    (re.compile(rf"(?:question: )?{_VALUE} is not a question"), "invoer_geen_vraag"),
    (re.compile(rf"citaat: {_VALUE} is neither a yes"), "invoer_noch_ja_noch_nee"),
    (re.compile(rf"citaat: {_VALUE}"), "invoer_geen_ja_of_nee"),
    (re.compile(r"id: .{1,200} stands on line"), "invoer_nummer_dubbel"),
    (re.compile(r"submitted_at: not a date"), "invoer_geen_datum"),
    (re.compile(r"submitted_at: the month stands"), "invoer_maand_eerst"),
    (re.compile(r"participant: the same in all"), "invoer_een_persoon"),
    (re.compile(r"participant: \d{1,9} with more than one group"), "invoer_meer_groepen"),
    (re.compile(r"\d{1,9} cells? where the header has"), "invoer_te_veel_cellen"),
    (re.compile(r"cells of a column without a name"), "invoer_kolom_zonder_naam"),
    (re.compile(r"fewer cells than the other rows"), "invoer_te_weinig_cellen"),
    (re.compile(r"not valid csv"), "invoer_aanhalingstekens"),
    (re.compile(r"letters that look wrongly coded"), "invoer_vreemde_letters"),
    (re.compile(r"text: holds (?:a NUL|half a character)"), "invoer_vreemd_teken"),
    (re.compile(r".{0,120}number or date of (?:the id|who answered)"), "invoer_nummer_beschadigd"),
    (re.compile(r".{0,200}a formula without its result"), "invoer_formule"),
    (re.compile(rf"read from the sheet {_VALUE}"), "invoer_werkblad"),
    (re.compile(r"has a password"), "invoer_wachtwoord"),
    (re.compile(r"takes more than \d{1,3} seconds"), "invoer_te_zwaar"),
    (re.compile(r"cannot be read: needs too much memory|needs too much memory"), "invoer_te_zwaar"),
    (re.compile(r"holds more than 100 MB|unpacks to|larger than"), "invoer_te_groot"),
    (re.compile(r"is broken|is no workbook|is no \S{1,20} that"), "invoer_kapot"),
    (re.compile(r"page ([\d, ]{1,80}): no text there"), "invoer_bladzijde_leeg"),
    (re.compile(r"holds no text"), "invoer_scan"),
    (re.compile(r"is empty"), "invoer_leeg"),
    (re.compile(r"files ending in"), "invoer_soort"),
    (re.compile(r"holds binary data|is not text"), "invoer_geen_tekst"),
    (re.compile(r".{0,60}, whatever its name says"), "invoer_geen_tekst"),
    (re.compile(r"holds no answers, only"), "invoer_enkel_namen"),
    (re.compile(r"was forwarded"), "invoer_doorgestuurd"),
    (re.compile(r".{0,200}no column holds answers in words"), "invoer_geen_woorden"),
    (re.compile(r"there is no column"), "invoer_geen_kolom"),
    (re.compile(r"marks of LimeSurvey"), "invoer_limesurvey"),
    (re.compile(r"(\d{1,9}) answers? go(?:es)? back to words"), "invoer_terug"),
    (re.compile(r"(\d{1,9}) answers? (?:is|are) in the round already"), "invoer_elders"),
    (re.compile(r"(\d{1,9}) participants? ha(?:s|ve) another group"), "invoer_andere_groep"),
    (re.compile(r".{0,300}with quite other words"), "invoer_andere_woorden"),
    (re.compile(r"(\d{1,6}) footnotes? (?:is|are) left out"), "invoer_noten"),
)
_LEFT_OUT = {
    "without text": "invoer_weg_leeg",
    "above the names of the columns": "invoer_weg_boven",
    "the second and third header row of Qualtrics": "invoer_weg_qualtrics",
    "filled in as a preview or test, or spam": "invoer_weg_proef",
    "the names of the columns again": "invoer_weg_kop",
    "words under the table": "invoer_weg_onder",
    "a total or a colophon under the table": "invoer_weg_onder",
    "without a letter in the text": "invoer_weg_getal",
    "a spreadsheet's error in place of the text": "invoer_weg_fout",
    "the same row again, id and all": "invoer_weg_dubbel",
}


def refused(error: ImportFileError, file: str) -> list[str]:
    """Why a file cannot be read: one sentence per fault. ``file`` is its path in the message."""
    text = str(error).removeprefix(f"{file}: ")
    lines = [line.strip() for line in text.splitlines()]
    if len(lines) > 1:
        # The first line only counts the faults.
        lines = lines[1:]
    return told(line for line in lines if line)


def remarks(file: ImportFile, more: Iterable[str]) -> list[str]:
    """What a facilitator should know of a file that can be read: left out rows, then warnings."""
    return [*map(_left_out, file.left_out), *told([*file.warnings, *more])]


def told(messages: Iterable[str]) -> list[str]:
    """Messages in Dutch; one that is not known here is quoted as it is, in English."""
    every = list(dict.fromkeys(map(_told, messages)))
    return (
        [*every[:MOST], say("invoer_en_nog", aantal=len(every) - MOST)]
        if (len(every) > MOST)
        else every
    )


def _told(message: str) -> str:
    place = _LINES.match(message)
    plain = message[place.end() :] if place else message
    if plain.endswith("left out"):
        # The name of an attachment stands before it.
        plain = plain.rpartition(": ")[2]
    for pattern, key in _KNOWN:
        if found := pattern.match(plain):
            values = [*found.groups(), "", ""]
            said = say(key, een=values[0], twee=values[1])
            break
    else:
        said = say("invoer_anders", tekst=" ".join(plain.split())[:300])
    return f"{_rows(place[1])}: {said}" if place else said[:1].upper() + said[1:]


def _rows(numbers: str) -> str:
    words = numbers.replace(" and ", " en ").replace(" more", " andere")
    return f"{'Rij' if numbers.isdigit() else 'Rijen'} {words}"


def _left_out(rows: SkippedRows) -> str:
    numbers = list(map(str, rows.lines[:8]))
    more = f" en {len(rows.lines) - 8} andere" if len(rows.lines) > 8 else ""
    place = f"{'Rij' if len(rows.lines) == 1 else 'Rijen'} {', '.join(numbers)}{more}"
    return say(_LEFT_OUT.get(rows.reason, "invoer_weg"), rijen=place)
