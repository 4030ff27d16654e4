"""Formats entries of the audit log in Dutch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from consultation.database.records import AuditEntry

DONE: Mapping[str, str] = {
    "aangemeld": "Meldde zich aan",
    "afgemeld": "Meldde zich af",
    "aanmelding_mislukt": "Aanmelden mislukte",
    "account": "Bewaarde een account",
    "wachtwoord": "Koos een ander wachtwoord",
    "uitvoer": "Voerde gegevens uit",
    "reservekopie": "Maakte een reservekopie",
    "geopend": "Opende een ronde",
    "gesloten": "Sloot een ronde",
    "gepubliceerd": "Publiceerde een ronde",
    "ingetrokken": "Trok een publicatie in",
    "analyse": "Startte de analyse",
    "analyse_mislukt": "De analyse mislukte",
    "codeertaak": "Begon een codeertaak",
    "vraag_beantwoord": "Zette een vraag van een deelnemer op beantwoord",
    "vraag_heropend": "Opende een vraag van een deelnemer opnieuw",
    "bezwaar_bekeken": "Bekeek een uitspraak die niet zo bedoeld was",
    "bezwaar_heropend": "Opende een uitspraak die niet zo bedoeld was opnieuw",
    "ingelezen": "Las een bestand in",
    "gewist": "Wiste alles van een deelnemer",
    "tweede_stap": "Zette de tweede stap bij het aanmelden aan",
    "tweede_stap_uit": "Zette de tweede stap bij het aanmelden uit",
    "herstelcode": "Meldde zich aan met een herstelcode",
    "bewaartermijn": "Wiste wat lang genoeg bewaard was",
    "vloed_telt": "Telde gesprekken mee die apart stonden",
    "vloed_apart": "Zette gesprekken apart",
}
"""The sentences for ``consultation.audit.WHAT``."""

WHATS = {"actieplan": "Actieplan", "themes": "Thema’s", "statements": "Uitspraken"}
FORMATS = {"docx": "Word", "xlsx": "Excel", "csv": "CSV", "md": "Markdown", "json": "JSON"}

_ABOUT: Mapping[str, Callable[[Any], str]] = {
    "wat": lambda value: WHATS.get(value, str(value)),
    "soort": lambda value: f"als {FORMATS.get(value, value)}",
    "naam": lambda value: f"account ‘{value}’",
    "rol": lambda value: f"als {value}",
    "ronde": lambda value: f"ronde {value}",
    "opdracht": lambda value: f"opdracht {value}",
    "vraag": lambda value: f"vraag {value}",
    "bezwaar": lambda value: f"nummer {value}",
    "erbij": lambda value: f"nieuwe antwoorden: {value}",
    "gewijzigd": lambda value: f"gewijzigde antwoorden: {value}",
    "antwoorden": lambda value: f"antwoorden: {value}",
    "uitnodigingen": lambda value: f"uitnodigingen: {value}",
    "gesprekken": lambda value: f"berichten: {value}",
    "vragen": lambda value: f"vragen: {value}",
    "zonder_antwoord": lambda value: f"deelnemers zonder antwoord: {value}",
    "verbeterd": lambda value: f"verbeterde uitspraken: {value}",
    "run": lambda value: f"analyse nummer {value}",
    "vloed": lambda value: f"nummer {value}",
}


@dataclass(frozen=True)
class AuditSentence:
    """An entry in words: what was done, and about what."""

    done: str
    about: str


def audit_sentence(entry: AuditEntry) -> AuditSentence:
    """Formats an entry. Keys without a text in ``_ABOUT`` are left out."""
    parts = [_ABOUT[name](entry.about[name]) for name in _ABOUT if entry.about.get(name)]
    about = ", ".join(parts).replace(", als ", " als ")
    return AuditSentence(DONE.get(entry.what, "Deed iets anders"), about[:1].upper() + about[1:])
