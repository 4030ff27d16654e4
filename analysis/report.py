"""The last analysis as one HTML file that needs nothing else: plots are inline SVG."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import altair as alt
import jinja2
import numpy as np
import numpy.typing as npt
import pandas as pd
import vl_convert
from markupsafe import Markup

from analysis.embeddings import encoder_named, vectors_of
from analysis.standing import Said, standing
from analysis.themes import FEWEST, ThemeView, latest_run, theme_views, without_theme
from consultation import rounds
from consultation.catalogue import Catalogue, Opdracht
from consultation.models import AnalysisRun, now
from consultation.storage import Storage
from language.embedding import Vectors, normalised

_TEMPLATES = Path(__file__).parent / "templates"
_MOST_IN_MAP = 3_000
_ADDRESS_AT = 60


@dataclass(frozen=True)
class OpdrachtReport:
    """What the report shows of one opdracht."""

    opdracht: Opdracht
    said: tuple[Said, ...]
    themes: tuple[ThemeView, ...]
    loose: tuple[Said, ...]
    coverage: float | None
    stability: float | None
    persistence: float | None
    sizes: Markup
    map: Markup

    @property
    def few(self) -> bool:
        """Whether there is too little to group."""
        return len(self.said) < FEWEST


def render(
    storage: Storage,
    consultation_id: int,
    catalogue: Catalogue,
    encoder_name: str,
    round_number: int | None = None,
    at: datetime | None = None,
) -> str:
    """The report in Dutch: per opdracht its themes with quotes, what is in no theme, trust, a map.

    Raises:
        RoundError: there is no such round.
    """
    with storage.reading() as session:
        round_ = rounds.require_round(session, consultation_id, round_number)
        everything = standing(session, consultation_id, until_round=round_.number)
        views = {
            each.nummer: theme_views(session, consultation_id, each.nummer, round_.number)
            for each in catalogue.opdrachten
        }
        runs = {
            each.nummer: latest_run(session, consultation_id, each.nummer, round_.number)
            for each in catalogue.opdrachten
        }
    parts = []
    for opdracht in catalogue.opdrachten:
        said = [each for each in everything if each.opdracht == opdracht.nummer]
        parts.append(
            _part(
                storage, encoder_name, opdracht, said, views[opdracht.nummer], runs[opdracht.nummer]
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
    return environment.get_template("rapport.html").render(
        catalogue=catalogue,
        round=round_.number,
        at=at or now(),
        parts=parts,
        unplaced=[each for each in everything if each.opdracht is None],
        total=len(everything),
        people=len({each.participant for each in everything}),
        fewest=FEWEST,
        runs=sorted({run.id for run in runs.values() if run is not None}),
        models=next((run.models for run in runs.values() if run is not None), {}),
    )


def _percent(value: float | None) -> str:
    return "niet te meten" if value is None else f"{100 * value:.0f} %"


def _part(
    storage: Storage,
    encoder_name: str,
    opdracht: Opdracht,
    said: list[Said],
    views: list[ThemeView],
    run: AnalysisRun | None,
) -> OpdrachtReport:
    figures: dict[str, Any] = next(
        (
            each
            for each in (run.metrics.get("opdrachten", []) if run else [])
            if each["opdracht"] == opdracht.nummer
        ),
        {},
    )
    return OpdrachtReport(
        opdracht=opdracht,
        said=tuple(said),
        themes=tuple(views),
        loose=tuple(without_theme(said, views)),
        coverage=figures.get("coverage") if views else None,
        stability=figures.get("stability"),
        persistence=figures.get("label_persistence"),
        sizes=_sizes(views) if views else Markup(),
        map=_map(storage, encoder_name, views) if views else Markup(),
    )


def _sizes(views: list[ThemeView]) -> Markup:
    rows = [
        {"thema": f"{view.code} {_short(view.label)}", "groep": group, "mensen": people}
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
            color=alt.Color("groep:N", title="groep", scale=alt.Scale(scheme="tableau20")),
        )
        .properties(width=420, height=alt.Step(24))
    )
    return _svg(chart)


def _map(storage: Storage, encoder_name: str, views: list[ThemeView]) -> Markup:
    said = [(view, each) for view in views for each in view.said][:_MOST_IN_MAP]
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
    """Two dimensions: the plane in which the themes' centres lie farthest apart."""
    centred = normalised(vectors - vectors.mean(axis=0))
    centres = np.stack([centred[codes == code].mean(axis=0) for code in np.unique(codes)])
    source = centres if len(centres) > 2 else centred
    _, _, axes = np.linalg.svd(source - source.mean(axis=0), full_matrices=False)
    plane: Vectors = centred @ axes[:2].T
    return plane


def _svg(chart: alt.Chart) -> Markup:
    # Vega-Lite escapes the texts it draws.
    return Markup(vl_convert.vegalite_to_svg(chart.to_dict()))


def _short(text: str) -> str:
    return text if len(text) <= _ADDRESS_AT else text[: _ADDRESS_AT - 1] + "…"
