"""Dutch sentence boundaries by rule.

A trained parser splits well-edited prose a little better, but not the short, half-punctuated
answers people type, and it would cut the same answer differently on another machine. These rules
need no model and give the same boundaries everywhere.
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

_END = re.compile(
    r"""(?P<mark>[.!?…]+)            # what ends a sentence
        (?P<note>\d{1,2})?           # a footnote's number glued to it
        (?P<close>["'”’»)\]]*)       # what closes with it
        (?P<gap>\s+)                 # and white space before
        (?P<next>\S)                 # the next sentence
    """,
    re.VERBOSE,
)
_LAST_WORD = re.compile(r"[\w./’'-]*$")


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """The sentences of one paragraph as ``(start, end)`` in characters, without outer white space.

    Line breaks count as spaces. Together the spans cover all that is not white space.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _END.finditer(text):
        if _ends_sentence(text, match):
            end = match.start("gap")
            spans.append(_trimmed(text, start, end))
            start = match.start("next")
    spans.append(_trimmed(text, start, len(text)))
    return [(first, last) for first, last in spans if first < last]


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    mark, following = match["mark"], match["next"]
    before = text[: match.start("mark")]
    if match["note"] and not (before[-1:].isalpha() or before[-1:] in ")’”"):
        return False
    if mark != ".":
        # "Waarom niet? vraag ik" and "enz... en zo" go on; a new sentence has a capital.
        return not following.islower() or (mark in "!?" and not match["close"])
    found = _LAST_WORD.search(before)
    word = (found[0] if found else "").lower() + "."
    if word in ABBREVIATIONS or word in _CAN_END:
        return word in _CAN_END and following.isupper()
    bare = word.rstrip(".")
    if len(bare) == 1 and bare.isalpha():
        return False
    if bare.isdigit() and before[: -len(bare)].strip(" \n-–•*") == "":
        return False
    if following.islower():
        return len(bare) > 2 and "." not in bare and not match["close"]
    return True


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
