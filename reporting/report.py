"""The last analysis as one self-contained HTML file; plots are inline SVG."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import altair as alt
import jinja2
import numpy as np
import numpy.typing as npt
import pandas as pd
import vl_convert
from markupsafe import Markup
from sqlalchemy.orm import Session

from analysis.preprocessing.answer_quality import channels
from analysis.preprocessing.embeddings import encoder_named, vectors_of
from analysis.supporters import people_of, proposers
from analysis.trekkers import Trekkers, trekkers
from consultation import dates, rounds
from consultation.catalogue import Catalogue, Opdracht
from consultation.curation.state import CurationState
from consultation.curation.store import curated
from consultation.database.models import AnalysisRun, now
from consultation.database.storage import Storage
from consultation.queries.excluded_statements import ExcludedStatements, excluded_statements
from consultation.queries.statements import StatementView, active_statements
from consultation.queries.themes import (
    FEWEST,
    Marks,
    ThemeView,
    latest_run,
    marks_of,
    theme_views,
    without_theme,
)
from language.embedding import Vectors, normalised
from reporting.export_words import word
from reporting.own_placing_figures import own_placing_sentence
from reporting.pair_figures import PairFigure, pair_figure

_TEMPLATES = Path(__file__).parent / "templates"
_MOST_IN_MAP = 3_000
_ADDRESS_AT = 60


@dataclass(frozen=True)
class QuoteRow:
    """A row of a table of quotes: statements with equal text, kind, group and round, merged."""

    text: str
    kind: str
    group: str | None
    round: int
    ids: tuple[str, ...]


@dataclass(frozen=True)
class OpdrachtReport:
    """The content of the report for one opdracht.

    ``voices`` is the number of different texts that are not excluded. ``loose`` holds the
    statements that are in no theme and not ``excluded``. ``figure`` is what people said of pairs of
    statements, and ``own`` how often people put their own answers where the mapping had them.
    ``proposed_by`` is the number of participants who propose the action of a theme, by
    theme; ``trekkers`` holds the answers about who should carry it out. ``rounds`` counts
    statements by theme (rows) and round (columns).
    """

    opdracht: Opdracht
    said: tuple[StatementView, ...]
    voices: int
    themes: tuple[ThemeView, ...]
    loose: tuple[StatementView, ...]
    excluded: ExcludedStatements
    rounds: pd.DataFrame
    coverage: float | None
    stability: float | None
    persistence: float | None
    figure: PairFigure | None
    own: str
    trust: Mapping[str, Any] | None
    proposed_by: Mapping[str, int]
    trekkers: Trekkers
    sizes: Markup
    over_rounds: Markup
    map: Markup

    @property
    def few(self) -> bool:
        """Whether there are too few texts for clustering."""
        return self.voices < FEWEST

    @property
    def weakest(self) -> ThemeView | None:
        """The theme with the lowest stability; None if fewer than two themes were measured."""
        measured = [each for each in self.themes if each.stability is not None]
        return min(measured, key=lambda each: each.stability or 0) if len(measured) > 1 else None


def render(
    storage: Storage,
    consultation_id: int,
    catalogue: Catalogue,
    encoder_name: str,
    round_number: int | None = None,
    at: datetime | None = None,
) -> str:
    """The report in Dutch, as HTML.

    It shows, per opdracht, the themes with quotes, the statements in no theme, quality figures and
    a map. It covers all rounds up to and including ``round_number``, by default the open round, or
    the last one if no round is open.

    Raises:
        RoundError: there is no such round.
    """
    with storage.reading() as session:
        round_ = rounds.require_round(session, consultation_id, round_number)
        everything = active_statements(session, consultation_id, until_round=round_.number)
        views = {
            each.nummer: theme_views(session, consultation_id, each.nummer, round_.number)
            for each in catalogue.opdrachten
        }
        runs = {
            each.nummer: latest_run(session, consultation_id, each.nummer, round_.number)
            for each in catalogue.opdrachten
        }
        marks = {
            number: marks_of(session, run.id, number) if run is not None else Marks()
            for number, run in runs.items()
        }
        proposed = {
            each.nummer: _proposed_by(
                session, consultation_id, each.nummer, runs[each.nummer], everything, marks
            )
            for each in catalogue.opdrachten
        }
        named = {
            each.nummer: trekkers(
                session, consultation_id, catalogue, each.nummer, until_round=round_.number
            )
            for each in catalogue.opdrachten
        }
        figures = {
            number: pair_figure(session, consultation_id, number, run)
            for number, run in runs.items()
        }
        own = {
            number: own_placing_sentence(session, consultation_id, number, round_.number)
            for number in runs
        }
        measured = channels(session, consultation_id, catalogue, until_round=round_.number)
    names: dict[str, str] = {each.slug: each.naam for each in catalogue.groepen}
    parts = []
    for opdracht in catalogue.opdrachten:
        said = [each for each in everything if each.opdracht == opdracht.nummer]
        run = runs[opdracht.nummer]
        parts.append(
            _part(
                opdracht,
                said,
                views[opdracht.nummer],
                run,
                figures[opdracht.nummer],
                own[opdracht.nummer],
                marks[opdracht.nummer],
                proposed[opdracht.nummer],
                named[opdracht.nummer],
                _map(storage, encoder_name, views[opdracht.nummer]),
                names,
            )
        )
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["procent"] = _percent
    environment.filters["getal"] = lambda number: f"{number:.1f}".replace(".", ",")
    environment.filters["rijen"] = rows_of
    environment.filters["moment"] = dates.moment
    environment.filters["taal"] = partial(word, "talen")
    return environment.get_template("rapport.html").render(
        catalogue=catalogue,
        round=round_.number,
        at=at or now(),
        parts=parts,
        unplaced=[each for each in everything if each.opdracht is None],
        total=len(everything),
        measured=measured,
        people=len({each.participant for each in everything}),
        fewest=FEWEST,
        runs=sorted({run.id for run in runs.values() if run is not None}),
        models=next((run.models for run in runs.values() if run is not None), {}),
    )


def _percent(value: float | None) -> str:
    return "niet te meten" if value is None else f"{100 * value:.0f} %"


def rows_of(said: Iterable[StatementView]) -> list[QuoteRow]:
    """Statements as table rows, in their order; equal ones are merged into one row."""
    same: dict[tuple[str, str, str | None, int], list[str]] = {}
    for each in said:
        same.setdefault((each.text, each.kind, each.group, each.round), []).append(each.id)
    return [QuoteRow(*key, ids=tuple(ids)) for key, ids in same.items()]


def _part(
    opdracht: Opdracht,
    said: list[StatementView],
    views: list[ThemeView],
    run: AnalysisRun | None,
    figure: PairFigure | None,
    own: str,
    marks: Marks,
    proposed_by: Mapping[str, int],
    named: Trekkers,
    drawn: Markup,
    names: Mapping[str, str],
) -> OpdrachtReport:
    figures: dict[str, Any] = next(
        (
            each
            for each in (run.metrics.get("opdrachten", []) if run else [])
            if each["opdracht"] == opdracht.nummer
        ),
        {},
    )
    counted = _by_round(said, views)
    loose = without_theme(said, views)
    apart = marks.apart | {each.id for each in said if each.set_aside}
    return OpdrachtReport(
        opdracht=opdracht,
        said=tuple(said),
        voices=sum(each.id not in apart and each.id not in marks.copies for each in said),
        themes=tuple(views),
        loose=tuple(each for each in loose if each.id not in apart),
        excluded=excluded_statements(said, loose, marks),
        rounds=counted.pivot(index=["code", "label"], columns="round", values="statements"),
        coverage=figures.get("coverage") if views else None,
        stability=figures.get("stability"),
        persistence=figures.get("label_persistence"),
        figure=figure,
        own=own,
        trust=figures.get("trust"),
        proposed_by=proposed_by,
        trekkers=named,
        sizes=_sizes(views, names) if views else Markup(),
        over_rounds=_over_rounds(counted),
        map=drawn,
    )


@dataclass(frozen=True)
class _Stand:
    state: CurationState
    by_id: Mapping[str, StatementView]
    marks: Marks
    subject_words: dict[str, frozenset[str]] = field(default_factory=dict)


def _proposed_by(
    session: Session,
    consultation_id: int,
    number: int,
    run: AnalysisRun | None,
    everything: Iterable[StatementView],
    marks: Mapping[int, Marks],
) -> dict[str, int]:
    """The number of participants who propose the quoted action of a theme, by theme id."""
    if run is None:
        return {}
    by_id = {each.id: each for each in everything if each.opdracht == number}
    stand = _Stand(curated(session, consultation_id, number, run, by_id), by_id, marks[number])
    return {
        theme: people_of(proposers(action, [stand]))
        for action in stand.state.actions_of(number)
        if action.statement is not None
        for theme in action.themes
    }


def _sizes(views: list[ThemeView], names: Mapping[str, str]) -> Markup:
    rows = [
        {
            "thema": f"{view.code} {_short(view.label)}",
            "groep": names.get(group, group),
            "mensen": people,
        }
        for view in views
        for group, people in view.groups.items()
    ]
    order = [f"{view.code} {_short(view.label)}" for view in views]
    chart = (
        alt.Chart(pd.DataFrame(rows))
        .mark_bar()
        .encode(
            x=alt.X("mensen:Q", title="mensen", axis=alt.Axis(tickMinStep=1)),
            y=alt.Y("thema:N", sort=order, title=None, axis=alt.Axis(labelLimit=320)),
            color=alt.Color(
                "groep:N",
                title="groep",
                scale=alt.Scale(scheme="tableau20"),
                legend=alt.Legend(labelLimit=320),
            ),
        )
        # The renderer underestimates the width of letters, so labels need padding.
        .properties(width=420, height=alt.Step(24), padding={"left": 40, "right": 40})
    )
    return _svg(chart)


def _by_round(said: list[StatementView], views: list[ThemeView]) -> pd.DataFrame:
    """The number of ``statements`` by theme and round, and their ``share`` of the round (0 to 1).

    The columns are ``code``, ``label``, ``round``, ``statements`` and ``share``.
    """
    totals = Counter(each.round for each in said)
    rows = []
    for view in views:
        own = Counter(each.round for each in view.said)
        rows += [
            (view.code, view.label, number, own[number], own[number] / total)
            for number, total in sorted(totals.items())
        ]
    return pd.DataFrame(rows, columns=["code", "label", "round", "statements", "share"])


def _over_rounds(counted: pd.DataFrame) -> Markup:
    """A line chart of the themes over the rounds; empty if there is only one round."""
    if counted["round"].nunique() < 2:
        return Markup()
    frame = counted[["code", "round", "share"]].rename(
        columns={"code": "thema", "round": "ronde", "share": "aandeel"}
    )
    chart = (
        alt.Chart(frame)
        .mark_line(point=True, strokeWidth=2)
        .encode(
            x=alt.X("ronde:O", title="ronde", axis=alt.Axis(labelAngle=0)),
            y=alt.Y("aandeel:Q", title="deel van de uitspraken", axis=alt.Axis(format="%")),
            color=alt.Color("thema:N", title="thema", scale=alt.Scale(scheme="tableau20")),
            strokeDash=alt.StrokeDash("thema:N", title="thema"),
        )
        .properties(width=alt.Step(120), height=220)
    )
    return _svg(chart)


def _map(storage: Storage, encoder_name: str, views: list[ThemeView]) -> Markup:
    said = [(view, each) for view in views for each in view.said]
    # Sampling at a regular interval keeps all themes of a large opdracht visible.
    said = said[:: -(-len(said) // _MOST_IN_MAP) or 1]
    if len(said) < 3:
        return Markup()
    encoder = encoder_named(encoder_name)
    vectors = vectors_of(storage, encoder, [each.text for _, each in said])
    codes = [view.code for view, _ in said]
    points = _flattened(vectors, np.array(codes))
    frame = pd.DataFrame({"x": points[:, 0], "y": points[:, 1], "thema": codes})
    chart = (
        alt.Chart(frame)
        .mark_point(filled=True, size=48, opacity=0.75)
        .encode(
            x=alt.X("x:Q", axis=None),
            y=alt.Y("y:Q", axis=None),
            color=alt.Color("thema:N", title="thema", scale=alt.Scale(scheme="tableau20")),
            shape=alt.Shape("thema:N", title="thema"),
        )
        .properties(width=520, height=380)
        .configure_view(stroke="#bbb")
    )
    return _svg(chart)


def _flattened(vectors: Vectors, codes: npt.NDArray[np.str_]) -> Vectors:
    """Projects vectors of shape (n, dimensions) to (n, 2).

    The plane is spanned by the first two principal axes of the theme centroids, which separates the
    themes best. With fewer than three themes, the axes of all vectors are used.
    """
    centred = normalised(vectors - vectors.mean(axis=0))
    centres = np.stack([centred[codes == code].mean(axis=0) for code in np.unique(codes)])
    source = centres if len(centres) > 2 else centred
    _, _, axes = np.linalg.svd(source - source.mean(axis=0), full_matrices=False)
    plane: Vectors = centred @ axes[:2].T
    return plane


def _svg(chart: alt.Chart) -> Markup:
    # Safe as markup: Vega-Lite escapes the texts in its SVG.
    return Markup(vl_convert.vegalite_to_svg(chart.to_dict()))  # noqa: S704


def _short(text: str) -> str:
    return text if len(text) <= _ADDRESS_AT else text[: _ADDRESS_AT - 1] + "…"
