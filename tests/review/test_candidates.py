"""Actions composed of candidates in the review: the spans stay with them and count."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest
from sqlalchemy import select

from consultation.curation.state import CuratedAction
from consultation.database.models import ContributionVersion
from consultation.participation.participants import erase
from consultation.queries.opdracht_snapshot import opdracht_snapshot
from tests.review_stage import as_role, field_of
from tests.web_stage import PROPOSALS, Site, analysed

pytest_plugins = ["tests.web_fixtures"]
ACTIONS = "/beheer/opdrachten/4/acties"


@pytest.fixture
def els(site: Site) -> Iterator[httpx.Client]:
    """A facilitator, with opdracht 4 analysed."""
    analysed(site.storage)
    with as_role(site, "els", "facilitator") as http:
        yield http


def create(http: httpx.Client, text: str, theme: str, sources: list[str]) -> httpx.Response:
    """Sends the form of a new action."""
    fields = {"formulier": field_of(http), "opdracht": "4", "terug": ACTIONS, "tekst": text}
    data = {**fields, "doe": "nieuwe_actie", "bron": sources, "thema": theme}
    path = "/beheer/opdrachten/4/beslis"
    return http.post(path, data=data, follow_redirects=True)


def actions_of(site: Site) -> list[CuratedAction]:
    """The actions that people made."""
    with site.storage.reading() as session:
        return [each for each in opdracht_snapshot(session, 1, 4).actions if not each.proposed]


def test_a_theme_offers_candidates_and_an_action_keeps_what_it_was_composed_of(
    els: httpx.Client, site: Site
) -> None:
    page = els.get("/beheer/themas/O04-T002").text
    offered = page.partition('id="mogelijk"')[2].partition("</section>")[0]
    assert all(offered.count(f"<blockquote>{each}") == 1 for each in PROPOSALS)
    assert offered.count("8 deelnemers stellen dit voor") == 3
    none = els.get("/beheer/themas/O04-T001").text
    assert "nog geen bruikbaar voorstel" in none
    sources = re.findall(r"acties\?thema=O04-T002&amp;bron=(\w+)#nieuw", offered)[:2]
    form = els.get(f"{ACTIONS}?thema=O04-T002&bron={sources[0]}").text
    assert f'name="bron" value="{sources[0]}" checked' in form
    assert f'name="bron" value="{sources[1]}">' in form
    (theme,) = re.findall(r'name="thema" value="(\w+)" checked', form)

    copied = create(els, f"{PROPOSALS[0]} {PROPOSALS[1]}", theme, sources)
    assert copied.status_code == 422
    assert "in uw eigen woorden" in copied.text
    assert f'name="bron" value="{sources[0]}" checked' in copied.text
    assert not actions_of(site)
    done = create(els, "Tijd en een vast loket om te leren.", theme, sources)
    assert "uit 2 uitspraken" in done.text
    (action,) = actions_of(site)
    assert action.sources == tuple(sources)
    own = els.get(f"{ACTIONS}/{action.id}").text
    composed = own.partition('id="bronnen"')[2].partition("</section>")[0]
    assert all(each in composed for each in PROPOSALS[:2])
    assert "16 deelnemers stellen dit voor" in own

    with site.storage.writing() as session:
        seen = opdracht_snapshot(session, 1, 4)
        for source in sources:
            row = seen.by_id[source]
            words = session.scalars(select(ContributionVersion.text)).all()
            assert any(text[row.start : row.end] == row.text for text in words)
        erase(session, seen.by_id[sources[0]].participant)
    own = els.get(f"{ACTIONS}/{action.id}").text
    composed = own.partition('id="bronnen"')[2].partition("</section>")[0]
    assert PROPOSALS[0] not in composed
    assert PROPOSALS[1] in composed

    quoted = create(els, "", theme, sources[1:])
    assert quoted.status_code == 200
    assert PROPOSALS[1] in {each.text or els_words(site, each) for each in actions_of(site)}
    event = re.search(r'name="beslissing" value="(\d+)"', quoted.text.partition('id="gedaan"')[2])
    assert event
    undo = {"formulier": field_of(els), "doe": "herroep", "beslissing": event[1]}
    els.post("/beheer/opdrachten/4/beslis", data=undo, follow_redirects=True)
    assert [each.id for each in actions_of(site)] == [action.id]


def els_words(site: Site, action: CuratedAction) -> str:
    """The words of an action that quotes a statement."""
    with site.storage.reading() as session:
        return opdracht_snapshot(session, 1, 4).quote(action.statement or "")
