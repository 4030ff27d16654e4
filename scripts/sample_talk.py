"""Writes real talks into docs/conversation.md, so that what the page shows stays true.

    samenspraak serve                        # with a round open
    python3 scripts/sample_talk.py [--url http://localhost:8000]

Holds two talks over HTTP and puts each between its two marks in the page. They are erased after it.
Needs nothing but Python. Stops without writing when a talk does not go as told here.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from talk import Server  # type: ignore[import-not-found, unused-ignore]

PAGE = Path(__file__).resolve().parents[1] / "docs" / "conversation.md"

# What is typed, or the button tapped (title or payload), and the step that must be open after it.
Steps = tuple[tuple[str, str, str], ...]
WHOLE: Steps = (
    ("tap", "/bevestigen", "toestemming"),
    ("type", "ja dat mag", "groep"),
    ("type", "ik zit bij de vakbond", "opdracht"),
    ("type", "wie betaalt de cursus, de leerrekening", "vraag"),
    ("type", "te duur", "vraag"),
    (
        "type",
        "Poetshulpen in Aalst kunnen de 300 euro voor een cursus Nederlands niet voorschieten.",
        "vraag",
    ),
    ("type", "Wat doen jullie met mijn gegevens?", "vraag"),
    (
        "type",
        "Laat de leerrekening meteen betalen. Mevrouw Peeters van ons kantoor weet hoe dat kan.",
        "keuze",
    ),
    ("tap", "/persoonsgegevens_weghalen", "vraag"),
    ("type", "De VDAB, met de sectorfondsen.", "vraag"),
    ("type", "ik wil mijn antwoord over de trekker veranderen", "vraag"),
    ("type", "De sectorfondsen, met de vakbonden.", "vraag"),
    ("tap", '"waarde":"5"', "bevestigen"),
    ("tap", "/bevestigen", "verder"),
    ("tap", "/stoppen", "einde"),
)
MENDED: Steps = (
    ("tap", "/bevestigen", "toestemming"),
    ("type", "liever niet", "groep"),
    ("type", "ik werk als verpleegkundige", "opdracht"),
    ("type", "een cursus vinden dicht bij huis", "vraag"),
    (
        "type",
        "De cursus begint om vijf uur, en dan sta ik nog op de afdeling.",
        "vraag",
    ),
    ("type", "ik bedoelde zes uur, niet vijf uur", "vraag"),
    ("type", "ja", "vraag"),
    ("type", "Geef de les ook op zaterdag, in het ziekenhuis zelf.", "vraag"),
    ("return", "", "vraag"),
    ("type", "die les op zaterdag mag ook in de bibliotheek", "vraag"),
    ("tap", "erbij", "vraag"),
    ("type", "Het ziekenhuis, samen met het CVO.", "vraag"),
    ("type", "4", "bevestigen"),
    ("type", "maak van die 4 een 5", "bevestigen"),
    ("tap", "/antwoord_wijzigen{", "bevestigen"),
    ("type", "jullie mogen mij toch citeren", "beheer"),
    ("type", "ja", "bevestigen"),
    ("type", "zet dat maar terug", "beheer"),
    ("type", "ja, niet citeren", "bevestigen"),
    ("type", "ja dat klopt", "verder"),
    ("type", "nee dank u", "einde"),
)
TALKS = {"sample talk": WHOLE, "second sample talk": MENDED}
"""The talks by the name of their marks."""


def main() -> None:
    """Holds the talk and writes it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--url", default="http://localhost:8000")
    url = parser.parse_args().url
    page = PAGE.read_text(encoding="utf-8")
    for name, steps in TALKS.items():
        page = _between(page, name, held(Server(url), steps))
    PAGE.write_text(page, encoding="utf-8")


def held(server: Any, steps: Steps) -> str:
    """One talk as Markdown; it is erased at the end."""
    receipt = server.start(None)
    bubbles = server.bubbles(0)
    lines = spoken(bubbles)
    for how, what, step in steps:
        if how == "return":
            lines += ["> *(gaat weg, en komt later terug met de code)*", ""]
            last = max(each["seq"] for each in bubbles)
            server.start(None, receipt)
            bubbles = server.bubbles(last)
        else:
            title, payload = tapped(bubbles, what) if how == "tap" else (what, None)
            lines += [f"> **{title}**" if payload is None else f"> **[{title}]**", ""]
            bubbles = server.send(title, payload, twice=False)
        if reached(bubbles) != step:
            told = "\n".join(spoken(bubbles))
            raise SystemExit(f"after {what!r} the step is {reached(bubbles)}, not {step}:\n{told}")
        lines += spoken(bubbles)
    server.call("DELETE", "/api/chat")
    return "\n".join(lines).rstrip()


def _between(page: str, name: str, body: str) -> str:
    start, end = f"<!-- {name}: scripts/sample_talk.py -->", f"<!-- end of the {name} -->"
    before, _, rest = page.partition(start)
    _, _, after = rest.partition(end)
    if not after:
        raise SystemExit(f"{PAGE}: the marks of the {name} are missing")
    return f"{before}{start}\n\n{body}\n\n{end}{after}"


def spoken(bubbles: list[dict[str, Any]]) -> list[str]:
    """What the assistant says, with its buttons, as lines of Markdown."""
    lines = []
    for bubble in bubbles:
        if bubble.get("text"):
            lines.append(bubble["text"].replace("\n", "  \n"))
        titles = [button["title"] for button in bubble.get("buttons") or []]
        if titles:
            lines.append("`" + "` `".join(titles) + "`")
        lines.append("")
    return lines


def tapped(bubbles: list[dict[str, Any]], wanted: str) -> tuple[str, str]:
    """Title and payload of the button that holds ``wanted``."""
    for bubble in reversed(bubbles):
        for button in bubble.get("buttons") or []:
            if wanted in button["title"] or wanted in button["payload"]:
                return button["title"], button["payload"]
    raise SystemExit(f"no button {wanted!r} is offered")


def reached(bubbles: list[dict[str, Any]]) -> str:
    """The step that is open."""
    steps = [(bubble.get("custom") or {}).get("step") for bubble in bubbles]
    return str(next(step for step in reversed(steps) if step))


if __name__ == "__main__":
    main()
