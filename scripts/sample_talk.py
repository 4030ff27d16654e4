"""Writes two real talks into docs/conversation.md, so that what the page shows stays true.

    samenspraak serve                        # with a round open
    python3 scripts/sample_talk.py [--url http://localhost:8000]

Holds each talk over HTTP and puts it between its two marks in the page. The talks are erased after
it. Needs nothing but Python. Stops without writing when a talk does not go as told here.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from talk import Server  # type: ignore[import-not-found, unused-ignore]

PAGE = Path(__file__).resolve().parents[1] / "docs" / "conversation.md"
MARKS = {
    "plain": ("<!-- sample talk: scripts/sample_talk.py -->", "<!-- end of the sample talk -->"),
    "mended": ("<!-- sample talk with corrections -->", "<!-- end of the talk with corrections -->"),
}

Steps = tuple[tuple[str, str, str], ...]

# What is typed, or the button tapped (title or payload), and the step that must be open after it;
# who returns comes back with the receipt code.
PLAIN: Steps = (
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
    ("type", "wie leest dat eigenlijk?", "toestemming"),
    ("type", "allez, doe maar", "toestemming"),
    ("type", "liever niet, ons dorp is klein", "groep"),
    ("type", "ik ben al op pensioen", "opdracht"),
    ("type", "dat van die cursussen die te ver zijn", "vraag"),
    ("type", "De bus naar Diksmuide rijdt niet meer na zes uur, en de les duurt tot acht.", "vraag"),
    ("type", "wacht, ik moet mijn bril zoeken", "vraag"),
    ("type", "Een busje dat de mensen na de les naar huis brengt, ook naar de boerderijen.", "vraag"),
    ("type", "oei, ik schreef zes uur maar het is zeven uur", "vraag"),
    ("return", "", "vraag"),
    ("type", "de gemeente met de belbus", "vraag"),
    ("type", "rap, want we worden er niet jonger op", "vraag"),
    ("tap", '"waarde":"4"', "bevestigen"),
    ("type", "klopt, maar zet er bij mijn voorstel nog bij: ook op zaterdag", "bevestigen"),
    ("type", "ja zo is 't goed", "verder"),
    ("type", "nee merci, tot ziens", "einde"),
)


def main() -> None:
    """Holds the talk and writes it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--url", default="http://localhost:8000")
    url = parser.parse_args().url
    talks = {"plain": held(Server(url), PLAIN), "mended": held(Server(url), MENDED)}
    page = PAGE.read_text(encoding="utf-8")
    for name, lines in talks.items():
        start, end = MARKS[name]
        before, _, rest = page.partition(start)
        _, _, after = rest.partition(end)
        if not after:
            raise SystemExit(f"{PAGE}: the marks of the talk {name} are missing")
        body = "\n".join(lines).rstrip()
        page = f"{before}{start}\n\n{body}\n\n{end}{after}"
    PAGE.write_text(page, encoding="utf-8")


def held(server: Server, steps: Steps) -> list[str]:
    """A talk as lines of Markdown; it is erased.

    Raises:
        SystemExit: the talk does not go as told.
    """
    receipt = server.start(None)
    bubbles = server.bubbles(0)
    lines = spoken(bubbles)
    for how, what, step in steps:
        if how == "return":
            lines += ["> *(komt later terug met de ontvangstcode)*", ""]
            server.start(None, receipt)
            bubbles = server.bubbles(max(each["seq"] for each in bubbles))
        else:
            title, payload = tapped(bubbles, what) if how == "tap" else (what, None)
            lines += [f"> **{title}**" if payload is None else f"> **[{title}]**", ""]
            bubbles = server.send(title, payload, twice=False)
        if reached(bubbles) != step:
            raise SystemExit(f"after {what!r} the step is {reached(bubbles)}, not {step}")
        lines += spoken(bubbles)
    server.call("DELETE", "/api/chat")
    return lines


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
