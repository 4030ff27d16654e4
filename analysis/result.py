"""What a run gives, and what it found of an opdracht before that is stored."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from analysis.continuity.prior_state import Known, Placed
from analysis.labelling.representations import Portrait
from analysis.preprocessing.deduplication import Voices
from analysis.preprocessing.recurring_texts import Groups, Many
from consultation.curation.state import Proposal
from consultation.queries.statements import Said
from consultation.queries.themes import FEWEST

if TYPE_CHECKING:
    from consultation.queries.agreement import Agreement


class Overtaken(Exception):
    """Another run over the same opdracht was stored while this one was under way."""


@dataclass(frozen=True)
class OpdrachtResult:
    """One opdracht's figures.

    ``stability`` and ``label_persistence`` (see ``analysis.clustering.stability`` and
    ``analysis.continuity.alignment``) are None where they cannot be measured. ``refit`` tells
    whether everything was clustered anew, ``mapped`` how many statements went to a theme that was
    known; ``agreement`` is that of the mapping with people (see
    ``consultation.queries.agreement``). ``trust`` says the rest of how far to trust it:
    ``subsamples`` (how many told the stability), ``coherence`` (mean over the statements in themes,
    -1 to 1) and ``diversity`` of the keywords, ``weakest`` (codes of at most three themes that
    hardly come back), ``group``, ``group_share`` and ``campaign_share`` (who speaks loudest), and
    ``warnings`` (see ``analysis.clustering.stability``).
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
    """What a run gives; ``reused`` is true when nothing changed since the run it points to.

    ``set_aside`` names the answers that took too much time to read, with the reason (``tijd`` or
    ``fout``, see ``ContributionVersion``): they are in no theme.
    """

    run: int
    round: int
    opdrachten: tuple[OpdrachtResult, ...]
    reused: bool = False
    set_aside: tuple[tuple[str, str], ...] = ()

    def as_json(self) -> str:
        """The contract's JSON object."""
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
    """A theme to store; ``id`` is None for a new one, ``placed`` gives its statements' scores and
    whether it is their primary theme."""

    id: str | None
    portrait: Portrait
    placed: Mapping[str, tuple[float, bool]]
    parents: tuple[str, ...] = ()


@dataclass
class Found:
    """What one opdracht gives, filled step by step.

    ``everything`` stands; ``said`` are the voices in it: what goes into the analysis. ``many`` is
    what many people say among the voices, and ``around`` the voices around popular answers
    (``analysis.clustering.popular_answers``). ``subthemes`` are the names of the voices'
    sub-themes, by statement.
    """

    opdracht: int
    everything: list[Said]
    known: Known
    said: list[Said] = field(default_factory=list)
    voices: Voices = field(default_factory=lambda: Voices((), {}, ()))
    many: Many = field(default_factory=Many)
    around: Groups = field(default_factory=Groups)
    refit: bool = True
    themes: list[FoundTheme] = field(default_factory=list)
    subthemes: dict[str, str] = field(default_factory=dict)
    proposals: list[Proposal] = field(default_factory=list)
    agreement: Agreement | None = None
    coverage: float = 0.0
    stability: float | None = None
    mapped: int = 0
    seconds: float = 0.0

    @property
    def enough(self) -> bool:
        """Whether there are texts enough to cluster."""
        return len(self.said) >= FEWEST

    @property
    def worth_seeking(self) -> bool:
        """Whether themes can be found: with few texts only what many people say can be one."""
        heard = sum(self.voices.sizes.values())
        return self.enough or (heard >= FEWEST and bool(self.many.popular))

    @property
    def carried(self) -> dict[str, tuple[Placed, ...]]:
        """The voices' places in the last run."""
        return {
            each.id: self.known.carried[each.id]
            for each in self.said
            if each.id in self.known.carried
        }
