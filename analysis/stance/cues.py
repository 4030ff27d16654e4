"""Cues of stance in the wording of a statement: words of approval, refusal, condition, and doubt."""

from __future__ import annotations

import re

from analysis.preprocessing import proposals
from analysis.preprocessing.statement_kind import names_hurdle

MOST_READ = 1_000
"""The characters of a statement that are read."""


def _words(text: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{text})\b", re.IGNORECASE | re.VERBOSE)


_CUES = (
    # Conditions.
    _words(
        r"""mits|tenzij|zolang|op\s(?:de\s|één\s|een\s|die\s|strikte\s)*(?:voorwaarde|conditie)|voorwaarden?
        |voor\szover|in\szover(?:re)?|indien|gesteld\sdat|met\sdien\sverstande|onder\s(?:voorbehoud|één\svoorwaarde)
        |zij\shet\smet|behalve|met\suitzondering|bij\svoldoende|mits\sgenoeg"""
    ),
    _words(
        r"""(?:alleen|enkel|slechts|pas|hoogstens)\s(?:\S+\s){0,2}?(?:als|wanneer|indien|mits|met|in|voor|nadat|waar|onder|op)
        |als\s(?:\S+\s){0,3}?(?:maar|tenminste|ook|echt|genoeg|eerst)|tenminste|ten\sminste|wel\sals|niet\sals"""
    ),
    _words(
        r"""maar\s(?:\S+\s){0,2}?(?:dan|alleen|enkel|niet|wel|eerst|met|zonder|laat|geef|begin|beperk|evalueer|spaar)
        |al\smoet|dan\s(?:wel|moeten?|moet)|alleen\sniet|en\sniet\salleen|niet\szonder"""
    ),
    _words(
        r"""hang(?:t|en)?\s(?:\S+\s){0,3}?af|afhankelijk\svan|eerst\s.{3,80}\s(?:dan|daarna|voor)|anders\s(?:niet|nee)|zonder\s.{3,40}\sniet
        |wel,?\s(?:\S+\s){1,6}niet|bespreekbaar|aanvaardbaar|te\sverdedigen|in\sprincipe|principieel|haalbaar"""
    ),
    re.compile(r"(?:^|,\s)als\s|(?:^|\s)(?:moest|mocht|mochten|had|was|kreeg|krijgen|is)\s(?:ik|er|het|da|we|wij|ze)\b", re.IGNORECASE),
    re.compile(r"(?:^|,\s)(?:zolang|wanneer|tenzij|mits|behalve|indien|tenminste)\b", re.IGNORECASE),
    # Refusal.
    _words(
        r"""tegen(?:stander)?|gekant|verzetten|verzet|weiger\w*|wij(?:st|zen)\s.{0,40}\saf|verwerp\w*|afkeuren|keuren\s.{0,40}\saf
        |weg\s(?:met|ermee)|moet(?:en)?\s(?:\S+\s){0,3}(?:weg|verdwijnen|eruit|stoppen)|van\s(?:de\s)?(?:tafel|baan)|nee|neen|nooit"""
    ),
    _words(
        r"""(?:schaf\w*|schrap\w*|afschaff\w+|geschrapt|stop(?:t|pen|zetten)?|trek\s.{0,40}\s(?:in|terug)|intrekken|afvoeren|opdoeken|sluit\w*
        |hou\w*\s(?:daar|er|het)?\s?\w*\s?(?:mee\sop|tegen)|hef\w*\s.{0,30}\sop|draai\w*\s.{0,30}\sterug|blaas\s.{0,30}\saf|terugdraaien|zie\sdaarvan\saf)"""
    ),
    _words(
        r"""onzin\w*|zinloos|belachelijk|(?:slecht|geen\sgoed|dom|fout|verkeerd)\w*\s(?:idee|plan|keuze|zaak|oplossing|aanpak|richting|prikkel)|waanzin|van\sde\szotte|weggegooid|weggesmeten
        |overbodig|nergens\s(?:goed|voor)|nutteloos|niks\sop|niets\sop|geldverspilling|betutteling|bemoei\w*|schande\w*|ramp\w*|onaanvaardbaar|onhaalbaar|onbetaalbaar|averechts|zonde\svan"""
    ),
    _words(
        r"""(?:zie|geloof|heb)\w*\s(?:\S+\s){0,3}?(?:niets?|niks|geen)\s(?:\S+\s)?(?:in|nut|meerwaarde|boodschap|behoefte|nood|goed|vertrouwen)
        |geen\s(?:\S+\s)?(?:voorstander|goed\sidee|behoefte|boodschap|heil|zin)|niet\s(?:akkoord|eens|nodig|zitten|voor|mee|goed|aanvaard\w*|willen|doen)|hoeft?\s(?:\S+\s)?niet|laat\s.{0,40}\s(?:gerust|met\srust)"""
    ),
    re.compile(r"^\W*(?:geen|nooit|niet|nee|stop|weg|schaf|schrap|liever geen|nog een|nog maar)\b", re.IGNORECASE),
    _words(r"""moogt?\s(?:ge\s)?houden|mogen\s(?:ze|ge)\s(?:\S+\s){0,3}houden|alsof|bravo|jaja|fantastisch|geniaal|schitterend\shoor|proficiat|dank\su\sfeestelijk|bedankt?\svoor|ja,?\snatuurlijk"""),
    _words(r"""(?:wil|willen|wens\w*|aanvaard\w*|moet|moeten|mag|mogen|kan|gaan?|zal|zullen|zou|zouden)\s(?:\S+\s){0,4}?(?:niet|geen|nooit|nie)"""),
    # Approval.
    _words(
        r"""voorstander|(?:ben|zijn|is|sta|staan|was)\s(?:\S+\s){0,3}?(?:voor|achter|gewonnen|blij\smet|positief)|goed\w*\s(?:idee|plan|zaak|maatregel|voorstel)|prachtig|schitterend|fantastisch|uitstekend|zegen|top|super|mooi
        |steun\w*|ondersteun\w*|juich\w*|toejuich\w*|verwelkom\w*|welkom|eens\smet|mee\seens|akkoord|teken\sik|ik\steken|aanrader|goud\swaard|eindelijk|doen!?$|zeker\sdoen"""
    ),
    _words(
        r"""(?:moet|moeten|zou|zouden|mag|mogen|kan|kunnen|verdien\w*)\s(?:\S+\s){0,8}?(?:komen|krijgen|blijven|worden|hebben|zijn|kunnen|maken|geven|betalen|doen|openen|openstellen|invoeren|voorzien|terugkomen)
        |vra(?:gen|ag|agt)\s(?:om|dat|een)|pleit\w*|stel\w*\s.{0,20}\bvoor|bepleit\w*|nood\saan|graag|hopelijk|voorstel:"""
    ),
    _words(r"""niet\stegen|geen\sbezwaar|niets?\s(?:op\s)?tegen|kan\s(?:\S+\s){0,3}tegen\szijn|blijven?|behoud\w*|hou(?:d|den)?\s.{0,40}\s(?:open|in\sstand|erin)|raak\sniet|terug|opnieuw|uitbreid\w*|breid\s"""),
    re.compile(r"^\W*(?:waarom (?:niet|geen|krijg|kan|zet)|zou het niet|kan er|kunnen we|mag er|wanneer komt)", re.IGNORECASE),
    # Judgements in one word or saying, of good and of bad.
    _words(
        r"""fan|schot\sin\sde\sroos|hoog\stijd|tijd\sdat|navolging|succes\w*|juiste\s(?:weg|keuze|richting|oplossing)|verstandig|nuttig|zinvol|slim|broodnodig|noodzakelijk|onmisbaar
        |onontbeerlijk|vanzelfsprekend|toekomst|norm|must|welgekomen|perfect|ideaal|heerlijk|zalig|verademing|deugd|verworvenheid|gebaat|baat|wonderen|beste|uitstekende?|geweldig\w*|plezant
        |rechtvaardig|toppertje|voorbeeld\svoor|resoluut|absoluut|liever\svandaag|hoe\smeer|hoe\ssneller|waard|geloof\s(?:rotsvast\s)?in|vertrouwen\sin|kandidaat|hopen|hoop|droom|zie\w*\shet\szitten"""
    ),
    _words(
        r"""pesterij|geldklopperij|boerenbedrog|verkoopstruc|doodsteek|om\szeep|nekken|miskleun|vergissing|vuilbak|vuilnisbak|schuif|lijk|zot|zotte|gek\svoor|ziek\svan|kinderachtig|vernederend
        |oneerlijk|onrechtvaardig|asociaal|nefast|kwaad|erger|achteruit|tegendeel|bezwaren?|betreuren|ongunstig|negatief|afgeraden|afraden|af\ste\sraden|belediging|dwang|sancties?|straffen|boetes?|verplichting
        |tijdverlies|gedoe|grap|praatbarak\w*|bureau|pokkeding|rommel|prul|wegjagen|opdringen|lastigvallen|afzien|achterwege|laten\svaren|over\smijn|dank\su|bedank\sik|moei\w*|raden\saf|overboord|minderwaardig"""
    ),
    _words(r"""(?:is|zijn|vind(?:en)?|was|lijkt)\s(?:\S+\s){0,3}?(?:goed|nuttig|mooi|knap|sterk|tof|fijn|plezant|zinvol|slim|eerlijk)"""),
    _words(r"""(?:is|zijn|vind(?:en)?|was|lijkt|werkt|werken|helpt)\s(?:\S+\s){0,3}?(?:niet|niks|niets|slecht|dom|oneerlijk|fout|verkeerd|te\sgek|zonde|duur)"""),
    _words(r"""(?:dat|dit|het|da|die|ermee|daarmee|mee|daar|hier|zo|deze)"""),
    re.compile(r"^\W*(?:maak|zet|geef|zorg|laat|breng|organiseer|voorzie|bied|neem|leg|stuur|start|hou|behoud|koppel|betaal|leer|vraag|schaf .{0,20}aan|trek .{0,30}(?:op|door))\b", re.IGNORECASE),
    re.compile(r"^\W*(?:elke?|iedere?|een|één|extra|meer|minder|gratis|kleinere|vaker|geen .{0,25} meer)\b", re.IGNORECASE),
    # Neither.
    _words(r"""weet\s(?:ik\s)?(?:het\s)?niet|geen\s(?:mening|idee)|om\shet\seven|maakt\s(?:\S+\s)?niet\suit|twijfel|moeilijk|gelijk\b|verdeeld|niet\svoor\sen\sniet\stegen|sommigen|een\sdeel"""),
    _words(r"""(?:wist|was|waren|had|hadden|kreeg|moest|ging|gingen|kwam|stond|duurde|heb|heeft|hebben|werd|is|staat|ligt|begint|begon|werkt|woon|kost)"""),
    _words(r"""ik|mij|mijn|we|wij|ons|onze"""),
    re.compile(r"^\W*(?:ik|we|wij|mijn|onze|er|het|de|in|bij|op|wie|mensen|ze|dat|als)\b", re.IGNORECASE),
    re.compile(r"\?\s*$"),
    re.compile(r"!"),
)  # fmt: skip

_CONDITIONS = 6
_REFUSALS = 7


def cues(text: str) -> tuple[float, ...]:
    """The cues of a statement, each 0 to 1; the first ones of conditions, then of refusal."""
    plain = " ".join(text[:MOST_READ].split())
    found = [bool(each.search(plain)) for each in _CUES]
    how = proposals.wording(plain)
    words = len(plain.split())
    asks = how.order or how.wish or how.infinitive or how.plea
    conditions = sum(found[:_CONDITIONS])
    refusals = sum(found[_CONDITIONS : _CONDITIONS + _REFUSALS])
    return tuple(
        float(each)
        for each in (
            *found,
            how.order,
            how.plea,
            how.states,
            how.has_verb,
            how.wish,
            how.infinitive,
            proposals.reads_as_proposal(plain),
            names_hurdle(plain),
            words < 4,
            words > 20,
            conditions > 1,
            refusals > 1,
            conditions > 0 and asks,
            refusals > 0 and asks,
            refusals > 0 and conditions > 0,
            not conditions and not refusals and asks,
            not conditions and not refusals and not asks and how.states,
        )
    )
