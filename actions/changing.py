"""Changes of answers that a text tells in so many words, after the questions are answered.

At the summary and after it a text may say what should stand in an answer instead of what stands
there. Where it leaves no doubt the change is carried out at once, both are shown, and one tap takes
it back; the summary is asked about once more before it counts. In doubt the answer is shown and
asked for again. ``language.reading.changes`` finds the words in the answers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from rasa_sdk.events import EventType, SlotSet

from actions import offering
from actions.entering import words_of
from actions.reading.naming import fitting_question, kinds_of, named_question
from actions.talk import Slots, Talk, pass_on, storage
from consultation.catalogue import Vraag
from consultation.participation import conversation, resumption
from consultation.participation.effects import AnswerGiven, AnswerRestored
from consultation.participation.stand_ins import OPEN_QUESTION
from language.folding import folded
from language.reading import acts, message, summary
from language.reading.changes import Change, Dropped, changes_in, dropped_in, part_with, speaks_of
from language.reading.urgency import step_first

DONE, WHICH = "gedaan", "welke"
"""``wijziging`` after a change at the summary was carried out: the summary comes again; and where
it is not clear which answer should change: that is asked."""

_READ = 320
_FEW_WORDS, _LEAST_WORDS, _MOST_OF_URGENCY, _HEAD_READ = 8, 3, 18, 60
_PASSED_OVER = re.compile(
    r"\b(?:(?:heb|had|heb ik|had ik|ben|was) (?:\w+ ){0,3}(?:overgeslagen|opengelaten|leeg gelaten"
    r"|leeggelaten|niet beantwoord|niet ingevuld)|oversloeg|over sloeg|(?:leeg|open) (?:liet"
    r"|gelaten"
    r" (?:heb|had))|overgeslagen (?:heb|had|vraag)|niet beantwoord (?:heb|had)|niet ingevuld"
    r" (?:heb|had)|(?:die|de|dat|dien|dieje) overgeslagen\w{0,2}(?! (?:worden|wordt|generatie))"
    r"|i skipped|j ai passee?|j'ai passee?|ubersprungen)\b"
)
_ADDED_AFTER = re.compile(r":\s{0,3}(?P<content>\S.{4,})", re.DOTALL)
_MOST_TO_PASS = 24
_UNDO = re.compile(
    r"\b(?:(?:zet|doe|maak|draai|verander) (?:het|dat|t|da|die|alles)? ?(?:(?:maar|toch|dan"
    r"|gewoon|weer"
    r"|nu) ){0,3}(?:terug|ongedaan)\b|(?:terug|weer) (?:zoals|gelijk|lijk|hoe) (?:het|t|dat) "
    r"(?:was|stond|eerst)|undo|maak (?:het |dat )?ongedaan|terugdraaien|(?:was|stond) eerst juist)"
)
_URGENCY = re.compile(
    r"\b(?:prio\w{0,9}|dring\w{1,9}|urgen\w{1,4}|haast|eilig\w{0,3}|dringendheid|hoe snel|score"
    r"|cijfer)\b"
)
_NAMES_IT = re.compile(r"\bhoe (?:dringend|urgent)\b", re.IGNORECASE)
"""The question by its name, which is no step of the scale."""
_NOT_SO = re.compile(r"\b(?:zo|zoo|al|dat) dring\w{1,5}\b.{0,30}\b(?:niet|nie|ni|not|pas)\b")
_MORE_OR_LESS = re.compile(
    r"\b(?:hoger|lager|omhoog|omlaag|hoogste|laagste|minder|meer|bump|up|down|notch|trapje"
    r"|stapje|puntje"
    r"|dringender|erger|anders|verander\w{0,2}|wijzig\w{0,2}|verhoog|verlaag|plus haut|hoher)\b"
)
_REWORDS = re.compile(
    r"\b(?:herformul\w{1,6}|herschrij\w{1,3}|vervang\w{0,2}|verander\w{0,2}|wijzig\w{0,2}|opnieuw"
    r"|beter gezegd|beter zo|anders gezegd|anders|liever|maak|wordt|luidt|dit is nu"
    r"|moe(?:s?t)(?: \w{2,12}){0,3} (?:zijn|worden|staan|luiden|lezen)"
    r"|in plaats|nieuwe? (?:versie|tekst|antwoord)|verbeter\w{0,2}|juister|rephrase|reword|instead"
    r"|replace|remplace\w{0,2}|(?:alleen|enkel|gewoon|slechts) dit|in het kort|korter|duidelijker"
    r"|preciezer|positiever|zachter"
    r"|(?:zou|wil|wou) (?:\w{1,12} ){0,4}(?:zeggen|schrijven|verwoorden|antwoorden))\b"
)
_LEAST_OFFERED = 2
_HEAD = re.compile(
    r"(?P<head>[^:]{3,120}):\s{0,3}(?P<content>\S.{8,})"
    r"|(?P<short>[^:,]{3,50}),\s{1,3}(?P<told>\S.{8,})",
    re.DOTALL,
)
_NO_NEW_ANSWER = re.compile(
    r"(?:(?:en|maar|dus|of|ja|nee) ){0,2}(?:niet|nie|ni|geen|want|omdat|dat|die|anders|not|pas"
    r"|nicht)\b"
)
"""What follows a comma, and is no answer in the place of another: "..., niet de gemeente"."""
_ADDS = re.compile(r"\b(?:erbij|toevoeg\w{0,2}|aanvull\w{1,3}|bijvoeg\w{0,2}|nog iets|vergeten)\b")
_DROPS = re.compile(
    r"\b(?:schrap\w{0,3}|weg|weglaten|weghalen|eruit|eraf|verwijder\w{0,2}|wis|wissen|gooi|haal"
    r"|knip"
    r"|(?:mag|moet|moogt?) (?:\S+ ){0,4}uit"
    r"|(?:laat|haal|doe|neem) (?:\S+ ){0,6}(?:uit|vallen|weg)|hoeft (?:er )?niet|moet er niet"
    r"|niet (?:in|bij) (?:staan|hoeven)|remove|drop|delete|enleve\w{0,2})\b"
)
_PART = re.compile(
    r"\b(?:stuk\w{0,3}|zin|zinnetje|zinneke|deel|deeltje|passage|woord\w{0,3}|naam|gedeelte"
    r"|dat van|die van"
    r"|da van|de rest|that part|bit)\b"
)
_ONLY_DROPS = re.compile(
    r"(?:(?:en|ja|nee|maar|oei|wacht|toch|sorry|klopt|goed|ok),? ){0,3}"
    r"(?:(?:van )?(?:de|het|den|die|dat|da|dieje|mijn|d|t|over) )?"
    r"\S{1,30}(?: \S{1,30})?,? (?:(?:die|dat|da|dieje),? )?"
    r"(?:moogt?|mag|moet|moe|moogde|hoeft|hoefde|kunde|kan|kunt|laat|wil) "
    r"(?:(?:ge|gij|u|je|ik|er|der|daar|wel|maar|toch|van mij|liever|niet|nie|ook|dan"
    r"|gerust) ){0,5}"
    r"(?:schrappen|weg|weglaten|weghalen|eruit|uit|uithalen|eraf|wissen|verwijderen|vallen|in|bij"
    r"|staan)(?: te)?(?: (?:staan|laten|hebben|halen|aub|graag|hoor|ze))?[ .!]{0,3}"
)
_WHOLE = re.compile(
    r"\btoestemming\w{0,2}\b|\b(?:wis|verwijder|gooi|smijt|haal|doe|veeg|schrap|laat)\b"
    r"(?: (?:maar|toch|gewoon|nu|dan|dus|eens)){0,3} (?:alles|allemaal"
    r"|(?:heel |gans |al )?(?:mijn|dit|dat|de|het) (?:hele |ganse |volledige )?"
    r"(?:gesprek|babbel|praatje|talk|boel|zooi|santenkraam|deelname))\b"
    r"(?! (?:over|van de|van het|van die|met|wat ik (?:over|van)))"
    r"|\b(?:wis|schrap|verwijder|gooi|haal|doe)(?: maar| toch| gewoon){0,2}"
    r" (?:mijn|het|dat|heel mijn) (?:voorstel|idee|drempel|antwoord|eerste|tweede|derde)\b(?! "
    r"(?:van|over))|"
    r"\b(?:wis|schrap|verwijder|gooi|haal)(?: maar| toch| gewoon){0,2} (?:alles )?wat ik\b|"
    r"\b(?:wis|wissen|verwijder|schrap|haal|gooi|smijt|doe|neem|delete|remove|supprimez|loschen)\b"
    r"(?: (?!uit|van|in|bij|over|from|de rest)\S{1,20}){0,4} (?:antwoord|answer|reponse|antwort)\b"
)
_CHANGES = re.compile(
    r"\b(?:niet|nie|ni|geen|gin|fout|verkeerd|onjuist|anders|te (?:weinig|veel|kort|lang|vaag"
    r"|hard|streng"
    r"|algemeen|ambitieus|sterk)|bedoel\w{0,2}|moet|moest|moe|verander\w{0,2}|wijzig\w{0,2}"
    r"|vervang\w{0,2}"
    r"|verbeter\w{0,2}|schrijf|zet|maak|noem|liever|beter|in plaats|instead|correctie|rechtzetting"
    r"|weg|schrap\w{0,2}|eruit|laat)\b"
)
_LEAST_CHANCE, _SURE_CONTENT, _LEAST_SURE = 0.2, 0.7, 5
_ALSO = re.compile(
    r"\b(?:ook|oek|nog|erbij|der ?bij|extra|daarnaast|bovendien|toevoeg\w{0,2}|vergeten|vergat"
    r"|also|aussi"
    r"|auch|weet ik|ik weet wel|schiet me)\b"
)
_DOUBTS = re.compile(
    r"(?:(?:maar|e+uh+|goh+|tja+|h?m+|nu|en|oei|pff+)[\s,.]{1,4}){0,3}(?:ik twijfel"
    r"|k twijfel|twijfel|ik vraag me af|ik weet niet"
    r"(?: goed| zeker)? of|ik ben niet zeker|ik hoop)\b"
)
_ASKS = re.compile(
    r"\?|^\W{0,3}(?:(?:en|maar|dus|euh|zeg|allez|oh|ja|nee),? ){0,2}(?:wie|wat|hoe\w{0,5}"
    r"|waar\w{0,6}"
    r"|wanneer|welke?|waarom|wuk|hoevee\w{1,2})\b(?! (?:ik|k|we|er)\b)|^\W{0,3}(?:who|what|why"
    r"|how|qui|quoi|pourquoi|comment|wer"
    r"|warum)\b"
)
_TOLD_TO_ADD = re.compile(
    r"(?:(?:en|ja|oh|maar|graag)\W{1,4}){0,3}(?:(?:je|u|ge|gij|jullie)\s{1,3})?"
    r"(?:mag|mogen|moogt|kan|kunt|zet|schrijf|noteer|voeg)\s{1,3}(?:(?:er|gij|ge|u|je"
    r"|gerust)\s{1,3}){0,2}"
    r"(?:bij|aan)\s{1,3}(?P<about>[^:;,.!?]{2,40}?)\s{1,3}(?:(?:nog|ook|er|maar)\s{1,3}){0,3}"
    r"(?:bij|zetten|schrijven|noteren|bijzetten|bijschrijven|toevoegen"
    r"|toe)(?:\s{1,3}dat)?[:,]?\s{1,3}"
    r"(?P<content>\S.+)",
    re.IGNORECASE | re.DOTALL,
)
_AT_PLACE = re.compile(
    r"\bbij wie\b|\b(?:bij|op|voor|aan|in)\b.{0,12}\b(?:vraag|antwoord|eerste|tweede|derde"
    r"|voorstel|trekker"
    r"|wie het doet)\b"
)
_STARTS_ADDING = re.compile(
    r"\W{0,3}(?:(?:ja|oh|ah|o|ok|en|maar|wacht|klopt|juist|goed|trouwens)[\s,.]{1,4}){0,3}"
    r"(?:ook nog|nog iets|nog dit|nog een (?:ding|punt|idee)|nog eentje|daarbij|ook dit|dit nog|ps"
    r"|one more thing|encore)\b"
)
_KNOWS = re.compile(r"\b(?:weet|wist|ken) (?:ik|k|we)\b|\b(?:ik|k|we) (?:weet|weten|ken)\b")
_FORGOTTEN = re.compile(
    r"\b(?:ben|heb|had|was) (?:ik|k) (?:\w{1,14} ){1,6}?vergeten\b(?!.{0,4}$)|\bvergat ik "
    r"(?:\w{1,14} ){1,5}"
    r"|\b(?:ben|heb) (?:ik|k) (?:\w{1,14} ){2,6}?vergeten\b"
)
"""What somebody forgot is named: "bij wie het doet ben ik de bib vergeten"."""
FORGOT = re.compile(
    r"\b(?:nog (?:moeten |willen )?(?:zeggen|zetten|vermelden)|vergeten|vergat"
    r"|d?er(?: ook| nog)? ?b(?:ij|y|ie)|toevoeg\w{0,2}|forgot|oublie)\b"
)
"""What somebody forgot is added, also where the text resembles a change."""
_PUT_WITH = re.compile(
    r"(?:(?:zet|schrijf|noteer|doe|voeg|vermeld|add|put)\s{1,3}"
    r"(?:(?:er|maar|dan|gerust)\s{1,3}){0,3})?"
    r"(?:bij|aan|voor|van)\s{1,3}(?P<about>(?![^:;,.!?]{2,40}\b(?:hoort|mag|kan|zou)\s)"
    r"[^:;,.!?]{2,40}?)\s{1,3}(?:ook|nog|er)\s{1,3}"
    r"(?:(?:ook|nog|bij|toe|dat)\s{1,3}){0,3}(?P<content>\S.{2,200}?)"
    r"(?:\s{1,3}(?:er)?(?:bij|toe|in))?[\s.!]{0,9}",
    re.IGNORECASE | re.DOTALL,
)
_MAY_BE_ADDED = re.compile(
    r"(?:(?:en|ja|oh|maar|oei|wacht)\W{1,4}){0,3}(?:bij|in|aan)\s{1,3}(?P<about>[^:;,.!?]{2,40}?)"
    r"[,]?\s{1,3}(?:mag|moet|moest|moogt?|kan|zet|schrijf|voeg|hoort)\s{1,3}"
    r"(?:(?:er|der|je|u|ge|gij|nog|ook|toch|maar|eigenlijk|daar|gerust)\s{1,3}){0,5}"
    r"(?:bij|aan toe)(?:\s{1,3}(?:staan|komen|zetten|schrijven))?\s{0,3}(?:dat|:"
    r"|,)\s{0,3}(?P<content>\S.+)"
    r"|(?:(?:and|also|please|et|und)\W{1,4}){0,3}(?:under|to|in|at|with) my\s{1,3}"
    r"(?P<english>[^:;,.!?]{2,30}?)[,]?\s{1,3}(?:(?:could|can|would|please|you|also|i want "
    r"to)\s{1,3}){0,5}"
    r"(?:add|put|include|write)(?:\s{1,3}(?:that|as well|:))?\s{0,3}(?P<added>\S.+)"
    r"|(?:(?:et|alors|aussi)\W{1,4}){0,2}ajoute[rz]?\s{1,3}(?:(?:encore|aussi|svp)\s{1,3}){0,2}(?:à|a|au|dans)"
    r"\s{1,3}(?:ma|mon)\s{1,3}(?P<french>[^:;,.!?]{2,30}?)\s{1,3}(?:que|qu'|:)\s{0,3}(?P<ajout>\S.+)",
    re.IGNORECASE | re.DOTALL,
)
"""What may stand with a named answer: "bij het voorstel mag nog bij dat ..."."""
_ONE_ADDITION = re.compile(
    r"\b(?:aanvulling|toevoeging)\s{1,3}(?:bij|op|over"
    r"|aan)\s{1,3}(?P<about>[^:;,.!?]{2,40}?)\s{0,3}:\s{0,3}"
    r"(?P<content>\S.+)",
    re.IGNORECASE | re.DOTALL,
)


def at_summary(talk: Talk) -> list[EventType] | None:
    """The events for a text at the summary that is no yes, no or command; None for other texts."""
    slots = beside_answer(talk)
    return None if slots is None else _events(slots)


def beside_answer(talk: Talk) -> Slots | None:
    """The slots for what a text at the summary holds beside a yes or a no; None for nothing."""
    if talk.opdracht is None:
        return None
    text = words_of(talk)
    slots = told(talk, text) or _added(talk, text)
    if slots is not None:
        return slots
    said = summary.says(text)
    if said is not None:
        return offering.confirm(talk) if said == summary.YES else None
    return _other(talk, text)


def told_at_summary(talk: Talk) -> list[EventType] | None:
    """The events after a change told at the summary, whatever command the text resembles."""
    if talk.slot("requested_slot") != "bevestigd":
        return None
    slots = told(talk, words_of(talk))
    if slots is None:
        return None
    return _events({**slots, "wijziging": DONE} if "antwoorden" in slots else slots)


def told(talk: Talk, text: str) -> Slots | None:
    """The slots after the change that a text tells in so many words, carried out; None for others.

    The step stays open: the summary, or the question how to go on.
    """
    opdracht, answers = talk.opdracht, talk.answers
    if opdracht is None or not text or len(text) > _READ or not answers:
        return None
    plain = " ".join(folded(text).replace("'", " ").split())
    if _UNDO.search(plain):
        return taken_back(talk)
    if (back := let_stand(talk)) is not None:
        return back
    skipped = passed_over(talk, text, opdracht.vragen)
    if skipped is not None:
        return skipped
    if _LEAVES_ALL.search(plain):
        talk.utter("blijft_zoals_het_is")
        return {"antwoorden": answers}
    urgency = _urgency(talk, text, plain)
    if urgency is not None:
        return urgency
    words = {key: said for key, said in answers.items() if _kind(talk, key) != "prioriteit"}
    adds = message.goes_on(text) or _STARTS_ADDING.match(plain)
    changes = () if adds else _changes(talk, text, words)
    head, content = _headed(text)
    colon = ":" in text
    goes_on = not colon and _NO_NEW_ANSWER.match(folded(content))
    if head and (colon or not changes) and _REWORDS.search(folded(head)) and not goes_on:
        named = named_question(head, opdracht, None)
        key = named or (speaks_of(head, answers) if colon else None)
        only_names = colon or len(head.split()) < _FEW_WORDS
        if key in answers and not _ADDS.search(folded(head)) and only_names:
            return replaced(talk, key, content)
    if changes and all(each.sure for each in changes) and each_stands_once(changes, words):
        return carried_out(talk, text, changes)
    if changes:
        first = changes[0]
        new = text[first.new[0] : first.new[1]]
        return offering.offer_slots(talk, new, first.key, corrects=first.old)
    return part_dropped(talk, text)


def _changes(talk: Talk, text: str, answers: Mapping[str, str]) -> tuple[Change, ...]:
    """The changes a text asks for: of the answer that it names, else of all."""
    named = named_question(text, talk.opdracht, None) if talk.opdracht else None
    found = changes_in(text, {named: answers[named]}) if named and named in answers else ()
    return found or changes_in(text, answers)


_LEAVES_ALL = re.compile(
    r"\b(?:of |wacht |allez |oh |och |pff+ |hm+ )?(?:nee+n?|bij nader inzien|toch "
    r"niet)\b[^?]{0,24}?"
    r"\b(?:laat (?:(?:het|dat|die|alles|t|da|ze|maar|toch|dan|gewoon) ){0,4}(?:staan|zo|maar)"
    r"|(?:het|dat|alles) (?:mag |moet |kan )?(?:zo )?blij(?:ft|ven)(?: zo| staan| zoals .{0,20})?)"
    r"[ .!]{0,3}$"
)
"""Who takes a change back at the end of the text: "... of nee, laat het maar zo"."""


_MOST_TO_LEAVE = 16
_LEAVES_AS_WAS = re.compile(
    r"(?:(?:of|och|ach|ah|oh|ai|pff+|nee+n?|wacht|toch|bij nader inzien|allez|sorry|hm+"
    r"|euh)[ ,.]{1,3}){0,4}"
    r"(?:laat (?:\S{1,20} ){1,3}?(?:(?:maar|toch|gewoon|dan) ){0,3}(?:staan|zoals)\b"
    r"|laat (?:(?:het|dat|die|t|da|ze|toch|dan|gewoon) ){0,3}maar[,.!]? "
    r"(?:die|dat|da|het|t|ze) (?:is|was) (?:\w{2,8} ){0,2}goed\b)"
)


def leaves(text: str) -> bool:
    """Whether a text, where an answer is asked again, leaves it as it stands."""
    plain = " ".join(folded(text).replace("'", " ").split())
    return len(plain.split()) <= _MOST_TO_LEAVE and bool(
        _LEAVES_AS_WAS.match(plain) or _LEAVES_ALL.search(plain)
    )


_LET_STAND = re.compile(
    r"(?:(?:of|och|ah|oh|ai|nee+n?|wacht|toch|bij nader inzien|allez|sorry|hm+)[ ,.]{1,3}){1,4}"
    r"(?:laat (?:het|dat|die|t|da|ze|maar|toch|dan|gewoon)\b.{0,24}\b(?:staan|zo)\b"
    r"|(?:dat|het|die) (?:mag|moet|kan) (?:toch |wel |maar )*blijven)"
)
"""Who has second thoughts on what was just changed: "of nee, laat het toch staan"."""


def let_stand(talk: Talk) -> Slots | None:
    """The slots after the change of the last turn is taken back, where a text asks for that."""
    plain = " ".join(folded(words_of(talk)).replace("'", " ").split())
    if not _LET_STAND.match(plain) or not just_changed(talk):
        return None
    back = taken_back(talk)
    if back is not None and talk.slot("requested_slot") == "bevestigd":
        return {**back, "wijziging": DONE}
    return back


def just_changed(talk: Talk) -> bool:
    """Whether the last turn of the assistant changed an answer, with a button to take it back."""
    name = talk.slot("gesprek")
    if name is None:
        return False
    with storage().reading() as session:
        said = conversation.last_said(session, str(name))
    return any(
        each.get("payload") == offering.TAKE_BACK for bubble in said for each in bubble.buttons
    )


def passed_over(talk: Talk, text: str, asked: Sequence[Vraag]) -> Slots | None:
    """The slots for a text about a question that was passed over: answered, or asked again.

    Args:
        talk: the turn; an opdracht must be open.
        text: what was typed.
        asked: the questions that were asked.
    """
    opdracht = talk.opdracht
    assert opdracht is not None
    if len(text.split()) > _MOST_TO_PASS or not _PASSED_OVER.search(folded(text)):
        return None
    left = [each.key for each in asked if each.key not in talk.answers]
    if not left:
        return None
    named = named_question(text, opdracht, talk.slot("vraag"))
    key = named if named in left else left[0]
    told = _ADDED_AFTER.search(text)
    if told is not None and len(told["content"].split()) >= _LEAST_WORDS:
        return offering.added(talk, told["content"].strip(), key)
    return offering.reopened(key, None)


def _headed(text: str) -> tuple[str, str]:
    """The words before a colon, or a few before a comma, and those after it; or empty ones."""
    found = _HEAD.fullmatch(text.strip())
    if found is None:
        return "", ""
    head, content = found["head"] or found["short"], found["content"] or found["told"]
    made = _MAKE_IT.match(content)
    return (f"{head} {made.group()}", content[made.end() :]) if made else (head, content)


_MAKE_IT = re.compile(
    r"(?:maak|maakt|doe|zet|schrijf)(?: (?:daar|er|dan|maar|gewoon|liever)){0,3} ?(?:er)?van"
    r"(?: dat|:)?\s{1,3}(?=\S)",
    re.IGNORECASE,
)
"""What an answer should be made into: "maak er van dat ..."."""


def part_dropped(talk: Talk, text: str) -> Slots | None:
    """The slots that offer to take a part out of an answer, or None where a text asks no such."""
    plain = " ".join(folded(text).split())
    if _WHOLE.search(plain):
        return None
    gone = dropped_in(text, talk.answers)
    named = named_question(text, talk.opdracht, None) if talk.opdracht else None
    told = gone is not None and (gone.told or gone.key == named)
    if gone is not None and told and (slots := taken_out(talk, gone)) is not None:
        return slots
    if not _DROPS.search(plain):
        return None
    if not _PART.search(plain) and not _ONLY_DROPS.fullmatch(plain):
        return None
    named = named_question(text, talk.opdracht, None) if talk.opdracht else None
    meant = (key for key in (speaks_of(text, talk.answers), named) if key in talk.answers)
    parts = ((key, part_with(text, talk.answers[key])) for key in meant)
    key, found = next(((key, found) for key, found in parts if found), (None, None))
    if key is None or found is None:
        return None
    return offering.offer_slots(talk, "", key, corrects=found, at=0)


def taken_out(talk: Talk, gone: Dropped) -> Slots | None:
    """The slots after words are taken out of an answer, with a way back; None where not clear.

    How urgent something is has a step beside its words: that question is asked again.
    """
    if _kind(talk, gone.key) == "prioriteit":
        summary_waits = talk.slot("requested_slot") == "bevestigd"
        return offering.reopened(gone.key, "vervang", changing=summary_waits)
    opdracht, answer = talk.opdracht, talk.answers[gone.key]
    if gone.words is None or opdracht is None:
        return None
    if not _stands_once(answer, gone.words.strip(" ,;.")):
        return offering.offer_slots(talk, "", gone.key, corrects=gone.words, at=0)
    nothing = {**offering.part(talk), "start": 0, "end": 0}
    talk.propose(
        AnswerGiven(
            opdracht=opdracht.nummer,
            question=gone.key,
            source=offering.source(nothing),
            corrects=gone.words,
        )
    )
    rest = offering.without(answer, gone.words)
    talk.utter(
        "weggehaald",
        bij=talk.words(f"bij_{_kind(talk, gone.key)}"),
        weg=offering.shortened(gone.words.strip(" ,")),
        rest=offering.shortened(rest),
        buttons=[talk.button("knop_terugzetten", offering.TAKE_BACK)],
        custom={"quotes": True},
    )
    return {"antwoorden": {**talk.answers, gone.key: rest}}


def taken_back(talk: Talk) -> Slots | None:
    """The slots after the last change of an answer on this opdracht is taken back."""
    opdracht, name = talk.opdracht, talk.slot("gesprek")
    if opdracht is None or name is None:
        return None
    with storage().reading() as session:
        found = resumption.last_change(session, str(name), opdracht.nummer)
    if found is None:
        return None
    key, before = found
    talk.propose(AnswerRestored(opdracht=opdracht.nummer, question=key))
    talk.utter(
        "teruggezet",
        bij=talk.words(f"bij_{_kind(talk, key)}"),
        oud=offering.shortened(before),
        custom={"quotes": True},
    )
    return {"antwoorden": {**talk.answers, key: before}}


def _other(talk: Talk, text: str) -> Slots | None:
    """The slots for a text at the summary that carries nothing out by itself."""
    opdracht = talk.opdracht
    assert opdracht is not None
    reading = message.read(text)
    if (but_one := excepted(talk, text)) is not None:
        return but_one
    said = message.part(text, reading.content) if reading.content is not None else text
    if reading.kind == message.ADDITION and not any(map(str.isalnum, said)):
        # "Mag ik nog iets toevoegen?" asks whether one may.
        talk.utter("vertel_maar")
        return {"bevestigd": None}
    if reading.kind in (message.ADDITION, message.CORRECTION, message.REMOVAL):
        return offering.placed(talk, text, reading) or (
            offering.offer_slots(talk, message.part(text, reading.content))
            if reading.content is not None
            else None
        )
    if reading.kind in message.REMARKS:
        return None
    plain = " ".join(folded(text).split())
    key = speaks_of(text, talk.answers)
    named = named_question(text, opdracht, None)
    if named is not None and named not in talk.answers and _KNOWS.search(plain):
        # "Wie het moet doen weet ik nu: ..." is no question.
        return offering.offer_slots(talk, text, named)
    if named is not None and _kind(talk, named) != "prioriteit" and _FORGOTTEN.search(plain):
        return offering.added(talk, text, named, undo=named in talk.answers)
    by_act = _by_act(talk, text, key or (named if named in talk.answers else None))
    if by_act is not None:
        return by_act
    if _ASKS.search(plain) and reading.kind != message.ANSWER_AND_QUESTION:
        return _asked(talk, named if named in talk.answers else key)
    if _ALSO.search(plain) and reading.says is None:
        return _taken(talk, text, key)
    short = len(text.split()) <= _FEW_WORDS and not surely_content(talk, text)
    if short and (named := named_question(text, opdracht, None)):
        return reopened(named)
    if _DOUBTS.match(plain):
        return {"bevestigd": None}
    if (again := asked_again(talk, text)) is not None:
        return again
    if reading.content is not None:
        return _taken(talk, message.part(text, reading.content), None)
    if len(text.split()) < _LEAST_WORDS or reading.says is not None or no_content(talk, text):
        return None
    agrees = acts.likely(talk.entity(acts.ENTITY)) == acts.AGREE
    if agrees and len(text.split()) <= _FEW_WORDS:
        # Likely a yes: it is asked for, not offered as an answer.
        return None
    return _taken(talk, text, None if kinds_of(text) else key)


def excepted(talk: Talk, text: str) -> Slots | None:
    """The slots for a yes with an exception: that answer is asked again, or which one it is."""
    rest = summary.excepts(text)
    if rest is None or talk.opdracht is None or len(text.split()) > _MOST_OF_URGENCY:
        return None
    meant = named_question(rest, talk.opdracht, None) or speaks_of(rest, talk.answers)
    return reopened(meant) if meant else {"bevestigd": None, "wijziging": WHICH}


_WILL_CHANGE = re.compile(
    r"\b(?:aanpassen|veranderen|wijzigen|verbeteren|herzien|herbekijken|bijschaven|bijstellen"
    r"|herformuleren|overdoen|anders zeggen|change|adapt|changer|modifier|andern)\b"
)
_MOST_OF_REQUEST = 12
_CHANGE_ACTS = frozenset({acts.DROP, acts.MEND, acts.WRONG})


def _passed_over(talk: Talk, text: str) -> str | None:
    """The key of a question without an answer that a text may answer by its kind, or None."""
    opdracht, kinds = talk.opdracht, kinds_of(text)
    assert opdracht is not None
    passed = (each for each in opdracht.vragen if each.key not in talk.answers)
    return next((each.key for each in passed if each.soort in kinds), None)


def _by_act(talk: Talk, text: str, key: str | None) -> Slots | None:
    """The slots for a text whose act is sure, though no rule tells what it changes.

    ``key``: the answer that the text shares the most words with, if any.
    """
    opdracht, act = talk.opdracht, talk.act
    assert opdracht is not None
    if act == acts.ASK:
        return _asked(talk, key)
    if act == acts.ADD and ":" not in text and _WILL_CHANGE.search(folded(text)):
        # "Alleen die trekker wil ik nog aanpassen" names no words to add.
        named = named_question(text, opdracht, None)
        if named in talk.answers:
            return reopened(named)
    if act == acts.ADD:
        rest = text[summary.after_yes(text) :]
        put = _PUT_WITH.fullmatch(rest.strip())
        head, after = _headed(rest) if ":" in rest else ("", "")
        named = named_question(put["about"] if put else head or rest, opdracht, None)
        content = put["content"] if put and named else after if head and named else rest
        target = (
            named or _passed_over(talk, content) or key or fitting_question(content, opdracht, None)
        )
        if _kind(talk, target) == "prioriteit":
            return offering.offer_slots(talk, content)
        return offering.added(talk, content, target, undo=target in talk.answers)
    named = named_question(text, opdracht, None)
    if act in (acts.MEND, acts.WRONG) and FORGOT.search(folded(text)):
        target = named or key or fitting_question(text, opdracht, None)
        return offering.added(talk, text, target, undo=True)
    if act in _CHANGE_ACTS and named is not None and named not in talk.answers:
        # What was passed over is answered now.
        rest = text[summary.after_yes(text) :]
        _, content = _headed(rest) if ":" in rest else ("", "")
        if content and _kind(talk, named) != "prioriteit":
            return offering.added(talk, content, named)
        return offering.offer_slots(talk, rest, named)
    meant = named if named in talk.answers else key
    if act == acts.DROP:
        found = part_with(text, talk.answers[meant]) if meant else None
        if meant is not None and found is not None:
            return offering.offer_slots(talk, "", meant, corrects=found, at=0)
    longer = len(text.split()) > _MOST_OF_REQUEST and _kind(talk, meant) != "prioriteit"
    if act in (acts.MEND, acts.WRONG) and meant and longer and surely_content(talk, text):
        # It holds the new words: they are offered, not asked for again.
        return offering.offer_slots(talk, text[summary.after_yes(text) :], meant)
    if act in _CHANGE_ACTS:
        if meant is None:
            return {"bevestigd": None, "wijziging": WHICH}
        return offered_or_reopened(talk, text, meant)
    return None


def answer_named(talk: Talk, text: str) -> str | None:
    """The key of the one answer of the summary that a text names, or None."""
    named = named_question(text, talk.opdracht, None) if talk.opdracht and text else None
    return named if named in talk.answers else None


def asked_again(talk: Talk, text: str) -> Slots | None:
    """The slots that ask a question again where a text says that its answer should change."""
    plain = " ".join(folded(text[:_READ]).split())
    if summary.says(text) is not None or _ALSO.search(plain) or message.goes_on(text):
        return None
    if len(plain.split()) < _LEAST_WORDS or not _CHANGES.search(plain) or "?" in plain:
        return None
    if len(text.split()) > _FEW_WORDS + 2 and surely_content(talk, text):
        return None
    key = speaks_of(text, talk.answers)
    return reopened(key) if key is not None else None


def _taken(talk: Talk, text: str, key: str | None) -> Slots:
    """Adds a text to the answer it fits where it is surely content, else offers it."""
    opdracht = talk.opdracht
    assert opdracht is not None
    head = text.partition(":")[0] if ":" in text[:_HEAD_READ] else ""
    named = named_question(head, opdracht, None) if head else None
    placed = _AT_PLACE.search(folded(text))
    named = named or (named_question(placed[0], opdracht, None) if placed else None)
    kinds = kinds_of(text)
    if key is not None and kinds and _kind(talk, key) not in kinds:
        # A word in common tells less than what kind of text it is.
        key = None
    target = named or _passed_over(talk, text) or key or fitting_question(text, opdracht, None)
    first = summary.says(" ".join(text.split()[:1]).strip(".,;:!"))
    if (
        not surely_content(talk, text)
        or first == summary.YES
        or _kind(talk, target) == "prioriteit"
    ):
        # A plain yes to the summary leaves out what is hardly an answer.
        hardly = talk.chance("bijdrage") < _LEAST_CHANCE and first != summary.YES
        return offering.offer_slots(talk, text, target, why=offering.EARLY if hardly else None)
    return offering.added(talk, text, target, undo=target in talk.answers)


def surely_content(talk: Talk, text: str) -> bool:
    """Whether a text of some length is an answer by the classifier, which saw many."""
    return talk.chance("bijdrage") >= _SURE_CONTENT and len(text.split()) >= _LEAST_SURE


def no_content(talk: Talk, text: str) -> bool:
    """Whether a short text is no answer by the classifier, which saw many."""
    ranked = bool(talk.tracker.latest_message.get("intent_ranking"))
    return ranked and len(text.split()) <= _FEW_WORDS and talk.chance("bijdrage") < _LEAST_CHANCE


def offered_or_reopened(talk: Talk, text: str, key: str) -> Slots:
    """The slots that offer what a text says after a colon for an answer, else ask for it again."""
    _, content = _headed(text) if ":" in text else ("", "")
    if len(content.split()) < _LEAST_OFFERED or _kind(talk, key) == "prioriteit":
        return reopened(key)
    return offering.offer_slots(talk, content, key)


def reopened(key: str) -> Slots:
    """The slots that ask a question of the summary again, with its answer."""
    return offering.reopened(key, "vervang", changing=True)


def _asked(talk: Talk, key: str | None) -> Slots:
    """Answers a question at the summary: with the answer it is about, or by passing it on."""
    if key is None:
        pass_on(talk, OPEN_QUESTION)
        return {"bevestigd": None}
    vraag = talk.opdracht.question(key) if talk.opdracht else None
    assert vraag is not None
    said = " ".join(talk.answers[key].split())
    talk.utter("staat_er", naam=offering.label(talk, vraag), antwoord=said, custom={"quotes": True})
    return {"bevestigd": None}


def named_addition(talk: Talk, text: str) -> Slots | None:
    """Adds what a text says after the name of an answer, where it says that something is added.

    "Nog een ding over mijn voorstel: ook in de vakantie".
    """
    opdracht = talk.opdracht
    assert opdracht is not None
    found = _NAMED_ADDITION.fullmatch(text.strip())
    key = named_question(found["head"], opdracht, None) if found else None
    if found is None or key is None or _kind(talk, key) == "prioriteit":
        return _added(talk, text)
    head, content = folded(found["head"]), found["content"]
    if (
        not _SAYS_IT_ADDS.search(head)
        or _REWORDS.search(head)
        or _DROPS.search(head)
        or len(content.split()) < _LEAST_OFFERED
    ):
        return None
    return offering.added(talk, content, key, undo=key in talk.answers)


_SAYS_IT_ADDS = re.compile(
    r"\b(?:nog|ook|ik vergat|vergat ik|vergeten|toevoeg\w{0,2}|aanvull\w{1,3}|precisering|zet"
    r"|schrijf|voeg"
    r"|noteer|erbij|(?:bij|over|op|aan) (?:mijn|de|het|dat|die|wie|wat)|add|ajoute[rz]?)\b"
)
_NAMED_ADDITION = re.compile(r"(?P<head>[^:?]{3,90}):\s{0,3}(?P<content>\S.{4,})", re.DOTALL)


def announced(talk: Talk, text: str) -> Slots | None:
    """The slots for an addition to a named answer that a text announces: "nog iets. Bij ..."."""
    return named_addition(talk, text) if _ANNOUNCES.match(text) else None


_ANNOUNCES = re.compile(
    r"\A(?:(?:wacht|wach|oei|ah|oh|o ja|ja|en|maar|euh|sorry|hm+|trouwens)[\s,.!]{1,4}){0,3}"
    r"(?:(?:ik|k|'k) (?:denk|bedenk|weet|vergat|heb|ben|was)(?: (?:er|nu|nog|ook|even|al)){0,3}"
    r" (?:(?:aan )?(?:iets|wat|een ding)|iets vergeten)(?: vergeten)?|nog (?:iets|een ding)"
    r"|er schiet m(?:e|ij) (?:nog )?iets te binnen)[.!:,…]{1,3}\s{1,3}",
    re.IGNORECASE,
)
"""Who tells that something comes: "wacht, ik denk nog aan iets. ..."."""


def _added(talk: Talk, text: str) -> Slots | None:
    opdracht, rest = talk.opdracht, text[summary.after_yes(text) :].strip()
    bare = _ANNOUNCES.sub("", rest)
    may = _MAY_BE_ADDED.fullmatch(bare)
    if may is not None:
        about = may["about"] or may["english"] or may["french"]
        content = may["content"] or may["added"] or may["ajout"]
        named = f"mijn {about}, my {about}, ma {about}"
        key = named_question(named, opdracht, None) if opdracht else None
        if key is not None and _kind(talk, key) != "prioriteit":
            return offering.added(talk, content, key, undo=key in talk.answers)
    found = _TOLD_TO_ADD.match(bare) or _ONE_ADDITION.search(text) or _PUT_WITH.fullmatch(bare)
    reading = message.read(rest)
    if found is None and rest != text.strip() and reading.kind == message.ADDITION:
        if _NAMED_ADDITION.fullmatch(rest):
            return named_addition(talk, rest) or offering.placed(talk, rest, reading)
        return offering.placed(talk, rest, reading)
    key = named_question(found["about"], opdracht, None) if found and opdracht else None
    if found is None or key is None or not any(map(str.isalnum, found["content"])):
        return None
    return offering.added(talk, found["content"], key, undo=key in talk.answers)


def _urgency(talk: Talk, text: str, plain: str) -> Slots | None:
    vraag = talk.opdracht.of_kind("prioriteit") if talk.opdracht else None
    if vraag is None or vraag.key not in talk.answers:
        return None
    if not _URGENCY.search(plain):
        return _bare_step(talk, text, plain, vraag)
    if len(plain.split()) > _MOST_OF_URGENCY:
        return None
    said = talk.urgency_in(_NAMES_IT.sub(" ", text))
    if _NOT_SO.search(plain):
        return reopened(vraag.key)
    if said.value is not None:
        return offering.new_step(talk, said.value, vraag)
    return reopened(vraag.key) if said.values or _MORE_OR_LESS.search(plain) else None


def _bare_step(talk: Talk, text: str, plain: str, vraag: Vraag) -> Slots | None:
    """The slots for another step that a text names by its number: "maak er een 4 van"."""
    if text.rstrip().endswith("?") and len(plain.split()) <= _FEW_WORDS:
        # "Die 2 ook?" asks, and sets nothing.
        return None
    found = _SETS_NUMBER.fullmatch(plain) or _set_in_clause(plain)
    steps = {each.waarde: each.naam for each in talk.catalogue.consultatie.prioriteiten}
    if found is None:
        first = step_first(plain, steps)
        return None if first is None else offering.new_step(talk, first, vraag)
    number = talk.urgency_in(found["new"]).value
    old = talk.urgency_in(found["old"] or "").value
    stands = talk.urgency_in(talk.answers[vraag.key]).value
    others = " ".join(said for key, said in talk.answers.items() if key != vraag.key)
    elsewhere = found["old"] and re.search(rf"(?<!\w){found['old']}(?!\w)", folded(others))
    if number is None or number not in steps or elsewhere or old not in (None, stands):
        return None
    return offering.new_step(talk, number, vraag)


def _set_in_clause(plain: str) -> re.Match[str] | None:
    """The only clause of a text that sets a number, where no other holds one."""
    clauses = [each.strip() for each in re.split(r"[.,;:!]", plain) if each.strip()]
    found = [match for each in clauses if (match := _SETS_NUMBER.fullmatch(each))]
    others = [each for each in clauses if not _SETS_NUMBER.fullmatch(each)]
    alone = len(found) == 1 and not any(re.search(r"\d", each) for each in others)
    return found[0] if alone else None


_STEP = r"(?:\d|een|twee|drie|vier|vijf)(?:tje|ke)?"
_SETS_NUMBER = re.compile(
    r"(?:(?:ah|oh|oei|hm+|euh|wacht|nee|ja|maar|en|eigenlijk|toch|bij nader inzien|doe|klopt|goed"
    r"|of|liever|kunt|kan|wil|mag|moogt|ge|je|u|ik|we|het|dat|die|is|wordt),? ){0,5}"
    r"(?:(?:maak|maakt|make|zet|verander|verandert|wijzig|doe|noteer|schrijf|geef|verhoog|verlaag"
    r"|change|zou|wil|liever)"
    r" ){1,2}(?:(?:er|daar|van|op|die|diene|dienen|dat|da|de|den|mijn|ne|nen|een|toch|maar|liever"
    r"|gewoon|nu|the|it) ){0,5}?"
    rf"(?:(?P<old>{_STEP}) (?:(?:in|naar|door|to|into|a|maar|toch|liever|een|ne|nen|op|er"
    rf"|van|dan|beter) ){{1,3}})?"
    rf"(?P<new>{_STEP})(?: (?:van|maken|zetten|doen|worden|geven|aub|hoor|ze|dan|please"
    rf"|graag)){{0,3}}[ .!]{{0,3}}"
)
"""A number that takes the place of another, and hardly anything else."""


def replaced(talk: Talk, key: str, content: str) -> Slots:
    """The slots after a part of the message takes the place of an answer; shows both."""
    opdracht = talk.opdracht
    assert opdracht is not None
    source = offering.source(offering.part(talk, content))
    talk.propose(AnswerGiven(opdracht=opdracht.nummer, question=key, source=source))
    return _shown(talk, {key: (talk.answers[key], content)}, {**talk.answers, key: content})


def each_stands_once(changes: tuple[Change, ...], answers: Mapping[str, str]) -> bool:
    """Whether the words of each change stand only once in their answer."""
    return all(_stands_once(answers[each.key], each.old) for each in changes)


def carried_out(talk: Talk, text: str, changes: tuple[Change, ...]) -> Slots:
    """The slots after changes are carried out; old and new words are shown, with a way back."""
    opdracht, answers = talk.opdracht, talk.answers
    assert opdracht is not None
    pairs: dict[str, tuple[str, str]] = {}
    for each in changes:
        new = text[each.new[0] : each.new[1]]
        said = {**offering.part(talk), "start": each.new[0], "end": each.new[1]}
        talk.propose(
            AnswerGiven(
                opdracht=opdracht.nummer,
                question=each.key,
                source=offering.source(said),
                corrects=each.old,
            )
        )
        answers[each.key] = offering.without(answers[each.key], each.old, new)
        pairs[each.key] = (each.old, new)
    return _shown(talk, pairs, answers)


def _shown(talk: Talk, pairs: dict[str, tuple[str, str]], answers: dict[str, str]) -> Slots:
    for key, (old, new) in pairs.items():
        last = key == list(pairs)[-1]
        talk.utter(
            "verbeterd",
            bij=talk.words(f"bij_{_kind(talk, key)}"),
            oud=offering.shortened(old),
            nieuw=offering.shortened(new),
            buttons=[talk.button("knop_terugzetten", offering.TAKE_BACK)] if last else None,
            custom={"quotes": True},
        )
    return {"antwoorden": answers}


def _stands_once(answer: str, words: str) -> bool:
    return len(re.findall(rf"(?<!\w){re.escape(words)}(?!\w)", answer, re.IGNORECASE)) == 1


def _kind(talk: Talk, key: str | None) -> str:
    vraag = talk.opdracht.question(key or "") if talk.opdracht else None
    return vraag.soort if vraag else "extra"


def _events(slots: Slots) -> list[EventType]:
    return [SlotSet(name, value) for name, value in slots.items()]
