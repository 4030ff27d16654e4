"""Finds what a text changes in the answers that it is about.

A correction names words that stand in an answer, and what should stand there instead. So the words
of the text that also stand in an answer are looked up first; around those a few loose frames are
enough ("not X but Y", "Y instead of X", "X ... make it Y"), where patterns over the text alone
would have to be exact. The time is bounded: a text of at most ``READ`` characters is compared with
at most ``_MOST`` words of an answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from language.folding import folded

READ = 320
_MOST = 400
_MOST_WORDS = 40
_LONGEST_NEW = 9
_MOST_CHANGES = 3
_LONGEST_RUN, _MOST_PLACES = 8, 12


@dataclass(frozen=True)
class Change:
    """Words of an answer, as they stand there, and characters of the text for their place.

    ``sure``: the text says in so many words that one takes the place of the other.
    """

    key: str
    old: str
    new: tuple[int, int]
    sure: bool


@dataclass(frozen=True)
class _Word:
    start: int
    end: int
    plain: str


@dataclass(frozen=True)
class _Shared:
    """Words ``first`` to ``last`` of the text that stand at ``start`` to ``end`` of an answer."""

    first: int
    last: int
    key: str
    start: int
    end: int


_COUNTED_WORDS = (
    "twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien"
    " zeventien achttien negentien twintig"
)
_DIGITS = {word: str(number) for number, word in enumerate(_COUNTED_WORDS.split(), 2)} | {
    "dertig": "30"
}
_EMPTY_WORDS = """
a aan ach achter al alle alleen allemaal alles als altijd an and anders antwoord at aub beetje
ben bij by c ça d da daar daarvoor dan dat de den der des deze die dien diene dit do doe doen
door du dus echt een eerst eerste eigenlijk elk elke en enkel er eraan erbij eruit es est et
even for ga gaan ge geen gelijk gewoon gij gin goed had he heb hebben heeft heel het hier hij
hoe hun i ich iedereen iemand iets ik in is it ja je jij jullie k kan kunnen la laat le les
liever maak maar man mag me mee meer men mens mensen met mij mijn mis mo moe moet moeten mogen
mor my n na naar ne nee neen nen niet nie niks niets nog nu of off om omdat on onder ons onze
ook op opdracht over pas per s samen sorry t te ter the tis to toch tot tweede u uit uw van
vanaf veel verder via voor vooral voorstel vraag vroeger waar wacht want was wat we weer weg
wel welke wie wij wil willen with word worden wordt x ze zei zeg zelf zet zich zij zijn zo zou
zouden zoveel zyn zonder zijt moa mais but sondern j'ai j'avais c'est c'etait n'est i'm it's i've
"""
_EMPTY = frozenset(_EMPTY_WORDS.split())
_SIGN = re.compile(r"->|=>|→|[\w%€]+(?:['’.,\-]\w+)*|[,;.:!?]", re.UNICODE)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_PLACES = re.compile(
    r"\b(?:vraag|antwoord|punt|puntje|opdracht|onderwerp|thema|nummer|nr|question|answer|frage"
    r"|reponse|réponse)"
    r"\.?\s{0,2}\d{1,2}\b",
    re.IGNORECASE,
)
"""Numbers that say where something stands are no words of an answer."""

_OLD = r"(?P<old>OLD\d+)"
_BIT = r"[^ ,;.:!?]{1,40}"
_NEW = rf"(?P<new>(?:{_BIT} ){{0,{_LONGEST_NEW - 1}}}?{_BIT})"
_STOP = (
    r"(?= ?$| [,;.:!?]| (?:want|omdat|sorry|pardon|hoor|aub|graag|svp|denk|dus|zenne|ze|he|k"
    r"|en dat|dat|(?:het|dit) (?:trekt|doet|leidt|regelt|organiseert|opneemt)"
    r"|daar)\b)"
)
_NEG = r"(?:niet|nie|ni|neet|nit|geen|gin|gene|genen|gin|not|pas|nicht|keine?n?)"
_DET = (
    r"(?:(?:de|het|den|een|ne|nen|die|dat|om|op|in|uit|van|bij|over|d|t|le|la|les|l|un|une|the|der"
    r"|das|dem|ein|eine|einen|au|du|am|im) ){0,2}"
)
_FILL = (
    r"(?:(?:eigenlijk|dus|toch|maar|liever|beter|gewoon|wel|dan|nu|daar|er|het|t|dat|da|ervan|mor"
    r"|doa|moa|ma|it|de|we|ik|je|ge|moogt|mag|dao|ook|nog|eens|ok|,) ){0,5}"
)
_BUT = (
    r"(?:[,;.] )?(?:maar|mo|mor|moa|ma|mar|mer|wel|sondern|mais|but"
    r"|(?:het|t|dat|er) (?:zijn|waren|was|is)(?: er)?) (?:wel )?"
)
_INSTEAD = (
    r"(?:in (?:de )?(?:plaats|plek|plekke) van|i ?p ?v|instead of|rather than|au lieu de|statt"
    r"|anstatt)"
)
_BE = r"(?: (?:zijn|zyn|worden|staan|staon|wezen|heten|be))?"
_SETS = (
    r"(?:lees|leest|read|zet|noem|schrijf|maak|doe|pak|neem|make|put|call|noemt|maken|schrijft"
    r"|pakt|zeg)"
)
_CALLED = re.compile(rf"{_OLD} (?:heet|heette|heten) (?:nu |eigenlijk |wel )?(?P<new>{_BIT})")
_IS = (
    r"(?:tis|twas|tzijn|t'is|c'est|c'etait|it's|(?:het|t|dat|da|er|it|that|ce|es|das|je|ik) "
    r"(?:is|was|waren|zijn|moet|moe|moest|moesten|should|must|war|sind|etait|bedoelde?|bedoelt)"
    r"|(?:moet|moeten|moest|moesten|is|was|zijn|waren) (?:het|t|dat|da|er|dit))"
)
_I_WROTE = (
    r"(?:(?:ik|k|ekik|i|ich|je)(?: (?:had|heb|have|habe))?(?: (?:daarnet|net|eerst|daar|juist))? "
    r"(?:schreef|zei|zeg|zegde|typte|tikte|schrijf|wrote|typed|said|put|schrieb|sagte)"
    r"|(?:schreef|zei|typte|tikte|zegde) (?:ik|k|ekik)|kschreef|kzei"
    r"|j'(?:ai|avais) (?:ecrit|mis|dit))"
)
_I_HAVE = (
    r"(?:(?:ik|k|ekik|ich|en) (?:had|heb|he|e|en|k|em|habe|hatte)|(?:had|heb) (?:ik|k)|k?heb|khad"
    r"|khe)"
)
_WRITTEN = (
    r"(?:gezegd|gezeid|geschreven|getypt|getikt|gezet|ingevuld|genoteerd|written|geschrieben)"
)
_THOUGH = (
    rf"(?:[,;.] )?(?:maar|mo|mor|moa|ma|mar|mer|mais|but|aber|en) {_FILL}(?:{_IS} )?(?:er )?"
    rf"{_FILL}{_NEW}{_BE}{_STOP}"
)
_WRONG = (
    r"(?:klopt (?:niet|nie|ni)|(?:is|was) (?:fout|verkeerd|mis|onjuist|(?:niet|nie|ni) juist|wrong"
    r"|faux|falsch|zever|onzin|overdreven|te (?:bot|straf|vroeg|laat|veel|weinig|kort|lang)))"
)
_TURNS = r"bij nader inzien|toch|eigenlijk|nee\w{0,2}|wacht|oei|oeps|sorry|pardon"
_END_OF = r" ?$| [.;!]"
_IN_TEXT = (
    r"(?:[,;.] )?(?:in|bij|op) (?:wat|mijn|m n|de|die|dat|het|den|vraag|hetgeen|my|the|mon|ma"
    r"|meiner?)\b"
)
_SURE = tuple(
    re.compile(rf"{pattern}")
    for pattern in (
        rf"\b(?:moet|moest|moe|mag) {_DET}{_OLD} (?:eigenlijk |toch |dan )?{_NEW} "
        rf"(?:zijn|zyn|worden|staan){_STOP}",
        rf"{_OLD} (?:{_BIT} )?(?:in|bij|van) (?:het|mijn|m n|de|die|dat) {_BIT} (?:moet|moest|moe"
        rf"|mag)"
        rf" {_FILL}{_NEW}{_BE}{_STOP}",
        rf"\b(?:hoort|hoorde|dient|diende) {_FILL}{_NEW} te (?:staan|zijn|komen) "
        rf"{_INSTEAD} {_DET}{_OLD}\b",
        rf"\b{_NEG} {_DET}{_OLD} (?:, )?{_NEW} (?:is|was|past|klinkt|ware) beter\b",
        rf"\b{_NEG} {_DET}{_OLD} (?:, )(?:maar )?(?:het|t|dat|da) (?:moet|moest|moe|is|was) "
        rf"{_NEW}{_BE}{_STOP}",
        rf"{_OLD} (?:moet|moest|moe) {_FILL}{_NEW} (?:zijn|zyn|worden|staan) {_IN_TEXT}",
        rf"\b(?:{_TURNS}) (?:{_BIT} |, ){{0,3}}?(?:liever|eerder|beter|rather) {_NEW} (?:dan|than"
        rf"|als) "
        rf"{_DET}{_OLD}{_STOP}",
        rf"{_OLD} , (?:of )?(?:nee\w{{0,2}}|wacht|sorry|pardon|no|non|nein) (?:, )?{_FILL}{_NEW}"
        rf"(?= (?:is|past|was) beter|{_END_OF})",
        rf"{_OLD} (?:te )?(?:veranderen|vervangen|wijzigen|wisselen|ruilen|omzetten) "
        rf"(?:door|in|naar|voor|met|to) {_NEW}{_STOP}",
        rf"\bmet {_DET}{_OLD} bedoel(?:de|den)? (?:ik|k|we) {_FILL}{_NEW}{_STOP}",
        rf"\b(?:in|bij) (?:mijn|m n|het|de|die|dat) {_BIT} (?:{_BIT} )?(?:moet"
        rf"|moest) {_DET}{_OLD} {_NEW} "
        rf"(?:zijn|worden|staan){_STOP}",
        rf"{_OLD} {_WRONG} (?:[,;.] )?(?:ik|we) (?:wil|willen|wou|bedoel\w{{0,2}}) "
        rf"{_FILL}{_NEW}{_STOP}",
        rf"{_OLD} {_WRONG} (?:het|t|dat|da|it|das|ce) (?:is|was|moet|moest"
        rf"|should) {_FILL}{_NEW}{_BE}{_STOP}",
        rf"{_OLD} (?:(?:te|dient te|moet|moogt u|mag u) ){{0,2}}(?:lezen|worden gelezen"
        rf"|gelezen worden) "
        rf"als {_NEW}{_STOP}",
        rf"\b{_I_WROTE} {_FILL}{_DET}{_OLD}(?: {_BIT}){{0,2}}? {_THOUGH}",
        rf"\b{_I_HAVE} {_FILL}{_DET}{_OLD}(?: {_BIT}){{0,2}}? {_WRITTEN} {_THOUGH}",
        rf"{_OLD} (?:{_BIT} ){{0,2}}?{_WRONG} (?:[,;.] )(?:maar )?{_IS} {_FILL}{_NEW}{_BE}{_STOP}",
        rf"\b(?:should|must) (?:be|read|say) {_NEW} (?:, )?(?:and )?(?:not|instead of) {_DET}"
        rf"{_OLD}",
        rf"\b{_NEG} {_DET}{_OLD} (?:he|hoor|sorry|nee) , {_NEW}{_STOP}",
        rf"\b{_NEG} {_DET}{_OLD} (?:{_BIT} ){{0,2}}?{_BUT}{_NEW}{_STOP}",
        rf"{_OLD} \? (?:nee\w{{0,2}}|no|non|nein|bah nee) (?:, )?{_FILL}"
        rf"(?:(?:ging over|was|waren|is|bedoelde?)(?: ik)? )?{_FILL}{_NEW}{_STOP}",
        rf"\b{_NEG} {_DET}{_OLD} , (?!(?:dat|dit|dan|want|ik|k|we|er|anders|sorry|alleen|zo|het)\b)"
        rf"{_NEW}{_STOP}",
        rf"\b{_INSTEAD} {_DET}{_OLD} (?:, )?{_FILL}(?:(?:bedoelde?|schrijf|zet|moet|moest|wil"
        rf"|wou|had"
        rf"|komt?|zeg|is|wordt) {_FILL})?{_NEW}{_BE}{_STOP}",
        rf"\b(?:moet|moest|moe|{_SETS}|wordt|liever|bedoelde?|zei|is|was|waren"
        rf"|waart) {_FILL}{_NEW}{_BE}(?: van)? "
        rf"{_INSTEAD} {_DET}{_OLD}\b",
        rf"\b(?:maak|maakt|maken|make|doe|doet|van) "
        rf"(?:{_BIT} ){{0,3}}?van {_DET}{_OLD} {_FILL}{_NEW}(?: van)?"
        rf"(?: maken)?{_STOP}",
        rf"\bvan {_DET}{_OLD} {_FILL}{_NEW}(?: van)? maken\b",
        rf"\b(?:vervang\w{{0,2}}|verander\w{{0,2}}|wijzig\w{{0,2}}|replace|change|remplac\w{{1,3}}"
        rf"|ersetzen?)\b"
        rf" (?:{_BIT} ){{0,3}}?{_OLD} (?:{_BIT} ){{0,3}}?(?:door|in|naar|to|by|with|par|durch)"
        rf" {_NEW}{_STOP}",
        rf"{_OLD} (?:->|=>|→) {_NEW}{_STOP}",
        rf"{_OLD} (?:{_BIT} |[,;.] ){{0,14}}?[,;.] (?:(?:en|dus|nee|dan) )?{_SETS} {_FILL}{_NEW}"
        rf"(?: van)?{_STOP}",
        rf"\b(?:wacht|sorry|oei|oeps|pardon|fout|nee|die|dat|typfout|verkeerd)\b (?:{_BIT} "
        rf"|, ){{0,4}}?"
        rf"{_OLD} (?:moet|moest|moe) {_FILL}(?:zijn )?{_NEW}{_BE}{_STOP}",
        rf"{_OLD} (?:moet|moest|moe) {_FILL}(?:zijn )?{_NEW}{_BE} ?[,;.] (?:{_BIT} ){{0,3}}?"
        r"(?:sorry|pardon|foutje|vergist|verkeerd|verwisseld|typfout)\b",
        rf"(?:^|[,;.:] )(?:(?:het|dat|er|de|die|t|bij) )?{_NEW} ?, (?:(?:en"
        rf"|dus) )?{_NEG} {_DET}{_OLD}"
        rf"{_STOP}",
        rf"\b(?:is|was|waren|waart|zijn|bedoelde?|moet|moest|zei) {_FILL}{_NEW} (?:, )?"
        rf"(?:(?:en|maar|dus) )?{_NEG} {_DET}{_OLD}{_STOP}",
        rf"{_OLD} (?:{_BIT} ){{0,3}}?(?:vervangen|veranderd|gewijzigd)(?: te worden| worden)?"
        rf" (?:door|in|naar) {_NEW}{_STOP}",
    )
)
_INSTEAD_OF = re.compile(rf"{_NEW} {_INSTEAD} {_DET}{_OLD}\b")
_LIKELY = (
    re.compile(rf"{_OLD} (?:moet|moest|moe|mag|wordt) {_FILL}(?:zijn )?{_NEW}{_BE}{_STOP}"),
    _INSTEAD_OF,
)
_NUMBERS_TURN = re.compile(
    rf"\b(?:{_NEG}|te|was|waren|waart|intussen|nu|maak|zet|moet|moest|eerder|wordt|eigenlijk"
    rf"|correctie"
    r"|fout|tis|is)\b"
)


def changes_in(text: str, answers: Mapping[str, str]) -> tuple[Change, ...]:
    """The changes that a text asks for in the answers, in its order; at most three.

    Either all of them are sure, or there is one that is not.
    """
    words = _words(_PLACES.sub(lambda found: " " * len(found.group()), text))
    if len(text) > READ or not words or len(words) > _MOST_WORDS * 2:
        return ()
    shared = _shared(words, answers)
    if not shared:
        return ()
    line, spans = _marked(words, shared)
    sure: dict[str, tuple[Change, int, int]] = {}
    for pattern in (*_SURE, _CALLED):
        for found in pattern.finditer(line):
            start, end = found.span("new")
            apart = all(end <= first or start >= last for _, first, last in sure.values())
            if found["old"] in sure or not apart:
                continue
            change = _change(text, words, answers, shared, spans, found, True)
            if change is not None:
                sure[found["old"]] = change, start, end
    if sure:
        ordered = sorted((each for each, _, _ in sure.values()), key=lambda each: each.new)
        return tuple(ordered[:_MOST_CHANGES])
    by_number = _number(words, answers, shared, line)
    if by_number is not None:
        return (by_number,)
    for pattern in _LIKELY:
        for found in pattern.finditer(line):
            change = _change(text, words, answers, shared, spans, found, False)
            if change is not None and (change.sure or pattern is _INSTEAD_OF):
                return (change,)
    return ()


def rewords(text: str, change: Change, answer: str) -> bool:
    """Whether new words repeat others of the answer, so that putting them in would garble it."""
    rest = answer.replace(change.old, " ", 1)
    theirs = {each.plain for each in _words(rest) if _tells(each.plain)}
    new = _words(text[change.new[0] : change.new[1]])
    return any(each.plain in theirs for each in new if not _NUMBER.fullmatch(each.plain))


def speaks_of(text: str, answers: Mapping[str, str]) -> str | None:
    """The key of the answer that a text shares the most telling words with, or None."""
    weights: dict[str, int] = {}
    for each in _shared(_words(text[:READ]), answers):
        plain = answers[each.key][each.start : each.end]
        weights[each.key] = weights.get(each.key, 0) + len(plain)
    if not weights:
        weights = _inside(text, answers)
    best = sorted(weights, key=lambda key: -weights[key])
    if not best or (len(best) > 1 and weights[best[0]] == weights[best[1]]):
        return None
    return best[0]


def part_with(text: str, answer: str) -> str | None:
    """The part of an answer, a clause or an item of a list, that holds words of a text; or None.

    A name alone, with the small words before it, where the text shares nothing else with the
    answer. None too where it is the whole answer.
    """
    name = _name_in(text, answer)
    if name is not None:
        return name
    tokens = {each.plain for each in _words(text[:READ]) if _tells(each.plain)}
    best: tuple[int, str] | None = None
    for start, end in _clauses(answer):
        clause = answer[start:end]
        hits = sum(len(each.plain) for each in _words(clause) if _meets(each.plain, tokens))
        if hits and (best is None or hits > best[0]):
            ends = answer[end : end + 1] in ".!?;," and (
                start == 0 or answer[:start].rstrip()[-1:] in ".!?"
            )
            best = hits, answer[start : end + 1] if ends else clause
    if best is None or best[1].strip(" .,;!") == answer.strip(" .,;!"):
        return None
    return best[1]


@dataclass(frozen=True)
class Dropped:
    """The answer that words should go from, and those words as they stand there, if clear.

    ``told``: the text shows that it is about what was written, and not about the subject.
    ``clean``: a whole sentence goes, or a part between commas or at the end, so that the rest reads
    on without it.
    """

    key: str
    words: str | None
    told: bool
    clean: bool = False


def dropped_in(text: str, answers: Mapping[str, str]) -> Dropped | None:
    """What a text asks to take out of an answer; None where it asks no such thing.

    The words that go may stand in the sentence before: "Een apotheker heeft zwijgplicht. Die moet u
    schrappen, alleen de kapster mag blijven."
    """
    sentences = [each for each in _ENDS.split(text[:READ]) if each.strip()]
    at = next((n for n, each in enumerate(sentences) if _TAKES_OUT.search(_flat(each))), None)
    if at is None:
        return None
    plain = _flat(text[:READ])
    told = bool(_OF_WORDS.search(plain) or _TURNS_BACK.match(plain))
    for quoted in (*_QUOTED.findall(text[:READ]), *_QUOTED_STRAIGHT.findall(text[:READ])):
        holding = [key for key in answers if _find(answers[key], quoted) is not None]
        if holding:
            return Dropped(holding[0], _find(answers[holding[0]], quoted), True, clean=True)
    single = _single_word(plain, answers, told)
    if single is not None:
        return single
    for meant in (sentences[at], " ".join(sentences[: at + 1])):
        gone = " ".join(each for each in _CLAUSE.split(meant) if not _STAYS.search(_flat(each)))
        key = speaks_of(gone, answers)
        if key is not None:
            found = None if _PUTS_INSTEAD.search(plain) else part_with(gone, answers[key])
            if found is None:
                return Dropped(key, None, told)
            words = _with_joint(answers[key], _whole_period(answers[key], found))
            return Dropped(key, words, told, _cut_clean(answers[key], words))
    return None


_PUTS_INSTEAD = re.compile(
    r"\b(?:zet|schrijf|noem|maak|noteer|neem|put|write)\b(?! (?:\w+ ){0,3}(?:uit|weg|er ?uit|eraf))"
    r"|\bin (?:de )?plaats\b|\binstead\b"
)
"""What should come in the place of words is more than that they go."""


def _whole_period(answer: str, words: str) -> str:
    """A subordinate clause that begins a sentence, with the main clause that hangs on it."""
    start = answer.find(words)
    begins = answer[:start].rstrip()[-1:] in ("", ".", "!", "?")
    if start < 0 or not begins or not _SUBORDINATE.match(words):
        return words
    end = _ENDS.search(answer, start + len(words))
    whole = answer[start : end.start() if end else len(answer)]
    return words if whole.strip() == answer.strip() else whole


_SUBORDINATE = re.compile(
    r"(?:als|wanneer|omdat|doordat|terwijl|hoewel|zodra|toen|indien|if|when|si|wenn)\b",
    re.IGNORECASE,
)


def _cut_clean(answer: str, words: str) -> bool:
    start = answer.rfind(words)
    before, after = answer[:start].rstrip(), answer[start + len(words) :].lstrip()
    if words.rstrip()[-1:] in ".!?":
        return before[-1:] in ("", ".", "!", "?")
    begins = before[-1:] in ("", ".", "!", "?")
    return not begins and after[:1] in ("", ",", ".", ";", "!", "?")


def _single_word(plain: str, answers: Mapping[str, str], told: bool) -> Dropped | None:
    """A word that is named as one, where it stands once in an answer."""
    if _OUT_OF_OTHER.search(plain):
        return None
    named = [*_SINGLE.findall(plain), *(("dat", word) for word in _WORD_GOES.findall(plain))]
    for pointed, word in named:
        for key, answer in answers.items():
            stands = [each for each in _words(answer) if each.plain == word]
            if len(stands) == 1:
                start = stands[0].start - (answer[stands[0].start - 1 : stands[0].start] == " ")
                back = told or bool(pointed)
                return Dropped(key, answer[start : stands[0].end], told=back, clean=back)
    return None


_SINGLE = re.compile(
    r"\b(?:(dat|dit|die|da|dees|that|this|ce) )?(?:scheld|vloek)?(?:woord|woordje|woordeke|term"
    r"|word|mot|wort) (?!(?:er|is|mag|moet|moogt|toch|maar|daar|van|dat|uit|weg)\b)(\w{3,40})"
)
"""A single word that is named as one: "haal dat woord profiteurs eruit"."""
_WORD_GOES = re.compile(
    r"\b(?:bij|in|uit) (?:die|dat|mijn|het|de|dieje) \w{3,20} (?:mag|moet|moogt|mogen) (?!dat "
    r"|die |het )"
    r"(\w{4,30})(?: (?:er|ook|maar|toch|dan|wel)){0,3} (?:weg|uit|eruit)\b"
)
"""A word that goes from words that are named: "bij die vouchers mag debiele ook weg"."""
_OUT_OF_OTHER = re.compile(
    r"\b(?:uit|in|van|op|bij) (?:de|het|een|alle|al de|onze|hun|elke) (?!(?:\w{1,9} )?"
    r"(?:antwoord|tekst|verslag|zin|voorstel|drempel|lijst|rapport|plan)\w{0,3}\b)\w"
)
"""Words that should go from something else than what was said: "uit de brochures"."""


def _with_joint(answer: str, words: str) -> str:
    """Words of an answer with the space, and the comma, that joined them to what stands before."""
    start = answer.rfind(words)
    end = start + len(words)
    before = answer[:start].rstrip()
    if start <= 0 or answer[end : end + 1] not in ("", ",", ".", ";", "!", "?"):
        return words
    start = len(before) - (before.endswith((",", ";")))
    return answer[start:end]


_ENDS = re.compile(r"(?<=[.!?])\s+|\n+")
_CLAUSE = re.compile(r"[,;]\s*")
_QUOTED = re.compile(r"[\"“”«‘]\s?([^\"“”«»‘’]{3,120}?)[.,]?\s?[\"“”»’]")
_QUOTED_STRAIGHT = re.compile(r"(?:^|(?<=\s))'([^'\n]{3,120})'(?=[\s,.]|$)")
_TAKES_OUT = re.compile(
    r"\b(?:schrap\w{0,3}|verwijder\w{0,2}|weglaten|weghalen|wegdoen|weggelaten|eruit|eraf|uithalen"
    r"|(?:laat|haal|doe|neem|hou|houd|smijt|gooi|knip|pak)\b(?: \S+){1,7}? (?:uit|weg|vallen"
    r"|achterwege)"
    r"|(?:mag|moet|moe|moogt?|mogen)(?: \S+){0,7}? (?:uit|weg)"
    r"|(?:take|leave|cut|strike|keep) (?:it|that|this|them) (?:out|away)|take out (?:the|that|my)"
    r"|(?:remove|delete|drop) (?:it|that|this|the|my)"
    r"|(?:enleve|supprime|retire)[rz]?|(?:streich|losch)\w{0,3}|weglassen"
    r"|(?:trek|neem) (?:ik )?(?:\S+ ){0,4}?(?:in|terug)|intrekken|terugnemen"
    r"|(?:kan|mag|moet|kunnen|mogen) (?:dat|die|da|dit|het)\b(?: \S+){0,6}? (?:weg|uit|eruit))\b"
)
_OF_WORDS = re.compile(
    r"\b(?:(?:dat|die|da|dieje|stuk\w{0,3}|zin\w{0,6}) (?:\w{3,20} )?(?:van|over)"
    r"|(?:wat|hetgeen|wa) (?:ik|k|ekik) (?:\w{2,12} ){0,3}(?:zei|zegde|schreef|typte|vertelde)"
    r" (?:\w{2,12} )?(?:over|van)|part (?:about|on|with)"
    r"|stuk(?:je|ske|jes)|zin(?:netje|neke)?|passage|deeltje|gedeelte|(?:laatste|eerste"
    r"|tweede|derde) (?:woord|stuk|deel|zin|antwoord)"
    r"|(?:uit|in|van) (?:het|dat|mijn|m n|uw|je|jullie|the|my|mon|meiner?) (?:\w{1,9} )?(?:verslag"
    r"|antwoord|tekst|plan|rapport|report|answer|reponse|antwort|lijst)"
    r"|(?:de|het|al de) rest (?:mag|kan|moet|blijft|is)|mag (?:wel )?blijven"
    r"|(?:te )?(?:persoonlijk|prive|private|personnel"
    r"|privat|herkenbaar|bot|straf))\b"
)
_TURNS_BACK = re.compile(
    r"(?:(?:ja|nee+n?|maar|mm+|hm+|euh|oh?|ah|e|en|goh|zeg|amai|allez|ok|bon|so|no)[ ,.]+){0,3}"
    r"(?:wacht|sorry|pardon|oei|oeps|lap|mm+|hm+|toch|bij nader inzien|entschuldigung|desolee?"
    r"|attend\w{0,2}|wait|scusi|nu ik|als ik dat|achteraf|eigenlijk)\b"
)
"""Words by which somebody comes back to what was written."""
_STAYS = re.compile(r"\b(?:(?:de|het) rest|mag blijven|blijft|behouden|(?:is|was) goed|klopt)\b")


def _flat(text: str) -> str:
    return " ".join(folded(text).replace("'", " ").split())


def turns_back(text: str) -> bool:
    """Whether a text begins as one that comes back to what was written before: "wacht, ..."."""
    return _TURNS_BACK.match(_flat(text[:READ])) is not None


def _find(answer: str, words: str) -> str | None:
    """Words as they stand in an answer, with the sign before them; None where they do not."""
    start = answer.casefold().find(words.strip(" .,;").casefold())
    if start < 0:
        return None
    end = start + len(words.strip(" .,;"))
    before = answer[:start].rstrip()
    start = len(before) - 1 if before.endswith((",", ";")) else start
    return answer[start:end]


_SMALL = re.compile(
    r"(?:,\s{0,3})?(?:\b(?:bij|van|in|op|aan|uit|naar|met|door|voor|zoals|en|of|samen|de|het|den"
    r"|firma|bedrijf)"
    r"\s{1,3}){0,3}$",
    re.IGNORECASE,
)


def _name_in(text: str, answer: str) -> str | None:
    runs = _shared(_words(text[:READ]), {"": answer})
    if len(runs) != 1 or not answer[runs[0].start].isupper() or " " in _slice(answer, runs[0]):
        return None
    before = answer[: runs[0].start]
    if not before.strip() or before.rstrip()[-1:] in ".!?:":
        # Any word begins with a capital there.
        return None
    small = _SMALL.search(before)
    return answer[small.start() if small else runs[0].start : runs[0].end].lstrip()


def _slice(answer: str, run: _Shared) -> str:
    return answer[run.start : run.end]


def _words(text: str) -> list[_Word]:
    return [_Word(each.start(), each.end(), _plain(each.group())) for each in _SIGN.finditer(text)]


def _plain(word: str) -> str:
    plain = folded(word).strip("'’")
    return _DIGITS.get(plain, plain)


def _tells(plain: str) -> bool:
    if _NUMBER.fullmatch(plain):
        return True
    return len(plain) > 2 and plain not in _EMPTY and plain[0].isalnum()


_JOINING_WORDS = "maar mo moa mor mar mer ma mais but aber sondern en et and und"
_JOINING = frozenset(_JOINING_WORDS.split())


def _shared(words: list[_Word], answers: Mapping[str, str]) -> list[_Shared]:
    """The longest runs of words of the text that stand in an answer, left to right, apart."""
    runs: list[_Shared] = []
    for key, answer in answers.items():
        theirs = _words(answer)[:_MOST]
        at: dict[str, list[int]] = {}
        for place, word in enumerate(theirs):
            at.setdefault(word.plain, []).append(place)
        for first in range(len(words)):
            if not words[first].plain[:1].isalnum():
                continue
            for place in at.get(words[first].plain, ())[:_MOST_PLACES]:
                length = 0
                while (
                    length < _LONGEST_RUN
                    and first + length < len(words)
                    and place + length < len(theirs)
                    and words[first + length].plain == theirs[place + length].plain
                ):
                    length += 1
                last, end = first + length - 1, place + length - 1
                # Signs and joining words at the ends are no part of it.
                while last > first and (
                    not words[last].plain[0].isalnum() or words[last].plain in _JOINING
                ):
                    last, end = last - 1, end - 1
                if any(_tells(each.plain) for each in words[first : last + 1]):
                    runs.append(_Shared(first, last, key, theirs[place].start, theirs[end].end))
    runs.sort(key=lambda run: (run.first - run.last, run.first))
    chosen: list[_Shared] = []
    for run in runs:
        if all(run.last < each.first or run.first > each.last for each in chosen):
            chosen.append(run)
    return sorted(chosen, key=lambda run: run.first)


def _marked(
    words: list[_Word], shared: list[_Shared]
) -> tuple[str, list[tuple[int, int, int, int]]]:
    """The text as plain words with the shared runs as ``OLD0``, and where its words stand in it.

    A row per word of the line: start and end in the line, first and last word of the text.
    """
    begins = {run.first: (place, run) for place, run in enumerate(shared)}
    line, spans, place = "", [], 0
    while place < len(words):
        number, run = begins.get(place, (0, None))
        last = run.last if run else place
        word = f"OLD{number}" if run else words[place].plain or "-"
        spans.append((len(line), len(line) + len(word), place, last))
        line += f"{word} "
        place = last + 1
    return line.rstrip(), spans


def _change(
    text: str,
    words: list[_Word],
    answers: Mapping[str, str],
    shared: list[_Shared],
    spans: list[tuple[int, int, int, int]],
    found: re.Match[str],
    sure: bool,
) -> Change | None:
    run = shared[int(found.group("old")[3:])]
    inside = [row for row in spans if row[0] >= found.start("new") and row[1] <= found.end("new")]
    if not inside:
        return None
    first, last = inside[0][2], inside[-1][3]
    first, last, start, end = _fitted(words, answers[run.key], run, first, last)
    last = _without_what_follows(words, answers[run.key], first, last, end)
    old, new = answers[run.key][start:end], (words[first].start, words[last].end)
    said = text[new[0] : new[1]]
    if found.re is _CALLED and not said[:1].isupper():
        return None
    if not old or folded(old) == folded(said) or last - first >= _LONGEST_NEW:
        return None
    fresh = [word.plain for word in words[first : last + 1]]
    if _NEGATION.search(" ".join(fresh)):
        # "Niet de bus maar de trein rijdt niet" says something else.
        return None
    if not any(_tells(each) or each in _NEW_THOUGH_COMMON for each in fresh):
        return None
    if all(each in _OF_MENDING for each in fresh if _tells(each)):
        # "Zet dat eens juist" tells how it should become, and not what.
        return None
    both = _NUMBER.fullmatch(_plain(old)) and _NUMBER.fullmatch(_plain(said))
    return Change(run.key, old, new, sure or bool(both))


def _without_what_follows(words: list[_Word], answer: str, first: int, last: int, end: int) -> int:
    """The last new word, before those that stand in the answer already: "elke week betalen"."""
    after = [each.plain for each in _words(answer[end : end + _LEAST_ROOM])]
    for length in range(min(len(after), last - first), 0, -1):
        if [each.plain for each in words[last - length + 1 : last + 1]] == after[:length]:
            return last - length
    return last


_LEAST_ROOM = 120
_NEGATION = re.compile(rf"\b{_NEG}\b")
_NEW_THOUGH_COMMON = frozenset({"iedereen", "iemand", "mensen", "alle", "alles"})
_OF_MENDING = frozenset(
    {
        "juist",
        "goed",
        "beter",
        "correct",
        "recht",
        "anders",
        "terug",
        "duidelijker",
        "korter",
        "fout",
    }
    | {"drempel", "trekker", "antwoord", "tegenhoudt", "dringendheid"}
    | {"langer", "erbij", "eruit", "apart", "samen", "bovenaan", "onderaan", "klaar", "opnieuw"}
)
_NEGATIVE = frozenset(("niet", "nie", "ni", "geen", "gin", "not", "pas", "nicht"))
_DETERMINER_WORDS = "de het een den ne nen die dat the a le la les der das"
_DETERMINERS = frozenset(_DETERMINER_WORDS.split())
_SAYING_WORDS = """
tis twas kwas das ik k bedoelde bedoel zei eigenlijk is was waren moest moet moe dus nee neen
be read
"""
_LEADING = frozenset(("toch", "liever", "beter", "maar", "gewoon", "dan", "wel", "zou"))
_SAYING = frozenset(_SAYING_WORDS.split())


def _fitted(
    words: list[_Word], answer: str, run: _Shared, first: int, last: int
) -> tuple[int, int, int, int]:
    """Narrows both sides to what stands for one another: a number for a number, and so on."""
    start, end = run.start, run.end
    for place in range(last - 1, first - 1, -1):
        # "Nee, het is half zeven": what is said stands after the verb.
        if words[place].plain in _SAYING:
            first = place + 1
            break
    while first < last and words[first].plain in (_SAYING | _LEADING):
        first += 1
    fresh = [place for place in range(first, last + 1) if _NUMBER.fullmatch(words[place].plain)]
    theirs = [each for each in _words(answer[start:end]) if _NUMBER.fullmatch(each.plain)]
    if len(fresh) == 1 and len(theirs) == 1:
        new_unit = words[fresh[0] + 1].plain if fresh[0] < last else ""
        old_unit = _words(answer[start + theirs[0].end :][:40])
        same = bool(old_unit) and new_unit == old_unit[0].plain
        if same or not new_unit or last == fresh[0] or len(_words(answer[start:end])) == 1:
            ahead = [words[place].plain for place in range(first, fresh[0])]
            theirs_ahead = _words(answer[start : start + theirs[0].start])
            whole = all(each in _EMPTY for each in ahead) or ahead == [
                each.plain for each in theirs_ahead
            ]
            begin = fresh[0] if whole else first
            return begin, fresh[0], start + theirs[0].start, start + theirs[0].end
    head = _plain(answer[start:end].split()[0]) if answer[start:end].split() else ""
    before = words[run.first - 1].plain if run.first else ""
    for place in range(last, first, -1):
        # "De chauffeur komt uit Roemenië, niet uit Polen": both begin after "uit".
        if words[place].plain == head:
            return place, last, start, end
        if words[place].plain == before and before not in _NEGATIVE and place < last:
            return place + 1, last, start, end
    if head in _DETERMINERS and first and words[first - 1].plain in _DETERMINERS:
        first -= 1
    stands = _words(answer[max(0, start - _LEAST_ROOM) : start])
    if first < last and words[first].plain in _DETERMINERS and stands:
        # "een kassierster": the answer brings its own article.
        first += stands[-1].plain in _DETERMINERS and head not in _DETERMINERS
    return first, last, start, end


def _number(
    words: list[_Word],
    answers: Mapping[str, str],
    shared: list[_Shared],
    line: str,
) -> Change | None:
    """A number of an answer, and the only other number of the text: "14 was last year, now 16"."""
    olds = [
        (run, each)
        for run in shared
        for each in _words(answers[run.key][run.start : run.end])
        if _NUMBER.fullmatch(each.plain)
    ]
    taken = {place for run in shared for place in range(run.first, run.last + 1)}
    fresh = [
        place
        for place, word in enumerate(words)
        if place not in taken and _NUMBER.fullmatch(word.plain)
    ]
    if len(olds) != 1 or len(fresh) != 1 or not _NUMBERS_TURN.search(line):
        return None
    run, number = olds[0]
    old = answers[run.key][run.start + number.start : run.start + number.end]
    word = words[fresh[0]]
    return Change(run.key, old, (word.start, word.end), True)


def _inside(text: str, answers: Mapping[str, str]) -> dict[str, int]:
    """As the weights of shared words, by words that are part of a longer one: a compound."""
    tokens = {each.plain for each in _words(text[:READ]) if _tells(each.plain)}
    weights: dict[str, int] = {}
    for key, answer in answers.items():
        for word in _words(answer)[:_MOST]:
            if _meets(word.plain, tokens):
                weights[key] = weights.get(key, 0) + len(word.plain)
    return weights


_LEAST_STEM = 5


def _meets(plain: str, tokens: set[str]) -> bool:
    """Whether a word of an answer is one of the tokens, or a compound or a form of one."""
    if not _tells(plain):
        return False
    if plain in tokens:
        return True
    return any(
        len(each) >= _LEAST_STEM
        and len(plain) >= _LEAST_STEM
        and (plain.endswith(each) or each.endswith(plain) or plain[:6] == each[:6])
        for each in tokens
        if not each.isdigit()
    )


_CUT = re.compile(r"[,;.!?\n]+\s*|\s(?=(?:en|maar|want|met|zonder|samen met)\s)")


def _clauses(answer: str) -> Iterator[tuple[int, int]]:
    last = 0
    for found in _CUT.finditer(answer[:4000]):
        if found.start() > last:
            yield last, found.start()
        last = found.end()
    if last < len(answer):
        yield last, len(answer)
