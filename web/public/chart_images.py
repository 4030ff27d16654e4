"""The charts of the public pages, as separate SVG files that browsers may cache."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from starlette.exceptions import HTTPException

from web.dependencies import Here
from web.public.charts import bar_chart
from web.public.outcome import cached_page

router = APIRouter(prefix="/grafieken", include_in_schema=False)


@router.get("/opdracht-{number:int}-{subject}.svg")
def chart_image(
    here: Here,
    number: int,
    subject: str,
    smal: Annotated[str, Query(max_length=1)] = "",
    v: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """One chart of one opdracht, of what stands now; ``smal`` for a phone.

    ``v`` is the mark of what is drawn: with the right one the picture never changes.
    """
    if here.catalogue.opdracht(number) is None:
        raise HTTPException(404)
    with here.storage.reading() as session:
        page = cached_page(session, here.kept, here.consultation_id, here.catalogue, number)
    chart = page.charts.get(subject)
    if chart is None:
        raise HTTPException(404)
    kept = "public, max-age=86400" if v == chart.mark else "no-cache"
    svg = bar_chart(chart.bars, narrow=bool(smal))
    return Response(svg, media_type="image/svg+xml", headers={"Cache-Control": kept})
