"""The step after an opdracht: another one, or the end; and the question how urgent something is."""

from __future__ import annotations

from typing import Any

from actions import choosing, offering
from actions.choosing import Choice
from actions.entering import enter, queue, words_of
from actions.replies import extra_in, reply_in
from actions.talk import Slots, Talk
from consultation.catalogue import Vraag
from language.urgency import Urgency, read_urgency

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
    reply = reply_in(text, talk.intent)
    if reply == "thanks" and talk.intent == "bevestigen":
        reply = "yes"
    choice = wish(talk, text)
    if reply == "more" and not choice.numbers:
        return {"verder": None, **offering.offer_slots(talk, extra_in(text))}
    if choice.numbers and reply != "no":
        return enter(talk, choice.numbers)
    if reply == "no":
        return {"verder": False}
    if choice.guesses or reply == "yes":
        return {"verder": True, "geraden": list(choice.guesses) or None}
    if reply == "thanks":
        return {"verder": False}
    if len(text.split()) <= _A_FEW_WORDS:
        choice = choosing.chosen(text, talk.catalogue)
        if choice.numbers:
            return enter(talk, choice.numbers)
        if choice.guesses and talk.intent == "opdracht_kiezen":
            return {"verder": True, "geraden": list(choice.guesses)}
    if is_content(text):
        return {"verder": None, **offering.offer_slots(talk, text)}
    return {"verder": None}


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
    return choosing.wished(text, talk.catalogue)


def is_content(text: str) -> bool:
    """Whether a text that does not fit the step may belong to an answer."""
    plain = text.strip()
    if plain.endswith("?"):
        return False
    return len(plain.split()) >= _LEAST_CONTENT and len(choosing.bare(plain).split()) > 1


def urgency_in(talk: Talk, text: str) -> Urgency:
    """What a text says about urgency, on the catalogue's scale."""
    steps = talk.catalogue.consultatie.prioriteiten
    return read_urgency(text, {each.waarde: each.naam for each in steps})


def without_step(talk: Talk, text: str) -> Slots:
    """The slots for a text that names no single step: the question is asked again, words stay."""
    said = urgency_in(talk, text)
    if not said.values and is_content(text):
        return {"antwoord": None, **offering.offer_slots(talk, text)}
    return {"antwoord": None}


def urgency_again(
    talk: Talk, vraag: Vraag, buttons: list[dict[str, str]]
) -> tuple[str, list[dict[str, str]]] | None:
    """The sentence and buttons that ask again how urgent it is; None at the first time."""
    asked = talk.metadata.get("step") == "vraag" and talk.metadata.get("question") == vraag.key
    text = words_of(talk)
    if vraag.soort != "prioriteit" or not asked or not text:
        return None
    values = urgency_in(talk, text).values
    ends = [f'"{value}"}}' for value in values]
    if len(values) > 1:
        return "dringend_welk", [each for each in buttons if each["payload"].endswith(tuple(ends))]
    return "dringend_opnieuw", [*buttons, talk.button("knop_dringend_overslaan", "/overslaan")]
