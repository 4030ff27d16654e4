"""Whether a statement reads as a proposal that can be put on a theme as its action.

Not every answer to "what would you change" is one: people also describe ("Alleen de fietsenstalling
is donker."). By wording only, so that it works without a trained pipeline.
"""

from __future__ import annotations

import re

FEWEST_WORDS = 5

_LEAD = re.compile(
    r"^(?:[-*•–]\s*|\(?\d{1,2}[.)]\s*|(?:en|maar|dus|daarom|ook|concreet|kortom|voorstel)\b[:,]?\s+)*",
    re.IGNORECASE,
)
_ORDER = re.compile(
    r"""(?:beantwoord|bedenk|beding|begeleid|begin|behoud|bel|beloon|benoem|benut|bepaal|beperk
    |bereken|bescherm|beslis|bespreek|betaal|betrek|bevraag|bevries|bewaar|bezoek|bied|bouw|breid
    |breng|bundel|check|combineer|communiceer|creëer|deel|doe|draai|erken|evalueer|experimenteer
    |financier|ga|garandeer|gebruik|geef|gun|haal|hang|help|herbekijk|hervorm|herzie|hou|houd|huur
    |informeer|installeer|integreer|introduceer|investeer|ken|kies|kijk|koop|koppel|kort|laat
    |lanceer|leen|leer|leg|luister|maak|mail|meet|mik|motiveer|neem|nodig|noem|oefen|ondersteun
    |ontwerp|ontwikkel|open|organiseer|pas|plaats|plan|probeer|promoot|publiceer|regel|registreer
    |reken|reserveer|richt|rol|schaf|schakel|schenk|schep|schrap|schrijf|sensibiliseer|sluit
    |spreek|spreid|start|stel|stem|stimuleer|stop|stuur|subsidieer|test|toon|train|trek|verander
    |verbeter|verbied|verbind|verdeel|vereenvoudig|vergoed|verhoog|verkort|verlaag|verleng|vermijd
    |verminder|verplaats|verplicht|verruim|verspreid|versterk|vertaal|vertel|vervang|verwijs
    |verzamel|verzeker|voer|volg|voorzie|vraag|vul|waardeer|weeg|werf|werk|wijs|zet|zoek
    |zorg)\s(?!(?:na|dan|als)\b)""",
    re.IGNORECASE | re.VERBOSE,
)
_PLEA = re.compile(
    r"""\b(?:moet(?:en)?|dien(?:t|en)|stel(?:len|t)?\s(?:.{0,30}\s)?voor|pleit(?:en)?\svoor|bepleit(?:en)?
    |vra(?:ag|agt|gen)\som|(?:ik|we|wij|ze|zij)\s(?:wil|willen|zou|zouden)|zou(?:den)?\s.{0,60}kunnen
    |laat\sons|(?:kan|kunnen|mag|mogen)\sbest|nood\saan|waarom\sniet|graag)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_WISHED_THING = re.compile(
    r"(?:een|één|eén|elke?|iedere?|meer|minder|extra|gratis|betere?|vaste?|geen)\s", re.IGNORECASE
)
_FINITE = re.compile(
    r"""\b(?:ik|we|wij|ge|gij|je|jij|u|hij|zij|ze|men|is|zijn|ben|was|waren|heb|hebt|heeft|hebben|had
    |hadden|word|wordt|worden|werd|werden|kan|kunnen|kon|mag|mogen|wil|willen|zal|zullen|ga|gaat|gaan
    |ging|gingen|komt|komen|kwam|kwamen|krijgt|krijgen|kreeg|staat|staan|ligt|liggen|zit|zitten|begint
    |bestaat|bestaan|weet|weten|zegt|zeggen|zei|doet|deed|deden|duurt|duren|maakt|geeft|gaf|neemt|nam
    |blijft|bleef|heet|hangt|helpt|loopt|mist|moest|vindt|vond|vraagt|werkt|lijkt|kost|telt|ziet|zag|levert
    |brengt|houdt|zorgt|betekent|voelt|gebeurt|lukt|gelooft|durft
    |\w{3,}eert|\w{3,}eerde)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_CLAUSE = re.compile(r"[,:;(.!]|\s(?:die|dat|waar\w*|wie|en|of|zodat|om|als|want)\s")
_ASIDE = re.compile(
    r"(?:met|via|bij|bijvoorbeeld|bv\.?|na|voor|in|op|van|door|zoals|zonder|dan|daarna|toen)\s",
    re.IGNORECASE,
)
_INFINITIVE = re.compile(r"\w{3,}(?:en|aan|gaan|doen)$")


def reads_as_proposal(text: str) -> bool:
    """Whether the wording asks for something, in at least ``FEWEST_WORDS`` words.

    That is an order ("Geef elke ..."), a plea ("... moeten ..."), a thing that is wished for ("Een
    leercoach in elke wijk") or an infinitive ("Cursussen gratis maken").
    """
    plain = _LEAD.sub("", " ".join(text.split()))
    if len(plain.split()) < FEWEST_WORDS:
        return False
    if _PLEA.search(plain):
        return True
    if plain.endswith("?"):
        return False
    if _ORDER.match(plain):
        return True
    clause = _CLAUSE.split(plain, maxsplit=1)[0].strip()
    if _FINITE.search(clause):
        return False
    if _WISHED_THING.match(plain):
        return True
    return not _ASIDE.match(plain) and bool(_INFINITIVE.search(clause))
