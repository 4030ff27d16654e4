"""The buttons of a turn: none alike, at most six at once, the rest behind "Toon alle".

The widget puts the buttons of all bubbles of a turn side by side, so the limits hold for a turn.
The buttons that are left out travel in ``custom.more``, and may be tapped like the others. The
widget shows them by itself; over the API the button "Toon alle" is answered with ``all_of``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from consultation.participation.conversation import MORE, Bubble
from dialogue.messages import say

AT_ONCE = 6
SHOW_ALL = "/toon_alle"


def limited(bubbles: Sequence[Bubble]) -> tuple[Bubble, ...]:
    """The bubbles with at most ``AT_ONCE`` buttons together, no two of them alike."""
    found = _distinct(bubbles)
    if sum(len(bubble.buttons) for bubble in found) <= AT_ONCE:
        return tuple(found)
    left = AT_ONCE - 1
    rest: list[dict[str, str]] = []
    for place, bubble in enumerate(found):
        shown, hidden = bubble.buttons[:left], bubble.buttons[left:]
        left -= len(shown)
        rest += hidden
        found[place] = replace(bubble, buttons=shown)
    last = max(place for place, each in enumerate(bubbles) if each.buttons)
    bubble = found[last]
    found[last] = replace(
        bubble,
        buttons=(*bubble.buttons, {"title": say("knop_toon_alle"), "payload": SHOW_ALL}),
        custom={**(bubble.custom or {}), MORE: rest},
    )
    return tuple(found)


def all_of(said: Sequence[Bubble]) -> Bubble:
    """The buttons of a turn again, with those that were left out; the answer to ``SHOW_ALL``."""
    steps = [each.custom for each in said if each.custom and each.custom.get("step")]
    rest = [button for each in said for button in (each.custom or {}).get(MORE, ())]
    shown = [button for each in said for button in each.buttons if button["payload"] != SHOW_ALL]
    custom = {name: value for name, value in (steps[-1] if steps else {}).items() if name != MORE}
    return Bubble(text=say("alle_keuzes"), buttons=(*shown, *rest), custom=custom or None)


def _distinct(bubbles: Sequence[Bubble]) -> list[Bubble]:
    """The bubbles without repeated buttons; a title that two choices share gets a number."""
    seen: dict[str, list[str]] = {}
    found = []
    for bubble in bubbles:
        buttons = []
        for button in bubble.buttons:
            payloads = seen.setdefault(button["title"].strip().casefold(), [])
            if button["payload"] in payloads:
                continue
            payloads.append(button["payload"])
            number = f" ({len(payloads)})" if len(payloads) > 1 else ""
            buttons.append({**button, "title": f"{button['title']}{number}"})
        found.append(replace(bubble, buttons=tuple(buttons)))
    return found
