"""Rule-based Dutch sentence boundaries.

A trained parser splits well-edited prose a little better, but not the short, half-punctuated
answers that people type, and its result differs between machines. These rules need no model and
give the same boundaries everywhere.
"""

from __future__ import annotations

import re

ABBREVIATIONS = frozenset(
    word
    for line in (
        "a.h.w. a.u.b. aanv. afd. afb. alg. art. b.v. bijv. blz. bv. bvb. ca. c.q. dd. d.d.",
        "d.m.v. d.w.z. dhr. dr. drs. e.a. e.d. e.g. evt. excl. fig. gem. i.c. i.d. i.e.",
        "i.h.a. i.h.b. i.o. i.p.v. i.s.m. i.v.m. incl. ing. inz. ir. jl. jr. k.b. lic.",
        "m.a.w. m.b.t. m.b.v. m.i. m.m.v. m.n. m.u.v. max. mevr. min. mr. mw. n.a.v. nl.",
        "nr. nrs. o.a. o.b.v. o.g.v. o.i.v. o.l.v. o.m. o.v.v. p. pag. par. prof. q.q. ref.",
        "resp. sr. st. t.a.v. t.b.v. t.e.m. t.g.v. t.h.v. t.o.v. t.w. t/m tel. temp. v.",
        "v.a. vgl. vnl. vs. w.o. z.g. zgn.",
    )
    for word in line.split()
)
_CAN_END = frozenset({"e.a.", "e.d.", "enz.", "etc.", "a.u.b.", "jl.", "jr.", "sr."})

_MARK = re.compile(r"[.!?…]+")
# After the mark: a footnote number, closing quotes or brackets, white space, the next sentence.
_GAP = re.compile(r"""(?P<note>\d{1,2})?(?P<close>["'”’»)\]]*)(?P<gap>\s+)(?P<next>\S)""")
_IN_WORD = frozenset("_./’'-")
_BEFORE_NUMBER = " \n-–•*"


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """The sentences of one paragraph as ``(start, end)`` in characters, without outer white space.

    Line breaks count as spaces. Together the spans cover all text that is not white space. The time
    depends on the length of the text only, not on its content.
    """
    spans: list[tuple[int, int]] = []
    start = position = 0
    opening = len(text) - len(text.lstrip(_BEFORE_NUMBER))
    while mark := _MARK.search(text, position):
        gap = _GAP.match(text, mark.end())
        if gap is None:
            position = mark.end()
            continue
        if _ends_sentence(text, mark, gap, opening):
            spans.append(_trimmed(text, start, gap.start("gap")))
            start = gap.start("next")
        position = gap.end()
    spans.append(_trimmed(text, start, len(text)))
    return [(first, last) for first, last in spans if first < last]


def _ends_sentence(text: str, mark: re.Match[str], gap: re.Match[str], opening: int) -> bool:
    """Whether a mark ends a sentence; ``opening`` is the start of the first word of the text."""
    at, following = mark.start(), gap["next"]
    before = text[at - 1 : at]
    if gap["note"] and not (before.isalpha() or before in ")’”"):
        return False
    if mark[0] != ".":
        # A sentence may go on after the mark: "(Waarom niet?) vraag ik", "enz... en zo".
        return not following.islower() or (mark[0] in "!?" and not gap["close"])
    word = _last_word(text, at).lower() + "."
    if word in ABBREVIATIONS or word in _CAN_END:
        return word in _CAN_END and following.isupper()
    bare = word.rstrip(".")
    if len(bare) == 1 and bare.isalpha():
        return False
    if bare.isdigit() and at - len(bare) <= opening:
        return False
    if following.islower():
        return len(bare) > 2 and "." not in bare and not gap["close"]
    return True


def _last_word(text: str, end: int) -> str:
    """The word that ends at ``end``, with its inner full stops; a line may break after it."""
    if end and text[end - 1] == "\n":
        end -= 1
    start = end
    while start and (text[start - 1].isalnum() or text[start - 1] in _IN_WORD):
        start -= 1
    return text[start:end]


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
