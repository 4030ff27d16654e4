"""Texts at an open question that mend an earlier answer, or that may be no answer at all."""

from __future__ import annotations

import re

from actions import offering
from actions.reading.naming import named_question
from actions.talk import Slots, Talk
from consultation.catalogue import Opdracht
from language.alarm import alarm
from language.folding import folded
from language.reading import acts
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
    if act not in (None, acts.PASS) or _only_cries(text):
        return offering.offer_slots(talk, text, vraag.key, why=offering.DOUBT)
    return None


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


def _only_cries(text: str) -> bool:
    """Whether every sentence asks for help or threatens: whether that is kept is for the person.

    A text that tells why is an answer, and is stored as such.
    """
    if _TELLS_WHY.search(text):
        return False
    sentences = [text[start:end] for start, end in sentence_spans(text)]
    return bool(sentences) and all(alarm(each) for each in sentences)


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
