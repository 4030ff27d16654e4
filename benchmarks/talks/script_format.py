"""The format of scripted talks, see ``benchmarks/talks/FORMAT.md``: reading and checking.

What is wrong with a file is told by the number of participant and turn, never by their texts: the
files of the blind set are checked by people who may not read them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from consultation.settings import ROOT

FOLDER = ROOT / "benchmarks" / "talks"
SETS = ("known", "blind")
FEWEST, MOST = 8, 15

STEPS = (
    "toestemming",
    "groep",
    "opdracht",
    "vraag",
    "keuze",
    "bevestigen",
    "verder",
    "beheer",
    "einde",
)
QUESTIONS = ("drempel", "voorstel", "trekker", "prioriteit")
PURPOSES = ("analyse", "citaat", "organisatie")
GROUPS = (
    "werknemersorganisatie",
    "werkgeversorganisatie",
    "publieke_opleider",
    "private_opleider",
    "hoger_onderwijs",
    "lokaal_bestuur",
    "sociaal_cultureel",
    "arbeidsbemiddeling",
    "technologie_en_startups",
    "adviesorgaan",
    "burger",
    "andere",
)
KINDS = (
    "elderly",
    "dialect",
    "phone",
    "angry",
    "french",
    "english",
    "german",
    "changing-mind",
    "several-subjects",
    "second-thoughts",
    "trolling",
    "professional",
    "privacy",
    "plain-language",
    "chatty",
    "hurried",
    "distressed",
    "returning",
)


class FormatError(ValueError):
    """A file does not fit the format; the message says where, without any text of the file."""


@dataclass(frozen=True)
class Place:
    """Where a talk stands: a step, and as far as it matters an opdracht and a question."""

    step: str
    opdracht: int | None = None
    question: str | None = None

    def holds(self, other: Place) -> bool:
        """Whether the other place is this one, as far as this one says."""
        return (
            self.step == other.step
            and self.opdracht in (None, other.opdracht)
            and self.question in (None, other.question)
        )

    def __str__(self) -> str:
        """As written in a file."""
        return " ".join(str(part) for part in (self.step, self.opdracht, self.question) if part)


@dataclass(frozen=True)
class AnswerName:
    """An answer: its question, and the opdracht where it is not the open one."""

    question: str
    opdracht: int | None = None


@dataclass(frozen=True)
class Expectation:
    """What must hold after a turn; what is not said (``None`` or empty) may be anything."""

    at: tuple[Place, ...] = ()
    kept: tuple[AnswerName, ...] = ()
    kept_anywhere: bool = False
    stored: bool | None = None
    answers: Mapping[AnswerName, str | None] = field(default_factory=dict)
    gone: Mapping[AnswerName, str] = field(default_factory=dict)
    consent: Mapping[str, bool] = field(default_factory=dict)
    group: tuple[str | None, ...] = ()
    says: tuple[str, ...] = ()
    says_not: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    receipt: bool = False
    erased: bool = False
    any_of: tuple[Expectation, ...] = ()

    def parts(self) -> Iterator[Expectation]:
        """This and all its alternatives."""
        yield self
        for each in self.any_of:
            yield from each.parts()


@dataclass(frozen=True)
class Turn:
    """One thing that a participant does."""

    say: str | None
    tap: str | None
    when: tuple[Place, ...]
    content: str | None
    may_change: tuple[AnswerName, ...]
    may_change_all: bool
    followup: bool
    again: bool
    expect: Expectation

    @property
    def returns(self) -> bool:
        """Whether the participant leaves and comes back with the receipt code."""
        return self.say is None and self.tap is None


@dataclass(frozen=True)
class Script:
    """One participant."""

    name: str
    kind: str
    brief: str
    opdracht: int | None
    turns: tuple[Turn, ...]


def files(name: str) -> list[Path]:
    """The files of a set."""
    return sorted(FOLDER.glob(f"{name}*.yml"))


def read_set(name: str) -> list[Script]:
    """All participants of a set.

    Raises:
        FormatError: a file does not fit the format, or two participants share a name.
    """
    found = [script for path in files(name) for script in read(path)]
    names = [script.name for script in found]
    if len(set(names)) != len(names):
        raise FormatError(f"the set {name} has two participants with one name")
    return found


def read(path: Path) -> list[Script]:
    """The participants of one file.

    Raises:
        FormatError: it does not fit the format.
    """
    try:
        loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        raise FormatError(f"{path.name}: line {line} is not YAML") from None
    return parse(loaded, path.name)


def parse(loaded: Any, name: str = "file") -> list[Script]:
    """The participants of what was loaded from a file.

    Raises:
        FormatError: it does not fit the format.
    """
    top = _mapping(loaded, name, {"participants"})
    rows = _list(top.get("participants"), name)
    return [_script(row, f"{name}: participant {number}") for number, row in enumerate(rows, 1)]


def _script(row: Any, where: str) -> Script:
    found = _mapping(row, where, {"name", "kind", "brief", "opdracht", "turns"})
    for key in ("name", "kind", "brief"):
        if not isinstance(found.get(key), str) or not found[key].strip():
            raise FormatError(f"{where}: {key} is missing or not a text")
    if found["kind"] not in KINDS:
        raise FormatError(f"{where}: kind must be one of {', '.join(KINDS)}")
    opdracht = found.get("opdracht")
    if opdracht is not None:
        opdracht = _number(opdracht, f"{where}: opdracht")
    rows = _list(found.get("turns"), f"{where}: turns")
    if not FEWEST <= len(rows) <= MOST:
        raise FormatError(f"{where}: {len(rows)} turns; {FEWEST} to {MOST} are wanted")
    turns: list[Turn] = []
    for number, each in enumerate(rows, 1):
        turns.append(_turn(each, f"{where}, turn {number}", turns[-1] if turns else None))
    return Script(found["name"], found["kind"], found["brief"], opdracht, tuple(turns))


def _turn(row: Any, where: str, before: Turn | None) -> Turn:
    keys = {"say", "tap", "return", "when", "content", "may_change", "followup", "again", "expect"}
    found = _mapping(row, where, keys)
    does = [key for key in ("say", "tap", "return") if key in found]
    if len(does) != 1:
        raise FormatError(f"{where}: exactly one of say, tap and return is wanted")
    if does == ["return"] and found["return"] is not True:
        raise FormatError(f"{where}: return can only be true")
    say = _text(found["say"], f"{where}: say") if "say" in found else None
    tap = _text(found["tap"], f"{where}: tap") if "tap" in found else None
    flags = {key: _flag(found.get(key, False), f"{where}: {key}") for key in ("followup", "again")}
    if flags["followup"] and say is None:
        raise FormatError(f"{where}: only what is said can answer a follow-up")
    when = _places(found["when"], f"{where}: when") if "when" in found else ()
    if not when and before is not None and not flags["followup"]:
        when = before.expect.at
    may_change = found.get("may_change", [])
    everything = may_change == "all"
    names = [] if everything else _list(may_change, f"{where}: may_change", empty=True)
    return Turn(
        say=say,
        tap=tap,
        when=when,
        content=_content(found.get("content", False), say, where),
        may_change=tuple(_answer(each, f"{where}: may_change") for each in names),
        may_change_all=everything,
        followup=flags["followup"],
        again=flags["again"],
        expect=_expect(found.get("expect", {}), f"{where}: expect"),
    )


def _content(value: Any, say: str | None, where: str) -> str | None:
    if value is False:
        return None
    if say is None:
        raise FormatError(f"{where}: only what is said can be content")
    if value is True:
        return say
    part = _text(value, f"{where}: content")
    if part not in say:
        raise FormatError(f"{where}: content is not a part of what is said")
    return part


def _expect(row: Any, where: str) -> Expectation:
    keys = {
        "at",
        "kept",
        "stored",
        "answers",
        "gone",
        "consent",
        "group",
        "says",
        "says_not",
        "offers",
        "receipt",
        "erased",
        "any_of",
    }
    found = _mapping(row, where, keys)
    kept = found.get("kept", [])
    stored = found.get("stored")
    if stored not in (None, False):
        raise FormatError(f"{where}: stored can only be false; use kept")
    answers = _mapping(found.get("answers", {}), f"{where}: answers")
    gone = _mapping(found.get("gone", {}), f"{where}: gone")
    consent = _mapping(found.get("consent", {}), f"{where}: consent", set(PURPOSES))
    alternatives = _list(found.get("any_of", []), f"{where}: any_of", empty=True)
    return Expectation(
        at=_places(found["at"], f"{where}: at") if "at" in found else (),
        kept=()
        if kept == "any"
        else tuple(_answer(each, f"{where}: kept") for each in _one_or_more(kept)),
        kept_anywhere=kept == "any",
        stored=stored,
        answers={
            _answer(key, f"{where}: answers"): None
            if value is None
            else _text(value, f"{where}: answers")
            for key, value in answers.items()
        },
        gone={
            _answer(key, f"{where}: gone"): _text(value, f"{where}: gone")
            for key, value in gone.items()
        },
        consent={key: _flag(value, f"{where}: consent {key}") for key, value in consent.items()},
        group=_groups(found, where),
        says=_patterns(found, "says", where),
        says_not=_patterns(found, "says_not", where),
        offers=_patterns(found, "offers", where),
        receipt=_flag(found.get("receipt", False), f"{where}: receipt"),
        erased=_flag(found.get("erased", False), f"{where}: erased"),
        any_of=tuple(
            _expect(each, f"{where}: any_of {number}")
            for number, each in enumerate(alternatives, 1)
        ),
    )


def _groups(found: Mapping[str, Any], where: str) -> tuple[str | None, ...]:
    if "group" not in found:
        return ()
    groups = found["group"] if isinstance(found["group"], list) else [found["group"]]
    if not groups or any(each is not None and each not in GROUPS for each in groups):
        raise FormatError(f"{where}: group must be null or one of {', '.join(GROUPS)}")
    return tuple(groups)


def _patterns(found: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    patterns = tuple(_text(each, f"{where}: {key}") for each in _one_or_more(found.get(key, [])))
    for each in patterns:
        try:
            re.compile(each)
        except re.error:
            raise FormatError(f"{where}: {key} is not a regular expression") from None
    return patterns


def _places(value: Any, where: str) -> tuple[Place, ...]:
    return tuple(_place(each, where) for each in _one_or_more(value))


def _place(value: Any, where: str) -> Place:
    step, *rest = _text(value, where).split() or [""]
    if step not in STEPS:
        raise FormatError(f"{where}: a place begins with one of {', '.join(STEPS)}")
    opdracht = _number(rest.pop(0), where) if rest and rest[0].isdigit() else None
    question = rest.pop(0) if rest else None
    known = PURPOSES if step == "toestemming" else QUESTIONS
    if rest or (question is not None and question not in known):
        raise FormatError(f"{where}: a place is: step [opdracht] [question]")
    return Place(step, opdracht, question)


def _answer(value: Any, where: str) -> AnswerName:
    *numbers, question = _text(value, where).split() or [""]
    if question not in QUESTIONS or len(numbers) > 1:
        raise FormatError(f"{where}: an answer is: [opdracht] question, one of {QUESTIONS}")
    return AnswerName(question, _number(numbers[0], where) if numbers else None)


def _number(value: Any, where: str) -> int:
    if not str(value).isdigit() or not 1 <= int(value) <= 10:
        raise FormatError(f"{where}: an opdracht has a number from 1 to 10")
    return int(value)


def _text(value: Any, where: str) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value.strip():
        raise FormatError(f"{where}: a text is wanted; quote yes, no, true, on and the like")
    return value


def _flag(value: Any, where: str) -> bool:
    if not isinstance(value, bool):
        raise FormatError(f"{where}: true or false is wanted")
    return value


def _one_or_more(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _list(value: Any, where: str, *, empty: bool = False) -> Sequence[Any]:
    if not isinstance(value, list) or not (value or empty):
        raise FormatError(f"{where}: a list is wanted")
    return value


def _mapping(value: Any, where: str, keys: set[str] | None = None) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise FormatError(f"{where}: a mapping is wanted")
    unknown = sum(key not in keys for key in value) if keys is not None else 0
    if unknown:
        raise FormatError(
            f"{where}: {unknown} unknown key(s); known: {', '.join(sorted(keys or ()))}"
        )
    return {str(key): each for key, each in value.items()}
