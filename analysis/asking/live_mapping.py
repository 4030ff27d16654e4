"""The mapping of one opdracht between two runs: it follows each decision at once.

The statements, their vectors and their neighbourhood are read once; a decision then costs a few
steps of the mapper. What it says is a proposal until the next run stores it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_matrix

from analysis.codebook.codebook import Codebook, CodebookTheme
from analysis.codebook.descriptions import Encode
from analysis.codebook.features import Features, Numbers, features_of
from analysis.codebook.mapping import Mapper
from analysis.codebook.queue import batch_of, neighbourhood, questions
from analysis.codebook.standing import standing_codebook, standing_decisions
from analysis.codebook.trust import CodebookProgress, progress
from analysis.codebook.variety import differing
from consultation.curation.state import CurationState
from consultation.queries.opdracht_snapshot import OpdrachtSnapshot
from consultation.queries.statements import StatementView
from language.embedding import Vectors, normalised

_FEWEST = 20
"""With fewer statements there is nothing to standardise the fit of descriptions by."""
_SHARPNESS = 4.0


@dataclass(frozen=True)
class LikelyTheme:
    """A theme of the codebook with the chance, 0 to 1, that a statement belongs to it."""

    theme: str
    name: str
    score: float


@dataclass(frozen=True)
class MappingQuestion:
    """A statement to ask about, with its likeliest themes, the best first."""

    statement: StatementView
    suggestions: tuple[LikelyTheme, ...]


@dataclass(frozen=True)
class CaughtStatement:
    """A statement that a description would catch; ``source`` is the theme that would lose it."""

    statement: StatementView
    score: float
    source: LikelyTheme | None


def _unstandardised(codebook: Codebook, vectors: Vectors, encode: Encode) -> Numbers:
    """The chances of themes by the likeness in meaning of a text and their descriptions."""
    told = encode([each.text for each in codebook.themes])
    centre = told.mean(axis=0)
    alike = normalised(vectors - centre) @ normalised(told - centre).T
    grown = np.exp(_SHARPNESS * alike)
    found: Numbers = grown / grown.sum(axis=1, keepdims=True)
    return found


def asked_of(seen: OpdrachtSnapshot) -> list[StatementView]:
    """Returns the statements that are mapped: one per duplicate group, and no excluded ones."""
    beside = seen.marks.apart | seen.marks.copies.keys()
    return [each for each in seen.said if each.id not in beside and not each.set_aside]


class LiveMapping:
    """The mapping of the statements of one opdracht to its codebook.

    ``follow`` brings it up to date with the decisions; the other methods read.
    """

    def __init__(self, said: Sequence[StatementView], vectors: Vectors, encode: Encode) -> None:
        """``vectors`` are those of the statements; ``encode`` gives those of descriptions."""
        self._said = tuple(said)
        self._row = {each.id: row for row, each in enumerate(self._said)}
        self._encode = encode
        self._features: Features = features_of(
            vectors,
            [each.text for each in said],
            [each.participant for each in said],
            [each.contribution for each in said],
        )
        self._mapper = Mapper(self._features, Codebook(()), encode)

    @property
    def statements(self) -> tuple[str, ...]:
        """The ids of the statements, in the order of the vectors."""
        return tuple(each.id for each in self._said)

    @property
    def codebook(self) -> Codebook:
        """The codebook that the statements are mapped to."""
        return self._mapper.codebook

    def follow(self, state: CurationState, copies: Mapping[str, str]) -> None:
        """Takes over the codebook and the decisions as they stand now.

        ``copies`` maps a duplicate to its representative: a decision on it teaches too.
        """

        def words(statement: str) -> str:
            at = self._row.get(statement)
            return "" if at is None else self._said[at].text

        codebook = standing_codebook(state, words)
        said = standing_decisions(state, codebook.ids)
        decided = {
            self._row[copies[each]]: themes
            for each, themes in said.items()
            if each in copies and copies[each] in self._row
        }
        decided |= {self._row[each]: themes for each, themes in said.items() if each in self._row}
        if codebook != self._mapper.codebook:
            self._mapper = self._mapper.described(codebook, self._encode, decided)
            return
        known = self._mapper.decisions
        gone = known.keys() - decided.keys()
        if gone:
            self._mapper.forget(gone)
        new = {row: themes for row, themes in decided.items() if known.get(row) != themes}
        if new:
            self._mapper.decide(dict(sorted(new.items())))

    def place(self, places: Iterable[tuple[str, Sequence[str]]]) -> bool:
        """Takes over placings in the order of the log; False if that needs ``follow``.

        That is so where a statement is not mapped itself, or a theme is not in the codebook.
        """
        decided = {}
        for statement, themes in places:
            if statement not in self._row or not set(themes) <= set(self.codebook.ids):
                return False
            decided[self._row[statement]] = frozenset(themes)
        if decided:
            self._mapper.decide(decided)
        return True

    def questions(self, limit: int) -> tuple[MappingQuestion, ...]:
        """Returns the statements whose decision teaches most, the most useful first."""
        if not self.codebook.themes:
            return ()
        found = questions(self._mapper.mapped, self._features, self._near, limit)
        return tuple(
            MappingQuestion(self._said[each.row], self._named(each.suggestions)) for each in found
        )

    def question(self, statement: str) -> MappingQuestion | None:
        """Returns the question about one statement; None if it is not mapped, or to nothing."""
        row = self._row.get(statement)
        if row is None or not self.codebook.themes:
            return None
        return MappingQuestion(self._said[row], self._named(self._mapper.mapped.suggestions(row)))

    def differing(self, statements: Collection[str], limit: int) -> tuple[StatementView, ...]:
        """Returns a few of these statements, each of another participant, chosen to differ."""
        rows = [self._row[each] for each in statements if each in self._row]
        return tuple(self._said[row] for row in differing(self._features, rows, limit))

    def alike(self, statement: StatementView) -> tuple[StatementView, ...]:
        """Returns the undecided statements that say much the same as one of them, with it."""
        rows = batch_of(self._mapper.mapped, self._features, self._row[statement.id])
        return tuple(self._said[row] for row in rows) or (statement,)

    def progress(self) -> CodebookProgress:
        """Returns the estimated share of statements that is right."""
        return progress(self._mapper)

    def would_catch(self, theme: CodebookTheme) -> tuple[CaughtStatement, ...]:
        """Returns what a new or changed theme would catch, the surest first; nothing is kept.

        A theme with a known id takes the place of that theme.
        """
        themes = [each for each in self.codebook.themes if each.id != theme.id]
        decisions = {
            row: said & {each.id for each in themes} | ({theme.id} & said)
            for row, said in self._mapper.decisions.items()
        }
        after = self._mapper.described(Codebook((*themes, theme)), self._encode, decisions).mapped
        before = self._mapper.mapped
        chances = after.chances[:, len(themes)]
        best = after.chances.argmax(axis=1) == len(themes)
        found = []
        for row in np.flatnonzero(best).tolist():
            had = before.fits(row)
            found.append(
                CaughtStatement(
                    self._said[row],
                    float(chances[row]),
                    self._named(had[:1])[0] if had else None,
                )
            )
        return tuple(sorted(found, key=lambda each: -each.score))

    def likeliest(self, statements: Collection[str]) -> dict[str, tuple[LikelyTheme, ...]]:
        """Returns the themes of these statements as the mapping has them now; empty: no theme."""
        rows = {each: self._row[each] for each in statements if each in self._row}
        return {each: self._named(self._mapper.mapped.fits(row)) for each, row in rows.items()}

    def guess(self, vectors: Vectors, texts: Sequence[str]) -> list[dict[str, float]]:
        """Returns the chance of each theme for what somebody just said, nothing of which is kept.

        ``texts`` are all that one participant said on the opdracht, ``vectors`` the encoder's. The
        chances of a text add up to 1 with that of no theme.
        """
        if len(self._said) >= _FEWEST:
            chances = self._mapper.guess(self._features.of_newcomer(vectors, texts))
        else:
            chances = _unstandardised(self.codebook, vectors, self._encode)
        ids = self.codebook.ids
        return [dict(zip(ids, row, strict=False)) for row in chances.tolist()]

    @cached_property
    def _near(self) -> csr_matrix:
        return neighbourhood(self._features)

    def _named(self, found: Sequence[tuple[str, float]]) -> tuple[LikelyTheme, ...]:
        names = {each.id: each.name for each in self.codebook.themes}
        return tuple(LikelyTheme(theme, names[theme], score) for theme, score in found)
