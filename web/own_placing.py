"""What the sentences of a participant are likely about, by the codebook of the opdracht."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from consultation.catalogue import Catalogue
from consultation.curation.store import has_descriptions
from consultation.database.storage import Storage
from consultation.participation import own_placings
from consultation.participation.own_placings import PlaceableAnswer
from language.non_answers import is_stock_non_answer
from language.personal_data import Detector
from language.segmentation.statements import statement_spans

if TYPE_CHECKING:
    from analysis.asking.desk import CodebookDesk

_KINDS = ("drempel", "voorstel", "extra")
_MOST_LIKELY = 3
_LEAST_CHANCE = 0.1
_LONGEST = 1_500
"""A longer answer is not asked about: reading it takes too long while somebody waits."""
_LEAST_WORDS = 4


class ThemeGuesses:
    """Chooses a sentence of each answer, and guesses its themes; see ``dialogue.own_placing``."""

    def __init__(
        self,
        storage: Storage,
        catalogue: Catalogue,
        consultation_id: int,
        personal_data: Detector,
        desk: Callable[[], CodebookDesk],
    ) -> None:
        """``desk`` is called, and loads its libraries, once an opdracht has a codebook."""
        self._storage = storage
        self._catalogue = catalogue
        self._consultation = consultation_id
        self._personal_data = personal_data
        self._desk = desk

    def prepare(self, participant_id: str, round_id: int, opdracht: int) -> Mapping[str, str]:
        """Stores a sentence to ask about for each answer that has none; returns the theme names.

        The likeliest theme comes first. Empty where there is nothing to ask, or no codebook.
        """
        if not self._described(opdracht):
            return {}
        with self._storage.reading() as session:
            who = (participant_id, round_id, opdracht)
            answers = own_placings.placeable_answers(session, *who)
            known = own_placings.placed_sentences(session, *who)
        new = [(each, span) for each in answers if (span := self._sentence(each, opdracht))]
        texts = [*(each.words for each in known), *(each.text[a:b] for each, (a, b) in new)]
        if not new and all(each.asked for each in known):
            return {}
        guesses = self._desk().guess(opdracht, texts)
        if not guesses:
            return {}
        names = self._public({each.theme: each.name for each in guesses[-1].themes})
        if not names:
            return {}
        with self._storage.writing() as session:
            for (answer, span), guess in zip(new, guesses[len(known) :], strict=True):
                likely = [each for each in guess.themes if each.theme in names]
                sure = [each.theme for each in likely if each.score >= _LEAST_CHANCE]
                offered = (sure or [likely[0].theme])[:_MOST_LIKELY]
                own_placings.prepare(session, answer.version, span, offered, guess.mapped)
        return names

    def warm(self, opdracht: int) -> None:
        """Reads the statements and the codebook of an opdracht, where it has one."""
        if self._described(opdracht):
            self._desk().guess(opdracht, ["Er zijn te weinig bussen."])

    def described(self) -> list[int]:
        """The opdrachten with a codebook."""
        return [n for each in self._catalogue.opdrachten if self._described(n := each.nummer)]

    def names(self, opdracht: int) -> Mapping[str, str]:
        """The names of the themes of an opdracht that participants may be told of, by id."""
        return self._public(self._desk().told(opdracht)) if self._described(opdracht) else {}

    def _described(self, opdracht: int) -> bool:
        with self._storage.reading() as session:
            return has_descriptions(session, self._consultation, opdracht)

    def _public(self, names: Mapping[str, str]) -> dict[str, str]:
        """The names without personal data."""
        masked = self._personal_data.masked
        return {theme: name for theme, name in names.items() if masked(name) == name}

    def _sentence(self, answer: PlaceableAnswer, opdracht: int) -> tuple[int, int] | None:
        """The longest statement of an answer; None where the answer says too little, or too much.

        The length has nothing to do with the themes, so that the agreement with the mapping is no
        better or worse for the choice.
        """
        text = answer.text
        if self._catalogue.soort(opdracht, answer.question) not in _KINDS:
            return None
        if len(text) > _LONGEST or is_stock_non_answer(text):
            return None
        spans = [(each.start, each.end) for each in statement_spans(text)]
        best = max(spans, key=lambda each: each[1] - each[0], default=None)
        if best is None or len(text[best[0] : best[1]].split()) < _LEAST_WORDS:
            return None
        return best
