"""A text of which nothing is seen, and one that is strange but there."""

from __future__ import annotations

import pytest

from language.folding import is_unseen


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n",
        "\xa0",
        "\u200b",
        "\ufeff",
        "\u200e \u200f",
        "\u2060",
        "\xad",
        "\u3164",
        "\u2800",
        "\ufe0f",
    ],
)
def test_nothing_is_seen(text: str) -> None:
    assert is_unseen(text)


@pytest.mark.parametrize(
    "text", ["a", "4", "?", "/", "👍🏽", "1️⃣", "\u200bte duur", "ب", "€", "\uf0b7", "漢", "e\u0301"]
)
def test_something_is_seen(text: str) -> None:
    assert not is_unseen(text)
