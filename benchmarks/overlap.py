"""How well alike actions of different opdrachten are found: what shows on a database, and what of
actions that are said again in other words.

Run with the app's Python on a database with the sample consultation analysed:
``SAMENSPRAAK_DATA_DIR=var .venv/bin/python benchmarks/overlap.py``. The rewordings below were
written for actions of the sample; the thresholds were chosen on them.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from analysis.overlap import ComparedAction, overlaps
from consultation.queries.opdracht_snapshot import opdracht_snapshot
from consultation.queries.statements import active_statements
from samenspraak.workplace import open_workplace

AGAIN = {
    "Geef elke cursist een vaste begeleider, ook nog een tijd nadat de cursus voorbij is.": (
        "Eén vaste begeleider die meegaat"
    ),
    "Elke stad krijgt een leerwinkel in een gewone winkelstraat.": "Een leerwinkel in elke regio",
    "Geef iedere volwassene een eigen leerrekening, met meer geld voor wie geen diploma heeft.": (
        "Voer een leerrekening in"
    ),
    "Bundel alles in één website en één telefoonnummer.": "Eén merk, één website",
    "Maak een online map waarin iemand al zijn bewijzen van vaardigheden bewaart.": (
        "Een digitale portefeuille"
    ),
    "Praat elk jaar met elke werknemer over zijn loopbaan, maar niet met de baas zelf.": (
        "Elk jaar een loopbaangesprek"
    ),
    "Leer loketbedienden zien wie moeilijk kan lezen.": "Leer mensen aan het loket",
    "Bied elke cursus ook op een ander uur aan, zodat mensen met ploegenwerk kunnen volgen.": (
        "Wij stellen voor dat elke opleiding"
    ),
    "Laat elke bibliotheek een plek worden waar ge advies krijgt over cursussen.": (
        "Maak van elke bib een leerhuis"
    ),
    "Zorg voor kinderopvang op de plaats van de les.": "Zorg gewoon voor opvang",
    "Werknemers krijgen elke week een uur om iets nieuws te leren.": "Laat uw volk een uur",
    "Trek de korting meteen van de factuur af, zodat niemand moet voorschieten.": "Eén knop:",
    "Laat cursussen het hele jaar beginnen, niet enkel in september.": "Geef centra de middelen",
    "Vrijstelling geven na een gesprek en een korte proef.": "Maak een lichtere vrijstelling",
}


def main() -> None:
    """Prints the pairs of the database, and how many rewordings find their action."""
    place = open_workplace()
    with place.storage.reading() as session:
        actions = [
            ComparedAction(each.id, each.opdracht, seen.words(each))
            for opdracht in place.catalogue.opdrachten
            for seen in [opdracht_snapshot(session, place.consultation_id, opdracht.nummer)]
            for each in seen.actions
        ]
        said = active_statements(session, place.consultation_id)
    known = {each.text for each in actions}
    meant = [
        ComparedAction(each.id, each.opdracht or 0, each.text)
        for start in AGAIN.values()
        for each in said
        if each.text.startswith(start) and each.text not in known
    ]
    again = [ComparedAction(f"again {row}", 99, text) for row, text in enumerate(AGAIN)]
    spacy_model = place.settings.spacy_model
    for encoder in ("e5", "use"):
        own = overlaps(place.storage, encoder, actions, spacy_model)
        print(f"{encoder}: {len(actions)} actions, {len(own)} pairs")
        for pair in own:
            print(f"  {pair.near:.2f}  {pair.one.text}\n        {pair.other.text}")
        both = overlaps(place.storage, encoder, [*again, *meant, *actions], spacy_model)
        shown = [(each.one.text, each.other.text) for each in both if each.one in again]
        found = sum(
            any(one == text and other.startswith(start) for one, other in shown)
            for text, start in AGAIN.items()
        )
        print(f"  rewordings: {found} of {len(AGAIN)} found, {len(shown) - found} other pairs")


if __name__ == "__main__":
    main()
