"""The parts of the assistant that stand inside Rasa, run in the bot's own environment."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
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
import asyncio, json, random, sys
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.exceptions import GraphRunError
from rasa.shared.core.events import ActionExecuted, ActionExecutionRejected, ActiveLoop, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from bot import predictions

processor = Agent.load(sys.argv[1]).processor

form = "contribution_form"
ran, listens = ActionExecuted(form), ActionExecuted("action_listen")
in_form = [ran, ActiveLoop(form), listens]

def predicted(text, before=(listens,), after=()):
    parsing = processor.parse_message(UserMessage(text, metadata={"step": "start"}))
    found = asyncio.run(parsing)
    talk = DialogueStateTracker.from_events("a", [], processor.domain.slots)
    for event in before:
        talk.update(event)
    talk.update(UserUttered(text, found["intent"], found["entities"], found))
    for event in after:
        talk.update(event)
    said = processor._predict_next_with_tracker(talk)
    intent = found["intent"]
    return intent["name"], intent["confidence"], said.policy_name, said.probabilities

texts = ["dag", "/begroeten", "/bevestigen", "stop maar", "In mijn dorp is geen les na zes uur."]
places = [(), (in_form,), (in_form, [ran]), (in_form, [ActionExecutionRejected(form)])]
before = [predicted(text, *place) for place in places for text in (*texts, "/restart")]
by_rasa = RulePolicy._get_possible_keys
predictions.install()
predictions.install()
assert [predicted(text, *place) for place in places for text in (*texts, "/restart")] == before
assert len({name for name, *_ in before}) > 2
assert len({tuple(chances) for *_, chances in before}) > 3
policy = next(
    node._component for node in processor.graph_runner._instantiated_nodes.values()
    if isinstance(node._component, RulePolicy)
)
rules = policy.lookup["rules"]
ends = [json.loads(key) for key in rules]
draw = random.Random(5)
talks = [*ends, [], *([*draw.choice(ends), *end] for end in ends), *(end[1:] for end in ends)]
for end in ends * 3:
    talk = [*draw.choice(ends), *json.loads(json.dumps(end))]
    values = draw.choice([each for state in talk for each in state.values()])
    values[draw.choice(list(values))] = draw.choice([None, "other", "should_not_be_set", [1.0]])
    talks.append(talk)
keys = [policy._get_possible_keys(rules, talk) for talk in talks]
assert keys == [by_rasa(policy, rules, talk) for talk in talks]
assert len(set(map(len, keys))) > 2, "the talks tell no rules apart"
taken = next(iter(processor.graph_runner._graph_schema.nodes))
try:
    processor.graph_runner.run(inputs={taken: 1}, targets=[taken])
except GraphRunError as error:
    assert taken in str(error)
else:
    raise SystemExit("an input took a node's place")
print("ok")
"""

COPIES = """
import asyncio, sys
from rasa.core.actions.forms import FormAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted, ActionExecutionRejected, ActiveLoop, BotUttered, FollowupAction,
    LoopInterrupted, SlotSet, UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from bot import tracker_copies

domain = Domain.load(sys.argv[1])
form = "contribution_form"
listens = ActionExecuted("action_listen")
said = UserUttered("te duur", {"name": "inform", "confidence": 0.9})
steps = [
    [listens, said, ActionExecuted(form), ActiveLoop(form), SlotSet("requested_slot", "antwoord")],
    [BotUttered("Dank u.", {"buttons": [{"title": "Ja", "payload": "/ja"}]}), listens, said],
    [ActionExecutionRejected(form), SlotSet("antwoorden", {"drempel": "te duur"})],
    [LoopInterrupted(True), FollowupAction(form), SlotSet("vraag", None)],
    [ActionExecuted(form), ActiveLoop(None)],
]

def seen(tracker):
    slots = {name: dict(vars(each)) for name, each in tracker.slots.items()}
    state = {**vars(tracker), "slots": slots}
    state["events"] = [each.as_dict() for each in tracker.events]
    loop = state.pop("active_loop")
    return {**state, "loop": dict(vars(loop)) if loop else None}, tracker.current_state()

def temporary(talk):
    before = list(talk.events)
    made = FormAction(form, None)._temporary_tracker(talk, [SlotSet("antwoord", "klaar")], domain)
    assert list(talk.events) == before
    state, current = seen(made)
    # Two events are new at each call, and have a time of their own.
    for each in state["events"]:
        each.pop("timestamp")
    return state, {**current, "latest_event_time": None}

talk = DialogueStateTracker("a.1", domain.slots)
talk.model_id, talk.assistant_id = "model", "assistant"
replayed, made = [], []
for step in steps:
    for event in step:
        talk.update(event)
    replayed.append((seen(talk.copy()), temporary(talk)))
tracker_copies.install()
tracker_copies.install()
talk = DialogueStateTracker("a.1", domain.slots)
talk.model_id, talk.assistant_id = "model", "assistant"
for step in steps:
    for event in step:
        talk.update(event)
    before = seen(talk)
    copied = talk.copy()
    made.append((seen(copied), temporary(talk)))
    copied.update(SlotSet("vraag", "drempel"))
    copied.update(ActiveLoop("own_data_form"))
    copied.reject_action("own_data_form")
    assert seen(talk) == before, "a change of the copy reached the original"
assert made == replayed
print("ok")
"""


FORKS = """
import json, os, sys
import rasa.core.agent, rasa.core.policies.rule_policy, rasa.shared.importers.importer

for line in sys.stdin:
    script, arguments, told = json.loads(line)
    child = os.fork()
    if not child:
        for descriptor, path in enumerate(told, 1):
            with open(path, "w") as output:
                os.dup2(output.fileno(), descriptor)
        sys.argv = ["-c", *arguments]
        exec(compile(script, "<script>", "exec"), {"__name__": "__main__"})
        sys.stdout.flush()
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
Asked = Callable[..., str]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    """Runs a script in a process of its own, with Rasa loaded: that alone takes eight seconds."""
    folder = tmp_path_factory.mktemp("told")
    told, wrong = folder / "stdout", folder / "stderr"
    with subprocess.Popen(
        [str(BOT_PYTHON), "-W", "ignore", "-c", FORKS],
        cwd=ROOT,
        env={**rasa_environment(Settings()), "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        requests, codes = process.stdin, process.stdout
        assert requests is not None
        assert codes is not None

        def ask(script: str, *arguments: str) -> str:
            request = [script, arguments, [str(told), str(wrong)]]
            print(json.dumps(request), file=requests, flush=True)
            assert codes.readline() == "0\n", wrong.read_text(encoding="utf-8")
            return told.read_text(encoding="utf-8")

        yield ask
        requests.close()


def test_the_lean_importer_reads_what_rasas_own_reads(tmp_path: Path, asked: Asked) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "domain.yml").write_text(DOMAIN, encoding="utf-8")
    (tmp_path / "data" / "nlu.yml").write_text(DATA, encoding="utf-8")
    (tmp_path / "plain.yml").write_text(CONFIG, encoding="utf-8")
    lean = CONFIG + "importers:\n- name: bot.importer.LeanImporter\n"
    (tmp_path / "lean.yml").write_text(lean, encoding="utf-8")
    plain = asked(READ, str(tmp_path), str(tmp_path / "plain.yml"))
    assert "hallo daar" in plain
    assert asked(READ, str(tmp_path), str(tmp_path / "lean.yml")) == plain


def test_a_reply_of_another_shape_is_refused_by_name(asked: Asked) -> None:
    assert asked(CALLS) == "ok\n"


def test_predictions_are_the_same_without_dask_and_copies(asked: Asked) -> None:
    assert asked(PREDICTIONS, str(latest_model())).endswith("ok\n")


def test_a_copy_of_a_tracker_is_what_replaying_its_events_gives(asked: Asked) -> None:
    assert asked(COPIES, str(ROOT / "domain.yml")) == "ok\n"


def test_a_result_held_ahead_is_used_once_and_only_for_its_own_state(asked: Asked) -> None:
    assert asked(AHEAD) == "ok\n"
