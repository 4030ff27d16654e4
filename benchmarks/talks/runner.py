"""How often scripted participants are misunderstood, over HTTP with the real servers.

    .venv/bin/python -m benchmarks.talks [--set known|blind] [--show [N]] [--docs] [--at-once 4]
    .venv/bin/python -m benchmarks.talks --check FILE...

Starts the product on free ports with an empty database of its own, plays the talks of
``benchmarks/talks`` as the widget would, each participant on an address of their own, and judges
every turn by what a participant can observe. Prints, per kind of participant, misunderstandings per
ten turns, texts thrown away, answers overwritten, consent or erasure misread, and turns in which a
bubble was repeated. ``--show`` prints the first failures word for word, of the known set only: the
texts of the blind set are never printed. ``--docs`` writes the table to ``docs/conversation.md``.
"""

from __future__ import annotations

import argparse
import html
import re
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx

from benchmarks.talks.judging import (
    BESIDE,
    Fault,
    Key,
    State,
    agreed,
    judged,
    plain,
    taken_as_answered,
    wrongly_stored,
)
from benchmarks.talks.script_format import (
    QUESTIONS,
    SETS,
    STEPS,
    FormatError,
    Place,
    Script,
    Turn,
    read,
    read_set,
)
from benchmarks.turns import put_between, serving
from consultation.catalogue import Catalogue, load_catalogue
from consultation.settings import ROOT

PAGE = ROOT / "docs" / "conversation.md"
MOVES = 8
_PATIENCE = 120.0
_OPENING = 60.0
_NAMES = {
    "drempel": "Wat tegenhoudt",
    "voorstel": "Uw voorstel",
    "trekker": "Wie het doet",
    "prioriteit": "Hoe dringend",
}


class Refused(Exception):
    """The server did not take a message."""


@dataclass
class Played:
    """One turn as it was played, with what does not hold."""

    number: int
    turn: Turn
    before: State
    after: State
    faults: list[Fault]

    @property
    def misunderstood(self) -> bool:
        """Whether something beside the form of the assistant's turn does not hold."""
        return any(each.kind not in BESIDE for each in self.faults)

    def allows(self, place: Place | None) -> bool:
        """Whether the writer says that the talk may be here after this turn."""
        expect = self.turn.expect
        if place is None or self.misunderstood:
            return False
        if any(each.holds(place) for part in expect.parts() for each in part.at):
            return True
        return not expect.at and any(not part.at for part in expect.any_of)


@dataclass
class Result:
    """One participant's talk; what was not played at all is only counted."""

    script: Script
    played: list[Played] = field(default_factory=list)
    not_played: int = 0


class Participant:
    """Talks as the widget does and looks at what is kept, as the page for it shows."""

    def __init__(self, http: httpx.Client, catalogue: Catalogue) -> None:
        self._http = http
        self._catalogue = catalogue
        self._token = ""
        self._seq = 0
        self.state = State(None)

    def open(self, opdracht: int | None = None) -> None:
        """Begins a talk, from the page of an opdracht or not."""
        self._enter({} if opdracht is None else {"opdracht": opdracht})

    def come_back(self) -> None:
        """Leaves, and comes in again with the receipt code."""
        self._enter({"receipt": self.state.receipt})

    def send(self, text: str, payload: str | None = None) -> None:
        """Says or taps something and waits for the answer.

        Raises:
            Refused: the server did not take it.
        """
        body = {"message": text, "client_id": uuid.uuid4().hex}
        if payload is not None:
            body["payload"] = payload
        deadline = time.monotonic() + _PATIENCE
        answer = self._call("POST", "/api/chat/messages", json=body)
        while answer.status_code == 202 and time.monotonic() < deadline:
            time.sleep(0.5)
            answer = self._call("POST", "/api/chat/messages", json=body)
        if answer.status_code == 401:
            self.state = replace(self.state, erased=True, bubbles=())
        elif answer.status_code != 200:
            raise Refused(f"HTTP {answer.status_code}")
        else:
            self._hear(answer.json())

    def tap(self, wanted: str) -> bool:
        """Taps the button that is meant; False where none is offered."""
        button = self.button(wanted)
        if button is None:
            return False
        self.send(button["title"], button["payload"])
        return True

    def button(self, wanted: str) -> dict[str, str] | None:
        """The button with this title, or beginning, or payload."""
        # What stands behind "Toon alle" may be tapped too: the widget shows it by itself.
        more = [
            each
            for bubble in self.state.bubbles
            for each in (bubble.get("custom") or {}).get("more", ())
        ]
        buttons = [dict(each) for each in (*self.state.buttons, *more)]
        for fits in (
            lambda each: plain(each["title"]) == plain(wanted),
            lambda each: plain(each["title"]).startswith(plain(wanted)),
            lambda each: each["payload"].startswith(wanted),
            lambda each: plain(wanted) in plain(each["title"]),
        ):
            for each in buttons:
                if fits(each):
                    return each
        return None

    def look(self) -> None:
        """Reads the transcript and all that is kept."""
        said = self._call("GET", f"/api/chat/messages?after={self._seq}")
        kept = self._call("POST", "/mijn-antwoorden", data={"code": self.state.receipt})
        if said.status_code == 401 or kept.status_code == 404:
            self.state = replace(self.state, erased=True, answers={}, consent={}, group=None)
            return
        messages = said.json()
        self._seq = max([self._seq, *(each["seq"] for each in messages)])
        consent, group = self._kept(kept.text)
        answers: dict[Key, str] = {}
        for each in self._call("GET", "/api/chat/answers").json():
            key = each["opdracht"], each["question"]
            text = " ".join(filter(None, (each["text"], each.get("step"))))
            answers[key] = f"{answers[key]} {text}" if key in answers else text
        self.state = replace(
            self.state,
            typed=[each["text"] for each in messages if each["from"] == "deelnemer"],
            answers=answers,
            consent=consent,
            group=group,
        )

    def group_name(self, slug: str) -> str:
        """A group as its button is called."""
        group = self._catalogue.groep(slug)
        return group.naam if group else slug

    def _kept(self, page: str) -> tuple[dict[str, bool], str | None]:
        """Consent and group, from the page of what is kept."""
        part = re.search(r'<dl class="consents">(.*?)</dl>', page, re.DOTALL)
        rows = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", part[1] if part else "", re.DOTALL)
        shown = {html.unescape(name).strip(): html.unescape(text).strip() for name, text in rows}
        consent: dict[str, bool] = {
            each.doel: shown[each.vraag].startswith("U zei ja")
            for each in self._catalogue.consultatie.toestemmingen
            if each.vraag in shown
        }
        groups = {each.naam: each.slug for each in self._catalogue.groepen}
        return consent, groups.get(shown.get("Uw groep", ""))

    def _enter(self, body: dict[str, Any]) -> None:
        answer = self._call("POST", "/api/chat/sessions", json=body)
        if answer.status_code == 404:
            self.state = replace(self.state, erased=True, bubbles=())
            return
        if answer.status_code != 201:
            raise Refused(f"HTTP {answer.status_code}")
        opened = answer.json()
        self._token = opened["token"]
        self.state = replace(self.state, receipt=opened["receipt"], erased=False)
        deadline = time.monotonic() + _OPENING
        while time.monotonic() < deadline:
            messages = self._call("GET", f"/api/chat/messages?after={self._seq}").json()
            bubbles = [each for each in messages if each["from"] == "assistent"]
            if any(map(_step, bubbles)):
                self._hear(bubbles)
                return
            time.sleep(0.2)
        raise Refused("the assistant does not answer")

    def _hear(self, bubbles: Sequence[dict[str, Any]]) -> None:
        custom = next(
            (
                each["custom"]
                for each in reversed(bubbles)
                if (each.get("custom") or {}).get("step")
            ),
            None,
        )
        self.state = replace(self.state, bubbles=list(bubbles))
        if custom is not None:
            place = Place(custom["step"], custom.get("opdracht"), custom.get("question"))
            self.state = replace(
                self.state,
                place=place,
                probe=bool(custom.get("probe")),
                opdracht=place.opdracht or self.state.opdracht,
            )

    def _call(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One request; when it is too much at once, it is done again later."""
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        for _ in range(60):
            answer = self._http.request(method, path, headers=headers, **more)
            if answer.status_code not in (429, 503):
                break
            time.sleep(min(5.0, float(answer.headers.get("Retry-After", "1"))))
        return answer


def _step(bubble: Mapping[str, Any]) -> Any:
    return (bubble.get("custom") or {}).get("step")


def play(script: Script, participant: Participant) -> Result:
    """Plays one talk and judges its turns."""
    result = Result(script)
    participant.open(script.opdracht)
    participant.look()
    row = 0
    for number, turn in enumerate(script.turns, 1):
        last = result.played[-1] if result.played else None
        if turn.followup and not participant.state.probe:
            continue
        if participant.state.erased and not turn.returns:
            result.not_played += 1
            continue
        if not _ready(turn, participant, last):
            if last is not None and last.allows(participant.state.place):
                # What the writer foresaw did not come, and need not have come.
                continue
            result.not_played += 1
            row += 1
            if row == 1:
                fault = Fault(
                    "elsewhere", f"at {participant.state.place}; turn {number} not played"
                )
                result.played.append(
                    Played(number, turn, participant.state, participant.state, [fault])
                )
            continue
        row = 0
        result.played.append(_one_turn(number, turn, participant, last))
    return result


def _one_turn(number: int, turn: Turn, participant: Participant, last: Played | None) -> Played:
    before = participant.state
    if last is not None:
        turn = agreed(turn, last.turn, last.before, before)
    try:
        if turn.say is not None:
            participant.send(turn.say)
        elif turn.tap is not None:
            if not participant.tap(turn.tap):
                fault = Fault("not offered", f"no button {turn.tap!r} in {before.titles}")
                return Played(number, turn, before, before, [fault])
        else:
            participant.come_back()
    except Refused as error:
        return Played(number, turn, before, before, [Fault("refused", str(error))])
    if turn.say is not None or turn.tap is not None or not participant.state.erased:
        participant.look()
    after = participant.state
    faults = judged(turn, before, after)
    right = {key for key in before.wrong if before.answers.get(key) != after.answers.get(key)}
    wrong = (before.wrong - right) | wrongly_stored(turn, before, after, faults)
    participant.state = replace(after, wrong=frozenset(wrong))
    return Played(number, turn, before, after, faults)


def _ready(turn: Turn, participant: Participant, last: Played | None) -> bool:
    """Whether the turn can be played; goes back to where the writer supposes the talk is."""
    if turn.followup or participant.state.erased:
        return True
    if participant.state.probe and not (turn.when and _is_at(participant, turn.when)):
        _decline(participant)
        participant.look()
    if not turn.when or _is_at(participant, turn.when):
        return True
    foreseen = last is not None and last.allows(participant.state.place)
    counted = foreseen or taken_as_answered(participant.state, turn.when)
    if last is not None and not counted and not last.misunderstood:
        wanted = " or ".join(str(place) for place in turn.when)
        last.faults.append(Fault("elsewhere", f"then at {participant.state.place}, not {wanted}"))
    if foreseen and (turn.tap is not None or turn.when[0].step in ("beheer", "keuze")):
        return False
    _go_back(turn, participant, last)
    return _is_at(participant, turn.when) or turn.returns


def _go_back(turn: Turn, participant: Participant, last: Played | None) -> None:
    before = participant.state.answers
    try:
        for _ in range(MOVES):
            moved = _move(participant, turn.when[0], last)
            if not moved or participant.state.erased or _is_at(participant, turn.when):
                break
    except Refused:
        pass
    participant.look()
    now = participant.state
    moved_in = {key for key in now.answers if now.answers[key] != before.get(key)}
    participant.state = replace(now, wrong=now.wrong | moved_in)


def _is_at(participant: Participant, places: Iterable[Place]) -> bool:
    here = participant.state.place
    return here is not None and any(place.holds(here) for place in places)


def _decline(participant: Participant) -> None:
    if not (participant.tap("/overslaan") or participant.tap("Nee, dit is genoeg")):
        participant.send("overslaan")


def _move(participant: Participant, target: Place, last: Played | None) -> bool:
    """One move towards a place, by a button where there is one; False where no way leads there."""
    place = participant.state.place
    step = place.step if place else ""
    if participant.state.probe:
        _decline(participant)
        return True
    if step == "beheer":
        return any(participant.tap(each) for each in ("Niets", "Nee")) or _last(participant)
    if step == "keuze" or step not in STEPS:
        return participant.tap("Nee") or _last(participant)
    if step == "einde":
        return participant.tap("Toch verder praten") or _say(participant, "verder")
    if step == "toestemming":
        # As the person wanted it, if that is what was misunderstood.
        wanted = last.turn.expect.consent if last else {}
        given = wanted.get(place.question or "", True) if place else True
        return participant.tap("Ja" if given else "Nee")
    if target.step in ("toestemming", "groep", "beheer", "keuze"):
        return False
    if step == "groep":
        return _choose_group(participant, last)
    if target.step == "einde":
        return participant.tap("/stoppen") or _say(participant, "stoppen")
    return _move_on(participant, place or target, target)


def _choose_group(participant: Participant, last: Played | None) -> bool:
    wanted = [slug for slug in last.turn.expect.group if slug] if last else []
    name = participant.group_name(wanted[0] if wanted else "burger")
    return participant.tap(name) or _say(participant, name)


def _move_on(participant: Participant, place: Place, target: Place) -> bool:
    """A move among opdracht, vraag, bevestigen and verder."""
    other = target.opdracht is not None and target.opdracht != place.opdracht
    if place.step == "opdracht":
        return _say(participant, f"opdracht {target.opdracht or 1}")
    if place.step == "verder":
        return participant.tap("Ja, een ander onderwerp") or _say(participant, "ander onderwerp")
    if target.step == "opdracht" or (other and target.step in ("vraag", "bevestigen")):
        return _say(participant, "ander onderwerp")
    if place.step == "bevestigen":
        if target.step == "verder":
            return participant.tap("Ja, dit klopt") or _say(participant, "ja, dit klopt")
        return (
            participant.tap(_NAMES[target.question or "drempel"])
            or participant.tap("Ik wil iets veranderen")
            or _say(participant, "ik wil iets veranderen")
        )
    back = (
        target.step == "vraag"
        and place.question in QUESTIONS
        and target.question in QUESTIONS
        and QUESTIONS.index(target.question) < QUESTIONS.index(place.question)
    )
    return _say(participant, "terug" if back else "overslaan")


def _say(participant: Participant, text: str) -> bool:
    participant.send(text)
    return True


def _last(participant: Participant) -> bool:
    buttons = participant.state.buttons
    if not buttons:
        return False
    participant.send(buttons[-1]["title"], buttons[-1]["payload"])
    return True


@dataclass(frozen=True)
class Row:
    """The figures of some participants."""

    name: str
    participants: int
    turns: int
    misunderstood: int
    lost: int
    overwritten: int
    consent: int
    repeated: int
    buttons: int
    not_played: int

    @property
    def per_ten(self) -> float:
        """Misunderstandings per ten turns."""
        return 10 * self.misunderstood / max(1, self.turns)


def figures(name: str, results: Sequence[Result]) -> Row:
    """The figures of these talks; a turn counts once per column."""
    turns = [each for result in results for each in result.played]

    def having(*kinds: str) -> int:
        return sum(any(fault.kind in kinds for fault in each.faults) for each in turns)

    return Row(
        name,
        participants=len(results),
        turns=len(turns),
        misunderstood=sum(each.misunderstood for each in turns),
        lost=having("lost", "transcript"),
        overwritten=having("overwritten"),
        consent=having("consent", "erased", "own data"),
        repeated=having("repeated"),
        buttons=having("buttons"),
        not_played=sum(result.not_played for result in results),
    )


def report(name: str, results: Sequence[Result]) -> str:
    """The table of a set, without any text of a talk."""
    kinds = sorted({result.script.kind for result in results})
    rows = [figures(kind, [each for each in results if each.script.kind == kind]) for kind in kinds]
    total = figures("**all**", results)
    lines = [
        f"Set `{name}`: {total.participants} scripted participants, {total.turns} turns judged: "
        f"{total.per_ten:.1f} misunderstandings per 10 turns.",
        "",
        "| kind of participant | people | turns | misunderstood | per 10 turns | texts thrown away "
        "| answers overwritten | consent or erasure misread | bubbles repeated "
        "| too many or equal buttons | not played |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    kinds_of_fault = Counter(
        kind for result in results for each in result.played for kind in {*_kinds(each)}
    )
    lines += [
        f"| {row.name} | {row.participants} | {row.turns} | {row.misunderstood} "
        f"| {row.per_ten:.1f} | {row.lost} | {row.overwritten} | {row.consent} | {row.repeated} "
        f"| {row.buttons} | {row.not_played} |"
        for row in (*rows, total)
    ]
    told = ", ".join(f"{kind} {count}" for kind, count in kinds_of_fault.most_common())
    moves = Counter(
        f"{_step_of(each.before)} -> {_step_of(each.after)}"
        for result in results
        for each in result.played
        if each.misunderstood
    )
    went = ", ".join(f"{move} {count}" for move, count in moves.most_common(20))
    return "\n".join(
        [
            *lines,
            "",
            f"Turns by what does not hold: {told or 'none'}.",
            "",
            f"Misunderstood turns by the step before and after: {went or 'none'}.",
        ]
    )


def _step_of(state: State) -> str:
    return state.place.step if state.place else "none"


def _kinds(played: Played) -> Iterable[str]:
    return (fault.kind for fault in played.faults)


def failures(results: Sequence[Result], most: int) -> str:
    """The first misunderstandings, word for word."""
    parts: list[str] = []
    for result in results:
        for each in result.played:
            if each.misunderstood and len(parts) < most:
                did = each.turn.say or (f"[{each.turn.tap}]" if each.turn.tap else "(comes back)")
                faults = [f"{fault.kind}: {fault.detail}" for fault in each.faults]
                said = [f"    {text}" for text in each.after.texts]
                buttons = [f"    {each.after.titles}"] if each.after.titles else []
                head = f"{result.script.name}, turn {each.number}, at {each.before.place}: {did}"
                shown = [f"  {fault}" for fault in faults if not fault.startswith("buttons")]
                parts.append("\n".join([head, *shown, *said, *buttons]))
    return "\n\n".join(parts)


def hold(url: str, scripts: Sequence[Script], at_once: int) -> list[Result]:
    """Plays all talks, so many at once, each from an address of its own."""
    catalogue = load_catalogue(ROOT / "data" / "opdrachten.yml")

    def one(numbered: tuple[int, Script]) -> Result:
        number, script = numbered
        address = f"127.0.{1 + number // 250}.{1 + number % 250}"
        transport = httpx.HTTPTransport(local_address=address)
        with httpx.Client(base_url=url, timeout=60, transport=transport) as http:
            return play(script, Participant(http, catalogue))

    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(one, enumerate(scripts)))


def main() -> None:
    """Plays the sets that are asked for, or checks files."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--set", choices=SETS, dest="name", help="default: both")
    parser.add_argument("--show", type=int, nargs="?", const=10, default=0, metavar="N")
    parser.add_argument("--docs", action="store_true")
    parser.add_argument("--at-once", type=int, default=4)
    parser.add_argument("--check", type=Path, nargs="+", metavar="FILE")
    arguments = parser.parse_args()
    if arguments.check:
        _check(arguments.check)
        return
    names = [arguments.name] if arguments.name else list(SETS)
    if arguments.show and names != ["known"]:
        parser.error("--show is for --set known: texts of the blind set are never printed")
    for name in names:
        scripts = read_set(name)
        if not scripts:
            print(f"the set {name} has no participants yet")
            continue
        with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as (port, _):
            results = hold(f"http://127.0.0.1:{port}", scripts, arguments.at_once)
        if arguments.show:
            print(failures(results, arguments.show), end="\n\n")
        print(report(name, results), flush=True)
        if arguments.docs:
            put_between(PAGE, f"talks {name}", report(name, results))


def _check(paths: Sequence[Path]) -> None:
    wrong = False
    for path in paths:
        try:
            scripts = read(path)
        except FormatError as error:
            wrong = True
            print(error)
            continue
        turns = sum(len(script.turns) for script in scripts)
        print(f"{path.name}: {len(scripts)} participants, {turns} turns; fits the format")
    if wrong:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
