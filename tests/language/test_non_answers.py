"""Fields filled with nothing are known in four languages; short answers that tell a thing stay."""

from __future__ import annotations

import pytest

from language.informativeness import is_non_answer

NOTHING = """
Geen opmerkingen.|Ik heb geen verdere opmerkingen|niets toe te voegen|zie bijlage|Zie vraag 2 en 3
Zie bijgevoegd document|zie mijn antwoord op vraag 3|cfr. supra|idem vorige
Hetzelfde als bij vraag 1|n.v.t.|niet van toepassing voor mij|Neen, geen|nihil|alles ok
reeds vermeld bij vraag 1|tbd|x|g|?
No comment|No further comments|none|Nothing to add|see attachment|same as question 1|N/A|all good
Sans objet|néant|RAS|R.A.S.|Rien à signaler|Aucune remarque|Pas de commentaire|pas d'avis|non
Je ne sais pas|voir annexe|Voir ci-dessus|idem question 1|non applicable|Keine Angabe|siehe oben
"""
SOMETHING = """
gratis|geen tijd|geen geld|geen info|geen ervaring|zie geen nut|zie het nut niet|ras|AI|IT|taal
idem loon tijdens opleiding|les later|een website|mail sturen|brief van de school|geen bus
pas de temps|pas d'argent|aucun bus le soir|no time|no childcare|not enough time|see the bus
geen reactie van de school gekregen|nooit antwoord op mijn mail|niets in de buurt|feedback geven
geen vragen durven stellen|niet relevant voor mijn job want te oud|later beginnen|onbekend aanbod
"""


def _each(listed: str) -> list[str]:
    return [each for line in listed.split("\n") for each in line.split("|") if each]


@pytest.mark.parametrize("text", _each(NOTHING))
def test_a_field_filled_with_nothing_is_known(text: str) -> None:
    assert is_non_answer(text)


@pytest.mark.parametrize("text", _each(SOMETHING))
def test_a_short_answer_that_tells_something_stays(text: str) -> None:
    assert not is_non_answer(text)
