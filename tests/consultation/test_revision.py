"""One revision of the database, raised by every write: nothing cached outlives what it shows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import event, select, text, update
from sqlalchemy.orm import Session

from consultation.catalogue import Catalogue
from consultation.curation.log import append
from consultation.database.models import (
    Assignment,
    Base,
    Embedding,
    Participant,
    Statement,
    Theme,
)
from consultation.database.revision import NOT_COUNTED, Revision, counted_tables, revision
from consultation.database.storage import Storage
from consultation.participation import participants
from consultation.participation.own_answers import own_answers
from consultation.queries.opdracht_snapshot import SnapshotCache
from reporting import export
from reporting.export_formats import ExportSubject, Format
from reporting.publication import approved
from tests.curation_stage import staged, tid
from tests.public_stage import published_round
from tests.review_stage import as_role
from tests.web_stage import Site

pytest_plugins = ["tests.web_fixtures"]


def now(storage: Storage) -> Revision:
    with storage.reading() as session:
        return revision(session)


@pytest.fixture
def form(site: Site, catalogue: Catalogue) -> dict[str, str]:
    """A published round, and the form of a citizen in its theme as it was filled in before."""
    published_round(site, catalogue)
    code = participants.new_receipt()
    with site.storage.writing() as session:
        session.execute(text("update round set status = 'open'"))
        inside = select(Statement).join(Assignment).join(Theme).where(Theme.number == 1)
        person = next(
            found
            for each in session.scalars(inside)
            if (found := each.contribution_version.contribution.submission.participant).group
            == "burger"
        )
        person.receipt_hash = participants.keyed_hash(code, site.settings.secret_key)
        answers = own_answers(session, person.id, 1)
    return {
        "formulier": "x" * 24,
        "code": code,
        "toestemming_analyse": "ja",
        "toestemming_citaat": "ja",
        **{f"antwoord_{each.question}": each.text for each in answers},
    }


def groups_shown(http: httpx.Client, reviewer: httpx.Client) -> dict[str, str]:
    """What the cached pages and exports show."""
    shown = {
        "public page": http.get("/opdrachten/4"),
        "review": reviewer.get("/beheer/opdrachten/4"),
        "overview": reviewer.get("/beheer"),
        "export": reviewer.get("/beheer/uitvoer/themes.csv"),
    }
    assert {each.status_code for each in shown.values()} == {200}
    return {
        name: re.sub(r'name="formulier" value="[^"]+"', "", each.text)
        for name, each in shown.items()
    }


def test_a_group_that_was_changed_by_the_form_is_on_every_page_and_export_at_once(
    site: Site, http: httpx.Client, form: dict[str, str]
) -> None:
    def send(group: str) -> None:
        assert http.post("/formulier/4", data={**form, "groep": group}).status_code == 200

    send("burger")
    with as_role(site, "els", "beheerder") as reviewer:
        before = groups_shown(http, reviewer)
        assert groups_shown(http, reviewer) == before
        send("werkgeversorganisatie")
        after = groups_shown(http, reviewer)
        assert [name for name, shown in after.items() if shown == before[name]] == []


def test_every_table_raises_the_revision_but_those_that_nothing_is_cached_from(
    storage: Storage, catalogue: Catalogue
) -> None:
    """By any kind of write, also one that a foreign key brings about."""
    staged(storage, catalogue)
    tables = set(Base.metadata.tables)
    assert tables == counted_tables().keys() | NOT_COUNTED
    with storage.reading() as session:
        filled = {
            name
            for name in tables
            if session.execute(text(f'select count(*) from "{name}"')).scalar()
        }
    assert len(filled) > 8
    for name in filled - {"revision"}:
        before = now(storage)
        column = next(iter(Base.metadata.tables[name].primary_key)).name
        with storage.writing() as session:
            session.execute(text(f'update "{name}" set "{column}" = "{column}"'))
        assert (now(storage).number > before.number) == (name not in NOT_COUNTED), name
    # Those that are still empty have the same triggers.
    with storage.reading() as session:
        if storage.engine.dialect.name == "sqlite":
            query = "select tbl_name from sqlite_master where type = 'trigger'"
        else:
            query = "select tgrelid::regclass::text from pg_trigger where tgname like 'revision%'"
        with_trigger = {each.strip('"') for each in session.execute(text(query)).scalars()}
    assert with_trigger == counted_tables().keys()


def test_all_kinds_of_writes_count_and_none_that_was_rolled_back(
    storage: Storage, catalogue: Catalogue
) -> None:
    consultation = staged(storage, catalogue)

    def raised(write: Any) -> tuple[bool, bool]:
        before = now(storage)
        with storage.writing() as session:
            write(session)
        after = now(storage)
        return after.number > before.number, after.facts > before.facts

    def orm(session: Session) -> None:
        session.scalars(select(Participant)).first().group = "burger"  # type: ignore[union-attr]

    def bulk(session: Session) -> None:
        session.execute(update(Participant).values(group="jongeren"))

    def core(session: Session) -> None:
        session.connection().execute(update(Participant.__table__).values(organisation="x"))  # type: ignore[arg-type]

    def cascade(session: Session) -> None:
        session.execute(
            text("delete from participant where id in (select id from participant limit 1)")
        )

    def vectors(session: Session) -> None:
        session.add(Embedding(model="m", text_hash="h", vector=b""))

    def decide(session: Session) -> None:
        append(session, consultation, "els", {"op": "approve", "theme": tid(0)})

    def create(session: Session) -> None:
        append(session, consultation, "els", {"op": "create", "opdracht": 4, "label": "nieuw"})

    for write in (orm, bulk, core, cascade, create):
        assert raised(write) == (True, True), write.__name__
    assert raised(decide) == (True, False)
    assert raised(vectors) == (False, False)
    before = now(storage)
    with pytest.raises(ZeroDivisionError), storage.writing() as session:
        orm(session)
        session.flush()
        raise ZeroDivisionError
    assert now(storage) == before


def test_another_process_raises_it_too(tmp_path: Path, catalogue: Catalogue) -> None:
    url = f"sqlite:///{tmp_path / 'samenspraak.db'}"
    ours, theirs = Storage(url), Storage(url)
    staged(ours, catalogue)
    snapshots = SnapshotCache()
    with ours.reading() as session:
        first = snapshots.of(session, 1, 4)
        assert snapshots.of(session, 1, 4) is first
    with theirs.writing() as session:
        session.execute(update(Participant).values(group="burger"))
    with ours.reading() as session:
        assert {each.group for each in snapshots.of(session, 1, 4).said} == {"burger"}
    ours.close()
    theirs.close()


def test_nothing_is_cached_from_a_table_that_does_not_count(
    site: Site, catalogue: Catalogue
) -> None:
    """Reads all that is kept, and looks which tables the database was asked for."""
    published_round(site, catalogue)
    read: set[str] = set()

    @event.listens_for(site.storage.engine, "before_cursor_execute")
    def _tables(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        read.update(re.findall(r"(?:from|join)\s+\"?(\w+)", statement, re.IGNORECASE))

    snapshots = SnapshotCache()
    with site.storage.reading() as session:
        for number in (4, 5):
            seen = snapshots.of(session, 1, number)
            assert seen.themes or number == 5
        approved(session, 1, catalogue, snapshots=snapshots)
        for what in ExportSubject:
            export.export(session, 1, catalogue, what, Format.csv, snapshots=snapshots)
        from web.public.explanations import _trust
        from web.public.outcome import outcome_counts, page_of

        outcome_counts(session, 1)
        page_of(session, 1, catalogue, 4)
        _trust(session, site.app.state.services)
    assert {"statement", "participant", "curation_event", "publication"} <= read
    assert read & (NOT_COUNTED - {"revision"}) == set()


def test_a_transaction_that_writes_is_not_asked_for_what_is_cached(
    storage: Storage, catalogue: Catalogue
) -> None:
    """What it sees may be rolled back, and its number given to another write."""
    staged(storage, catalogue)
    with storage.writing() as session, pytest.raises(RuntimeError, match="before the write"):
        SnapshotCache().of(session, 1, 4)
