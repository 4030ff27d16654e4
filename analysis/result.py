"""The result of a run, and the intermediate result of an opdracht before it is stored."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from analysis.continuity.prior_state import PriorState
from analysis.labelling.representation import Representation
from analysis.preprocessing.deduplication import DuplicateGroups
from analysis.preprocessing.recurring_texts import PopularGroups, RecurringTexts
from analysis.stance.guess import StanceGuess
from consultation.curation.state import Suggestion
from consultation.queries.statements import StatementView
from consultation.queries.themes import FEWEST

if TYPE_CHECKING:
    from consultation.queries.agreement import Agreement


class ConcurrentRun(Exception):
    """Another run over the same opdracht was stored during this run."""


@dataclass(frozen=True)
class OpdrachtResult:
    """The figures of one opdracht.

    ``stability`` and ``label_persistence`` (see ``analysis.clustering.stability`` and
    ``analysis.continuity.alignment``) are None where they cannot be measured. ``refit`` is true
    when everything was clustered anew; ``mapped`` counts the statements that were assigned to a
    known theme; ``agreement`` is the agreement of that mapping with people (see
    ``consultation.queries.agreement``). ``trust`` holds further measures of reliability:

    - ``described``: people described the themes, and statements are mapped to them: then groups
      are not looked for, and there is no stability;
    - ``subsamples``: the number of subsamples behind the stability;
    - ``coherence`` (mean over the statements in themes, -1 to 1) and ``diversity`` of the keywords;
    - ``weakest``: codes of at most three themes that subsamples hardly reproduce;
    - ``group``, ``group_share`` and ``campaign_share``: the largest stakeholder group, its share
      and that of the largest campaign;
    - ``warnings``: see ``analysis.clustering.stability``.
    """

    opdracht: int
    statements: int
    themes: int
    coverage: float
    stability: float | None
    label_persistence: float | None
    seconds: float
    refit: bool = True
    mapped: int = 0
    proposals: int = 0
    agreement: Mapping[str, Any] | None = None
    trust: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class RunResult:
    """The result of a run; ``reused`` is true when nothing changed since the run it points to.

    ``set_aside`` lists the answers that could not be read, with the reason: ``tijd`` (reading took
    too much time) or ``fout`` (it failed), see ``ContributionVersion``. They are in no theme.
    """

    run: int
    round: int
    opdrachten: tuple[OpdrachtResult, ...]
    reused: bool = False
    set_aside: tuple[tuple[str, str], ...] = ()

    def as_json(self) -> str:
        """Returns the JSON object of the contract."""
        return json.dumps(
            {
                "run": self.run,
                "round": self.round,
                "opdrachten": [asdict(each) for each in self.opdrachten],
                "set_aside": [{"answer": each, "reason": why} for each, why in self.set_aside],
            }
        )


@dataclass(frozen=True)
class FoundTheme:
    """A theme to store.

    ``id`` is None for a new theme; ``placed`` gives per statement its score and whether this is its
    primary theme.
    """

    id: str | None
    representation: Representation
    placed: Mapping[str, tuple[float, bool]]
    parents: tuple[str, ...] = ()


@dataclass(frozen=True)
class OpdrachtAnalysis:
    """The intermediate result of one opdracht; each stage returns one with its own results.

    ``everything`` holds the current statements, and ``inputs`` is the digest of what its themes
    follow from; ``repeated`` tells that nothing changed since the last run, whose results are taken
    over: the other fields are empty then. ``said`` the ones that are clustered, one per
    duplicate group. ``recurring`` describes the recurring texts among ``said``, and ``popular`` the
    groups around popular answers (``analysis.clustering.popular_answers``). ``subthemes`` gives the
    name of the sub-theme by statement, for those in ``said``. ``stances`` has the stance of each
    statement, and ``stance_digest`` what these follow from. ``settled`` counts the statements that
    people had placed when keywords were made in this run; None: none were made.
    """

    opdracht: int
    everything: Sequence[StatementView]
    prior: PriorState
    inputs: str = ""
    repeated: bool = False
    said: Sequence[StatementView] = ()
    duplicates: DuplicateGroups = field(default_factory=lambda: DuplicateGroups((), {}, ()))
    recurring: RecurringTexts = field(default_factory=RecurringTexts)
    popular: PopularGroups = field(default_factory=PopularGroups)
    refit: bool = True
    themes: Sequence[FoundTheme] = ()
    subthemes: Mapping[str, str] = field(default_factory=dict)
    stances: Mapping[str, StanceGuess] = field(default_factory=dict)
    stance_digest: str = ""
    proposals: Sequence[Suggestion] = ()
    agreement: Agreement | None = None
    coverage: float = 0.0
    stability: float | None = None
    mapped: int = 0
    seconds: float = 0.0
    settled: int | None = None

    @property
    def enough(self) -> bool:
        """Whether there are enough texts to cluster."""
        return len(self.said) >= FEWEST

    @property
    def worth_seeking(self) -> bool:
        """Whether themes can exist: with few different texts only popular answers can be one."""
        distinct = sum(self.duplicates.sizes.values())
        return self.enough or (distinct >= FEWEST and bool(self.recurring.popular))
