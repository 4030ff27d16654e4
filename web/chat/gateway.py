"""The HTTP API of the chat under ``/api/chat``: records a message first, then answers it."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from consultation.access.probe_mark import PROBE, is_probe
from consultation.curation.state import PARTICIPANT
from consultation.database.models import Conversation, Message
from consultation.errors import (
    ClientIdReused,
    InvitationUnknown,
    PayloadNotOffered,
    ReceiptUnknown,
    RoundError,
    TalkError,
)
from consultation.participation import conversation, participants, sign_in
from consultation.participation.answers import Erasure
from consultation.participation.conversation import Recorded, TranscriptBubble
from consultation.privacy.erasure import erasing
from dialogue.messages import say
from dialogue.metrics import count_refusal, count_turn, timed
from dialogue.threads import in_writing_thread
from language.folding import is_unseen
from web.dependencies import ClientAddress, Here, Services
from web.errors import Problem, ProblemBody

MAX_MESSAGE = 10_000
OPENING_PATIENCE = 5.0
TURN_PATIENCE = 12.0
RETRY_AFTER = "3"
_MAX_SEQ = 2_147_483_647
_NO_NUL = r"^[^\x00]*$"
_PRINTABLE = r"^[^\x00-\x1f\x7f]+$"

router = APIRouter(prefix="/api/chat", tags=["chat"])
_bearer = HTTPBearer(auto_error=False, description="The token of POST /api/chat/sessions.")


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    meaning = {
        202: "Stored; the assistant answers later, read it with GET.",
        401: "The token is missing, forged, too old, or its talk was erased.",
        404: "The receipt code or invitation is unknown.",
        409: "No round is open, the talk's round is closed, or the client_id came before with "
        "another text.",
        413: "The message or the body is too long.",
        422: "The request does not fit this description, or the choice was not offered.",
        429: "Too many requests.",
        503: "The database does not answer.",
    }
    found: dict[int | str, dict[str, Any]] = {}
    for status in statuses:
        found[status] = {"model": ProblemBody, "description": meaning[status]}
        if status in (202, 429, 503):
            found[status]["headers"] = {
                "Retry-After": {"schema": {"type": "string"}, "description": "Seconds to wait."}
            }
    return found


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SessionIn(_Closed):
    """How someone comes in; with nothing at all, as a newcomer."""

    invitation: str | None = Field(default=None, min_length=1, max_length=200, pattern=_PRINTABLE)
    receipt: str | None = Field(default=None, min_length=1, max_length=60, pattern=_PRINTABLE)
    opdracht: int | None = Field(default=None, ge=1, le=99, strict=True)
    proof: str | None = Field(
        default=None,
        min_length=1,
        max_length=300,
        pattern=_PRINTABLE,
        description="After 429: the text of its challenge, ~ and a number, of which the SHA-256 "
        "begins with as many zero bits as it says.",
    )


class SessionOut(BaseModel):
    """A talk that may begin."""

    session: str
    token: str
    receipt: str = Field(description="The receipt code; this is the only time it is told.")


class MessageIn(_Closed):
    """What was typed, or the title and payload of the button that was tapped."""

    message: str = Field(
        pattern=_NO_NUL,
        json_schema_extra={"maxLength": MAX_MESSAGE},
        description="Stored verbatim. Only with a payload it may be empty or white space.",
    )
    client_id: str = Field(min_length=1, max_length=128, pattern=_PRINTABLE)
    payload: str | None = Field(
        default=None,
        min_length=1,
        max_length=2000,
        pattern=_NO_NUL,
        description="Of a button in the assistant's last turn; anything else is refused.",
    )


class Button(BaseModel):
    """A quick reply."""

    title: str
    payload: str


class BubbleOut(BaseModel):
    """One thing the assistant says."""

    seq: int
    text: str | None = None
    buttons: list[Button] | None = None
    custom: dict[str, Any] | None = None


class MessageOut(BaseModel):
    """One message of the talk, in or out."""

    seq: int
    sender: Literal["deelnemer", "assistent"] = Field(alias="from")
    text: str
    buttons: list[Button]
    custom: dict[str, Any] | None
    client_id: str | None
    at: datetime


async def _signed(
    here: Here, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> str:
    """The conversation id of the bearer token; the conversation may have been erased since."""
    found = here.tokens.read(credentials.credentials) if credentials else None
    if found is None:
        raise _no_access()
    return found


def _authorised(here: Here, conversation_id: Annotated[str, Depends(_signed)]) -> str:
    """The id of the bearer token's conversation, which exists."""
    with here.storage.reading() as session:
        if session.get(Conversation, conversation_id) is None:
            raise _no_access()
    return conversation_id


Signed = Annotated[str, Depends(_signed)]
Authorised = Annotated[str, Depends(_authorised)]


@router.post(
    "/sessions",
    status_code=201,
    response_model=SessionOut,
    responses=_problems(404, 409, 413, 422, 429, 503),
)
async def start_session(
    here: Here, client: ClientAddress, body: SessionIn
) -> SessionOut | JSONResponse:
    """Starts a talk, or takes it up again with a receipt code or an invitation.

    With a receipt code it opens while no round is open too: to read, download and erase. Who comes
    too often from one address gets a challenge, and comes in with its answer: a school or a library
    is not shut out, and a flood costs its sender much work. What comes in so is kept apart, until a
    facilitator counts it (``consultation.access.floods``).
    """
    wait = await here.limits.entry(client)
    solved = here.challenges.solved(body.proof) if wait and body.proof else None
    if wait and (solved is None or await here.limits.proofs.taken(solved)):
        count_refusal()
        told = ProblemBody(detail=say("te_snel", seconden=wait), challenge=here.challenges.new())
        return JSONResponse(told.model_dump(), 429, headers={"Retry-After": str(wait)})
    if wait:
        _limit(await here.limits.proven.taken(client))
    if body.opdracht is not None and here.catalogue.opdracht(body.opdracht) is None:
        raise Problem(422, say("onbekende_opdracht", nummer=body.opdracht))
    conversation_id, receipt = await in_writing_thread(_enter, here, body, client if wait else None)
    await here.turns.settle(conversation_id, OPENING_PATIENCE)
    return SessionOut(
        session=conversation_id, token=here.tokens.make(conversation_id), receipt=receipt
    )


@router.post(
    "/messages",
    response_model=list[BubbleOut],
    response_model_exclude_none=True,
    responses=_problems(202, 401, 409, 413, 422, 429, 503),
)
async def send_message(
    here: Here, conversation_id: Signed, body: MessageIn
) -> list[BubbleOut] | JSONResponse:
    """The assistant's answer to a message; ``conversation.record_message`` stores it once."""
    with timed("whole"):
        found = await _answered(here, conversation_id, body)
    count_turn("answered" if isinstance(found, list) else "later")
    return found


async def _answered(
    here: Services, conversation_id: str, body: MessageIn
) -> list[BubbleOut] | JSONResponse:
    _limit(await here.limits.message(conversation_id))
    if len(body.message) > MAX_MESSAGE:
        raise Problem(413, say("te_lang", lengte=len(body.message), grens=MAX_MESSAGE))
    if body.payload is None and is_unseen(body.message):
        raise Problem(422, say("leeg"))
    record = partial(_record, conversation_id, body)
    typed = body.message if body.payload is None else None
    try:
        sent = await here.turns.send(conversation_id, record, typed, TURN_PATIENCE)
    except ClientIdReused:
        # Its personal data may have been removed meanwhile: compare with the masked text too.
        cleaned = await run_in_threadpool(here.care.personal_data.masked, body.message)
        again = partial(record, cleaned=cleaned)
        try:
            sent = await here.turns.send(conversation_id, again, typed, TURN_PATIENCE)
        except ClientIdReused as error:
            raise Problem(409, say("andere_tekst")) from error
    farewell = here.turns.farewell(sent.message_id)
    if farewell is not None:
        return [
            BubbleOut(seq=seq, text=said.text, custom=said.custom)
            for seq, said in enumerate(farewell, sent.seq + 1)
        ]
    if sent.said is not None:
        return _bubbles(sent.said)
    bubbles = await run_in_threadpool(_answer, here, sent.message_id)
    if bubbles is None:
        why = "druk" if here.turns.queues(conversation_id) else "later"
        return JSONResponse(
            {"detail": say(why)}, status_code=202, headers={"Retry-After": RETRY_AFTER}
        )
    return bubbles


@router.get("/messages", response_model=list[MessageOut], responses=_problems(401, 422, 503))
def read_messages(
    here: Here,
    conversation_id: Authorised,
    after: Annotated[int, Query(ge=0, le=_MAX_SEQ, description="The last seq known.")] = 0,
) -> list[MessageOut]:
    """What was said after a sequence number, by both."""
    with here.storage.reading() as session:
        return [
            MessageOut.model_validate(
                {
                    "seq": message.seq,
                    "from": message.sender,
                    "text": message.text,
                    "buttons": message.buttons,
                    "custom": message.custom,
                    "client_id": message.client_id,
                    "at": message.at.astimezone(UTC),
                }
            )
            for message in conversation.transcript(session, conversation_id, after)
        ]


@router.delete("", status_code=204, responses=_problems(401, 503))
async def erase(request: Request, here: Here, conversation_id: Authorised) -> Response:
    """Erases the participant: talk, answers and all that was made from them."""
    by = None if is_probe(request.headers.get(PROBE, ""), here.key) else PARTICIPANT
    for each in await in_writing_thread(_erase, here, conversation_id, by):
        await here.turns.forget(each)
    return Response(status_code=204)


def _erase(here: Services, conversation_id: str, by: str | None) -> list[str]:
    def erased(session: Session) -> list[str]:
        talk = session.get(Conversation, conversation_id)
        return participants.contributions(session, talk.participant_id) if talk else []

    def write(session: Session, planned: Erasure | None) -> list[str]:
        talk = session.get(Conversation, conversation_id)
        return participants.erase(session, talk.participant_id, planned, by).talks if talk else []

    return erasing(here.storage, erased, write)


def _enter(here: Services, body: SessionIn, flood_mark: str | None) -> tuple[str, str]:
    with here.storage.writing() as session:
        try:
            entry = sign_in.enter(
                session,
                here.consultation_id,
                here.key,
                invitation=body.invitation,
                receipt=body.receipt,
                opdracht=body.opdracht,
                closed=say("ronde_gesloten"),
                flood_mark=flood_mark,
            )
        except ReceiptUnknown as error:
            raise Problem(404, say("onbekende_code")) from error
        except InvitationUnknown as error:
            raise Problem(404, say("onbekende_uitnodiging")) from error
        except RoundError as error:
            raise Problem(409, say("geen_ronde")) from error
        return entry.conversation.id, entry.receipt


def _record(
    conversation_id: str,
    body: MessageIn,
    session: Session,
    begin: bool,
    owner: int,
    cleaned: str | None = None,
) -> Recorded:
    try:
        return conversation.record_message(
            session,
            conversation_id,
            client_id=body.client_id,
            text=body.message,
            payload=body.payload,
            cleaned=cleaned,
            begin=begin,
            owner=owner,
        )
    except ClientIdReused:
        raise
    except PayloadNotOffered as error:
        raise Problem(422, say("keuze_verlopen")) from error
    except RoundError as error:
        raise Problem(409, say("gesprek_gesloten")) from error
    except TalkError as error:
        raise _no_access() from error


def _answer(here: Services, message_id: str) -> list[BubbleOut] | None:
    with here.storage.reading() as session:
        message = session.get(Message, message_id)
        if message is None:
            raise _no_access()
        if message.state == "ontvangen":
            return None
        return _bubbles(conversation.replies(session, message_id))


def _bubbles(said: list[TranscriptBubble]) -> list[BubbleOut]:
    return [
        BubbleOut(
            seq=each.seq,
            text=each.bubble.text or None,
            buttons=each.bubble.buttons or None,
            custom=each.bubble.custom or None,
        )
        for each in said
    ]


def _no_access() -> Problem:
    return Problem(401, say("geen_toegang"), {"WWW-Authenticate": "Bearer"})


def _limit(seconds: int) -> None:
    if seconds:
        count_refusal()
        raise Problem(429, say("te_snel", seconden=seconds), {"Retry-After": str(seconds)})
