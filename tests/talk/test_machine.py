"""Random talks over the real servers: whatever comes after whatever, nothing is lost or replaced.

The texts are those of the scripted participants that may be read; buttons are tapped as they are
offered. After every step the invariants hold that a participant can observe.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from benchmarks.talks.judging import MOST_BUTTONS, State, plain
from benchmarks.talks.runner import Participant
from benchmarks.talks.script_format import Turn, read_set
from consultation.catalogue import load_catalogue
from consultation.settings import ROOT
from tests.servers import Servers

pytestmark = pytest.mark.servers

LEAST_WORDS = 5
"""A shorter text may be content, and may be a command."""

BEFORE_ANSWERS = ("toestemming", "einde")
"""Steps at which nothing may be stored: there is no consent yet, or it was refused."""

WAY_BACK = '/antwoord_wijzigen{"waarde":"terug"}'
"""The payload of the button that takes a change back."""

SHOWN = 40
"""As many characters of a text stand in a bubble that offers it or says that it is kept."""


@cache
def texts() -> dict[str, list[str]]:
    """What the scripted participants type: content, content with words around it, and the rest."""
    found: dict[str, list[str]] = {"says": [], "adds": [], "remarks": []}
    for turn in _typed():
        assert turn.say is not None
        if turn.content is None:
            found["remarks"].append(turn.say)
        elif len(turn.content.split()) >= LEAST_WORDS:
            found["says" if turn.content == turn.say else "adds"].append(turn.say)
    return found


def _typed() -> Iterator[Turn]:
    for script in read_set("known"):
        yield from (turn for turn in script.turns if turn.say is not None)


@cache
def _contents() -> dict[str, str]:
    return {turn.say: turn.content for turn in _typed() if turn.say and turn.content}


def text_of(kind: str) -> st.SearchStrategy[str]:
    """One of the texts of a kind."""
    return st.deferred(lambda: st.sampled_from(texts()[kind]))


class Talks(RuleBasedStateMachine):
    """One participant who does anything in any order."""

    url = ""
    number = 0

    def __init__(self) -> None:
        super().__init__()
        Talks.number += 1
        address = f"127.0.{100 + Talks.number // 250}.{1 + Talks.number % 250}"
        transport = httpx.HTTPTransport(local_address=address)
        self.http = httpx.Client(base_url=self.url, timeout=60, transport=transport)
        self.participant = self._newcomer()
        self.before = self.participant.state
        self.done: list[str] = []

    def _newcomer(self) -> Participant:
        return Participant(self.http, load_catalogue(ROOT / "data" / "opdrachten.yml"))

    def teardown(self) -> None:
        self.http.close()

    @initialize(opdracht=st.sampled_from([None, 4, 8]), begins=st.booleans())
    def opens(self, opdracht: int | None, begins: bool) -> None:
        """Opens a talk; half of them are past the first questions at once."""
        self.participant.open(opdracht)
        for wanted in ("Ja", "Nee", "Burger") if begins else ():
            self.participant.tap(wanted)
        self.participant.look()
        self.before = self.state
        self.done = [f"opens {opdracht}"]

    @property
    def state(self) -> State:
        """What the participant can observe now."""
        return self.participant.state

    @precondition(lambda self: self.state.erased)
    @rule()
    def begins_again(self) -> None:
        """Comes as somebody new after everything was erased."""
        self.participant = self._newcomer()
        self.participant.open()
        self.participant.look()
        self.before = self.state
        self.done = ["opens again"]

    @precondition(lambda self: not self.state.erased)
    @rule(text=text_of("says"))
    def says(self, text: str) -> None:
        """Types content, wherever the talk is."""
        self._type(text)
        self._has(text)

    @precondition(lambda self: not self.state.erased)
    @rule(text=text_of("adds"))
    def adds(self, text: str) -> None:
        """Types content with words of the talk around it."""
        self._type(text)

    @precondition(lambda self: not self.state.erased)
    @rule(text=text_of("remarks"))
    def remarks(self, text: str) -> None:
        """Types a remark, a command, a question, a yes or a no."""
        self._type(text)

    @precondition(lambda self: not self.state.erased and self.state.buttons)
    @rule(place=st.integers(0, MOST_BUTTONS - 1))
    def taps(self, place: int) -> None:
        """Taps one of the buttons."""
        buttons = self.state.buttons
        button = buttons[place % len(buttons)]
        self.before = self.state
        self.done.append(f"[{button['title']}]")
        self.participant.send(button["title"], button["payload"])
        self.participant.look()
        self._unchanged(tapped=True)

    @precondition(lambda self: not self.state.erased)
    @rule()
    def comes_back(self) -> None:
        """Leaves, and comes in again with the code: the talk is where it was."""
        self.before = self.state
        self.done.append("(comes back)")
        self.participant.come_back()
        self.participant.look()
        was, now = self.before.place, self.state.place
        if was is not None and was.step not in BEFORE_ANSWERS and was.step != "keuze":
            assert now is not None, self.story
            assert (now.step, now.opdracht) == (was.step, was.opdracht), self.story
            if was.step == "vraag":
                assert now.question == was.question, self.story
        assert dict(self.state.answers) == dict(self.before.answers), self.story

    @invariant()
    def few_buttons_none_alike(self) -> None:
        """At most six buttons side by side, unless all are asked for, with titles that differ."""
        titles = [plain(title) for title in self.state.titles]
        all_asked_for = self.done[-1:] == ["[Toon alle]"]
        assert all_asked_for or len(titles) <= MOST_BUTTONS, self.story
        assert len(set(titles)) == len(titles), self.story

    @property
    def story(self) -> str:
        """The talk so far, for a failure."""
        return "\n".join([*self.done, f"was {self.before}", f"is {self.state}", *self.state.texts])

    def _type(self, text: str) -> None:
        self.before = self.state
        self.done.append(text)
        self.participant.send(text)
        self.participant.look()
        if self.state.erased:
            return
        refused = self.state.place is not None and self.state.place.step == "einde"
        if not refused:
            assert plain(text) in map(plain, self.state.typed), self.story
        self._unchanged(tapped=False)

    def _has(self, text: str) -> None:
        """The content of a text is in an answer, waits for a choice, or is offered or kept."""
        if self.state.erased or self.state.consent.get("analyse") is not True:
            return
        here, was = self.state.place, self.before.place
        if was is None or here is None or was.step in BEFORE_ANSWERS or here.step == "keuze":
            return
        if was.step == "groep" and self.state.group is not None:
            # A text that names an office may be who somebody is.
            return
        wanted = plain(_contents()[text])
        stored = any(wanted in plain(answer) for answer in self.state.answers.values())
        shown = [*self.state.texts, *(self.before.texts if self._is_offered_still() else [])]
        offered = any(wanted[:SHOWN] in plain(said) for said in shown)
        assert stored or offered or self._kept(), self.story

    def _is_offered_still(self) -> bool:
        """Whether what was offered before this turn waits for a choice still.

        Who types the same words once more is offered those of the later message.
        """

        def offers(bubbles: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
            found = [(each.get("custom") or {}).get("offer") for each in bubbles]
            return [{**each, "message": None} for each in found if each]

        places = offers(self.before.bubbles)
        return any(each in places for each in offers(self.state.bubbles))

    def _kept(self) -> bool:
        return any((each.get("custom") or {}).get("kept") for each in self.state.bubbles)

    def _unchanged(self, *, tapped: bool) -> None:
        """What stood in an answer stands there still, unless this step was asked about it.

        At the summary a correction in so many words is carried out at once: then the assistant
        shows what stood there and what stands there now, and asks for a yes to the whole again.
        """
        if self.state.erased or tapped or self._was_asked():
            return
        for key, old in self.before.answers.items():
            new = self.state.answers.get(key, "")
            kept = plain(old) in plain(new)
            assert kept or self._told(old, new), f"{key} was {old!r}, is {new!r}\n{self.story}"

    def _told(self, old: str, new: str) -> bool:
        """Whether this turn quotes what an answer was, and asks for a yes or offers a way back.

        Who says in so many words what an answer becomes has given the yes already; a tap on the
        button puts the old words back. Where words were taken out, what is left is quoted.
        """
        here = self.state.place
        quoted = [f"“{old}”", *([f"“{new}”"] if new else [])]
        shown = any(plain(each) in plain(said) for said in self.state.texts for each in quoted)
        buttons = [each for bubble in self.state.bubbles for each in bubble.get("buttons") or ()]
        way_back = any(each["payload"] == WAY_BACK for each in buttons)
        return shown and (way_back or (here is not None and here.step == "bevestigen"))

    def _was_asked(self) -> bool:
        place = self.before.place
        customs: list[dict[str, Any]] = [
            dict(each.get("custom") or {}) for each in self.before.bubbles
        ]
        asked = any(
            each.get("offer") or each.get("rewrite") or each.get("changing") for each in customs
        )
        return asked or (place is not None and place.step in ("beheer", "keuze"))


def _run(servers: Servers, examples: int, steps: int) -> None:
    Talks.url = servers.url
    run_state_machine_as_test(
        Talks,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            phases=[Phase.generate],
            derandomize=True,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_nothing_is_lost_or_replaced_whatever_comes_after_whatever(servers: Servers) -> None:
    _run(servers, examples=25, steps=12)


@pytest.mark.soak
def test_nothing_is_lost_or_replaced_in_many_long_talks(servers: Servers) -> None:
    _run(servers, examples=300, steps=20)
