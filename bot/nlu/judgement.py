"""Decides whether a text is a command to the assistant or content to store.

While an open question is asked, text is content unless it is clearly a command: a lost command
costs the person one more tap, a lost answer costs the consultation its voice. Where a yes or no
is asked that must be clear, ``consent`` reads it. Nothing of Rasa is imported, so that both
environments can use this.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.nlu.consent import yes_or_no

CONTENT = "bijdrage"
CHOICE = "opdracht_kiezen"

# While a question is open these are never commands: what somebody says off topic, in another
# language, by way of a subject or of a yes or no is their answer, and is stored.
CONTENT_IN_QUESTION = frozenset(
    {CONTENT, CHOICE, "buiten_onderwerp", "andere_taal", "bevestigen", "ontkennen"}
)
_CONTENT_IN_GROUP = CONTENT_IN_QUESTION | {"klacht", "weet_niet"}
_CHOICE_IN_CHOOSING = frozenset({CONTENT, CHOICE, "klacht"})
_CLEAR_YES_OR_NO = frozenset({"toestemming", "beheer"})
_LEAST_IN_CHOOSING = 0.3
_LEAST_COMMAND = 0.5
_OPEN = frozenset({"vraag", "groep"})
_MAX_COMMAND_WORDS = 16
_NO_BREAK = "\u2060 "


def judge(
    chances: Mapping[str, float],
    text: str,
    step: str,
    threshold: float,
    question: str | None = None,
) -> str:
    """The intent to act on, from what the classifier thinks of a text and the step that is open.

    In an open question it is not one intent that has to be likely, but that the text is a command
    at all: what several commands share of the chance is added up. That sum must be at least half,
    and weighed against the chance of an answer it must reach the threshold: what is left, for
    off-topic talk or a yes, pleads for neither. Signs without a word, such as emoji, are an answer.
    Typed text that starts with a slash is text, never a command. (What a button sends goes past
    this: Rasa reads it after the classifiers.)

    Args:
        chances: the classifier's chance per intent, 0 to 1.
        text: what was typed.
        step: ``vraag`` while an open question is asked, ``opdracht`` or ``groep`` while one is
            chosen, ``bevestigen``, ``toestemming``, ``beheer``, ``verder``, ``einde`` or ``start``.
        threshold: how likely a command must be against an answer, where words are an answer.
        question: the question that is open, or the purpose that consent is asked for.
    """
    if text.lstrip(_NO_BREAK).startswith("/"):
        chances = {CONTENT: 1.0}
    elif step in _CLEAR_YES_OR_NO:
        return yes_or_no(chances, text, question)
    best = max(chances, key=lambda name: chances[name])
    if step in _OPEN:
        content = CONTENT_IN_QUESTION if step == "vraag" else _CONTENT_IN_GROUP
        commands = {name: chance for name, chance in chances.items() if name not in content}
        likely = sum(commands.values())
        against = likely / max(likely + chances.get(CONTENT, 0.0), 1e-9)
        if too_long_for_command(text, step) or likely < _LEAST_COMMAND or against < threshold:
            return CONTENT
        if not any(sign.isalnum() or sign == "?" for sign in text):
            return CONTENT
        return max(commands, key=lambda name: commands[name])
    if step == "opdracht":
        unclear = chances[best] < _LEAST_IN_CHOOSING or best in _CHOICE_IN_CHOOSING
        return CHOICE if unclear else best
    return best


def too_long_for_command(text: str, step: str) -> bool:
    """Whether a text is content by its length alone: words are an answer at this step, and no
    command has so many."""
    return step in _OPEN and len(text.split()) > _MAX_COMMAND_WORDS
