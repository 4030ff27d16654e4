"""Compares the themes of two rounds: how each theme developed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.preprocessing.embeddings import AnalysisError
from consultation import rounds
from consultation.curation.state import CuratedTheme, CurationState
from consultation.curation.store import curated
from consultation.database.models import AnalysisRun, CurationEvent, Round
from consultation.queries.statements import active_statements
from consultation.runs import latest_run

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["new", "grew", "shrank", "split", "merged", "faded", "same"]

COMPARISON_COLUMNS = (
    "opdracht",
    "theme",
    "code",
    "label",
    "status",
    "kind",
    "proposed",
    "parents",
    "from",
    "to",
    "added",
    "share_from",
    "share_added",
)

_SURE = 0.05
_CLEARLY = 1.5
_THIRD = 1 / 3


@dataclass(frozen=True)
class Development:
    """How one theme developed between two rounds.

    ``before`` and ``after`` count its statements at the first and the second round, ``added`` the
    statements that are new. ``share_before`` is its share, 0 to 1, of all statements of the first
    round; ``share_added`` is its share of all new statements. For the shares a statement counts in
    its primary theme only: clustering gives each statement one theme and the classifier up to
    three, so counting all of them would make every theme grow. ``parents`` are the themes it came
    from; ``proposed`` is true for a suggested split or merge that nobody decided on yet.
    """

    opdracht: int
    theme: str
    code: str
    label: str
    status: str
    kind: Kind
    proposed: bool
    parents: tuple[str, ...]
    before: int
    after: int
    added: int
    share_before: float
    share_added: float


def compare(
    session: Session, consultation_id: int, first: int, second: int, numbers: Iterable[int]
) -> pd.DataFrame:
    """Returns how the themes of some opdrachten developed, with columns ``COMPARISON_COLUMNS``.

    Raises:
        RoundError: there is no such round.
        AnalysisError: a round was not analysed, or they are in the wrong order.
    """
    import pandas as pd  # the website imports this module, and waits for no library

    if first >= second:
        raise AnalysisError(f"--from {first} --to {second}: compare an earlier with a later round.")
    for number in (first, second):
        rounds.require_round(session, consultation_id, number)
        if latest_run(session, consultation_id, None, number) is None:
            raise AnalysisError(
                f"round {number} was not analysed; run: samenspraak analyse --round {number}"
            )
    rows = [
        each
        for number in numbers
        for each in developments(session, consultation_id, number, first, second)
    ]
    return pd.DataFrame(
        [
            (
                each.opdracht,
                each.theme,
                each.code,
                each.label,
                each.status,
                each.kind,
                each.proposed,
                list(each.parents),
                each.before,
                each.after,
                each.added,
                each.share_before,
                each.share_added,
            )
            for each in rows
        ],
        columns=list(COMPARISON_COLUMNS),
    )


def developments(
    session: Session, consultation_id: int, opdracht: int, first: int, second: int
) -> list[Development]:
    """Returns how the themes of an opdracht developed; empty if a round has no run over it.

    The state of the first round is taken at the moment when the second round was first analysed:
    earlier decisions belong to the first round, later ones to the second.
    """
    then = latest_run(session, consultation_id, opdracht, first)
    now = latest_run(session, consultation_id, opdracht, second)
    if then is None or now is None:
        return []
    said = active_statements(session, consultation_id, opdracht, until_round=second)
    old = [each.id for each in said if each.round <= first]
    border = _last_event_before(session, consultation_id, now)
    return compare_states(
        opdracht,
        curated(session, consultation_id, opdracht, then, old, border),
        curated(session, consultation_id, opdracht, now, [each.id for each in said]),
        frozenset(old),
    )


def compare_states(
    opdracht: int, before: CurationState, after: CurationState, old: frozenset[str]
) -> list[Development]:
    """Compares two states; ``old`` holds the ids of the statements up to the first round."""
    was = _members(before, opdracht)
    is_ = _members(after, opdracht)
    first_was = _members(before, opdracht, primary=True)
    first_is = _members(after, opdracht, primary=True)
    everything = sum(number == opdracht for number in after.opdracht_of.values())
    new_total = everything - len(old)
    # Growth is measured outside new themes: their statements must not make other themes shrink.
    fresh = {each for theme, own in is_.items() if theme not in was for each in own - old}
    comparable = new_total - len(fresh)
    split = {each.themes[0] for each in after.proposals if each.kind == "split"}
    merged = {theme for each in after.proposals if each.kind == "merge" for theme in each.themes}
    names = sorted(was.keys() | is_.keys(), key=lambda each: _number(each, before, after))
    found = []
    for theme in names:
        seen = after.themes.get(theme) or before.themes[theme]
        added = len(is_.get(theme, set()) - old)
        heard = len(first_is.get(theme, set()) - old)
        share_before = len(first_was.get(theme, ())) / len(old) if old else 0.0
        share_added = heard / new_total if new_total else 0.0
        kind, parents = _lineage(theme, seen, was, is_, after)
        proposed = False
        if kind is None and theme in is_ and theme in split:
            kind, proposed = "split", True
        if kind is None and theme in is_ and theme in merged:
            kind, proposed = "merged", True
        found.append(
            Development(
                opdracht=opdracht,
                theme=theme,
                code=seen.code,
                label=seen.label,
                status=seen.status,
                kind=kind
                or _size(heard, comparable, len(first_was.get(theme, ())), len(old), len(names)),
                proposed=proposed,
                parents=parents,
                before=len(was.get(theme, ())),
                after=len(is_.get(theme, ())),
                added=added,
                share_before=round(share_before, 4),
                share_added=round(share_added, 4),
            )
        )
    return found


_Members = Mapping[str, set[str]]


def _members(state: CurationState, opdracht: int, *, primary: bool = False) -> dict[str, set[str]]:
    return {
        theme.id: {each.statement for each in theme.members if each.primary or not primary}
        for theme in state.themes_of(opdracht)
        if theme.live
    }


def _lineage(
    theme: str,
    seen: CuratedTheme,
    was: _Members,
    is_: _Members,
    after: CurationState,
) -> tuple[Kind | None, tuple[str, ...]]:
    """Returns the kind (new, split, merged or faded) and the parents; ``(None, ())`` if none."""
    if theme not in was:
        parents = tuple(each for each in seen.parents if each in was)
        if not parents:
            return "new", ()
        return ("merged" if len(parents) > 1 else "split"), parents
    if theme not in is_:
        into = after.standing_theme(theme)
        if into != theme or _went(was[theme], is_) is not None:
            return "merged", ()
        return "faded", ()
    joined = tuple(
        other
        for other in was
        if other != theme and other not in is_ and after.standing_theme(other) == theme
    )
    if joined:
        return "merged", (theme, *joined)
    if any(theme in each.parents for each in after.themes.values() if _born(each, was, is_)):
        return "split", ()
    return None, ()


def _born(theme: CuratedTheme, was: _Members, is_: _Members) -> bool:
    return theme.id not in was and theme.id in is_


def _went(members: set[str], is_: _Members) -> str | None:
    """Returns the theme that now holds more than half of these statements, or None."""
    counts = Counter(
        theme for theme, own in is_.items() for statement in members if statement in own
    )
    if not counts:
        return None
    theme, count = counts.most_common(1)[0]
    return theme if 2 * count > len(members) else None


def _size(added: int, total: int, was: int, old: int, themes: int) -> Kind:
    """Returns whether a theme grew, shrank, faded or stayed the same.

    Compares its share of the new statements (``added`` of the ``total`` outside new themes) with
    its earlier share (``was`` of ``old``). A change counts when it is large (a factor of 1.5; under
    a third of the expected number is faded) and significant. Both shares come from samples, so the
    test is Fisher's exact test, one-sided, at 5 % divided by the number of ``themes``.
    """
    if not total or not old:
        return "same"
    sure = _SURE / max(themes, 1)
    expected = was / old * total
    from scipy.stats import hypergeom  # takes a second to load, and the website imports this

    chance = hypergeom(old + total, was + added, total)
    if added < expected / _CLEARLY and chance.cdf(added) < sure:
        return "faded" if added < expected * _THIRD else "shrank"
    if added > expected * _CLEARLY and chance.sf(added - 1) < sure:
        return "grew"
    return "same"


def _number(theme: str, before: CurationState, after: CurationState) -> int:
    return (after.themes.get(theme) or before.themes[theme]).number


def _last_event_before(session: Session, consultation_id: int, now: AnalysisRun) -> int:
    """Returns the id of the last event before the later round was first analysed, 0 for none."""
    first = session.scalar(
        select(func.min(AnalysisRun.started_at)).where(AnalysisRun.round_id == now.round_id)
    )
    found = session.scalar(
        select(func.max(CurationEvent.id)).where(
            CurationEvent.consultation_id == consultation_id, CurationEvent.at <= first
        )
    )
    return found or 0


def theme_sizes(
    session: Session, consultation_id: int, opdracht: int, numbers: Sequence[int]
) -> pd.DataFrame:
    """Returns the data of the plot: the number of new statements per live theme and round.

    Columns: ``theme, code, label, round, statements, share`` (of the round's statements, 0 to 1).
    """
    import pandas as pd

    run = latest_run(session, consultation_id, opdracht)
    columns = ["theme", "code", "label", "round", "statements", "share"]
    if run is None:
        return pd.DataFrame(columns=columns)
    last = session.get_one(Round, run.round_id).number
    said = active_statements(session, consultation_id, opdracht, until_round=last)
    round_of = {each.id: each.round for each in said}
    totals = Counter(round_of.values())
    state = curated(session, consultation_id, opdracht, run, round_of)
    rows = []
    for theme in state.themes_of(opdracht):
        if theme.live:
            counts = Counter(round_of[each.statement] for each in theme.members)
            rows += [
                (
                    theme.id,
                    theme.code,
                    theme.label,
                    number,
                    counts[number],
                    round(counts[number] / totals[number], 4) if totals[number] else 0.0,
                )
                for number in numbers
            ]
    return pd.DataFrame(rows, columns=columns)
