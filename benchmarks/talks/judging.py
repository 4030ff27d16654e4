"""What is judged after each turn of a scripted talk: what the writer expects and what always holds.

Only what a participant can observe over HTTP counts, see ``benchmarks/talks/FORMAT.md``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from benchmarks.talks.script_format import AnswerName, Expectation, Place, Turn

MOST_BUTTONS = 6
_OFFERED_BACK = 40
"""As many characters of a text must stand in a bubble that offers it back."""

_WORDS_OF_A_YES = 8
_REFUSES = re.compile(
    r"\W*(?:n+e+e*n?|nee\w*|nie\w*|no|non|nein|nope|laat|toch niet)\b", re.IGNORECASE
)

Key = tuple[int | None, str | None]
"""An answer as stored: its opdracht and question."""

BESIDE = frozenset({"repeated", "buttons"})
"""Faults that are counted, but are no misunderstanding."""


@dataclass(frozen=True)
class Fault:
    """One thing that does not hold after a turn; the detail holds texts of the talk."""

    kind: str
    detail: str


@dataclass(frozen=True)
class State:
    """What a participant can observe: the assistant's last turn, and what is kept of them."""

    place: Place | None
    bubbles: Sequence[Mapping[str, Any]] = ()
    probe: bool = False
    answers: Mapping[Key, str] = field(default_factory=dict)
    consent: Mapping[str, bool] = field(default_factory=dict)
    group: str | None = None
    receipt: str = ""
    typed: Sequence[str] = ()
    """What the participant typed since the state before, as stored in the transcript."""
    opdracht: int | None = None
    """The opdracht that was open last."""
    erased: bool = False
    wrong: frozenset[Key] = frozenset()
    """Answers that hold what a turn before, or a move of the runner, wrongly put there."""

    @property
    def buttons(self) -> list[Mapping[str, str]]:
        """All buttons of the assistant's last turn: the widget shows them side by side."""
        return [button for each in self.bubbles for button in each.get("buttons") or ()]

    @property
    def titles(self) -> list[str]:
        """The titles of those buttons."""
        return [button["title"] for button in self.buttons]

    @property
    def texts(self) -> list[str]:
        """The texts of the assistant's last turn."""
        return [each["text"] for each in self.bubbles if (each.get("text") or "").strip()]


def plain(text: str) -> str:
    """A text without the difference of case and spaces."""
    return " ".join(text.casefold().split())


def judged(turn: Turn, before: State, after: State) -> list[Fault]:
    """All that does not hold after a turn."""
    found = list(_all(turn, before, after))
    if any(each.kind not in BESIDE for each in found) and _own_data(turn, before, after):
        found.append(Fault("own data", "a wish about one's own data, or none, was misread"))
    return found


def agreed(turn: Turn, last: Turn, earlier: State, before: State) -> Turn:
    """The turn with what it may change, also by a yes to what was offered the turn before.

    What the turn before asked to change may be changed now, if the assistant then offered it and
    changed none of it, and this turn is no text of its own and no refusal.

    Args:
        turn: the turn to judge.
        last: the turn before it.
        earlier: the state before ``last``.
        before: the state after ``last``.
    """
    offered = any((each.get("custom") or {}).get("offer") for each in before.bubbles)
    said = turn.say or turn.tap
    if not offered or said is None or turn.content is not None or _REFUSES.match(said):
        return turn
    if len(said.split()) > _WORDS_OF_A_YES:
        return turn
    unchanged = tuple(
        name
        for name in last.may_change
        if all(
            earlier.answers.get(key) == before.answers.get(key)
            for key in {*earlier.answers, *before.answers}
            if _named(key, name, earlier, before)
        )
    )
    whole = last.may_change_all and dict(earlier.answers) == dict(before.answers)
    return replace(
        turn,
        may_change=(*turn.may_change, *unchanged),
        may_change_all=turn.may_change_all or whole,
    )


def taken_as_answered(state: State, places: Sequence[Place]) -> bool:
    """Whether a question is not asked since an earlier turn was wrongly taken for its answer."""
    opdracht = state.opdracht
    return any((place.opdracht or opdracht, place.question) in state.wrong for place in places)


def wrongly_stored(turn: Turn, before: State, after: State, faults: Sequence[Fault]) -> set[Key]:
    """The answers that hold the text of a misunderstood turn, and are no good to keep."""
    if not any(each.kind in ("stored", "misplaced", "kept", "answers") for each in faults):
        return set()
    named = [name for part in turn.expect.parts() for name in part.kept]
    return {
        key
        for key, text in after.answers.items()
        if before.answers.get(key) != text
        and turn.say is not None
        and plain(turn.say) in plain(text)
        and not any(_named(key, name, before, after) for name in named)
    }


def _own_data(turn: Turn, before: State, after: State) -> bool:
    """Whether a turn is about consent or erasure, or was taken for it."""
    parts = list(turn.expect.parts())
    places = [place.step for part in parts for place in part.at]
    step = before.place.step if before.place else ""
    taken = after.place is not None and after.place.step == "beheer"
    if taken and step != "beheer" and "beheer" not in places:
        return True
    erases = any(
        text is None and any(_same(name, each) for each in turn.may_change)
        for part in parts
        for name, text in part.answers.items()
    )
    about = erases or any(part.erased for part in parts) or {*places} == {"beheer"}
    return about or (step != "toestemming" and any(part.consent for part in parts))


def _same(one: AnswerName, other: AnswerName) -> bool:
    return one.question == other.question and (
        one.opdracht == other.opdracht or None in (one.opdracht, other.opdracht)
    )


def _all(turn: Turn, before: State, after: State) -> Iterator[Fault]:
    wants_erasure = any(each.erased for each in turn.expect.parts())
    if after.erased:
        if not wants_erasure:
            yield Fault("erased", "everything is erased")
        return
    yield from _expected(turn, turn.expect, before, after)
    if turn.expect.any_of:
        found = [list(_expected(turn, each, before, after)) for each in turn.expect.any_of]
        if all(found):
            yield from min(found, key=len)
    yield from _transcript(turn, after)
    yield from _content(turn, after)
    yield from _changes(turn, before, after)
    yield from _consent(turn, before, after)
    yield from _form(turn, before, after)


def _expected(turn: Turn, expect: Expectation, before: State, after: State) -> Iterator[Fault]:
    if expect.erased:
        yield Fault("erased", "not everything is erased")
    if expect.at and not _at(turn, expect, before, after):
        wanted = " or ".join(str(place) for place in expect.at)
        yield Fault("place", f"at {after.place}, not at {wanted}")
    said = turn.content or turn.say or ""
    if (expect.kept or expect.kept_anywhere) and not any(
        plain(said) in plain(text)
        for key, text in after.answers.items()
        if expect.kept_anywhere or any(_named(key, name, before, after) for name in expect.kept)
    ):
        elsewhere = [key for key, text in after.answers.items() if plain(said) in plain(text)]
        yield Fault("kept", f"stored in {elsewhere}" if elsewhere else "in no answer")
    for name, part in expect.answers.items():
        texts = _texts(name, before, after)
        if _earlier(turn, name, part, before, after):
            continue
        if part is None and texts:
            yield Fault("answers", f"there is an answer {name}: {texts}")
        if part is not None and not any(plain(part) in plain(text) for text in texts):
            yield Fault("answers", f"{name} does not hold {part!r}: {texts}")
    for name, part in expect.gone.items():
        if any(plain(part) in plain(text) for text in _texts(name, before, after)):
            yield Fault("answers", f"{name} still holds {part!r}")
    for purpose, given in expect.consent.items():
        now = after.consent.get(purpose)
        if now is not given:
            # What is asked again is no consent misread.
            kind = "not heard" if now is None else "consent"
            yield Fault(kind, f"{purpose} is {now}, not {given}")
    if expect.group and after.group not in expect.group:
        yield Fault("group", f"group is {after.group}")
    yield from _said(expect, after)


def _earlier(turn: Turn, name: AnswerName, part: str | None, before: State, after: State) -> bool:
    """Whether an answer went wrong in a turn before: that was counted then."""
    if turn.may_change_all or any(_same(name, each) for each in turn.may_change):
        return False
    old = [text for key, text in before.answers.items() if _named(key, name, before, after)]
    if part is None:
        return bool(old)
    said = turn.say is not None and plain(part) in plain(turn.say)
    return not said and not any(plain(part) in plain(text) for text in old)


def _said(expect: Expectation, after: State) -> Iterator[Fault]:
    said = "\n".join(after.texts)
    for pattern in expect.says:
        if not re.search(pattern, said, re.IGNORECASE):
            yield Fault("says", f"nothing like {pattern!r} is said")
    for pattern in expect.says_not:
        if re.search(pattern, said, re.IGNORECASE):
            yield Fault("says", f"{pattern!r} is said")
    for pattern in expect.offers:
        if not any(re.search(pattern, title, re.IGNORECASE) for title in after.titles):
            yield Fault("says", f"no button like {pattern!r}")
    if expect.receipt:
        where = r"code[^.?!]*(staat|vindt|ziet|boven|onder|menu|knop)"
        if after.receipt not in said and not re.search(where, said, re.IGNORECASE):
            yield Fault("says", "the receipt code is not told, nor where it stands")


def _at(turn: Turn, expect: Expectation, before: State, after: State) -> bool:
    if after.place is None:
        return False
    if any(place.holds(after.place) for place in expect.at):
        return True
    if not turn.may_change and taken_as_answered(before, expect.at):
        return True
    if not after.probe:
        return False
    # A follow-up on what was just answered; the runner declines it.
    here = (after.place.opdracht, after.place.question)
    answered = before.place is not None and here == (before.place.opdracht, before.place.question)
    named = (*expect.kept, *turn.expect.kept)
    return answered or any(_named(here, name, before, after) for name in named)


def _transcript(turn: Turn, after: State) -> Iterator[Fault]:
    if turn.say is None or any(plain(turn.say) == plain(text) for text in after.typed):
        return
    refused = after.place == Place("einde") and not after.consent.get("analyse")
    if not refused:
        yield Fault("transcript", "the typed text is not in the transcript")


def _content(turn: Turn, after: State) -> Iterator[Fault]:
    if turn.content is None:
        return
    said = plain(turn.content)
    if any(said in plain(text) for text in after.answers.values()):
        return
    if after.place is not None and after.place.step == "keuze":
        return
    if after.buttons and any(said[:_OFFERED_BACK] in plain(text) for text in after.texts):
        return
    yield Fault("lost", "in no answer, not waiting, not offered back")


def _changes(turn: Turn, before: State, after: State) -> Iterator[Fault]:
    kept = [name for part in turn.expect.parts() for name in part.kept]
    anywhere = any(part.kept_anywhere for part in turn.expect.parts())
    place = before.place
    asked = (place.opdracht, place.question) if place and place.step == "vraag" else None
    for key in sorted({*before.answers, *after.answers}, key=str):
        old, new = plain(before.answers.get(key, "")), plain(after.answers.get(key, ""))
        if old == new:
            continue
        added = new.replace(old, " ", 1) if old in new else new
        if turn.expect.stored is False and turn.say and _holds(added, plain(turn.say)):
            yield Fault("stored", f"the text is stored in {key}")
        if key in before.wrong or turn.may_change_all:
            continue
        if any(_named(key, each, before, after) for each in turn.may_change):
            continue
        if old not in new or not new:
            yield Fault("overwritten", f"{key} was {old!r}, is {new!r}")
            continue
        open_ = key == asked and (not old or before.probe or turn.content is not None)
        # A choice about personal data lets the text that waited for it become its first answer.
        open_ = open_ or (place is not None and place.step == "keuze" and not old)
        if not (open_ or anywhere or any(_named(key, each, before, after) for each in kept)):
            yield Fault("misplaced", f"{key} is now {new!r}")


def _consent(turn: Turn, before: State, after: State) -> Iterator[Fault]:
    if before.place is None or before.place.step in ("toestemming", "beheer"):
        return
    if any(part.consent for part in turn.expect.parts()):
        return
    if dict(before.consent) != dict(after.consent):
        yield Fault("consent", f"consent was {before.consent}, is {after.consent}")


def _form(turn: Turn, before: State, after: State) -> Iterator[Fault]:
    if not turn.again and not turn.returns:
        earlier = {plain(text) for text in before.texts}
        for text in after.texts:
            if plain(text) in earlier:
                yield Fault("repeated", text)
    titles = [plain(title) for title in after.titles]
    if len(titles) > MOST_BUTTONS:
        yield Fault("buttons", f"{len(titles)} buttons")
    if len(set(titles)) != len(titles):
        yield Fault("buttons", "two buttons are alike")


def _texts(name: AnswerName, before: State, after: State) -> list[str]:
    return [text for key, text in after.answers.items() if _named(key, name, before, after)]


def _named(key: Key, name: AnswerName, before: State, after: State) -> bool:
    opdracht = name.opdracht or before.opdracht or after.opdracht
    return key[1] == name.question and opdracht in (None, key[0])


def _holds(text: str, part: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(part)}(?!\w)", text) is not None
