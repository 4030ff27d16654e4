"""Texts that the open step cannot use: kept, and offered to the participant as part of an answer.

An offer lies over the step beneath it: the slot ``keuze_aanbod`` of the contribution form is asked
before the form goes on. The bubble's ``custom.offer`` names the part of the message, the opdracht
and the question, so that an offer survives a restart. Where no opdracht is open the part is kept
(``custom.kept``) until a question opens that it fits. ``custom.settled`` ends both. Bubbles refer
to messages and do not hold a second copy of their words, apart from ``quotes`` bubbles, which an
erasure silences.

Other actions use ``offer_slots`` (in a validator), ``offer`` (in an action) or, where an opdracht
may not be open, ``keep``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rasa_sdk.events import EventType, SlotSet

from actions.naming import fitting_question, mentions, named_question
from actions.talk import CONTRIBUTION_FORM, Slots, Talk, TalkAction, answer_aside
from consultation.catalogue import Opdracht, Vraag
from consultation.participation.effects import AnswerGiven, Source

NOTHING_OFFERED = "klaar"
_ADD, _REPLACE, _OTHER, _LEAVE, _CORRECT, _TO = (
    "erbij",
    "vervang",
    "ander",
    "laat",
    "verbeter",
    "naar:",
)
_SHOWN = 160
_IN_BUBBLE = ("message", "start", "end", "opdracht", "question", "corrects", "why")


def part(talk: Talk, text: str | None = None) -> dict[str, Any]:
    """The reference to a part of the current message, all of it without ``text``."""
    whole = str(talk.tracker.latest_message.get("text") or "").lstrip("\u2060").strip()
    wanted = whole if text is None else text.strip()
    start = max(whole.find(wanted), 0)
    message = talk.metadata.get("said") or talk.metadata.get("message") or ""
    return {"message": message, "start": start, "end": start + len(wanted), "text": wanted}


def offer_slots(
    talk: Talk,
    text: str | None = None,
    target: str | None = None,
    *,
    corrects: str | None = None,
    why: str | None = None,
) -> Slots:
    """The slots that offer a part of the current message for an answer on the open opdracht.

    Args:
        talk: the turn; an opdracht must be open.
        text: an exact slice of the message; all of it if None.
        target: the key of the question; the most fitting one if None.
        corrects: words of the existing answer that the text takes the place of.
        why: ``again`` when the open question, which has an answer already, was answered again.
    """
    opdracht = talk.opdracht
    assert opdracht is not None
    offered = part(talk, text)
    key = target or fitting_question(offered["text"], opdracht, talk.slot("vraag"))
    offered |= {"opdracht": opdracht.nummer, "question": key, "corrects": corrects, "why": why}
    waiting = list(talk.slot("bewaard") or [])
    current = talk.slot("aanbod")
    if talk.slot("keuze_aanbod") is None and current:
        return {"aanbod": current, "bewaard": [*waiting, offered], "keuze_aanbod": None}
    return {"aanbod": offered, "keuze_aanbod": None}


def offer(talk: Talk, text: str | None = None, target: str | None = None) -> list[EventType]:
    """``offer_slots`` as events; the contribution form must run after them."""
    return [SlotSet(name, value) for name, value in offer_slots(talk, text, target).items()]


def keep_slots(talk: Talk, text: str | None = None, target: str | None = None) -> Slots:
    """Keeps a part of the message until an opdracht is open, and says so; see ``keep``."""
    kept = {**part(talk, text), "opdracht": None, "question": target}
    waiting = [each for each in talk.slot("bewaard") or [] if not _same(each, kept)]
    talk.utter("tekst_bewaard", custom={"kept": _reference(kept)})
    return {"bewaard": [*waiting, kept]}


def keep(talk: Talk, text: str | None = None, target: str | None = None) -> list[EventType]:
    """Offers a part of the message where an opdracht is open, else keeps it for later."""
    open_one = talk.opdracht is not None
    slots = (offer_slots if open_one else keep_slots)(talk, text, target)
    return [SlotSet(name, value) for name, value in slots.items()]


def due(talk: Talk, opdracht: Opdracht, key: str | None) -> Slots:
    """The slots that offer a kept text that fits the question that opens now, or none."""
    for kept in talk.slot("bewaard") or []:
        if kept.get("opdracht") not in (None, opdracht.nummer):
            continue
        wanted = kept.get("question")
        if wanted is None or opdracht.question(wanted) is None:
            wanted = fitting_question(kept["text"], opdracht, None)
        if key is None or wanted == key:
            rest = [each for each in talk.slot("bewaard") if each is not kept]
            offered = {**kept, "opdracht": opdracht.nummer, "question": wanted}
            offered["why"] = kept.get("why") or "kept"
            return {"aanbod": offered, "keuze_aanbod": None, "bewaard": rest}
    return {}


def place(talk: Talk) -> dict[str, Any]:
    """The position of the step beneath the offer, for ``custom``."""
    opdracht, vraag = talk.opdracht, talk.vraag
    number = opdracht.nummer if opdracht else None
    if talk.slot("bevestigd") is True:
        return {"step": "verder", "opdracht": number, "question": None}
    if talk.slot("antwoord") is not None:
        return {"step": "bevestigen", "opdracht": number, "question": None}
    custom = {"step": "vraag", "opdracht": number, "question": vraag.key if vraag else None}
    if talk.slot("doorvraag"):
        custom["probe"] = talk.slot("doorvraag")
    if talk.slot("bevestigd") is False:
        custom["changing"] = True
    return custom


class AskKeuzeAanbod(TalkAction):
    """Shows the offered text, the answer it would change, and asks what to do."""

    def name(self) -> str:
        return f"action_ask_{CONTRIBUTION_FORM}_keuze_aanbod"

    def act(self, talk: Talk) -> list[EventType]:
        offered, opdracht = talk.slot("aanbod"), talk.opdracht
        if not offered or opdracht is None:
            talk.fail()
            return []
        vraag = opdracht.question(offered["question"]) or opdracht.vragen[0]
        custom = {**place(talk), "offer": _reference(offered), "quotes": True}
        new = shortened(offered["text"])
        old = talk.answers.get(vraag.key)
        if offered.get("why") == _OTHER:
            talk.utter("aanbod_waar", nieuw=new, buttons=_places(talk, opdracht), custom=custom)
            return []
        say = {
            "oud": shortened(old or ""),
            "nieuw": new,
            "bij": _to(talk, vraag),
            "vraag": vraag.tekst,
            "weg": offered.get("corrects"),
        }
        buttons: tuple[str, ...]
        if old and offered.get("corrects"):
            sentence, buttons = "aanbod_verbeteren", (_CORRECT, _ADD, _LEAVE)
        elif old and offered.get("why") == "again":
            sentence, buttons = "aanbod_opnieuw", (_ADD, _REPLACE, _OTHER, _LEAVE)
        elif offered.get("why") == "kept":
            known = (_ADD, _REPLACE, _OTHER, _LEAVE)
            buttons = known if old else (_ADD, _OTHER, _LEAVE)
            sentence = "aanbod_eerder_erbij" if old else "aanbod_eerder"
        elif old:
            sentence, buttons = "aanbod_erbij", (_ADD, _REPLACE, _OTHER, _LEAVE)
        else:
            sentence, buttons = "aanbod_nieuw", (_ADD, _OTHER, _LEAVE)
        talk.utter(sentence, buttons=_buttons(talk, buttons), custom=custom, **say)
        return []


def decide(talk: Talk, value: Any) -> tuple[Slots, str | None]:
    """What the participant chose: the slots, and the key of the question that was answered."""
    offered, opdracht = talk.slot("aanbod"), talk.opdracht
    if not offered or opdracht is None:
        return {"keuze_aanbod": NOTHING_OFFERED, "aanbod": None}, None
    text = str(value).lstrip("\u2060")
    chosen = talk.entity("waarde") or _typed(talk, text, opdracht, offered)
    if chosen == _LEAVE:
        talk.utter("aanbod_gelaten", custom={"settled": _reference(offered)})
        return _after(talk), None
    if chosen == _OTHER:
        return {"keuze_aanbod": None, "aanbod": {**offered, "why": _OTHER}}, None
    if chosen and chosen.startswith(_TO):
        key = chosen.removeprefix(_TO)
        if key not in talk.answers:
            return _store(talk, {**offered, "question": key}, _ADD)
        return {"keuze_aanbod": None, "aanbod": {**offered, "question": key, "why": None}}, None
    if chosen in (_ADD, _REPLACE, _CORRECT):
        return _store(talk, offered, chosen)
    if chosen == "inhoud":
        return {**offer_slots(talk, text), "keuze_aanbod": None}, None
    talk.utter("aanbod_kies")
    return {"keuze_aanbod": None, "aanbod": offered}, None


def _store(talk: Talk, offered: Mapping[str, Any], how: str) -> tuple[Slots, str | None]:
    opdracht = talk.opdracht
    assert opdracht is not None
    key, new = offered["question"], offered["text"]
    vraag = opdracht.question(key)
    old = talk.answers.get(key)
    wrong = offered.get("corrects") if how == _CORRECT else None
    number = int(new) if vraag and vraag.soort == "prioriteit" and new in "12345" else None
    source = Source(message=offered["message"], start=offered["start"], end=offered["end"])
    talk.propose(
        AnswerGiven(
            opdracht=offered["opdracht"],
            question=key,
            value=number,
            source=source,
            added=how == _ADD,
            corrects=wrong,
        )
    )
    if how == _REPLACE or not old:
        whole = new
    elif wrong:
        place_of = old.casefold().rfind(wrong.casefold())
        whole = f"{old[:place_of]}{new}{old[place_of + len(wrong) :]}" if place_of >= 0 else new
    else:
        whole = f"{old}\n{new}"
    talk.utter("aanbod_bewaard", custom={"settled": _reference(offered)})
    return {**_after(talk), "antwoorden": {**talk.answers, key: whole}}, key


def _after(talk: Talk) -> Slots:
    """The next text that was offered for the same opdracht meanwhile, or the step beneath."""
    opdracht = talk.opdracht
    waiting = talk.slot("bewaard") or []
    for each in waiting:
        if opdracht is not None and each.get("opdracht") == opdracht.nummer:
            rest = [other for other in waiting if other is not each]
            return {"keuze_aanbod": None, "aanbod": each, "bewaard": rest}
    return {"keuze_aanbod": NOTHING_OFFERED, "aanbod": None}


def _typed(talk: Talk, text: str, opdracht: Opdracht, offered: Mapping[str, Any]) -> str | None:
    """The choice that a typed text makes, ``inhoud`` for more content, or None."""
    plain = " ".join(text.casefold().split()).strip(" .!")
    if mentions(plain, "aanbod_vervang"):
        return _REPLACE if offered["question"] in talk.answers else _ADD
    named = named_question(text, opdracht, None) if len(text.split()) <= _FEW_WORDS else None
    if named is not None and named != offered["question"]:
        return f"{_TO}{named}"
    if mentions(plain, "aanbod_ander"):
        return _OTHER
    if talk.intent == "ontkennen" or mentions(plain, "niets"):
        return _LEAVE
    if talk.intent == "bevestigen" or named or mentions(plain, "aanbod_erbij"):
        return _CORRECT if offered.get("corrects") else _ADD
    if talk.intent in ("overslaan", "terug"):
        return _LEAVE
    if talk.intent == "bijdrage" and len(text.split()) >= _CONTENT_WORDS:
        return "inhoud"
    answer_aside(talk, talk.intent)
    return None


_FEW_WORDS = 8
_CONTENT_WORDS = 4


def _buttons(talk: Talk, wanted: tuple[str, ...]) -> list[dict[str, str]]:
    return [
        talk.button(f"knop_aanbod_{each}", f'/bijdrage{{"waarde":"{each}"}}') for each in wanted
    ]


def _places(talk: Talk, opdracht: Opdracht) -> list[dict[str, str]]:
    buttons = [
        {
            "title": vraag.tekst if vraag.soort == "extra" else talk.words(f"soort_{vraag.soort}"),
            "payload": f'/bijdrage{{"waarde":"{_TO}{vraag.key}"}}',
        }
        for vraag in opdracht.vragen
        if vraag.soort != "prioriteit"
    ]
    return [*buttons, *_buttons(talk, (_LEAVE,))]


def _to(talk: Talk, vraag: Vraag) -> str:
    return talk.words(f"bij_{vraag.soort}")


def _reference(offered: Mapping[str, Any]) -> dict[str, Any]:
    return {name: offered[name] for name in _IN_BUBBLE if offered.get(name) is not None}


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all(one.get(name) == other.get(name) for name in ("message", "start"))


def shortened(text: str) -> str:
    """An answer to show in an offer: one line, cut after a word at some 160 characters."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[:_SHOWN].rsplit(" ", 1)[0] + " …"
