"""The last component of the NLU pipeline: applies ``judgement`` to the result of the classifier.

NLU components have no access to the tracker, so the gateway puts the current step and question in
the metadata of the message.
"""

from __future__ import annotations

import re
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu import closing, own_data
from bot.nlu.acts import Act
from bot.nlu.consent import hesitation
from bot.nlu.intent_classifier import ACT, CHANCES, LEARNED
from bot.nlu.judgement import (
    CHOICE,
    CONTENT,
    QUESTIONS,
    asks_of_scale,
    intent_of,
    judge,
    worth_asking,
)
from bot.nlu.phrases import NO, goes_on_with_questions, plain_meaning
from language.alarm import alarm
from language.reading import acts, summary
from language.reading import message as message_parts
from language.reading.request import CONSENT, ENTITY, Reading


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class AnswerGuard(GraphComponent):
    """Turns an intent into ``bijdrage`` where the text is, or may be, an answer."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``command_threshold``: minimum probability of a command relative to an answer."""
        return {"command_threshold": 0.9}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> AnswerGuard:
        """A guard with this configuration."""
        return cls(config)

    def __init__(self, config: dict[str, Any]) -> None:
        self._threshold = float(config["command_threshold"])

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets the intent of every message, given the step it answers."""
        for message in messages:
            chances = message.get(CHANCES)
            if not chances:
                continue
            metadata = message.get("metadata") or {}
            step = "aanbod" if metadata.get("offer") else metadata.get("step", "start")
            text, question = message.get(TEXT) or "", metadata.get("question")
            if "?" in text and step in _WONDERS_AT and own_data.only_wonders(text, step):
                chance = chances.get(PRIVACY, 0.0)
                message.set(INTENT, {"name": PRIVACY, "confidence": chance}, add_to_output=True)
                continue
            request, quoting = own_data.read(text, step, question), None
            if request is None and not alarm(text):
                quoting = _asked_last(text, step) or _quoting(message.get(ACT))
            if quoting is not None:
                _tell(message, ENTITY, quoting.dumped())
                chance = chances.get(OWN_DATA, 0.0)
                message.set(INTENT, {"name": OWN_DATA, "confidence": chance}, add_to_output=True)
                continue
            asks = request is not None and request.wish is not None
            scale = asks_of_scale(text, step, question)
            if (
                metadata.get("content")
                and not asks
                and not scale
                and plain_meaning(text, step) is None
            ):
                # The gateway marks texts in another language and cries for help as answers.
                name = CONTENT
                if question != "prioriteit" and alarm(text) is None:
                    told = _by_act(message, message.get(ACT), chances, text)
                    name = told if step == "vraag" else name
            else:
                learned = message.get(LEARNED)
                name = judge(chances, text, step, self._threshold, question, learned)
                if learned and name in (CONTENT, NO_IDEA) and (why := hesitation(learned)):
                    _tell(message, acts.CONSENT_ENTITY, why)
                if name in _COURTESIES and step == "vraag":
                    # "Ik rond hier af, waarvoor dank" thanks, and stops.
                    leaves = max(_STOPS, key=lambda each: chances.get(each, 0.0))
                    name = leaves if chances.get(leaves, 0.0) >= _ALSO_LEAVES else name
                short = step == "vraag" and len(text.split()) <= _FEW_WORDS
                if (name in _STOPS or (short and name == CONTENT)) and goes_on_with_questions(text):
                    name = "herhalen"
                act, stops = message.get(ACT), name in _STOPS
                if step in closing.READ_AT and act is not None and step not in closing.STEPS:
                    _tell(message, acts.ENTITY, act.name if act.sure else acts.doubtful(act.name))
                    act = None
                if metadata.get("step") in closing.STEPS:
                    name = _after_questions(message, name, act, chances)
                    act = None
                chance = chances.get(name, 0.0)
                unlikely = request is None and _lacks_words(name, chance, text, question)
                if step == "vraag" and unlikely and plain_meaning(text, step) is None:
                    name, act = CONTENT, act or Act(acts.REMARK, sure=False)
                if name == "antwoord_wijzigen" and act is not None and act.sure:
                    # "Ik typ op mijn gsm, sorry voor de fouten" asks for no change.
                    back = message_parts.read(text).kind == message_parts.BACK
                    remark = act.name in (acts.REMARK, acts.WAIT) and not back
                    name = CONTENT if remark else name
                if (stops and _does_otherwise(act)) or (name in _MILD and _mends(act)):
                    name = CONTENT
                if name in (CONTENT, NO_IDEA) and act is not None:
                    if name == NO_IDEA and act.name == acts.PASS and question == "drempel":
                        # What one does not know may be just what holds one back.
                        act = Act(acts.PASS, sure=False)
                    told = _by_act(message, act, chances, text)
                    # Who has no idea keeps that intent: the actions look at what else it does.
                    name = told if step == "vraag" and name == CONTENT else name
                if request is not None:
                    _tell(message, ENTITY, request.dumped())
            sure = chances.get(name, 0.0)
            message.set(INTENT, {"name": name, "confidence": sure}, add_to_output=True)
        return messages


def _asked_last(text: str, step: str) -> Reading | None:
    """What the last sentence of an answer asks about quoting; None where it asks no such thing."""
    before, _, last = text.strip().rpartition(". ")
    if step != "vraag" or len(before.split()) < _LEAST_BEFORE or not last:
        return None
    found = own_data.read(last, step)
    if found is None or found.wish != CONSENT or found.asks:
        return None
    return found if any(sense is not None for _, sense in found.consents) else None


_LEAST_BEFORE, _FEW_WORDS = 3, 20


def _quoting(act: Act | None) -> Reading | None:
    """The request to be quoted, or not to be, of a text that is likely one; else None."""
    if act is None or not act.sure or act.name not in acts.QUOTING:
        return None
    return Reading(CONSENT, consents=((own_data.QUOTE, acts.QUOTING[act.name]),))


def _by_act(message: Message, act: Act | None, chances: dict[str, float], text: str) -> str:
    """The intent of a text that no intent took, by what it does."""
    if act is None or not worth_asking(text):
        return CONTENT
    doubtful = not act.sure and act.name != acts.MEND
    value = acts.DOUBT if doubtful else act.name
    _tell(message, acts.ENTITY, value)
    return CONTENT if doubtful else intent_of(act, chances)


def _after_questions(
    message: Message, name: str, act: Act | None, chances: dict[str, float]
) -> str:
    """The intent of a text after the questions, where its act is sure and no rule decided."""
    metadata, text = message.get("metadata") or {}, message.get(TEXT) or ""
    step = metadata["step"]
    ruled = name != CONTENT and name != max(chances, key=lambda each: chances[each])
    if plain_meaning(text, step) is not None:
        return name
    if step == "bevestigen" and summary.excepts(text) is not None and name != OWN_DATA:
        # "Alles correct op één ding na, ..." is no yes.
        return CONTENT
    if act is None:
        # Who says so little of a goodbye stays at the summary.
        doubtful = name in _STOPS and chances.get(name, 0.0) < _LEAST_GOODBYE
        return CONTENT if doubtful and step == "bevestigen" else name
    if name == OWN_DATA and act.name == acts.ASK and act.sure and _LATER.search(text.casefold()):
        # What one may do later is asked, and nothing is asked for now.
        return "vraag_privacy"
    if name == OWN_DATA and act.name in (acts.AGREE, acts.DROP) and act.sure:
        # "Alles in orde, dat mag weg": sent away, unless a word says that it should be erased.
        sent = summary.after_yes(text) and not _ERASES.search(text.casefold())
        return "bevestigen" if sent and step == "bevestigen" else name
    if ruled or name == OWN_DATA or act.name in closing.ALIKE.get(name, ()):
        return name
    if step == "bevestigen" and name == CHOICE and act.name in closing.CHANGES:
        # "De eerste klopt, de tweede niet" is about answers.
        return closing.intent_of(act, step) or name
    if name in QUESTIONS and act.name in _ASKING:
        # The intents know which question it is.
        return name
    if name == NO and act.name == acts.AGREE:
        return name
    value = act.name if act.sure else acts.doubtful(act.name)
    _tell(message, acts.ENTITY, value)
    if message_parts.read(text).kind not in (None, message_parts.ANSWER_AND_QUESTION):
        return name
    if metadata.get("offer"):
        return _AT_OFFER.get(act.name, CONTENT if name in _STOPS else name) if act.sure else name
    known = chances.get(name, 0.0) * (_SELDOM_MEANT if name in _COURTESIES else 1.0)
    if step != "bevestigen" and name in _STOPS and act.name in _NO_GOODBYE:
        return name
    likelier = name != CONTENT and act.chance > known
    stays = step == "bevestigen" and name in _STOPS and act.name != acts.STOP
    if not act.sure and not likelier and not stays:
        return name
    if act.name == acts.ASK:
        asked = intent_of(act, chances)
        return asked if asked != "herhalen" else CONTENT
    return closing.intent_of(act, step) or name


_ASKING = frozenset({acts.ASK, acts.SHOW})
_COURTESIES = frozenset({"bedanken", "begroeten", "andere_taal", "buiten_onderwerp"})
"""Intents that a text resembles by its tone or language, whatever it does."""
_SELDOM_MEANT = 0.5
_ALSO_LEAVES = 0.3
_LEAST_GOODBYE = 0.6
_ERASES = re.compile(
    r"wis|verwijder|schrap|smijt|gooi|vernietig|delete|erase|remove|trek|intrek|vergeet|efface"
    r"|supprim|losch|lösch"
)
_NO_GOODBYE = frozenset({acts.REMARK, acts.WAIT, acts.LEAVE})
"""What resembles a goodbye so much that it is one where an intent says so."""
_AT_OFFER = {acts.AGREE: "bevestigen", acts.LEAVE: "ontkennen"}
_LATER = re.compile(
    r"\b(?:achteraf|later|nadien|ooit|altijd|afterwards|later on|plus tard|apres|spater|nachher)\b"
)
OWN_DATA, PRIVACY = "gegevens_verwijderen", "vraag_privacy"
_WONDERS_AT = frozenset({"vraag", "bevestigen", "verder", "opdracht"})
_STOPS = frozenset({"stoppen", "afscheid"})
_MILD = frozenset({"klacht", "hulp", "herhalen", "bot_uitdagen", "begroeten", "overzicht_tonen"})
"""Intents that lose an act of mending: they answer, and then ask the open question again."""
NO_IDEA = "weet_niet"


def _does_otherwise(act: Act | None) -> bool:
    """Whether a text that resembles a goodbye surely does something else."""
    return act is not None and act.sure and act.name not in (acts.STOP, acts.PASS)


_WHO_ASKED = frozenset({"vraag_wie", "klacht", "bot_uitdagen", "contact_mens"})
_SHORT_ANSWER = 2


_SURE_TO_ERASE = 0.6


def _lacks_words(name: str, chance: float, text: str, question: str | None) -> bool:
    """Whether little but its likeness speaks for an intent that would leave the answer.

    An erasure is not likely; or the text is a word or two where somebody is asked for.
    """
    if name == "gegevens_verwijderen":
        return chance < _SURE_TO_ERASE
    few = len(text.split()) <= _SHORT_ANSWER and "?" not in text
    return question == "trekker" and few and name in _WHO_ASKED


def _mends(act: Act | None) -> bool:
    """Whether a text surely mends an earlier answer."""
    return act is not None and act.sure and act.name == acts.MEND


def _tell(message: Message, name: str, value: str) -> None:
    """Gives the actions a value, as an entity."""
    entity = {"entity": name, "value": value, "extractor": "AnswerGuard"}
    message.set(ENTITIES, [*(message.get(ENTITIES) or []), entity], add_to_output=True)
