"""Texts at an open question that mend an earlier answer, or that may be no answer at all."""

from __future__ import annotations

import re

from actions import changing, offering
from actions.reading.naming import kinds_of, named_question
from actions.talk import Slots, Talk
from consultation.catalogue import Opdracht, Vraag
from language.alarm import alarm
from language.folding import folded
from language.reading import acts
from language.reading.changes import Change, changes_in, dropped_in, rewords, speaks_of, turns_back
from language.reading.urgency import others
from language.segmentation.sentences import sentence_spans

_NUMBER = re.compile(r"(?<![\w.,])\d{1,9}(?:[.,]\d{1,9})?(?!\w)")
_WORD = re.compile(r"\w{4,}")
_ABOUT = re.compile(
    r"\b(?:bij|over|van|voor|aan|in|a|to|zu)\s{1,3}(?P<about>\S[^:,.;?!]{1,40}?)"
    r"(?=[:,.;?!]|\s(?:nog|ook|moet|mag|toch|dat|die|zet|schreef)\b|$)",
    re.IGNORECASE,
)
_TELLS_WHY = re.compile(
    r"\b(?:sinds|door|doordat|omdat|want|na|nadat|toen|bij|depuis|parce|because|since|seit|weil)\b",
    re.IGNORECASE,
)
_HEAD = re.compile(r"(?P<head>[^:!?\n]{2,120}):\s{0,3}(?P<content>\S.{3,})", re.DOTALL)
_LONGEST_NAME = 60
_REPEATS = re.compile(
    r"\b(?:zoals|gelijk|lijk|nogmaals|as|comme|wie)\b.{0,30}\b(?:zei|zegde|gezegd|schreef|said|dit)\b"
)
"""Who says it once more answers the open question: "zoals ik daarnet zei: ..."."""
_BECOMES = re.compile(
    r"\b(?:maak|word\w{0,2}|liever|eerder|toch|anders|nieuw\w?|verander\w{0,2}|vervang\w{0,2}"
    r"|in de plaats|instead|becomes)\b"
)
_TELLS_OF_TEXT = re.compile(
    r"(?:^(?:(?:euh|oei|hm+|wacht|en|maar|bah|o|ah|ja),? ){0,3}(?:bij|over|van|in) (?:die|dat|da"
    r"|dien"
    r"|mijn|m n|de|het) \w{2,20}(?: \w{2,20})? ?[,:]|\b(?:mag|kan|wil|zou) ik (?:dat|die|da|het)\b"
    r".{0,40}\b(?:veranderen|aanpassen|wijzigen|verbeteren|corrigeren)\b"
    r"|\b(?:is|was) te \w{3,12} ?[,;.] ?(?:zet|maak|doe|schrijf|pak|neem)\b"
    r"|\b(?:(?:ik|k|ekik) (?:\w+ ){0,3}(?:schreef|zei|zegde|typte|tikte|getypt|geschreven|gezegd"
    r"|gezeid|gezet|bedoel\w{0,2})|(?:schreef|zei|zegde|typte|bedoel\w{0,2}) (?:ik|k)\b"
    r"|k?heb \S+ (?:\S+ )?(?:getypt|gezegd|gezeid|gezet|geschreven)|bedoelde?|(?:eerste|tweede"
    r"|derde|vorige?|mijn) (?:antwoord|vraag)|antwoord|bij (?:die|dat|de|het) (?:eerste|tweede"
    r"|vorige)"
    r"|(?:^|[,;.] )(?:oei|oeps|sorry|pardon|wacht|nee wacht|correctie|rechtzetting|erratum|foutje"
    r"|typfout\w?|trouwens|fout)\b|moog?t (?:ge|je|u)|wrote|typed|meant|answer|j ai (?:ecrit|mis)"
    r"|reponse|ich meinte|antwort|klopt (?:niet|nie|ni|neet)[ ,;.]"
    r"|\b(?:in|bij) mijn (?:voorstel|antwoord|idee|tekst)\b"
    r"|(?:is|was|zijn) (?:fout|verkeerd|mis|wrong|faux|falsch)[ ,;.]))"
)
"""Words by which a text shows that it is about what was written before."""
_ADDS_MORE = re.compile(r"\b(?:ook|oek|nog|erbij|vergeten|vergat|also|aussi|auch|toevoegen)\b")
_WITHDRAWS = re.compile(
    r"(?:^|[,;.!] )(?:(?:hm+|euh|goh|oei|ah|nee+n?|wacht|bij nader inzien|eigenlijk|toch|ok|maar"
    r"|sorry|allez|bon)[ ,]{1,2}){1,4}(?:schrap|laat|doe|haal|gooi|neem|wis|vergeet|trek|drop"
    r"|forget"
    r"|scratch)\b.{0,60}\b(?:dat|da|die|that|mijn|my)\b|(?:^|[,;.!] )(?:ik (?:trek|neem)|trek|neem)"
    r" (?:\w+ ){0,2}(?:mijn (?:voorstel|idee|antwoord|vorige?)|dat (?:van|idee|voorstel)|die (?:van"
    r"|eerste)).{0,60}\bterug\b|\b(?:dat|da|die) van .{2,40} trek ik (?:toch |weer )?terug\b"
    r"|^(?:(?:maar|en|o|oei|ja|nee|sorry|zeg),? ){0,2}(?:dat|da) (?:van|over|met|stuk\w{0,4})"
    r" .{1,40}"
    r" (?:mag|moet|hoeft|moogt|kan|zou ik) (?:er |ge |je |u ){0,2}(?:niet|nie|weg|uit|eruit)\b"
    r"|^(?:(?:maar|en|oei|sorry|zet|schrijf|ik heb),? ){0,2}(?:toch |dan )?liever niet"
    r" (?:zeggen |schrijven |zetten |vermelden )?dat (?:ik|we|mijn)\b"
)
_URGENT = re.compile(r"\b(?:dringend\w{0,2}|urgent|haast)\b")
_MOST_OF_REMOVAL = 40
_MOST_OF_CHANGE, _LEAST_CONTENT, _FEW_WORDS = 24, 3, 10
_BEGINS_TO_ANSWER = re.compile(
    r"^.{3,40}[,.!:]\s{1,3}(?:ik (?:denk|vind|zou zeggen|zou)|misschien|volgens mij|wel,|i think"
    r"|maybe|je pense|peut-être|ich denke)\b.{8,}",
    re.IGNORECASE | re.DOTALL,
)
"""A remark, and then what one thinks: "goeie vraag, ik denk ..."."""
_RANKS = ("eerste", "tweede", "derde")
_RANK = re.compile(r"\b(?:eerste|tweede|derde)$", re.IGNORECASE)
_ADDS = re.compile(r":\s{0,3}(?P<content>\S.{4,})", re.DOTALL)
# Words of mending itself, and words that stand in any answer.
_EMPTY = frozenset(
    [
        "moet",
        "moeten",
        "maar",
        "niet",
        "geen",
        "daar",
        "deze",
        "wordt",
        "worden",
        "zijn",
        "heeft",
        "hebben",
        "eigenlijk",
        "schreef",
        "geschreven",
        "gezegd",
        "bedoel",
        "bedoelde",
        "toch",
        "mijn",
        "jullie",
        "antwoord",
        "vraag",
        "woord",
        "zinnetje",
        "staat",
        "staan",
        "zetten",
        "zet",
        "erbij",
        "bij",
        "nog",
        "ook",
        "veranderen",
        "verander",
        "maak",
        "weg",
        "eerste",
        "vorige",
        "laatste",
        "liever",
        "iets",
        "mensen",
        "that",
        "this",
        "with",
        "have",
        "answer",
        "first",
        "change",
        "word",
        "plus",
        "avec",
        "pour",
        "dans",
        "mais",
        "nicht",
        "aber",
    ]
)


def no_answer(talk: Talk, text: str) -> Slots | None:
    """The slots for a text that mends an earlier answer, or may be no answer; None: it is one."""
    opdracht, vraag = talk.opdracht, talk.vraag
    if opdracht is None or vraag is None or vraag.soort == "prioriteit":
        return None
    act = talk.entity(acts.ENTITY)
    if act == acts.DOUBT and vraag.soort == "extra":
        # No example of an answer is about a question that a catalogue adds: doubt says nothing.
        act = None
    if act == acts.MEND:
        found = _mended(talk, text, opdracht)
        if found is not None:
            return found
    if act == acts.DOUBT and _BEGINS_TO_ANSWER.search(text):
        act = None
    swapped = speaks_of(text, talk.answers) if _SWAPS.search(folded(text)) else None
    if swapped is not None and swapped != vraag.key:
        return offering.reopened(swapped, "vervang")
    if _WORRIES.fullmatch(text.strip()) or _SWAPS.search(folded(text)):
        return offering.offer_slots(talk, text, vraag.key, why=offering.DOUBT)
    if act not in (None, acts.PASS) or _only_cries(text, vraag) or _cries_beside(text, vraag):
        return offering.offer_slots(talk, text, vraag.key, why=offering.DOUBT)
    return None


def names_other(talk: Talk, text: str) -> Slots | None:
    """Offers a text that begins with the name of another answer than the one asked for; or None.

    Where an answer is asked again: "Goed zo. Wie dat moet doen, awel, de garagisten". Where a
    question is open the text must say that the answer is known: "wie dat moet doen weet ik al".
    """
    opdracht, vraag = talk.opdracht, talk.vraag
    found = _NAMES_OTHER.fullmatch(text.strip())
    if found is None or opdracht is None or vraag is None:
        return None
    who = opdracht.of_kind("trekker") if found["who"] else None
    key = who.key if who else named_question(found["head"], opdracht, vraag.key)
    if key in (None, vraag.key) or not (talk.slot("wijziging") or found["known"]):
        return None
    return offering.offer_slots(talk, found["content"].strip(), key)


_NAMES_OTHER = re.compile(
    r"\A(?:(?:goed(?: zo)?|ok(?:e|é)?|ja|allez|en|maar|nu|dan|bon|prima)[\s,.!]{1,3}){0,3}"
    r"(?P<head>(?P<who>wie) (?:dat|het|dit|da)"
    r" (?:(?:moet|moeten|zou|mag|best|kan|gaat|zal|dan) ){0,3}"
    r"(?:doen|doet|trekken|trekt|regelen|regelt|leiden|aanpakken)"
    r"|(?:mijn|als|qua|voor mijn|over mijn) (?:voorstel|idee|drempel|trekker))"
    r"(?P<known>(?: (?:dat )?(?:weet|heb|had) ik (?:al|wel|ook al))?)(?: wel)?\s{0,2}[,.:]\s{1,3}"
    r"(?:(?:awel|wel|zet|schrijf|noteer|dat is|dat zijn)\b[^,.:]{0,40}[,:]\s{1,3})?"
    r"(?P<content>\S.{6,})",
    re.IGNORECASE | re.DOTALL,
)
"""An answer by its name, and what it should be."""


def about_earlier(talk: Talk, text: str) -> Slots | None:
    """The slots for a text at an open question that is about another answer; None for other texts.

    It begins with the name of that answer ("mijn voorstel: ..."), corrects or withdraws words of
    it, or asks to answer a question after all that was passed over.
    """
    opdracht, vraag = talk.opdracht, talk.vraag
    if opdracht is None or vraag is None or talk.slot("doorvraag") or talk.slot("wijziging"):
        return None
    before = opdracht.vragen[: opdracht.vragen.index(vraag)]
    skipped = changing.passed_over(talk, text, before)
    if skipped is not None:
        return skipped
    told = _named_first(talk, text, opdracht, vraag) or _more_of(talk, text, opdracht, vraag)
    if told is not None:
        return told
    urgent = opdracht.of_kind("prioriteit")
    if urgent and urgent is not vraag and urgent.key not in talk.answers:
        said = talk.urgency_in(text) if _URGENT.search(folded(text)) else None
        if said and said.value is not None and others(text) <= 1:
            return offering.added(talk, text.strip(), urgent.key, value=said.value)
    answers = {key: said for key, said in talk.answers.items() if not urgent or key != urgent.key}
    gone = dropped_in(text, talk.answers) if len(text.split()) <= _MOST_OF_REMOVAL else None
    drops = _DROPS_FIRST.match(text)
    if gone is not None and drops is not None and gone.key in answers and gone.key != vraag.key:
        # What should stand there instead is said after it.
        return offering.offer_slots(talk, drops["rest"].strip(), gone.key)
    if gone is not None and gone.told and gone.key != vraag.key:
        asks = text.rstrip().endswith("?")
        several = len(list(sentence_spans(talk.answers[gone.key]))) > 1
        done = None
        if gone.clean and (several or not asks):
            done = changing.taken_out(talk, gone)
        return done or offering.reopened(gone.key, "vervang")
    if not answers or len(text.split()) > _MOST_OF_CHANGE:
        return None
    plain = " ".join(folded(text).replace("'", " ").split())
    tells = turns_back(text) or _TELLS_OF_TEXT.search(plain) is not None
    changes = changes_in(text, answers)
    acts_so = talk.entity(acts.ENTITY) == acts.MEND or talk.intent == "antwoord_wijzigen"
    mends = tells or acts_so or _only_counts(text, changes)
    if changes and changes[0].sure and mends and not _ADDS_MORE.search(plain):
        if any(rewords(text, each, answers[each.key]) for each in changes):
            return offering.reopened(changes[0].key, "vervang")
        if tells and changing.each_stands_once(changes, answers):
            done = changing.carried_out(talk, text, changes)
            rest = _beside_changes(text, changes)
            if rest is None:
                return done
            talk.tracker.slots["antwoorden"] = done["antwoorden"]
            named = named_question(rest, opdracht, None)
            if vraag.key not in talk.answers and (
                named == vraag.key or vraag.soort in kinds_of(rest)
            ):
                return {**done, **offering.added(talk, rest, vraag.key)}
            return {**done, **offering.offer_slots(talk, rest)}
        first = changes[0]
        new = text[first.new[0] : first.new[1]]
        return offering.offer_slots(talk, new, first.key, corrects=first.old)
    asked = _asked_again(text, opdracht, vraag)
    if asked is not None and asked in talk.answers:
        return offering.reopened(asked, "vervang")
    if _WITHDRAWS.search(plain):
        key = speaks_of(text, answers)
        several = key is not None and len(list(sentence_spans(answers[key]))) > 1
        dropped = changing.part_dropped(talk, text) if several else None
        if dropped is not None:
            return dropped
        if key is not None and key != vraag.key:
            return offering.reopened(key, "vervang")
    return None


_DROPS_FIRST = re.compile(
    r"\W{0,3}(?:(?:nee|wacht|bij nader inzien|eigenlijk|weet ge wat|ok|goh),? ){0,2}"
    r"(?:schrap|vergeet|laat|haal|gooi|doe|smijt) (?:die|dat|het|mijn|da|dieje) "
    r"[^.!?]{2,40}[.!]\s{1,3}"
    r"(?:(?:zet|schrijf|noteer) (?:er |dan |maar )?in (?:de )?plaats(?: daarvan)?(?: dat|:)? )?"
    r"(?P<rest>\S(?:.*\s){4}.*)",
    re.IGNORECASE | re.DOTALL,
)
"""What was said before goes, and something else is said: "schrap die app. Ik wil ..."."""


def _beside_changes(text: str, changes: tuple[Change, ...]) -> str | None:
    """The sentences after those that hold the changes, where they may be content; or None."""
    last = max(each.new[1] for each in changes)
    start = next((start for start, end in sentence_spans(text) if start >= last), None)
    rest = text[start:].strip() if start is not None else ""
    return rest if len(rest.split()) >= _LEAST_BESIDE and not rest.endswith("?") else None


_LEAST_BESIDE = 5
_ASKS_AGAIN = re.compile(
    r"\b(?:(?:vraag|stel|geef|toon)\b.{0,30}\b(?:opnieuw|nog eens|nog een keer|nog ne keer|terug"
    r"|again)"
    r"|(?:wat|hetgeen) (?:ik|k) (?:daar |er |toen |(?:bij|in) (?:\S+ ){1,3}?)?"
    r"(?:schreef|zei|antwoordde|typte|zegde)"
    r" (?:deugt|klopt|trekt|was|is|slaat|lijkt)"
    r"|(?:mag|kan|wil|zou) ik (?:dat|die|het|mijn)\b.{0,40}"
    r"\b(?:overdoen|opnieuw doen|opnieuw beantwoorden|herdoen|opnieuw invullen))\b"
)


def _asked_again(text: str, opdracht: Opdracht, vraag: Vraag) -> str | None:
    """The key of the question that a text asks for again, to answer it in another way; or None."""
    found = _ASKS_AGAIN.search(" ".join(folded(text).split()))
    if found is None:
        return None
    named = named_question(found.group(), opdracht, vraag.key)
    return named or named_question(text, opdracht, vraag.key)


_COUNTED = re.compile(
    r"(?:(?:\d{1,9}(?:[.,]\d{1,9})?(?:uur|u)?|half|kwart|een|twee|drie|vier|vijf|zes|zeven|acht|negen"
    r"|tien|elf|twaalf|(?:maan|dins|woens|donder|vrij|zater|zon)dag\w{0,9}|januari|februari|maart"
    r"|april|mei|juni|juli|augustus|september|oktober|november|december|uur|voor|na|over|op|om|in)"
    r"(?:[ ]{1,3}|$)){1,30}"
)


def _only_counts(text: str, changes: tuple[Change, ...]) -> bool:
    """Whether a few words put one number, day or hour in the place of another and say no more."""
    if not changes or len(text.split()) > _FEW_WORDS:
        return False
    pairs = [(each.old, text[each.new[0] : each.new[1]]) for each in changes]
    return all(_COUNTED.fullmatch(folded(each)) for pair in pairs for each in pair)


def _named_first(talk: Talk, text: str, opdracht: Opdracht, vraag: Vraag) -> Slots | None:
    """The slots where a text begins with the name of another answer and a colon."""
    found = _HEAD.fullmatch(text.strip())
    if found is None or _REPEATS.search(folded(found["head"])):
        return None
    head, content = found["head"], found["content"].strip()
    key = named_question(head, opdracht, vraag.key)
    if key is None or key == vraag.key or ":" in content or "?" in head:
        return None
    if (len(head) > _LONGEST_NAME or "." in head) and not _BECOMES.search(folded(head)):
        return None
    if offering.opdracht_kind(opdracht, key) == "prioriteit":
        return None
    if key in talk.answers and _BECOMES.search(folded(head)):
        return changing.replaced(talk, key, content)
    return offering.added(talk, content, key, undo=key in talk.answers)


_MORE_OF = re.compile(
    r"\A\W{0,3}(?:(?:wacht|oei|sorry|ah|oh|ja|maar|en|euh|zeg|trouwens)[\s,.!]{1,4}){0,3}"
    r"(?:(?:mag|kan|mocht|wil|zou|wou) ik |ik (?:wil|wou|zou|moet|heb) )?"
    r"(?:(?:eerst|nog|even|iets|wat|ook|graag|toch|een ding|een dingetje|snel|eens) ){0,6}"
    r"(?:(?:zeggen|kwijt|toevoegen|aanvullen|terugkomen|terugkeren|bijvoegen|rechtzetten)"
    r"(?: (?:over|bij|op|aan|van))?|over|bij) "
    r"(?P<about>(?:(?:mijn|de|het|dat|die|wat)(?: \w{1,12})? )?"
    r"(?:daarnet|daarjuist|daarstraks|zonet|vorige?(?: vraag| antwoord)?"
    r"|(?:eerste|tweede|derde) (?:vraag|antwoord)"
    r"|(?:ik (?:daarnet |daarjuist )?(?:zei|schreef))))\s{0,2}[?:,.!]\s{0,3}(?P<content>\S.{8,})",
    re.IGNORECASE | re.DOTALL,
)
"""More to say about an earlier answer: "mag ik nog iets zeggen over daarnet? ..."."""
_REGRETS = re.compile(
    r"\A\W{0,3}(?:(?:eigenlijk|sorry|wacht|oei|hm+|ja|maar|nu|achteraf)[\s,.!]{1,4}){0,3}"
    r"(?:(?:was|is|lijkt|klopt|vind ik) )?"
    r"(?P<about>(?:mijn|m'n|dat|het|die) (?:\w{2,12} )?(?:voorstel|idee|antwoord|eerste|tweede"
    r"|derde|drempel))(?:(?: \w{1,12}){0,3} (?:was|is|klopt|lijkt|vind ik|slaat))?\b"
    r"[^.,;!]{0,60}?\b(?:niet|nie|geen|te|dom|slecht|fout|verkeerd|onzin|flauw|overdreven|zwak"
    r"|vaag)\b"
    r"[^.,;!]{0,40}[.,;!]\s{0,3}(?P<content>\S.{8,})",
    re.IGNORECASE | re.DOTALL,
)
"""An earlier answer that was not right, and other words: "mijn voorstel was niet zo slim, ..."."""


def _more_of(talk: Talk, text: str, opdracht: Opdracht, vraag: Vraag) -> Slots | None:
    """The slots where a text says more, or something else, about an earlier answer by its name."""
    if len(text) > _LONGEST_MORE:
        return None
    for pattern in (_MORE_OF, _REGRETS):
        found = pattern.fullmatch(text.strip())
        key = named_question(found["about"], opdracht, vraag.key) if found else None
        if found is None or key is None or key == vraag.key or key not in talk.answers:
            continue
        if offering.opdracht_kind(opdracht, key) == "prioriteit":
            continue
        if pattern is _MORE_OF:
            return offering.added(talk, found["content"].strip(), key, undo=True)
        return offering.offer_slots(talk, found["content"].strip(), key)
    return None


_LONGEST_MORE = 400


def mended_instead(talk: Talk, text: str) -> Slots | None:
    """The slots for a text that mends an answer while another text is offered in doubt, or None."""
    offered, opdracht = talk.slot("aanbod"), talk.opdracht
    if talk.entity(acts.ENTITY) != acts.MEND or opdracht is None or not offered:
        return None
    if talk.entity("waarde") is not None:
        return None
    talk.tracker.slots["aanbod"] = None
    found = _mended(talk, text, opdracht)
    talk.tracker.slots["aanbod"] = offered
    if found is None or offered.get("why") == offering.DOUBT:
        return found
    return {**found, "bewaard": [*(talk.slot("bewaard") or []), offered]}


def _only_cries(text: str, vraag: Vraag) -> bool:
    """Whether every sentence asks for help or threatens: whether that is kept is for the person.

    A text that tells why answers what holds one back, and is stored as such.
    """
    if vraag.soort == "drempel" and _TELLS_WHY.search(text):
        return False
    sentences = [text[start:end] for start, end in sentence_spans(text)]
    told = [each for each in sentences if not _SORRY.fullmatch(each.strip())]
    return bool(told) and all(alarm(each) for each in told)


_WORRIES = re.compile(
    r"(?:(?:en|maar|zeg|euh|wacht)\s){0,2}(?:staat|komt|wordt|is|blijft|ziet|weet|leest|kan|krijgt|gaat)"
    r" [^?]{5,120}\?\s{1,3}"
    r"(?:(?:want|maar)\s)?(?:(?:daar|dat|ik)\s)(?:word|maakt?|ben|zit|krijg|heb|lig)\b[^?]{0,60}"
    r"\b(?:ongerust|bang|zenuwachtig|nerveus|schrik|wakker|onrustig|bezorgd|ambetant|mee in"
    r"|stress)\b"
    r"[^?]{0,20}",
    re.IGNORECASE,
)
"""A question to the assistant, and the worry behind it."""
_SWAPS = re.compile(
    r"\b(?:omwissel\w{0,2}|om te wisselen|verwissel\w{0,2}|van plaats (?:wisselen|veranderen)"
    r"|staan (?:\w+ ){0,3}(?:verkeerd om|omgekeerd)"
    r"|(?:moet|hoort|hoorde|moest|stond) (?:\w+ ){0,3}bij .{2,40}\ben (?:dat|die|wat|het|de|mijn)"
    r" .{2,60} bij)\b"
)


def _cries_beside(text: str, vraag: Vraag) -> bool:
    """Whether a short text cries for help, and else only tells how one is, at another question."""
    if vraag.soort == "drempel" or len(text.split()) > _FEW_SENTENCES or alarm(text) is None:
        return False
    others = (text[start:end] for start, end in sentence_spans(text))
    return all(_OF_ONESELF.match(each) for each in others if not alarm(each))


_OF_ONESELF = re.compile(
    r"\W{0,3}(?:ik|'?k|het is|tis|'t is|sorry|ach|pff+)\b"
    r"(?!.*\b(?:cursus|les|lessen|leren|opleiding|school|diploma|werkgever|baas|vdab)\w{0,3}\b)",
    re.IGNORECASE | re.DOTALL,
)
_FEW_SENTENCES = 30
_SORRY = re.compile(r"(?:sorry|pardon|excuseer|eerlijk|ja|tja|ach|och)[\s.,!…]{0,4}", re.IGNORECASE)


def _mended(talk: Talk, text: str, opdracht: Opdracht) -> Slots | None:
    """Offers the correction in the answer that the text is about, by its numbers or its words."""
    urgent = opdracht.of_kind("prioriteit")
    answers = {key: said for key, said in talk.answers.items() if not urgent or key != urgent.key}
    about = _ABOUT.search(text)
    named = named_question(about["about"] if about else text, opdracht, None)
    if named is None and about is not None and (rank := _RANK.search(about["about"])):
        named = opdracht.vragen[_RANKS.index(rank.group().casefold())].key
    if named in answers:
        answers = {named: answers[named]}
    numbers = _NUMBER.findall(text)
    for key in reversed(answers):
        there = _NUMBER.findall(answers[key])
        old = [each for each in numbers if each in there]
        new = [each for each in numbers if each not in there]
        if len(set(old)) == 1 and len(set(new)) == 1:
            return offering.offer_slots(talk, new[0], key, corrects=old[0])
    shared = {key: len(_words(text) & _words(said)) for key, said in answers.items()}
    alike = max(shared, key=lambda each: shared[each], default=None)
    target = named if named in answers else alike
    if target is None or (target != named and not shared[target]):
        return None
    told = _ADDS.search(text) if named is not None else None
    return offering.offer_slots(talk, told["content"].strip() if told else text, target)


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(folded(text))) - _EMPTY
