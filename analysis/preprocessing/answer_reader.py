"""Answers read by a process of their own, so that none can hold the analysis up.

The kernel ends that process when one text takes more processor time than it may: that also ends
code that never gives the interpreter back, and counts no time in which other programs worked. The
next text gets a new process. It lives as long as the process that reads, and ends with it.
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
"""Of processor time, for each ten thousand characters that were begun; they take some 0.3."""

_CHARACTERS = 10_000
_STUCK = 20
"""A process that gives no answer for so many times what it may take is stuck, not at work."""
_TO_START = 60.0
_PLAIN = "Een gewone zin, waarmee alle woordenlijsten worden gelezen. Er zijn te weinig bussen."

_log = logging.getLogger(__name__)


class ReaderBroken(SamenspraakError):
    """No text can be read at all; the message says what to mend."""


class NotRead(Exception):
    """A text was given up."""

    def __init__(self, why: Why) -> None:
        """``tijd``: it took more time than it may; ``fout``: reading it failed."""
        super().__init__(why)
        self.why: Why = why


def statement_spans(text: str) -> list[tuple[int, int, int]]:
    """Start, end and block of the statements in an answer; see
    ``language.segmentation.statements``.

    Raises:
        NotRead: the answer takes too much time, or reading it fails.
        ReaderBroken: nothing can be read.
    """
    found: list[tuple[int, int, int]] = _reader.read("cut", text, (text,))
    return found


def measure(
    text: str, kind: str, question: str, strictness: int, before: Sequence[str]
) -> dict[str, Any]:
    """How much an answer says; see ``language.measuring``. ``before`` are the person's earlier
    answers on the same opdracht. Raises as ``statement_spans``."""
    asked = (text, kind, question, strictness, tuple(before))
    found: dict[str, Any] = _reader.read("measure", text, asked)
    return found


class _Reader:
    """The process that reads, started when there is something to read."""

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
                    raise NotRead("tijd")
                # Somebody or something else may have ended it: that is not the text's doing.
                _log.warning("the process that reads answers ended with code %d", code)
                if last:
                    raise NotRead("fout")
        done, found = answer
        if not done:
            _log.warning("reading an answer failed (%s)", found)
            raise NotRead("fout")
        return found

    def close(self) -> None:
        """Ends the process, if there is one."""
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
        # The word lists are read in by a text that is known to be good, and not at the cost of the
        # first answer; where that fails, no answer is to blame.
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
        """The code with which the process ended, or None and its answer."""
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
    """Reads what is sent, until the other side is gone. Runs in the process of its own."""
    # Ctrl-C is for the process that started this one.
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


# What is used below is loaded by that process only.


def _cut(text: str) -> list[tuple[int, int, int]]:
    from language.segmentation import statements

    spans = statements.statement_spans(text)
    for span in spans:
        _try(text[span.start : span.end])
    return [(span.start, span.end, span.block) for span in spans]


def _try(statement: str) -> None:
    """Does what later steps do with one statement by itself, so that none of these meets a text
    that takes too long."""
    from analysis.preprocessing.deduplication import sort_out
    from analysis.preprocessing.proposals import wording

    sort_out([statement])
    wording(statement)


def _measured(
    text: str, kind: Any, question: str, strictness: int, before: Sequence[str]
) -> dict[str, Any]:
    from language import measuring
    from language.informativeness import judge_answer

    judgement = judge_answer(text, kind, question, strictness=strictness)
    return measuring.measure(judgement, text, before)


_READ: dict[str, Callable[..., Any]] = {"cut": _cut, "measure": _measured}
