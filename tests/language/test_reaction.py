"""What a typed text thinks of an action: in Dutch, dialect and other languages."""

from __future__ import annotations

import pytest

from language.reading import reaction
from language.reading.reaction import AGAINST, CONDITION, NO_IDEA, REWORD, SUPPORT

SAID: dict[str | None, tuple[str, ...]] = {
    SUPPORT: (
        "steun", "ik steun dit", "Voor.", "ik ben voor", "ja", "ja hoor", "jawel", "zeker", "joa",
        "akkoord", "mee eens", "goed idee!", "da's een goed gedacht", "hier sta ik volledig achter",
        "ik ben daar helemaal voor", "top plan", "dat moet er zeker komen", "oui", "I agree", "👍",
        "ik vind dat een heel goed voorstel", "dat zie ik wel zitten", "k ben voor", "ok",
        "Ik steun dit, want mijn cursisten vragen er al jaren om.",
    ),
    AGAINST: (
        "tegen", "ik ben tegen", "Nee.", "neeje", "niet akkoord", "hier ben ik het niet mee eens",
        "slecht idee", "dat zie ik niet zitten", "kzien da nie zitten, nee", "geen goed idee",
        "ik steun dit niet", "ik ga hier niet mee akkoord", "onzin", "non", "dat mag niet",
        "ik ben daar absoluut tegen", "tegen, want de werkgever betaalt nu al genoeg", "👎",
        "zijn wij niet voor", "da zie kik nie zitten", "daar ben ik tegen.", "no, I disagree",
    ),
    CONDITION: (
        "alleen als", "alleen als de werkgever betaalt", "enkel als het gratis is",
        "ja, maar niet in juli",
        "ja als het in de buurt is", "op voorwaarde dat er opvang is", "mits er geld voor is",
        "tenzij het verplicht wordt, ben ik voor", "akkoord, maar dan ook voor zelfstandigen",
        "als de overheid meebetaalt dan wel", "ik steun dit zolang het vrijwillig blijft",
        "oui mais seulement si c'est gratuit", "only if it is free", "ja mo nie te laat",
    ),
    NO_IDEA: (
        "weet niet", "ik weet het niet", "kweet nie", "geen mening", "geen idee", "neutraal",
        "maakt mij niet uit", "daar kan ik niet over oordelen", "je ne sais pas", "om het even",
        "daar heb ik geen verstand van", "ik twijfel", "kben der ni tegen ma ook ni voor",
    ),
    REWORD: (
        "anders verwoorden", "ik zou het anders zeggen", "herschrijven",
        "ik wil de tekst aanpassen",
        "anders", "mag ik dat in mijn eigen woorden zeggen", "dat moet je anders formuleren",
    ),
    None: (
        "Wie gaat dat betalen?", "De bussen rijden hier niet na acht uur.",
        "wat bedoelt u hiermee?",
        "ik ben er niet tegen", "Mijn zoon volgt les in Gent.", "voor of tegen wat?", "hmm",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("stance", "text"), [(s, t) for s, all_ in SAID.items() for t in all_])
def test_a_text_tells_a_stance_or_is_unclear(stance: str | None, text: str) -> None:
    assert reaction.read(text).stance == stance


@pytest.mark.parametrize(
    "text",
    ["toch liever tegen", "nee wacht, toch maar voor", "bij de vorige ben ik toch tegen",
     "Sorry, ik bedoelde tegen", "bij nader inzien ben ik tegen", "toch niet akkoord",
     "die van daarnet: tegen", "ik ben toch tegen"],
)  # fmt: skip
def test_a_text_may_change_the_reaction_before(text: str) -> None:
    found = reaction.read(text)
    assert found.earlier
    assert found.stance in (SUPPORT, AGAINST)


@pytest.mark.parametrize("text", ["tegen", "ik ben voor", "ja", "niet akkoord, te duur"])
def test_other_texts_are_about_the_action_that_is_shown(text: str) -> None:
    assert not reaction.read(text).earlier


def test_a_reason_is_told_apart_from_a_stance_alone() -> None:
    assert not reaction.read("ik ben tegen").more
    assert reaction.read("Tegen, want dan gaan de kleine scholen dicht.").more
    assert reaction.read("alleen als het gratis is").more
    assert not reaction.read("alleen als").more
