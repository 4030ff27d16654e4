"""Dependencies of the endpoints: the open consultation, its assistant and its rate limits."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from functools import cache
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Annotated

from anyio import CapacityLimiter
from fastapi import Depends, Request
from itsdangerous import BadData, URLSafeTimedSerializer

from consultation import rounds
from consultation.catalogue import Catalogue, catalogue_at
from consultation.database.presence import Presence
from consultation.database.storage import Storage
from consultation.errors import needs_pipeline
from consultation.private_files import mend_private
from consultation.queries.opdracht_snapshot import SnapshotCache
from consultation.settings import Settings
from dialogue.assistant import Assistant
from dialogue.own_placing import OwnPlacing
from dialogue.screening import Screening
from dialogue.turns import Turns
from language.pipeline_status import pipeline_status
from web.analysis_jobs import AnalysisJobs
from web.cache import RevisionCache
from web.document_readings import DocumentReadings
from web.own_placing import ThemeGuesses
from web.server.challenges import GOOD_SECONDS, Challenges
from web.server.limits import RateLimiter, SharedBuckets

if TYPE_CHECKING:
    from analysis.asking.desk import CodebookDesk

TOKEN_SECONDS = 30 * 24 * 3600


_DAY = 24 * 3600


@dataclass(frozen=True)
class Limits:
    """Rate limits per kind of request, and the limit on concurrent password hashing.

    ``sessions`` and ``session_days`` count per address, ``messages`` and ``message_days`` per talk.
    """

    messages: RateLimiter = field(default_factory=lambda: RateLimiter(rate=5, burst=80))
    message_days: RateLimiter = field(default_factory=lambda: RateLimiter(2_000 / _DAY, 2_000))
    sessions: RateLimiter = field(default_factory=lambda: RateLimiter(rate=1, burst=60))
    session_days: RateLimiter = field(default_factory=lambda: RateLimiter(5_000 / _DAY, 5_000))
    proven: RateLimiter = field(default_factory=lambda: RateLimiter(rate=2, burst=240))
    """Sessions beyond these two whose browser answered a challenge first."""
    proofs: RateLimiter = field(default_factory=lambda: RateLimiter(0.5 / GOOD_SECONDS, burst=1))
    """Each answer to a challenge counts once; it is too old before its bucket is full again."""
    logins: RateLimiter = field(default_factory=lambda: RateLimiter(rate=10 / 900, burst=10))
    accounts: RateLimiter = field(default_factory=lambda: RateLimiter(rate=1 / 20, burst=30))
    """Login attempts per account from all addresses; browsers known to the account are exempt."""
    shared: SharedBuckets | None = None
    hashing: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(2))
    """Concurrent password checks for unknown browsers: one check takes 64 MB and a core."""

    @classmethod
    def of(cls, redis_url: str, secret: str) -> Limits:
        """The limits, counted by all web processes together where there is a Redis."""
        found = cls(shared=SharedBuckets(redis_url, secret) if redis_url else None)
        if found.shared is not None:
            for each in fields(found):
                limiter = getattr(found, each.name)
                if isinstance(limiter, RateLimiter):
                    limiter.share(each.name, found.shared)
        return found

    async def entry(self, address: str) -> int:
        """Counts a new talk or form of an address; 0, or the seconds to wait."""
        return await self.sessions.taken(address) or await self.session_days.taken(address)

    async def message(self, conversation_id: str) -> int:
        """Counts a message of a talk; 0, or the seconds to wait."""
        wait = await self.messages.taken(conversation_id)
        return wait or await self.message_days.taken(conversation_id)


class Tokens:
    """Bearer tokens: a signed conversation id, valid for thirty days."""

    def __init__(self, key: str) -> None:
        """Signs with ``key``; ``read`` refuses tokens made with another key."""
        self._signer = URLSafeTimedSerializer(key, salt="samenspraak-chat")

    def make(self, conversation_id: str) -> str:
        """A new token; earlier ones stay valid."""
        return str(self._signer.dumps(conversation_id))

    def read(self, token: str) -> str | None:
        """The conversation's id, or None for a token that is forged or expired."""
        try:
            found = self._signer.loads(token, max_age=TOKEN_SECONDS)
        except BadData:
            return None
        return found if isinstance(found, str) else None


@dataclass(frozen=True)
class Services:
    """The objects that the endpoints of one consultation share."""

    settings: Settings
    catalogue: Catalogue
    storage: Storage
    consultation_id: int
    key: str
    tokens: Tokens
    assistant: Assistant
    care: Screening
    turns: Turns
    limits: Limits
    challenges: Challenges
    reruns: AnalysisJobs
    readings: DocumentReadings
    snapshots: SnapshotCache
    guesses: ThemeGuesses
    own: OwnPlacing
    open_desk: Callable[[], CodebookDesk]
    kept: RevisionCache = field(default_factory=RevisionCache)
    one_form: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))
    """Forms are screened one at a time: many at once would take the interpreter, and the threads,
    from participants in the chat."""

    @property
    def desk(self) -> CodebookDesk:
        """What people are asked about the mapping; loads the libraries that it needs."""
        return self.open_desk()


def open_services(settings: Settings) -> Services:
    """Reads the catalogue, checks the spaCy pipeline, opens and migrates the database.

    Raises:
        SamenspraakError: one of these steps fails; the message says how to fix it.
    """
    mend_private(settings.data_dir, settings.resolved_database_url)
    catalogue = catalogue_at(settings.catalogue)
    with needs_pipeline():
        # Without the pipeline no message can be screened.
        pipeline_status(settings.spacy_model)
    key = settings.signing_key
    storage = Storage(settings.resolved_database_url)
    consultation_id = rounds.consultation_id(storage, catalogue)
    assistant = Assistant(settings.rasa_addresses, settings.actions_address, settings.inner_secret)
    care = Screening(storage, catalogue, settings.spacy_model)
    snapshots = SnapshotCache()
    presence = Presence(storage.engine)

    @cache
    def open_desk() -> CodebookDesk:
        from analysis.asking.desk import CodebookDesk

        return CodebookDesk(storage, consultation_id, settings.embedding, snapshots)

    guesses = ThemeGuesses(storage, catalogue, consultation_id, care.personal_data, open_desk)
    own = OwnPlacing(storage, guesses)
    return Services(
        settings=settings,
        catalogue=catalogue,
        storage=storage,
        consultation_id=consultation_id,
        key=key,
        tokens=Tokens(key),
        assistant=assistant,
        care=care,
        turns=Turns(storage, catalogue, assistant, care, own, presence),
        limits=Limits.of(settings.redis_url, key),
        challenges=Challenges(key),
        reruns=AnalysisJobs(settings, storage, consultation_id, presence),
        readings=DocumentReadings(settings),
        snapshots=snapshots,
        guesses=guesses,
        own=own,
        open_desk=open_desk,
    )


def services(request: Request) -> Services:
    """The services of the running website."""
    found: Services = request.app.state.services
    return found


Here = Annotated[Services, Depends(services)]


def address_mark(request: Request, key: str, day: str) -> str:
    """What limits know the client of a request by on one day: a salted hash of its address.

    The salt follows from the secret key and the day, so that tomorrow's marks are others, and
    nobody without the key can try addresses against one. A client with one IPv6 address usually has
    all 2^64 of its /64 network: these count as one.
    """
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        pass
    else:
        if address.version == 6 and address.ipv4_mapped is None:
            host = str(ip_network((address.packed, 64), strict=False))
    return hmac.new(key.encode(), f"address {day} {host}".encode(), hashlib.sha256).hexdigest()[:32]


def _marked_today(request: Request, here: Here) -> str:
    return address_mark(request, here.key, datetime.now(UTC).date().isoformat())


ClientAddress = Annotated[str, Depends(_marked_today)]
