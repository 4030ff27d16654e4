"""Writes a real talk into docs/conversation.md, so that what the page shows stays true.

    samenspraak serve                        # with a round open
    python3 scripts/sample_talk.py [--url http://localhost:8000]

Holds one talk over HTTP and puts it between the two marks in the page. The talk is erased after it.
Needs nothing but Python. Stops without writing when the talk does not go as told here.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from talk import Server  # type: ignore[import-not-found, unused-ignore]

PAGE = Path(__file__).resolve().parents[1] / "docs" / "conversation.md"
START, END = "<!-- sample talk: scripts/sample_talk.py -->", "<!-- end of the sample talk -->"

# What is typed, or the button tapped (title or payload), and the step that must be open after it.
STEPS: tuple[tuple[str, str, str], ...] = (
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


def main() -> None:
    """Holds the talk and writes it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--url", default="http://localhost:8000")
    server = Server(parser.parse_args().url)
    server.start(None)
    bubbles = server.bubbles(0)
    lines = spoken(bubbles)
    for how, what, step in STEPS:
        title, payload = tapped(bubbles, what) if how == "tap" else (what, None)
        lines.append(f"> **{title}**" if payload is None else f"> **[{title}]**")
        lines.append("")
        bubbles = server.send(title, payload, twice=False)
        if reached(bubbles) != step:
            raise SystemExit(f"after {title!r} the step is {reached(bubbles)}, not {step}")
        lines += spoken(bubbles)
    server.call("DELETE", "/api/chat")
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(START)
    _, _, after = rest.partition(END)
    if not after:
        raise SystemExit(f"{PAGE}: the marks of the sample talk are missing")
    body = "\n".join(lines).rstrip()
    PAGE.write_text(f"{before}{START}\n\n{body}\n\n{END}{after}", encoding="utf-8")


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
