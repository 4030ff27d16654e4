"""A request about one's own data, as it was read from a text.

``bot.nlu.own_data`` reads it; it goes to the actions as JSON, in an entity of the message.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

ENTITY = "verzoek"
ERASE, KEEP, CONSENT, SHOW, CODE = "wissen", "houden", "toestemming", "tonen", "code"
GROUP = "groep"


@dataclass(frozen=True)
class Reading:
    """What a text asks about one's own data.

    ``wish``: one of the six above, or None where the text is only a yes or a no to a question
    about one's own data, or decides about a consent that is asked for later. ``consents``: purposes
    with what is wanted: True, False, or None where that is not clear. ``about``: the words that
    name an answer, or a group; ``last``: the answer given last; ``everything``: all answers, of
    ``opdracht`` where that is set. ``asks``: the text asks whether or how, rather than telling to.
    ``yes``: the text begins with a yes or a no.
    """

    wish: str | None = None
    consents: tuple[tuple[str, bool | None], ...] = ()
    everything: bool = False
    last: bool = False
    opdracht: int | None = None
    about: str = ""
    asks: bool = False
    yes: bool | None = None

    def dumped(self) -> str:
        """The reading as JSON, for an entity."""
        return json.dumps(asdict(self))


def loaded(dumped: str) -> Reading:
    """The reading that ``dumped`` made."""
    found: dict[str, Any] = json.loads(dumped)
    found["consents"] = tuple((purpose, sense) for purpose, sense in found["consents"])
    return Reading(**found)
