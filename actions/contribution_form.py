"""The form of one opdracht: its questions, the summary, and the question how to continue."""

from __future__ import annotations

import math
import re
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import changing, going_on, offering
from actions.entering import answers_on, elsewhere, words_of
from actions.mending import about_earlier, mended_instead, names_other, no_answer
from actions.reading import probing
from actions.reading.content import said_before
from actions.reading.naming import named_question
from actions.talk import (
    ASIDES,
    CONTRIBUTION_FORM,
    Slots,
    Talk,
    TalkAction,
    TalkForm,
    answer_aside,
    thank_in_language,
    validator,
)
from consultation.catalogue import Opdracht, Vraag
from consultation.participation.effects import AnswerGiven
from language.budget import Budget
from language.informativeness import is_mash
from language.non_answers import is_stock_non_answer
from language.reading import acts, message, summary
from language.segmentation.sentences import sentence_spans

_DONE = "klaar"
_FEW_WORDS = 4
_REMARK_WORDS = 8
# Minutes to read, think and type; the catalogue promises five minutes for four questions.
_MINUTES = {"drempel": 1.5, "voorstel": 1.5, "extra": 1.0, "trekker": 0.75, "prioriteit": 0.25}


def next_question(opdracht: Opdracht, current: Vraag, step: int = 1) -> Vraag | None:
    """The question ``step`` places after the current one, or None beyond either end."""
    index = opdracht.vragen.index(current) + step
    return opdracht.vragen[index] if 0 <= index < len(opdracht.vragen) else None


def after_answer(talk: Talk) -> Slots:
    """The slots that lead to the next question, or to the summary after the last question.

    While a participant changes an answer, the summary follows too.
    """
    opdracht, vraag = talk.opdracht, talk.vraag
    assert opdracht is not None
    assert vraag is not None
    following = next_question(opdracht, vraag)
    while following is not None and following.key in talk.answers:
        following = next_question(opdracht, following)
    changing = talk.slot("bevestigd") is False
    if following is None or changing:
        return to_summary(talk)
    slots: Slots = {"antwoord": None, "vraag": following.key}
    slots |= {"doorvraag": None, "wijziging": None}
    return {**slots, **offering.due(talk, opdracht, following.key)}


def to_summary(talk: Talk) -> Slots:
    """The slots that lead to the summary, after the texts that still wait for a place."""
    assert talk.opdracht is not None
    done: Slots = {"antwoord": _DONE, "vraag": None, "doorvraag": None, "wijziging": None}
    return {**done, "bevestigd": None, **offering.due(talk, talk.opdracht, None)}


def how_to_change(talk: Talk, key: str) -> str | None:
    """What the next text does to an answer that the participant went back to.

    It comes in the place of a remark that was kept as the answer; beside any other answer. An
    urgency has one value.
    """
    opdracht, earlier = talk.opdracht, talk.answers.get(key)
    vraag = opdracht.question(key) if opdracht else None
    if earlier is None or vraag is None:
        return None
    return "vervang" if vraag.soort == "prioriteit" or _is_remark(earlier) else "erbij"


def _is_remark(answer: str) -> bool:
    """Whether an answer that stands is no content, by its words."""
    reading = message.read(answer)
    if reading.kind in message.REMARKS or is_stock_non_answer(answer):
        return True
    short = len(answer.split()) <= _REMARK_WORDS
    return short and (answer.rstrip().endswith("?") or not any(map(str.isalnum, answer)))


class ValidateContributionForm(TalkForm):
    """Accepts answers unchanged; the gateway stores the text."""

    def name(self) -> str:
        return f"validate_{CONTRIBUTION_FORM}"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        """Validates; when an opdracht starts, a text that was kept may fit its first question."""
        events = await super().run(dispatcher, tracker, domain)
        talk = Talk(dispatcher, tracker)
        starts = talk.slot("requested_slot") is None and talk.slot("antwoord") is None
        if starts and not talk.forgotten and talk.opdracht and talk.vraag:
            slots = offering.due(talk, talk.opdracht, talk.vraag.key)
            events += [SlotSet(name, value) for name, value in slots.items()]
        return events

    @validator
    def validate_keuze_aanbod(self, value: Any, talk: Talk) -> Slots:
        """Places the offered text; the open question is done when the text answered it."""
        told = self._told_beside(talk)
        if told is not None:
            return told
        mended = mended_instead(talk, str(value).lstrip("\u2060"))
        if mended is not None:
            return mended
        slots, answered = offering.decide(talk, value)
        if answered == offering.ANSWER:
            return {**slots, **self._answered(value, talk)}
        opdracht, vraag = talk.opdracht, talk.vraag
        asked = offering.place(talk)["step"] == "vraag"
        if answered is None or not asked or opdracht is None or vraag is None:
            return slots
        if answered != vraag.key:
            return slots
        following = after_answer(talk)
        if slots["keuze_aanbod"] is None:
            # Another offer comes first.
            following = {name: following[name] for name in following if name not in slots}
        return {**slots, **following}

    def _told_beside(self, talk: Talk) -> Slots | None:
        """A change that is told while a text is offered: carried out, or its question is asked."""
        if offering.place(talk)["step"] == "vraag":
            return None
        text, offered = words_of(talk), talk.slot("aanbod")
        told = changing.told(talk, text)
        if told is not None and "antwoorden" in told:
            return {"keuze_aanbod": None, "aanbod": offered, **told}
        again = None
        if offering.place(talk)["step"] == "bevestigen":
            again = changing.excepted(talk, text) or changing.asked_again(talk, text)
        if again is None or not offered:
            return None
        rest = [*(talk.slot("bewaard") or []), offered]
        settled: Slots = {"keuze_aanbod": offering.NOTHING_OFFERED, "aanbod": None}
        return {**settled, "bewaard": rest, **again}

    @validator
    def validate_antwoord(self, value: Any, talk: Talk) -> Slots:
        """Accepts any text; a thin answer may get a follow-up question, after it is stored."""
        return self._answered(value, talk)

    def _answered(self, value: Any, talk: Talk) -> Slots:
        opdracht, vraag = talk.opdracht, talk.vraag
        if opdracht is None or vraag is None:
            talk.fail()
            return {"antwoord": None}
        button = talk.entity("waarde")
        text = str(value).lstrip("\u2060")
        away = None if button else elsewhere(talk, text)
        if away is not None:
            return away
        said = talk.urgency_in(text) if vraag.soort == "prioriteit" else None
        if said is not None and not button and said.skipped:
            talk.utter("overgeslagen")
            return after_answer(talk)
        if not button and not talk.metadata.get("unread"):
            both = _answers_and_asks_more(talk, opdracht, vraag, text)
            if both is not None:
                return both
            taken = _no_plain_answer(talk, vraag, text)
            if taken is not None:
                return taken
        number = int(button) if button and button.isdigit() else None
        if said is not None and not button:
            number = said.value
            if number is None:
                return going_on.without_step(talk, text)
        probed: str | None = talk.slot("doorvraag")
        shown = offering.step_name(talk, number) if button else text
        earlier = talk.answers.get(vraag.key)
        added = talk.slot("wijziging") == "erbij" and not button
        whole = f"{earlier} {shown}" if (probed or added) and earlier else shown
        others = [said for key, said in talk.answers.items() if key != vraag.key]
        budget = Budget()
        skipped = button or talk.metadata.get("unread")
        found = None if skipped else probing.read(vraag, text, others, budget)
        kept = found
        if found is not None and whole != text:
            # The stored measure is of the whole answer, so that it compares with one given at once.
            kept = probing.read(vraag, whole, others, budget)
        talk.propose(
            AnswerGiven(
                opdracht=opdracht.nummer,
                question=vraag.key,
                value=number,
                probe=probed,
                measure=kept.measure if kept else None,
                added=added,
            )
        )
        slots: Slots = {"antwoorden": {**talk.answers, vraag.key: whole}}
        aside = talk.metadata.get("aside")
        wording = probing.next_probe(talk, vraag, found) if found else None
        if wording is not None:
            talk.utter(
                "doorvraag_begrepen", antwoord=probing.shortened(text), custom={"quotes": True}
            )
            answer_aside(talk, aside)
            asked = [*(talk.slot("doorgevraagd") or []), wording]
            return {**slots, "antwoord": None, "doorvraag": wording, "doorgevraagd": asked}
        slots |= thank_in_language(talk, found.measure.language if found is not None else None)
        answer_aside(talk, aside)
        return {**slots, **after_answer(talk)}

    @validator
    def validate_bevestigd(self, value: Any, talk: Talk) -> Slots:
        """A yes makes the submission final; after a no the form asks what to change."""
        opdracht = talk.opdracht
        if value is False and message.read(words_of(talk)).content is not None:
            # "Nee, de bus rijdt wel" holds more than the no.
            told = changing.beside_answer(talk) or {}
            done: Slots = {"wijziging": changing.DONE} if "antwoorden" in told else {}
            return {"bevestigd": None, **told, **done}
        named = changing.answer_named(talk, words_of(talk)) if value is False else None
        if named is not None:
            return {"bevestigd": None, **changing.reopened(named)}
        if value is not True or opdracht is None:
            return {"bevestigd": None}
        return offering.confirm(talk)

    @validator
    def validate_verder(self, value: Any, talk: Talk) -> Slots:
        """Accepts a yes, a no, a subject or an addition; ``action_verder`` goes on."""
        return going_on.decide(talk, value)


def _answers_and_asks_more(talk: Talk, opdracht: Opdracht, vraag: Vraag, text: str) -> Slots | None:
    """The slots for an answer whose last sentence is about another answer or subject, or None.

    "De gemeente, met de scholen. En zet bij het eerste nog dat de bus te duur is": what stands
    before is the answer to the open question, and the last sentence is done as if said alone.
    """
    if talk.slot("wijziging") or vraag.key in talk.answers or len(text) > _LONGEST_WITH_MORE:
        return None
    spans = list(sentence_spans(text))
    if len(spans) < 2 or vraag.soort == "prioriteit":
        return None
    start = spans[-1][0]
    head, tail = text[:start].strip(), _JOINED.sub("", text[start:].strip())
    if message.read(head).kind is not None and message.read(head).kind in message.REMARKS:
        return None
    if len(head.split()) < 2 or head.endswith("?"):
        return None
    before, messages = talk.tracker.slots.get("antwoorden"), talk.dispatcher.messages
    said = len(messages)
    talk.tracker.slots["antwoorden"] = {**talk.answers, vraag.key: head}
    done = _done_beside(talk, vraag, tail)
    if done is None:
        talk.tracker.slots["antwoorden"] = before
        return None
    source = offering.source(offering.part(talk, head))
    talk.propose(AnswerGiven(opdracht=opdracht.nummer, question=vraag.key, source=source))
    # The answer was given before what stands after it was asked.
    messages.insert(said, messages.pop())
    if "opdracht" in done:
        return done
    # The last sentence may have mended the answer itself.
    answers = done.get("antwoorden", talk.answers)
    talk.tracker.slots["antwoorden"] = answers
    return {**after_answer(talk), **done, "antwoorden": answers}


def answered_before(talk: Talk) -> Slots:
    """The slots after what stands before a wish is stored as the answer to the open question.

    "De gemeente, met de scholen. Spring nu maar naar dat van het geld." Empty where no answer
    stands before it.
    """
    opdracht, vraag = talk.opdracht, talk.vraag
    if talk.slot("requested_slot") != "antwoord" or opdracht is None or vraag is None:
        return {}
    said = said_before(words_of(talk))
    open_one = vraag.key not in talk.answers and vraag.soort != "prioriteit"
    if said is None or not open_one or talk.slot("wijziging"):
        return {}
    source = offering.source(offering.part(talk, said))
    talk.propose(AnswerGiven(opdracht=opdracht.nummer, question=vraag.key, source=source))
    given = {**talk.answers, vraag.key: said}
    talk.tracker.slots["antwoorden"] = given
    return {"antwoorden": given, **after_answer(talk)}


def _done_beside(talk: Talk, vraag: Vraag, tail: str) -> Slots | None:
    """The slots for a sentence that adds to or changes another answer, or asks for a subject."""
    reading = message.read(tail)
    opdracht = talk.opdracht
    assert opdracht is not None
    named = named_question(message.part(tail, reading.about), opdracht, vraag.key)
    if reading.kind == message.ADDITION and named not in (None, vraag.key):
        return offering.placed(talk, tail, reading)
    if reading.kind == message.BACK and named in talk.answers:
        return offering.reopened(named, "erbij")
    meant = named_question(tail, opdracht, vraag.key)
    if meant == vraag.key:
        return None
    more = changing.named_addition(talk, tail) if meant and "?" not in tail else None
    return more or about_earlier(talk, tail) or elsewhere(talk, tail)


_LONGEST_WITH_MORE = 600
_JOINED = re.compile(r"\A(?:(?:en|maar|o|oh|ah|trouwens|nu|dan)[\s,]{1,3}){1,2}", re.IGNORECASE)


def _no_plain_answer(talk: Talk, vraag: Vraag, text: str) -> Slots | None:
    """The slots for a text that is not simply the answer to the open question, or None."""
    reading = message.read(text)
    probed, earlier = talk.slot("doorvraag"), talk.answers.get(vraag.key)
    if not talk.slot("wijziging") and (added := changing.announced(talk, text)) is not None:
        return {"antwoord": None, **added}
    if reading.kind in (message.ADDITION, message.CORRECTION, message.REMOVAL):
        placed = offering.placed(talk, text, reading)
        if placed is not None:
            done = placed.get("antwoorden", talk.answers).get(vraag.key) != earlier
            if done and talk.slot("wijziging"):
                # What they came back for is done.
                return {**placed, **after_answer(talk)}
            return {"antwoord": None, **placed}
    if talk.slot("wijziging") and earlier and changing.leaves(text):
        talk.utter("antwoord_blijft")
        return after_answer(talk)
    if vraag.soort != "prioriteit" or talk.urgency_in(text).value is None:
        elsewhere_said = about_earlier(talk, text)
        if elsewhere_said is not None:
            now = elsewhere_said.get("antwoorden", talk.answers)
            if vraag.key in now and earlier is None and not talk.slot("wijziging"):
                # What stood beside it answered the open question.
                talk.tracker.slots["antwoorden"] = now
                return {**after_answer(talk), **elsewhere_said}
            return {"antwoord": None, **elsewhere_said}
    if (other := names_other(talk, text)) is not None:
        return {"antwoord": None, **other}
    if vraag.soort != "prioriteit" and not talk.slot("wijziging") and _is_unreadable(text):
        # "asdfghjkl" is asked about before it is stored: it may be a name.
        return {
            "antwoord": None,
            **offering.offer_slots(talk, text, vraag.key, why=offering.DOUBT),
        }
    if not talk.slot("wijziging"):
        doubtful = no_answer(talk, text)
        if doubtful is not None and reading.kind in (None, message.ANSWER_AND_QUESTION):
            return {"antwoord": None, **doubtful}
    if reading.kind == message.NO_IDEA or talk.entity(acts.ENTITY) == acts.PASS:
        talk.utter(
            "doorvraag_geweigerd" if probed else "antwoord_blijft" if earlier else "weet_niet"
        )
        return after_answer(talk)
    if vraag.soort not in ("extra", "prioriteit") and not talk.slot("wijziging"):
        bare = _bare_yes_or_no(talk, vraag, text, reading)
        if bare is not None:
            return bare
    if reading.kind == message.SAME and talk.answers and vraag.soort != "prioriteit":
        talk.utter("zelfde_antwoord")
        return after_answer(talk)
    how = talk.slot("wijziging")
    if probed or not earlier:
        return None
    if reading.says is not None and reading.content is None and len(text.split()) <= _FEW_WORDS:
        talk.utter("antwoord_blijft")
        return after_answer(talk)
    if how == "erbij" or (how == "vervang" and reading.kind != message.ADDITION):
        return None
    if how == "vervang":
        return {
            **offering.added(talk, message.part(text, reading.content), vraag.key),
            **after_answer(talk),
        }
    if _is_remark(earlier):
        # What stood there is no answer: this text comes in its place.
        return None
    return {"antwoord": None, **offering.offer_slots(talk, text, vraag.key, why="again")}


def _is_unreadable(text: str) -> bool:
    """Whether a text is a few random letters, or signs without a word."""
    few = len(text.split()) <= _FEW_WORDS
    return few and (not any(map(str.isalnum, text)) or is_mash(text))


def _bare_yes_or_no(talk: Talk, vraag: Vraag, text: str, reading: message.Reading) -> Slots | None:
    """The slots for a yes or a no and nothing else, which answers no open question; else None."""
    said = reading.says
    if said is None or said != summary.says(text) or len(text.split()) > _FEW_WORDS:
        return None
    probed, earlier = talk.slot("doorvraag"), vraag.key in talk.answers
    if said == message.YES and (probed or not earlier):
        # "Ja" to "Wat houdt u tegen?" is the beginning of an answer.
        talk.utter("vertel_maar")
        return {"antwoord": None}
    if said == message.NO and probed:
        talk.utter("doorvraag_geweigerd")
        return after_answer(talk)
    if said == message.NO and not earlier and vraag.soort != "drempel":
        talk.utter("overgeslagen")
        return after_answer(talk)
    if said == message.NO and not earlier:
        # It may mean that nothing holds them back.
        return {
            "antwoord": None,
            **offering.offer_slots(talk, text, vraag.key, why=offering.DOUBT),
        }
    return None


class AskAntwoord(TalkAction):
    """Asks the open question in the words of the catalogue, or its follow-up question."""

    def name(self) -> str:
        return f"action_ask_{CONTRIBUTION_FORM}_antwoord"

    def act(self, talk: Talk) -> list[EventType]:
        opdracht, vraag = talk.opdracht, talk.vraag
        if opdracht is None or vraag is None:
            talk.fail()
            return []
        custom: dict[str, Any] = {
            "step": "vraag",
            "opdracht": opdracht.nummer,
            "question": vraag.key,
            "progress": _progress(opdracht, vraag),
        }
        if talk.slot("bevestigd") is False:
            custom["changing"] = True
        probe = talk.slot("doorvraag")
        if probe is not None:
            skip = talk.button("knop_doorvraag_weigeren", "/overslaan")
            talk.say(probe, buttons=[skip], custom={**custom, "probe": probe})
            return [SlotSet("vraag", vraag.key)]
        if talk.slot("wijziging"):
            custom["rewrite"] = talk.slot("wijziging")
        if vraag.key in talk.answers:
            _ask_answered(talk, vraag, custom)
            return [SlotSet("vraag", vraag.key)]
        wording = vraag.eenvoudiger if talk.intent == "herhalen" else vraag.tekst
        if talk.intent == "herhalen" and vraag.soort == "prioriteit":
            wording = f"{wording}\n{going_on.meaning_of_scale(talk)}"
        buttons = _scale_buttons(talk) if vraag.soort == "prioriteit" else None
        again = going_on.urgency_again(talk, vraag, buttons or [])
        if again is not None and talk.intent not in (*ASIDES, "herhalen", "terug"):
            sentence, choices = again
            talk.utter(sentence, buttons=choices, custom=custom)
            return [SlotSet("vraag", vraag.key)]
        if talk.intent in ASIDES and talk.metadata.get("step") != "einde":
            # The question was asked just before, so the example and the progress are not repeated.
            talk.say(wording, buttons=buttons, custom=custom)
            return [SlotSet("vraag", vraag.key)]
        if "changing" not in custom:
            wording = f"{_how_far(talk, custom['progress'])}\n{wording}"
        if buttons:
            talk.say(wording, buttons=buttons, custom=custom)
        else:
            talk.utter("vraag", vraag=wording, voorbeeld=vraag.voorbeeld, custom=custom)
        return [SlotSet("vraag", vraag.key)]


def _ask_answered(talk: Talk, vraag: Vraag, custom: dict[str, Any]) -> None:
    """Asks a question that has an answer already: shows it, and leaves it unless changed."""
    how = talk.slot("wijziging")
    leave = talk.button("knop_laat_antwoord", "/overslaan")
    buttons = [leave]
    if vraag.soort == "prioriteit":
        buttons = [*_scale_buttons(talk), leave]
    elif how == "vervang":
        payload = f'/antwoord_wijzigen{{"vraag":"{vraag.key}","waarde":"erbij"}}'
        buttons = [talk.button("knop_toevoegen", payload), leave]
    elif how == "erbij":
        payload = f'/antwoord_wijzigen{{"vraag":"{vraag.key}"}}'
        buttons = [talk.button("knop_vervangen", payload), leave]
    talk.utter(
        f"wijzig_{how}" if how in ("vervang", "erbij") else "wijzig_oud",
        vraag=vraag.tekst,
        oud=offering.shortened(talk.answers[vraag.key]),
        buttons=buttons,
        custom={**custom, "quotes": True},
    )


class AskBevestigd(TalkAction):
    """Shows the recorded answers and asks whether they are right."""

    def name(self) -> str:
        return f"action_ask_{CONTRIBUTION_FORM}_bevestigd"

    def act(self, talk: Talk) -> list[EventType]:
        opdracht = talk.opdracht
        if opdracht is None:
            talk.fail()
            return []
        custom = {"step": "bevestigen", "opdracht": opdracht.nummer, "question": None}
        asked = talk.intent in ("antwoord_wijzigen", "ontkennen")
        changed = talk.slot("wijziging") == changing.DONE
        if talk.slot("wijziging") == changing.WHICH:
            offer_changes(talk, custom)
            return [SlotSet("wijziging", None)]
        if asked and not changed and not offering.just_decided(talk):
            offer_changes(talk, custom)
            return []
        if talk.intent != "overzicht_tonen":
            say_summary(talk)
        talk.utter(
            "klopt_dit",
            buttons=[
                talk.button("knop_klopt", "/bevestigen"),
                talk.button("knop_wijzigen", "/antwoord_wijzigen"),
            ],
            custom=custom,
        )
        return [SlotSet("wijziging", None)] if changed else []


class AskVerder(TalkAction):
    """Asks whether to talk about another opdracht."""

    def name(self) -> str:
        return f"action_ask_{CONTRIBUTION_FORM}_verder"

    def act(self, talk: Talk) -> list[EventType]:
        going_on.ask(talk)
        return []


def say_summary(talk: Talk, number: int | None = None) -> None:
    """Shows every answer on this opdracht, or on the one with a number, verbatim."""
    opdracht = talk.opdracht if number is None else talk.catalogue.opdracht(number)
    answers = talk.answers if number is None else answers_on(talk, number)
    offering.tell_answers(talk, opdracht, answers)


def offer_changes(talk: Talk, custom: dict[str, Any] | None = None) -> None:
    """Asks which answer to change, with a button per question of this opdracht."""
    opdracht = talk.opdracht
    talk.utter(
        "welk_antwoord",
        buttons=[
            {
                "title": offering.label(talk, vraag),
                "payload": f'/antwoord_wijzigen{{"vraag":"{vraag.key}"}}',
            }
            for vraag in (opdracht.vragen if opdracht else ())
        ]
        + ([talk.button("knop_klopt", "/bevestigen")] if custom else []),
        custom=custom,
    )


def _progress(opdracht: Opdracht, vraag: Vraag) -> dict[str, int]:
    place = opdracht.vragen.index(vraag)
    left = sum(_MINUTES[each.soort] for each in opdracht.vragen[place:])
    return {"nr": place + 1, "of": len(opdracht.vragen), "minutes": math.ceil(left)}


def _how_far(talk: Talk, progress: dict[str, int]) -> str:
    one = "voortgang_een" if progress["minutes"] == 1 else "voortgang"
    return talk.words(one).format(**progress)


def _scale_buttons(talk: Talk) -> list[dict[str, str]]:
    steps = sorted(talk.catalogue.consultatie.prioriteiten, key=lambda each: each.waarde)
    return [
        {
            "title": f"{step.waarde} - {step.naam}",
            "payload": f'/bijdrage{{"waarde":"{step.waarde}"}}',
        }
        for step in steps
    ]
