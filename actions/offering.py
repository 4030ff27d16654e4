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

import re
from collections.abc import Mapping
from typing import Any

from rasa_sdk.events import EventType, SlotSet

from actions.reading.naming import fitting_question, kinds_of, mentions, named_question
from actions.talk import CONTRIBUTION_FORM, Slots, Talk, TalkAction, answer_aside
from consultation.catalogue import Opdracht, Vraag
from consultation.participation.effects import AnswerGiven, Source, SubmissionConfirmed
from language.reading import acts, message, summary
from language.reading.code import asks_code, asks_to_change_later
from language.reading.message import Reading
from language.reading.request import CODE, SHOW

NOTHING_OFFERED = _DONE = "klaar"
ANSWER = "/antwoord"
"""What ``decide`` says where the text is the answer to the open question; no question's key."""

BACK = "terug"
TAKE_BACK = f'/antwoord_wijzigen{{"waarde":"{BACK}"}}'
"""The button that takes back the last change of an answer."""

_ADD, _REPLACE, _OTHER, _LEAVE, _CORRECT, _TO = (
    "erbij",
    "vervang",
    "ander",
    "laat",
    "verbeter",
    "naar:",
)
_CHANGE, _KEPT, _SKIP, _SETTLE = "wijzig", "kept", "overslaan", "klopt"
SELF = "self"
"""Why a text is kept that was typed where the group was asked: it may only tell who somebody is. It
is not offered at a question; at the summary a yes leaves it out, unless the yes says to add it."""
EARLY = "early"
"""Why a text is kept that was typed before a question was open and is not surely content: it is
offered at a question, but at the summary a plain yes leaves it out."""
DOUBT = "doubt"
"""Why a text is offered that may be no answer; who answers otherwise has passed it over."""
_SHOWN = 160
_IN_BUBBLE = ("message", "start", "end", "opdracht", "question", "corrects", "why")


def part(talk: Talk, text: str | None = None) -> dict[str, Any]:
    """The reference to a part of the current message, all of it without ``text``."""
    whole = str(talk.tracker.latest_message.get("text") or "").lstrip("\u2060").strip()
    wanted = whole if text is None else text.strip()
    start = max(whole.find(wanted), 0)
    message = talk.metadata.get("typed") or talk.metadata.get("message") or ""
    return {"message": message, "start": start, "end": start + len(wanted), "text": wanted}


def offer_slots(
    talk: Talk,
    text: str | None = None,
    target: str | None = None,
    *,
    corrects: str | None = None,
    why: str | None = None,
    at: int | None = None,
) -> Slots:
    """The slots that offer a part of the current message for an answer on the open opdracht.

    Args:
        talk: the turn; an opdracht must be open.
        text: an exact slice of the message; all of it if None.
        target: the key of the question; the most fitting one if None.
        corrects: words of the existing answer that the text takes the place of.
        at: where an empty ``text`` stands, which takes the corrected words away.
        why: ``again`` when the open question, which has an answer already, was answered again.
    """
    opdracht = talk.opdracht
    assert opdracht is not None
    offered = part(talk, text)
    if at is not None:
        offered |= {"start": at, "end": at}
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


def keep_slots(
    talk: Talk, text: str | None = None, target: str | None = None, why: str | None = None
) -> Slots:
    """Keeps a part of the message until an opdracht is open, and says so; see ``keep``."""
    kept = {**part(talk, text), "opdracht": None, "question": target, "why": why}
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
        if kept.get("why") == SELF and key is not None:
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
    given = talk.slot("antwoord")
    validates = talk.slot("requested_slot") == "antwoord" and given != _DONE
    if given is not None and not validates:
        # While an answer is validated the slot holds its text, and the question is still open.
        return {"step": "bevestigen", "opdracht": number, "question": None}
    custom = {"step": "vraag", "opdracht": number, "question": vraag.key if vraag else None}
    if talk.slot("doorvraag"):
        custom["probe"] = talk.slot("doorvraag")
    if talk.slot("bevestigd") is False:
        custom["changing"] = True
    return custom


def placed(talk: Talk, text: str, reading: Reading) -> Slots | None:
    """What an addition or a correction does to the answer it is about, or None if to none.

    An addition is stored at once, as the participant asked for it; a correction is offered.
    """
    opdracht = talk.opdracht
    assert opdracht is not None
    step = place(talk)["step"]
    current = talk.vraag.key if talk.vraag and step == "vraag" else None
    named = named_question(message.part(text, reading.about), opdracht, current)
    if reading.kind == message.ADDITION:
        content = message.part(text, reading.content)
        key = named or _added_to(talk, opdracht, content, current)
        if key is None or (key == current and key not in talk.answers):
            return None
        if opdracht_kind(opdracht, key) == "prioriteit":
            return None if talk.urgency_in(content).value else offer_slots(talk, content)
        return added(talk, content, key)
    urgent = opdracht.of_kind("prioriteit")
    wanted = message.part(text, reading.new)
    about_urgency = named == (urgent.key if urgent else None) or (
        named is None and "dringend" in wanted.casefold()
    )
    if urgent and about_urgency and urgent.key in talk.answers and talk.urgency_in(wanted).value:
        if step == "bevestigen" and reading.kind == message.CORRECTION and reading.old:
            return new_step(talk, talk.urgency_in(wanted).value or 0, urgent)
        return offer_slots(talk, wanted, urgent.key)
    answered = [
        vraag.key
        for vraag in reversed(opdracht.vragen)
        if vraag.key in talk.answers and vraag is not urgent
    ]
    old, new = message.part(text, reading.old), message.part(text, reading.new)
    if old:
        bare = current is not None and current not in talk.answers and not reading.marked
        if bare and len(text.split()) > _FEW_WORDS:
            return None
        first = [named] if named in answered else []
        holding = (key for key in (*first, *answered) if _holds(talk.answers[key], old))
        found = next(holding, named if named in answered else None)
        if found is None:
            return None
        corrects = old if _holds(talk.answers[found], old) else None
    else:
        meant = [named] if named in answered else answered
        matching = (key for key in meant if _counterpart(talk.answers[key], new))
        found = next(matching, next(iter(meant), None))
        if found is None:
            return None
        corrects = _counterpart(talk.answers[found], new)
    if reading.kind == message.REMOVAL:
        if corrects is None:
            return None
        span = reading.old or (0, 0)
        return offer_slots(talk, "", found, corrects=corrects, at=span[0])
    return offer_slots(talk, new, found, corrects=corrects)


def new_step(talk: Talk, number: int, vraag: Vraag) -> Slots:
    """Gives the urgency another step, as the participant said in so many words, and shows both.

    Away from the summary, where no yes to the whole follows, the step is offered.
    """
    opdracht = talk.opdracht
    assert opdracht is not None
    words = _words_of_step(talk, number)
    if talk.slot("requested_slot") != "bevestigd":
        return offer_slots(talk, words, vraag.key)
    talk.propose(
        AnswerGiven(
            opdracht=opdracht.nummer,
            question=vraag.key,
            value=number,
            source=source(part(talk, words)),
        )
    )
    name = step_name(talk, number)
    talk.utter(
        "verbeterd",
        bij=_to(talk, vraag),
        oud=shortened(talk.answers[vraag.key]),
        nieuw=name,
        custom={"quotes": True},
    )
    return {"antwoorden": {**talk.answers, vraag.key: name}}


def _words_of_step(talk: Talk, number: int) -> str | None:
    """The words of the message that name a step of the scale; None where none name it alone."""
    whole = str(talk.tracker.latest_message.get("text") or "").lstrip("\u2060").strip()
    step = next(each for each in talk.catalogue.consultatie.prioriteiten if each.waarde == number)
    found = list(re.finditer(rf"(?<!\w)(?:{number}|{re.escape(step.naam)})(?!\w)", whole, re.I))
    return found[-1].group() if found else None


def step_name(talk: Talk, number: int | None) -> str:
    """A step of the scale of urgency as its button is called."""
    for step in talk.catalogue.consultatie.prioriteiten:
        if step.waarde == number:
            return f"{step.waarde} - {step.naam}"
    return str(number)


def reopened(key: str, how: str | None, *, changing: bool = False) -> Slots:
    """The slots that ask a question again; ``how`` the next text relates to its answer.

    ``changing``: from the summary, to which the talk goes back.
    """
    slots: Slots = {"antwoord": None, "vraag": key, "doorvraag": None, "wijziging": how}
    return {**slots, "bevestigd": False if changing else None}


def reopen(key: str, how: str | None, *, changing: bool) -> list[EventType]:
    """As ``reopened``, from an action."""
    return [SlotSet(name, value) for name, value in reopened(key, how, changing=changing).items()]


def just_decided(talk: Talk) -> bool:
    """Whether this turn answered an offer or changed an answer, and says nothing else."""
    for event in reversed(talk.tracker.events):
        if event.get("event") == "user":
            return False
        if event.get("event") == "slot" and event.get("name") in ("keuze_aanbod", "antwoorden"):
            return True
    return False


def _added_to(talk: Talk, opdracht: Opdracht, content: str, current: str | None) -> str | None:
    """The answer that an addition without a name is about; None: it answers the open question."""
    answered = [vraag.key for vraag in opdracht.vragen if vraag.key in talk.answers]
    kinds = kinds_of(content)
    now = opdracht.question(current or "")
    if now is not None and now.key not in talk.answers:
        fits = [key for key in answered if opdracht_kind(opdracht, key) in kinds]
        if now.soort in kinds or not answered:
            return None
        return next(iter(fits), answered[-1])
    if now is not None:
        return now.key
    return fitting_question(content, opdracht, None)


def opdracht_kind(opdracht: Opdracht, key: str) -> str | None:
    """The kind of a question."""
    vraag = opdracht.question(key)
    return vraag.soort if vraag else None


def added(
    talk: Talk, content: str, key: str, *, undo: bool = False, value: int | None = None
) -> Slots:
    """Adds a part of the message to an answer, as the participant asked, and says so.

    ``undo``: with a button that takes it back. ``value``: the step of an urgency that it says.
    """
    opdracht = talk.opdracht
    assert opdracht is not None
    vraag = opdracht.question(key)
    assert vraag is not None
    said = part(talk, content)
    talk.propose(
        AnswerGiven(
            opdracht=opdracht.nummer,
            question=key,
            value=value,
            source=source(said),
            added=value is None,
        )
    )
    old = talk.answers.get(key)
    whole = f"{old}\n{content}" if old else content
    talk.utter(
        "aanvulling_bewaard",
        bij=_to(talk, vraag),
        nieuw=shortened(content),
        buttons=[talk.button("knop_terugzetten", TAKE_BACK)] if undo else None,
        custom={"quotes": True},
    )
    return {"antwoorden": {**talk.answers, key: whole}}


def source(said: Mapping[str, Any]) -> Source:
    """The reference of an effect to a part of a message."""
    return Source(message=said["message"], start=said["start"], end=said["end"])


def _holds(answer: str, words: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", answer, re.IGNORECASE) is not None


def _counterpart(answer: str, new: str) -> str | None:
    """The words of an answer that new words replace: as many, before the same last word."""
    words = new.split()
    if len(words) > 1:
        before = r"\s+".join([r"\S+"] * (len(words) - 1))
        found = re.search(rf"(?<!\w)({before}\s+{re.escape(words[-1])})(?!\w)", answer, re.I)
        return found.group(1) if found else None
    numbers = re.findall(r"\b\d[\d.,]*\b", answer) if new[:1].isdigit() else []
    return str(numbers[0]) if len(numbers) == 1 else None


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
            "weg": (offered.get("corrects") or "").strip(),
            "rest": shortened(without(old or "", offered.get("corrects") or "")),
        }
        buttons: tuple[str, ...]
        if old and vraag.soort == "prioriteit":
            sentence, buttons = "aanbod_verbeteren", (_CORRECT, _LEAVE)
            say["weg"] = shortened(old)
        elif old and offered.get("corrects") and not offered["text"]:
            sentence, buttons = "aanbod_schrappen", (_CORRECT, _LEAVE)
        elif old and offered.get("corrects"):
            sentence, buttons = "aanbod_verbeteren", (_CORRECT, _ADD, _LEAVE)
        elif old and offered.get("why") == "again":
            sentence, buttons = "aanbod_opnieuw", (_ADD, _REPLACE, _OTHER, _LEAVE)
        elif offered.get("why") == DOUBT:
            sentence, buttons = "aanbod_twijfel", (_ADD, _OTHER, _LEAVE)
        elif offered.get("why") in (_KEPT, EARLY):
            known = (_ADD, _REPLACE, _OTHER, _LEAVE)
            buttons = known if old else (_ADD, _OTHER, _LEAVE)
            sentence = "aanbod_eerder_erbij" if old else "aanbod_eerder"
        elif old:
            sentence, buttons = "aanbod_erbij", (_ADD, _REPLACE, _OTHER, _LEAVE)
        else:
            sentence, buttons = "aanbod_nieuw", (_ADD, _OTHER, _LEAVE)
        if _waits_beside(talk, offered):
            tell_answers(talk, opdracht, talk.answers)
            settle = talk.button("knop_klopt", f'/bijdrage{{"waarde":"{_SETTLE}"}}')
            change = talk.button("knop_wijzigen", "/antwoord_wijzigen")
            sentence = "aanbod_over_u"
            shown = [settle, *_buttons(talk, (_ADD, _OTHER)), change]
        elif _settles_summary(talk, offered):
            if offered.get("why") == _KEPT:
                tell_answers(talk, opdracht, talk.answers)
            yes, *rest = _buttons(talk, buttons)
            yes["title"] = talk.words("knop_klopt")
            change = talk.button("knop_wijzigen", "/antwoord_wijzigen")
            sentence, shown = f"{sentence}_klopt", [yes, *rest, change]
        else:
            shown = _buttons(talk, buttons)
        if sentence == "aanbod_schrappen":
            shown[0]["title"] = talk.words("knop_aanbod_schrap")
        talk.utter(sentence, buttons=shown, custom=custom, **say)
        return []


def tell_answers(talk: Talk, opdracht: Opdracht | None, answers: Mapping[str, str]) -> None:
    """Shows answers on an opdracht, verbatim."""
    lines = [
        f"• {label(talk, vraag)}: {shown_answer(talk, vraag, answers[vraag.key])}"
        for vraag in (opdracht.vragen if opdracht else ())
        if vraag.key in answers
    ]
    if lines and (talk.intent == "overzicht_tonen" or talk.metadata.get("returns")):
        # Who asks to see them again, or comes back, gets them again.
        again = talk.words("samenvatting").format(punten="\n".join(lines))
        talk.dispatcher.utter_message(text=again, buttons=[], json_message={"quotes": True})
    elif lines:
        talk.utter("samenvatting", punten="\n".join(lines), custom={"quotes": True})
    else:
        talk.utter("samenvatting_leeg")


def shown_answer(talk: Talk, vraag: Vraag, answer: str) -> str:
    """An answer in one line; of an urgency in own words also the step that was understood."""
    said = " ".join(answer.split())
    number = talk.urgency_in(said).value if vraag.soort == "prioriteit" else None
    step = step_name(talk, number) if number is not None else said
    return said if step == said else f"{step} (“{said}”)"


def label(talk: Talk, vraag: Vraag) -> str:
    """The short name of a question, for buttons and the summary."""
    return vraag.tekst if vraag.soort == "extra" else talk.words(f"soort_{vraag.soort}")


def _settles_summary(talk: Talk, offered: Mapping[str, Any]) -> bool:
    """Whether a yes to the offer is also the yes to the summary, which is shown just before it."""
    return offered.get("why") in (None, _KEPT) and place(talk)["step"] == "bevestigen"


def _waits_beside(talk: Talk, offered: Mapping[str, Any]) -> bool:
    """Whether the summary is asked beside a text that may be no content: a yes leaves it out."""
    return offered.get("why") in (SELF, EARLY) and place(talk)["step"] == "bevestigen"


def confirm(talk: Talk) -> Slots:
    """Makes the submission of this opdracht final, and says so."""
    opdracht = talk.opdracht
    assert opdracht is not None
    talk.propose(SubmissionConfirmed(opdracht=opdracht.nummer))
    talk.utter("bevestigd")
    done = sorted({*(talk.slot("klaar") or []), opdracht.nummer})
    return {"bevestigd": True, "klaar": done}


def decide(talk: Talk, value: Any) -> tuple[Slots, str | None]:
    """What the participant chose: the slots, and the key of the question that was answered.

    ``ANSWER`` in place of a key: the text passes over the offer, which waits for the summary, and
    answers the open question.
    """
    offered, opdracht = talk.slot("aanbod"), talk.opdracht
    if not offered or opdracht is None:
        return {"keuze_aanbod": NOTHING_OFFERED, "aanbod": None}, None
    text = str(value).lstrip("\u2060")
    chosen = talk.entity("waarde") or _typed(talk, text, opdracht, offered)
    if chosen == _SKIP:
        talk.utter("overgeslagen", custom={"settled": _reference(offered)})
        vraag = talk.vraag
        return _after(talk), vraag.key if vraag else None
    if chosen == _SETTLE:
        talk.utter("aanbod_gelaten", custom={"settled": _reference(offered)})
        slots = _after(talk)
        return slots | (confirm(talk) if slots["keuze_aanbod"] == NOTHING_OFFERED else {}), None
    if chosen == _LEAVE:
        talk.utter("aanbod_gelaten", custom={"settled": _reference(offered)})
        return _after(talk), None
    if chosen == _OTHER:
        return {"keuze_aanbod": None, "aanbod": {**offered, "why": _OTHER}}, None
    if chosen and chosen.startswith(_TO):
        key = chosen.removeprefix(_TO)
        if (
            opdracht_kind(opdracht, key) == "prioriteit"
            and not talk.urgency_in(offered["text"]).value
        ):
            # Only an urgency answers how urgent it is.
            return {"keuze_aanbod": None, "aanbod": {**offered, "why": _OTHER}}, None
        if key not in talk.answers:
            return _store(talk, {**offered, "question": key}, _ADD)
        return {"keuze_aanbod": None, "aanbod": {**offered, "question": key, "why": None}}, None
    if chosen in (_ADD, _REPLACE, _CORRECT):
        settles = _settles_summary(talk, offered)
        slots, answered = _store(talk, offered, chosen)
        if settles and slots["keuze_aanbod"] == NOTHING_OFFERED:
            slots |= confirm(talk)
        return slots, answered
    if chosen == _CHANGE:
        # The text waits, and comes back before the next summary.
        rest = [*(talk.slot("bewaard") or []), offered]
        slots = {"keuze_aanbod": NOTHING_OFFERED, "aanbod": None, "bewaard": rest}
        named = talk.entity("vraag") or (named_question(text, opdracht, None) if text else None)
        if named is not None and opdracht.question(named) is not None:
            slots |= {"antwoord": None, "vraag": named, "doorvraag": None, "bevestigd": False}
            slots |= {"wijziging": _REPLACE}
        return slots, None
    if chosen == "inhoud" and _answers_beneath(talk):
        waits = [] if offered.get("why") == DOUBT else [offered]
        rest = [*(talk.slot("bewaard") or []), *waits]
        return {"keuze_aanbod": NOTHING_OFFERED, "aanbod": None, "bewaard": rest}, ANSWER
    if chosen == "inhoud" and message.goes_on(text) and offered["text"]:
        # "En ook ..." takes the offer as meant, and stands with it.
        slots, answered = _store(talk, offered, _CORRECT if offered.get("corrects") else _ADD)
        talk.tracker.slots["antwoorden"] = slots["antwoorden"]
        return {**slots, **added(talk, text.strip(), offered["question"])}, answered
    if chosen == "inhoud":
        return _more_of_it(talk, text), None
    if not _answered_beside(talk, opdracht, text):
        talk.utter("aanbod_kies")
    return {"keuze_aanbod": None, "aanbod": offered}, None


def _answered_beside(talk: Talk, opdracht: Opdracht, text: str) -> bool:
    """Answers who asks for their code or their answers while a text is offered."""
    if talk.request.wish == SHOW or talk.intent == "overzicht_tonen":
        tell_answers(talk, opdracht, talk.answers)
        return True
    return told_how_to_return(talk, text)


def told_how_to_return(talk: Talk, text: str) -> bool:
    """Tells who asks for the code, or if answers can be changed later; False for other texts."""
    if talk.request.wish == CODE or asks_code(text):
        talk.utter("waar_code")
    elif asks_to_change_later(text):
        talk.utter("later_veranderen")
    else:
        return False
    return True


def _more_of_it(talk: Talk, text: str) -> Slots:
    """A further text while one is offered: an addition or correction is done, others wait."""
    reading = message.read(text)
    if reading.kind in (message.ADDITION, message.CORRECTION, message.REMOVAL):
        found = placed(talk, text, reading)
        if found is not None:
            return {"keuze_aanbod": None, "aanbod": talk.slot("aanbod"), **found}
    return {**offer_slots(talk, text), "keuze_aanbod": None}


def _answers_beneath(talk: Talk) -> bool:
    """Whether content at an offer answers the open question: it is open, without an answer."""
    vraag = talk.vraag
    open_one = place(talk)["step"] == "vraag" and vraag is not None
    if not open_one or vraag is None:
        return False
    return vraag.key not in talk.answers


def _open(talk: Talk) -> str | None:
    """The key of the open question beneath an offer."""
    return talk.vraag.key if talk.vraag else None


def _is_answer(talk: Talk, text: str) -> bool:
    """Whether a text at an offer, that chooses nothing, answers the open question beneath."""
    vraag = talk.vraag
    if vraag is None or not _answers_beneath(talk):
        return False
    if vraag.soort == "prioriteit":
        said = talk.urgency_in(text)
        return said.skipped or bool(said.values)
    reading = message.read(text)
    if reading.kind == message.ANSWER_AND_QUESTION:
        return True
    if text.rstrip().endswith("?") or reading.kind in message.REMARKS:
        return False
    if talk.entity(acts.ENTITY) is not None:
        return False
    return talk.intent in _MAY_BE_CONTENT


def _store(talk: Talk, offered: Mapping[str, Any], how: str) -> tuple[Slots, str | None]:
    opdracht = talk.opdracht
    assert opdracht is not None
    key, new = offered["question"], offered["text"]
    vraag = opdracht.question(key)
    old = talk.answers.get(key)
    wrong = offered.get("corrects") if how == _CORRECT else None
    number = talk.urgency_in(new).value if vraag and vraag.soort == "prioriteit" else None
    if number is not None:
        # A scale has one value: a yes puts the new one in the place of the old.
        how = _REPLACE
    talk.propose(
        AnswerGiven(
            opdracht=offered["opdracht"],
            question=key,
            value=number,
            source=source(offered),
            added=how == _ADD,
            corrects=wrong,
        )
    )
    if number is not None:
        whole = step_name(talk, number)
    elif how == _REPLACE or not old:
        whole = new
    elif wrong:
        whole = without(old, wrong, new)
    else:
        whole = f"{old}\n{new}"
    talk.utter("aanbod_bewaard", custom={"settled": _reference(offered)})
    return {**_after(talk), "antwoorden": {**talk.answers, key: whole}}, key


def without(answer: str, words: str, instead: str = "") -> str:
    """An answer with other words, or none, in the place of some of its words."""
    start = answer.casefold().rfind(words.casefold()) if words else -1
    if start < 0:
        return instead or answer
    return f"{answer[:start]}{instead}{answer[start + len(words) :]}"


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
    if talk.intent == "antwoord_wijzigen" and place(talk)["step"] == "bevestigen":
        return _CHANGE
    skips = talk.intent in ("overslaan", "weet_niet") or talk.entity(acts.ENTITY) == acts.PASS
    other = offered["question"] != _open(talk) or offered.get("why") == DOUBT
    if skips and other and _answers_beneath(talk):
        return _SKIP
    says = summary.says(text)
    few = len(text.split()) <= _FEW_WORDS
    agrees = says == summary.YES or (says is None and few and talk.intent == "bevestigen")
    if agrees and _waits_beside(talk, offered) and not mentions(plain, "aanbod_erbij"):
        return _SETTLE
    yes_first = plain.startswith("ja") or mentions(plain, "aanbod_erbij")
    if offered.get("why") == DOUBT and _GOES_ON.search(plain) and not yes_first:
        # Who wants to go on says nothing of the text.
        return _LEAVE
    if talk.vraag is not None and talk.vraag.soort == "prioriteit" and _is_answer(talk, text):
        return "inhoud"
    if says is not None:
        yes = _CORRECT if offered.get("corrects") else _ADD
        return yes if says == summary.YES else _LEAVE
    if _says_more(talk, text):
        # "Ga erbij zitten en luister ..." is more than the choice that it begins as.
        return "inhoud"
    if mentions(plain, "aanbod_vervang"):
        return _REPLACE if offered["question"] in talk.answers else _ADD
    named = named_question(text, opdracht, None) if len(text.split()) <= _FEW_WORDS else None
    if named is not None and named != offered["question"]:
        return f"{_TO}{named}"
    if mentions(plain, "aanbod_ander"):
        return _OTHER
    if talk.intent == "ontkennen" or mentions(plain, "niets"):
        return _LEAVE
    if (talk.intent == "bevestigen" and few) or named or mentions(plain, "aanbod_erbij"):
        return _CORRECT if offered.get("corrects") else _ADD
    if talk.intent in ("overslaan", "terug"):
        return _LEAVE
    remark = message.read(text).kind in message.REMARKS or talk.entity(acts.ENTITY) is not None
    if offered.get("why") == DOUBT and remark:
        return _LEAVE
    if _is_answer(talk, text):
        return "inhoud"
    if talk.intent in _MAY_BE_CONTENT and len(text.split()) >= _CONTENT_WORDS:
        return "inhoud"
    answer_aside(talk, talk.intent)
    return None


def _says_more(talk: Talk, text: str) -> bool:
    """Whether a text holds content of its own, whatever choice its words resemble."""
    reading = message.read(text)
    added = message.part(text, reading.content) if reading.kind == message.ADDITION else ""
    if len(added.split()) >= _CONTENT_WORDS:
        return True
    if len(text.split()) <= _FEW_WORDS or text.rstrip().endswith("?"):
        return False
    return _is_answer(talk, text) or (
        reading.kind not in message.REMARKS
        and talk.act not in _CHOOSES
        and talk.chance("bijdrage") >= _LEAST_CHANCE
    )


_GOES_ON = re.compile(
    r"\b(?:doe|doen|ga|gaan|gewoon|wil|laat ons|maar) (?:\w+ ){0,2}(?:verder|voort|door)"
    r"(?: hoor| nu)?$"
)
_CHOOSES = frozenset({acts.AGREE, acts.LEAVE, acts.REMARK, acts.WAIT, acts.ASK, acts.STOP})
_LEAST_CHANCE = 0.5
_MAY_BE_CONTENT = frozenset({"bijdrage", "buiten_onderwerp", "andere_taal", "opdracht_kiezen"})
_FEW_WORDS = 8
_CONTENT_WORDS = 4


def _buttons(talk: Talk, wanted: tuple[str, ...]) -> list[dict[str, str]]:
    return [
        talk.button(f"knop_aanbod_{each}", f'/bijdrage{{"waarde":"{each}"}}') for each in wanted
    ]


def _places(talk: Talk, opdracht: Opdracht) -> list[dict[str, str]]:
    buttons = [
        {
            "title": label(talk, vraag),
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
