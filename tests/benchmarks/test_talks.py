"""Scripted talks: the format, the judgement of a turn, and going on after a misunderstanding."""

from __future__ import annotations

import html
import json
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
import yaml

from benchmarks.talks import runner as talks
from benchmarks.talks.judging import Key, State, agreed, judged, wrongly_stored
from benchmarks.talks.runner import Participant, Result, failures, figures, play, report
from benchmarks.talks.script_format import (
    FOLDER,
    SETS,
    FormatError,
    Place,
    Script,
    Turn,
    files,
    parse,
    read,
    read_set,
)
from consultation.catalogue import load_catalogue
from consultation.settings import ROOT

CATALOGUE = load_catalogue(ROOT / "data" / "opdrachten.yml")
QUESTIONS = ("drempel", "voorstel", "trekker", "prioriteit")
SECRET = "een tekst die niemand mag zien"


def scripts(*turns: dict[str, Any], **more: Any) -> list[Script]:
    """One participant with these turns, filled up to the fewest that the format takes."""
    filling = [{"say": "vulsel", "followup": True}] * (8 - len(turns))
    row = {"name": "Test", "kind": "chatty", "brief": "Test.", "turns": [*turns, *filling], **more}
    return parse({"participants": [row]})


def turn(**row: Any) -> Turn:
    return scripts(row)[0].turns[0]


# The format


def test_the_example_of_the_format_fits_the_format() -> None:
    text = (FOLDER / "FORMAT.md").read_text(encoding="utf-8")
    example = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert example
    loaded = yaml.safe_load(example[1])
    loaded["participants"][0]["turns"] *= 2
    (script,) = parse(loaded)
    assert script.turns[1].when == (Place("toestemming", None, "citaat"),)
    assert script.turns[4].when == script.turns[3].expect.at == (Place("vraag", 4, "voorstel"),)


def test_the_known_half_is_thirty_participants_of_many_kinds() -> None:
    known = read_set("known")
    assert len(known) >= 30
    assert len({each.kind for each in known}) >= 12


def test_the_blind_half_fits_the_format() -> None:
    if not files("blind"):
        pytest.skip("the blind half is not there")
    assert len(read_set("blind")) >= 30


WRONG: list[dict[str, Any]] = [
    {"say": SECRET, "tap": "Ja"},
    {"when": "groep"},
    {"return": False},
    {"say": SECRET, "expects": {}},
    {"say": SECRET, "when": SECRET},
    {"say": SECRET, "when": "vraag 11"},
    {"say": SECRET, "when": "vraag 4 citaat"},
    {"say": SECRET, "when": "vraag drempel 4"},
    {"say": SECRET, "content": "een andere tekst"},
    {"tap": "Ja", "content": True},
    {"tap": "Ja", "followup": True},
    {"say": SECRET, "may_change": SECRET},
    {"say": SECRET, "may_change": [SECRET]},
    {"say": True},
    {"say": SECRET, "expect": {"stored": True}},
    {"say": SECRET, "expect": {"kept": SECRET}},
    {"say": SECRET, "expect": {"says": "(" + SECRET}},
    {"say": SECRET, "expect": {"group": SECRET}},
    {"say": SECRET, "expect": {"consent": {"analyse": "ja"}}},
    {"say": SECRET, "expect": {"consent": {SECRET: True}}},
    {"say": SECRET, "expect": {"any_of": [{"at": SECRET}]}},
    {"say": SECRET, "expect": {"any_of": {"at": "groep"}}},
    {"say": SECRET, "expect": {"answers": {SECRET: None}}},
]


@pytest.mark.parametrize("row", WRONG, ids=json.dumps)
def test_what_does_not_fit_is_told_by_its_number_and_without_its_text(row: dict[str, Any]) -> None:
    with pytest.raises(FormatError, match="participant 1, turn 2") as told:
        scripts({"say": "dag"}, row)
    assert SECRET not in str(told.value)


@pytest.mark.parametrize("count", [7, 16])
def test_a_talk_of_too_few_or_too_many_turns_is_refused(count: int) -> None:
    with pytest.raises(FormatError, match=f"participant 1: {count} turns"):
        parse(
            {
                "participants": [
                    {"name": "A", "kind": "chatty", "brief": "B", "turns": [{"say": "x"}] * count}
                ]
            }
        )


def test_a_file_that_is_no_yaml_is_told_by_its_line(tmp_path: Any) -> None:
    path = tmp_path / "blind-x.yml"
    path.write_text(f"participants:\n  - {{say: {SECRET}", encoding="utf-8")
    with pytest.raises(FormatError, match="line 2") as told:
        read(path)
    assert SECRET not in str(told.value)
    with pytest.raises(SystemExit):
        talks._check([path])


# The judgement of a turn

AT_DREMPEL = Place("vraag", 4, "drempel")
AT_VOORSTEL = Place("vraag", 4, "voorstel")
BUS = "De bus rijdt niet meer na zes uur."


def state(place: Place | None = AT_DREMPEL, *texts: str, **more: Any) -> State:
    bubbles: list[dict[str, Any]] = [{"text": text, "buttons": []} for text in texts]
    if "buttons" in more:
        bubbles.append({"text": "", "buttons": [{"title": each} for each in more.pop("buttons")]})
    opdracht = place.opdracht if place else None
    return State(place, bubbles, opdracht=opdracht, **more)


def kinds(one: Turn, before: State, after: State) -> list[str]:
    return [each.kind for each in judged(one, before, after)]


def said(**row: Any) -> Turn:
    return turn(**{"say": BUS, **row})


def after(place: Place | None = AT_VOORSTEL, *texts: str, **more: Any) -> State:
    return state(place, *texts, **{"typed": [BUS], **more})


DREMPEL, VOORSTEL, TREKKER = (4, "drempel"), (4, "voorstel"), (4, "trekker")

JUDGED: list[tuple[str, Turn, State, State, list[str]]] = [
    (
        "kept where it belongs",
        said(content=True, expect={"at": "vraag 4 voorstel", "kept": "drempel"}),
        state(),
        after(answers={DREMPEL: BUS}),
        [],
    ),
    (
        "kept in part",
        said(content=True, expect={"kept": "drempel"}),
        state(),
        after(answers={DREMPEL: "De bus rijdt"}),
        ["kept", "lost"],
    ),
    (
        "kept under another question",
        said(content=True, expect={"kept": "drempel"}),
        state(AT_VOORSTEL),
        after(answers={VOORSTEL: BUS}),
        ["kept"],
    ),
    ("thrown away", said(content=True), state(), after(), ["lost"]),
    (
        "waits for a choice",
        said(content=True),
        state(),
        after(Place("keuze")),
        [],
    ),
    (
        "offered back with buttons",
        said(content=True),
        state(),
        after(AT_DREMPEL, f"Waar hoort “{BUS}” bij?", buttons=["Wat tegenhoudt", "Nergens"]),
        [],
    ),
    (
        "repeated without a choice is not offered back",
        said(content=True),
        state(),
        after(AT_DREMPEL, f"Ik begrijp “{BUS}” niet."),
        ["lost"],
    ),
    ("not in the transcript", said(), state(), after(typed=[]), ["transcript"]),
    (
        "a refusal takes away what was typed before it",
        said(),
        state(Place("toestemming", None, "analyse")),
        after(Place("einde"), typed=[], consent={"analyse": False}),
        [],
    ),
    (
        "a command stored as an answer",
        said(expect={"stored": False}),
        state(),
        after(answers={DREMPEL: BUS}),
        ["stored"],
    ),
    (
        "a command stored over an answer",
        said(expect={"stored": False}),
        state(answers={DREMPEL: "Oud."}),
        after(answers={DREMPEL: BUS}),
        ["stored", "overwritten"],
    ),
    (
        "a word of a command within an earlier answer is no fault",
        turn(say="ja", expect={"stored": False}),
        state(answers={DREMPEL: "Jaren geleden"}),
        after(answers={DREMPEL: "Jaren geleden"}, typed=["ja"]),
        [],
    ),
    (
        "overwritten unasked",
        said(content=True),
        state(AT_VOORSTEL, answers={DREMPEL: "Oud."}),
        after(answers={DREMPEL: BUS}),
        ["overwritten"],
    ),
    (
        "overwritten as asked",
        said(content=True, may_change=["drempel"], expect={"gone": {"drempel": "Oud"}}),
        state(AT_VOORSTEL, answers={DREMPEL: "Oud."}),
        after(answers={DREMPEL: BUS}),
        [],
    ),
    (
        "what another opdracht holds may not change either",
        said(content=True, may_change=["drempel"]),
        state(answers={(8, "drempel"): "Oud."}),
        after(answers={DREMPEL: BUS}),
        ["overwritten"],
    ),
    (
        "what was put there wrongly may be overwritten",
        said(content=True),
        state(answers={DREMPEL: "terug graag"}, wrong=frozenset({DREMPEL})),
        after(answers={DREMPEL: BUS}),
        [],
    ),
    (
        "a follow-up adds to its answer",
        said(content=True),
        state(answers={DREMPEL: "Oud."}, probe=True),
        after(answers={DREMPEL: f"Oud. {BUS}"}),
        [],
    ),
    (
        "a follow-up adds to its answer, also what no writer marks as content",
        said(),
        state(answers={DREMPEL: "Oud."}, probe=True),
        after(answers={DREMPEL: f"Oud. {BUS}"}),
        [],
    ),
    (
        "all may change",
        said(may_change="all"),
        state(answers={DREMPEL: "Oud.", TREKKER: "VDAB"}),
        after(),
        [],
    ),
    (
        "added to an answer that is not open",
        said(content=True),
        state(AT_VOORSTEL, answers={DREMPEL: "Oud."}),
        after(answers={DREMPEL: f"Oud. {BUS}"}),
        ["misplaced"],
    ),
    (
        "a correction that was not carried out",
        said(may_change=["drempel"], expect={"gone": {"drempel": "Oud"}}),
        state(AT_VOORSTEL, answers={DREMPEL: "Oud."}),
        after(answers={DREMPEL: "Oud."}),
        ["answers"],
    ),
    (
        "what an earlier turn lost is not missed again",
        said(expect={"answers": {"drempel": "Oud"}}),
        state(AT_VOORSTEL),
        after(),
        [],
    ),
    (
        "what this turn lost is missed",
        said(expect={"answers": {"drempel": "Oud"}}),
        state(AT_VOORSTEL, answers={DREMPEL: "Oud."}),
        after(),
        ["answers", "overwritten"],
    ),
    (
        "an answer that was to be erased",
        said(may_change=["8 trekker"], expect={"answers": {"8 trekker": None}}),
        state(answers={(8, "trekker"): "VDAB"}),
        after(AT_DREMPEL, answers={(8, "trekker"): "VDAB"}),
        ["answers", "own data"],
    ),
    (
        "elsewhere",
        said(expect={"at": ["vraag 4 voorstel", "bevestigen"]}),
        state(),
        after(Place("einde")),
        ["place"],
    ),
    (
        "a follow-up on what was answered is right",
        said(content=True, expect={"at": "vraag 4 voorstel", "kept": "drempel"}),
        state(),
        after(AT_DREMPEL, probe=True, answers={DREMPEL: BUS}),
        [],
    ),
    (
        "a follow-up on the open question is right",
        said(expect={"at": "vraag 4 voorstel"}),
        state(),
        after(AT_DREMPEL, probe=True),
        [],
    ),
    (
        "a follow-up on something else is not",
        said(expect={"at": "vraag 4 voorstel"}),
        state(),
        after(Place("vraag", 4, "trekker"), probe=True),
        ["place"],
    ),
    (
        "consent that stands otherwise",
        said(expect={"consent": {"citaat": False}}),
        state(consent={"citaat": True}),
        after(consent={"citaat": True}),
        ["consent", "own data"],
    ),
    (
        "consent that is asked again is not misread",
        said(expect={"consent": {"citaat": False}}),
        state(Place("toestemming", None, "citaat")),
        after(Place("toestemming", None, "citaat")),
        ["not heard"],
    ),
    (
        "consent that changes by itself",
        said(),
        state(consent={"citaat": True}),
        after(consent={"citaat": False}),
        ["consent"],
    ),
    (
        "taken for a wish to erase",
        said(expect={"at": "vraag 4 drempel"}),
        state(),
        after(Place("beheer", 4)),
        ["place", "own data"],
    ),
    ("the wrong group", said(expect={"group": "burger"}), state(), after(group=None), ["group"]),
    (
        "not told",
        said(expect={"says": ["1813", "112"]}),
        state(),
        after(AT_DREMPEL, "Bel 1813."),
        ["says"],
    ),
    (
        "told though it must not be",
        said(expect={"says_not": "0478"}),
        state(),
        after(AT_DREMPEL, "Uw nummer is 0478."),
        ["says"],
    ),
    (
        "no such button",
        said(expect={"offers": "^dringend"}),
        state(),
        after(buttons=["4 - Dringend"]),
        ["says"],
    ),
    (
        "the code is told",
        said(expect={"receipt": True}),
        state(),
        after(AT_DREMPEL, "Uw code is 7KQM.", receipt="7KQM"),
        [],
    ),
    (
        "the code is not told",
        said(expect={"receipt": True}),
        state(),
        after(AT_DREMPEL, "Met uw code kunt u later verder.", receipt="7KQM"),
        ["says"],
    ),
    ("erased", said(expect={"erased": True}), state(), after(erased=True), []),
    (
        "not erased",
        said(expect={"erased": True}),
        state(),
        after(),
        ["erased", "own data"],
    ),
    ("erased unasked", said(), state(), after(erased=True), ["erased"]),
    (
        "one of several outcomes",
        said(expect={"any_of": [{"at": "einde"}, {"at": "vraag 4 voorstel"}]}),
        state(),
        after(),
        [],
    ),
    (
        "none of several outcomes",
        said(expect={"any_of": [{"at": "einde", "says": "dag"}, {"at": "verder"}]}),
        state(),
        after(),
        ["place"],
    ),
    (
        "each outcome as a whole",
        said(expect={"any_of": [{"at": "vraag 4", "says": "dag"}, {"at": "verder"}]}),
        state(),
        after(),
        ["says"],
    ),
    (
        "a bubble said twice in a row",
        said(),
        state(AT_DREMPEL, "Dank u.", "Wat nog?"),
        after(AT_VOORSTEL, "dank  u."),
        ["repeated"],
    ),
    (
        "said again as asked",
        said(again=True),
        state(AT_DREMPEL, "Dank u."),
        after(AT_DREMPEL, "Dank u."),
        [],
    ),
    ("six buttons", said(), state(), after(buttons=list("abcdef")), []),
    ("seven buttons", said(), state(), after(buttons=list("abcdefg")), ["buttons"]),
    ("two buttons alike", said(), state(), after(buttons=["Ja", "ja "]), ["buttons"]),
]


@pytest.mark.parametrize(
    ("one", "before", "then", "wanted"), [row[1:] for row in JUDGED], ids=[row[0] for row in JUDGED]
)
def test_a_turn_is_judged_by_what_can_be_observed(
    one: Turn, before: State, then: State, wanted: list[str]
) -> None:
    assert kinds(one, before, then) == wanted


def test_an_answer_that_is_right_is_not_wrong_for_being_stored_twice() -> None:
    one = said(content=True, expect={"kept": "drempel"})
    before, then = state(), after(answers={DREMPEL: BUS, VOORSTEL: BUS})
    faults = judged(one, before, then)
    assert [each.kind for each in faults] == ["misplaced"]
    assert wrongly_stored(one, before, then, faults) == {VOORSTEL}


# The runner


class Assistant:
    """A small assistant with the chat's contract; what it does with a text can be set."""

    def __init__(self, **strange: Callable[[Assistant], None]) -> None:
        self.strange = strange
        self.thin: set[str] = set()
        self.places = [
            ("toestemming", None, "analyse"),
            ("toestemming", None, "citaat"),
            ("groep", None, None),
            *(("vraag", 4, question) for question in QUESTIONS),
            ("bevestigen", 4, None),
            ("verder", 4, None),
            ("einde", None, None),
        ]
        self.index = 0
        self.probe = False
        self.gone = False
        self.answers: dict[str, str] = {}
        self.consent: dict[str, bool] = {}
        self.group: str | None = None
        self.log: list[dict[str, Any]] = []
        self._say()

    def go(self, step: str, question: str | None = None) -> None:
        self.index = next(
            number
            for number, place in enumerate(self.places)
            if place[0] == step and question in (None, place[2])
        )

    def participant(self) -> Participant:
        http = httpx.Client(base_url="http://x", transport=httpx.MockTransport(self.answer))
        return Participant(http, CATALOGUE)

    def answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path == "/api/chat/sessions":
            opened = {"session": "s", "token": "t", "receipt": "7KQM"}
            if self.gone:
                return httpx.Response(404, json={})
            if json.loads(request.content).get("receipt"):
                self._say()
            return httpx.Response(201, json=opened)
        if path == "/mijn-antwoorden":
            assert parse_qs(request.content.decode())["code"] == ["7KQM"]
            return httpx.Response(404 if self.gone else 200, text=self._page())
        if self.gone:
            return httpx.Response(401, json={})
        if path == "/api/chat/answers":
            found = [
                {"opdracht": 4, "question": key, "text": text} for key, text in self.answers.items()
            ]
            return httpx.Response(200, json=found)
        if request.method == "GET":
            since = int(request.url.params["after"])
            return httpx.Response(200, json=[each for each in self.log if each["seq"] > since])
        body = json.loads(request.content)
        self._log("deelnemer", body["message"])
        self._take(body["message"])
        return httpx.Response(200, json=self._say())

    def _take(self, text: str) -> None:
        step, _, question = self.places[self.index]
        if text in self.strange:
            self.strange[text](self)
        elif text == "terug":
            self.index -= 1
        elif text == "Toch verder praten":
            self.go("vraag", "drempel")
        elif text in ("overslaan", "Nee, dit is genoeg"):
            self.probe = False
            self.index += 1
        elif step == "toestemming":
            self.consent[str(question)] = text == "Ja"
            self.index += 1
        elif step == "groep":
            self.group = text
            self.index += 1
        elif step == "vraag":
            old = self.answers.get(str(question), "") if self.probe else ""
            self.answers[str(question)] = f"{old} {text}".strip()
            self.probe = text in self.thin and not self.probe
            self.index += 0 if self.probe else 1
        elif self.index < len(self.places) - 1:
            self.index += 1

    def _say(self) -> list[dict[str, Any]]:
        step, opdracht, question = self.places[self.index]
        titles = {
            "toestemming": ["Ja", "Nee"],
            "groep": ["Burger", "Stad, gemeente of OCMW"],
            "bevestigen": ["Ja, dit klopt"],
            "einde": ["Toch verder praten"],
        }.get(step, ["Nee, dit is genoeg"] if self.probe else [])
        custom = {"step": step, "opdracht": opdracht, "question": question, "probe": self.probe}
        buttons = [{"title": each, "payload": f"/{each}"} for each in titles]
        return [self._log("assistent", f"{len(self.log)}: {custom}", buttons, custom)]

    def _log(self, who: str, text: str, buttons: Any = (), custom: Any = None) -> dict[str, Any]:
        self.log.append(
            {
                "seq": len(self.log) + 1,
                "from": who,
                "text": text,
                "buttons": list(buttons),
                "custom": custom,
            }
        )
        return self.log[-1]

    def _page(self) -> str:
        rows = {"Uw groep": self.group or "Dat zei u niet."}
        for each in CATALOGUE.consultatie.toestemmingen:
            if each.doel in self.consent:
                rows[each.vraag] = f"U zei {'ja' if self.consent[each.doel] else 'nee'}."
        inside = "".join(
            f"<dt>{html.escape(name)}</dt>\n<dd>{html.escape(text)}</dd>"
            for name, text in rows.items()
        )
        return f'<dl class="consents">{inside}</dl>'


OPENING: list[dict[str, Any]] = [
    {"tap": "Ja", "when": "toestemming analyse", "expect": {"at": "toestemming citaat"}},
    {"tap": "Nee", "expect": {"at": "groep", "consent": {"analyse": True, "citaat": False}}},
    {"tap": "Burger", "expect": {"at": "vraag 4 drempel", "group": "burger"}},
]
FIRST = {"say": BUS, "content": True, "expect": {"at": "vraag 4 voorstel", "kept": "drempel"}}


def held(assistant: Assistant, *turns: dict[str, Any]) -> Result:
    (script,) = scripts(*turns)
    return play(script, assistant.participant())


def wrong(result: Result) -> dict[int, list[str]]:
    return {
        each.number: [fault.kind for fault in each.faults] for each in result.played if each.faults
    }


def test_a_talk_that_is_understood_has_no_faults() -> None:
    result = held(
        Assistant(),
        *OPENING,
        FIRST,
        {"say": "Les in het dorp.", "content": True, "expect": {"kept": "voorstel"}},
        {"return": True, "expect": {"at": "vraag 4 trekker", "answers": {"drempel": "de bus"}}},
    )
    assert wrong(result) == {}
    assert len(result.played) == 6
    assert result.not_played == 0


def test_a_turn_that_leads_astray_counts_once_and_the_talk_goes_on() -> None:
    assistant = Assistant(wacht=lambda self: self.go("einde"))
    result = held(
        assistant,
        *OPENING,
        {"say": "wacht", "expect": {"at": "vraag 4 drempel"}},
        FIRST,
        {"say": "Les in het dorp.", "content": True, "expect": {"kept": "voorstel"}},
    )
    assert wrong(result) == {4: ["place"]}
    assert assistant.answers["voorstel"] == "Les in het dorp."


def test_a_turn_that_expects_no_place_is_blamed_when_the_next_finds_the_talk_elsewhere() -> None:
    assistant = Assistant(wacht=lambda self: self.go("einde"))
    result = held(assistant, *OPENING, {"say": "wacht"}, {**FIRST, "when": "vraag 4 drempel"})
    assert wrong(result) == {4: ["elsewhere"]}


def test_going_back_chooses_consent_and_group_as_the_person_wanted() -> None:
    def asks_again(self: Assistant) -> None:
        pass

    assistant = Assistant(neeje=asks_again, gemeentehuis=asks_again)
    result = held(
        assistant,
        OPENING[0],
        {"say": "neeje", "expect": {"at": "groep", "consent": {"citaat": False}}},
        {"say": "gemeentehuis", "expect": {"at": "vraag 4 drempel", "group": "lokaal_bestuur"}},
        FIRST,
    )
    assert wrong(result) == {2: ["place", "not heard"], 3: ["place", "group"]}
    assert assistant.consent == {"analyse": True, "citaat": False}
    assert assistant.group == "Stad, gemeente of OCMW"


def test_where_no_way_leads_back_one_turn_counts_and_the_others_are_not_played() -> None:
    result = held(
        Assistant(ja=lambda self: self.go("bevestigen")),
        {"say": "ja", "when": "toestemming analyse", "expect": {"at": "toestemming citaat"}},
        {"tap": "Ja", "expect": {"at": "toestemming citaat"}},
        {"tap": "Ja", "expect": {"at": "groep"}},
        {"tap": "Burger", "expect": {"at": "vraag 4 drempel"}},
        FIRST,
    )
    assert wrong(result) == {1: ["place"], 2: ["elsewhere"]}
    assert result.not_played == 3
    assert [each.number for each in result.played] == [1, 2, 5]


def test_a_follow_up_is_declined_unless_the_talk_answers_it() -> None:
    assistant = Assistant()
    assistant.thin = {"duur", "les"}
    result = held(
        assistant,
        *OPENING,
        {"say": "duur", "expect": {"at": "vraag 4 voorstel", "kept": "drempel"}},
        {"say": "les", "when": "vraag 4 voorstel", "expect": {"kept": "voorstel"}},
        {"say": "in het dorp", "followup": True, "content": True, "expect": {"kept": "voorstel"}},
        {"say": "niet gevraagd", "followup": True},
    )
    assert wrong(result) == {}
    assert assistant.answers == {"drempel": "duur", "voorstel": "les in het dorp"}
    assert [each.number for each in result.played] == [1, 2, 3, 4, 5, 6]


def test_a_tap_on_what_need_not_have_been_asked_is_left_out() -> None:
    result = held(
        Assistant(),
        *OPENING,
        {"say": BUS, "expect": {"at": ["vraag 4 voorstel", "keuze"]}},
        {"tap": "Haal dat weg", "when": "keuze"},
        {"say": "ja", "when": "keuze"},
        {"say": "Les.", "when": "vraag 4 voorstel", "expect": {"kept": "voorstel"}},
    )
    assert wrong(result) == {}
    assert [each.number for each in result.played] == [1, 2, 3, 4, 7]


def test_a_button_that_is_not_offered_is_a_misunderstanding() -> None:
    result = held(Assistant(), {"tap": "Misschien", "when": "toestemming"})
    assert wrong(result) == {1: ["not offered"]}


def test_what_a_command_put_in_an_answer_may_be_overwritten_afterwards() -> None:
    result = held(
        Assistant(),
        *OPENING,
        {"say": "wat?", "expect": {"at": "vraag 4 drempel", "stored": False}},
        FIRST,
    )
    assert wrong(result) == {4: ["place", "stored"]}


def test_a_question_that_a_command_was_taken_for_is_not_expected_again() -> None:
    assistant = Assistant(vroeger=lambda self: self.go("vraag", "drempel"))
    assistant.strange["Nog eens."] = lambda self: self.go("vraag", "trekker")
    result = held(
        assistant,
        *OPENING,
        FIRST,
        {"say": "wacht", "expect": {"at": "vraag 4 voorstel", "stored": False}},
        {"say": "vroeger", "when": "vraag", "expect": {"at": "vraag 4 drempel"}},
        {"say": "Nog eens.", "expect": {"at": "vraag 4 voorstel"}},
        {"say": "De gemeente.", "when": "vraag 4 trekker", "expect": {"kept": "trekker"}},
    )
    assert wrong(result) == {5: ["place", "stored"]}


def test_a_turn_is_not_blamed_for_a_question_that_a_command_was_taken_for() -> None:
    result = held(
        Assistant(hm=lambda self: self.go("vraag", "trekker")),
        *OPENING,
        FIRST,
        {"say": "wacht", "expect": {"at": "vraag 4 voorstel", "stored": False}},
        {"say": "hm", "when": "vraag"},
        {"say": "Les.", "when": "vraag 4 voorstel", "expect": {"kept": "voorstel"}},
    )
    assert wrong(result) == {5: ["place", "stored"]}
    assert [each.number for each in result.played] == [1, 2, 3, 4, 5, 6, 7]


def test_what_going_back_put_in_an_answer_may_be_overwritten() -> None:
    def stored(self: Assistant) -> None:
        del self.strange["terug"]
        self.answers["voorstel"] = "terug"
        self.go("vraag", "trekker")

    result = held(
        Assistant(wacht=lambda self: self.go("vraag", "voorstel"), terug=stored),
        *OPENING,
        {"say": "wacht", "expect": {"at": "vraag 4 drempel"}},
        FIRST,
        {"say": "Les.", "content": True, "expect": {"kept": "voorstel"}},
    )
    assert wrong(result) == {4: ["place"]}


def test_an_answer_lost_to_a_command_is_counted_as_overwritten() -> None:
    result = held(
        Assistant(),
        *OPENING,
        FIRST,
        {"say": "terug", "expect": {"at": "vraag 4 drempel"}},
        {"say": "laat maar", "expect": {"at": "vraag 4 voorstel", "stored": False}},
    )
    assert wrong(result) == {6: ["stored", "overwritten"]}


def test_after_an_erasure_nothing_is_played_but_coming_back() -> None:
    def erase(self: Assistant) -> None:
        self.gone = True

    asked = held(
        Assistant(weg=erase),
        *OPENING,
        {"say": "weg", "may_change": "all", "expect": {"erased": True}},
        {"return": True, "expect": {"erased": True}},
    )
    assert wrong(asked) == {}
    unasked = held(Assistant(weg=erase), *OPENING, {"say": "weg", "expect": {"at": "vraag"}}, FIRST)
    assert wrong(unasked) == {4: ["erased"]}
    assert unasked.not_played == 1


# The figures


def test_the_figures_count_a_turn_once_per_column_and_tell_no_text() -> None:
    assistant = Assistant(wacht=lambda self: self.go("einde"))
    result = held(
        assistant,
        *OPENING,
        {"say": "wacht", "content": True, "expect": {"at": "vraag 4 drempel", "kept": "drempel"}},
        FIRST,
    )
    row = figures("all", [result])
    assert (row.participants, row.turns, row.misunderstood, row.lost) == (1, 5, 1, 1)
    assert row.per_ten == 2.0
    table = report("blind", [result])
    assert "| chatty | 1 | 5 | 1 | 2.0 | 1 | 0 | 0 | 0 | 0 | 0 |" in table
    assert "Turns by what does not hold: " in table
    assert "wacht" not in table
    assert "Test" not in table
    assert "wacht" in failures([result], 10)
    assert failures([result], 0) == ""


@pytest.mark.parametrize("arguments", [["--show"], ["--show", "--set", "blind"]])
def test_texts_of_the_blind_set_are_never_shown(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["talks", *arguments])
    with pytest.raises(SystemExit):
        talks.main()


def test_the_page_has_a_place_for_each_set() -> None:
    page = talks.PAGE.read_text(encoding="utf-8")
    for name in SETS:
        assert f"<!-- talks {name}: begin -->" in page
        assert f"<!-- talks {name}: end -->" in page


# A yes to what was offered


def _offered(*, changed: bool = False, offer: bool = True) -> tuple[State, State, State]:
    key: Key = (4, "drempel")
    new = {key: "zeven uur"}
    old = {key: "zes uur"}
    custom = {"step": "bevestigen", **({"offer": {"message": "m1"}} if offer else {})}
    bubble = {"text": "Klopt dat?", "custom": custom}
    at = Place("bevestigen", 4)
    earlier = State(at, answers=old, opdracht=4)
    before = State(at, bubbles=[bubble], answers=new if changed else old, opdracht=4)
    return earlier, before, State(at, answers=new, opdracht=4)


@pytest.mark.parametrize(
    "yes", [{"say": "joa da klopt"}, {"say": "correct"}, {"tap": "Ja, dit klopt"}]
)
def test_a_yes_may_change_what_was_offered_for_the_turn_before(yes: dict[str, Any]) -> None:
    asks = turn(say="zeven uur, niet zes", may_change=["drempel"])
    earlier, before, after = _offered()
    now = turn(**yes, expect={"stored": False})
    found = judged(now, before, replace(after, typed=[now.say or ""]))
    assert [each.kind for each in found] == ["overwritten"]
    allowed = agreed(now, asks, earlier, before)
    assert judged(allowed, before, replace(after, typed=[now.say or ""])) == []


@pytest.mark.parametrize(
    ("now", "state"),
    [
        ({"say": "nee laat maar"}, {}),
        ({"say": "mijn buurvrouw moet om vijf uur al haar kinderen halen"}, {}),
        ({"say": "ja"}, {"offer": False}),
        ({"say": "ja"}, {"changed": True}),
    ],
)
def test_without_an_open_offer_or_a_yes_nothing_more_may_change(
    now: dict[str, Any], state: dict[str, bool]
) -> None:
    asks = turn(say="zeven uur, niet zes", may_change=["drempel"])
    earlier, before, _ = _offered(**state)
    assert agreed(turn(**now), asks, earlier, before).may_change == ()
