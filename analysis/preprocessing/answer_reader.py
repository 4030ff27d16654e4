"""Reads answers in a child process, so that no single answer can block the analysis.

The kernel ends the child when one text takes more CPU time than its limit. A signal from the kernel
also ends code that never returns to the interpreter, and CPU time leaves out the time that other
programs used. The next text gets a new child. The child is reused for as long as the parent runs,
and ends with it.
"""

from __future__ import annotations

import atexit
import logging
import math
import multiprocessing
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import Any, Literal

from consultation.errors import SamenspraakError
from consultation.settings import ROOT

Why = Literal["tijd", "fout"]

SECONDS = 5.0
"""CPU time limit per ten thousand characters, rounded up; they usually take about 0.3 seconds."""

_CHARACTERS = 10_000
_STUCK = 20
"""A child that sends no answer within this many times its limit, in real time, is stuck."""
_TO_START = 60.0
_PLAIN = "Een gewone zin, waarmee alle woordenlijsten worden gelezen. Er zijn te weinig bussen."

_log = logging.getLogger(__name__)


class ReaderBroken(SamenspraakError):
    """No text can be read at all; the message says what to fix."""


class UnreadableText(Exception):
    """Reading a text was given up; ``why`` is the reason."""

    def __init__(self, why: Why) -> None:
        """``tijd``: the text took more time than its limit; ``fout``: reading it failed."""
        super().__init__(why)
        self.why: Why = why


def statement_spans(text: str) -> list[tuple[int, int, int, bool]]:
    """Start, end, block and whether it is a listed proposal, of the statements in an answer.

    Start and end are characters, in order; see ``language.segmentation.statements``.

    Raises:
        NotRead: the answer takes too much time, or reading it fails.
        ReaderBroken: no text can be read.
    """
    found: list[tuple[int, int, int, bool]] = _reader.read("cut", text, (text,))
    return found


def measure(
    text: str, kind: str, question: str, strictness: int, before: Sequence[str]
) -> dict[str, Any]:
    """The measure of how much an answer says; see ``language.measuring``.

    ``before`` has the participant's earlier answers on the same opdracht.

    Raises:
        NotRead: the answer takes too much time, or reading it fails.
        ReaderBroken: no text can be read.
    """
    asked = (text, kind, question, strictness, tuple(before))
    found: dict[str, Any] = _reader.read("measure", text, asked)
    return found


class _Reader:
    """The child process that reads texts, started at the first one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._line: Connection | None = None

    def read(self, what: str, text: str, asked: tuple[Any, ...]) -> Any:
        seconds = SECONDS * max(1, math.ceil(len(text) / _CHARACTERS))
        with self._lock:
            for last in (False, True):
                if self._child is None:
                    self._start()
                code, answer = self._asked(what, asked, seconds)
                if code is None:
                    break
                if code == -signal.SIGPROF:
                    raise UnreadableText("tijd")
                # Another cause than the text may have ended the child, so try once more.
                _log.warning("the process that reads answers ended with code %d", code)
                if last:
                    raise UnreadableText("fout")
        done, found = answer
        if not done:
            _log.warning("reading an answer failed (%s)", found)
            raise UnreadableText("fout")
        return found

    def close(self) -> None:
        """Ends the child process, if there is one."""
        if self._line is not None:
            self._line.close()
        if self._child is not None:
            self._child.kill()
            self._child.wait()
        self._child = self._line = None

    def _start(self) -> None:
        self._line, theirs = multiprocessing.Pipe()
        with theirs:
            handle = theirs.fileno()
            self._child = subprocess.Popen(
                [
                    sys.executable,
                    "-c",
                    f"from analysis.preprocessing.answer_reader import serve; serve({handle})",
                ],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(handle,),
            )
        # Load the word lists with a known good text, so that loading does not count for the first
        # answer. A failure here is then not the fault of an answer.
        for what, asked in (
            ("cut", (_PLAIN,)),
            ("measure", (_PLAIN, "voorstel", "Wat is er nodig?", 2, ())),
        ):
            code, answer = self._asked(what, asked, _TO_START)
            if code is not None or not answer[0]:
                self.close()
                why = answer[1] if answer else f"code {code}"
                raise ReaderBroken(
                    f"answers cannot be read: the process that does it fails ({why}); run: "
                    "samenspraak doctor"
                )

    def _asked(self, what: str, asked: tuple[Any, ...], seconds: float) -> tuple[int | None, Any]:
        """The exit code of the child and None, or None and its answer."""
        assert self._child is not None
        assert self._line is not None
        try:
            self._line.send((what, asked, seconds))
            if self._line.poll(_STUCK * seconds):
                return None, self._line.recv()
            self._child.kill()
        except (EOFError, OSError):
            pass
        code = self._child.wait()
        self.close()
        return code, None


_reader = _Reader()
atexit.register(_reader.close)


def serve(handle: int) -> None:
    """Reads texts sent over the pipe ``handle`` until the parent closes it; runs in the child."""
    # The parent handles Ctrl-C.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    line = Connection(handle)
    while True:
        try:
            what, asked, seconds = line.recv()
        except (EOFError, OSError):
            return
        signal.setitimer(signal.ITIMER_PROF, seconds)
        try:
            answer: tuple[bool, Any] = (True, _READ[what](*asked))
        except Exception as error:
            answer = (False, type(error).__name__)
        signal.setitimer(signal.ITIMER_PROF, 0)
        line.send(answer)


# Only the child process runs the functions below and loads what they import.


def _cut(text: str) -> list[tuple[int, int, int, bool]]:
    from language.segmentation import statements

    spans = statements.statement_spans(text)
    for span in spans:
        _try(text[span.start : span.end])
    return [(span.start, span.end, span.block, span.proposal) for span in spans]


def _try(statement: str) -> None:
    """Runs the later steps that take a single statement, so that a slow text fails here first."""
    from analysis.preprocessing.deduplication import group_duplicates
    from analysis.preprocessing.proposals import wording

    group_duplicates([statement])
    wording(statement)


def _measured(
    text: str, kind: Any, question: str, strictness: int, before: Sequence[str]
) -> dict[str, Any]:
    from language import measuring
    from language.informativeness import judge_answer

    judgement = judge_answer(text, kind, question, strictness=strictness)
    return measuring.measure(judgement, text, before)


_READ: dict[str, Callable[..., Any]] = {"cut": _cut, "measure": _measured}
