"""The parts of the assistant that stand inside Rasa, run in the bot's own environment."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from consultation.settings import ROOT, Settings
from samenspraak.processes import BOT_PYTHON, latest_model, rasa_environment

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
AHEAD = """
import asyncio
from bot import remote_action
from rasa.core.actions.action import RemoteAction
from rasa.core.channels.channel import CollectingOutputChannel
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

remote_action.install()
domain = Domain.from_yaml('''
version: "3.1"
slots:
  groep: {type: any, mappings: [{type: custom}]}
  naam: {type: any, mappings: [{type: custom}]}
''')
called = []
async def answered(endpoint, name, body):
    called.append(name)
    events = [{"event": "slot", "name": "groep", "value": "burger"}]
    own = {"events": [], "responses": [{"text": "zelf"}]}
    ahead = {"action": "ask", "events": [], "responses": [{"text": "vooruit"}]}
    return {"events": events, "responses": [], "ahead": ahead} if name == "validate" else own
remote_action._called = answered

def talk(text, *more):
    events = [UserUttered(text), ActionExecuted("form"), *more]
    return DialogueStateTracker.from_events("t", events, domain.slots)

async def asked(name, *more, text="x"):
    action = RemoteAction(name, EndpointConfig("http://127.0.0.1:1/webhook"))
    said = await action.run(CollectingOutputChannel(), None, talk(text, *more), domain)
    return [each.text for each in said if isinstance(each, BotUttered)]

async def turns():
    validated = SlotSet("groep", "burger")
    await asked("validate")
    assert await asked("ask", validated) == ["vooruit"]
    assert called == ["validate"]
    assert await asked("ask", validated) == ["zelf"], "used twice"
    for others in ((), (SlotSet("groep", "ander"),), (validated, SlotSet("naam", "Jo"))):
        await asked("validate")
        assert await asked("ask", *others) == ["zelf"], others
    await asked("validate")
    assert await asked("ask", validated, text="een ander bericht") == ["zelf"]
    await asked("validate")
    assert await asked("ask_iets", validated) == ["zelf"]
    await asked("validate")
    remote_action.forget_ahead()
    assert await asked("ask", validated) == ["zelf"]
asyncio.run(turns())
print("ok")
"""
PREDICTIONS = """
import asyncio, json, sys
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.engine.exceptions import GraphRunError
from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from bot import predictions

processor = Agent.load(sys.argv[1]).processor

def predicted(text):
    parsing = processor.parse_message(UserMessage(text, metadata={"step": "start"}))
    found = asyncio.run(parsing)
    talk = DialogueStateTracker.from_events("a", [], processor.domain.slots)
    talk.update(ActionExecuted("action_listen"))
    talk.update(UserUttered(text, found["intent"], found["entities"], found))
    said = processor._predict_next_with_tracker(talk)
    intent = found["intent"]
    return intent["name"], intent["confidence"], said.policy_name, said.probabilities

texts = ["dag", "/begroeten", "/bevestigen", "stop maar", "In mijn dorp is geen les na zes uur."]
before = [predicted(text) for text in texts]
predictions.install()
predictions.install()
assert [predicted(text) for text in texts] == before
assert len({name for name, *_ in before}) > 2
taken = next(iter(processor.graph_runner._graph_schema.nodes))
try:
    processor.graph_runner.run(inputs={taken: 1}, targets=[taken])
except GraphRunError as error:
    assert taken in str(error)
else:
    raise SystemExit("an input took a node's place")
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


def test_predictions_are_the_same_without_dask_and_copies() -> None:
    assert _asked(PREDICTIONS, str(latest_model())).endswith("ok\n")


def test_a_result_held_ahead_is_used_once_and_only_for_its_own_state() -> None:
    assert _asked(AHEAD) == "ok\n"
