"""Takes each turn from the database to the assistant and back, and retries it after an outage.

One lock per conversation keeps turns in order; requests and the worker use the same code. Web
processes that share a database leave each other's turns alone. See
``docs/decisions/0020-gateway.md`` and ``0028-processes.md``.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from consultation.catalogue import Catalogue
from consultation.database.models import Message
from consultation.database.outages import is_outage, reason
from consultation.database.presence import Presence
from consultation.database.storage import Storage
from consultation.errors import TalkError, TurnElsewhere
from consultation.participation import conversation
from consultation.participation.conversation import Bubble, Recorded, TranscriptBubble, Turn
from consultation.participation.effects import (
    ParticipantErased,
    QuestionAsked,
    takes_words_away,
)
from consultation.privacy.erasure import erasing
from dialogue import buttons
from dialogue.assistant import AnswerBroken, Assistant, AssistantDown, Reply
from dialogue.messages import say
from dialogue.metrics import count_error, count_turn, timed
from dialogue.own_placing import OwnPlacing
from dialogue.questions import asked_for, asked_inside
from dialogue.screening import Screening, ScreeningContext
from dialogue.threads import in_writing_thread

PAUSES = (0.4, 0.8, 1.6)
RETRY_WITHIN = 4.0
HOPELESS_ATTEMPTS = 8
HOPELESS_STRIKES = 3
WORKER_PAUSE = 1.0
LONGEST_WAIT = 30.0
AT_ONCE = 4
"""Turns processed at the same time for each Rasa, by requests and the worker; others queue."""
BEHIND = 2
"""Turns the worker processes at the same time, so that the backlog leaves room for new messages."""
FAREWELLS = 100
ELSEWHERE_PATIENCE = 12.0
ELSEWHERE_PAUSE = 0.1
"""Seconds that a request waits for a turn of another process, and how often it looks."""

_log = logging.getLogger("samenspraak.dialogue.turns")


T = TypeVar("T")
Record = Callable[[Session, bool, int], Recorded]
"""Records a message in a session; if the flag is set, begins its turn for a process's number."""
Taken = tuple[Turn, ScreeningContext]
"""The turn of a message, and the screening result to send with it."""


@dataclass(frozen=True)
class SentMessage:
    """A recorded message.

    ``done``: it was sent before and needs no more processing. ``said``: the reply, when this
    request produced it.
    """

    message_id: str
    seq: int
    done: bool
    said: list[TranscriptBubble] | None = None


@dataclass(frozen=True)
class _Outcome:
    """Whether a message needs no more work, and the reply when this attempt produced it.

    ``elsewhere``: another process works on it.
    """

    done: bool
    said: list[TranscriptBubble] | None = None
    elsewhere: bool = False


class Turns:
    """Processes the messages that are recorded but not yet answered."""

    def __init__(
        self,
        storage: Storage,
        catalogue: Catalogue,
        assistant: Assistant,
        care: Screening,
        own: OwnPlacing,
        presence: Presence,
    ) -> None:
        """Nothing runs until ``settle`` or ``start`` is called."""
        self._care = care
        self._own = own
        self._farewells: OrderedDict[str, list[Bubble]] = OrderedDict()
        self._storage = storage
        self._presence = presence
        self._catalogue = catalogue
        self._assistant = assistant
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._tasks: set[asyncio.Task[Any]] = set()
        # Forget requests are kept in memory and lost at a restart, so start-up sends one for all
        # conversations (None).
        self._to_forget: set[str | None] = {None}
        self._gate = asyncio.Semaphore(AT_ONCE * assistant.servers)
        self._queue: set[str] = set()
        self._strikes: dict[str, int] = {}
        self._resting: dict[str, tuple[float, float]] = {}
        self._worker: asyncio.Task[None] | None = None

    async def settle(self, conversation_id: str, patience: float) -> None:
        """Processes the waiting turns of a conversation, for at most ``patience`` seconds.

        The rest continues in the background; the worker retries turns that fail there.
        """
        await self._for_a_while(self._settle(conversation_id, PAUSES), patience)

    async def send(
        self,
        conversation_id: str,
        record: Record,
        typed: str | None,
        patience: float,
    ) -> SentMessage:
        """Records a message in a transaction and processes its conversation as ``settle`` does.

        ``typed`` is the text of a typed message, None for a button. When no other message of the
        conversation waits, one transaction records the message and begins its turn, and the result
        holds the reply if it comes within ``patience`` seconds. An error of ``record`` is raised
        on, and then nothing is stored.
        """
        lock = self._lock_of(conversation_id)
        if lock.locked():
            sent, _ = await in_writing_thread(self._record, record)
            if not sent.done:
                await self.settle(conversation_id, patience)
            return sent
        await lock.acquire()
        try:
            with timed("store"):
                sent, taken = await in_writing_thread(self._record, record, typed, begin=True)
        except BaseException:
            lock.release()
            raise
        if sent.done:
            lock.release()
            return sent
        said = await self._for_a_while(self._go_on(lock, conversation_id, sent, taken), patience)
        return replace(sent, said=said)

    async def _for_a_while(self, work: Coroutine[Any, Any, T], patience: float) -> T | None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        done, _ = await asyncio.wait({task}, timeout=patience)
        return task.result() if done else None

    def _ended(self, task: asyncio.Task[Any]) -> None:
        """Logs the error of a turn that ended after its request was answered."""
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            _log.error("a turn ended with an error", exc_info=error)

    def queues(self, conversation_id: str) -> bool:
        """Whether a turn of the conversation waits for one of the ``AT_ONCE`` places."""
        return conversation_id in self._queue

    def farewell(self, message_id: str) -> list[Bubble] | None:
        """The last reply to a participant who had everything erased; it can be read once.

        Kept in memory, since the erasure also deletes the message and its reply from the database.
        """
        return self._farewells.pop(message_id, None)

    async def forget(self, conversation_id: str) -> None:
        """Makes the assistant delete its memory of a conversation; the worker retries a failure."""
        self._to_forget.add(conversation_id)
        await self._forget_all()

    def start(self) -> None:
        """Starts the worker, which also processes what an earlier process left unanswered."""
        try:
            self._presence.keep()
        except Exception as error:
            # The worker tries again every second, and says so.
            if not is_outage(error):
                raise
        self._worker = asyncio.create_task(self._work())

    async def stop(self) -> None:
        """Stops the worker and waits 2 seconds for running turns; cancelled ones stay recorded."""
        if self._worker is not None:
            self._worker.cancel()
            await asyncio.gather(self._worker, return_exceptions=True)
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=2.0)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        self._presence.close()
        self._own.stop()

    async def _work(self) -> None:
        while True:
            try:
                await self._sweep()
            except Exception as error:
                if is_outage(error):
                    _log.warning("worker: the database does not answer: %s", reason(error))
                else:
                    _log.exception("worker: a sweep failed")
            await asyncio.sleep(WORKER_PAUSE)

    async def _sweep(self) -> None:
        await run_in_threadpool(self._presence.keep)
        await self._forget_all()
        waiting = await run_in_threadpool(self._waiting_conversations)
        for gone in self._resting.keys() - set(waiting):
            del self._resting[gone]
        moment = time.monotonic()
        due = [
            each
            for each in waiting
            if self._resting.get(each, (0.0, 0.0))[0] <= moment and not self._busy(each)
        ]
        if not due or not (await self._assistant.health()).whole:
            return
        gate = asyncio.Semaphore(BEHIND)
        await asyncio.gather(*(self._try_again(each, gate) for each in due))

    async def _try_again(self, conversation_id: str, gate: asyncio.Semaphore) -> None:
        async with gate:
            if await self._settled(conversation_id):
                self._resting.pop(conversation_id, None)
                return
        _, rest = self._resting.get(conversation_id, (0.0, WORKER_PAUSE / 2))
        rest = min(rest * 2, LONGEST_WAIT)
        self._resting[conversation_id] = (time.monotonic() + rest, rest)

    async def _settled(self, conversation_id: str) -> bool:
        try:
            return await self._settle(conversation_id, ())
        except Exception as error:
            if is_outage(error):
                raise
            # One conversation must not stop the others; the worker retries it after its delay.
            _log.exception("talk %s: not even an apology could be stored", conversation_id)
            return False

    def _busy(self, conversation_id: str) -> bool:
        lock = self._locks.get(conversation_id)
        return lock is not None and lock.locked()

    def _lock_of(self, conversation_id: str) -> asyncio.Lock:
        return self._locks.setdefault(conversation_id, asyncio.Lock())

    async def _settle(self, conversation_id: str, pauses: tuple[float, ...]) -> bool:
        async with self._lock_of(conversation_id):
            return await self._all_turns(conversation_id, pauses)

    async def _go_on(
        self, lock: asyncio.Lock, conversation_id: str, sent: SentMessage, taken: Taken | None
    ) -> list[TranscriptBubble] | None:
        """Processes a message that was just recorded, then releases the conversation's lock."""
        try:
            if taken is None:
                await self._all_turns(conversation_id, PAUSES)
                return None
            outcome = await self._turn(conversation_id, sent.message_id, PAUSES, taken)
            if outcome.elsewhere:
                await self._all_turns(conversation_id, PAUSES)
            return outcome.said
        finally:
            lock.release()

    async def _all_turns(self, conversation_id: str, pauses: tuple[float, ...]) -> bool:
        """Processes all turns that wait; a request (with ``pauses``) waits for other processes."""
        until = time.monotonic() + (ELSEWHERE_PATIENCE if pauses else 0.0)
        while True:
            for message_id in await run_in_threadpool(self._waiting, conversation_id):
                outcome = await self._turn(conversation_id, message_id, pauses)
                if not outcome.done:
                    break
            else:
                return True
            if not outcome.elsewhere or time.monotonic() >= until:
                return False
            await asyncio.sleep(ELSEWHERE_PAUSE)

    async def _turn(
        self,
        conversation_id: str,
        message_id: str,
        pauses: tuple[float, ...],
        taken: Taken | None = None,
    ) -> _Outcome:
        begun = time.monotonic()
        looked_through = taken is not None
        for pause in (*pauses, None):
            async with self._place(conversation_id):
                said = None
                try:
                    if taken is None:
                        taken = await in_writing_thread(self._take_up, message_id, looked_through)
                        looked_through = True
                    if taken is not None:
                        said = await self._ask(*taken)
                    done = True
                except TurnElsewhere:
                    return _Outcome(done=False, elsewhere=True)
                except Exception as error:
                    if is_outage(error):
                        raise
                    done = await self._failed(conversation_id, message_id, error)
                taken = None
            if done:
                self._strikes.pop(message_id, None)
                return _Outcome(done=True, said=said)
            if pause is None or time.monotonic() - begun + pause > RETRY_WITHIN:
                break
            await asyncio.sleep(pause)
        return _Outcome(done=False)

    async def _ask(self, turn: Turn, beside: ScreeningContext) -> list[TranscriptBubble]:
        aside = asks = None
        if beside.addressed is not None:
            asks = asked_for(beside.addressed, await self._assistant.understood(turn.text))
        elif beside.question is not None:
            understood = await self._assistant.understood(beside.question)
            aside = asked_inside(beside.question, understood)
        with timed("assistant"):
            reply = await self._assistant.ask(turn, beside.content, aside, beside.unread, asks)
        with timed("complete"):
            said = await in_writing_thread(self._finish, turn, reply, beside)
        if any(takes_words_away(effect) for effect in reply.effects):
            await self.forget(turn.conversation_id)
        return await self._own.beside(turn, said)

    async def _failed(self, conversation_id: str, message_id: str, error: Exception) -> bool:
        """Whether a failed message needs no retry: it was erased, or answered with an apology."""
        if await run_in_threadpool(self._erased, message_id):
            # The turn may have reached the assistant after the forget request of the erasure.
            await self.forget(conversation_id)
            return True
        count_error("broken" if isinstance(error, AnswerBroken) else "assistant")
        if isinstance(error, TalkError | AssistantDown):
            _log.warning("talk %s: no answer (%s)", conversation_id, _named(error))
        else:
            _log.error("talk %s: no answer", conversation_id, exc_info=error)
        if not await self._hopeless(message_id, error):
            return False
        await self._apologise(conversation_id, message_id)
        return True

    @asynccontextmanager
    async def _place(self, conversation_id: str) -> AsyncIterator[None]:
        """Holds one of the ``AT_ONCE`` places; the conversation queues until one is free."""
        self._queue.add(conversation_id)
        try:
            with timed("queue"):
                await self._gate.acquire()
        finally:
            self._queue.discard(conversation_id)
        try:
            yield
        finally:
            self._gate.release()

    async def _forget_all(self) -> None:
        for each in tuple(self._to_forget):
            try:
                await self._assistant.forget(each)
            except AssistantDown as reason:
                _log.warning("the assistant is to forget a talk, and did not yet (%s)", str(reason))
                return
            self._to_forget.discard(each)

    async def _hopeless(self, message_id: str, error: Exception) -> bool:
        """Whether the message itself fails, not a process that is down, starting or busy."""
        moment = isinstance(error, AssistantDown) and not isinstance(error, AnswerBroken)
        if moment or not (await self._assistant.health()).whole:
            return False
        strikes = self._strikes[message_id] = self._strikes.get(message_id, 0) + 1
        if strikes < HOPELESS_STRIKES:
            return False
        # ``attempts`` misses failures before the call to the assistant; strikes count those too.
        attempts = await run_in_threadpool(self._attempts, message_id)
        return max(strikes, attempts) >= HOPELESS_ATTEMPTS

    async def _apologise(self, conversation_id: str, message_id: str) -> None:
        _log.error("talk %s: a message keeps failing; apologised", conversation_id)
        count_turn("apologised")
        last = await run_in_threadpool(self._last_question, conversation_id)
        sorry = Bubble(text=say("mislukt"))
        bubbles = (sorry, last) if last else (sorry,)
        await in_writing_thread(self._complete, message_id, Reply(bubbles, ()))

    def _waiting_conversations(self) -> list[str]:
        with self._storage.reading() as session:
            return conversation.waiting_conversations(session, self._presence.number)

    def _waiting(self, conversation_id: str) -> list[str]:
        with self._storage.reading() as session:
            return conversation.waiting_turns(session, conversation_id)

    def _record(
        self, record: Record, typed: str | None = None, *, begin: bool = False
    ) -> tuple[SentMessage, Taken | None]:
        begin = begin and (typed is None or self._is_plain(typed))
        with self._storage.writing() as session:
            recorded = record(session, begin, self._presence.number)
            turn = self._unless_answered(session, recorded.turn)
        sent = SentMessage(recorded.id, recorded.seq, recorded.done)
        try:
            return sent, self._with_care(turn)
        except Exception:
            # The message is recorded: the next attempt raises the same error, and handles it.
            return sent, None

    def _is_plain(self, typed: str) -> bool:
        try:
            return self._care.is_plain(typed)
        except Exception:
            # Record the message first: screening it again raises the same error, and handles it.
            return False

    def _take_up(self, message_id: str, looked_through: bool) -> Taken | None:
        """Begins the turn of a message; None when it needs no call to the assistant."""
        if not looked_through and self._care.settles(message_id):
            return None
        with self._storage.writing() as session:
            begun = conversation.begin_turn(session, message_id, self._presence.number)
            turn = self._unless_answered(session, begun)
        return self._with_care(turn)

    def _unless_answered(self, session: Session, turn: Turn | None) -> Turn | None:
        """The turn; None for a button that is answered here: to see all, or about a theme."""
        if turn is None or turn.payload is None:
            return turn
        found = self._own.tapped(session, turn)
        if found is not None:
            conversation.answer_only(session, turn.message_id, buttons.limited(found))
            return None
        if turn.payload != buttons.SHOW_ALL:
            return turn
        said = conversation.last_said(session, turn.conversation_id)
        conversation.answer_only(session, turn.message_id, [buttons.all_of(said)])
        return None

    def _with_care(self, turn: Turn | None) -> Taken | None:
        return (turn, self._care.beside(turn)) if turn is not None else None

    def _finish(self, turn: Turn, reply: Reply, beside: ScreeningContext) -> list[TranscriptBubble]:
        first = self._care.before(turn)
        whole = Reply((*first, *reply.bubbles), reply.effects)
        question = None
        if any(isinstance(effect, QuestionAsked) for effect in reply.effects):
            question = self._care.question_of(turn, beside)
        return self._complete(turn.message_id, whole, question, turn.attempt)

    def _complete(
        self,
        message_id: str,
        reply: Reply,
        question: str | None = None,
        attempt: int | None = None,
    ) -> list[TranscriptBubble]:
        reply = replace(reply, bubbles=buttons.limited(reply.bubbles))
        if any(isinstance(effect, ParticipantErased) for effect in reply.effects):
            self._farewells[message_id] = list(reply.bubbles)
            while len(self._farewells) > FAREWELLS:
                self._farewells.popitem(last=False)
        return erasing(
            self._storage,
            lambda session: conversation.erased_by(session, message_id, reply.effects),
            lambda session, planned: conversation.complete(
                session,
                self._catalogue,
                message_id,
                reply.bubbles,
                reply.effects,
                planned,
                question,
                attempt,
            ),
        )

    def _erased(self, message_id: str) -> bool:
        with self._storage.reading() as session:
            return session.get(Message, message_id) is None

    def _attempts(self, message_id: str) -> int:
        with self._storage.reading() as session:
            message = session.get(Message, message_id)
            return message.attempts if message else 0

    def _last_question(self, conversation_id: str) -> Bubble | None:
        query = (
            select(Message)
            .where(Message.conversation_id == conversation_id, Message.sender == "assistent")
            .order_by(Message.seq.desc())
            .limit(50)
        )
        with self._storage.reading() as session:
            for message in session.scalars(query):
                if message.custom and message.custom.get("step"):
                    return Bubble(
                        text=message.text or None,
                        buttons=tuple(message.buttons),
                        custom=message.custom,
                    )
        return None


def _named(error: Exception) -> str:
    return str(error) if isinstance(error, AssistantDown) else type(error).__name__
