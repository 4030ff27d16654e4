"""Nothing is worked out while the database's write lock is held: computed first, written last.

A profiler watches every transaction that writes and notes what of the slow parts of the product, or
of the libraries under them, is called in it.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import pytest
from curation_stage import sid, staged, tid
from public_stage import published_round
from review_stage import PASSWORD, as_role, field_of, post
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from test_analysis_run import FAST, prepared
from web_stage import Site, ask, begin

from analysis.picture import picture
from analysis.run import analyse
from consultation import conversation, rounds
from consultation.catalogue import Catalogue
from consultation.curation import ConflictError, CurationError, Ledger, append, curated, decide
from consultation.curation_operations import parse
from consultation.import_files import ImportRow
from consultation.models import Message, RunProposal, Statement, Theme
from consultation.storage import Storage
from language.personal_data import Detector

pytest_plugins = ["web_fixtures"]

SLOW = (
    "language",
    "spacy",
    "numpy",
    "pandas",
    "sklearn",
    "argon2",
    "jinja2",
    "docx",
    "openpyxl",
    "httpx",
    "analysis.agreement",
    "analysis.alignment",
    "analysis.coherence",
    "analysis.outgoing",
    "analysis.picture",
    "analysis.plan",
    "analysis.release",
    "analysis.sheets",
    "analysis.standing",
    "analysis.themes",
    "analysis.trust",
    "consultation.curation_actions",
    "consultation.curation_replay",
    "web.care",
    "web.pages",
)
"""Packages and modules that read whole opdrachten, or compute."""


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """What slow functions were called while a transaction wrote; how many such there were is under
    ``transactions``."""
    found: Counter[str] = Counter()
    original = Storage.writing

    def note(frame: FrameType, event: str, _argument: Any) -> None:
        if event == "call":
            module = str(frame.f_globals.get("__name__", ""))
            name = f"{module}.{frame.f_code.co_name}"
            if any(f"{module}.".startswith(f"{each}.") for each in SLOW):
                found[name] += 1

    @contextmanager
    def writing(self: Storage) -> Iterator[Session]:
        with original(self) as session:
            found["transactions"] += 1
            before = sys.getprofile()
            sys.setprofile(note)
            try:
                yield session
            finally:
                sys.setprofile(before)

    monkeypatch.setattr(Storage, "writing", writing)
    return found


def only_wrote(called: Counter[str]) -> None:
    """Some transactions wrote, and nothing slow was called in any."""
    assert called.pop("transactions") > 0
    assert dict(called) == {}


def test_a_talk_with_personal_data_and_the_same_message_again(
    site: Site, called: Counter[str]
) -> None:
    site.rasa.answer = lambda _: ask("Wat houdt u tegen?", "vraag", opdracht=4, question="drempel")
    with site.client() as http:
        talk = begin(http)
        words = "Bel mij op 0470 12 34 56 of mail jan.peeters@voorbeeld.be. De lessen zijn laat."
        assert talk.send(words, "a").status_code == 200
        assert talk.send("wat bedoelt u daarmee precies, beste computer?", "b").status_code == 200
        assert talk.send("ja, haal weg", "c").status_code == 200
        assert "0470" not in str(talk.read())
        assert talk.send(words, "a").status_code == 200
        assert talk.send("iets heel anders", "a").status_code == 409
        http.delete("/api/chat", headers=talk.headers)
    only_wrote(called)


def test_a_form_and_what_is_taken_back(site: Site, called: Counter[str]) -> None:
    with site.client() as http:
        fields = {"formulier": "y" * 24, "toestemming_analyse": "ja", "groep": "burger"}
        words = {"antwoord_drempel": "Mail mij: an@voorbeeld.be", "persoonlijk_drempel": "weg"}
        page = http.post("/formulier/4", data={**fields, **words})
        seen = re.search(r'name="gezien_drempel" value="([^"]+)"', page.text)
        assert seen
        words["gezien_drempel"] = seen[1]
        page = http.post("/formulier/4", data={**fields, **words})
        assert page.status_code == 200, page.text
        code = re.search(r'class="receipt">([^<]+)<', page.text)
        assert code
        again = {**fields, "code": code[1], "antwoord_voorstel": "Later beginnen."}
        assert http.post("/formulier/4", data=again).status_code == 200
        gone = http.post("/mijn-antwoorden/wis", data={"code": code[1], "zeker": "ja"})
        assert gone.status_code == 200
    only_wrote(called)


def test_decisions_of_every_kind(site: Site, catalogue: Catalogue, called: Counter[str]) -> None:
    ids = published_round(site, catalogue)
    with site.storage.writing() as session:
        run = session.scalars(select(Theme.created_run_id)).first()
        placed = session.scalars(select(Statement.id).where(Statement.kind == "voorstel")).all()
        session.add(
            RunProposal(
                run_id=run or 1,
                id="split:a",
                opdracht=4,
                kind="split",
                themes=[ids["second"]],
                statements=list(placed[:3]),
                label="een deel",
            )
        )
    called.clear()
    base = "/beheer/opdrachten/4"
    with as_role(site, "els", "beheerder") as http:
        proof = field_of(http)
        called.clear()

        def decide(doe: str, **fields: Any) -> None:
            data = {"formulier": proof, "doe": doe, "opdracht": 4, "terug": base, **fields}
            answer = http.post(f"{base}/beslis", data=data)
            assert answer.status_code == 303, (doe, answer.text)

        second = ids["second"]
        decide("hernoem", thema=second, label="een naam", beschrijving="", label_was="x")
        decide("aanvaard", voorstel="split:a")
        decide("verplaats", uit=second, naar=ids["first"], uitspraak=placed[4])
        decide("plaats", uitspraak=placed[5])
        decide("nieuw_thema", label="van ons", uitspraak=placed[6])
        decide("niet_hierover", uitspraak=placed[7])
        decide("nieuwe_actie", tekst="Iets doen.", thema=second)
        with site.storage.reading() as session:
            last = picture(session, 1, 4).state.log[-1].event.id
            action = next(each for each in picture(session, 1, 4).actions if not each.proposed)
        decide("herroep", beslissing=last)
        decide("keur_goed", thema=second)
        key = catalogue.consultatie.criteria[0].sleutel
        toets = post(http, f"{base}/acties/{action.id}/toets", **{f"toets_{key}": "ja"})
        assert toets.status_code == 303
        task = post(http, f"{base}/coderen", aantal=5)
        assert task.status_code == 303, task.text
        assert post(http, task.headers["location"], uitspraak="x").status_code == 303
        for doe in ("trek_in", "publiceer"):
            assert post(http, "/beheer/rondes/1", doe=doe).status_code == 303
        assert http.get("/beheer/uitvoer/themes.xlsx").status_code == 200
        account = {"naam": "an", "rol": "analist", "wachtwoord": PASSWORD, "herhaald": PASSWORD}
        assert post(http, "/beheer/accounts", **account).status_code == 303
        other = {"huidig": PASSWORD, "wachtwoord": "een ander lang", "herhaald": "een ander lang"}
        assert post(http, "/beheer/wachtwoord", **other).status_code == 303
    only_wrote(called)


def test_an_import_and_an_analysis(
    storage: Storage, catalogue: Catalogue, called: Counter[str]
) -> None:
    rows = [
        ImportRow("", f"De bus rijdt niet meer om {hour} uur.", opdracht=4, question="drempel")
        for hour in range(31)
    ]
    consultation = prepared(storage, catalogue, rows[:3])
    called.clear()
    with storage.reading() as session:
        rounds.require_round(session, consultation)
    assert not analyse(storage, consultation, catalogue, opdracht=4, **FAST).reused
    only_wrote(called)


def test_who_is_overtaken_decides_on_what_stands_then(
    storage: Storage, catalogue: Catalogue
) -> None:
    """Also when somebody else is first each time: at last under the lock."""
    consultation = staged(storage, catalogue)
    tries = 0

    def make(ledger: Ledger) -> None:
        nonlocal tries
        tries += 1
        if tries <= 5:
            with storage.writing() as session:
                raw = {"op": "rename", "theme": tid(0), "label": f"naam {tries}"}
                append(session, consultation, "jan", raw)
        ledger.append("els", parse({"op": "describe", "theme": tid(0), "text": f"poging {tries}"}))

    (event,) = decide(storage, consultation, None, make)
    assert tries == 6
    with storage.reading() as session:
        state = curated(session, consultation, 4)
        log = [each.event for each in state.log]
        assert [each.account for each in log] == ["jan"] * 5 + ["els"]
        assert log[-1].id == event.id
        assert state.themes[tid(0)].label == "naam 5"
        assert state.themes[tid(0)].description == "poging 6"


def test_a_version_that_changed_while_it_was_worked_out_is_a_conflict(
    storage: Storage, catalogue: Catalogue
) -> None:
    consultation = staged(storage, catalogue)
    made: list[int] = []

    def make(ledger: Ledger) -> None:
        if not made:
            with storage.writing() as session:
                raw = {"op": "rename", "theme": tid(0), "label": "van jan"}
                made.append(append(session, consultation, "jan", raw).id)
        raw = {"op": "rename", "theme": tid(0), "label": "van els"}
        ledger.append("els", parse(raw), {tid(0): 0})

    with pytest.raises(ConflictError, match="jan: rename"):
        decide(storage, consultation, None, make)
    with storage.reading() as session:
        assert curated(session, consultation, 4).themes[tid(0)].label == "van jan"


def test_a_statement_that_was_erased_while_it_was_worked_out_is_missed(
    storage: Storage, catalogue: Catalogue
) -> None:
    consultation = staged(storage, catalogue)

    def make(ledger: Ledger) -> None:
        ledger.append("els", parse({"op": "off_topic", "statements": [sid(1)]}))
        with storage.writing() as session:
            session.execute(delete(Statement).where(Statement.id == sid(1)))

    with pytest.raises(CurationError, match="there is no"):
        decide(storage, consultation, None, make)


def test_what_is_typed_while_a_message_is_cleaned_is_cleaned_too(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.rasa.answer = lambda _: ask("Wat houdt u tegen?", "vraag", opdracht=4, question="drempel")
    cleaned = Detector.masked
    sent: list[str] = []
    with site.client() as http:
        talk = begin(http)
        talk.send("Mijn nummer is 0470 12 34 56, bel mij.", "a")

        def slow(self: Detector, text: str) -> str:
            if not sent:
                sent.append("En jan@voorbeeld.be ook.")
                with site.storage.writing() as session:
                    conversation.record(session, talk.session, client_id="c", text=sent[0])
            return cleaned(self, text)

        monkeypatch.setattr(Detector, "masked", slow)
        talk.send("ja, haal weg", "b")
        assert sent
        with site.storage.reading() as session:
            texts = session.scalars(select(Message.text)).all()
        assert not any("0470" in each or "jan@" in each for each in texts)
