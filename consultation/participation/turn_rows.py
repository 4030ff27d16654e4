"""The rows of a turn: read and written with few statements, which are built once.

Turns are most of what the website does, and the ORM's unit of work was more than half of a turn. So
these statements are SQLAlchemy's Core. They run on the connection of a session, in its transaction,
and pass the ORM by: write out first what the session still holds (``Session.flush``). They only add
rows and change fields without words: what erases words goes through the ORM, whose session watches
for it (``Storage.writing``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    Executable,
    Row,
    Table,
    and_,
    bindparam,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from consultation.database.models import (
    Contribution,
    ContributionVersion,
    Conversation,
    Message,
    Round,
    Submission,
    new_id,
    now,
)

NEWEST = 6
"""How many of the newest bubbles are read at once: the last turn has two as a rule."""
UNFINISHED = ("ontvangen", "wacht_op_keuze")

_talk = cast(Table, Conversation.__table__)
_message = cast(Table, Message.__table__)
_round = cast(Table, Round.__table__)
_submission = cast(Table, Submission.__table__)
_contribution = cast(Table, Contribution.__table__)
_version = cast(Table, ContributionVersion.__table__)
_held = _message.alias("held")

_TALK = (
    select(_talk.c.last_seq, _talk.c.attempt, _round.c.status)
    .join(_round, _round.c.id == _talk.c.round_id)
    .where(_talk.c.id == bindparam("talk"))
    .with_for_update(of=_talk)
)
_SENT_OR_UNFINISHED = select(
    _message.c.id,
    _message.c.seq,
    _message.c.client_id,
    _message.c.text,
    _message.c.payload,
    _message.c.state,
).where(
    _message.c.conversation_id == bindparam("talk"),
    or_(_message.c.client_id == bindparam("client"), _message.c.state.in_(UNFINISHED)),
)
_BUBBLES = (
    select(_message.c.reply_to_id, _message.c.text, _message.c.buttons, _message.c.custom)
    .where(_message.c.conversation_id == bindparam("talk"), _message.c.sender == "assistent")
    .order_by(_message.c.seq.desc())
    .limit(NEWEST)
)
_REPLIES = (
    select(_message.c.seq, _message.c.text, _message.c.buttons, _message.c.custom)
    .where(_message.c.reply_to_id == bindparam("message"))
    .order_by(_message.c.seq)
)
_TURN = (
    select(
        _message.c.conversation_id,
        _message.c.state,
        _message.c.text,
        _message.c.unread,
        _message.c.attempts,
        _talk.c.participant_id,
        _talk.c.round_id,
        _talk.c.last_seq,
        _talk.c.ended_at,
        _held.c.id.label("held_id"),
        _held.c.text.label("held_text"),
        _held.c.unread.label("held_unread"),
    )
    .join(_talk, _talk.c.id == _message.c.conversation_id)
    .outerjoin(
        _held, and_(_held.c.conversation_id == _talk.c.id, _held.c.state == "wacht_op_keuze")
    )
    .where(_message.c.id == bindparam("message"))
    .with_for_update(of=(_message, _talk))
)
_SAID = select(_message.c.id, _message.c.conversation_id, _message.c.text, _message.c.unread).where(
    _message.c.id == bindparam("message")
)
_ANSWER = (
    select(
        _submission.c.id.label("submission_id"),
        _contribution.c.id,
        _contribution.c.version,
        _contribution.c.value,
        _contribution.c.probe,
        _version.c.text,
        _version.c.parts,
        _version.c.unread,
    )
    .select_from(_submission)
    .outerjoin(
        _contribution,
        and_(
            _contribution.c.submission_id == _submission.c.id,
            _contribution.c.question == bindparam("question"),
        ),
    )
    .outerjoin(_version, _version.c.contribution_id == _contribution.c.id)
    .where(
        _submission.c.participant_id == bindparam("participant"),
        _submission.c.round_id == bindparam("round"),
        _submission.c.opdracht == bindparam("opdracht"),
    )
    .order_by(_version.c.version.desc())
    .limit(1)
)
_COUNT_ON = (
    update(_talk).where(_talk.c.id == bindparam("talk")).values(last_seq=bindparam("newest"))
)
_GO_ON = (
    update(_talk)
    .where(_talk.c.id == bindparam("talk"))
    .values(last_seq=bindparam("newest"), ended_at=None)
)
_DONE = (
    update(_message)
    .where(_message.c.id.in_((bindparam("message"), bindparam("meant"))))
    .values(state="verwerkt")
)
_ADDED = (
    update(_contribution)
    .where(_contribution.c.id == bindparam("contribution"))
    .values(version=bindparam("number"), value=bindparam("level"), probe=bindparam("asked"))
)
_NEW_MESSAGE, _NEW_CONTRIBUTION, _NEW_VERSION = map(insert, (_message, _contribution, _version))


def talk(session: Session, conversation_id: str) -> Row[Any] | None:
    """``last_seq``, ``attempt`` and the ``status`` of the round; locks the conversation's row."""
    return _first(session, _TALK, talk=conversation_id)


def sent_or_unfinished(
    session: Session, conversation_id: str, client_id: str
) -> Sequence[Row[Any]]:
    """The message with this client id, if there is one, and all messages that are not completed."""
    return _all(session, _SENT_OR_UNFINISHED, talk=conversation_id, client=client_id)


def newest_bubbles(session: Session, conversation_id: str) -> Sequence[Row[Any]]:
    """The ``NEWEST`` last bubbles of the assistant, newest first."""
    return _all(session, _BUBBLES, talk=conversation_id)


def replies(session: Session, message_id: str) -> Sequence[Row[Any]]:
    """The assistant's bubbles to a message, in order."""
    return _all(session, _REPLIES, message=message_id)


def turn(session: Session, message_id: str) -> Row[Any] | None:
    """A message with its conversation and its held message; locks the first two."""
    return _first(session, _TURN, message=message_id)


def said(session: Session, message_id: str) -> Row[Any] | None:
    """``id``, ``conversation_id``, ``text`` and ``unread`` of a message."""
    return _first(session, _SAID, message=message_id)


def answer(
    session: Session, participant_id: str, round_id: int, opdracht: int, question: str
) -> Row[Any] | None:
    """The participant's answer with its last version; None if there is no submission.

    ``id`` is None if the submission has no answer to the question.
    """
    return _first(
        session,
        _ANSWER,
        participant=participant_id,
        round=round_id,
        opdracht=opdracht,
        question=question,
    )


def add_message(
    session: Session,
    conversation_id: str,
    seq: int,
    client_id: str,
    text: str,
    payload: str | None,
    attempts: int,
    owner: int,
) -> str:
    """Adds a participant's message, counts it in its conversation, and returns its id."""
    message_id = new_id()
    connection = session.connection()
    connection.execute(_COUNT_ON, {"talk": conversation_id, "newest": seq})
    values = {
        "id": message_id,
        "conversation_id": conversation_id,
        "seq": seq,
        "sender": "deelnemer",
        "client_id": client_id,
        "text": text,
        "payload": payload,
        "state": "ontvangen",
        "attempts": attempts,
        "owner": owner,
        "unread": False,
        "buttons": [],
        "at": now(),
    }
    connection.execute(_NEW_MESSAGE, values)
    return message_id


def add_bubbles(
    session: Session,
    conversation_id: str,
    last_seq: int,
    message_id: str,
    bubbles: Sequence[Mapping[str, Any]],
    goes_on: bool = False,
) -> None:
    """Adds the assistant's bubbles to a message, after ``last_seq`` of their conversation.

    A bubble has ``text``, ``buttons`` and ``custom``. ``goes_on``: the talk had ended, and goes on.
    """
    connection = session.connection()
    moment: datetime = now()
    rows = [
        {
            **bubble,
            "id": new_id(),
            "conversation_id": conversation_id,
            "seq": seq,
            "sender": "assistent",
            "state": "verwerkt",
            "attempts": 0,
            "owner": 0,
            "unread": False,
            "reply_to_id": message_id,
            "at": moment,
        }
        for seq, bubble in enumerate(bubbles, last_seq + 1)
    ]
    counted = {"talk": conversation_id, "newest": last_seq + len(rows)}
    connection.execute(_GO_ON if goes_on else _COUNT_ON, counted)
    if rows:
        connection.execute(_NEW_MESSAGE, rows)


def finish(session: Session, message_id: str, meant_id: str) -> None:
    """Marks a message, and the held one that it is about, as completed."""
    session.connection().execute(_DONE, {"message": message_id, "meant": meant_id})


def add_contribution(
    session: Session, submission_id: str, question: str, value: int | None, probe: str | None
) -> str:
    """Adds an answer of the chat, still without a version, and returns its id."""
    contribution_id = new_id()
    values = {
        "id": contribution_id,
        "submission_id": submission_id,
        "question": question,
        "channel": "chat",
        "value": value,
        "probe": probe,
        "auto": False,
        "version": 1,
        "created_at": now(),
    }
    session.connection().execute(_NEW_CONTRIBUTION, values)
    return contribution_id


def renew_contribution(
    session: Session, contribution_id: str, version: int, value: int | None, probe: str | None
) -> None:
    """Gives an answer its new version number, value and probe."""
    values = {"contribution": contribution_id, "number": version, "level": value, "asked": probe}
    session.connection().execute(_ADDED, values)


def add_version(
    session: Session,
    contribution_id: str,
    version: int,
    text: str,
    parts: list[dict[str, Any]],
    measure: dict[str, Any] | None,
    unread: str | None,
) -> None:
    """Adds a version of an answer."""
    values = {
        "id": new_id(),
        "contribution_id": contribution_id,
        "version": version,
        "text": text,
        "parts": parts,
        "measure": measure,
        "unread": unread,
        "at": now(),
    }
    session.connection().execute(_NEW_VERSION, values)


def _first(session: Session, statement: Executable, **values: Any) -> Row[Any] | None:
    return session.connection().execute(statement, values).first()


def _all(session: Session, statement: Executable, **values: Any) -> Sequence[Row[Any]]:
    return session.connection().execute(statement, values).all()
