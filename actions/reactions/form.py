"""The form of a reaction round: each proposed action, what is missing, a ranking, how to go on.

``custom.step`` is ``reactie`` where a stance or a ranking is asked, ``vraag`` where words are:
a condition, another wording, what is missing. ``custom.question`` tells which.
"""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk.events import EventType, SlotSet

from actions import going_on
from actions.entering import elsewhere, enter, words_of
from actions.reading import choosing
from actions.reading.content import has_form_of_content, may_be_content
from actions.reading.proposed import (
    ACTION,
    DONE,
    OF_ONE_ACTION,
    RANKING,
    Shown,
    after_action,
    after_missing,
    amendment_of,
    asked,
    condition_of,
    ranked,
    reacted,
    shown,
    supported,
    unranked,
)
from actions.reading.replies import reply_in
from actions.talk import (
    REACTION_FORM,
    Slots,
    Talk,
    TalkAction,
    TalkForm,
    answer_aside,
    validator,
)
from consultation.participation.effects import (
    AnswerGiven,
    ReactionGiven,
    ReactionsRanked,
    SubmissionConfirmed,
)
from consultation.participation.reactions import (
    AMENDMENT,
    CONDITION,
    MISSING,
    REASON,
    STANCES,
    key_of,
)
from language.folding import folded
from language.non_answers import is_stock_non_answer
from language.reading import reaction, summary

_OTHER_WORDS = "anders"
_OF_INTENT = {"bevestigen": "steun", "ontkennen": "tegen", "weet_niet": "weet_niet"}
_FEW_WORDS = 3
_NUMBER = re.compile(r"\d{1,2}")
_ORDINALS = ("eerste", "tweede", "derde", "vierde", "vijfde", "zesde", "zevende", "achtste")
_SKIP = {
    CONDITION: "knop_reactie_voorwaarde_overslaan",
    AMENDMENT: "knop_reactie_wijziging",
    MISSING: "knop_reactie_ontbreekt",
}
_EQUAL = re.compile(
    r"\b(?:allebei|alletwee|alle ?(?:twee|drie|vier)|beide|even belangrijk|evenveel)\b"
)
_READ = 200
_WORDS_OF_CHOICE = 8
_STEM = 4
_SECONDS = 20
"""Time to read one action and to choose."""


class ValidateReactionForm(TalkForm):
    """Reads the reaction to what is shown; the gateway stores it."""

    def name(self) -> str:
        return f"validate_{REACTION_FORM}"

    @validator
    def validate_reactie(self, value: Any, talk: Talk) -> Slots:
        """Takes a stance, words or a rank, and goes on to what is asked next."""
        if talk.opdracht is None:
            talk.fail()
            return {"reactie": None}
        text = "" if talk.entity("waarde") else str(value).lstrip("\u2060")
        away = elsewhere(talk, text) if text else None
        if away is not None:
            return away
        what, action = asked(talk.slot("vraag"))
        if what in OF_ONE_ACTION and action:
            return _words_on(talk, what, action, text)
        if what in (MISSING, RANKING) and text:
            found, last = reaction.read(text), _last(talk)
            if found.earlier and found.stance in STANCES and last is not None:
                return {"reactie": None, **_changed(talk, last, found, text)}
        if what == MISSING:
            return _missing(talk, text)
        if what == RANKING:
            return _ranking(talk, text)
        return _stance(talk, action, text)

    @validator
    def validate_verder(self, value: Any, talk: Talk) -> Slots:
        """Accepts a yes, a no or a subject; anything else with content is kept as an addition."""
        button = talk.entity("opdracht")
        if button is not None and button.isdigit() and talk.catalogue.opdracht(int(button)):
            return enter(talk, [int(button)])
        text = words_of(talk)
        if not text:
            return {"verder": talk.intent in ("bevestigen", "ander_opdracht", "opdracht_kiezen")}
        found = reaction.read(text)
        last = _last(talk)
        if found.earlier and found.stance in STANCES and last is not None:
            return {"verder": None, **_changed(talk, last, found, text)}
        choice = going_on.wish(talk, text)
        if choice.numbers:
            return enter(talk, choice.numbers)
        reply = reply_in(text, talk.intent)
        if reply in ("no", "thanks"):
            return {"verder": False}
        if reply == "yes" or choice.guesses:
            return {"verder": True, "geraden": list(choice.guesses) or None}
        if may_be_content(talk, text) and talk.opdracht is not None:
            number = talk.opdracht.nummer
            talk.propose(AnswerGiven(opdracht=number, question=MISSING, added=True))
            talk.utter("reactie_erbij")
        else:
            chosen = choosing.chosen(text, talk.catalogue)
            if chosen.numbers:
                return enter(talk, chosen.numbers)
        return {"verder": None}


def _stance(talk: Talk, action: str, text: str) -> Slots:
    """The slots after a reaction to the action that is shown, or to the one before."""
    button = talk.entity("waarde")
    found = reaction.ReactionReading(button) if button else _read(talk, text)
    current = next((each for each in shown(talk) if each["id"] == action), None)
    if current is None:
        # A decision took the action away meanwhile.
        talk.utter("reactie_weg")
        return _on_to(talk, after_action(talk, action, reacted(talk)))
    last = _last(talk)
    if found.earlier and found.stance in STANCES and last is not None and last["id"] != action:
        return {"reactie": None, **_changed(talk, last, found, text)}
    if found.stance == _OTHER_WORDS:
        return {"reactie": None, "vraag": amendment_of(action)}
    if found.stance not in STANCES:
        return _unclear(talk, action, text)
    given = _react(talk, current, str(found.stance), reacted(talk))
    slots: Slots = {"gereageerd": given}
    if found.more:
        what = CONDITION if found.stance == "voorwaarde" else REASON
        _keep(talk, key_of(what, action))
    if found.stance == "voorwaarde" and not found.more:
        return {**slots, "reactie": None, "vraag": condition_of(action)}
    talk.utter(f"reactie_{found.stance}")
    answer_aside(talk, talk.metadata.get("aside"))
    return {**slots, **_on_to(talk, after_action(talk, action, given), given)}


def _read(talk: Talk, text: str) -> reaction.ReactionReading:
    """What a text says; where its rules find nothing, what the classifier makes of a short one."""
    found = reaction.read(text)
    if found.stance is None and "?" not in text and len(text.split()) <= _FEW_WORDS:
        return reaction.ReactionReading(_OF_INTENT.get(talk.intent or ""), found.earlier)
    return found


def _unclear(talk: Talk, action: str, text: str) -> Slots:
    """A text without a stance is kept with the action, if it has content; then it asks again."""
    if has_form_of_content(text):
        _keep(talk, key_of(REASON, action), added=True)
        talk.utter("reactie_bewaard")
    else:
        talk.utter("reactie_onduidelijk")
    answer_aside(talk, talk.metadata.get("aside"))
    return {"reactie": None}


def _changed(talk: Talk, last: Shown, found: reaction.ReactionReading, text: str) -> Slots:
    """The slots after a change of the reaction that was given before; what is shown stays."""
    given = _react(talk, last, str(found.stance), reacted(talk))
    if found.more:
        what = CONDITION if found.stance == "voorwaarde" else REASON
        _keep(talk, key_of(what, last["id"]), added=bool(text) and what == REASON)
    place = [each["id"] for each in shown(talk)].index(last["id"]) + 1
    stance = talk.words(f"reactie_kort_{found.stance}")
    talk.utter("reactie_veranderd", nummer=place, houding=stance)
    return {"gereageerd": given}


def _last(talk: Talk) -> Shown | None:
    """The action of this opdracht that the participant reacted to last."""
    known = {each["id"]: each for each in shown(talk)}
    return next((known[each] for each in reversed(reacted(talk)) if each in known), None)


def _words_on(talk: Talk, what: str, action: str, text: str) -> Slots:
    """The slots after a condition or another wording; a no goes on without it."""
    given = reacted(talk)
    refused = is_stock_non_answer(text) or summary.says(text) == summary.NO
    if text and not refused:
        _keep(talk, key_of(what, action))
        talk.utter(f"reactie_{what}_bewaard")
    if what == AMENDMENT and action not in given:
        return {"reactie": None, "vraag": f"{ACTION}:{action}"}
    return _on_to(talk, after_action(talk, action, given), given)


def _missing(talk: Talk, text: str) -> Slots:
    given = reacted(talk)
    if text and not is_stock_non_answer(text) and summary.says(text) is None:
        _keep(talk, MISSING)
        talk.utter("antwoord_bewaard")
    return _on_to(talk, after_missing(talk, given), given)


def _ranking(talk: Talk, text: str) -> Slots:
    """The slots after the next most important action was chosen."""
    given = reacted(talk)
    rest = unranked(talk, given)
    chosen = _chosen(talk, text, rest)
    if chosen is None:
        refused = summary.says(text) == summary.NO or is_stock_non_answer(text)
        unknown = "weet_niet" in (talk.intent, reaction.read(text).stance)
        if refused or unknown or _EQUAL.search(folded(text)[:_READ]):
            return _on_to(talk, None, given)
        if has_form_of_content(text):
            _keep(talk, MISSING, added=True)
            talk.utter("reactie_erbij")
        else:
            talk.utter("rangorde_onduidelijk")
        answer_aside(talk, talk.metadata.get("aside"))
        return {"reactie": None}
    order = [*ranked(talk, given), chosen]
    left = [each["id"] for each in rest if each["id"] != chosen]
    if len(left) == 1:
        order += left
    among = [each["id"] for each in shown(talk)]
    talk.propose(ReactionsRanked(actions=tuple(order), among=tuple(among)))
    for place, each in enumerate(order, 1):
        given[each] = [given[each][0], place]
    if len(left) > 1:
        return {"gereageerd": given, "reactie": None, "vraag": RANKING}
    talk.utter("rangorde_bewaard")
    return _on_to(talk, None, given)


def _chosen(talk: Talk, text: str, rest: list[Shown]) -> str | None:
    """The id of the action that a button, a number or a word of its own names, among these.

    A text of more than a few words is no choice, whatever numbers stand in it.
    """
    places = {each["id"]: place for place, each in enumerate(shown(talk), 1)}
    button = talk.entity("waarde")
    if button is None and len(text.split()) > _WORDS_OF_CHOICE:
        return None
    said = _NUMBER.search(button or text)
    wanted = int(said[0]) if said else None
    plain = folded(text)
    if wanted is None:
        wanted = next((n for n, word in enumerate(_ORDINALS, 1) if word in plain), None)
    if wanted is not None:
        return next((each["id"] for each in rest if places[each["id"]] == wanted), None)
    named = [each["id"] for each in rest if _stems(plain) & _stems(folded(each["text"]))]
    return named[0] if len(named) == 1 else None


def _stems(plain: str) -> set[str]:
    """How the longer words of a text begin, so that "tolken" names what is said of "tolkuren"."""
    words = "".join(sign if sign.isalnum() else " " for sign in plain).split()
    return {word[:_STEM] for word in words if len(word) > _STEM}


def _react(
    talk: Talk, action: Shown, stance: str, given: dict[str, list[Any]]
) -> dict[str, list[Any]]:
    """Proposes the reaction; returns all of them, this one last."""
    talk.propose(ReactionGiven(action=action["id"], stance=stance, wording=action["wording"]))
    before = given.pop(action["id"], [stance, None])
    rank = before[1] if stance in ("steun", "voorwaarde") else None
    return {**given, action["id"]: [stance, rank]}


def _keep(talk: Talk, key: str, added: bool = False) -> None:
    assert talk.opdracht is not None
    talk.propose(AnswerGiven(opdracht=talk.opdracht.nummer, question=key, added=added))


def _on_to(talk: Talk, key: str | None, given: dict[str, list[Any]] | None = None) -> Slots:
    """The slots that ask what comes next; without a key everything was asked."""
    standing = {} if given is None else {"gereageerd": given}
    if key is not None:
        return {**standing, "reactie": None, "vraag": key}
    assert talk.opdracht is not None
    talk.propose(SubmissionConfirmed(opdracht=talk.opdracht.nummer))
    talk.utter("reactie_klaar")
    return {**standing, "reactie": DONE, "vraag": None, "bevestigd": True}


class AskReactie(TalkAction):
    """Asks what is next: a stance on an action, words, or a ranking."""

    def name(self) -> str:
        return f"action_ask_{REACTION_FORM}_reactie"

    def act(self, talk: Talk) -> list[EventType]:
        opdracht = talk.opdracht
        if opdracht is None:
            talk.fail()
            return []
        actions = shown(talk)
        first = f"{ACTION}:{actions[0]['id']}" if actions else MISSING
        key = talk.slot("vraag") or first
        what, action = asked(key)
        place = next((n for n, each in enumerate(actions, 1) if each["id"] == action), None)
        if what in (ACTION, *OF_ONE_ACTION) and place is None:
            key, what = MISSING, MISSING
        custom: dict[str, Any] = {
            "step": "vraag" if what in (MISSING, *OF_ONE_ACTION) else "reactie",
            "opdracht": opdracht.nummer,
            "question": key,
            "progress": _progress(place or len(actions) + 1, len(actions) + 1),
        }
        if what == ACTION and place is not None:
            _ask_stance(talk, actions[place - 1], place, len(actions), custom)
        elif what == RANKING:
            _ask_ranking(talk, actions, custom)
        else:
            skip = talk.button(_SKIP[what], "/overslaan")
            empty = what == MISSING and not actions
            sentence = "reactie_zonder_acties" if empty else f"reactie_vraag_{what}"
            talk.utter(sentence, buttons=[skip], custom=custom)
        return [SlotSet("vraag", key), SlotSet("acties", actions)]


def _ask_stance(talk: Talk, action: Shown, place: int, of: int, custom: dict[str, Any]) -> None:
    before = reacted(talk).get(action["id"])
    if action["statement"]:
        custom["statement"] = action["statement"]
    buttons = [
        talk.button(f"knop_reactie_{each}", f'/bijdrage{{"waarde":"{each}"}}') for each in STANCES
    ]
    buttons.append(talk.button("knop_reactie_anders", '/bijdrage{"waarde":"anders"}'))
    sentence = "reactie_vraag" if before is None else "reactie_vraag_gezien"
    stance = talk.words(f"reactie_kort_{before[0]}") if before else ""
    talk.utter(
        sentence,
        nummer=place,
        totaal=of,
        tekst=action["text"],
        houding=stance,
        buttons=buttons,
        custom=custom,
    )


def _ask_ranking(talk: Talk, actions: list[Shown], custom: dict[str, Any]) -> None:
    given = reacted(talk)
    places = {each["id"]: place for place, each in enumerate(actions, 1)}
    rest = unranked(talk, given)
    first = not ranked(talk, given)
    if first and talk.metadata.get("question") != RANKING:
        for each in supported(talk, given):
            quoted = {"statement": each["statement"]} if each["statement"] else None
            talk.say(f"{places[each['id']]}. {each['text']}", custom=quoted)
    buttons = [
        {
            "title": talk.words("knop_rangorde").format(nummer=places[each["id"]]),
            "payload": f'/bijdrage{{"waarde":"{places[each["id"]]}"}}',
        }
        for each in rest
    ]
    buttons.append(talk.button("knop_rangorde_overslaan", "/overslaan"))
    talk.utter("rangorde" if first else "rangorde_volgende", buttons=buttons, custom=custom)


def _progress(place: int, of: int) -> dict[str, int]:
    left = (of - place + 1) * _SECONDS
    return {"nr": place, "of": of, "minutes": -(-left // 60)}


class AskReactionVerder(TalkAction):
    """Asks whether to talk about another opdracht."""

    def name(self) -> str:
        return f"action_ask_{REACTION_FORM}_verder"

    def act(self, talk: Talk) -> list[EventType]:
        going_on.ask(talk)
        return []


class ActionReactieOverslaan(TalkAction):
    """Goes on without a reaction to what is shown."""

    def name(self) -> str:
        return "action_reactie_overslaan"

    def act(self, talk: Talk) -> list[EventType]:
        if talk.slot("requested_slot") != "reactie" or talk.opdracht is None:
            talk.utter("niet_overslaan")
            return []
        what, action = asked(talk.slot("vraag"))
        given = reacted(talk)
        if what == AMENDMENT and action not in given:
            slots: Slots = {"reactie": None, "vraag": f"{ACTION}:{action}"}
        elif what == MISSING:
            slots = _on_to(talk, after_missing(talk, given))
        elif what == RANKING:
            slots = _on_to(talk, None)
        else:
            if what == ACTION:
                talk.utter("overgeslagen")
            slots = _on_to(talk, after_action(talk, action, given))
        return [SlotSet(name, value) for name, value in slots.items()]


class ActionReactieTerug(TalkAction):
    """Goes back to the action before, to change the reaction to it."""

    def name(self) -> str:
        return "action_reactie_terug"

    def act(self, talk: Talk) -> list[EventType]:
        what, action = asked(talk.slot("vraag"))
        actions = [each["id"] for each in shown(talk)]
        if not actions:
            return []
        index = actions.index(action) if action in actions else len(actions)
        earlier = index if what in OF_ONE_ACTION else index - 1
        if earlier < 0:
            talk.utter("reactie_eerste")
            return []
        slots: Slots = {"reactie": None, "verder": None, "bevestigd": None}
        slots["vraag"] = f"{ACTION}:{actions[earlier]}"
        return [SlotSet(name, value) for name, value in slots.items()]
