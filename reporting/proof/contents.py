"""The entries of a proof as closed schemas, for who writes it and who checks it.

Names are English, as in all JSON of the product. Ids of statements, answers and participants are
pseudonyms; ids of themes and actions are those of the public plan.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

FORMAT = "samenspraak-bewijs"
VERSION = 1
MANIFEST = "manifest.json"
PLANS = "plans.json"
COUNTS = "counts.json"
REACTIONS = "reactions.json"
STATEMENTS = "statements.json"
ANSWERS = "answers.json"
LOG = "log.jsonl"
ERASED = "erased.json"
README = "LEESMIJ.txt"
ENTRIES = (PLANS, COUNTS, REACTIONS, STATEMENTS, ANSWERS, LOG, ERASED, README)
"""The entries beside the manifest."""

Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Pseudonym = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{24}$")]
Count = Annotated[int, Field(ge=0, le=2**53)]
Span = tuple[Count, Count]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ProofHead(_Part):
    """The number of events of the log, and the link of the last one."""

    events: Count
    link: Hash


class ProofPeople(_Part):
    """Participants by group, as ``consultation.queries.disclosure.Breakdown``."""

    people: Count | None
    groups: list[tuple[str, Count]]
    others: Count


class QuotePiece(_Part):
    """A piece of a quote: characters of the answer, or a mark that hides them (``mask``)."""

    span: Span
    mask: str | None = None


class ProvenQuote(_Part):
    """A published quote and the pieces that it consists of, in order."""

    statement: Pseudonym
    text: str
    group: str | None
    pieces: list[QuotePiece]


class ProofTheme(_Part):
    """A published theme: its counts and quotes.

    ``joint`` has the senders of each participant that stands for five or more of them.
    """

    id: str
    code: str
    label: str
    statements: Count | None
    people: ProofPeople
    quotes: list[ProvenQuote]
    joint: list[Count] = []


class ProofAction(_Part):
    """A published action; ``counted`` is false if an older publication kept no supporters."""

    id: str
    text: str
    counted: bool
    people: ProofPeople
    quote: ProvenQuote | None


class ProofReaction(_Part):
    """What a plan tells of the reactions to an action: those with an opinion, and those in favour.

    ``group`` None is everybody.
    """

    action: str
    group: str | None
    opinions: Count
    in_favour: Count


class ProofPlan(_Part):
    """A publication, or the plan as it is approved now (``published`` is None)."""

    name: str
    round: Count
    published: str | None
    log: ProofHead | None
    themes: list[ProofTheme]
    actions: list[ProofAction]
    reactions: list[ProofReaction]


class CountedReaction(_Part):
    """One opinion on an action; ``person`` is a pseudonym for this action only."""

    plan: str
    action: str
    person: Pseudonym
    group: str | None
    in_favour: bool


class CountedRow(_Part):
    """A statement that counts for a theme or action, with its participant.

    ``person`` is a pseudonym within this theme or action only. ``group`` is told only if the
    publication names it.
    """

    statement: Pseudonym
    person: Pseudonym
    group: str | None


class CountedThing(_Part):
    """What a theme or action of a plan was counted from; no rows for fewer than five people.

    ``joint`` has the senders of each participant that stands for five or more of them.
    """

    plan: str
    kind: Literal["theme", "action"]
    id: str
    rows: list[CountedRow]
    joint: list[list[Pseudonym]] = []


class ProofStatement(_Part):
    """A stored statement: a span of an answer. Only its pseudonym is told if it is not active."""

    id: Pseudonym
    answer: Pseudonym | None = None
    span: Span | None = None


class ProofAnswer(_Part):
    """The commitment to an answer (``reporting.proof.commitment``), with the opened spans."""

    id: Pseudonym
    length: Count
    root: Hash
    spans: list[Span] = []
    texts: list[str] = []
    opening: list[Hash] = []


class ProofLogLine(_Part):
    """A decision: its number, its open and sealed part, its link, and pseudonyms."""

    nr: Annotated[int, Field(ge=1)]
    open: dict[str, str | int | list[str | int | None] | None]
    sealed: Hash
    link: Hash
    account: Pseudonym
    statements: list[Pseudonym]


class ProofErased(_Part):
    """A statement that was erased, and the day; None if that was before days were kept."""

    id: Pseudonym
    day: str | None


class ProofEntry(_Part):
    """The size and SHA-256 of an entry."""

    size: Count
    sha256: Hash


class ProofManifest(_Part):
    """What the file holds; the SHA-256 of this entry is the fingerprint of the whole proof."""

    format: Literal["samenspraak-bewijs"]
    version: Literal[1]
    consultation: str
    title: str
    log: ProofHead
    entries: dict[str, ProofEntry]
