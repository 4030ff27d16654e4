"""The catalogue: one YAML file with a consultation's uitdagingen, opdrachten and texts.

The schema is closed. Errors name file, path and correction, in Dutch, since the consultation's own
team writes the catalogue.
"""

from __future__ import annotations

import difflib
import re
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from consultation.errors import CatalogueError

Soort = Literal["drempel", "voorstel", "trekker", "prioriteit", "extra"]
Doel = Literal["analyse", "citaat", "organisatie"]
Tekst = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:[_-][a-z0-9]+)*$", max_length=60)]
GroepSlug = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9]+(?:[_-][a-z0-9]+)*$", max_length=40)
]
"""Slug of a stakeholder group; the catalogue defines the groups."""

UNKNOWN_GROUP = "onbekend"
"""Key for no group in counts per group; no group of a catalogue may have this slug."""

MAX_UITLEG_WOORDEN = 60
VASTE_SOORTEN: tuple[Soort, ...] = ("drempel", "voorstel", "trekker", "prioriteit")
REACTIE_SOORTEN: dict[str, Soort] = {"wijziging": "voorstel", "ontbreekt": "voorstel"}
"""The kinds of the answers of a reaction round, by the part of their key before the colon."""


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Contact(_Closed):
    """How to contact the consultation's team."""

    naam: Tekst
    e_mail: Tekst
    tekst: Tekst


class Toestemming(_Closed):
    """One purpose that a participant may agree to."""

    doel: Doel
    verplicht: bool
    vraag: Tekst
    uitleg: Tekst


class Prioriteit(_Closed):
    """One step of the priority scale, 1 (low) to 5 (high)."""

    waarde: int = Field(ge=1, le=5)
    naam: Tekst


class Criterium(_Closed):
    """One checklist question for actions: does the action serve the note's goal?"""

    sleutel: Slug
    vraag: Tekst
    uitleg: str = ""


class Gedragen(_Closed):
    """When an action is carried by the field, see ``consultation.reactions.results``.

    A group counts from ``minste_mensen`` people with an opinion. It is in favour when at least the
    share ``voor_vanaf`` of them is, and it blocks when more than the share ``blokkeert_boven`` is
    against. Who is for on a condition is in favour, unless ``voorwaarde_telt`` is false: then they
    have an opinion and are on neither side. An action is carried when at least ``minste_groepen``
    groups count, at least the share ``aandeel_groepen`` of these is in favour, and none blocks.
    """

    aandeel_groepen: float = Field(default=0.66, gt=0, le=1)
    voor_vanaf: float = Field(default=0.5, gt=0, le=1)
    blokkeert_boven: float = Field(default=0.5, ge=0, lt=1)
    minste_mensen: int = Field(default=3, ge=1)
    minste_groepen: int = Field(default=2, ge=1)
    voorwaarde_telt: bool = True


class Reactieronde(_Closed):
    """What a reaction round shows: the statuses of the actions, and how many at a time."""

    toon: tuple[Literal["ontwerp", "goedgekeurd"], ...] = Field(
        default=("goedgekeurd",), min_length=1
    )
    per_keer: int = Field(default=3, ge=1, le=10)


class ConsultatieTeksten(_Closed):
    """The consultation's own texts."""

    slug: Slug
    titel: Tekst
    ondertitel: Tekst
    doel: Tekst
    bot: Tekst
    duur: Tekst
    resultaat: Tekst
    wie: Tekst
    privacy: Tekst
    anoniem: Tekst
    crisis: Tekst
    dreiging: Tekst
    contact: Contact
    toestemmingen: tuple[Toestemming, ...] = Field(min_length=1)
    prioriteiten: tuple[Prioriteit, ...] = Field(min_length=5, max_length=5)
    criteria: tuple[Criterium, ...] = ()
    gedragen: Gedragen = Gedragen()
    reactieronde: Reactieronde = Reactieronde()


class Groep(_Closed):
    """A stakeholder group and the everyday words for it."""

    slug: GroepSlug
    naam: Tekst
    woorden: tuple[Tekst, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All names of the group: its name, its slug with spaces, and everyday words."""
        return (self.naam, re.sub("[_-]", " ", self.slug), *self.woorden)


class Actor(_Closed):
    """An actor that participants may name as trekker, and its other names."""

    naam: Tekst
    woorden: tuple[Tekst, ...] = ()


class Uitdaging(_Closed):
    """One of the note's challenges."""

    nummer: int = Field(ge=1, le=99)
    titel: Tekst
    uitleg: Tekst


class Vraag(_Closed):
    """One question of an opdracht.

    ``strengheid`` is how readily a thin answer leads to a ``doorvraag``: 0 never, 1 if the answer
    has almost no content, 2 sooner.
    """

    soort: Soort
    sleutel: Slug | None = None
    tekst: Tekst
    eenvoudiger: Tekst
    voorbeeld: Tekst
    doorvraag: tuple[Tekst, ...] = ()
    strengheid: int = Field(default=1, ge=0, le=2)

    @property
    def key(self) -> str:
        """The question's name within its opdracht: its kind, or its own key for an extra one."""
        return self.sleutel or self.soort


class Opdracht(_Closed):
    """One of the note's assignments, with its questions."""

    nummer: int = Field(ge=1, le=99)
    uitdaging: int
    titel: Tekst
    ambitie: Tekst
    uitleg: Tekst
    bron: str
    trekker: str = ""
    groepen: tuple[GroepSlug, ...] = Field(min_length=1)
    woorden: tuple[Tekst, ...] = Field(min_length=3)
    vragen: tuple[Vraag, ...] = Field(min_length=1)

    @property
    def code(self) -> str:
        """The short code shown to users, such as ``O04``."""
        return f"O{self.nummer:02d}"

    def descriptions(self) -> list[str]:
        """Texts that describe the opdracht: title, ambition, explanation, words, and questions."""
        texts = [self.titel, self.ambitie, self.uitleg, *self.woorden]
        for vraag in self.vragen:
            if vraag.soort in ("drempel", "voorstel"):
                texts += [vraag.tekst, vraag.eenvoudiger, vraag.voorbeeld]
        return texts

    def question(self, key: str) -> Vraag | None:
        """The question with this key, or None."""
        return next((vraag for vraag in self.vragen if vraag.key == key), None)

    def of_kind(self, soort: Soort) -> Vraag | None:
        """The first question of this kind, or None."""
        return next((vraag for vraag in self.vragen if vraag.soort == soort), None)


class Catalogue(_Closed):
    """A whole consultation."""

    consultatie: ConsultatieTeksten
    groepen: tuple[Groep, ...] = Field(min_length=1)
    uitdagingen: tuple[Uitdaging, ...] = Field(min_length=1)
    opdrachten: tuple[Opdracht, ...] = Field(min_length=1)
    actoren: tuple[Actor, ...] = ()

    def opdracht(self, nummer: int | None) -> Opdracht | None:
        """The opdracht with this number, or None."""
        return next((each for each in self.opdrachten if each.nummer == nummer), None)

    def vraag(self, nummer: int | None, key: str | None) -> Vraag | None:
        """The question of an opdracht with this key, or None."""
        opdracht = self.opdracht(nummer)
        return opdracht.question(key) if opdracht is not None and key is not None else None

    def soort(self, nummer: int | None, key: str | None) -> Soort | None:
        """The kind of the question with this key; None without a key.

        A key that the opdracht lacks is a fixed kind (``VASTE_SOORTEN``) itself, or an answer of a
        reaction round (``REACTIE_SOORTEN``), or else ``extra``.
        """
        if key is None:
            return None
        vraag = self.vraag(nummer, key)
        if vraag is not None:
            return vraag.soort
        if key in VASTE_SOORTEN:
            return key
        return REACTIE_SOORTEN.get(key.partition(":")[0], "extra")

    def groep(self, slug: str | None) -> Groep | None:
        """The stakeholder group with this slug, or None."""
        return next((each for each in self.groepen if each.slug == slug), None)

    def group_named(self, text: str) -> Groep | None:
        """The stakeholder group that a text names; None if it names none or several."""
        plain = text.casefold()
        hits = [groep for groep in self.groepen if any(_holds(plain, each) for each in groep.names)]
        return hits[0] if len(hits) == 1 else None

    def descriptions(self) -> dict[int, list[str]]:
        """Descriptive texts by opdracht number, for comparison with participants' words."""
        return {each.nummer: each.descriptions() for each in self.opdrachten}

    def toestemming(self, doel: str) -> Toestemming | None:
        """The consent purpose with this name, or None."""
        return next((each for each in self.consultatie.toestemmingen if each.doel == doel), None)

    @model_validator(mode="after")
    def _coheres(self) -> Catalogue:
        problems = list(_incoherences(self))
        if problems:
            path, text = problems[0]
            raise ValueError(f"{path}: {text}")
        return self


def load_catalogue(path: Path) -> Catalogue:
    """Loads the catalogue from a YAML file.

    Raises:
        CatalogueError: the file is missing, is no YAML, or does not fit the schema. The message
            names the file, the path to the wrong key and the correction.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise CatalogueError(
            f"{path}: de catalogus kan niet gelezen worden ({error.strerror}); zet "
            "SAMENSPRAAK_CATALOGUE op een bestaand YAML-bestand."
        ) from error
    except UnicodeDecodeError as error:
        raise CatalogueError(f"{path}: geen UTF-8; sla het bestand op als UTF-8.") from error
    try:
        raw = yaml.load(text, Loader=_UniqueKeyLoader)  # noqa: S506  (a SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"regel {mark.line + 1}, kolom {mark.column + 1}" if mark else "onbekende plaats"
        problem = getattr(error, "problem", None) or "geen geldige YAML"
        raise CatalogueError(f"{path}: {place}: {problem}; verbeter de YAML daar.") from error
    if not isinstance(raw, dict):
        raise CatalogueError(f"{path}: leeg of geen lijst van sleutels; zie data/opdrachten.yml.")
    try:
        return Catalogue.model_validate(raw)
    except ValidationError as error:
        found = [_explain(item) for item in error.errors()]
        more = f" (en nog {len(found) - 1} andere)" if len(found) > 1 else ""
        raise CatalogueError(f"{path}: {found[0]}{more}") from error


@lru_cache(maxsize=4)
def _cached(path: Path, _modified: int) -> Catalogue:
    return load_catalogue(path)


def catalogue_at(path: Path) -> Catalogue:
    """The catalogue in a file, cached until the file changes (by modification time)."""
    try:
        modified = path.stat().st_mtime_ns
    except OSError:
        modified = 0
    return _cached(path, modified)


# The loader in C takes a tenth of the time, and is in the wheels of PyYAML.
_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _UniqueKeyLoader(_SafeLoader):  # type: ignore[misc]
    """A YAML loader in which a repeated key is an error; by default the last one wins."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"de sleutel '{key}' staat er twee keer", key_node.start_mark
                )
            seen.add(key)
        made: dict[Any, Any] = super().construct_mapping(node, deep)
        return made


def _incoherences(catalogue: Catalogue) -> Any:
    doelen = [each.doel for each in catalogue.consultatie.toestemmingen]
    if "analyse" not in doelen:
        yield "consultatie.toestemmingen", "het doel 'analyse' ontbreekt; voeg het toe"
    yield from _repeats("consultatie.toestemmingen", "doel", doelen)
    yield from _repeats(
        "consultatie.prioriteiten",
        "waarde",
        [each.waarde for each in catalogue.consultatie.prioriteiten],
    )
    yield from _unclear_support(catalogue.consultatie.gedragen, len(catalogue.groepen))
    yield from _repeats(
        "consultatie.criteria",
        "sleutel",
        [each.sleutel for each in catalogue.consultatie.criteria],
    )
    groepen = [each.slug for each in catalogue.groepen]
    uitdagingen = [each.nummer for each in catalogue.uitdagingen]
    yield from _repeats("groepen", "slug", groepen)
    if UNKNOWN_GROUP in groepen:
        yield (
            f"groepen[{groepen.index(UNKNOWN_GROUP)}].slug",
            f"'{UNKNOWN_GROUP}' betekent al dat iemand geen groep noemde; kies een ander",
        )
    yield from _repeats("uitdagingen", "nummer", uitdagingen)
    yield from _repeats("actoren", "naam", [each.naam for each in catalogue.actoren])
    yield from _repeats("opdrachten", "nummer", [each.nummer for each in catalogue.opdrachten])
    for index, opdracht in enumerate(catalogue.opdrachten):
        place = f"opdrachten[{index}]"
        if opdracht.uitdaging not in uitdagingen:
            known = ", ".join(str(number) for number in uitdagingen)
            yield (
                f"{place}.uitdaging",
                f"{opdracht.uitdaging} is geen uitdaging; kies uit {known}",
            )
        for position, groep in enumerate(opdracht.groepen):
            if groep not in groepen:
                yield (
                    f"{place}.groepen[{position}]",
                    f"'{groep}' staat niet onder groepen; voeg de groep daar toe, of kies uit "
                    f"{', '.join(groepen)}",
                )
        words = len(opdracht.uitleg.split())
        if words > MAX_UITLEG_WOORDEN:
            yield (
                f"{place}.uitleg",
                f"{words} woorden; maak er hoogstens {MAX_UITLEG_WOORDEN} van",
            )
        for position, vraag in enumerate(opdracht.vragen):
            where = f"{place}.vragen[{position}].sleutel"
            if vraag.soort == "extra" and (not vraag.sleutel or vraag.sleutel in VASTE_SOORTEN):
                yield where, "een extra vraag heeft een eigen sleutel nodig, bv. 'kosten'"
            if vraag.soort != "extra" and vraag.sleutel:
                yield where, f"alleen bij soort 'extra'; een {vraag.soort}-vraag heeft er geen"
        yield from _repeats(f"{place}.vragen", "sleutel", [each.key for each in opdracht.vragen])


def _unclear_support(gedragen: Gedragen, groups: int) -> Any:
    if gedragen.voor_vanaf + gedragen.blokkeert_boven < 1:
        yield (
            "consultatie.gedragen.blokkeert_boven",
            f"{gedragen.blokkeert_boven} is te laag bij voor_vanaf {gedragen.voor_vanaf}: een "
            "groep zou tegelijk voor zijn en blokkeren; samen moeten ze minstens 1 zijn",
        )
    if gedragen.minste_groepen > groups:
        yield (
            "consultatie.gedragen.minste_groepen",
            f"{gedragen.minste_groepen} is meer dan de {groups} groepen van de catalogus; kies "
            f"hoogstens {groups}",
        )


def _holds(plain: str, name: str) -> bool:
    """Whether a case-folded text holds a name as whole words."""
    word = name.casefold()
    return word in plain and bool(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", plain))


def _repeats(place: str, key: str, values: list[Any]) -> Any:
    for index, value in enumerate(values):
        if value in values[:index]:
            yield f"{place}[{index}].{key}", f"'{value}' komt al eerder voor; kies een ander"


_MODELS: dict[str, type[BaseModel]] = {
    "consultatie": ConsultatieTeksten,
    "contact": Contact,
    "toestemmingen": Toestemming,
    "prioriteiten": Prioriteit,
    "gedragen": Gedragen,
    "reactieronde": Reactieronde,
    "groepen": Groep,
    "actoren": Actor,
    "uitdagingen": Uitdaging,
    "opdrachten": Opdracht,
    "vragen": Vraag,
}


def _explain(item: Any) -> str:
    loc = tuple(item["loc"])
    place = _path(loc)
    name = str(loc[-1]) if loc else ""
    kind = item["type"]
    value = item.get("input")
    if kind == "value_error" and not loc:
        return str(item["ctx"]["error"])
    if kind == "missing":
        return f"{place}: ontbreekt; voeg '{name}' toe"
    if kind == "extra_forbidden":
        owner = next((part for part in reversed(loc[:-1]) if isinstance(part, str)), None)
        known = list((_MODELS.get(owner or "", Catalogue)).model_fields)
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"bedoelde u '{near[0]}'?" if near else f"kies uit {', '.join(known)}"
        return f"{place}: onbekende sleutel; {hint}"
    if kind == "literal_error":
        choices = str(item["ctx"]["expected"]).replace("'", "").replace(" or ", ", ")
        noun = next((str(part) for part in reversed(loc) if isinstance(part, str)), "waarde")
        return f"{place}: '{value}' is geen {noun}; kies uit {choices}"
    if kind in ("greater_than", "greater_than_equal", "less_than", "less_than_equal"):
        bound = next(iter(item["ctx"].values()))
        least = {"greater_than": "meer dan", "greater_than_equal": "minstens"}
        most = {"less_than": "minder dan", "less_than_equal": "hoogstens"}
        return f"{place}: {value} past niet; kies {(least | most)[kind]} {bound}"
    wanted_types = ("string_type", "int_parsing", "int_type", "bool_type", "bool_parsing")
    if kind in (*wanted_types, "float_type", "float_parsing"):
        wanted = {
            "s": "een tekst",
            "i": "een geheel getal",
            "b": "true of false",
            "f": "een getal, zoals 0.66",
        }[kind[0]]
        return f"{place}: {value!r} past niet; schrijf {wanted}"
    if kind == "string_too_short":
        return f"{place}: leeg; vul een tekst in"
    if kind in ("too_short", "too_long"):
        context = item["ctx"]
        bound = (
            f"minstens {context['min_length']}"
            if kind == "too_short"
            else f"hoogstens {context['max_length']}"
        )
        return f"{place}: {context['actual_length']} onderdelen; geef er {bound}"
    if kind == "string_too_long":
        return f"{place}: '{value}' is te lang; hoogstens {item['ctx']['max_length']} tekens"
    if kind == "string_pattern_mismatch":
        return f"{place}: '{value}' mag alleen kleine letters, cijfers, - en _ bevatten"
    return f"{place}: {value!r} past niet ({item['msg']}); zie data/opdrachten.yml"


def _path(loc: tuple[Any, ...]) -> str:
    text = ""
    for part in loc:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")
