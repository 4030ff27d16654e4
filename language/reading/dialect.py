"""Words of Flemish and Limburg dialect, as standard Dutch, for comparison only.

People type as they speak: ``moar``, ``neet``, ``vur min eign``. The words are those of function,
and a few that are said of oneself; what a text is about is left to the encoder. A word that is also
one of another language, or another word of Dutch, is read as dialect only beside a word that is
dialect for sure.
"""

from __future__ import annotations

from collections.abc import Sequence

_SURE = {
    "maar": "moar mor moa",
    "niet": "nie ni neet nit nieje nieet",
    "ja": "joa joat joak jaot",
    "nee": "neeje nint nink neje",
    "mijn": "myn mien mienen minne mienne munne menne",
    "zijn": "zyn",
    "is": "iss",
    "voor": "veur vur veu",
    "gewoon": "gewoen gewuun geweun gewoan gewon",
    "zonder": "zonger zonner zoender",
    "jaar": "joar jaor joor",
    "daar": "doar daor doa",
    "ga": "goa",
    "duurt": "doert deurt duutj",
    "vroeger": "vruger vruuger vroeher vreuger",
    "waar": "woar waor woa",
    "staat": "stoat steet stoit",
    "staan": "stoan",
    "gaan": "goan",
    "gaat": "goat geet",
    "naam": "noam noame noum naom",
    "mens": "mins miens minsch meins",
    "mensen": "minsen minschen mensn meinsen",
    "werken": "wirken werkn wirkn",
    "werk": "wirk wirke werke",
    "moet": "moeje moetj",
    "moeten": "motten moetn moen",
    "bij": "bie",
    "hier": "ier",
    "nu": "nuu noe",
    "ook": "oek ouk",
    "alleen": "alliene allien allene allenig allin allinnig",
    "eigen": "eign eige",
    "vraag": "vroag vroage vraog",
    "vragen": "vroagn vroagen",
    "antwoord": "antwoorde antwoard",
    "wil": "wille",
    "weet": "wete weit",
    "begrijp": "verstoa verstoan",
    "doet": "duut deit",
    "maak": "moak",
    "maken": "moakn moaken",
    "praten": "proaten proatn",
}
_BESIDE = {
    "maar": "ma mo mer mr mar",
    "als": "es as",
    "er": "der dr",
    "ik": "ich iek ikke kik ekik",
    "ben": "bin zen zin",
    "mijn": "min men mine",
    "voor": "vo vor vu",
    "iemand": "inne iemes eemand",
    "een": "e nen ne n",
    "hier": "hei",
    "moet": "mot",
    "dat": "da det",
    "hoe": "oe",
    "wie": "wien",
    "dan": "ton",
    "doen": "doene doon doenk",
}

SURE = {typed: plain for plain, many in _SURE.items() for typed in many.split()}
_IN_DIALECT = {typed: plain for plain, many in _BESIDE.items() for typed in many.split()}


def standard(words: Sequence[str]) -> list[str]:
    """The same words in lower case without accents, those of dialect as standard Dutch."""
    if not any(word in SURE for word in words):
        return list(words)
    return [SURE.get(word) or _IN_DIALECT.get(word, word) for word in words]
