"""Decides whether a text is a command to the assistant or content to store.

While an open question is asked, a text is content unless it is clearly a command: a missed command
costs the participant one more tap, a missed answer is lost to the consultation. Where the assistant
needs a clear yes or no, ``consent`` decides. Where ``language.reading`` knows what a text is made
of, its rules come before the classifier. This module imports nothing of Rasa, so that both
environments can use it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.nlu import own_data
from bot.nlu.acts import Act
from bot.nlu.consent import yes_or_no
from bot.nlu.phrases import NO, plain_meaning
from language.reading import acts, message, reaction, summary
from language.reading.request import ERASE
from language.reading.urgency import names_number

CONTENT = "bijdrage"
CHOICE = "opdracht_kiezen"

# While a question is open these are never commands: a text that is off topic, in another language,
# the name of a subject, or a yes or no is the participant's answer, and is stored.
CONTENT_IN_QUESTION = frozenset(
    {CONTENT, CHOICE, "buiten_onderwerp", "andere_taal", "bevestigen", "ontkennen"}
)
_CONTENT_IN_GROUP = CONTENT_IN_QUESTION | {"klacht", "weet_niet"}
_CHOICE_IN_CHOOSING = frozenset({CONTENT, CHOICE, "klacht"})
_CONFIRMING = frozenset({"bevestigen", "aanbod"})
_CLEAR_YES_OR_NO = frozenset({"toestemming", "beheer", "aanbod"})
_LEAST_IN_CHOOSING = 0.3
_LEAST_COMMAND = 0.5
_OPEN = frozenset({"vraag", "reactie", "groep"})
_MAX_COMMAND_WORDS = 16
_NO_BREAK = "\u2060 "


def judge(
    chances: Mapping[str, float],
    text: str,
    step: str,
    threshold: float,
    question: str | None = None,
    learned: Mapping[str, float] | None = None,
) -> str:
    """The intent to act on, from the classifier's probabilities and the current step.

    In an open question the probabilities of all commands are added up, because the text must be
    likely to be a command at all, not one particular command. The sum must be at least half. Its
    share of the sum and the probability of an answer must reach the threshold; the other intents,
    such as off-topic talk or a yes, count for neither side. Symbols without a word, such as emoji,
    are an answer. Typed text that starts with a slash is text, never a command. (Button payloads
    do not come here: Rasa parses them after the classifiers.)

    Args:
        chances: the classifier's probability per intent, 0 to 1.
        text: the typed text.
        step: ``vraag`` while an open question is asked, ``reactie`` while an action is shown,
            ``opdracht`` or ``groep`` while one is
            chosen, ``bevestigen``, ``toestemming``, ``beheer``, ``verder``, ``einde`` or ``start``;
            ``aanbod`` while the participant is asked in which answer a text belongs.
        threshold: minimum probability of a command relative to an answer, at steps where a text
            can be an answer.
        question: the open question, or the purpose for which consent is asked.
        learned: what ``consent_model`` gives for a text where consent is asked.
    """
    request = own_data.read(text, step, question)
    if asks_of_scale(text, step, question):
        return "herhalen"
    if text.lstrip(_NO_BREAK).startswith("/"):
        chances = {CONTENT: 1.0}
    elif request is not None and request.wish is not None:
        return own_data.INTENTS[request.wish]
    elif step in _CONFIRMING and (said := summary.says(text)) is not None:
        return "bevestigen" if said == summary.YES else "ontkennen"
    elif step in _CONFIRMING and _agrees(chances, text):
        return "bevestigen"
    elif step == "verder" and summary.refuses(text) and "opdracht" not in text.casefold():
        return "ontkennen"
    elif step == "reactie" and reaction.read(text).stance is not None:
        return CONTENT
    elif (clear := _read(chances, text, step)) is not None:
        return clear
    elif step == "aanbod" and _surely_own_data(chances, text):
        return own_data.INTENTS[ERASE]
    elif step in _CLEAR_YES_OR_NO:
        return yes_or_no(chances, text, question, learned)
    elif (plain := plain_meaning(text, step)) is not None:
        return plain
    best = max(chances, key=lambda name: chances[name])
    if step in _OPEN:
        content = _CONTENT_IN_GROUP if step == "groep" else CONTENT_IN_QUESTION
        commands = {name: chance for name, chance in chances.items() if name not in content}
        likely = sum(commands.values())
        against = likely / max(likely + chances.get(CONTENT, 0.0), 1e-9)
        if too_long_for_command(text, step) or likely < _LEAST_COMMAND or against < threshold:
            return CONTENT
        if not any(sign.isalpha() or sign == "?" for sign in text):
            return CONTENT
        return max(commands, key=lambda name: commands[name])
    if step == "opdracht":
        unclear = chances[best] < _LEAST_IN_CHOOSING or best in _CHOICE_IN_CHOOSING
        return CHOICE if unclear else best
    return best


def _surely_own_data(chances: Mapping[str, float], text: str) -> bool:
    """Whether a sentence, where a text is offered, surely asks to erase what was said."""
    likely = chances.get(own_data.INTENTS[ERASE], 0.0) >= _SURE_TO_ERASE
    return likely and len(text.split()) >= _LEAST_TO_ERASE


_SURE_TO_ERASE, _LEAST_TO_ERASE = 0.6, 5


def asks_of_scale(text: str, step: str, question: str | None) -> bool:
    """Whether a text asks what a number of the scale of urgency means."""
    if step != "vraag" or question != "prioriteit" or _GIVES_STEP.match(text.casefold()):
        return False
    if _ASKS_ENDS.search(text.casefold()):
        return True
    if "?" not in text:
        return False
    if any(map(str.isdigit, text)):
        return True
    return names_number(text) and _MEANS.search(text.casefold()) is not None


_GIVES_STEP = re.compile(
    r"\W{0,3}(?:(?:zet|doe|geef|maak|schrijf|noteer|pak|neem|ik zeg|ik zou zeggen|voor mij|daar"
    r"|dan|een"
    r"|ne|maar|gerust|euh|goh|zeker),? ){0,5}[1-5]\s{0,2}[,.;!]"
)
"""A step that is given, whatever is asked after it: "5, of is dat overdreven?"."""
_ASKS_ENDS = re.compile(
    r"^\W{0,3}(?:(?:zeg|euh|en|maar|dus),? ){0,2}(?:is (?:nu )?(?:1|5|een|vijf)|wat is|welke? is)"
    r".{0,16}\b(?:hoogst|laagst|meest|minst)\w{0,2}\b"
)
_MEANS = re.compile(
    r"\b(?:beteken\w{0,2}|wil\w{0,2} .{0,12}zeggen|bedeutet|heißt|heisst|means?|veut dire|signifie"
    r"|wat is|was ist)\b"
)


def _agrees(chances: Mapping[str, float], text: str) -> bool:
    """Whether a text says yes beside words that are, by the classifier, no answer."""
    return summary.agrees_beside(text) and chances.get(CONTENT, 0.0) < _LEAST_COMMAND


def _read(chances: Mapping[str, float], text: str, step: str) -> str | None:
    """The intent where rules are sure what the text is made of, or None."""
    if step not in ("vraag", "bevestigen"):
        return None
    reading = message.read(text)
    if step == "vraag" and message.hesitates(text):
        return CONTENT
    if step == "vraag":
        if reading.kind in (message.ADDITION, message.CORRECTION, message.ANSWER_AND_QUESTION):
            return CONTENT
        if reading.kind == message.BACK:
            # Both ask the question that is named again.
            return max(_GOES_BACK, key=lambda name: chances.get(name, 0.0))
        return _REMARK_INTENTS.get(reading.kind or "")
    if reading.kind in (message.ADDITION, message.CORRECTION, message.REMOVAL):
        return CONTENT
    if reading.kind == message.BACK:
        return "antwoord_wijzigen"
    if reading.kind == message.ENOUGH:
        return "bevestigen"
    if reading.kind in _REMARK_INTENTS:
        return _REMARK_INTENTS[reading.kind]
    best = max(chances, key=lambda name: chances[name])
    command = best not in CONTENT_IN_QUESTION and chances[best] >= _LEAST_COMMAND
    if command or not reading.content:
        return None
    if reading.says == message.NO and not reading.turned:
        # The actions look at the reasons beside it.
        return NO
    # A "maar" after a yes or a no holds more than that.
    return CONTENT if reading.turned else None


_GOES_BACK = ("antwoord_wijzigen", "terug")


_REMARK_INTENTS = {
    message.WAIT: "hulp",
    message.ENOUGH: "overslaan",
    message.LEAVE: "overslaan",
    message.NO_IDEA: "weet_niet",
    message.QUESTION_MARK: "herhalen",
}


_INTENT_OF_ACT = {
    acts.WAIT: "hulp",
    acts.REMARK: "hulp",
    acts.LEAVE: "hulp",
    acts.PASS: "overslaan",
    acts.MOVE: "ander_opdracht",
    acts.MEND: CONTENT,
    acts.STOP: "stoppen",
}
_LEAVES = ("overslaan", "stoppen")
QUESTIONS = frozenset(
    {
        "vraag_privacy",
        "vraag_anoniem",
        "vraag_doel",
        "vraag_duur",
        "vraag_resultaat",
        "vraag_wie",
        "uitleg_opdracht",
        "overzicht_tonen",
        "contact_mens",
    }
)
_LEAST_QUESTION = 0.2


def intent_of(act: Act, chances: Mapping[str, float]) -> str:
    """The intent that does what an act asks; of a question the likeliest that it may be.

    Who leaves a question resembles who leaves the talk: there the likelier intent decides.
    """
    if act.name in (acts.PASS, acts.STOP):
        own = _INTENT_OF_ACT[act.name]
        return max((own, *_LEAVES), key=lambda name: chances.get(name, 0.0))
    if act.name != acts.ASK:
        return _INTENT_OF_ACT.get(act.name, CONTENT)
    best = max(QUESTIONS, key=lambda name: chances.get(name, 0.0))
    return best if chances.get(best, 0.0) >= _LEAST_QUESTION else "herhalen"


def worth_asking(text: str) -> bool:
    """Whether a text may be no answer: a few words, or letters without sense, are one."""
    words = text.split()
    readable = any(_NO_WORD.search(word.casefold()) is None for word in words)
    return readable and (len(words) >= _LEAST_WORDS_OF_ACT or "?" in text)


_NO_WORD = re.compile(r"[bcdfghjklmnpqrstvwxz]{4}")
_LEAST_WORDS_OF_ACT = 3


def too_long_for_command(text: str, step: str) -> bool:
    """Whether a text is longer than any command, at a step where text can be an answer."""
    return step in _OPEN and len(text.split()) > _MAX_COMMAND_WORDS
