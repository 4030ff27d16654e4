"""The opening form: introduction, consent per purpose, the group, and the choice of an opdracht."""

from __future__ import annotations

import re
from abc import abstractmethod
from typing import Any

from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet

from actions import choosing, grouping
from actions.languages import tell_language
from actions.offering import NOTHING_OFFERED, keep_slots
from actions.talk import (
    CONTRIBUTION_FORM,
    OPENING_FORM,
    Slots,
    Talk,
    TalkAction,
    TalkForm,
    answer_aside,
    validator,
)
from consultation.catalogue import UNKNOWN_GROUP, Groep
from consultation.groups import Named, declines, group_of, may_be_content
from consultation.participation.effects import (
    ConsentGiven,
    ConversationEnded,
    GroupChosen,
    OpdrachtChosen,
)
from language.folding import folded
from language.foreign import foreign_language

_CONDITION = re.compile(
    r"\b(?:als|mits|tenzij|indien|zolang|voorwaarden?|voorbehoud|alleen|enkel|behalve|maar|eerst"
    r"|only|unless|if|provided|mais|sauf|condition|seulement|wenn|nur|aber)\b"
)
_READ = 300
_YES_OR_NO = (
    "toestemming_analyse",
    "toestemming_citaat",
    "toestemming_organisatie",
    "bevestigd",
    "verder",
)
_ALL_GROUPS = re.compile(
    r"\W*(?:(?:toon|geef|laat|welke|wat)\b[ \w]{0,30}\b(?:groepen|allemaal|keuzes|mogelijkheden)"
    r"|alle groepen|andere groepen|toon alles?)\b[ \w]{0,20}\W*"
)
_ASKED_TWICE = "nogmaals"
"""``custom.question`` of the second bubble that asks for the group."""
_MOST_GROUPS, _FIRST_GROUPS, _GUESSED_GROUPS = 5, 4, 3
_OF_ONE_OPDRACHT = (
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
)


def go_on(talk: Talk) -> list[EventType]:
    """The events that start the next form, or end the conversation, from the slots."""
    if talk.slot("beheer") == "gewist":
        return []
    if talk.slot("onder") == "einde":
        return [SlotSet("onder", None), *end(talk)]
    if talk.slot("toestemming_analyse") is False:
        return _refused(talk)
    if talk.slot("opdracht") is not None and talk.slot("groep") is not None:
        if talk.slot("verder") is True:
            return [*leave_opdracht(), FollowupAction(OPENING_FORM)]
        if talk.slot("verder") is False:
            return [*leave_opdracht(), *end(talk)]
        return [FollowupAction(CONTRIBUTION_FORM)]
    return [FollowupAction(OPENING_FORM)]


def leave_opdracht() -> list[EventType]:
    """The events that end the current opdracht and clear its slots; its answers stay stored."""
    cleared = [SlotSet(name, None) for name in _OF_ONE_OPDRACHT]
    return [ActiveLoop(None), *cleared, SlotSet("keuze_aanbod", NOTHING_OFFERED)]


def _refused(talk: Talk) -> list[EventType]:
    """Ends a talk without the first consent; a text after that gets a short line and one button.

    A yes after the end asks for consent again: it is no consent by itself. Listening follows
    explicitly, as the policy would else come back here without end.
    """
    if talk.metadata.get("step") != "einde":
        return [*end(talk, "geen_toestemming"), FollowupAction("action_listen")]
    if talk.intent == "bevestigen":
        return [SlotSet("toestemming_analyse", None), FollowupAction(OPENING_FORM)]
    # Stored again, so that what was typed after the refusal is taken away as well.
    talk.propose(ConsentGiven(purpose="analyse", granted=False))
    return [*end(talk, "nog_geen_toestemming"), FollowupAction("action_listen")]


def end(talk: Talk, sentence: str = "einde") -> list[EventType]:
    """Says goodbye; the participant can resume the conversation at any time."""
    refused = talk.slot("toestemming_analyse") is False
    if refused and sentence == "einde":
        sentence = "einde_zonder_toestemming"
    talk.utter(
        sentence,
        custom={"step": "einde"},
        buttons=[talk.button("knop_toch_meedoen" if refused else "knop_hervatten", "/begroeten")],
    )
    talk.propose(ConversationEnded())
    return []


class ActionWelkom(TalkAction):
    """Starts or resumes a conversation."""

    def name(self) -> str:
        return "action_welkom"

    def act(self, talk: Talk) -> list[EventType]:
        texts = talk.catalogue.consultatie
        if talk.slot("toestemming_analyse") is True:
            talk.utter("welkom_terug")
            return go_on(talk)
        if talk.slot("toestemming_analyse") is False:
            talk.utter("welkom_na_weigering")
            return [SlotSet("toestemming_analyse", None), FollowupAction(OPENING_FORM)]
        talk.utter("welkom", titel=texts.titel, doel=texts.doel)
        talk.say(f"{texts.bot} {texts.duur}")
        return [SlotSet("toestemming_analyse", None), FollowupAction(OPENING_FORM)]


class ActionVerder(TalkAction):
    """Continues with the next form; first asks for a yes or no where one was expected."""

    def name(self) -> str:
        return "action_verder"

    def act(self, talk: Talk) -> list[EventType]:
        asked = talk.tracker.active_loop.get("name") and talk.slot("requested_slot")
        told: Slots = {}
        if asked in _YES_OR_NO:
            text = str(talk.tracker.latest_message.get("text") or "")
            conditional = _CONDITION.search(folded(text[:_READ]))
            consent = asked.startswith("toestemming")
            told = tell_language(talk, foreign_language(text[:_READ]))
            talk.utter("toestemming_voorwaarde" if consent and conditional else "ja_of_nee")
        return [*(SlotSet(name, value) for name, value in told.items()), *go_on(talk)]


class _AskConsent(TalkAction):
    @property
    @abstractmethod
    def doel(self) -> str:
        """The purpose to ask about."""

    def name(self) -> str:
        return f"action_ask_{OPENING_FORM}_toestemming_{self.doel}"

    def act(self, talk: Talk) -> list[EventType]:
        shown = talk.catalogue.toestemming(self.doel)
        if shown is not None:
            talk.say(
                f"{shown.vraag}\n{shown.uitleg}",
                buttons=[
                    talk.button("knop_ja", "/bevestigen"),
                    talk.button("knop_nee", "/ontkennen"),
                ],
                custom={"step": "toestemming", "question": self.doel},
            )
        return []


class AskConsentAnalyse(_AskConsent):
    """Asks whether the answers may be stored and analysed."""

    doel = "analyse"


class AskConsentCitaat(_AskConsent):
    """Asks whether answers may be quoted."""

    doel = "citaat"


class AskConsentOrganisatie(_AskConsent):
    """Asks whether the organisation may be named."""

    doel = "organisatie"


class AskGroep(TalkAction):
    """Asks for the stakeholder group; the second time with the groups that the words may mean."""

    def name(self) -> str:
        return f"action_ask_{OPENING_FORM}_groep"

    def act(self, talk: Talk) -> list[EventType]:
        guessed = talk.slot("geraden")
        again = guessed is not None or talk.metadata.get("question") == _ASKED_TWICE
        groups = talk.catalogue.groepen
        none = talk.button("knop_geen_groep", _group_payload(UNKNOWN_GROUP))
        sentence, first = "groep", [each.slug for each in groups]
        if _shows_all(talk):
            sentence = "groep_alle"
        elif guessed:
            sentence, first = "groep_nogmaals", list(guessed)
        elif len(groups) > _MOST_GROUPS:
            shown = grouping.first_groups(talk.catalogue, talk.slot("vooraf"), _FIRST_GROUPS)
            first = [each.slug for each in shown]
        named = [each for slug in first if (each := talk.catalogue.groep(slug)) is not None]
        # The last group is "another group" by custom; the gateway puts what is beyond six buttons
        # behind "Toon alle".
        others = [each for each in (groups[-1], *groups[:-1]) if each not in named]
        buttons = [*map(_group_button, named), none, *map(_group_button, others)]
        if guessed and others:
            buttons = [
                *map(_group_button, [*named, others[0]]),
                none,
                *map(_group_button, others[1:]),
            ]
        custom = {"step": "groep", "question": _ASKED_TWICE if again else None}
        talk.utter(sentence, buttons=buttons, custom=custom)
        return [SlotSet("geraden", None)]


class AskOpdracht(TalkAction):
    """Asks which opdracht to talk about; finished ones are left out, invited ones come first."""

    def name(self) -> str:
        return f"action_ask_{OPENING_FORM}_opdracht"

    def act(self, talk: Talk) -> list[EventType]:
        done = set(talk.slot("klaar") or [])
        open_ones = [each for each in talk.catalogue.opdrachten if each.nummer not in done]
        asked_for = talk.slot("uitgenodigd") or []
        open_ones.sort(key=lambda each: each.nummer not in asked_for)
        # The guesses from the participant's words already have buttons above these.
        guessed = talk.slot("geraden") or []
        talk.utter(
            "opdracht",
            buttons=[
                _choice(each.nummer, each.titel)
                for each in open_ones or talk.catalogue.opdrachten
                if each.nummer not in guessed
            ],
            custom={"step": "opdracht"},
        )
        return [SlotSet("geraden", None)]


class ValidateOpeningForm(TalkForm):
    """Validates the answers of the opening form."""

    def name(self) -> str:
        return f"validate_{OPENING_FORM}"

    @validator
    def validate_toestemming_analyse(self, value: Any, talk: Talk) -> Slots:
        """A no ends the conversation: without this consent the assistant may ask nothing."""
        slots = _consent("analyse", value, talk)
        return slots if value is True else {**slots, "requested_slot": None}

    @validator
    def validate_toestemming_citaat(self, value: Any, talk: Talk) -> Slots:
        """Accepts a yes and a no."""
        return _consent("citaat", value, talk)

    @validator
    def validate_toestemming_organisatie(self, value: Any, talk: Talk) -> Slots:
        """Accepts a yes and a no."""
        return _consent("organisatie", value, talk)

    @validator
    def validate_groep(self, value: Any, talk: Talk) -> Slots:
        """Accepts a button, words that name one group, or the wish not to say it.

        In doubt the question comes once more, with the groups it may be; after that the talk goes
        on without a group.
        """
        text, slug = str(value).lstrip("\u2060"), talk.entity("waarde")
        if _shows_all(talk):
            return {"groep": None}
        if slug == UNKNOWN_GROUP or value == UNKNOWN_GROUP or (slug is None and declines(text)):
            return _without_group(talk, "groep_overgeslagen")
        if slug is not None:
            groep = talk.catalogue.groep(slug)
            named = Named((groep,), True) if groep else Named((), False)
        else:
            named = grouping.read_group(text)
        if named.sure:
            return _in_group(talk, named.groups[0])
        if talk.metadata.get("question") == _ASKED_TWICE:
            kept = _kept_content(talk, text)
            return _without_group(talk, "groep_blijft_open") | kept
        return _kept_content(talk, text) | _group_in_doubt(talk, named)

    @validator
    def validate_opdracht(self, value: Any, talk: Talk) -> Slots:
        """Accepts the number of a button, a number or title in the text, or a certain match."""
        button = talk.entity("opdracht")
        if button is not None and button.isdigit():
            number: int | None = int(button)
        else:
            number = choosing.named_number(str(value), talk.catalogue)
        if number is not None and talk.catalogue.opdracht(number) is not None:
            return _start(talk, number)
        best = choosing.matches(str(value))
        if best and best[0].score >= choosing.SURE:
            return _start(talk, best[0].number)
        guesses = [
            found for match in best if (found := talk.catalogue.opdracht(match.number)) is not None
        ]
        talk.utter(
            "opdracht_onbekend", buttons=[_choice(each.nummer, each.titel) for each in guesses]
        )
        return {"opdracht": None, "geraden": [each.nummer for each in guesses]}


def _in_group(talk: Talk, groep: Groep) -> Slots:
    talk.utter("groep_begrepen", naam=groep.naam)
    talk.propose(GroupChosen(group=groep.slug))
    return {"groep": groep.slug, "geraden": None, **_after_group(talk)}


def _without_group(talk: Talk, sentence: str) -> Slots:
    """Goes on without a group: the slot is filled, and no group is stored."""
    talk.utter(sentence)
    return {"groep": UNKNOWN_GROUP, "geraden": None, **_after_group(talk)}


def _after_group(talk: Talk) -> Slots:
    vooraf = talk.catalogue.opdracht(talk.slot("vooraf"))
    return _start(talk, vooraf.nummer) if vooraf is not None else {}


def _group_in_doubt(talk: Talk, named: Named) -> Slots:
    """Offers at most three groups: those that the words may mean, and people for themselves."""
    by_words = group_of(talk.tracker.latest_message.get("text") or "", talk.catalogue).groups
    talk.utter("groep_twijfel" if by_words else "groep_onbekend")
    people = grouping.first_groups(talk.catalogue, None, 1)
    order = named.groups if by_words else (*people, *named.groups)
    shown = list(dict.fromkeys(each.slug for each in order))[:_GUESSED_GROUPS]
    return {"groep": None, "geraden": shown}


def _kept_content(talk: Talk, text: str) -> Slots:
    """Keeps a text that is no group but may be an answer, until a question is open."""
    if talk.entity("waarde") is not None or not may_be_content(text):
        return {}
    return keep_slots(talk, text)


def _group_button(groep: Groep) -> dict[str, str]:
    return {"title": groep.naam, "payload": _group_payload(groep.slug)}


def _group_payload(slug: str) -> str:
    return f'/bijdrage{{"waarde":"{slug}"}}'


def _shows_all(talk: Talk) -> bool:
    """Whether the participant asks in words to see all groups."""
    text = str(talk.tracker.latest_message.get("text") or "")
    return talk.entity("waarde") is None and bool(_ALL_GROUPS.fullmatch(folded(text[:_READ])))


def _choice(number: int, title: str) -> dict[str, str]:
    return {"title": title, "payload": f'/opdracht_kiezen{{"opdracht":"{number}"}}'}


def _consent(doel: Any, value: Any, talk: Talk) -> Slots:
    talk.propose(ConsentGiven(purpose=doel, granted=value is True))
    if value is True:
        talk.utter("toestemming_bedankt")
    elif doel != "analyse":
        talk.utter("toestemming_geweigerd")
    answer_aside(talk, talk.metadata.get("aside"))
    return {f"toestemming_{doel}": value, **_where_asked(talk, doel, value is True)}


def _where_asked(talk: Talk, doel: str, granted: bool) -> Slots:
    """Starts the opdracht of the link after the last consent, if the link also had the group."""
    opdracht = talk.catalogue.opdracht(talk.slot("vooraf"))
    others = {"analyse", "citaat", "organisatie"} - {doel}
    open_still = any(talk.slot(f"toestemming_{each}") is None for each in others)
    refused = doel == "analyse" and not granted
    if opdracht is None or talk.slot("groep") is None or open_still or refused:
        return {}
    return _start(talk, opdracht.nummer)


def _start(talk: Talk, number: int) -> Slots:
    opdracht = talk.catalogue.opdracht(number)
    assert opdracht is not None
    talk.utter("opdracht_begrepen", nummer=number, titel=opdracht.titel)
    talk.say(opdracht.uitleg)
    talk.propose(OpdrachtChosen(opdracht=number))
    return {"opdracht": number, "vooraf": None, "vraag": opdracht.vragen[0].key}
