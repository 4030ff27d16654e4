"""Bar charts as SVG, rendered on the server: they need no script and support dark mode.

The page shows the numbers of a chart in a table too.
"""

from __future__ import annotations

import textwrap
from functools import lru_cache
from itertools import zip_longest
from typing import Any

Bars = tuple[tuple[str, int], ...]
"""Label and value per bar, in the order shown."""

WIDE, NARROW = 640, 300
_ACCENT, _INK = "#0a5f73", "#17262b"
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif"
_LINES = "abcdefgh"
_SIZE, _LINE, _BAR, _ROOM = 15, 19, 20, 56
_CHARACTER = 8.6  # px at this size, on average
_DARK = (
    "<style>@media (prefers-color-scheme: dark) {"
    f'[fill="{_ACCENT}"] {{ fill: #74cadd }} [fill="{_INK}"] {{ fill: #e6eeee }} }}</style>'
)


@lru_cache(maxsize=256)
def bar_chart(bars: Bars, narrow: bool = False) -> str:
    """An SVG document of horizontal bars with their numbers; ``narrow`` is the phone width.

    The label is above its bar, wrapped to the width, so that long Dutch words get a whole line.
    """
    # Only the chart endpoint needs these heavy imports; the site starts faster without them.
    import altair as alt
    import vl_convert

    width = NARROW if narrow else WIDE
    fits = int(width / _CHARACTER)
    lines = [textwrap.wrap(name, fits, max_lines=len(_LINES))[::-1] for name, _ in bars]
    tallest = max(map(len, lines), default=1)
    values = [
        {
            "plaats": place,
            "aantal": value,
            **dict(zip_longest(_LINES[:tallest], wrapped, fillvalue="")),
        }
        for place, (wrapped, (_, value)) in enumerate(zip(lines, bars, strict=True))
    ]
    longest = max((value for _, value in bars), default=0)
    base = alt.Chart(alt.InlineData(values=values)).encode(
        x=alt.X(
            "aantal:Q", axis=None, scale=alt.Scale(domain=[0, longest or 1], nice=False, zero=True)
        ),
        y=alt.Y("plaats:O", axis=None),
    )
    middle = tallest * _LINE / 2
    text: dict[str, Any] = {"align": "left", "fontSize": _SIZE, "color": _INK, "baseline": "middle"}
    # One text mark per line, as SVG text has no line breaks: a is the last line, b the one above.
    labels = [
        base.mark_text(**text, yOffset=middle - _BAR / 2 - _LINE * (up + 0.6)).encode(
            x=alt.value(0), text=f"{name}:N"
        )
        for up, name in enumerate(_LINES[:tallest])
    ]
    numbers = base.mark_text(**text, dx=6, fontWeight=600, yOffset=middle)
    chart = (
        alt.layer(
            base.mark_bar(color=_ACCENT, cornerRadiusEnd=3, size=_BAR, yOffset=middle),
            numbers.encode(text="aantal:Q"),
            *labels,
        )
        .properties(
            width=width - _ROOM,
            height=alt.Step(tallest * _LINE + _BAR + 14),
            padding={"left": 0, "right": _ROOM, "top": 0, "bottom": 0},
            background="transparent",
        )
        .configure(font=_FONT)
        .configure_view(stroke=None)
    )
    svg: str = vl_convert.vegalite_to_svg(chart.to_dict())
    head, _, rest = svg.partition(">")
    return f"{head}>{_DARK}{rest}"
