"""The probe tries every part of a running product, tells which one fails, and leaves nothing."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from consultation.database.models import Conversation, Message, Participant
from consultation.database.storage import Storage
from consultation.settings import ROOT
from samenspraak.probe import PARTS, Probe
from samenspraak.workplace import Workplace
from tests.servers import SAMENSPRAAK, Servers
from tests.web_stage import Site, StandIn, begin, small_talk

pytest_plugins = ["tests.web_fixtures"]


def rows(storage: Storage) -> list[int | None]:
    """How many participants, talks and messages there are."""
    with storage.reading() as session:
        tables = (Participant, Conversation, Message)
        return [session.scalar(select(func.count()).select_from(each)) for each in tables]


@pytest.mark.servers
def test_every_part_of_the_running_product_is_tried_and_nothing_is_left(servers: Servers) -> None:
    storage = servers.storage()
    before = rows(storage)
    done = subprocess.run(
        [str(SAMENSPRAAK), "probe", "--json"],
        cwd=ROOT,
        env=servers.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert {each["part"]: each["state"] for each in told} == dict.fromkeys(PARTS, "ok"), told
    assert done.returncode == 0
    assert rows(storage) == before
    storage.close()
    files = [each for each in servers.folder.rglob("*") if each.is_file()]
    assert "probe_receipt" not in {each.name for each in files}
    assert not [each for each in files if b"Dit is een proef, met kenmerk" in each.read_bytes()]


def test_where_nothing_listens_that_is_said(workplace: Workplace) -> None:
    probe = Probe(workplace, "http://127.0.0.1:9")
    found = {each.part: each.state for each in probe.run()}
    assert found == dict.fromkeys(PARTS, "not tried") | {"web": "failed", "analysis": "ok"}
    assert not probe.healthy


def on(site: Site, workplace: Workplace) -> Probe:
    """A probe of a website whose assistant is a stand-in."""
    place = Workplace(site.settings, workplace.catalogue, site.storage, workplace.consultation_id)
    return Probe(place, site.url)


def broken(_: dict[str, Any]) -> int:
    """An assistant that fails at each message."""
    return 500


def other_words(body: dict[str, Any]) -> Any:
    """An assistant that keeps nothing of what is said."""
    items = small_talk(body)
    for item in items:
        effects = item.get("custom", {}).get("effects", [])
        effects[:] = [each for each in effects if each["kind"] != "answer"]
    return items


@pytest.mark.parametrize(("answer", "part"), [(broken, "talk"), (other_words, "storage")])
def test_the_part_that_fails_is_named_and_the_talk_is_erased(
    site: Site,
    stand_in: StandIn,
    workplace: Workplace,
    answer: Any,
    part: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("samenspraak.probe._PATIENCE", 2.0)
    stand_in.answer = answer
    probe = on(site, workplace)
    found = {each.part: each for each in probe.run()}
    assert found[part].state == "failed"
    assert found[part].why
    assert not probe.healthy
    assert found["erasure"].state == "ok"
    assert rows(site.storage) == [0, 0, 0]


def test_what_a_probe_left_that_was_cut_off_is_erased_by_the_next(
    site: Site, workplace: Workplace
) -> None:
    with site.client() as http:
        left = begin(http).receipt
    file = Path(site.settings.data_dir) / "probe_receipt"
    file.write_text(left, encoding="utf-8")
    probe = on(site, workplace)
    probe.run()
    assert probe.healthy, probe.findings
    assert rows(site.storage) == [0, 0, 0]
    assert not file.exists()


def test_between_rounds_no_talk_is_held_and_that_is_no_fault(
    site: Site, workplace: Workplace
) -> None:
    from consultation import rounds

    with site.storage.writing() as session:
        rounds.close(session, 1, 1)
    probe = on(site, workplace)
    found = {each.part: each for each in probe.run()}
    assert probe.healthy
    assert found["talk"].state == "not tried"
    assert "round open" in found["talk"].why
