"""The parts of the assistant that stand inside Rasa, run in the bot's own environment."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from consultation.settings import ROOT, Settings
from samenspraak.processes import BOT_PYTHON, rasa_environment

pytestmark = pytest.mark.servers

DOMAIN = """
version: "3.1"
intents: [groeten, stoppen]
"""
DATA = """
version: "3.1"
nlu:
- intent: groeten
  examples: |
    - dag
    - hallo daar
- intent: stoppen
  examples: |
    - stop maar
    - ik hou ermee op
"""
CONFIG = """
recipe: default.v1
language: nl
assistant_id: proef
pipeline: []
policies: []
"""
READ = """
import sys
from rasa.shared.importers.importer import TrainingDataImporter
folder, config = sys.argv[1:]
found = TrainingDataImporter.load_from_config(config, folder + "/domain.yml", [folder + "/data"])
data = found.get_nlu_data()
print(sorted((each.get("text") or "", each.get("intent") or "") for each in data.intent_examples))
print(sorted(data.intents), len(data.training_examples), bool(data.fingerprint()))
"""
CALLS = """
import asyncio
from bot import remote_action
from rasa.shared.exceptions import RasaException
from rasa.shared.core.events import SlotSet, deserialise_events

good = {"events": [{"event": "slot", "name": "groep", "value": "burger"}], "responses": []}
assert remote_action._checked("a", good) == (good["events"], [])
assert remote_action._checked("a", {}) == ([], [])
for bad in (None, [], "x", {"events": [1]}, {"events": [{"name": "groep"}]}, {"responses": {}},
            {"events": {"event": "slot"}}, {"responses": ["tekst"]}):
    try:
        remote_action._checked("a", bad)
    except RasaException as error:
        assert "'a'" in str(error)
    else:
        raise SystemExit(f"taken: {bad}")
remote_action.install()
remote_action.install()
assert deserialise_events(good["events"]) == [SlotSet("groep", "burger")]
print("ok")
"""


def _asked(script: str, *arguments: str) -> str:
    done = subprocess.run(
        [str(BOT_PYTHON), "-W", "ignore", "-c", script, *arguments],
        cwd=ROOT,
        env={**rasa_environment(Settings()), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_lean_importer_reads_what_rasas_own_reads(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "domain.yml").write_text(DOMAIN, encoding="utf-8")
    (tmp_path / "data" / "nlu.yml").write_text(DATA, encoding="utf-8")
    (tmp_path / "plain.yml").write_text(CONFIG, encoding="utf-8")
    lean = CONFIG + "importers:\n- name: bot.importer.LeanImporter\n"
    (tmp_path / "lean.yml").write_text(lean, encoding="utf-8")
    plain = _asked(READ, str(tmp_path), str(tmp_path / "plain.yml"))
    assert "hallo daar" in plain
    assert _asked(READ, str(tmp_path), str(tmp_path / "lean.yml")) == plain


def test_a_reply_of_another_shape_is_refused_by_name() -> None:
    assert _asked(CALLS) == "ok\n"
