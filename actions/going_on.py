"""The step after an opdracht: another one, or the end; and the question how urgent something is."""

from __future__ import annotations

import re
from typing import Any

from actions import changing, offering
from actions.entering import enter, queue, words_of
from actions.reading import choosing
from actions.reading.choosing import Choice
from actions.reading.content import may_be_content
from actions.reading.naming import kinds_of, named_question
from actions.reading.replies import extra_in, farewell, reply_in
from actions.talk import Slots, Talk, pass_on
from consultation.catalogue import Vraag
from consultation.participation.stand_ins import OPEN_QUESTION
from language.folding import folded
from language.reading import acts, message, summary
from language.reading.changes import speaks_of
from language.reading.urgency import others, step_named
from language.segmentation.sentences import sentence_spans

_DONE = "klaar"
_ABOUT_SUBJECT = re.compile(
    r"\A\W{0,4}(?:(?:ja+|en|wel|misschien|ik|wil|zou|graag|ook|nog|iets|wat|vertellen|zeggen|kwijt"
    r"|praten|eens"
    r"|even|nu|hebben|het)(?!\w)\W{1,4}){1,8}(?:over|rond|omtrent|van)\s{1,3}",
    re.IGNORECASE,
)
_A_FEW_WORDS = 8
_LEAST_CONTENT = 4


def decide(talk: Talk, value: Any) -> Slots:
    """The slots after a reply to "another subject?": a subject, yes, no, or an addition."""
    button = talk.entity("opdracht")
    if button is not None and button.isdigit() and talk.catalogue.opdracht(int(button)):
        return enter(talk, [int(button)])
    text = words_of(talk)
    if not text:
        return {"verder": talk.intent in ("bevestigen", "ander_opdracht", "opdracht_kiezen")}
    changed = change(talk, text)
    if changed is not None:
        return changed
    if talk.act == acts.ASK:
        answer_question(talk, text)
        return {"verder": None}
    reply = reply_in(text, talk.intent)
    if reply == "more" and text.rstrip().endswith("?"):
        # "Mag ik nog iets zeggen over mijn voorstel?" asks to go there; others say no more.
        key = named_question(text, talk.opdracht, None) if talk.opdracht else None
        if key is not None:
            again = {"antwoord": None, "vraag": key, "wijziging": "erbij", "doorvraag": None}
            return {"verder": None, "bevestigd": False, **again}
        return {"verder": None}
    if reply == "thanks" and not farewell(text):
        # "Goed" or "ok" alone is no goodbye.
        agrees = talk.intent == "bevestigen" or summary.says(text) == summary.YES
        reply = "yes" if agrees else reply
    choice = wish(talk, text)
    if talk.act == acts.MOVE and choice == Choice():
        choice = choosing.chosen(text, talk.catalogue)
    if reply == "more" and not choice.numbers and _ABOUT_SUBJECT.match(text):
        choice = choosing.chosen(_ABOUT_SUBJECT.sub("", text), talk.catalogue)
        if choice.numbers:
            return enter(talk, choice.numbers)
        if choice.guesses:
            return {"verder": True, "geraden": list(choice.guesses)}
    if reply == "more" and not choice.numbers:
        return {"verder": None, **offering.offer_slots(talk, extra_in(text))}
    if choice.numbers and reply != "no":
        return enter(talk, choice.numbers)
    if reply == "no":
        return {"verder": False}
    long = len(text.split()) > _A_FEW_WORDS and changing.surely_content(talk, text)
    if reply == "yes" and not choice.guesses and long:
        return {"verder": None, **offering.offer_slots(talk, text)}
    if choice.guesses or reply == "yes":
        return {"verder": True, "geraden": list(choice.guesses) or None}
    if reply == "thanks":
        return {"verder": False}
    if len(text.split()) <= _A_FEW_WORDS and not text.rstrip().endswith("?"):
        choice = choosing.chosen(text, talk.catalogue)
        if choice.numbers:
            return enter(talk, choice.numbers)
        if choice.guesses and talk.intent == "opdracht_kiezen":
            return {"verder": True, "geraden": list(choice.guesses)}
    if may_be_content(talk, text) and not changing.no_content(talk, text):
        return {"verder": None, **offering.offer_slots(talk, text)}
    return {"verder": None}


def change(talk: Talk, text: str) -> Slots | None:
    """The slots for a text that changes an answer after the summary was confirmed, or None.

    A correction is offered; without its words the answers are shown to choose from.
    """
    opdracht = talk.opdracht
    if opdracht is None:
        return None
    told = changing.told(talk, text)
    if told is not None:
        return {"verder": None, **told}
    reading = message.read(text)
    if reading.kind in (message.CORRECTION, message.REMOVAL):
        placed = offering.placed(talk, text, reading)
        if placed is not None:
            return {"verder": None, **placed}
    forgot = talk.act in _CHANGES and changing.FORGOT.search(folded(text))
    named = named_question(text, opdracht, None)
    more = None if "?" in text else changing.named_addition(talk, text)
    if more is not None:
        return {"verder": None, **more}
    if talk.act == acts.ADD or forgot:
        meant = named if named in talk.answers else None
        return {"verder": None, **offering.offer_slots(talk, extra_in(text), meant)}
    asks = talk.intent == "antwoord_wijzigen" or reading.kind == message.BACK
    if not asks and talk.act not in _CHANGES:
        return None
    key = named
    if key is None and talk.act in _CHANGES:
        key = speaks_of(text, talk.answers)
    if key is None:
        which: Slots = {"bevestigd": None, "antwoord": _DONE, "wijziging": changing.WHICH}
        return {"verder": None, "doorvraag": None, **which}
    return {"verder": None, **changing.offered_or_reopened(talk, text, key)}


_CHANGES = frozenset({acts.MEND, acts.WRONG, acts.DROP})


def answer_question(talk: Talk, text: str) -> None:
    """Tells where the receipt code stands, if the last sentence asks for it; else passes it on."""
    sentences = [text[start:end] for start, end in sentence_spans(text)]
    if not sentences or not offering.told_how_to_return(talk, sentences[-1]):
        pass_on(talk, OPEN_QUESTION)


def ask(talk: Talk) -> None:
    """Asks whether to talk about another opdracht, the next of those that were named if any."""
    custom = {"step": "verder", "opdracht": talk.slot("opdracht"), "question": None}
    buttons = [
        talk.button("knop_ander_opdracht", "/ander_opdracht"),
        talk.button("knop_stoppen", "/stoppen"),
    ]
    following = talk.catalogue.opdracht(next(iter(queue(talk)), None))
    if talk.metadata.get("step") == "verder" and words_of(talk):
        talk.utter("verder_opnieuw", buttons=buttons, custom=custom)
    elif following is None:
        talk.utter("verder", buttons=buttons, custom=custom)
    else:
        yes = talk.words("knop_wachtrij").format(nummer=following.nummer)
        talk.utter(
            "verder_wachtrij",
            nummer=following.nummer,
            titel=following.titel,
            buttons=[{"title": yes, "payload": "/bevestigen"}, *buttons],
            custom=custom,
        )


def wish(talk: Talk, text: str) -> Choice:
    """The subjects that a text asks to go to; more to say about a subject is no such request."""
    if ":" in text and reply_in(text, talk.intent) == "more":
        return choosing.requested(text, talk.catalogue)
    choice = choosing.wished(text, talk.catalogue)
    if choice.numbers or reply_in(text, talk.intent) in ("no", "thanks", "more"):
        return choice
    beside = choosing.named_beside(text, talk.catalogue)
    return choice if choice.guesses and not beside.numbers else beside


def meaning_of_scale(talk: Talk) -> str:
    """What the step means that the text asks about; else the lowest and the highest step."""
    steps = {each.waarde: each.naam for each in talk.catalogue.consultatie.prioriteiten}
    named = step_named(words_of(talk), steps)
    shown = [min(steps), max(steps)] if named is None else [named]
    return " ".join(
        talk.words("schaal_stap").format(waarde=value, naam=steps[value].lower()) for value in shown
    )


def without_step(talk: Talk, text: str) -> Slots:
    """The slots for a text that names no single step: the question is asked again, words stay."""
    said, told = talk.urgency_in(text), text
    added = None if said.values or "?" in text else changing.named_addition(talk, text)
    if added is not None:
        return {"antwoord": None, **added}
    if message.read(text).kind == message.ANSWER_AND_QUESTION:
        # The question beside it makes it no less an answer.
        sentences = [text[start:end] for start, end in sentence_spans(text)]
        told = " ".join(each for each in sentences if not each.rstrip().endswith("?"))
    of_time = _OF_TIME.search(folded(told)) and others(told) <= _MOST_OTHERS
    several = len(told.split()) >= _LEAST_CONTENT - 1 and "?" not in told
    content = may_be_content(talk, told) or (several and bool(kinds_of(told)))
    # Who should do it is no urgency, however long they have been known.
    leads = "trekker" in kinds_of(told)
    if not said.values and content and (leads or not of_time):
        return {"antwoord": None, **offering.offer_slots(talk, text)}
    return {"antwoord": None}


_OF_TIME = re.compile(
    r"\b(?:tijd|tied|wacht\w{0,3}|morgen|vandaag|vand\w{0,2}ge|gisteren|haast|j[ao]{1,2}r(?:en)?"
    r"|(?:te|zo|al|heel|wat|nogal) laat|later|te lange?|bran\w{0,2}"
    r"|vroeg|dringen\w{0,3}"
    r"|snel|rap|nu|lang|ergere?|belangrijker\w?|eraan|afhang\w{0,2}|hangt|dingen|zaken"
    r"|kiez\w{1,2}|kies"
    r"|uitstel\w{0,3}|prioriteit|belangrijk|leeftijd|spoed|cijfer|punt\w{0,2}|hoogste|laagste"
    r"|midden|ooit|nooit"
    r"|eindelijk|gauw|weken|maanden|time|wait|soon|late|never|out of|temps|tard|urgence|zeit|bald"
    r"|spat\w{0,2})\b"
)
"""Words of time: a text of few other words at the question how urgent it is, is about that."""
_MOST_OTHERS = 5


def urgency_again(
    talk: Talk, vraag: Vraag, buttons: list[dict[str, str]]
) -> tuple[str, list[dict[str, str]]] | None:
    """The sentence and buttons that ask again how urgent it is; None at the first time."""
    asked = talk.metadata.get("step") == "vraag" and talk.metadata.get("question") == vraag.key
    text = words_of(talk)
    if vraag.soort != "prioriteit" or not asked or not text:
        return None
    values = talk.urgency_in(text).values
    ends = [f'"{value}"}}' for value in values]
    if len(values) > 1:
        return "dringend_welk", [each for each in buttons if each["payload"].endswith(tuple(ends))]
    return "dringend_opnieuw", [*buttons, talk.button("knop_dringend_overslaan", "/overslaan")]
