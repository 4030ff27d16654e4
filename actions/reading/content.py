"""Whether a text that the open step cannot use may belong to an answer.

One test for all steps: by its form, and by the classifier, which saw many answers.
"""

from __future__ import annotations

import re

from actions.reading import choosing
from actions.talk import Talk
from language.folding import folded
from language.reading import acts, message
from language.segmentation.sentences import sentence_spans

_LEAST_WORDS = 4
_LEAST_CHANCE, _SURE_CHANCE = 0.5, 0.8
_READ = 120
_ASKS = re.compile(
    r"\W{0,3}(?:(?:wacht|maar|en|euh|sorry|ja|eh|ah|oei|hm|goh|zeg|dus)[\s,]{1,3}){0,3}"
    r"(?:(?:wie|wat|hoe|waar|wanneer|welke?|wuk) (?:is|zijn|was|moet|kan|mag|wil|bedoel\w{0,3}"
    r"|gaat|doe\w{0,2}|heb\w{0,3}"
    r"|betekent|krijg\w{0,2}|zal|zou|komt|lees\w?|leest)\b"
    r"|(?:is|zijn|mag|kan|moet|moeten|zal|wordt|gaat) (?:da|dat|dit|ik|k|je|jij|u|ge|gij|jullie|er"
    r"|mijn|t)\b"
    r"|(?:bedoelt|bedoel|wilt|wil|kunt|kan|hebt|heb|weet|gaat|moogt) (?:ge|gij|u|je|jij|jullie)\b"
    r"|(?:what|who|how|why|is|are|can|do|does) (?:is|are|do|does|it|that|this|i|you|my)\b"
    r"|(?:est ce que|qu est ce|c est quoi|comment|pourquoi|puis je)\b"
    r"|(?:was|wer|wie|warum|kann|ist) (?:ist|sind|das|ich|man|soll|bedeutet)\b)"
)
"""The beginning of a question, also without its mark."""
_NO_CONTENT = frozenset(
    {acts.WAIT, acts.REMARK, acts.ASK, acts.PASS, acts.MOVE, acts.LEAVE, acts.STOP}
    | {acts.AGREE, acts.SHOW, acts.ON}
)


def has_form_of_content(text: str) -> bool:
    """Whether the words of a text may belong to an answer: some, and no question or remark."""
    plain = text.strip()
    if plain.endswith("?") or message.read(plain).kind in message.REMARKS:
        return False
    if _ASKS.match(folded(plain[:_READ]).replace("'", " ").replace("-", " ")):
        return False
    return len(plain.split()) >= _LEAST_WORDS and len(choosing.bare(plain).split()) > 1


_LONG_FOREIGN = 10
"""A remark on the language itself is shorter: "je ne parle pas bien néerlandais"."""


def may_be_content(talk: Talk, text: str) -> bool:
    """Whether the current text, or a part of it, may be an answer; never where it surely acts."""
    if not has_form_of_content(text) or talk.act in _NO_CONTENT:
        return False
    ranked = bool(talk.tracker.latest_message.get("intent_ranking"))
    chance = talk.chance("bijdrage")
    if len(text.split()) >= _LONG_FOREIGN:
        # Whole sentences in another language are an answer, too.
        chance += talk.chance("andere_taal")
    return not ranked or chance >= _LEAST_CHANCE


def is_surely_content(talk: Talk, text: str) -> bool:
    """Whether the current text is an answer by the classifier, and does nothing else."""
    surely = talk.chance("bijdrage") >= _SURE_CHANCE
    return surely and talk.entity(acts.ENTITY) is None and has_form_of_content(text)


def said_before(text: str) -> str | None:
    """The sentences before the last one of a text, where they may be content; or None."""
    spans = list(sentence_spans(text))
    if len(spans) < 2 or len(text) > _LONGEST:
        return None
    told = text[: spans[-1][0]].strip()
    plain = folded(told)
    about = ABOUT_OWN.search(plain) or _ASKS.match(plain) or _WHY.search(plain)
    fits = len(told.split()) >= _LEAST_BEFORE and not told.endswith("?") and not about
    return told if fits and message.read(told).kind not in message.REMARKS else None


_LONGEST, _LEAST_BEFORE = 600, 3
_WHY = re.compile(
    r"\b(?:herken\w{0,4}|weten dat ik|zien dat ik|te weten komen|bang|schrik|vertrouw\w{0,2}|baas "
    r"leest"
    r"|leest (?:dit|mee)|lezen dit|recogni[sz]e\w{0,2})\b"
)
"""Why somebody wants it: "mijn baas zou dit herkennen"."""
ABOUT_OWN = re.compile(
    r"\b(?:wis|wissen|gewist|verwijder\w{0,2}|(?:schrap|haal|doe|gooi) (?:dat|die|het|mijn|alles)"
    r"|toestemming|mijn (?:antwoord\w{0,2}|gegevens|naam|code))\b"
)
"""Words on one's own data, and not on the subject."""
