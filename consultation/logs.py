"""Logs without participants' words.

The message of an error may hold text that a participant typed: PostgreSQL quotes the row that it
rejects, a validation error quotes its input. An erasure does not change logs, so logs get only an
error's types, codes and places, never its message. ``bot.logs`` does the same in Rasa's
environment.
"""

from __future__ import annotations

import errno
import json
import logging
import sys
import threading
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

_log = logging.getLogger("samenspraak")


def without_words() -> None:
    """Makes this process log only types, codes and places of errors."""
    logging.setLogRecordFactory(_record)


def set_up(form: str = "text", level: int = logging.WARNING) -> None:
    """Configures logging to stderr, without error messages, also for uncaught thread errors.

    ``form`` is ``text``, or ``json`` for an object per line.
    """
    without_words()
    threading.excepthook = _thread_ended
    sys.unraisablehook = _ignored
    logging.basicConfig(
        level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True
    )
    if form == "json":
        for handler in logging.getLogger().handlers:
            handler.setFormatter(_JsonFormatter())


class _JsonFormatter(logging.Formatter):
    """One JSON object per line: ``at`` (UTC), ``level``, ``logger``, ``process``, ``message``.

    ``error`` is added where there was one: its types, codes and places.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        moment = datetime.fromtimestamp(record.created, UTC)
        found = {
            "at": moment.isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "process": record.process,
            "message": record.getMessage(),
        }
        if record.exc_text:
            found["error"] = record.exc_text
        return json.dumps(found, ensure_ascii=False)


def type_and_place(error: BaseException) -> str:
    """An error and its causes, oldest last: type, code and traceback lines."""
    return "\nbecause of\n".join(_one(each) for each in _chain(error))


def named(error: BaseException) -> str:
    """The type of an error, with its code of the system or database if it has one."""
    kind = type(error)
    name = (
        kind.__qualname__
        if kind.__module__ == "builtins"
        else f"{kind.__module__}.{kind.__qualname__}"
    )
    code = (
        getattr(error, "sqlstate", None)
        or getattr(error, "sqlite_errorname", None)
        or errno.errorcode.get(getattr(error, "errno", None) or 0)
    )
    return f"{name} ({code})" if code else name


def _one(error: BaseException) -> str:
    lines = [named(error), *(each.rstrip() for each in traceback.format_tb(error.__traceback__))]
    inside = getattr(error, "exceptions", ())
    lines += [type_and_place(each) for each in inside if isinstance(each, BaseException)]
    return "\n".join(lines)


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        yield following
        hidden = following.__suppress_context__
        following = following.__cause__ or (None if hidden else following.__context__)


def _record(*args: Any, **kwargs: Any) -> logging.LogRecord:
    record = logging.LogRecord(*args, **kwargs)
    error = record.exc_info[1] if record.exc_info else None
    if error is not None:
        record.exc_info, record.exc_text = None, type_and_place(error)
        if record.name == "asyncio":
            # The lines after the first show the task, including the error's message.
            record.msg, record.args = record.getMessage().partition("\n")[0], ()
    record.msg = _wordless(record.msg)
    if isinstance(record.args, tuple):
        record.args = tuple(map(_wordless, record.args))
    return record


def _wordless(part: object) -> Any:
    return named(part) if isinstance(part, BaseException) else part


def _thread_ended(about: threading.ExceptHookArgs) -> None:
    if about.exc_value is not None and not isinstance(about.exc_value, SystemExit):
        _log.error("a thread ended with an error", exc_info=about.exc_value)


def _ignored(about: sys.UnraisableHookArgs) -> None:
    if about.exc_value is not None:
        _log.error("an error could not be raised", exc_info=about.exc_value)
