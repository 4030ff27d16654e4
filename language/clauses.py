"""Orders ("Geef elke buurt een leerwinkel") and the clauses of a sentence that gives several.

"Maak de lessen gratis en geef ouders een toelage voor opvang" is two proposals, which may get two
answers: each clause becomes a statement. By rule, so that it is the same on every machine.
"""

from __future__ import annotations

import re

FEWEST_WORDS = 4
"""With fewer words on either side a sentence stays whole: "bel en vraag" is one thing to do."""

_ORDER_WORDS = """
    beantwoord bedenk beding begeleid begin behoud bel beloon benoem benut beoordeel bepaal
    beperk bereken bescherm beslis bespreek betaal betrek bevraag bevries bewaar bezoek bied
    bouw breid breng bundel check combineer communiceer controleer creëer deel doe draai erken
    evalueer experimenteer financier ga garandeer gebruik geef gun haal hang help herbekijk
    hervorm herzie hou houd huur informeer installeer integreer introduceer investeer ken kies
    kijk koop koppel kort laat lanceer leen leer leg luister maak mail meet mik motiveer neem
    nodig noem oefen ondersteun ontwerp ontwikkel open organiseer pas plaats plan probeer
    promoot publiceer regel registreer reken reserveer richt rol schaf schakel schenk schep
    schrap schrijf sensibiliseer sluit spreek spreid start stel stem steun stimuleer stop stuur
    subsidieer test toon train trek verander verbeter verbied verbind verdeel vereenvoudig
    vergoed verhoog verkort verlaag verleng vermijd verminder verplaats verplicht verruim
    verspreid versterk vertaal vertel vervang verwijs verzamel verzeker voeg voer volg voorzie
    vraag vul waardeer weeg werf werk wijs zeg zet zoek zorg
"""
_ORDER = re.compile(rf"(?:{'|'.join(_ORDER_WORDS.split())})\s(?!(?:na|dan|als)\b)", re.IGNORECASE)
_ALSO_NOUNS = frozenset(
    word
    for line in (
        "beding begin bel bouw check deel ga haal hang help huur ken kijk koop kort leen leer leg",
        "mail nodig open pas plaats plan regel reken richt rol start stel stem steun stop test",
        "toon train trek voer volg vraag vul weeg werk zet zorg",
    )
    for word in line.split()
)
_DETERMINER = re.compile(
    r"(?:de|het|een|één|elke?|alle|ieder(?:e|een)?|die|deze|dat|dit|onze|hun|meer|minder|geen|gratis"
    r"|daar|er|hen|ons|mensen|zelf|ook|wie|wat|per|in|op|aan|voor|met|naar|uit)\s",
    re.IGNORECASE,
)
_MODAL = re.compile(r"\b(?:moet(?:en)?|dien(?:t|en)|mag|mogen)\b", re.IGNORECASE)
_DUTY = re.compile(
    r"(?:de|het|een|elke?|alle|ieder(?:e|een)?|wie|we|wij|ze|zij|men|er|[A-Z][\w.-]+)\s(?:\S+\s){0,4}?"
    r"(?:moet(?:en)?|dien(?:t|en)|mag|mogen)\s\S+\s\S"
)
_LEANS_BACK = re.compile(
    r"\S+\s(?:(?:het|dat|er|hen|dit|daar|ze|hem|haar)\s|(?:die|deze)\s(?:met|in|op|aan|door|naar)\s)",
    re.IGNORECASE,
)
_JOINT = re.compile(r"\s*;\s+|\s*,\s+(?:(?:en|maar)\s+(?:ook\s+)?)?|\s+(?:en|maar)\s+(?:ook\s+)?")


def opens_with_order(text: str) -> bool:
    """Whether a text begins with an imperative that asks for something."""
    return bool(_ORDER.match(text))


def clause_spans(sentence: str) -> list[tuple[int, int]]:
    """The clauses of a sentence that makes several proposals as ``(start, end)``, else itself.

    It is cut where another order follows ("..., en geef ...") and where another subject gets a duty
    of its own ("... moet ..., en de gemeenten moeten ..."). The joint ("en", a comma) belongs to no
    clause.
    """
    cuts: list[tuple[int, int]] = []
    start = 0
    for joint in _JOINT.finditer(sentence):
        left, right = sentence[start : joint.start()], sentence[joint.end() :]
        if _depth(sentence[: joint.start()]) == 0 and _splits(left, right):
            cuts.append((start, joint.start()))
            start = joint.end()
    cuts.append((start, len(sentence)))
    return cuts


def _splits(left: str, right: str) -> bool:
    if len(left.split()) < FEWEST_WORDS or len(right.split()) < FEWEST_WORDS:
        return False
    if _opens_clause_with_order(right):
        return opens_with_order(left) or bool(_MODAL.search(left))
    # The right side ends where the next joint begins: its own duty must stand in it.
    return bool(_MODAL.search(left) and _DUTY.match(_JOINT.split(right, maxsplit=1)[0]))


def _opens_clause_with_order(text: str) -> bool:
    if not opens_with_order(text):
        return False
    # "... en zet dat online": what to put there stands in the clause before.
    if _LEANS_BACK.match(text):
        return False
    first, _, rest = text.partition(" ")
    return first.lower() not in _ALSO_NOUNS or bool(_DETERMINER.match(rest))


def _depth(text: str) -> int:
    """How many brackets and quotation marks are open: what is inside is not cut."""
    return (
        text.count("(") - text.count(")") + text.count("“") - text.count("”") + text.count('"') % 2
    )
