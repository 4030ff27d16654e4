"""Keeps the words of participants out of Rasa's logs, as ``consultation.logs`` does for the app.

When an action fails, Rasa logs the whole response of the action server; other errors quote their
input. So only the types of an error and its places in the code are logged.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from typing import Any


def without_words() -> None:
    """Makes this process log only the types of errors and their places in the code."""
    logging.setLogRecordFactory(_record)


def type_and_place(error: BaseException) -> str:
    """The types and tracebacks, without messages, of an error and its causes, oldest last."""
    return "\nbecause of\n".join(
        type(each).__qualname__ + "\n" + "".join(traceback.format_tb(each.__traceback__)).rstrip()
        for each in _chain(error)
    )


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
            # The lines after the first show the task, and so the message of the error.
            record.msg, record.args = record.getMessage().partition("\n")[0], ()
    record.msg = _wordless(record.msg)
    if isinstance(record.args, tuple):
        record.args = tuple(_wordless(each) for each in record.args)
    return record


def _wordless(part: object) -> Any:
    return type(part).__qualname__ if isinstance(part, BaseException) else part
