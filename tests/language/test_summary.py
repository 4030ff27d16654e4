"""Yes and no to the summary in many words, and what a yes there does."""

from __future__ import annotations

import pytest

from language.reading import summary

YES = [
    "joa da klopt wel",
    "correct",
    "'t es zjust",
    "juist",
    "zo is 't",
    "zo is het",
    "ja hoor, dat klopt helemaal",
    "'t klopt als een bus",
    "klopt!",
    "tis goe zo",
    "da 's just",
    "ça va",
    "c'est bon",
    "oui c'est correct",
    "das stimmt so",
    "yes that's right",
    "looks good",
    "all good, thanks",
    "perfect zo",
    "niets aan te veranderen",
    "daar moet niks aan veranderd worden",
    "daar sta ik achter",
    "verstuur maar",
    "stuur maar door",
    "laat het maar zo",
    "mag zo blijven",
    "goed samengevat",
    "👍",
    "ok dank u",
    "ja ja, alles klopt, amai",
    "jaja tis goe",
    "prima, zo bedoelde ik het",
    "dat klopt allemaal hoor mevrouw",
    "precies wat ik zei",
    "nee, niets aan te veranderen",
    "ja dat is juist",
    "joat, 't is just",
    "zeker en vast",
    "akkoord",
    "ik ga akkoord",
    "dat is helemaal in orde",
    "dien maar in",
    "gelijk dat er staat",
    "genau",
    "jo passt",
    "ben ik het mee eens",
    "ja alles staat er goed op",
    "zo staat het goed",
    "helemaal goed",
    "'t is in orde ze",
    "voor mij is dat goed",
    "ja, doe maar zo",
    "klopt volledig, merci",
    "ziet er goed uit",
    "niets meer toe te voegen",
    "dat is wat ik wilde zeggen",
]
NO = [
    "nee",
    "nee, klopt niet",
    "dat klopt niet",
    "niet juist",
    "neen, dat is niet goed",
    "da klopt nie",
    "c'est faux",
    "nein, das stimmt nicht",
    "not right",
]
OTHER = [
    "ja, maar de bus moet ook later rijden",
    "klopt, behalve de trekker",
    "de VDAB moet het doen",
    "alles moet gratis zijn",
    "geef iedereen een buspas",
    "meer tijd en geld voor leren",
    "goed onderwijs voor allen",
    "ja als jullie mij niet citeren",
    "niks klopt hier",
    "wis alles",
    "juist de laatste zin mag weg",
    "gratis opleiding is goed voor iedereen",
    "laat dat laatste maar weg",
    "doe die naam weg",
    "bewaar dat niet",
    "stuur mij de code",
    "verander de trekker",
    "dat klopt bijna",
]


@pytest.mark.parametrize("text", YES)
def test_a_yes_to_the_summary_is_read_in_other_words(text: str) -> None:
    assert summary.says(text) == summary.YES


@pytest.mark.parametrize("text", NO)
def test_a_no_to_the_summary_is_read(text: str) -> None:
    assert summary.says(text) == summary.NO


@pytest.mark.parametrize("text", OTHER)
def test_a_text_that_says_more_is_neither(text: str) -> None:
    assert summary.says(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "nee da was t, merci",
        "neink, 't is schoftijd",
        "no more topics for me, I have to catch my bus",
        "nothing else, thanks",
        "nee dat was alles",
        "non, je m'arrête ici",
    ],
)
def test_who_is_done_refuses_another_subject(text: str) -> None:
    assert summary.refuses(text)


@pytest.mark.parametrize("text", ["no more than two courses a year", "nee, maar over geld wel"])
def test_content_that_begins_alike_does_not(text: str) -> None:
    assert not summary.refuses(text)


@pytest.mark.parametrize("text", ["prima samengevat", "goed verwoord, dank u", "juist genoteerd"])
def test_praise_of_the_summary_is_a_yes(text: str) -> None:
    assert summary.says(text) == summary.YES
