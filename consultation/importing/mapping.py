"""Which column of a survey export is which question, group, organisation, date and consent.

A mapping is a YAML file, made by hand or guessed from an export, and used for each next export of
the same survey. Each answer of a response becomes an answer of one participant.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from consultation.catalogue import Catalogue
from consultation.errors import ImportFileError
from consultation.importing.dates import read_moment
from consultation.importing.tables import Record, SkippedRows, Table, named
from consultation.importing.text import on_lines
from consultation.importing.values import (
    Unreadable,
    asked,
    folded,
    group_slug,
    is_empty,
    opdracht_number,
    question_key,
    recognised_ids,
    recognised_participants,
    shown,
    yes_or_no,
)
from language.folding import is_unseen

NO_GROUP = "geen"
"""In ``SurveyMapping.group_values``: a value that names no group."""

_SAMPLES = 300
_LEAST_WORDS = 3
_GROUPS, _NAMED_GROUPS = 0.8, 0.5
_GROUP_NAME = re.compile(
    r"\b(?:doel)?groep\b|\bgroup\b|\bgrp\b|\b(?:u|jij|je) bent\b|\bwie ben(?:t u| jij| je)\b"
    r"|\bnamens wie\b|\bik (?:antwoord|spreek|reageer)\b|\b(?:soort|type) organisatie\b|\bprofiel\b"
    r"|\b(?:welke|vanuit|uw|jouw) (?:welke )?(?:rol|hoedanigheid|functie)\b"
    r"|\b(?:omschrijft|beschrijft) (?:u|je|jou)\b|\bzichzelf noemen\b|\bik ben\b"
)
_LONG_GROUP = 6
_MOST_GROUPS = 30
_MOST_CHOICES = 15
_CHOSEN = 0.5
_OPTION = re.compile(r".*\[([^\[\]]{2,80})\]")
_CODE = re.compile(r"^[\w\[\]]{1,30}[.:]\s+|^\d{1,3}[.)]\s+")
_YES = frozenset({"ja", "yes", "oui", "y", "1", "true", "x"})
_NO = frozenset({"nee", "no", "non", "0", "false", "n/a"})


class QuestionColumn(BaseModel):
    """A column with answers: its name, and the opdracht and question that it asked, where known.

    ``title`` names a column whose words come before the answer, such as the title of a proposal.
    """

    model_config = ConfigDict(extra="forbid")
    column: str
    opdracht: int | None = None
    question: str | None = None
    title: str | None = None


class SurveyMapping(BaseModel):
    """The columns of a survey export; ``survey`` names it, the same for each export.

    ``groups`` has a column per group, where each group is a box to tick. ``group_values`` says of
    values in the column of groups which group they are, or ``NO_GROUP``.
    """

    model_config = ConfigDict(extra="forbid")
    survey: str = Field(min_length=1, max_length=200)
    questions: list[QuestionColumn] = Field(min_length=1)
    id: str | None = None
    participant: str | None = None
    opdracht: str | None = None
    question: str | None = None
    group: str | None = None
    groups: dict[str, str] = Field(default_factory=dict)
    organisation: str | None = None
    submitted_at: str | None = None
    citaat: str | None = None
    group_values: dict[str, str] = Field(default_factory=dict)

    @field_validator("group_values", mode="before")
    @classmethod
    def _as_text(cls, values: object) -> object:
        """The values as text: YAML reads a value such as 3 as a number, and nothing as null."""
        if not isinstance(values, dict):
            return values
        return {str(name): NO_GROUP if slug is None else slug for name, slug in values.items()}

    def group_of(self, value: str | None) -> str | None:
        """The group to read a value as: what the mapping says of it, else the value itself."""
        known = {folded(name): slug for name, slug in self.group_values.items()}
        found = value if value is None else known.get(folded(value), value)
        return None if found == NO_GROUP else found


def read_mapping(path: Path, catalogue: Catalogue) -> SurveyMapping:
    """The mapping in a YAML file.

    Raises:
        ImportFileError: it cannot be read or does not fit; names the field and the correction.
    """
    try:
        found = SurveyMapping.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ImportFileError(f"{path}: cannot be read ({error.strerror}).") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())[:160]
        raise ImportFileError(f"{path}: is no YAML ({reason}).") from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "the file"
        raise ImportFileError(f"{path}: {field}: {first['msg']}; see docs/importing.md.") from error
    check_mapping(found, catalogue, str(path))
    return found


def check_mapping(mapping: SurveyMapping, catalogue: Catalogue, place: str) -> None:
    """Checks that a mapping names what the catalogue has; ``place`` names the mapping in messages.

    Raises:
        ImportFileError: it names an opdracht, question or group that is not there.
    """
    for each in mapping.questions:
        if each.opdracht is not None and catalogue.opdracht(each.opdracht) is None:
            raise ImportFileError(f"{place}: there is no opdracht {each.opdracht}.")
        if each.question is not None:
            try:
                question_key(each.question, each.opdracht, catalogue)
            except Unreadable as error:
                raise ImportFileError(f"{place}: {error}") from error
    known = {each.slug for each in catalogue.groepen}
    for field, slugs in (
        ("groups", set(mapping.groups)),
        ("group_values", {*mapping.group_values.values()} - {NO_GROUP}),
    ):
        for slug in sorted(slugs - known):
            raise ImportFileError(
                f"{place}: {field}: '{slug}' is not a group; choose from "
                f"{', '.join(sorted(known))}."
            )


def columns_of(mapping: SurveyMapping) -> list[str]:
    """The columns that a mapping names, as it writes them."""
    names = (
        *(name for each in mapping.questions for name in (each.column, each.title)),
        *(mapping.id, mapping.participant, mapping.opdracht, mapping.question, mapping.group),
        *(mapping.organisation, mapping.submitted_at, mapping.citaat, *mapping.groups.values()),
    )
    return [name for name in names if name is not None]


def mapping_text(mapping: SurveyMapping) -> str:
    """A mapping as YAML."""
    fields = mapping.model_dump(exclude_none=True, exclude_defaults=True)
    return str(yaml.safe_dump(fields, allow_unicode=True, sort_keys=False, width=1_000))


def mapped(path: Path, table: Table, mapping: SurveyMapping) -> Table:
    """A table with one answer per row, in the columns of ``consultation.importing.tables``.

    Raises:
        ImportFileError: columns of the mapping are missing; names them.
    """
    _check_columns(path, table, mapping)
    raw = [_cell(each, mapping.id) for each in table.records]
    if mapping.id is None:
        # Forms without a number have a moment, which tells responses apart; a day alone does not.
        raw = [_cell(each, mapping.submitted_at) for each in table.records]
        if any(number > 1 for each, number in Counter(raw).items() if each is not None):
            raw = [None] * len(raw)
    ids = recognised_ids(raw)
    found = Table(warnings=list(table.warnings), left_out=list(table.left_out))
    people = recognised_participants([_cell(each, mapping.participant) for each in table.records])
    for said, places in (*ids.warnings, *people.warnings):
        lines = on_lines([table.records[place].line for place in places])
        found.warnings.append(f"{lines}: {said}")
    empty: list[int] = []
    seen: dict[str, int] = {}
    for record, own, person in zip(table.records, ids.values, people.values, strict=True):
        if own is not None and mapping.question is None and mapping.opdracht is None:
            seen[own] = seen.get(own, 0) + 1
            own = own if seen[own] == 1 else f"{own} ({seen[own]})"
        if person is None and own is None:
            # Nothing tells the response apart but all that it says.
            said = hashlib.sha256(repr(sorted(record.cells.items())).encode()).hexdigest()[:16]
            seen[said] = seen.get(said, 0) + 1
            person = f"{said} ({seen[said]})"
        answers = _answers(record, own, person or own or "", mapping)
        if not answers:
            empty.append(record.line)
        found.records += answers
    if empty:
        found.left_out.append(SkippedRows("without text", tuple(empty)))
    found.columns = list(dict.fromkeys(name for each in found.records for name in each.cells))
    return found


def _answers(record: Record, own: str | None, person: str, mapping: SurveyMapping) -> list[Record]:
    about = {
        "opdracht": _cell(record, mapping.opdracht),
        "question": _cell(record, mapping.question),
        "group": mapping.group_of(_cell(record, mapping.group)) or _ticked(record, mapping),
        "organisation": _cell(record, mapping.organisation),
        "submitted_at": _cell(record, mapping.submitted_at),
        "citaat": _cell(record, mapping.citaat),
    }
    found = []
    for question in mapping.questions:
        text = str(record.cells.get(named(question.column)) or "")
        title = _cell(record, question.title)
        if is_unseen(text) and not title:
            continue
        cells = {
            **about,
            "text": "\n\n".join(filter(None, (title, "" if is_unseen(text) else text))),
            "participant": f"{mapping.survey} {person}",
        }
        if own is not None:
            parts = (own, about["opdracht"], about["question"], named(question.column))
            cells["id"] = " / ".join(filter(None, parts))
        if question.opdracht is not None:
            cells["opdracht"] = str(question.opdracht)
        if question.question is not None:
            cells["question"] = question.question
        found.append(Record(record.line, cells))
    return found


def unknown_groups(
    table: Table, column: str, told: Iterable[str], catalogue: Catalogue
) -> Counter[str]:
    """The values of a column of groups that are no group, with the number of their rows.

    The values in ``told``, of which somebody said what they are, are among them. Case and accents
    make no other value: the spelling in ``told`` stands for all, else the first one.
    """
    spelled = {folded(name): name for name in told}
    given = set(spelled)
    found: Counter[str] = Counter()
    for each in table.records:
        cell = _cell(each, column)
        if cell is None or is_empty(cell):
            continue
        spelling = spelled.setdefault(folded(cell), cell)
        if found[spelling] or folded(cell) in given or not _group(cell, catalogue):
            found[spelling] += 1
    return +found


def _check_columns(path: Path, table: Table, mapping: SurveyMapping) -> None:
    missing = [name for name in columns_of(mapping) if named(name) not in table.columns]
    if missing:
        known = ", ".join(shown(each) for each in table.columns[:20])
        raise ImportFileError(
            f"{path}: there is no column {', '.join(map(shown, missing[:5]))}, which the mapping "
            f"names (found: {known}); correct the mapping."
        )


def _cell(record: Record, column: str | None) -> str | None:
    if column is None:
        return None
    value = record.cells.get(named(column))
    return " ".join(str(value).split()) or None if value is not None else None


def _ticked(record: Record, mapping: SurveyMapping) -> str | None:
    for slug, column in mapping.groups.items():
        tick = (_cell(record, column) or "").lower()
        if tick and tick not in _NO:
            return slug
    return None


class _Kind(NamedTuple):
    """A field of the mapping, and how the column of it is called in exports."""

    field: str
    names: re.Pattern[str]


_FIELDS = (
    _Kind(
        "id",
        re.compile(
            r"id\. .*id"
            r"|(?:response|respondent|antwoord|contribution|submission)[\s_-]?id|volg(?:nr|nummer)"
            r"|_?uuid|_id|id|nr|nummer|reference|referentie|respons-?id|comment-id"
        ),
    ),
    _Kind(
        "participant",
        re.compile(
            r"(?:author|user|auteur)[\s_/.-]?id|id (?:auteur|author|deelnemer)"
            r"|respondent(?:nummer|nr)?|deelnemer(?:snummer|nummer|nr)?|participant|persoon"
        ),
    ),
    _Kind(
        "submitted_at",
        re.compile(
            r"submitdate\b.*|recordeddate|enddate|end date|completion time|voltooiingstijd"
            r"|tijdstempel|timestamp|horodateur|submitted[ _]at|date submitted|_submission_time"
            r"|created[ _]at|published[ _]at|creation date|date modified|datetime|datum.*"
            r"|tijd van voltooien|(?:ingediend|ingevuld|verzonden|gepubliceerd|beantwoord)[ _]o[pm]"
            r"|last update"
        ),
    ),
    _Kind(
        "organisation",
        re.compile(
            r"\A(?!.{0,200}\b(?:soort|type|groep)\b).{0,200}organisati(?:e|on)\b.{0,200}"
            r"|\A.{0,200}vereniging of bedrijf.{0,200}|org"
        ),
    ),
    _Kind(
        "citaat",
        re.compile(
            r"\A.{0,200}\b(?:citeren|geciteerd|citaat|quoted?|citer)\b.{0,200}|cit"
            # To be called, kept or studied is no consent to be quoted.
            r"|\A(?!.{0,200}\b(?:bellen|mailen|contacteren|contact|opslaan|bewaren|bewaard|gegevens"
            r"|verwerk\w*|analys\w*|onderzoek|privacy\w*|avg|gdpr)\b).{0,200}"
            r"\b(?:mogen|mag|akkoord|toestemming|toe|ermee in|agree|consent)\b.{0,200}"
            r"\b(?:antwoord(?:en)?|woorden|zin(?:nen)?|uitspra(?:ak|ken)|bijdrage|tekst|inzending"
            r"|reactie|mening|schreef|zegt|zei|uwe|overnemen|overgenomen|gebruiken|gebruikt"
            r"|publiceren|gepubliceerd|bekendgemaakt|aanhalen|aangehaald|tonen|getoond|delen"
            r"|gedeeld|afdrukken|publish(?:ed)?)\b.{0,200}"
        ),
    ),
)
_OPDRACHTEN = re.compile(r".{0,40}\bopdracht(?:en|nummer|nr)?\b.{0,20}|thema|onderwerp|uitdaging")
_ASKS = re.compile(r"(?:soort |type )?vraag(?: ?tekst)?|question|soort|type|rubriek|kind")
_SKIPPED = re.compile(
    r"startdate|start date|start time|begintijd|start|end|status|progress|finished|ipaddress"
    r"|ip address|duration.*|recipient.*|external.*|location.*|distributionchannel|userlanguage"
    r"|lastpage\b.*|startlanguage\b.*|seed\b.*|refurl\b.*|collector.*|custom data.*|e-?mail.*"
    r"|.*\be-?mail(?:adres|address)?|name|naam|first name|last name|voornaam|achternaam|_.*|uuid"
    r"|.*latitude|.*longitude|.*altitude|.*precision|.*\burl\b.*|link|slug|state|tags?|category.*"
    r"|scope.*|component.*|author.*|user.*|votes?.*|likes?.*|comments?.*|language|languages?|taal"
    r"|__version__|deviceid|formhub.*|meta/.*|points.*|feedback.*|quiz feedback.*|total points"
    r"|image.*|attachments?.*|reference|created.*|published.*|updated.*|moderated|agrees|disagrees"
)
_CHOICES = re.compile(
    r"\b(?:vink aan|duid (?:alles )?aan|meerdere antwoorden|kruis aan|select all|selected choice)\b"
)
_IS_WORD = re.compile(r"[^\w\s]{0,3}[^\W\d_]+(?:['’-][^\W\d_]+)*[^\w\s]{0,5}")
_TITLES = ("title", "title/nl", "titel", "title (nl)", "title_nl", "name of idea")
_BODIES = (
    *(
        "body",
        "body/nl",
        "description",
        "description/nl",
        "summary",
        "beschrijving",
        "omschrijving",
    ),
    *("comment-body", "body_nl", "description_nl", "text", "tekst", "content"),
)
_QUESTIONS = (
    ("prioriteit", re.compile(r"\b(?:dringend|prioriteit|priority|belangrijk)\b")),
    ("trekker", re.compile(r"\b(?:trekker|wie (?:moet|zou|kan|neemt)|trekt|leiding)\b")),
    (
        "voorstel",
        re.compile(
            r"\b(?:stelt u|voorstel\w*|oplossing\w*|id[eé]e\w*|actie\w*|zou u|wat moet|"
            r"wat kan|verbeter\w*|suggest\w*|propos\w*|aanbeveling\w*|wensen?)\b"
        ),
    ),
    (
        "drempel",
        re.compile(
            r"\b(?:houdt|tegen\w*|drempel\w*|moeilijk\w*|hinder\w*|belemmer\w*|probleem|problemen|obsta\w*|"
            r"barri\w*|mis(?:loopt)?|ontbreekt|knelpunt\w*)\b"
        ),
    ),
)


def guessed(table: Table, survey: str, catalogue: Catalogue) -> SurveyMapping:
    """The mapping that fits a survey export most likely, by its names and its cells.

    Raises:
        ImportFileError: no column holds answers in words.
    """
    left = [name for name in table.columns if any(_samples(table, name))]
    fields: dict[str, Any] = {"survey": survey}
    questions = {name for name in left if asked(_wording(table, name), catalogue)}
    for field, names in _FIELDS:
        fits: Callable[[str], bool] = {
            "submitted_at": lambda name: _are_dates(_samples(table, name)),
            "id": lambda name: _differ(_samples(table, name)),
            "citaat": lambda name: _are_consents(_samples(table, name)),
        }.get(field, lambda _: True)
        column = next(
            (
                each
                for each in left
                if each not in questions
                and (names.fullmatch(each) or names.fullmatch(_wording(table, each)))
                and fits(each)
            ),
            None,
        )
        if column is not None:
            fields[field] = column
            left.remove(column)
    groups = _ticked_groups(table, left, catalogue)
    if groups:
        fields["groups"] = groups
        left = [name for name in left if name not in groups.values()]
    group = _group_column(table, [each for each in left if each not in questions], catalogue)
    if group is not None and not groups:
        fields["group"] = group
        left.remove(group)
    for field, names, known in (
        ("opdracht", _OPDRACHTEN, lambda cell: _names_opdracht(cell, catalogue)),
        ("question", _ASKS, lambda cell: _names_question(cell, catalogue)),
    ):
        column = next(
            (each for each in left if names.fullmatch(each) and _mostly(table, each, known)), None
        )
        if column is not None:
            fields[field] = column
            left.remove(column)
    fields["questions"] = _questions(table, left, catalogue)
    if not fields["questions"]:
        raise ImportFileError(
            f"{survey}: no column holds answers in words; name the columns in a mapping yourself "
            "(docs/importing.md)."
        )
    return SurveyMapping.model_validate(fields)


def _ticked_groups(table: Table, left: Sequence[str], catalogue: Catalogue) -> dict[str, str]:
    """The boxes to tick of one question, by group: most of its options are groups."""
    options: dict[str, dict[str, str | None]] = {}
    for name in left:
        option = _OPTION.fullmatch(name)
        if option and _are_ticks(_samples(table, name), option[1]):
            stem = name[: option.start(1) - 1]
            options.setdefault(stem, {})[name] = _group(option[1], catalogue)
    for stem, found in options.items():
        named_groups = {slug: name for name, slug in found.items() if slug}
        if 2 * len(named_groups) >= len(found) and (
            len(named_groups) > 1 or _GROUP_NAME.search(stem)
        ):
            return named_groups
    return {}


def _wording(table: Table, name: str) -> str:
    """What a column asks: its wording beside the name, or the name without a code before it."""
    return named(table.labels.get(name, _CODE.sub("", name)))


def _group_column(table: Table, left: Sequence[str], catalogue: Catalogue) -> str | None:
    """The column whose values are groups; else one that is called so and has few values."""
    likely = [each for each in left if _is_group(table, each, catalogue)]
    called = [each for each in left if _GROUP_NAME.search(_wording(table, each))]
    few = [
        each
        for each in called
        if not _OPTION.fullmatch(each)
        and 0 < len(set(_samples(table, each))) <= _MOST_GROUPS
        and _mean_words(_samples(table, each)) <= _LONG_GROUP
    ]
    both = [each for each in likely if each in called]
    return next(iter([*both, *likely, *few]), None)


def _names_opdracht(cell: str, catalogue: Catalogue) -> bool:
    try:
        return bool(opdracht_number(cell, catalogue))
    except Unreadable:
        return False


def _names_question(cell: str, catalogue: Catalogue) -> bool:
    if asked(cell, catalogue):
        return True
    try:
        return bool(question_key(cell, None, catalogue))
    except Unreadable:
        return False


def _mostly(table: Table, name: str, known: Callable[[str], bool]) -> bool:
    kinds = set(_samples(table, name))
    return bool(kinds) and sum(map(known, kinds)) >= 0.5 * len(kinds)


def _questions(table: Table, left: list[str], catalogue: Catalogue) -> list[QuestionColumn]:
    title = next((each for each in _TITLES if each in left), None)
    body = next((each for each in _BODIES if each in left), None)
    if body is not None and (title is not None or body not in ("text", "tekst")):
        return [QuestionColumn(column=body, title=title, question="voorstel" if title else None)]
    found = []
    for name in left:
        cells = _samples(table, name)
        wording = _wording(table, name)
        own = asked(wording, catalogue)
        if _SKIPPED.fullmatch(name) or not (_are_words(cells) or (own and _are_texts(cells))):
            continue
        if _are_choices(cells) or _CHOICES.search(wording):
            continue
        kind = next((key for key, words in _QUESTIONS if words.search(wording)), None)
        opdracht, question = own or (None, kind)
        found.append(
            QuestionColumn(
                column=name,
                opdracht=opdracht or _opdracht(wording, catalogue) or _opdracht(name, catalogue),
                question=question,
            )
        )
    return found


def _samples(table: Table, name: str) -> list[str]:
    cells = (str(each.cells.get(name) or "").strip() for each in table.records[:_SAMPLES])
    return [cell for cell in cells if cell and not is_empty(cell)]


def _differ(cells: Sequence[str]) -> bool:
    return len(set(cells)) == len(cells)


def _are_dates(cells: Sequence[str]) -> bool:
    some = cells[:20]
    dates = [each for each in some if read_moment(each, False) or read_moment(each, True)]
    return len(dates) >= 0.5 * len(some)


def _are_ticks(cells: Sequence[str], option: str) -> bool:
    return all(each.lower() in {*_YES, *_NO, option} for each in cells)


def _is_group(table: Table, name: str, catalogue: Catalogue) -> bool:
    """Whether most values of a column are groups, or half of them if its name says so."""
    kinds = set(_samples(table, name))
    known = [each for each in kinds if len(each) > 2 and _group(each, catalogue)]
    least = _NAMED_GROUPS if _GROUP_NAME.search(name) else _GROUPS
    return len(kinds) > 1 and len(known) >= least * len(kinds)


def _are_words(cells: Sequence[str]) -> bool:
    """Whether a column holds answers in words, rather than names, numbers or choices."""
    if not cells or (len(cells) > 5 and len(set(cells)) < len(cells) / 3):
        return False
    words = [_count_words(each) for each in cells]
    return sum(words) / len(words) >= _LEAST_WORDS and not _are_dates(cells)


def _are_texts(cells: Sequence[str]) -> bool:
    """Whether any cell is a text, however short: of a column that asks a question we know."""
    return any(_count_words(each) for each in cells) and not _are_dates(cells)


def _mean_words(cells: Sequence[str]) -> float:
    return sum(len(each.split()) for each in cells) / len(cells)


def _count_words(cell: str) -> int:
    """The words of a cell; an address, a code or the name of a file is none."""
    return sum(bool(_IS_WORD.fullmatch(each)) for each in cell.split())


def _are_choices(cells: Sequence[str]) -> bool:
    """Whether cells are made of the same few choices, with commas or semicolons between them."""
    if sum(each.endswith(";") for each in cells) > 0.6 * len(cells):
        # So Microsoft Forms writes what was ticked.
        return True
    chosen = [set(filter(None, map(str.strip, re.split("[,;|]", each)))) for each in cells]
    times = Counter(part for parts in chosen for part in parts)
    again = sum(number for number in times.values() if number > 1)
    return len(cells) > 2 and len(times) <= _MOST_CHOICES and again >= _CHOSEN * sum(times.values())


def _are_consents(cells: Sequence[str]) -> bool:
    """Whether most cells say yes or no, in few ways."""
    if len(set(cells)) > 4:
        return False
    return sum(map(_says_yes_or_no, cells)) >= 0.5 * len(cells)


def _says_yes_or_no(cell: str) -> bool:
    try:
        yes_or_no(cell)
    except Unreadable:
        return False
    return True


def _group(value: str, catalogue: Catalogue) -> str | None:
    try:
        return group_slug(value, catalogue)[0]
    except Unreadable:
        return None


def _opdracht(wording: str, catalogue: Catalogue) -> int | None:
    match = re.search(r"\b(?:opdracht[\s_-]{0,3}|o(?=\d{1,2}_))(\d{1,2})(?![^\W_])", wording)
    if match and catalogue.opdracht(int(match[1])) is not None:
        return int(match[1])
    for part in re.split(r"[:\[\]()|–—]", wording):
        if len(part.split()) > 2:
            try:
                return opdracht_number(part.strip(), catalogue)[0]
            except Unreadable:
                continue
    return None
