"""Participants who write in another language: told once that the assistant speaks only Dutch."""

from __future__ import annotations

from actions.talk import Slots, Talk, sentences
from consultation.participation.conversation import LANGUAGE


def thank_in_language(talk: Talk, language: str | None) -> Slots:
    """Thanks for an answer; with the notice, also in that language, the first time."""
    if language is None or talk.slot("taal_gemeld"):
        talk.utter("antwoord_bewaard")
        return {}
    talk.say(_notice(talk, "andere_taal", language), custom={LANGUAGE: language})
    return {"taal_gemeld": language}


def tell_language(talk: Talk, language: str | None) -> Slots:
    """The notice at a step where a text is no answer; nothing when it was said before."""
    if language is None or talk.slot("taal_gemeld"):
        return {}
    talk.say(_notice(talk, "alleen_nederlands", language), custom={LANGUAGE: language})
    return {"taal_gemeld": language}


def _notice(talk: Talk, sentence: str, language: str) -> str:
    translated = f"{sentence}_{language}"
    first = f"{talk.words(translated)}\n" if translated in sentences() else ""
    return f"{first}{talk.words(sentence)}"
