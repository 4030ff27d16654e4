"""Recognises what a participant names in their own words: an answer, everything, their consent."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from consultation.catalogue import Opdracht
from language.folding import folded
from language.reading.dialect import standard


@lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    text = Path(__file__).with_name("woorden.yml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def mentions(text: str, what: str) -> bool:
    """Whether a text has a word, or words in a row, of a list: ``alles``, ``niets``, ``vorige``."""
    plain = f"{_spaced(text)} "
    return any(f"{_spaced(word)} " in plain for word in _words()[what])


def named_question(text: str, opdracht: Opdracht, current: str | None) -> str | None:
    """The key of the question whose answer a text names, or None where it names none or several.

    ``current`` is the key of the open question: "mijn vorige antwoord" is the question before it.
    """
    # Who has no idea names no proposal.
    plain = _spaced(text).replace(" geen idee", "")
    hits = {
        vraag.key
        for vraag in opdracht.vragen
        for word in (*_words()["vragen"].get(vraag.soort, ()), *_own_words(vraag.sleutel))
        if _spaced(word) in plain
    }
    if len(hits) == 1:
        return hits.pop()
    keys = [vraag.key for vraag in opdracht.vragen]
    place = _rank_in(folded(text))
    if not hits and place is not None and place < len(keys):
        return keys[place]
    if hits or not mentions(text, "vorige"):
        return None
    place = keys.index(current) if current in keys else len(keys)
    return keys[place - 1] if place > 0 else None


def _rank_in(plain: str) -> int | None:
    """The place of the answer that a text names; of two that of the one that it denies."""
    found = list(_RANK.finditer(plain))
    numbered = None if found else _NUMBERED.search(plain)
    if numbered is not None:
        return int(numbered["number"]) - 1
    denied = [each for each in found if _DENIED.match(plain, each.end())]
    first = next(iter(denied or found), None)
    return None if first is None else _RANKS[first["rank"]]


_DENIED = re.compile(
    r"(?: (?:vraag|antwoord|stuk|punt|puntje|ding))?(?: (?:klopt|is|staat|mag|moet|dan|wel|helemaal"
    r"|nog))? (?:niet|nie|ni|fout|verkeerd|anders|weg)\b"
)


def _spaced(text: str) -> str:
    """The words of a text, each after a space: "opleiding" does not begin as "leiding" does."""
    plain = "".join(sign if sign.isalnum() else " " for sign in text.casefold())
    return f" {' '.join(standard(plain.split(' ')))}"


_RANKS = {
    word: place
    for place, words in enumerate(
        (
            "eerste eersten irste first premiere premier ersten erste",
            "tweede tweeden second deuxieme seconde zweite zweiten",
            "derde derden third troisieme dritte dritten",
            "vierde vierden fourth quatrieme vierte vierten",
            "vijfde vijfden fifth cinquieme funfte funften",
        )
    )
    for word in words.split()
}
_RANK = re.compile(
    rf"\b(?:die|dat|het|de|den|t|bij|op|in|dien|dieje|mijn|mn|the|my|that|la|ma|meiner?|der|die) "
    rf"(?P<rank>{'|'.join(_RANKS)})"
    r"(?= (?:vraag|antwoord|stuk|punt|puntje|ding|question|answer|reponse|frage|antwort|van daarnet"
    r"|die ik|dat ik|waar ik|nog|toch|moogt?|mag|moet|klopt|staat"
    r"|stoat|hoort|wil|is|was|klinkt|lijkt|vind|niet|anders|van mij|iets|vergeten"
    r"|helemaal)\b|\W{0,3}$)"
)
"""An answer by its place: "die eerste", "the second answer"."""
_NUMBERED = re.compile(
    r"(?:\b(?:vraag|antwoord|punt|puntje|nummer|nr|question|answer|frage)\.? ?|\bbij )"
    r"(?P<number>[1-5])(?=[,:.!?]|$| (?:heb|had|was|ben|moet|mag|wil|zou|nog|ook|klopt|staat|vergat"
    r"|graag|toch|wat|is|dat|vergeten|iets)\b)"
)
"""An answer by its number: "bij 2 heb ik iets vergeten"."""


def kinds_of(text: str) -> list[str]:
    """The kinds of question that a text may answer by its words, likeliest first."""
    plain = folded(text)
    patterns = (("trekker", _WHO), ("drempel", _BARRIER), ("voorstel", _PROPOSAL))
    return [kind for kind, pattern in patterns if pattern.search(plain)]


def fitting_question(text: str, opdracht: Opdracht, current: str | None) -> str:
    """The key of the question that a text answers most likely, by what kind of text it is.

    Who does something, what holds people back, or what should change; in doubt a proposal. The
    urgency is never meant. ``current`` decides where the text may be of its kind.
    """
    kinds = kinds_of(text)
    by_kind = {vraag.soort: vraag.key for vraag in reversed(opdracht.vragen)}
    now = opdracht.question(current or "")
    if now is not None and now.soort in kinds:
        return now.key
    for kind in (*kinds, "voorstel"):
        if kind in by_kind:
            return by_kind[kind]
    return opdracht.vragen[0].key


_WHO = re.compile(
    r"\bwie\b.{0,14}:"
    r"|^\W{0,3}(?:(?:en|ook|samen|wel) ){0,2}met (?:de|het|den|een|mijn|alle|onze|iedereen)\b"
    r"|^\W{0,3}(?:(?:nee|ja|gewoon|toch|wel|liever|misschien|eerder|dan|maar),? ){0,3}(?:de|het|den"
    r"|onze) (?:vlaamse |federale |lokale )?(?:minister|overheid|gemeente\w?|stad|steden|provincie"
    r"|vdab|bond|vakbond\w*|werkgevers?|scholen|school|bib\w*|sector\w*|cvo|ocmw|regering|rva)\b(?=\W+\w)"
    r"(?!.*\b(?:moet|moeten|geef|geeft|is|zijn|kan|kunnen|heeft|hebben|doet|doen|wil|willen)\b)"
    r"|\b(trekker|leiding|(dat|dit|het) (moet|zou|kan) .{0,20}\b(doen|trekken|leiden|regelen)"
    r"|(moet|moeten|mag|mogen|kan|kunnen|zou|zouden|zal) (het|dat|dit|daar)\b"
    r".{0,30}\b(doen|trekken|leiden|regelen|organiseren|opnemen|coordineren|betalen|beslissen|bepalen"
    r"|aanpakken|oplossen)"
    r"|(dat|dit|het) (moet|moeten|is) (?:toch |wel |vooral |voor )?(de|het|onze) \w{3,20}"
    r" (?:beslissen|bepalen|aanpakken|oplossen)"
    r"|(samen|in samenwerking) met (de|het|een)"
    r"|(is|ligt|zit) (bij|aan) (de|het)"
    r" (gemeente|overheid|vdab|vakbond\w*|werkgever\w*|bedrijven))\b"
)
_BARRIER = re.compile(
    r"\b(te (?!\w{0,20}en\b)\w{2,20}"
    r"|geen (tijd|geld|vervoer|opvang|bus|plaats|zin|internet|computer|auto|diploma|aanbod)"
    r"|moeilijk|lastig|probleem|problemen|kan niet|kunnen niet|niet kunnen|durf|durven|bang|schrik"
    r"|schaam\w*|wachtlijst\w*|drempel\w*|tegenhoud\w*|tegenhield|belemmer\w*|geraak niet"
    r"|niet betalen|weet niet|weten niet|begrijp\w* niet|verstaan? niet)\b"
)
_PROPOSAL = re.compile(
    r"\b(moet|moeten|zou|zouden|geef|geven|laat|maak|zorg|voorzie|voorzien|investeer|verplicht|schaf"
    r"|betaal|organiseer|gratis|meer|minder|beter|betere|voorstel|idee|stel voor|recht op)\b"
)


def _own_words(key: str | None) -> tuple[str, ...]:
    """The words that name an extra question: its key."""
    return (key.replace("_", " "),) if key else ()
