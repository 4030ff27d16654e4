"""What the review and the command line ask people, per opdracht; the interface of this room.

A ``CodebookDesk`` lives as long as its process: it keeps one ``LiveMapping`` per opdracht in
memory, and brings it up to date with the log each time it is asked. A decision itself is written
with the operation ``place`` (``consultation.curation.log``); the next question follows it.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from analysis.asking import pair_check
from analysis.asking.live_mapping import (
    CaughtStatement,
    LikelyTheme,
    LiveMapping,
    MappingQuestion,
    asked_of,
)
from analysis.asking.pair_check import PAIRS, AskedPair, PairResult
from analysis.codebook.codebook import CodebookTheme
from analysis.codebook.standing import maps, told_names
from analysis.codebook.trust import CodebookProgress
from analysis.preprocessing.embeddings import (
    cached_count,
    encoder_named,
    model_key,
    spaced,
    vectors_of,
)
from consultation.curation.operations import PlaceExactly
from consultation.curation.store import last_decision_and_run, load_events
from consultation.database.revision import Revision, revision
from consultation.database.storage import Storage
from consultation.participation.answers import text_hash
from consultation.queries.opdracht_snapshot import OpdrachtSnapshot, SnapshotCache
from consultation.queries.statements import StatementView
from language.embedding import Encoder, Vectors

_READ_AT_ONCE = 200
"""So many texts are read in a second or two, while the page waits."""
_COMPARED_AT_ONCE = 2_000
"""So many texts are compared with each other in a second or two."""

NEW_THEME = "nieuw"
"""The id of a theme that is only tried."""


@dataclass(frozen=True)
class ReadingProgress:
    """How many of the different texts of an opdracht have a vector."""

    read: int
    texts: int


@dataclass(frozen=True)
class QueueStep:
    """What is asked next: a question, about all these statements, and how far the decisions are.

    ``ready``: there is a codebook. Without a question nothing is left to ask.
    """

    ready: bool
    question: MappingQuestion | None = None
    statements: tuple[StatementView, ...] = ()
    progress: CodebookProgress | None = None


@dataclass(frozen=True)
class _Followed:
    """What the mapping was last brought up to date with: the run, and what people described."""

    run: int
    maps: bool
    names: Mapping[str, str]


@dataclass(frozen=True)
class OwnWordsGuess:
    """What words of a participant are likely about.

    ``themes`` are all that participants may be told of, the likeliest first; ``mapped`` is the
    theme that the mapping gives the words, None for no theme.
    """

    themes: tuple[LikelyTheme, ...]
    mapped: str | None


class CodebookDesk:
    """The questions about the opdrachten of one consultation; safe to use from several threads."""

    def __init__(
        self,
        storage: Storage,
        consultation_id: int,
        encoder_name: str,
        snapshots: SnapshotCache | None = None,
    ) -> None:
        """The encoder is loaded at the first question that needs it."""
        self._storage = storage
        self._consultation = consultation_id
        self._encoder_name = encoder_name
        self._snapshots = snapshots or SnapshotCache()
        self._live: dict[int, LiveMapping] = {}
        self._at: dict[int, tuple[Revision, int]] = {}
        self._told: dict[int, _Followed] = {}
        self._locks: dict[int, threading.Lock] = {}
        self._lock = threading.Lock()
        self._readers: dict[int, threading.Thread] = {}
        self._encoder: Encoder | None = None

    def reading(self, opdracht: int) -> ReadingProgress | None:
        """Returns how far the reading of statements is, or None where nobody has to wait for it.

        The first call starts it, in a thread of its own. It is long where there are thousands, and
        where an analysis with another encoder, or none, came before.

        Raises:
            AnalysisError: the encoder cannot be loaded.
        """
        with self._lock:
            reader = self._readers.get(opdracht)
        busy = reader is not None and reader.is_alive()
        if opdracht in self._live and not busy:
            return None
        texts = [each.text for each in asked_of(self._seen(opdracht))]
        keys = list(dict.fromkeys(text_hash(each) for each in texts))
        with self._storage.reading() as session:
            read = cached_count(session, model_key(self._loaded()), keys)
        if not busy and len(keys) - read <= _READ_AT_ONCE and len(keys) <= _COMPARED_AT_ONCE:
            return None
        with self._lock:
            reader = self._readers.get(opdracht)
            if reader is None or not reader.is_alive():
                reader = threading.Thread(target=self.step, args=(opdracht, "", ()), daemon=True)
                self._readers[opdracht] = reader
                reader.start()
        return ReadingProgress(read, len(keys))

    def has_codebook(self, opdracht: int) -> bool:
        """Whether statements are mapped: a theme is approved and described."""
        return maps(self._seen(opdracht).state)

    def queue(self, opdracht: int, limit: int = 10) -> tuple[MappingQuestion, ...]:
        """Returns the statements whose decision teaches the mapping most; empty: no codebook."""
        with self._following(opdracht) as live:
            return live.questions(limit)

    def step(self, opdracht: int, wanted: str, skipped: Collection[str]) -> QueueStep:
        """Returns what the page of the queue asks next: all of it in one look at the mapping.

        ``wanted`` is the statement to ask about, decided on or not; without it, or where it is not
        mapped, the most useful one whose id does not end in one of ``skipped``.
        """
        with self._following(opdracht) as live:
            if not self._told[opdracht].maps:
                return QueueStep(False)
            question = live.question(wanted) if wanted else None
            if question is None:
                asked = live.questions(len(skipped) + 1)
                ends = tuple(skipped)
                question = next((q for q in asked if not q.statement.id.endswith(ends)), None)
            if question is None:
                return QueueStep(True, progress=live.progress() if live.statements else None)
            return QueueStep(True, question, live.alike(question.statement), live.progress())

    def would_catch(
        self,
        opdracht: int,
        name: str,
        description: str,
        excludes: str = "",
        examples: Sequence[str] = (),
        theme: str = NEW_THEME,
    ) -> tuple[CaughtStatement, ...]:
        """Returns the statements that a description would take, and from which theme each.

        ``theme`` is the id of the theme that is described; without it, it is a new one. The surest
        come first. Statements that the theme has already are among them, with it as their source.
        """
        tried = CodebookTheme(theme, name, description, excludes, tuple(examples))
        with self._following(opdracht) as live:
            return live.would_catch(tried)

    def likeliest(
        self, opdracht: int, statements: Collection[str]
    ) -> Mapping[str, tuple[LikelyTheme, ...]]:
        """Returns the themes of these statements as the mapping has them now; empty: no theme."""
        with self._following(opdracht) as live:
            return live.likeliest(statements)

    def mapped_now(self, opdracht: int) -> Mapping[str, tuple[StatementView, ...]]:
        """Returns the statements of each theme of the codebook, as the mapping has them now.

        Duplicates of a statement go along with it.
        """
        seen = self._seen(opdracht)
        with self._following(opdracht) as live:
            found: dict[str, list[StatementView]] = {each: [] for each in live.codebook.ids}
            homes = live.likeliest(live.statements)
        for each in seen.said:
            for theme in homes.get(seen.marks.copies.get(each.id, each.id), ()):
                found[theme.theme].append(each)
        return {theme: tuple(said) for theme, said in found.items()}

    def differing(
        self, opdracht: int, groups: Mapping[str, Collection[str]], limit: int = 3
    ) -> Mapping[str, tuple[StatementView, ...]]:
        """Returns of each group of statements a few of different people, chosen to differ."""
        with self._following(opdracht) as live:
            return {each: live.differing(said, limit) for each, said in groups.items()}

    def progress(self, opdracht: int) -> CodebookProgress | None:
        """Returns the estimated share of statements that is right; None without statements."""
        with self._following(opdracht) as live:
            return live.progress() if live.statements and live.codebook.themes else None

    def pairs(self, opdracht: int, limit: int = PAIRS) -> tuple[AskedPair, ...]:
        """Returns the pairs of the check that nobody answered; draws the check where needed."""
        seen = self._seen(opdracht)
        with self._storage.writing() as session:
            pair_check.draw(session, self._consultation, seen, limit)
        with self._storage.reading() as session:
            return pair_check.open_pairs(session, seen, limit)

    def open_pairs(self, opdracht: int) -> tuple[AskedPair, ...]:
        """Returns the pairs of the check of the last run that nobody answered; draws none."""
        seen = self._seen(opdracht)
        with self._storage.reading() as session:
            return pair_check.open_pairs(session, seen, PAIRS)

    def undo_pair(self, opdracht: int, account: str) -> str | None:
        """Takes back the last answer of an account; returns its pair, or None without one."""
        seen = self._seen(opdracht)
        with self._storage.writing() as session:
            return pair_check.undo(session, seen, account)

    def answer_pairs(self, account: str, answers: Mapping[str, bool]) -> tuple[int, ...]:
        """Stores answers by pair; returns the opdrachten they are of.

        Raises:
            CurationError: there is no such pair; nothing was stored.
        """
        with self._storage.writing() as session:
            return pair_check.answer(session, self._consultation, account, answers)

    def pair_result(self, opdracht: int) -> PairResult:
        """Returns what the answers of the last check say of the themes."""
        seen = self._seen(opdracht)
        with self._storage.reading() as session:
            run = seen.run.id if seen.run is not None else None
            return pair_check.result(session, self._consultation, opdracht, run)

    def told(self, opdracht: int) -> Mapping[str, str]:
        """Returns the names, by id, of the themes that participants may be told of."""
        return told_names(self._seen(opdracht).state)

    def guess(self, opdracht: int, said: Sequence[str]) -> tuple[OwnWordsGuess, ...]:
        """Returns what each text that a participant said on an opdracht is likely about.

        Made for the chat: it waits for nobody, and reads nothing anew because answers came in.
        Empty where no theme may be told to participants, or while another thread uses the mapping.
        The texts and their vectors are not kept.

        Raises:
            AnalysisError: the encoder cannot be loaded.
        """
        lock = self._lock_of(opdracht)
        if not said or not lock.acquire(blocking=False):
            return ()
        try:
            if not self._themes_stand(opdracht):
                self._follow(opdracht)
            live, names = self._live[opdracht], self._told[opdracht].names
            if not names:
                return ()
            vectors = self._loaded().encode([spaced(each) for each in said])
            return tuple(_own(chances, names) for chances in live.guess(vectors, said))
        finally:
            lock.release()

    def _themes_stand(self, opdracht: int) -> bool:
        """Whether no run, and no decision but placings, came since the mapping was read."""
        if opdracht not in self._at:
            return False
        with self._storage.reading() as session:
            run = last_decision_and_run(session, self._consultation)[1]
            new = load_events(session, self._consultation, (opdracht,), after=self._at[opdracht][1])
        return run == self._told[opdracht].run and all(
            isinstance(each.operation, PlaceExactly) for each in new
        )

    def _lock_of(self, opdracht: int) -> threading.Lock:
        with self._lock:
            return self._locks.setdefault(opdracht, threading.Lock())

    @contextmanager
    def _following(self, opdracht: int) -> Iterator[LiveMapping]:
        """The mapping of an opdracht, up to date with the log, for one caller at a time."""
        with self._lock_of(opdracht):
            if not self._placings_followed(opdracht):
                self._follow(opdracht)
            yield self._live[opdracht]

    def _follow(self, opdracht: int) -> None:
        with self._storage.reading() as session:
            event, run = last_decision_and_run(session, self._consultation)
            at = revision(session), event
        seen = self._seen(opdracht)
        said = asked_of(seen)
        live = self._live.get(opdracht)
        if live is None or live.statements != tuple(each.id for each in said):
            vectors = self._encode([each.text for each in said])
            live = self._live[opdracht] = LiveMapping(said, vectors, self._encode)
        live.follow(seen.state, seen.marks.copies)
        self._told[opdracht] = _Followed(run, maps(seen.state), told_names(seen.state))
        self._at[opdracht] = at

    def _placings_followed(self, opdracht: int) -> bool:
        """Follows what is new in the log where these are placings only; False for anything else.

        It saves the replay of the log over all statements after each answer of the queue.
        """
        if opdracht not in self._at:
            return False
        before, last = self._at[opdracht]
        with self._storage.reading() as session:
            now = revision(session)
            if now.facts != before.facts:
                return False
            new = [
                each
                for each in load_events(session, self._consultation, (opdracht,), after=last)
                if not each.actions
            ]
        placings = [each.operation for each in new if isinstance(each.operation, PlaceExactly)]
        if len(placings) < len(new):
            return False
        if not self._live[opdracht].place((each.statement, each.themes) for each in placings):
            return False
        self._at[opdracht] = now, max([last, *(each.id for each in new)])
        return True

    def _seen(self, opdracht: int) -> OpdrachtSnapshot:
        with self._storage.reading() as session:
            return self._snapshots.of(session, self._consultation, opdracht)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        return vectors_of(self._storage, self._loaded(), texts)

    def _loaded(self) -> Encoder:
        if self._encoder is None:
            self._encoder = encoder_named(self._encoder_name)
        return self._encoder


def _own(chances: Mapping[str, float], names: Mapping[str, str]) -> OwnWordsGuess:
    likely = sorted(names, key=lambda each: -chances.get(each, 0.0))
    best = max(chances, key=lambda each: chances[each], default=None)
    if best is not None and chances[best] < 1 - sum(chances.values()):
        best = None
    return OwnWordsGuess(
        tuple(LikelyTheme(each, names[each], chances.get(each, 0.0)) for each in likely), best
    )
