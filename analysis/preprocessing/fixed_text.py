"""Fixed text around the participants' own words: greetings, introductions, thanks, closings.

Circulated letters and letter conventions put the same lines in many answers. Such lines say nothing
about the opdracht but would form a theme. A line is fixed text if many participants send it, it
comes before or after their own words, and it is about the letter, its writer or its reader. Text
that asks for something or names a problem is never fixed, however often it recurs: the demand of a
campaign is content. Texts are looked up by their words, so the time is linear in the number of
texts.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from analysis.parameters import FIXED_TEXT, RECURRING
from analysis.preprocessing.deduplication import is_polite, opens_closing, same_words
from analysis.preprocessing.proposals import reads_as_proposal, wording
from analysis.preprocessing.statement_kind import names_hurdle
from consultation.queries.statements import StatementView
from language.segmentation.clauses import asks

_FRAME = re.compile(
    r"""\b(?:dank(?:en|baar|jewel)?|bedankt?|groet(?:en|jes)?|hoogachtend|geachte|ondergetekenden?
    |namens|in\snaam\svan|hierbij|hieronder|onderstaande?|bijgevoegde?|belangstelling
    |sluit(?:en)?\s(?:\w+\s){0,3}aan\sbij
    |als\s(?:lid|leden|bewoners?|inwoners?|ondertekenaars?|vertegenwoordigers?|vrijwilligers?)\svan
    |(?:uw|jullie|deze|dit|de|het)\s(?:oproep|bevraging|vragenlijst|enqu[eê]te|uitnodiging|raadpleging
    |consultatie|inspraak\w*|schrijven|brief|mail)
    |uw\s(?:antwoord|tijd|aandacht|vraag|vragen|reactie|begrip)
    |(?:mijn|onze|deze)\s(?:reactie|bijdrage|antwoord(?:en)?|inbreng|mening)
    |(?:schrijf|schrijven|bezorg|bezorgen|stuur|sturen|reageer|reageren)\s(?:ik|wij|we|u)
    |(?:ik|wij|we)\s(?:schrijf|schrijven|bezorg|bezorgen|stuur|sturen|reageer|reageren)
    |kijk(?:en)?\s(?:\w+\s)?uit\snaar|verblijf\sik|mogelijkheid\som\ste\s(?:reageren|antwoorden))\b""",
    re.IGNORECASE | re.VERBOSE,
)
_DEMANDS = re.compile(
    r"""\b(?:moet(?:en)?|dien(?:t|en)|eis(?:t|en)?|gratis|(?:meer|minder|extra)\s(?!dan\b)\w+
    |pleit(?:en)?|stel(?:len|t)?\s.{0,40}\bvoor\b|roep(?:en|t)?\s.{0,30}\bop\b|hoop\sdat|hopen\sdat
    |(?:ik|wij|we)\s(?:\w+\s)?(?:wil|willen|vraag|vragen|wens|wensen|zou|zouden)
    |(?:wil|willen|vraag|vragen|wens|wensen|zou|zouden)\s(?:ik|wij|we))\b""",
    re.IGNORECASE | re.VERBOSE,
)
_POSTSCRIPT = re.compile(r"\W*p\.?\s?s\b", re.IGNORECASE)
_OF_WHO_WRITES = re.compile(r"\b(?:ik|wij|we|mij|me|mijn|ons|onze|u|uw|jullie)\b", re.IGNORECASE)


def fixed_rows(said: Sequence[StatementView]) -> frozenset[int]:
    """The rows that are fixed text around participants' own words, or the names under a letter."""
    texts = [same_words(each.text) for each in said]
    people: dict[str, set[str]] = defaultdict(set)
    for each, text in zip(said, texts, strict=True):
        people[text].add(each.participant)
    least = RECURRING.least(len({each.participant for each in said}))
    recurring = {text for text, who in people.items() if text and len(who) >= least}
    answers: dict[str, list[int]] = defaultdict(list)
    for row, each in enumerate(said):
        answers[each.contribution].append(row)
    for rows in answers.values():
        rows.sort(key=lambda row: (said[row].start, said[row].end))
    first = {text: row for row, text in reversed(list(enumerate(texts))) if text in recurring}
    frame: set[str] = set()
    possible: set[str] = set()
    for text, row in first.items():
        how = _reads_as(said[row].text)
        if how == "frame":
            frame.add(text)
        elif how == "perhaps":
            possible.add(text)
    with_frame = _with_another(answers, texts, recurring)
    long = {text for text in possible if len(text.split()) >= FIXED_TEXT.long_words}
    frame |= {text for text in possible if text in long or with_frame.get(text, 0.0) > 0.5}
    names = _names(said, answers, texts, frame)
    around = _around(answers, texts, frame, names)
    fixed = {text for text in frame if around.get(text, 0.0) > RECURRING.often}
    return frozenset(names | {row for row, text in enumerate(texts) if text in fixed})


def says_something(text: str) -> bool:
    """Whether a text has content, rather than being a letter convention or about the writer."""
    return _reads_as(text) == "content"


def _reads_as(text: str) -> str:
    """The kind of a text: "frame", "perhaps" or "content".

    "frame" is a letter convention, "perhaps" is about the writer or reader only, and "content" asks
    or tells something.
    """
    if is_polite(text):
        return "frame"
    if names_hurdle(text) or _DEMANDS.search(text):
        return "content"
    if _FRAME.search(text):
        return "frame"
    how = wording(text)
    tells = how.order or how.plea or how.wish or how.infinitive or not how.has_verb
    if tells or asks(text) or reads_as_proposal(text) or not _OF_WHO_WRITES.search(text):
        return "content"
    return "perhaps"


def _with_another(
    answers: dict[str, list[int]], texts: Sequence[str], recurring: set[str]
) -> dict[str, float]:
    """For each recurring text, the share of its answers that contain another recurring text."""
    times: dict[str, int] = defaultdict(int)
    beside: dict[str, int] = defaultdict(int)
    for rows in answers.values():
        here = {texts[row] for row in rows} & recurring
        for text in here:
            times[text] += 1
            beside[text] += len(here) > 1
    return {text: beside[text] / times[text] for text in times}


def _around(
    answers: dict[str, list[int]],
    texts: Sequence[str],
    frame: set[str],
    names: set[int],
) -> dict[str, float]:
    """For each text in ``frame``, the share of its answers that it opens or closes.

    That is, it comes before the first or after the last of the participant's own statements there.
    """
    times: dict[str, int] = defaultdict(int)
    outside: dict[str, int] = defaultdict(int)
    for rows in answers.values():
        own: list[int] = []
        edges: dict[str, tuple[int, int]] = {}
        closed = False
        for at, row in enumerate(rows):
            text = texts[row]
            if text in frame:
                edges[text] = (edges.get(text, (at, at))[0], at)
            elif row not in names and not (closed and own):
                own.append(at)
            # Text after the closing words, such as a postscript, does not make them content.
            closed = closed or opens_closing(text)
        for text, (first, last) in edges.items():
            times[text] += 1
            outside[text] += bool(own) and (first < own[0] or last > own[-1])
    return {text: outside[text] / times[text] for text in times}


def _names(
    said: Sequence[StatementView],
    answers: dict[str, list[int]],
    texts: Sequence[str],
    frame: set[str],
) -> set[int]:
    """The rows that only give the signature of a letter: in its closing line, or after it."""
    found = set()
    for rows in answers.values():
        closed = False
        for row in rows:
            text = said[row].text
            if opens_closing(text):
                closed = True
                if not is_polite(text) and _signs(text):
                    found.add(row)
            elif closed and texts[row] not in frame:
                closed = _signs(text)
                if closed:
                    found.add(row)
    return found


def _signs(text: str) -> bool:
    if len(same_words(text).split()) > FIXED_TEXT.name_words + 3 * opens_closing(text):
        return False
    how = wording(text)
    says = how.has_verb or how.plea or how.order or how.infinitive
    if says or _POSTSCRIPT.match(text) or names_hurdle(text) or _DEMANDS.search(text):
        return False
    return not asks(text)
