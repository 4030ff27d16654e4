"""Goes to an opdracht: continues where its answers end, and tells which ones come after it.

An opdracht that was talked about before goes on at its first question without an answer, or at the
summary. Several opdrachten named at once form a queue; the bubble that tells it keeps it in
``custom.queue``, so that it survives a restart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet

from actions.offering import NOTHING_OFFERED, due
from actions.reading import choosing, proposed
from actions.reading.choosing import Choice
from actions.talk import Slots, Talk, storage
from consultation.catalogue import Opdracht
from consultation.participation import resumption
from consultation.participation.effects import OpdrachtChosen
from consultation.participation.reactions import MISSING
from language.folding import folded
from language.reading.changes import speaks_of

OF_ONE_OPDRACHT = (
    "requested_slot",
    "opdracht",
    "vooraf",
    "vraag",
    "doorvraag",
    "antwoord",
    "antwoorden",
    "bevestigd",
    "verder",
    "keuze",
    "beheer",
    "onder",
    "aanbod",
    "wijziging",
    "reactie",
    "acties",
    "gereageerd",
)
_DONE = "klaar"


def enter(talk: Talk, numbers: Iterable[int]) -> Slots:
    """The slots that start or continue the first of these opdrachten; the others follow later."""
    first, *named = dict.fromkeys(numbers)
    opdracht = talk.catalogue.opdracht(first)
    assert opdracht is not None
    given = answers_on(talk, first)
    later = [*named, *(each for each in queue(talk) if each not in (first, *named))]
    again = any(vraag.key in given for vraag in opdracht.vragen) or MISSING in given
    sentence = "opdracht_verder" if again else "opdracht_begrepen"
    talk.utter(sentence, nummer=first, titel=opdracht.titel, custom={"queue": later})
    if later:
        talk.utter("opdracht_daarna", nummers=listed(later))
    if not again:
        talk.say(opdracht.uitleg)
    talk.propose(OpdrachtChosen(opdracht=first))
    unanswered = next((each.key for each in opdracht.vragen if each.key not in given), None)
    slots: Slots = dict.fromkeys((*OF_ONE_OPDRACHT, "geraden"))
    del slots["requested_slot"]
    if talk.reacts:
        begun = proposed.entered(talk, first)
        return {**slots, "opdracht": first, "wachtrij": later, **begun}
    return {
        **slots,
        "opdracht": first,
        "vraag": unanswered,
        "antwoord": _DONE if unanswered is None else None,
        "antwoorden": given,
        "wachtrij": later,
        "keuze_aanbod": NOTHING_OFFERED,
        **due(talk, opdracht, unanswered),
    }


def go_to(talk: Talk, numbers: Iterable[int]) -> list[EventType]:
    """As ``enter``, from an action: the events that leave the open form and go to the opdracht."""
    slots = enter(talk, numbers)
    return [
        ActiveLoop(None),
        SlotSet("requested_slot", None),
        *(SlotSet(name, value) for name, value in slots.items()),
        FollowupAction(talk.opdracht_form),
    ]


def asked_for(talk: Talk, choice: Choice) -> list[int]:
    """The opdrachten that a request names; none where it names only the one that is open."""
    opdracht = talk.opdracht
    if opdracht is not None and choice.numbers == (opdracht.nummer,):
        return []
    return list(choice.numbers)


def words_of(talk: Talk) -> str:
    """The typed text of this turn, or an empty text for a button."""
    text = str(talk.tracker.latest_message.get("text") or "")
    return "" if text.startswith("/") else text.lstrip("\u2060")


def elsewhere(talk: Talk, text: str) -> Slots | None:
    """The slots for a text that only asks to go to an opdracht, or None.

    It names the opdracht by its number, or says that it turns to another subject.
    """
    requested = choosing.requested(text, talk.catalogue)
    numbers = asked_for(talk, requested)
    if requested.numbers and not numbers:
        # It names the opdracht that is open: its question is asked again.
        return {"antwoord": None}
    if _OF_ANSWERS.search(folded(text[:_READ])):
        return None
    plain = " ".join(folded(text[:_READ]).split())
    rather = None if numbers else _RATHER.search(plain)
    if rather is not None:
        numbers = asked_for(talk, choosing.chosen(plain[rather.end() :], talk.catalogue))
    if not numbers and _TURNS_TO.match(plain):
        numbers = asked_for(talk, choosing.wished(text, talk.catalogue))
        first = _SENTENCE.match(text.lstrip())
        meant = choosing.by_part(first[0], talk.catalogue) if first and not numbers else None
        numbers = asked_for(talk, Choice((meant,))) if meant is not None else numbers
        said = None if numbers else talked_of(talk, text)
        numbers = [said] if said is not None else numbers
    return enter(talk, numbers) if numbers else None


def talked_of(talk: Talk, text: str) -> int | None:
    """The other opdracht whose answers a text speaks of: "terug naar die trage leerplannen"."""
    here = talk.opdracht.nummer if talk.opdracht else None
    answers = {
        f"{each.nummer} {key}": said
        for each in talk.catalogue.opdrachten
        if each.nummer != here
        for key, said in answers_on(talk, each.nummer).items()
    }
    found = speaks_of(text, {**answers, **talk.answers})
    return int(found.split()[0]) if found in answers else None


_READ = 120
_OF_ANSWERS = re.compile(
    r"\b(?:over|bij|op|naar) (?:daarnet|daarjuist|daarstraks|zonet|wat ik|"
    r"(?:mijn|het|de|dat|die|m'n) (?:vorige?|eerste|tweede|derde|voorstel|antwoord|drempel|trekker)"
    r"(?! (?:onderwerp|opdracht|thema|punt)))\b"
)
"""More about what was said here, and no wish for another subject."""
_SENTENCE = re.compile(r"[^?!.]{1,200}")
_RATHER = re.compile(
    r"(?:\A|[,.;!] )(?:(?:en|dan|dus|maar|nee) )?"
    r"(?:(?:doe|neem|geef|kies|pak|laat ons|ik (?:wil|wou|heb|doe|neem|kies))"
    r"(?: (?:mij|me|dan|maar|toch|nu|eerst|het)){0,3} )(?:toch |dan )?liever"
    r" (?:toch )?(?:(?:dat|het|iets|die|eentje|dieje) )?(?:van|over|met|rond)\b"
)
"""Who would rather talk of something else: "dat ligt mij niet, doe liever dat van ..."."""
_TURNS_TO = re.compile(
    r"\W{0,3}(?:(?:ok|oke|goed|ja|nee|allez|maar|en|zeg|laat maar),? ){0,2}(?:"
    r"(?:spring|ga|doe|gaan we|begin) (?:(?:nu|eerst|maar|dan|eens|direct|toch) ){0,3}"
    r"(?:naar|over|met|voort met) (?:dat|het|de|die|iets)\b"
    r"|(?:toch |dan |liever )?(?:verder|terug|voort) (?:met|naar|over) (?:de|het|dat|die|mijn)\b|"
    r"(?:nu|eerst|straks|dan|liever|toch liever) (?:wil|wou|zou|kan|mag) (?:ik|we) (?:het "
    r"|graag |nog |eens |liever |even |iets ){0,4}over\b"
    r"|(?:(?:hm+|euh|nee|neen|toch|wacht),? ){0,3}(?:terug naar (?:dat|het|het stuk|het onderwerp)"
    r" (?:over|van)|terug naar .{3,40} (?:graag|aub)(?=\W{0,3}$)"
    r"|(?:toch )?liever (?:dat|iets|het) over"
    r"|toch nog (?:iets|dat) over)\b"
    r"|(?:voor(?:dat)? (?:ik|we) (?:\w+ ){1,3}\w+,? )?(?:kan|mag|kunnen|mogen) (?:ik|we) (?:hier )?"
    r"(?:(?:eerst|ook|nu|even|nog) ){1,3}(?:iets|wat) (?:kwijt|zeggen|vertellen) over\b"
    r"|ik (?:keer|ga|kom) (?:(?:nu|dan|liever|graag|toch|even|eerst) ){0,3}terug (?:naar|op)\b"
    r"|ik (?:wil|wou|zou) (?:(?:eerst|nu|liever|toch|graag) ){1,3}(?:nog )?(?:iets|dat|het) "
    r"(?:kwijt |zeggen |doen )?over\b"
    r"|(?:kunnen|mogen) we (?:eerst|nu) (?:het|een) (?:andere?|eerste|vorige?) onderwerp\b"
    r"|(?:kunnen|zullen|laten) we (?:het )?(?:nu|eens|nog|liever|even|dan|eerst|ook)"
    r" (?:het |nog |eens |even ){0,3}over\b"
    r"|laat ons (?:het )?(?:nu|eens|nog|liever|even|dan|eerst) (?:het |nog |eens |even ){0,3}over\b"
    r"|(?:(?:ik wil|ik wou|laten we|laat ons|kunnen we|zullen we|nu|graag|liever) ){0,2}"
    r"(?:het )?(?:nu |eens |nog |liever )?(?:over )?"
    r"(?:iets anders|een ander onderwerp|ander onderwerp|iets helemaal anders)\b"
    r"(?: hebben| praten)?\s{0,2}[:,-])"
)


def queue(talk: Talk) -> list[int]:
    """The opdrachten to talk about after this one that the catalogue still has."""
    waiting = talk.slot("wachtrij") or []
    return [number for number in waiting if talk.catalogue.opdracht(number) is not None]


def answers_on(talk: Talk, number: int) -> dict[str, str]:
    """The participant's stored answers on an opdracht, by the key of the question."""
    if talk.slot("opdracht") == number and talk.answers:
        return talk.answers
    name = talk.slot("gesprek")
    if name is None:
        return {}
    with storage().reading() as session:
        return resumption.answers_on(session, str(name), number)


def listed(numbers: Iterable[int]) -> str:
    """Numbers of opdrachten in words: "opdracht 5, 7 en 10"."""
    *first, last = map(str, numbers)
    return f"opdracht {', '.join(first)} en {last}" if first else f"opdracht {last}"


def choice_button(opdracht: Opdracht) -> dict[str, str]:
    """The button that chooses an opdracht."""
    payload = f'/opdracht_kiezen{{"opdracht":"{opdracht.nummer}"}}'
    return {"title": opdracht.titel, "payload": payload}
