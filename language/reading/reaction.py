"""Says what a typed text thinks of a proposed action: for, against, on a condition, no opinion.

Rules for what is clear, clause by clause; where clauses differ, or none says anything, the reading
is empty and the participant is asked. At most ``READ`` characters are read, so the time is linear.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from language.folding import folded
from language.reading import message, summary

SUPPORT, CONDITION, AGAINST, NO_IDEA, REWORD = (
    "steun",
    "voorwaarde",
    "tegen",
    "weet_niet",
    "anders",
)

READ = 400
_MORE_WORDS = 3

_CLAUSES = re.compile(r"[,.;:!?\n]+|\b(?:want|omdat|aangezien|because|parce que|weil)\b")
_EARLIER = re.compile(
    r"\W{0,4}(?:(?:nee+n?|wacht|sorry|oei|euh|ah|hm+|ja|maar|pardon|bij nader inzien|ik|k)"
    r" ?\W{0,3}){0,4}(?:bij nader inzien\b|(?:ben |zeg |kies )?toch (?:(?:liever|maar|eerder|wel) "
    r"|(?=niet |nie |voor\b|tegen\b|steun))|(?:ik |k )?bedoelde\b"
    r"|(?:(?:bij|over|van|op|voor) )?(?:die|de|dat) (?:van )?(?:vorige|daarnet|daarstraks)\b"
    r"|(?:de |die |mijn )?vorige\b|daarnet\b)"
)
_CONDITION = re.compile(
    r"\b(?:alleen|enkel|slechts|pas) (?:als|indien|wanneer|mits|op voorwaarde|zolang|onder)\b"
    r"|\bop (?:1 |een |één |de )?voorwaarde\b|\bonder (?:de |een )?voorwaarde|\bmits\b|\btenzij\b"
    r"|\bzolang\b|\bop conditie\b|\bonly if\b|\bprovided\b|\bunless\b|\bseulement si\b"
    r"|\ba condition\b|\bnur wenn\b|\bsolange\b"
    r"|\bals (?:\S{1,20} ){1,20}?dan (?:wel|ja|ben ik|steun|akkoord|mag|vind|kan)\b"
)
_YES_BUT = re.compile(
    r"\W{0,4}(?:ja+|jawel|ok+|oke|goed|akkoord|voor|steun|ik steun dit|ik ben voor|mij goed"
    r"|allez ja|yes|oui)\W{1,3}"
    r"(?:maar|mo|mor|mar|als|indien|wanneer|op|met|but|mais|aber|if|si|wenn)\b"
)
_ONLY_THAT = re.compile(
    r"\W{0,4}(?:ja\W{0,3})?(?:ik )?(?:steun )?(?:dit |dat )?(?:alleen|enkel) als\W{0,6}"
)
_AGAINST = re.compile(
    r"(?<!voor of )(?<!niet )(?<!nie )\b(?:tegen|tege|teigen|contre|against|dagegen)\b"
    r"(?! (?:dat|die|de|het|een|elkaar|over|morgen|\d))"
    r"|\b(?:ben|zijn) (?:\S{1,14} ){0,2}tegen\b"
    r"|\b(?:niet|nie|ni|nit|geen|gin|not|pas|nicht)"
    r" (?:\S{1,12} ){0,2}?(?:akkoord|accoord|eens|voor|steun\w{0,3}"
    r"|goed idee|goe idee|goed plan|goed gedacht|d accord|agree|einverstanden|voorstander)\b"
    r"|\b(?:akkoord|eens|accord)\b (?:ben|zijn|is|ga) (?:ik|we|k) (?:niet|nie)\b"
    r"|\bga (?:hier |daar |er |ik ){0,3}(?:niet|nie) (?:mee |in )?akkoord\b"
    r"|\bsteun (?:ik |dit |dat |het |da ){0,3}(?:niet|nie)\b"
    r"|\b(?:slecht|dom|stom|onnozel|belachelijk|raar|verkeerd)e? (?:idee|plan|voorstel|gedacht)\b"
    r"|\boneens\b|\btegenstander\b|\bdisagree\b|\b(?:onzin|zever|flauwekul|nonsens|waanzin)\b"
    r"|\bzie (?:ik |kik |ekik |k |we |dat |dit |da |het |t ){0,3}(?:niet|nie|echt niet) "
    r"(?:\S{1,10} )?zitten\b"
    r"|\b(?:mag|moet|hoeft|moe|moeten) (?:voor mij |van mij |dat |da |dit |er |we |ze ){0,3}"
    r"(?:niet|nie)\b|\b(?:niet|nie) (?:doen|invoeren|nodig)\b"
)
_NOT_AGAINST = re.compile(
    r"\b(?:niet|nie|ni|geen|not|pas) (?:\S{1,8} )?(?:tegen|tege|contre|against)\b"
)
_NOT_FOR = re.compile(r"\b(?:niet|nie|ni|noch|not|pas) (?:\S{1,8} )?(?:voor|pour|for)\b")
_SUPPORT = re.compile(
    r"\b(?:ik|k|wij|we)? ?steun\w{0,2}\b|\bondersteun\w{0,2}\b"
    r"|\b(?:ben|zijn|stem|stemmen|ik|k) (?:\S{1,14} ){0,2}voor\b(?! (?:de|het|een|mij|u|jou|ons))"
    r"|^\W{0,4}(?:volledig |helemaal |absoluut |zeker |sterk |ook |100 ?% )?"
    r"voor(?:stander)?\W{0,6}$"
    r"|\b(?:akkoord|accoord|eens|d accord|einverstanden|agree|i support|pour|dafur|in favour)\b"
    r"|\b(?:goed|goe|prima|uitstekend|sterk|schitterend|top|super|prachtig|fantastisch|mooi|tof)e?"
    r" (?:idee|plan|voorstel|gedacht|initiatief|zaak)\b"
    r"|\b(?:sta|staan) (?:ik |we |hier |daar |er ){0,3}(?:\S{1,14} )?achter\b|\bvoorstander\b"
    r"|\bzie (?:ik |k |we |dat |dit |da |wel |het |t ){0,4}(?:\S{1,10} )?zitten\b"
    r"|\b(?:moet|moe|mag|mogen|moeten) (?:dat |da |dit |er |ze |we ){0,2}"
    r"(?:zeker |echt |absoluut |dringend |gerust |best )?"
    r"(?:komen|doen|gebeuren|invoeren|er komen)\b"
)
_NO_IDEA = re.compile(
    r"\bgeen (?!goe|slecht)(?:\S{1,12} )?"
    r"(?:mening|idee|gedacht|gedacht over|verstand|zicht|ervaring)\b"
    r"|\b(?:weet|wete|wee) (?:ik |k |het |t |da |dat |er )*(?:\S{1,12} )?(?:nie|niet|niks|ni)\b"
    r"|\bkweet (?:het |t |da )?(?:nie|niet|ni)\b|\bkwee t? ?(?:nie|niet|ni)\b|\bneutraal\b"
    r"|\bonverschillig\b"
    r"|\bmaakt (?:mij |me |het )?(?:niet|niks|nie|niets) uit\b|\bom het even\b|\beender\b"
    r"|\bkan (?:ik )?(?:daar |hier )?(?:niet|niks|niets|nie) (?:over |op )?(?:oordelen|zeggen)\b"
    r"|\bgeen van beide\b|\bvoor noch tegen\b|\bniet voor (?:en|of) niet tegen\b|\btwijfel\b"
    r"|\bje ne sais pas\b|\bdon t know\b|\bno idea\b|\bkeine ahnung\b|\baucune idee\b"
)
_REWORD = re.compile(
    r"\banders (?:\S{1,10} )?(?:verwoord\w{0,3}|zeg\w{0,4}|formuler\w{0,3}|schrijv\w{0,2}|gezegd)\b"
    r"|\b(?:zou|wil|ga|kan) (?:het |dit |dat |ik ){0,3}anders\b|^\W{0,4}anders\W{0,6}$"
    r"|\bherschrij\w{1,4}\b|\bherformuler\w{1,3}\b|\b(?:andere|eigen) (?:tekst|woorden|verwoording"
    r"|formulering)\b|\btekst (?:\S{1,8} )?(?:aanpassen|veranderen|wijzigen)\b"
    r"|\b(?:verwoord|formuleer) (?:\S{1,8} ){0,3}anders\b|\breword\b|\breformuler\b"
)


@dataclass(frozen=True)
class ReactionReading:
    """What a text says of an action.

    ``stance`` is one of the constants, or None. ``earlier``: it changes the reaction that was given
    before. ``more``: it says more than the stance, such as a reason or a condition.
    """

    stance: str | None = None
    earlier: bool = False
    more: bool = False


def read(text: str) -> ReactionReading:
    """What a text says of an action; an empty reading where that is not clear."""
    plain = " ".join(folded(text[:READ]).replace("'", " ").split())
    before = _EARLIER.match(plain)
    earlier = before is not None
    plain = plain[before.end() :].strip(" :,.") if before else plain
    if _ONLY_THAT.fullmatch(plain):
        return ReactionReading(CONDITION, earlier)
    if _CONDITION.search(plain) or _YES_BUT.match(plain):
        return ReactionReading(CONDITION, earlier, more=True)
    if "?" in plain:
        return ReactionReading(earlier=earlier)
    clauses = [each.strip() for each in _CLAUSES.split(plain) if each.strip()]
    said = [_stance(each) for each in clauses]
    found = {each for each in said if each is not None}
    if len(found) > 1 and said[0] is not None:
        # "Geen idee, of ja, doe maar" is unclear; "voor, tegen wil en dank" as well.
        return ReactionReading(earlier=earlier)
    if len(found) != 1:
        return ReactionReading(earlier=earlier)
    rest = sum(len(each.split()) for each, is_ in zip(clauses, said, strict=True) if is_ is None)
    return ReactionReading(found.pop(), earlier, more=rest >= _MORE_WORDS)


def _stance(clause: str) -> str | None:
    """What one clause says; what is denied comes before what is said."""
    if message.read(clause).kind == message.NO_IDEA or _NO_IDEA.search(clause):
        return NO_IDEA
    if _REWORD.search(clause):
        return REWORD
    if _NOT_AGAINST.search(clause):
        # "Ik ben er niet tegen" supports nothing yet.
        return NO_IDEA if _NOT_FOR.search(clause) else None
    if _AGAINST.search(clause):
        return AGAINST
    if _SUPPORT.search(clause):
        return SUPPORT
    said = summary.says(clause)
    if said is not None:
        return SUPPORT if said == summary.YES else AGAINST
    return None
