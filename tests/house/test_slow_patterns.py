"""No text costs much: every regular expression of the tree on its worst cases, and whole functions.

The patterns are found in the source, whatever module they stand in, and each is run as the source
runs it, on texts made from the pattern itself: whatever it may repeat is repeated, with what comes
before it and with an end that does not fit.
"""

from __future__ import annotations

import ast
import importlib
import random
import re
import re._constants as ops  # type: ignore[import-not-found]
import re._parser as sre  # type: ignore[import-not-found]
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import spacy

from actions.reading import choosing
from analysis.labelling.candidates import usable
from analysis.preprocessing.deduplication import group_duplicates
from analysis.preprocessing.proposals import reads_as_proposal
from analysis.stance.cues import cues
from analysis.stance.rules import named_rule
from bot.nlu import consent, consent_clauses, own_data, phrases
from bot.nlu.consent import yes_or_no
from bot.nlu.phrases import plain_meaning
from bot.nlu.spelling import word_runs
from consultation.catalogue import load_catalogue
from consultation.groups import declines, group_of
from consultation.settings import ROOT
from dialogue.choice import choice
from dialogue.screening import question_in
from language.alarm import alarm
from language.embedding import READ, load_encoder
from language.foreign import foreign_language
from language.informativeness import judge_answer
from language.measuring import measure
from language.personal_data import find, look, masked
from language.pipeline import load_pipeline, tagged_words, words
from language.reading import message, summary
from language.reading.message import read
from language.segmentation.clauses import clause_spans
from language.segmentation.sentences import sentence_spans
from language.segmentation.statements import statement_spans
from language.tagging import universal_tags
from tests.nasty_texts import LONGEST, filled, nasty_texts

ROOMS = (
    "actions",
    "analysis",
    "bot",
    "consultation",
    "dialogue",
    "language",
    "migrations",
    "reporting",
    "samenspraak",
    "scripts",
    "web",
)
CUES = spacy.blank("nl")
PATTERN_LIMIT = 0.05
FUNCTION_LIMIT = 0.25
TAGGING_LIMIT = 1.5
HOPELESS = 0.5
NASTY = nasty_texts()
END = 40
SHORT = 40
"""Repetitions after which what doubles with each never ends."""
METHODS = ("search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer")
_STARTS = frozenset({"match", "fullmatch"})
_UNKNOWN = ("1", "a")


READ_AT_MOST = {
    "bot/nlu/consent.py": consent.READ,
    "bot/nlu/consent_clauses.py": consent_clauses.READ,
    "bot/nlu/own_data.py": own_data.READ,
    "bot/nlu/phrases.py": phrases.LONGEST,
    "language/reading/message.py": message.READ,
    "language/reading/summary.py": summary.READ,
}
"""Modules whose functions cut or refuse a text before any pattern sees it: their patterns are
measured at that length, and the functions themselves at the full length (``FUNCTIONS``)."""


@dataclass(frozen=True)
class Use:
    """A pattern of the source, where it stands, and how it is used."""

    where: str
    pattern: re.Pattern[str]
    method: str

    def __str__(self) -> str:
        return f"{self.where} {self.method}"

    def run(self, text: str) -> None:
        """As the source uses it, to the end of the text that it is given there."""
        text = text[: READ_AT_MOST.get(self.where.split(":")[0], len(text))]
        if self.method == "match":
            self.pattern.match(text)
        elif self.method == "fullmatch":
            self.pattern.fullmatch(text)
        elif self.method == "search":
            self.pattern.search(text)
        else:
            for _ in self.pattern.finditer(text):
                pass


class TooLong(Exception):
    """A call did not end in time."""


@contextmanager
def ended_after(seconds: float) -> Iterator[None]:
    """Breaks off what does not end: ``re`` looks for signals while it works.

    The clock is the work of this process, as in ``cost``.
    """

    def ring(*_: object) -> None:
        raise TooLong

    before = signal.signal(signal.SIGVTALRM, ring)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def dear(call: Callable[[str], object], text: str, limit: float) -> float | None:
    """Seconds of work of a call on a text where that is over the limit.

    Of a text that repeats one piece, a fifth with its end comes first. What grows with the third
    power of the length, or less, is within the limit on the whole text if it takes less than a
    125th of the limit there.
    """
    if text[: len(text) // 3] in text[1 : len(text) // 2]:
        fifth = text[: len(text) // 5 - END] + text[-END:]
        if cost(lambda: call(fifth), limit / 5**3) <= limit / 5**3:
            return None
    spent = cost(lambda: call(text), limit)
    return spent if spent > limit else None


def cost(call: Callable[[], object], limit: float, hopeless: float = HOPELESS) -> float:
    """Seconds of work of a call: of three times the least, or of the first that is within limits.

    Work, not time passed: other programs must not fail a test.
    """
    least = float("inf")
    for _ in range(3):
        started = time.thread_time()
        try:
            with ended_after(hopeless):
                call()
        except TooLong:
            return hopeless
        least = min(least, time.thread_time() - started)
        if least <= limit:
            break
    return least


# Finding the patterns.


def modules() -> list[Path]:
    """All modules of the product."""
    return [
        path
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
        if ".venv" not in path.parts
    ]


@cache
def uses() -> list[Use]:
    """Every pattern of the product, once for each way in which it is used."""
    found = []
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in modules()}
    everywhere = _methods_by_name(trees.values())
    for path, tree in trees.items():
        called = {**everywhere, **_methods_by_name([tree])}
        names = _names(tree)
        space = _namespace(path)
        for call in _calls(tree):
            assert isinstance(call.func, ast.Attribute)
            method = call.func.attr
            where = f"{path.relative_to(ROOT)}:{call.lineno}"
            flags = _flags(call, space)
            ways = {method}
            if method == "compile":
                ways = called.get(names.get(call, ""), set()) or _loose_methods(tree)
            for text in _texts(call.args[0], space):
                pattern = re.compile(text, flags)
                found += [Use(where, pattern, way) for way in _hardest(ways)]
    return found


def _calls(tree: ast.AST) -> list[ast.Call]:
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
        and node.func.attr in (*METHODS, "compile")
    ]


def _names(tree: ast.AST) -> dict[ast.Call, str]:
    """The name that each compiled pattern is bound to."""
    return {
        node.value: target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Call)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }


def _methods_by_name(trees: Any) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for tree in trees:
        for name, method in _method_calls(tree):
            found.setdefault(name, set()).add(method)
    return found


def _loose_methods(tree: ast.AST) -> set[str]:
    """What is called on anything that is no constant: a pattern out of a row of them."""
    return {method for name, method in _method_calls(tree) if not name.isupper()} or {
        "finditer",
        "fullmatch",
    }


@cache
def _method_calls(tree: ast.AST) -> list[tuple[str, str]]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in METHODS:
            value = node.value
            name = value.id if isinstance(value, ast.Name) else getattr(value, "attr", "")
            if name and name != "re":
                found.append((name, node.attr))
    return found


def _hardest(ways: set[str]) -> list[str]:
    """Of what goes through the whole text one way is enough."""
    whole = ways - _STARTS - {"search"}
    return sorted(ways & {*_STARTS, "search"}) + (["finditer"] if whole else [])


def _namespace(path: Path) -> dict[str, Any]:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    try:
        return dict(vars(importlib.import_module(name)))
    except Exception:
        # Rasa's modules live in another environment, migrations and scripts in none.
        return {"re": re}


def _flags(call: ast.Call, space: dict[str, Any]) -> int:
    function = getattr(call.func, "attr", "")
    place = {"compile": 1, "sub": 4, "subn": 4, "split": 3}.get(function, 2)
    given = next((each.value for each in call.keywords if each.arg == "flags"), None)
    if given is None and len(call.args) > place:
        given = call.args[place]
    return int(_value(given, space)) if given is not None else 0


def _texts(node: ast.expr, space: dict[str, Any]) -> list[str]:
    """The pattern, or where parts of it are known only as it runs, one with each stand-in."""
    try:
        return [str(_value(node, space))]
    except (NameError, KeyError, TypeError):
        assert isinstance(node, ast.JoinedStr), f"line {node.lineno}: what pattern is this?"
    return ["".join(_part(part, space, stand_in) for part in node.values) for stand_in in _UNKNOWN]


def _part(part: ast.expr, space: dict[str, Any], stand_in: str) -> str:
    if isinstance(part, ast.FormattedValue):
        try:
            return str(_value(part.value, space))
        except (NameError, KeyError, TypeError):
            return stand_in
    return str(_value(part, space))


def _value(node: ast.expr, space: dict[str, Any]) -> Any:
    return eval(compile(ast.Expression(node), "<pattern>", "eval"), dict(space))


# Making its worst cases.


ROUNDS = 1
MANY_ROUNDS = 5
"""How many times a pattern is sampled, in every run and in ``make soak``."""


def worst_cases(pattern: re.Pattern[str], rounds: int) -> Iterator[str]:
    """Texts that make a pattern work: what it repeats, repeated, and ends that do not fit."""
    rng = random.Random(rounds)
    parsed = sre.parse(pattern.pattern, pattern.flags)
    seen: set[str] = set()
    heads = {head for _ in range(rounds) for head in _heads(parsed, rng)}
    pumps = sorted({pump for _ in range(rounds) for pump in _pumps(parsed, "", rng)})
    signs = sorted(_signs(parsed))
    singles = [("", sign) for sign in signs] + [("", head) for head in sorted(heads)]
    # What doubles with every repetition is seen in a short text: of these all are tried.
    for before, piece in (*pumps, *singles):
        if piece:
            yield before + piece * SHORT + rng.choice(("!", " x", "\n"))
    mixed = [("", "".join(rng.choices(signs, k=rng.randint(2, 4)))) for _ in range(15) if signs]
    pumps = rng.sample(pumps, min(len(pumps), 20 * rounds))
    singles = rng.sample(singles, min(len(singles), 20 * rounds))
    for before, piece in (*pumps, *singles, *mixed):
        if not piece:
            continue
        for end in ("", rng.choice(("!", " x", "\n", "\x00", "1"))):
            text = filled(piece, max(len(piece), LONGEST - len(before) - len(end)))
            text = (before + text + end)[:LONGEST]
            if text not in seen:
                seen.add(text)
                yield text


def _pumps(parsed: Any, before: str, rng: random.Random) -> Iterator[tuple[str, str]]:
    """Everything in a pattern that may come more than once, with an example of what precedes."""
    for op, value in parsed:
        if op in (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT):
            _, most, body = value
            if most > 1:
                yield before, _sample(body, rng)
                yield "", _sample(body, rng)
                yield before, _sample(body, rng) + _sample(body, rng)
            yield from _pumps(body, before, rng)
        else:
            for inner in _inside(op, value):
                yield from _pumps(inner, before, rng)
        before += _sample([(op, value)], rng)


def _heads(parsed: Any, rng: random.Random) -> Iterator[str]:
    """Beginnings of what fits: a search starts again at each."""
    for op, value in parsed:
        for inner in _inside(op, value):
            yield from _heads(inner, rng)
    head = ""
    for each in parsed:
        head += _sample([each], rng)
        yield head
        yield head + " "


def _inside(op: Any, value: Any) -> list[Any]:
    if op == ops.BRANCH:
        return list(value[1])
    if op == ops.SUBPATTERN:
        return [value[-1]]
    if op in (ops.ASSERT, ops.ASSERT_NOT):
        return [value[1]]
    if op == ops.ATOMIC_GROUP:
        return [value]
    if op in (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT):
        return [value[2]]
    return []


def _sample(parsed: Any, rng: random.Random) -> str:
    """A text that such a part of a pattern fits, or nearly."""
    out = ""
    for op, value in parsed:
        if op == ops.LITERAL:
            out += chr(value)
        elif op in (ops.NOT_LITERAL, ops.IN, ops.ANY):
            out += rng.choice(_fitting(op, value))
        elif op == ops.BRANCH:
            out += _sample(rng.choice(value[1]), rng)
        elif op in (ops.SUBPATTERN, ops.ATOMIC_GROUP):
            out += _sample(value[-1] if op == ops.SUBPATTERN else value, rng)
        elif op in (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT):
            least, most, body = value
            for _ in range(rng.randint(least, int(min(most, least + 2)))):
                out += _sample(body, rng)
    return out


def _signs(parsed: Any) -> set[str]:
    """A character of each class that a pattern names, and whatever it says of itself."""
    found: set[str] = set()
    for op, value in parsed:
        if op == ops.LITERAL:
            found.add(chr(value))
        elif op in (ops.NOT_LITERAL, ops.IN, ops.ANY):
            found |= set(_fitting(op, value))
        for inner in _inside(op, value):
            found |= _signs(inner)
    return found


_PALETTE = "aAé1_ \n-.,!?'(/@"
_CATEGORY: dict[Any, Callable[[str], bool]] = {
    ops.CATEGORY_DIGIT: str.isdigit,
    ops.CATEGORY_NOT_DIGIT: lambda sign: not sign.isdigit(),
    ops.CATEGORY_SPACE: str.isspace,
    ops.CATEGORY_NOT_SPACE: lambda sign: not sign.isspace(),
    ops.CATEGORY_WORD: lambda sign: sign.isalnum() or sign == "_",
    ops.CATEGORY_NOT_WORD: lambda sign: not (sign.isalnum() or sign == "_"),
}


def _fitting(op: Any, value: Any) -> list[str]:
    if op == ops.ANY:
        return ["a", " ", "!"]
    if op == ops.NOT_LITERAL:
        return [sign for sign in _PALETTE if ord(sign) != value]
    own = [chr(each) for kind, each in value if kind == ops.LITERAL]
    own += [chr(each[0]) for kind, each in value if kind == ops.RANGE]
    negated = any(kind == ops.NEGATE for kind, _ in value)
    listed = [] if negated else own
    fits = [sign for sign in _PALETTE if _in_set(sign, value) != negated]
    return [*listed, *fits] or ["漢"]


def _in_set(sign: str, items: Any) -> bool:
    return any(
        (kind == ops.LITERAL and ord(sign) == each)
        or (kind == ops.RANGE and each[0] <= ord(sign) <= each[1])
        or (kind == ops.CATEGORY and _CATEGORY[each](sign))
        for kind, each in items
    )


# The tests.


def test_every_pattern_of_the_product_is_found() -> None:
    """The search for them sees what a plain look at the source sees."""
    plain = sum(
        len(re.findall(r"\bre\.(?:compile|" + "|".join(METHODS) + r")\(", path.read_text("utf-8")))
        for path in modules()
    )
    assert len({each.where for each in uses()}) == plain > 80


def too_slow(use: Use, rounds: int = ROUNDS) -> list[tuple[int, str, str]]:
    """The texts on which a pattern is over its limit: ms, how each begins and how it ends."""
    slow = []
    for text in (*NASTY.values(), *worst_cases(use.pattern, rounds)):
        if spent := dear(use.run, text, PATTERN_LIMIT):
            slow.append((round(1000 * spent), text[:40], text[-20:]))
            if spent >= HOPELESS or len(slow) > 3:
                break
    return slow


@pytest.mark.parametrize(
    ("pattern", "method"),
    [
        (r"(a+)+$", "search"),
        (r"\s+$", "search"),
        (r"(\w+\s?)*!", "match"),
        (r"(?:een|een twee|twee)+ drie", "finditer"),
        (r"\bniet\b.*\bmeer\b", "finditer"),
        (r"(?:(?:ik|een|de|heel|een|zo) )*goed", "match"),
        (r"(?:[\w.]+)*@", "search"),
        (r"(\d+[., ]?)+euro", "finditer"),
    ],
)
def test_a_slow_pattern_is_seen(pattern: str, method: str) -> None:
    assert too_slow(Use("planted", re.compile(pattern), method))


@pytest.mark.parametrize(
    "rounds", [ROUNDS, pytest.param(MANY_ROUNDS, marks=pytest.mark.soak)], ids=("", "many")
)
@pytest.mark.parametrize("use", uses(), ids=str)
def test_a_pattern_costs_little_on_its_worst_cases(use: Use, rounds: int) -> None:
    slow = too_slow(use, rounds)
    assert not slow, f"{use.pattern.pattern[:80]}: ms, how it begins, how it ends: {slow}"


CATALOGUE = load_catalogue(ROOT / "data" / "opdrachten.yml")
NLP = load_pipeline("no_such_pipeline")
FUNCTIONS: dict[str, Callable[[str], object]] = {
    "what a message is made of": read,
    "sentences": sentence_spans,
    "statements": statement_spans,
    "clauses": clause_spans,
    "alarm": alarm,
    "language": foreign_language,
    "measure of an answer": lambda text: measure(
        judge_answer(text, "voorstel", "Wat zou u doen?", strictness=2), text, [text + " x"]
    ),
    "who is named": lambda text: judge_answer(text, "trekker", "Wie moet dit doen?", strictness=2),
    "personal data": lambda text: masked(text, find(text, CUES)),
    "question in it": question_in,
    "choice in it": lambda text: choice(None, text),
    "opdracht named": lambda text: choosing.named_number(text, CATALOGUE),
    "group named": CATALOGUE.group_named,
    "group in own words": lambda text: group_of(text, CATALOGUE),
    "rather no group": declines,
    "about own data": lambda text: own_data.read(text, "vraag", None),
    "yes or no to the summary": summary.says,
    "plain meaning": lambda text: [plain_meaning(text, step) for step in ("vraag", "verder")],
    "yes or no": lambda text: yes_or_no({"bevestigen": 0.5, "bijdrage": 0.4}, text),
    "words for the classifier": word_runs,
    "whose voice": lambda text: group_duplicates(
        [text, text + " ja", "x " + text, text.replace("a", "b")]
    ),
    "wording": reads_as_proposal,
    "use as an action": usable.__wrapped__,
    "cues of stance": cues,
    "rule named": named_rule.__wrapped__,
    "words": lambda text: words(NLP, [text]),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_no_text_costs_a_function_much(name: str) -> None:
    """A whole function over the worst texts: what stands around a pattern may be slow as well."""
    call = FUNCTIONS[name]
    call("Een gewone tekst, die leest wat anders eerst wordt gelezen.")
    slow = {}
    for kind, text in NASTY.items():
        if spent := dear(call, text, FUNCTION_LIMIT):
            slow[kind] = round(1000 * spent)
            if spent >= HOPELESS:
                break
    assert not slow


@pytest.mark.parametrize("piece", ["leerling", "straat ", "a\n", "é. ", "Aa1.-,;:!?() ", "😀"])
def test_tagging_reads_no_more_of_a_text_than_it_can(piece: str) -> None:
    """The tagger takes the square of a word's length, and a millisecond for a strange word."""
    assert cost(lambda: tagged_words(NLP, [filled(piece)]), TAGGING_LIMIT, 5.0) <= TAGGING_LIMIT


def test_a_long_word_is_tagged_by_its_end_and_a_long_text_by_its_beginning() -> None:
    long = "verantwoordelijkheidsgevoelsontwikkelingsprogramma"
    assert universal_tags(["een", long, "maken"]) == ["DET", "NOUN", "VERB"]
    many = universal_tags(["opleiding"] * 1_000)
    assert (many[0], many[-1], len(many)) == ("NOUN", "X", 1_000)


def test_rows_of_capitals_and_words_without_end_are_compared_too() -> None:
    """As names they were compared by a function that calls itself for each of them."""
    one = " ".join(["Jan"] * 2_000)
    assert group_duplicates([one, one, one + " Piet"]).duplicates == {1: 0}
    names = " ".join(f"Jan{chr(97 + number % 26)}" for number in range(400))
    assert (
        len(group_duplicates([f"ik ben {names} en dit", f"ik ben {names} en dat"]).representatives)
        >= 1
    )


def test_many_copies_of_one_text_are_gathered_in_one_go() -> None:
    texts = ["Meer bussen naar de school in het dorp, ook na zes uur 's avonds."] * 3_000
    assert cost(lambda: group_duplicates(texts), 2.0, 10.0) <= 2.0


def test_a_vector_is_made_of_the_beginning_of_a_text() -> None:
    encoder = load_encoder("use")
    text = filled("de cursus is te duur en er is geen bus ", READ)
    assert (encoder.encode([text + "[" * 8_000]) == encoder.encode([text])).all()
    assert (encoder.encode([" " * 9_000 + text]) == encoder.encode([text])).all()


def test_a_telephone_number_is_found_before_the_tries_end() -> None:
    """What is tried and is no number is counted; a text full of such is not looked at whole."""
    assert look("bel mij op 0478 12 34 56, niet op 12 34", CUES).whole
    seen = look("bel 0478 12 34 56, of " + "85.07.30-033 29 " * 2_000, CUES)
    assert not seen.whole
    assert [each.kind for each in seen.found if each.start < 20] == ["telefoonnummer"]


def test_a_text_over_its_budget_keeps_what_was_found() -> None:
    text = "mail mij op jan@voorbeeld.be, groetjes, Jan Peeters " + "woord " * 1_000
    seen = look(text, CUES, seconds=-1.0)
    assert not seen.whole
    assert seen.found == ()
    assert [each.kind for each in look(text, CUES).found] == ["e-mailadres", "naam"]
