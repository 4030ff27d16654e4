"""The opening form: introduction, consent per purpose, the group, and the choice of an opdracht."""

from __future__ import annotations

import re
from abc import abstractmethod
from typing import Any

from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet

from actions.changing import at_summary, told
from actions.entering import (
    OF_ONE_OPDRACHT,
    choice_button,
    enter,
    go_to,
    queue,
    words_of,
)
from actions.going_on import answer_question, change, wish
from actions.offering import EARLY, NOTHING_OFFERED, SELF, keep_slots, offer
from actions.reading import choosing, grouping
from actions.reading.content import is_surely_content, may_be_content
from actions.reading.naming import kinds_of
from actions.reading.replies import extra_in, reply_in
from actions.talk import (
    ASIDES,
    CONTRIBUTION_FORM,
    OPENING_FORM,
    OWN_DATA_FORM,
    Slots,
    Talk,
    TalkAction,
    TalkForm,
    answer_aside,
    tell_language,
    validator,
)
from consultation.catalogue import UNKNOWN_GROUP, Groep
from consultation.groups import Named, declines, group_of
from consultation.groups import may_be_content as says_something
from consultation.participation.effects import (
    AnswerGiven,
    ConsentGiven,
    ConversationEnded,
    GroupChosen,
)
from consultation.participation.reactions import MISSING
from consultation.settings import settings
from language.folding import folded
from language.foreign import foreign_language
from language.reading import acts

_CONDITION = re.compile(
    r"\b(?:als|mits|tenzij|indien|zolang|voorwaarden?|voorbehoud|alleen|enkel|behalve|maar|eerst"
    r"|only|unless|if|provided|mais|sauf|condition|seulement|wenn|nur|aber)\b"
)
_AGREES = re.compile(
    r"\b(?:ja+|jawel|ok+|oke|goed|akkoord|mag|mogen|toestemming|toestaan|graag|stem|oui|yes|sure"
    r"|d accord|d'accord|einverstanden)\b"
)
_NAMELESS = re.compile(
    r"\b(?:naam|namen|anoniem\w{0,3}|anonym\w{0,3}|nom|name|namen|herken\w{0,4}|kent|kennen)\b"
)
"""A condition that is met: answers are stored without a name."""
_READ = 300
_SHORT_CONDITION = 5
_YES_OR_NO = (
    "toestemming_analyse",
    "toestemming_citaat",
    "toestemming_organisatie",
    "bevestigd",
)
_ALL_GROUPS = re.compile(
    r"\W*(?:(?:toon|geef|laat|welke|wat)\b[ \w]{0,30}\b(?:groepen|allemaal|keuzes|mogelijkheden)"
    r"|alle groepen|andere groepen|toon alles?)\b[ \w]{0,20}\W*"
)
_ASKED_TWICE = "nogmaals"
"""``custom.question`` of the second bubble that asks for the group."""
_MOST_GROUPS, _FIRST_GROUPS, _GUESSED_GROUPS = 5, 4, 3
_MOST_BUTTONS = 6
_MOST_GUESSES = 3
# A sentence this long, or a shorter one with punctuation, says more than which subject it is about.
_SENTENCE, _SHORT_SENTENCE = 9, 6
_CHOOSES = re.compile(
    r"(?:onderwerp|opdracht|thema)|(?:wil|wou|zou|kies|liever|graag|praten|hebben)\b.{0,60}\bover\b"
    r"|^\W*(?:over|iets over|dat van|die van|dat over|die over|dat|hoe|waarom|wat|welke)\b|\?\s*$"
    r"|\b(?:iets|liefst|gaan|goan|oaver|het) (?:over|rond|omtrent|van)\b"
    r"|\b(?:parler|parle|discuter|talk|speak|sprechen|reden|erzählen) (?:de|du|des|d'|about|on"
    r"|über|von)",
    re.IGNORECASE,
)
_ANY_SUBJECT = re.compile(
    r"\b(?:kies|kiest|beslis|beslist|zeg|begin) (?:gij|je|jij|u|jullie|zelf|er)\b"
    r"|\b(?:maakt (?:mij )?(?:niet|niets|niks) uit|om het even|eender|gelijk) ?(?:wat"
    r"|welke?)?\W{0,9}$"
    r"|\bkies maar(?: (?:iets|er een|eentje|zelf))?\W{0,9}$|^\W{0,9}(?:peu importe|whatever|any"
    r"|egal)\b"
)
"""Who leaves the choice of a subject to the assistant."""
_ALL = re.compile(
    r"\b(?:toon|geef|laat|zie|welke|wat|de)\b.{0,30}\b(?:alle|allemaal|lijst|rest|andere"
    r"|onderwerpen"
    r"|opdrachten|thema'?s|mogelijkheden|keuzes)\b|^\W*(?:meer|andere?|de rest"
    r"|alle onderwerpen)\W*$",
    re.IGNORECASE,
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
        if talk.slot("verder") is True and _next(talk):
            return go_to(talk, queue(talk))
        if talk.slot("verder") is True:
            return [*leave_opdracht(), FollowupAction(OPENING_FORM)]
        if talk.slot("verder") is False:
            return close(talk)
        return [FollowupAction(talk.opdracht_form)]
    return [FollowupAction(OPENING_FORM)]


def _next(talk: Talk) -> bool:
    """Whether the participant goes on with the opdracht that they named earlier."""
    return bool(queue(talk)) and not talk.slot("geraden") and talk.intent != "ander_opdracht"


def leave_opdracht() -> list[EventType]:
    """The events that end the current opdracht and clear its slots; its answers stay stored."""
    cleared = [SlotSet(name, None) for name in OF_ONE_OPDRACHT]
    return [ActiveLoop(None), *cleared, SlotSet("keuze_aanbod", NOTHING_OFFERED)]


def _refused(talk: Talk, *, turned: bool = False) -> list[EventType]:
    """Ends a talk without the first consent; a text after that gets a short line and one button.

    A yes after the end asks for consent again: it is no consent by itself. Listening follows
    explicitly, as the policy would else come back here without end.
    """
    if talk.metadata.get("step") != "einde":
        return [*end(talk, "geen_toestemming"), FollowupAction("action_listen")]
    if turned or talk.intent == "bevestigen":
        return [SlotSet("toestemming_analyse", None), FollowupAction(OPENING_FORM)]
    # Stored again, so that what was typed after the refusal is taken away as well.
    talk.propose(ConsentGiven(purpose="analyse", granted=False))
    return [*end(talk, "nog_geen_toestemming"), FollowupAction("action_listen")]


def close(talk: Talk) -> list[EventType]:
    """Ends the conversation; the next turn starts from the database, where it stood."""
    return [ActiveLoop(None), SlotSet("requested_slot", None), *end(talk)]


def end(talk: Talk, sentence: str = "einde") -> list[EventType]:
    """Says goodbye; the participant can resume the conversation at any time."""
    refused = talk.slot("toestemming_analyse") is False
    if refused and sentence == "einde":
        sentence = "einde_zonder_toestemming"
    if sentence == "einde" and settings().smtp_host:
        talk.utter("einde_bericht")
    talk.utter(
        sentence,
        custom={"step": "einde"},
        buttons=[talk.button("knop_toch_meedoen" if refused else "knop_hervatten", "/begroeten")],
    )
    talk.propose(ConversationEnded())
    return []


class ActionWelkom(TalkAction):
    """Starts a conversation, or resumes it where it stood."""

    def name(self) -> str:
        return "action_welkom"

    def act(self, talk: Talk) -> list[EventType]:
        texts = talk.catalogue.consultatie
        if talk.slot("toestemming_analyse") is True:
            return resume(talk)
        if talk.metadata.get("step") == "toestemming":
            talk.utter("welkom_opnieuw")
            return go_on(talk)
        if talk.slot("toestemming_analyse") is False:
            talk.utter("welkom_na_weigering")
            return [SlotSet("toestemming_analyse", None), FollowupAction(OPENING_FORM)]
        talk.utter("welkom", titel=texts.titel, doel=texts.doel)
        talk.say(f"{texts.bot} {texts.duur}")
        if talk.reacts:
            talk.utter("welkom_reactie")
        return [SlotSet("toestemming_analyse", None), FollowupAction(OPENING_FORM)]


def resume(talk: Talk) -> list[EventType]:
    """Says where the conversation stood, and asks there what was asked."""
    opdracht = talk.opdracht
    request = talk.slot("beheer")
    answered = talk.slot("bevestigd") is True and talk.metadata.get("step") == "einde"
    if opdracht is None or answered:
        talk.utter("welkom_terug")
    else:
        talk.utter("welkom_terug_bij", nummer=opdracht.nummer, titel=opdracht.titel)
    if request not in (None, "gewist"):
        return [SlotSet("keuze", None), FollowupAction(OWN_DATA_FORM)]
    if answered and queue(talk):
        return go_to(talk, queue(talk))
    if answered and not talk.metadata.get("returns"):
        return [*leave_opdracht(), FollowupAction(OPENING_FORM)]
    return [SlotSet("onder", None), *go_on(talk)]


class ActionVerder(TalkAction):
    """Continues with the next form; first asks for a yes or no where one was expected."""

    def name(self) -> str:
        return "action_verder"

    def act(self, talk: Talk) -> list[EventType]:
        if talk.metadata.get("step") == "einde" and talk.slot("onder") is None:
            return after_end(talk)
        asked = talk.tracker.active_loop.get("name") and talk.slot("requested_slot")
        if asked in _OPTIONAL and (talk.metadata.get("unclear") or 0) >= _MOST_UNCLEAR:
            return _no_at_last(talk, asked.removeprefix(_CONSENT))
        if asked == "bevestigd" and (taken := at_summary(talk)) is not None:
            return taken
        told: Slots = {}
        if asked in _YES_OR_NO:
            text = str(talk.tracker.latest_message.get("text") or "")
            plain = folded(text[:_READ])
            short = len(plain.split()) <= _SHORT_CONDITION
            conditional = (short or _AGREES.search(plain)) and _CONDITION.search(plain)
            consent = asked.startswith(_CONSENT)
            told = tell_language(talk, foreign_language(text[:_READ]))
            hesitates = talk.entity(acts.CONSENT_ENTITY) if consent else None
            if consent and (conditional or hesitates == acts.CONDITION):
                if _NAMELESS.search(plain):
                    answer_aside(talk, "vraag_anoniem")
                else:
                    talk.utter("toestemming_voorwaarde")
            elif consent and not hesitates and _may_be_kept(talk, text):
                told |= keep_slots(talk, text, why=_why(talk, text))
            else:
                wavers = hesitates == acts.WAVERS
                talk.utter("toestemming_aarzelt" if wavers else "ja_of_nee")
        return [*(SlotSet(name, value) for name, value in told.items()), *go_on(talk)]


def _no_at_last(talk: Talk, purpose: str) -> list[EventType]:
    """Takes unclear answers for a no at last: nobody is asked for the same consent without end."""
    talk.propose(ConsentGiven.model_validate({"purpose": purpose, "granted": False}))
    talk.utter("toestemming_dan_niet")
    slots: Slots = {f"{_CONSENT}{purpose}": False}
    slots |= _where_asked(talk, slots)
    # Not filled yet while this action runs, and the next form is chosen by the slots.
    talk.tracker.slots.update(slots)
    return [*(SlotSet(name, value) for name, value in slots.items()), *go_on(talk)]


_CONSENT = "toestemming_"
_OPTIONAL = ("toestemming_citaat", "toestemming_organisatie")
_MOST_UNCLEAR = 2


def _may_be_kept(talk: Talk, text: str) -> bool:
    """Whether a text where a later consent is asked may be an answer; before the first none is."""
    return talk.slot("toestemming_analyse") is True and may_be_content(talk, text)


def _why(talk: Talk, text: str) -> str | None:
    """Why a text is kept that was typed before any question was open."""
    return None if is_surely_content(talk, text) else EARLY


def after_end(talk: Talk) -> list[EventType]:
    """What was typed after the end: a subject, more to say, a goodbye, or the wish to go on."""
    text = words_of(talk)
    reply = reply_in(text, talk.intent)
    if talk.slot("toestemming_analyse") is not True:
        return _refused(talk, turned=reply == "yes")
    finished = talk.slot("bevestigd") is True
    if talk.reacts:
        return _after_reacting(talk, text, reply)
    changed = change(talk, text) if finished else told(talk, text)
    if changed is not None:
        slots = [SlotSet(name, value) for name, value in changed.items()]
        return [*slots, FollowupAction(CONTRIBUTION_FORM)]
    if _ASKS_TO_GO_ON.search(folded(text[:_READ])):
        return resume(talk)
    if talk.act == acts.ASK:
        answer_question(talk, text)
        return _still_ended(talk, "einde_verder")
    choice = wish(talk, text)
    if choice.numbers:
        return go_to(talk, choice.numbers)
    if talk.intent in ASIDES or talk.intent in ("herhalen", "overzicht_tonen"):
        return _still_ended(talk, "einde_verder")
    if reply in ("no", "thanks"):
        return _still_ended(talk, "einde_dag")
    if reply != "more" and (reply == "yes" or talk.intent in _GOES_ON):
        return resume(talk)
    if reply == "more" or (not choice.guesses and may_be_content(talk, text)):
        return _more_to_say(talk, extra_in(text))
    if choice.guesses:
        return [
            *leave_opdracht(),
            SlotSet("geraden", list(choice.guesses)),
            FollowupAction(OPENING_FORM),
        ]
    return resume(talk)


def _after_reacting(talk: Talk, text: str, reply: str | None) -> list[EventType]:
    """What was typed after the end of a reaction round; what has content is kept as missing."""
    choice = wish(talk, text)
    if choice.numbers:
        return go_to(talk, choice.numbers)
    if talk.act == acts.ASK:
        answer_question(talk, text)
        return _still_ended(talk, "einde_verder")
    if talk.intent in ASIDES or talk.intent in ("herhalen", "overzicht_tonen"):
        return _still_ended(talk, "einde_verder")
    if reply in ("no", "thanks"):
        return _still_ended(talk, "einde_dag")
    if reply != "yes" and talk.opdracht is not None and may_be_content(talk, text):
        number = talk.opdracht.nummer
        talk.propose(AnswerGiven(opdracht=number, question=MISSING, added=True))
        return _still_ended(talk, "reactie_erbij_einde")
    return resume(talk)


def _more_to_say(talk: Talk, text: str) -> list[EventType]:
    """Offers what was typed after the end for the last opdracht, or keeps it for the next one."""
    if talk.opdracht is not None:
        return [*offer(talk, text), FollowupAction(CONTRIBUTION_FORM)]
    kept = keep_slots(talk, text)
    return [
        *(SlotSet(name, value) for name, value in kept.items()),
        FollowupAction(OPENING_FORM),
    ]


_ASKS_TO_GO_ON = re.compile(
    r"\b(?:(?:mag|mogen|kan|kunnen|kunde|wil|wou|zou|can|may|could|puis|kann|darf) (?:ik|k|we|wij|i"
    r"|je|ich|on|nous) |(?:je|on) (?:peux|peut|pourrais) )(?:(?!later|morgen|straks|demain"
    r"|tomorrow)\S+ ){0,3}?"
    r"(?:verder\w{0,5}|voort\w{0,5}|doorgaan|hervatten|herbeginnen|continue\w?|go on|carry on"
    r"|continuer|weiter\w{0,6}|fortfahren)\b"
)
"""Who asks to go on after the end may; who asks whether that can be done later hears how."""
_GOES_ON = frozenset({"terug", "ander_opdracht", "antwoord_wijzigen", "opdracht_kiezen"})


def _still_ended(talk: Talk, sentence: str) -> list[EventType]:
    talk.utter(
        sentence,
        custom={"step": "einde"},
        buttons=[talk.button("knop_hervatten", "/begroeten")],
    )
    return []


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
                custom={
                    "step": "toestemming",
                    "question": self.doel,
                    "unclear": self._unclear(talk),
                },
            )
        return []

    def _unclear(self, talk: Talk) -> int:
        """How many answers to this question were neither a yes nor a no."""
        if talk.metadata.get("step") != "toestemming" or talk.metadata.get("question") != self.doel:
            return 0
        return int(talk.metadata.get("unclear") or 0) + (talk.intent in _UNCLEAR)


_UNCLEAR = frozenset(
    {"bijdrage", "weet_niet", "andere_taal", "buiten_onderwerp", "opdracht_kiezen"}
)


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
    """Asks which opdracht to talk about; finished ones are left out, invited ones come first.

    ``geraden`` holds the opdrachten that the participant may have meant, or where the page of the
    list starts that they asked for.
    """

    def name(self) -> str:
        return f"action_ask_{OPENING_FORM}_opdracht"

    def act(self, talk: Talk) -> list[EventType]:
        guessed = talk.slot("geraden")
        custom = {"step": "opdracht"}
        if isinstance(guessed, list) and guessed:
            buttons = [
                choice_button(found)
                for number in guessed[:_MOST_GUESSES]
                if (found := talk.catalogue.opdracht(number)) is not None
            ]
            all_of_them = _more(talk, "knop_toon_alle", 0)
            talk.utter("opdracht_onbekend", buttons=[*buttons, all_of_them], custom=custom)
            return [SlotSet("geraden", None)]
        asked = talk.metadata.get("step") == "opdracht"
        sentence = "opdracht_opnieuw" if asked else "opdracht"
        start = guessed if isinstance(guessed, int) else 0
        if start:
            sentence = "opdracht_meer"
        talk.utter(sentence, buttons=_page(talk, start), custom=custom)
        return [SlotSet("geraden", None)]


def _page(talk: Talk, start: int) -> list[dict[str, str]]:
    done = set(talk.slot("klaar") or [])
    listed = [each for each in talk.catalogue.opdrachten if each.nummer not in done]
    listed = listed or list(talk.catalogue.opdrachten)
    asked_for = talk.slot("uitgenodigd") or []
    listed.sort(key=lambda each: each.nummer not in asked_for)
    if len(listed) <= _MOST_BUTTONS:
        return [choice_button(each) for each in listed]
    end = start + _MOST_BUTTONS - 1
    shown = [choice_button(each) for each in listed[start:end]]
    if end < len(listed):
        return [*shown, _more(talk, "knop_meer_opdrachten", end)]
    return [*shown, _more(talk, "knop_eerste_opdrachten", 0)]


def _more(talk: Talk, title: str, start: int) -> dict[str, str]:
    return talk.button(title, f'/ander_opdracht{{"waarde":"{start}"}}')


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
            found = _in_group(talk, named.groups[0])
            answer_aside(talk, talk.metadata.get("aside"))
            return found
        if talk.metadata.get("question") == _ASKED_TWICE:
            kept = _kept_content(talk, text)
            return _without_group(talk, "groep_blijft_open") | kept
        return _kept_content(talk, text) | _group_in_doubt(talk, named)

    @validator
    def validate_opdracht(self, value: Any, talk: Talk) -> Slots:
        """Accepts a button, a number or title in the text, or words that surely mean one."""
        button = talk.entity("opdracht")
        if button is not None and button.isdigit() and talk.catalogue.opdracht(int(button)):
            return enter(talk, [int(button)])
        page = talk.entity("waarde")
        if page is not None and page.isdigit():
            return {"opdracht": None, "geraden": int(page)}
        text = str(value).lstrip("\u2060")
        if button is None and (groep := _group_again(talk, text)) is not None:
            return {**_noted(talk, groep), "opdracht": None, "geraden": None}
        choice = choosing.chosen(text, talk.catalogue)
        if choice.numbers:
            names_it = _NAMES_SUBJECT.match(text) and not kinds_of(text)
            kept = {} if names_it or len(choice.numbers) > 1 else _kept(talk, text)
            return {**kept, **enter(talk, choice.numbers)}
        if talk.intent == "overslaan":
            talk.utter("niet_overslaan")
            return {"opdracht": None, "geraden": None}
        if button is None and (meant := choosing.by_part(text, talk.catalogue)) is not None:
            return {**_kept(talk, text), **enter(talk, [meant])}
        if _ALL.search(text):
            return {"opdracht": None, "geraden": None}
        if _ANY_SUBJECT.search(folded(text[:_READ])):
            talk.utter("opdracht_om_het_even")
            return {"opdracht": None, "geraden": None}
        told = [each["text"] for each in talk.slot("bewaard") or [] if each.get("why") != SELF]
        kept = _kept(talk, text)
        if kept and told:
            # Who goes on telling wants to talk, not to choose.
            talk.utter("opdracht_vermoed")
            return {**kept, **enter(talk, [choosing.likeliest([text, *told])])}
        if not choice.guesses and not choosing.bare(text):
            talk.utter("opdracht_geen")
        return {**kept, "opdracht": None, "geraden": list(choice.guesses)}


def _in_group(talk: Talk, groep: Groep) -> Slots:
    return {**_noted(talk, groep), "geraden": None, **_after_group(talk, groep.slug)}


def _noted(talk: Talk, groep: Groep) -> Slots:
    talk.utter("groep_begrepen", naam=groep.naam)
    talk.propose(GroupChosen(group=groep.slug))
    return {"groep": groep.slug}


def _group_again(talk: Talk, text: str) -> Groep | None:
    """The group of who says once more for whom they speak, where a subject is asked for."""
    plain = folded(text)
    most = 2 * _FEW_WORDS if _MENDS_GROUP.search(plain) else _FEW_WORDS
    few = len(text.split()) <= most and "?" not in text
    if not few or not _SPEAKS_OF_SELF.search(plain):
        return None
    named = group_of(text, talk.catalogue)
    return named.groups[0] if named.sure else None


_NAMES_SUBJECT = re.compile(
    r"\W*\w{3,24}en (?:naar|van|over|op|met|voor|in|aan|tot)\b", re.IGNORECASE
)
"""An infinitive with what it is about names a subject: "vooruitkijken naar wat nodig is"."""
_FEW_WORDS = 10
_MENDS_GROUP = re.compile(
    r"\b(?:wacht|sorry|pardon|oei|oeps|eigenlijk|verander\w{0,2}|verbeter\w{0,2}"
    r"|pas (?:dat|het) aan|klopt|fout|verkeerd|vergist|zet (?:dat|mij|er))\b"
)
_SPEAKS_OF_SELF = re.compile(
    r"\b(?:(?:voor|veur|van) (?:mij|me|m'n|mijn|men)|mezelf|mijzelf|mijn eigen"
    r"|(?:ik|k|kben|we) (?:ben"
    r"|zijn|spreek|werk|antwoord|doe)|kben|kwerk|namens|spreek|als)\b"
)


def _without_group(talk: Talk, sentence: str) -> Slots:
    """Goes on without a group: the slot is filled, and no group is stored."""
    talk.utter(sentence)
    return {"groep": UNKNOWN_GROUP, "geraden": None, **_after_group(talk, UNKNOWN_GROUP)}


def _after_group(talk: Talk, group: str) -> Slots:
    # The actions of a reaction round stand in the order of the group.
    talk.tracker.slots["groep"] = group
    vooraf = talk.catalogue.opdracht(talk.slot("vooraf"))
    return enter(talk, [vooraf.nummer]) if vooraf is not None else {}


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
    if talk.entity("waarde") is not None or not says_something(text):
        return {}
    return keep_slots(talk, text, why=SELF)


def _group_button(groep: Groep) -> dict[str, str]:
    return {"title": groep.naam, "payload": _group_payload(groep.slug)}


def _group_payload(slug: str) -> str:
    return f'/bijdrage{{"waarde":"{slug}"}}'


def _shows_all(talk: Talk) -> bool:
    """Whether the participant asks in words to see all groups."""
    text = str(talk.tracker.latest_message.get("text") or "")
    return talk.entity("waarde") is None and bool(_ALL_GROUPS.fullmatch(folded(text[:_READ])))


def _kept(talk: Talk, text: str) -> Slots:
    """The slots that keep a text that says more than which subject it is about."""
    words = len(text.split())
    whole = words >= _SENTENCE or (words >= _SHORT_SENTENCE and re.search(r"[.,;!]", text))
    if not whole or _CHOOSES.search(text) or not may_be_content(talk, text):
        return {}
    slots = keep_slots(talk, text, why=_why(talk, text))
    # The subject that the same text may choose offers one of all that is kept.
    talk.tracker.slots.update(slots)
    return slots


def _consent(doel: Any, value: Any, talk: Talk) -> Slots:
    talk.propose(ConsentGiven(purpose=doel, granted=value is True))
    if value is True:
        talk.utter("toestemming_bedankt")
    elif doel != "analyse":
        talk.utter("toestemming_geweigerd")
    beside = _told_beside(talk, doel) if value is True or doel != "analyse" else {}
    answer_aside(talk, talk.metadata.get("aside"))
    slots = {f"toestemming_{doel}": value, **beside}
    return {**slots, **_where_asked(talk, slots)}


def _told_beside(talk: Talk, doel: str) -> Slots:
    """Consent for a later purpose that the same text decides: it is not asked about any more."""
    slots: Slots = {}
    for purpose, granted in talk.request.consents:
        slot = f"toestemming_{purpose}"
        if purpose == doel or granted is None or talk.slot(slot) is not None:
            continue
        talk.propose(ConsentGiven.model_validate({"purpose": purpose, "granted": granted}))
        talk.utter(f"ook_{purpose}_{'ja' if granted else 'nee'}")
        slots[slot] = granted
    return slots


def _where_asked(talk: Talk, given: Slots) -> Slots:
    """Starts the opdracht of the link after the last consent, if the link also had the group."""
    opdracht = talk.catalogue.opdracht(talk.slot("vooraf"))
    asked = ("toestemming_analyse", "toestemming_citaat", "toestemming_organisatie")
    open_still = any(given.get(each, talk.slot(each)) is None for each in asked)
    refused = given.get("toestemming_analyse") is False
    if opdracht is None or talk.slot("groep") is None or open_still or refused:
        return {}
    return enter(talk, [opdracht.nummer])
