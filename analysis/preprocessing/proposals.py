"""Whether a statement reads as a proposal, by its wording.

Not every answer to "what would you change" is a proposal: participants also describe ("Alleen de
fietsenstalling is donker."). The rules use wording only, so they need no trained pipeline.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from language.segmentation.clauses import opens_with_order

FEWEST_WORDS = 5

_LEAD = re.compile(
    r"^(?:[-*•–]\s*|\(?\d{1,2}[.)]\s*|(?:en|maar|dus|daarom|ook|concreet|kortom|voorstel)\b[:,]?\s+"
    r"|(?:ten\s)?\w+:\s+)*",
    re.IGNORECASE,
)
_PLEA = re.compile(
    r"""\b(?:moet(?:en)?|dien(?:t|en)|stel(?:len|t)?\s(?:.{0,30}\s)?voor|pleit(?:en)?\svoor|bepleit(?:en)?
    |vra(?:ag|agt|gen)\som|(?:ik|we|wij|ze|zij)\s(?:wil|willen|zou|zouden)|zou(?:den)?\s.{0,60}kunnen
    |laat\sons|(?:kan|kunnen|mag|mogen)\sbest|nood\saan|waarom\sniet|graag)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_WISHED_THING = re.compile(
    r"(?:een|één|eén|elke?|iedere?|meer|minder|extra|gratis|betere?|vaste?|geen"
    r"|(?:het\s)?recht\sop)\s",
    re.IGNORECASE,
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
_INFINITIVE = re.compile(r"(?<=\w\w\w)(?:en|aan|gaan|doen)$")


_ACTOR = re.compile(
    r"""\b(?:gemeente\w*|stad|steden|provincies?|overhe\w+|regering|minister\w*|departement\w*|vlaanderen
    |agentschap\w*|school|scholen|centra|centrum|lera(?:ar|ren)|leerkracht\w*|lesgevers?|hogescho\w+
    |universiteit\w*|werkgevers?|bedrij(?:f|ven)|werkgeversorganisaties?|vakbond\w*|sector\w*|bib
    |bibliothe\w+|vereniging\w*|mutualiteit\w*|ziekenfonds\w*|consulent\w*|coach\w*|begeleid\w+
    |[A-Z]{3,}(?:'s)?)\b""",
    re.VERBOSE,
)

_LEANS_BACK = re.compile(
    r"""^(?:\W*(?:en|maar|dus|want|of)\s+)?(?:
    (?:dat|die|dit|deze|daar\w*|zo|er|dan|hij|zij|ze|zo'n)\b
    |\S+\s(?:er|dat|die|ze|hem|hen)\b
    |\S+\shet\s(?:aan|af|bij|gewoon|in|met|mogelijk|naar|niet|om|ook|op|over|uit|voor|zo)\b)
    |\bom\s(?:dat|dit|die|er|ze|het)\s(?:\w+\s)?te\b""",
    re.IGNORECASE | re.VERBOSE,
)
_ANNOUNCES = re.compile(
    r"\b(?:het|de|dit)\svolgende\b|\b(?:deze|drie|vier|vijf|enkele|volgende)\s(?:voorstellen|punten)\b"
    r"|:[^\w:]*$",
    re.IGNORECASE,
)
_TWO_INFINITIVES = re.compile(r"\s(?:gaan|komen|laten|blijven)\s\w+en$", re.IGNORECASE)


@dataclass(frozen=True)
class SentenceMood:
    """How a text asks or states, mainly by its first clause.

    Attributes:
        order: the text begins with an imperative ("Geef elke ...").
        plea: the text has a word of duty or wish ("... moeten ...", "graag").
        states: the first clause has a finite verb.
        has_verb: any clause has a finite verb.
        wish: the text opens with a wished-for thing and no verb ("Een leercoach in elke wijk").
        infinitive: the first clause ends in an infinitive ("Cursussen gratis maken").
    """

    order: bool
    plea: bool
    states: bool
    has_verb: bool
    wish: bool
    infinitive: bool


def wording(text: str) -> SentenceMood:
    """The wording of a text; ignores bullets, numbers and words like "en" or "dus" at its start."""
    plain = _LEAD.sub("", " ".join(text.split()))
    clause = _CLAUSE.split(plain, maxsplit=1)[0].strip()
    # "Bij een collega in de les gaan zitten" states nothing: both its verbs are infinitives.
    states = bool(_FINITE.search(_TWO_INFINITIVES.sub("", clause)))
    return SentenceMood(
        order=opens_with_order(plain),
        plea=bool(_PLEA.search(plain)),
        states=states,
        has_verb=bool(_FINITE.search(plain)),
        wish=not states and bool(_WISHED_THING.match(plain)),
        infinitive=not states and not _ASIDE.match(plain) and bool(_INFINITIVE.search(clause)),
    )


def reads_as_proposal(text: str) -> bool:
    """Whether the wording asks for something, in at least ``FEWEST_WORDS`` words.

    That is an order ("Geef elke ..."), a plea ("... moeten ..."), a wish ("Een leercoach in elke
    wijk") or an infinitive ("Cursussen gratis maken"). A question counts only if it is a plea, and
    an announcement of proposals ("het volgende") never does.
    """
    plain = _LEAD.sub("", " ".join(text.split()))
    if len(plain.split()) < FEWEST_WORDS or _ANNOUNCES.search(plain):
        return False
    how = wording(plain)
    if how.plea:
        return True
    if plain.endswith("?"):
        return False
    return how.order or how.wish or how.infinitive


def leans_back(text: str) -> bool:
    """Whether a text needs the one before it: "Maak er dus een vaste werking van"."""
    return bool(_LEANS_BACK.search(text))


def names_actor(text: str) -> bool:
    """Whether a text names a possible actor: a public body, an organisation or a profession."""
    return bool(_ACTOR.search(text))
