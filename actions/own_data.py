"""Requests about a participant's own data: withdraw answers, change consent, see what is stored.

A separate form interrupts the conversation, so that a yes or no to it is never taken for an answer.
After it the conversation returns to the interrupted step. ``bot.nlu.own_data`` reads the texts; a
change is carried out only after a yes to a question that says it, or by a button that says it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet

from actions import changing
from actions.contribution_form import answered_before, say_summary
from actions.entering import words_of
from actions.offering import due, keep_slots, label
from actions.opening import end, go_on
from actions.reading import grouping, probing, proposed
from actions.reading.content import (
    ABOUT_OWN,
    has_form_of_content,
    is_surely_content,
    may_be_content,
)
from actions.reading.naming import mentions, named_question
from actions.talk import (
    ASIDES,
    OWN_DATA_FORM,
    Slots,
    Talk,
    TalkAction,
    TalkForm,
    answer_aside,
    storage,
    validator,
)
from consultation.participation.effects import (
    AnswerWithdrawn,
    ConsentGiven,
    GroupChosen,
    ParticipantErased,
)
from consultation.participation.own_answers import OwnAnswer, own_words
from language.folding import folded
from language.reading.changes import speaks_of
from language.reading.removing import agreed, removed
from language.reading.request import CODE, CONSENT, ERASE, GROUP, KEEP, SHOW, Reading
from language.segmentation.sentences import sentence_spans

REMOVE, ALL, ERASED = ERASE, "alles", "gewist"
_INTENT = "/gegevens_verwijderen"
_AGAIN = "?"
"""Ends a request whose question got an unclear answer once."""
_WITH_ANSWERS = frozenset({"vraag", "bevestigen", "verder"})
_SHOWN_FIRST = 3
_LONGEST_LABEL = 40
_LONGEST_SHOWN = 3000
_LONGEST_READ = 300
_ABOUT_ME = re.compile(r"\b(?:van|over) (?:mij|me|ons)\b|gegevens", re.IGNORECASE)
_NUMBERED = re.compile(r"\b(?:vraag|antwoord) \d")
_WORDS_AROUND = """
wis wissen gewist wist verwijder verwijderen verwijderd schrap schrappen geschrapt gooi smijt
doe haal weg eruit eraf trek intrekken vergeet delete laat laten mijn onze antwoord
antwoorden over wat ik we zei zeiden gezegd heb hebben schreef geschreven vertelde verteld
typte getypt dat dit die het een de den der maar aub graag toch nog kan kunnen mag mogen wil
wou zou willen je mij ons van op bij voor met in uit alles allemaal enkel alleen vraag
opdracht onderwerp thema laatste vorige ander andere worden werd wordt daar daarnet juist net
ook nu dan als moet moeten er en of is was had ja nee niet geen zin tekst stuk bericht ding
had liever dingen rond omtrent iets eerste tweede
"""
_EMPTY_WORDS = frozenset(_WORDS_AROUND.split())


@dataclass(frozen=True)
class _Own:
    opdracht: int
    question: str
    text: str
    at: datetime

    @property
    def name(self) -> str:
        return f"{self.opdracht}.{self.question}"


class ActionBeheer(TalkAction):
    """Reads the request and stores the step that it interrupts."""

    def name(self) -> str:
        return "action_beheer"

    def act(self, talk: Talk) -> list[EventType]:
        position = talk.metadata
        step = position.get("step") or "start"
        under = position.get("under") if step == "beheer" else step
        part = changing.part_dropped(talk, words_of(talk)) if step in _WITH_ANSWERS else None
        request = None if part else _request(talk)
        kept: Slots = {}
        if step == "vraag" and talk.request.wish == CONSENT:
            kept = answered_before(talk)
            talk.tracker.slots.update(kept)
        events: list[EventType] = [
            *(SlotSet(name, value) for name, value in kept.items()),
            ActiveLoop(None),
            SlotSet("beheer", request),
            SlotSet("onder", under if request else None),
            SlotSet("keuze", None),
        ]
        if request is not None:
            return events
        events += [SlotSet(name, value) for name, value in (part or {}).items()]
        back = end(talk) if under == "einde" else go_on(talk)
        listens = not any(event["event"] == "followup" for event in back)
        return [*events, *back, *([FollowupAction("action_listen")] if listens else [])]


class ValidateBeheerForm(TalkForm):
    """Validates the choice; only a clear yes, or a button that says it, changes anything."""

    def name(self) -> str:
        return f"validate_{OWN_DATA_FORM}"

    @validator
    def validate_keuze(self, value: Any, talk: Talk) -> Slots:
        """Asks again, carries out the choice, or leaves everything unchanged.

        Content is kept: it is offered as soon as the choice is made.
        """
        slots = self._decide(value, talk)
        opdracht = talk.opdracht
        beside = _content_beside(words_of(talk))
        if beside is not None and "bewaard" not in slots and slots.get("beheer") != ERASED:
            kept = keep_slots(talk, beside)
            talk.tracker.slots.update(kept)
            slots = {**slots, **kept}
        if slots["keuze"] is None or slots["beheer"] == ERASED:
            return slots
        if opdracht is None or talk.slot("onder") not in _WITH_ANSWERS:
            return slots
        return {**slots, **due(talk, opdracht, None)}

    def _decide(self, value: Any, talk: Talk) -> Slots:
        request = (talk.slot("beheer") or REMOVE).removesuffix(_AGAIN)
        button = talk.entity("waarde")
        if button in ("niets", "nee"):
            return _leave(talk, request)
        if button == "ja":
            return _carry_out(talk, request)
        if button and button.startswith(f"{GROUP}="):
            return _change_group(talk, button.removeprefix(f"{GROUP}="))
        if button and "=" in button:
            return _change_consent(talk, *button.split("=", 1))
        if button or talk.entity("vraag"):
            return {"keuze": None, "beheer": _button_request(talk)}
        asked, words = talk.request, words_of(talk)
        if _is_content(talk, asked, request, words):
            return {"keuze": None, **keep_slots(talk, words)}
        aside = talk.metadata.get("aside")
        if aside is not None and asked.yes is None and asked.wish not in (SHOW, CODE):
            answer_aside(talk, aside)
            return {"keuze": None}
        if request.startswith(GROUP):
            return _group_chosen(talk, request, words)
        if request == CONSENT and (typed := _typed_choice(talk, str(value))):
            return _change_consent(talk, *typed)
        if asked.wish == CODE:
            talk.utter("waar_code")
            return {"keuze": None}
        if asked.wish == SHOW:
            show_answers(talk)
            return {"keuze": None}
        if asked.wish == KEEP:
            return _leave(talk, request)
        text = str(value)
        if _says_so_again(talk, asked, request, text):
            return _carry_out(talk, request)
        if asked.wish is not None and not _only_agrees(asked):
            return _next_request(talk, asked, request)
        return _yes_or_no(talk, asked, request, text)


class AskKeuze(TalkAction):
    """Asks what to withdraw, for confirmation, or which consent to change."""

    def name(self) -> str:
        return f"action_ask_{OWN_DATA_FORM}_keuze"

    def act(self, talk: Talk) -> list[EventType]:
        stored = talk.slot("beheer") or REMOVE
        custom = {
            "step": "beheer",
            "opdracht": talk.slot("opdracht"),
            "question": talk.slot("vraag"),
            "probe": talk.slot("doorvraag"),
            "changing": talk.slot("bevestigd") is False,
            "request": stored,
            "under": talk.slot("onder"),
        }
        kind, _, target = stored.removesuffix(_AGAIN).partition(":")
        if kind == GROUP:
            _ask_group(talk, target, custom)
        elif kind == CONSENT and target:
            _ask_consent(talk, target, custom)
        elif kind == CONSENT:
            _show_consents(talk, custom)
        elif target == ALL:
            _ask_all(talk, custom)
        elif target and (meant := _of_target(talk, target)):
            _ask_removal(talk, target, meant, custom)
        else:
            _ask_which(talk, _own(talk), "wat_wissen", custom)
        return []


def asks_code(talk: Talk) -> bool:
    """Whether the participant asks for the receipt code, which only their widget knows."""
    return talk.request.wish == CODE


def show_answers(talk: Talk) -> None:
    """Shows all that the participant said, of all opdrachten, as far as a talk can hold it."""
    words = talk.tracker.latest_message.get("text") or ""
    if _ABOUT_ME.search(words):
        _say_known(talk)
    own = _all_own(talk)
    numbers = list(dict.fromkeys(each.opdracht for each in own if each.opdracht is not None))
    reacted = proposed.told(talk)
    if reacted:
        talk.utter("eigen_reacties", punten="\n".join(reacted))
    if not own and reacted:
        return
    if not own:
        talk.utter("nog_geen_antwoord")
        return
    if not talk.reacts and numbers == [talk.slot("opdracht")] and len(own) == len(talk.answers):
        say_summary(talk)
        return
    left = _LONGEST_SHOWN
    for number in numbers:
        opdracht = talk.catalogue.opdracht(number)
        lines = []
        for each in own:
            if each.opdracht != number or left <= 0:
                continue
            text = " ".join(each.text.split())
            if len(text) > left:
                text = f"{text[:left].rstrip()}…"
            left -= len(text)
            lines.append(f"• {_question_name(talk, number, each.question)}: {text}")
        if lines:
            talk.utter(
                "eigen_antwoorden",
                nummer=number,
                titel=opdracht.titel if opdracht else "",
                punten="\n".join(lines),
                custom={"quotes": True},
            )
    if left <= 0:
        talk.utter("eigen_antwoorden_meer")


def _say_known(talk: Talk) -> None:
    groep = talk.catalogue.groep(talk.slot("groep") or "")
    group = (
        talk.words("eigen_groep").format(groep=groep.naam)
        if groep
        else talk.words("eigen_geen_groep")
    )
    quoted = talk.slot("toestemming_citaat")
    if quoted is None:
        talk.say(group)
    else:
        talk.say(f"{group} {talk.words('eigen_citaat_ja' if quoted else 'eigen_citaat_nee')}")


# Requests: "toestemming", "toestemming:citaat=nee", "toestemming:citaat=nee+organisatie=nee",
# "groep", "groep:burger", "wissen", "wissen:alles", "wissen:8.trekker",
# "wissen:8.trekker+8.voorstel"; at an earlier version also "wissen:trekker" of the open opdracht.


def _request(talk: Talk) -> str | None:
    """The request to ask about; None where it needed only an answer, which is given here."""
    if talk.entity("vraag") is not None or talk.entity("waarde") is not None:
        return _button_request(talk)
    asked = talk.request
    text = str(talk.tracker.latest_message.get("text") or "")
    if asked.wish is None:
        asked = _by_object(talk, text)
    wanted = _wanted(talk, asked)
    if wanted == REMOVE and not asked.everything:
        # Which answer is meant may stand in its own words: "dat van die zetel".
        name = speaks_of(text, {each.name: each.text for each in _own(talk)})
        return f"{REMOVE}:{name}" if name else wanted
    return wanted


_NOTHING_LEFT = re.compile(
    r"\b(?:niets|niks|nix|geen (?:spoor|letter|woord)|nothing"
    r"|rien)\b.{0,30}\b(?:overblij\w{0,2}|blij\w{0,2}"
    r"|achter\w{0,7}|staan|bewaar\w{0,2}|van (?:mij|me|ons)|left|behind)\b"
    r"|\b(?:heel|gans|hele|volledig|mijn|my|all)\b.{0,12}\b(?:account|profiel|profile|dossier"
    r"|deelname"
    r"|gesprek)\b|\bgeen spoor\b"
)
_WORDS_SHOWN = re.compile(
    r"\b(?:citer\w{0,3}|citeer\w{0,2}|citaat|citaten|letterlijk\w{0,2}|quot\w{1,4}"
    r"|(?:mijn )?(?:zinnen|woorden|uitspraken|zinnekes)\b.{0,20}\b(?:van (?:mij|ons)|plan"
    r"|verslag|rapport"
    r"|tonen|gebruik\w{0,2}))\b|\bmijn (?:zinnen|woorden|uitspraken)\b"
)
_DENIES = re.compile(r"\b(?:niet|nie|ni|geen|nooit|not|pas|nicht|liever niet|stop\w{0,3})\b")


def _by_object(talk: Talk, text: str) -> Reading:
    """What a text asks by the object it names, where no rule read the whole."""
    plain = folded(text[:_LONGEST_READ])
    if _WORDS_SHOWN.search(plain):
        sense = False if len(_DENIES.findall(plain)) == 1 else None
        return Reading(CONSENT, consents=(("citaat", sense),))
    if mentions(text, "toestemming"):
        return Reading(CONSENT, consents=(("", None),))
    named = _named(talk, text, _own(talk))
    if _NOTHING_LEFT.search(plain) or (mentions(text, "alles") and not named):
        return Reading(REMOVE, everything=True)
    return Reading(REMOVE, about=text if named else "")


_WHOLLY = re.compile(r"\b(?:helemaal|volledig|totaal|alles?|allebei|overal|compleet)\b")


def _is_content(talk: Talk, asked: Reading, request: str, text: str) -> bool:
    """Whether a text at this step decides nothing, and says something that may be an answer."""
    if asked != Reading() or not may_be_content(talk, text):
        return False
    if is_surely_content(talk, text) and len(text.split()) >= _LONG:
        return True
    return (removed if request.startswith(REMOVE) else agreed)(text) is None


_LONG = 7


def _content_beside(text: str) -> str | None:
    """The sentence of an answer that stands after what a text says of one's own data; or None."""
    if len(text) > _LONGEST_READ:
        return None
    said = [text[start:end].strip() for start, end in sentence_spans(text)]
    for each in said[1:]:
        about = ABOUT_OWN.search(folded(each)) or _WORDS_SHOWN.search(folded(each))
        if len(each.split()) >= _LONG and has_form_of_content(each) and not about:
            return each
    return None


def _button_request(talk: Talk) -> str:
    key, button = talk.entity("vraag"), talk.entity("waarde")
    if key is not None:
        return f"{REMOVE}:{key}"
    return f"{REMOVE}:{ALL}" if button == ALL else CONSENT


def _wanted(talk: Talk, asked: Reading) -> str | None:
    if asked.wish == KEEP:
        talk.utter("blijft_zoals_het_is")
        return None
    if asked.wish == GROUP:
        return _group_wanted(talk, asked)
    if not talk.slot("toestemming_analyse") and not _own(talk):
        talk.utter("nog_niets_bewaard")
        return None
    return _consent_wanted(talk, asked) if asked.wish == CONSENT else _removal_wanted(talk, asked)


def _consent_wanted(talk: Talk, asked: Reading) -> str | None:
    unclear = False
    changes: list[tuple[str, bool]] = []
    text = str(talk.tracker.latest_message.get("text") or "")
    for named, sense in asked.consents:
        # "Helemaal" takes back the consent without which nothing may be kept.
        wholly = not named and sense is False and _WHOLLY.search(folded(text[:_LONGEST_READ]))
        purpose = "analyse" if wholly else named
        if purpose == "naam":
            if not talk.slot("organisatie") or sense is None:
                talk.utter("naam_onbekend")
                continue
            purpose = "organisatie"
        if purpose == "organisatie" and not talk.slot("organisatie"):
            talk.utter("organisatie_onbekend")
        elif not purpose or sense is None:
            unclear = True
        elif talk.slot(f"toestemming_{purpose}") is sense:
            talk.utter(f"al_{purpose}_{_word(sense)}")
        else:
            changes.append((purpose, sense))
    if ("analyse", False) in changes:
        talk.utter("zonder_analyse")
        return f"{REMOVE}:{ALL}"
    if unclear:
        return CONSENT
    named = "+".join(f"{purpose}={_word(granted)}" for purpose, granted in changes)
    return f"{CONSENT}:{named}" if named else None


_ONE_ANSWER = re.compile(
    r"\b(?:heel|gans|volledig|helemaal|hele)\b.{0,16}\b(?:eerste|tweede|derde|vierde|laatste)"
    r" (?:antwoord|vraag)\b"
)


def _removal_wanted(talk: Talk, asked: Reading) -> str | None:
    text = str(talk.tracker.latest_message.get("text") or "")
    if asked.everything and _ONE_ANSWER.search(folded(text[:_LONGEST_READ])):
        # All of one answer, not all answers.
        named = _named(talk, text, _own(talk))
        return f"{REMOVE}:{'+'.join(each.name for each in named)}" if named else REMOVE
    if asked.everything and asked.opdracht is None:
        return f"{REMOVE}:{ALL}"
    own = _own(talk)
    unnamed = not asked.last and asked.opdracht is None and not _names_any(asked.about)
    if unnamed and not _named(talk, asked.about, own):
        return REMOVE
    meant = _meant(talk, asked, own)
    if not meant:
        talk.utter("geen_antwoord_daarover")
        return REMOVE if own else None
    return f"{REMOVE}:{'+'.join(each.name for each in meant)}"


def _meant(talk: Talk, asked: Reading, own: Sequence[_Own]) -> list[_Own]:
    """The answers that a text means: the last one, by number, kind or words."""
    pool = [each for each in own if asked.opdracht in (None, each.opdracht)]
    if asked.last and not _named(talk, asked.about, pool, vorige=False):
        return [max(pool, key=lambda each: each.at)] if pool else []
    if asked.everything:
        return pool
    named = _named(talk, asked.about, pool)
    if named:
        return named
    tokens = _tokens(asked.about)
    if not tokens:
        return pool if asked.opdracht is not None else []
    told = [(each, folded(each.text)) for each in pool]
    for enough in (all, any):
        found = [each for each, text in told if enough(_stands(token, text) for token in tokens)]
        if found:
            return found
    return []


def _named(talk: Talk, text: str, pool: Sequence[_Own], vorige: bool = True) -> list[_Own]:
    """The answers to the question that a text names; those of the open opdracht come first."""
    if not vorige and mentions(text, "vorige"):
        return []
    here = talk.slot("opdracht")
    numbers = dict.fromkeys(each.opdracht for each in pool)
    found = []
    for number in sorted(numbers, key=lambda each: each != here):
        opdracht = talk.catalogue.opdracht(number)
        current = talk.slot("vraag") if number == here else None
        key = named_question(text, opdracht, current) if opdracht else None
        found += [each for each in pool if each.opdracht == number and each.question == key]
        if found and number == here:
            break
    return found


def _names_any(about: str) -> bool:
    return bool(_tokens(about) or _NUMBERED.search(about)) or mentions(about, "vorige")


def _tokens(about: str) -> list[str]:
    plain = re.sub(r"\b(opdracht|onderwerp|thema) \w+", " ", folded(about))
    return [word for word in re.findall(r"\w{2,}", plain) if word not in _EMPTY_WORDS]


def _stands(token: str, text: str) -> bool:
    return re.search(rf"\b{re.escape(token)}", text) is not None


def _only_agrees(asked: Reading) -> bool:
    """Whether a text with a yes names no object: "ja, wis het maar"."""
    if asked.wish != REMOVE or asked.everything or asked.last or asked.opdracht is not None:
        return False
    # Without any words it is an exception, "alles, maar niet mijn voorstel": which ones is asked.
    return bool(asked.about) and not _names_any(asked.about)


def _says_so_again(talk: Talk, asked: Reading, request: str, text: str) -> bool:
    """Whether a text tells once more to do what the question names: "zeker, weg ermee"."""
    kind, _, target = request.partition(":")
    if kind == CONSENT and target and asked.wish == CONSENT and not asked.asks:
        changes = [each.partition("=") for each in target.split("+")]
        known: set[tuple[str, bool | None]] = {("", None)}
        for purpose, _, wanted in changes:
            known |= {(purpose, None), (purpose, wanted == "ja")}
        return known.issuperset(asked.consents) and agreed(text) is True
    if kind != REMOVE or not target or "+" in target or asked.wish not in (None, ERASE):
        return False
    if asked.asks or asked.yes is False or removed(text) is not True:
        return False
    if asked.everything and target != ALL:
        return False
    named = _meant(talk, asked, _own(talk)) if asked.wish and not asked.everything else []
    return not named or [each.name for each in named] == [target]


_LESS_SHOWN = tuple(f"{CONSENT}:{purpose}=nee" for purpose in ("citaat", "organisatie"))
"""Requests to show less of what somebody said; the answers stay."""


def _next_request(talk: Talk, asked: Reading, request: str) -> Slots:
    """Carries out what is said again in the words of the question; else asks about the new wish."""
    wanted = _wanted(talk, asked)
    if wanted is None:
        return {"keuze": "klaar", "beheer": None}
    specific = ":" in request and "+" not in request
    # "Klopt dat?" - "Nee, niet citeren": the no belongs to the wish, which they say once more.
    agrees = asked.yes is not False or request in _LESS_SHOWN
    if wanted == request and specific and agrees and not asked.asks:
        return _carry_out(talk, request)
    return {"keuze": None, "beheer": wanted if wanted != request else request + _AGAIN}


def _yes_or_no(talk: Talk, asked: Reading, request: str, text: str) -> Slots:
    kind, _, target = request.partition(":")
    said = asked.yes
    if said is None and not asked.asks:
        said = removed(text) if kind == REMOVE else agreed(text)
        if said is None and talk.intent in ("bevestigen", "ontkennen"):
            said = talk.intent == "bevestigen"
    if said is True and target and (kind == CONSENT or "+" not in target):
        return _carry_out(talk, request)
    if said is False and kind == CONSENT and target:
        # "Klopt dat?" - "Nee": something else is meant.
        return {"keuze": None, "beheer": CONSENT}
    if said is False or talk.intent in ("stoppen", "terug", "overslaan", "afscheid"):
        return _leave(talk, request)
    if talk.intent in ASIDES:
        answer_aside(talk, talk.intent)
        return {"keuze": None}
    if (talk.slot("beheer") or "").endswith(_AGAIN):
        talk.utter("niets_veranderd")
        return {"keuze": "klaar", "beheer": None}
    return {"keuze": None, "beheer": request + _AGAIN}


# The group


def _group_wanted(talk: Talk, asked: Reading) -> str | None:
    """The request for another group; without a sure one the groups are shown."""
    named = grouping.read_group(asked.about) if asked.about else None
    if named is None or not named.sure:
        return GROUP
    groep = named.groups[0]
    if talk.slot("groep") == groep.slug:
        talk.utter("al_groep", naam=groep.naam)
        return None
    return f"{GROUP}:{groep.slug}"


def _group_chosen(talk: Talk, request: str, text: str) -> Slots:
    """Notes the group that a button or a text names; a yes to the group that was asked about."""
    target, asked = request.partition(":")[2], talk.request
    said = asked.yes if asked.yes is not None else agreed(text)
    named = grouping.read_group(text) if said is None else None
    if target and said is True:
        return _change_group(talk, target)
    if named is not None and named.sure:
        return _change_group(talk, named.groups[0].slug)
    if said is False and target:
        return {"keuze": None, "beheer": GROUP}
    if asked.wish not in (None, GROUP):
        return _next_request(talk, asked, request)
    if said is not None and not target:
        return {"keuze": None}
    return _yes_or_no(talk, asked, request, text)


def _change_group(talk: Talk, slug: str) -> Slots:
    groep = talk.catalogue.groep(slug)
    if groep is None:
        return _leave(talk, GROUP)
    talk.propose(GroupChosen(group=slug))
    talk.utter("groep_begrepen", naam=groep.naam)
    # The actions of a reaction round stand in the order of the group.
    return {"keuze": "klaar", "beheer": None, "groep": slug, "acties": None}


def _ask_group(talk: Talk, target: str, custom: dict[str, Any]) -> None:
    groep = talk.catalogue.groep(target)
    if groep is not None:
        yes = {"title": talk.words("knop_groep").format(naam=groep.naam)}
        yes["payload"] = _payload("waarde", "ja")
        text = talk.words("wil_groep").format(naam=groep.naam)
        _put(talk, text, custom, [yes, _nothing(talk, "knop_laat_zo")])
        return
    first = grouping.first_groups(talk.catalogue, talk.slot("opdracht"), _SHOWN_GROUPS)
    rest = [each for each in talk.catalogue.groepen if each not in first]
    shown, more = (
        [
            {"title": each.naam, "payload": _payload("waarde", f"{GROUP}={each.slug}")}
            for each in groups
        ]
        for groups in (first, rest)
    )
    nothing = _nothing(talk, "knop_laat_zo")
    _put(talk, talk.words("groep_nogmaals"), custom, [*shown, nothing, *more])


_SHOWN_GROUPS = 4


# Carrying out


def _leave(talk: Talk, request: str) -> Slots:
    erases = request.startswith(REMOVE)
    talk.utter("niets_gewist" if erases else "blijft_zoals_het_is")
    return {"keuze": "klaar", "beheer": None}


def _carry_out(talk: Talk, request: str) -> Slots:
    kind, _, target = request.partition(":")
    if kind == CONSENT:
        slots: Slots = {}
        for change in target.split("+"):
            slots |= _change_consent(talk, *change.split("=", 1))
        return slots
    if target == ALL:
        talk.utter("gewist", custom={"step": "gewist"})
        talk.propose(ParticipantErased())
        return {"keuze": "klaar", "beheer": ERASED}
    meant = _of_target(talk, target)
    if not meant:
        return _leave(talk, request)
    for each in meant:
        talk.propose(AnswerWithdrawn(opdracht=each.opdracht, question=each.question))
    talk.utter("antwoord_gewist" if len(meant) == 1 else "antwoorden_gewist")
    gone = {each.question for each in meant if each.opdracht == talk.slot("opdracht")}
    left = {name: text for name, text in talk.answers.items() if name not in gone}
    slots = {"keuze": "klaar", "beheer": None, "antwoorden": left}
    # A follow-up question to a withdrawn answer makes no sense.
    return {**slots, "doorvraag": None} if talk.slot("vraag") in gone else slots


def _typed_choice(talk: Talk, text: str) -> tuple[str, str] | None:
    """The purpose and the choice of the button whose title the participant typed, or None."""
    typed = text.strip().rstrip(".!").casefold()
    for toestemming in talk.catalogue.consultatie.toestemmingen:
        for wanted in ("ja", "nee"):
            if typed == talk.words(f"knop_{toestemming.doel}_{wanted}").casefold():
                return toestemming.doel, wanted
    return None


def _change_consent(talk: Talk, purpose: str, wanted: str) -> Slots:
    granted = wanted == "ja"
    if purpose == "analyse" and not granted:
        talk.utter("zonder_analyse")
        return {"keuze": None, "beheer": f"{REMOVE}:{ALL}"}
    talk.propose(ConsentGiven.model_validate({"purpose": purpose, "granted": granted}))
    talk.utter(f"nu_{purpose}_{wanted}")
    return {"keuze": "klaar", "beheer": None, f"toestemming_{purpose}": granted}


# Asking


def _ask_consent(talk: Talk, target: str, custom: dict[str, Any]) -> None:
    names = [each.replace("=", "_") for each in target.split("+")]
    if len(names) == 1:
        text, does = talk.words(f"wil_{names[0]}"), talk.words(f"knop_{names[0]}")
        does = f"{talk.words('knop_ja')}, {does[0].lower()}{does[1:]}"
    else:
        wanted = talk.words("opsomming").format(
            eerst=talk.words(f"doel_{names[0]}"), laatst=talk.words(f"doel_{names[1]}")
        )
        text, does = talk.words("wil_beide").format(wat=wanted), talk.words("knop_beide")
    button = {"title": does, "payload": _payload("waarde", "ja")}
    _put(talk, text, custom, [button, _nothing(talk, "knop_laat_zo")])


def _show_consents(talk: Talk, custom: dict[str, Any]) -> None:
    for toestemming in talk.catalogue.consultatie.toestemmingen:
        given = talk.slot(f"toestemming_{toestemming.doel}")
        if toestemming.doel == "organisatie" and not talk.slot("organisatie"):
            continue
        if given is None:
            continue
        new = _word(not given)
        talk.utter(
            "toestemming_nu_ja" if given else "toestemming_nu_nee",
            vraag=toestemming.vraag,
            buttons=[
                talk.button(
                    f"knop_{toestemming.doel}_{new}",
                    _payload("waarde", f"{toestemming.doel}={new}"),
                )
            ],
        )
    _put(talk, talk.words("toestemming_kiezen"), custom, [_nothing(talk, "knop_laat_zo")])


def _ask_all(talk: Talk, custom: dict[str, Any]) -> None:
    sure = talk.button("knop_wis_ja_alles", _payload("waarde", "ja"))
    none = talk.button("knop_wis_nee_alles", _payload("waarde", "nee"))
    _put(talk, talk.words("wis_alles_zeker"), custom, [sure, none])


def _ask_removal(talk: Talk, target: str, meant: Sequence[_Own], custom: dict[str, Any]) -> None:
    if "+" in target:
        _ask_which(talk, meant, "wat_wissen_dit", custom)
        return
    (one,) = meant
    name = _shown_name(talk, one)
    text = talk.words("wis_een_zeker").format(naam=name, antwoord=probing.shortened(one.text))
    short = name if len(name) <= _LONGEST_LABEL else f"{name[:_LONGEST_LABEL].rstrip()}…"
    yes = talk.words("knop_wis_ja").format(naam=short)
    buttons = [
        {"title": yes, "payload": _payload("waarde", "ja")},
        talk.button("knop_wis_nee", _payload("waarde", "nee")),
    ]
    _put(talk, text, {**custom, "quotes": True}, buttons)


def _ask_which(talk: Talk, own: Sequence[_Own], sentence: str, custom: dict[str, Any]) -> None:
    here = talk.slot("opdracht")
    ordered = sorted(own, key=lambda each: each.opdracht != here)
    answers = [
        {"title": _shown_name(talk, each), "payload": _payload("vraag", each.name)}
        for each in ordered
    ]
    others = [
        talk.button("knop_wis_alles", _payload("waarde", ALL)),
        _nothing(talk, "knop_wis_niets"),
    ]
    # Only the first buttons are shown at once; these two must be among them.
    few = len(answers) <= _SHOWN_FIRST + 1
    first = answers if few else answers[:_SHOWN_FIRST]
    _put(talk, talk.words(sentence), custom, [*first, *others, *answers[len(first) :]])


def _put(talk: Talk, text: str, custom: dict[str, Any], buttons: list[dict[str, str]]) -> None:
    """Says a question; in other words where it was not understood, or interrupted by a question."""
    asked = talk.request
    if custom["request"].endswith(_AGAIN):
        text = talk.words("niet_zeker").format(vraag=text)
    elif talk.metadata.get("step") == "beheer" and (talk.intent in ASIDES or asked.wish == SHOW):
        text = talk.words("keuze_open").format(vraag=text)
    elif asked.asks and custom["request"].startswith(REMOVE):
        text = talk.words("wis_kan").format(vraag=text)
    talk.say(text, custom=custom, buttons=buttons)


def _shown_name(talk: Talk, one: _Own) -> str:
    name = _question_name(talk, one.opdracht, one.question)
    if one.opdracht == talk.slot("opdracht"):
        return name
    return talk.words("van_opdracht").format(nummer=one.opdracht, naam=name)


def _question_name(talk: Talk, number: int | None, key: str | None) -> str:
    vraag = talk.catalogue.vraag(number, key)
    return label(talk, vraag) if vraag else proposed.name_of(talk, str(key))


def _payload(entity: str, value: str) -> str:
    return f'{_INTENT}{{"{entity}":"{value}"}}'


def _nothing(talk: Talk, sentence: str) -> dict[str, str]:
    return talk.button(sentence, _payload("waarde", "niets"))


def _word(sense: bool) -> str:
    return "ja" if sense else "nee"


# The participant's answers


def _own(talk: Talk) -> list[_Own]:
    """The answers that can be withdrawn one by one: those of this round, by time."""
    return [
        _Own(each.opdracht, each.question, each.text, each.at)
        for each in _all_own(talk, this_round=True)
        if each.opdracht is not None and each.question is not None
    ]


def _all_own(talk: Talk, this_round: bool = False) -> list[OwnAnswer]:
    """The stored answers; those on the open opdracht as the tracker has them."""
    name, here = talk.slot("gesprek"), talk.slot("opdracht")
    words = None
    if name is not None:
        with storage().reading() as session:
            words = own_words(session, name)
    stored = words.answers if words else ()
    now_round = words.round if words else 0
    found = [each for each in stored if not this_round or each.round == now_round]
    known = {each.question for each in found if each.opdracht == here and each.round == now_round}
    moment = datetime.now(UTC)
    for key, text in talk.answers.items():
        if here is not None and key not in known:
            found.append(OwnAnswer("", now_round, here, key, text, None, moment))
    return found


def _of_target(talk: Talk, target: str) -> list[_Own]:
    """The answers of a request's target; empty where there are none any more."""
    names = [
        name if "." in name else f"{talk.slot('opdracht')}.{name}" for name in target.split("+")
    ]
    return [each for each in _own(talk) if each.name in names]
