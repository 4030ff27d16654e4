"""Faster predictions: patches Rasa to skip work whose result is not used.

For every prediction Rasa 3.6 builds its graph again and runs it in dask, formats all inputs for a
debug log, and deep-copies the states of trackers for such logs: some 15 % of a turn. It matches all
rules with the whole conversation also where a form goes on whatever they say: 20 % more. For every
message it makes an empty domain, to see that ours is none, before it checks that the domain has the
intent: the training checked that. It makes all default actions anew to find one by its name, and
matches the rules with the text of a message, also where no rule names a text. After ``install`` the
nodes run one after the other, in an order that is computed once, debug logs copy nothing, default
actions are made once, the rules are matched where they decide, from the end of the conversation to
the start of the rule, and the intent is not checked. The predictions stay the same.
"""

from __future__ import annotations

import copy
import json
from graphlib import TopologicalSorter
from types import SimpleNamespace
from typing import Any

import rasa.core.actions.action
import rasa.core.actions.forms
import rasa.core.policies.rule_policy
import rasa.core.processor
from rasa.core.actions.action import Action
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.policies.rule_policy import (
    RULES,
    RULES_FOR_LOOP_UNHAPPY_PATH,
    SHOULD_NOT_BE_SET,
    RulePolicy,
)
from rasa.core.processor import MessageProcessor
from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.constants import PREVIOUS_ACTION, USER
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import TEXT
from rasa.utils.endpoints import EndpointConfig

_by_rules = RulePolicy._predict
_from_rules = RulePolicy._find_action_from_rules
_defaults = rasa.core.actions.action.default_actions
_Order = list[tuple[str, tuple[str, ...]]]
_Condition = tuple[str, str, Any]
_made: dict[int, tuple[EndpointConfig | None, list[Action]]] = {}
_RuleState = tuple[bool, tuple[_Condition, ...]]
"""Whether a state of a rule has an action before it, and the values it asks for."""


def install() -> None:
    """Patches Rasa for all predictions of this process."""
    DaskGraphRunner.run = _run
    RulePolicy._predict = _predict
    RulePolicy._find_action_from_rules = _find_action_from_rules
    RulePolicy._get_possible_keys = _possible_keys
    rasa.core.actions.action.default_actions = _default_actions
    MessageProcessor._log_slots = lambda *_: None
    MessageProcessor._check_for_unseen_features = lambda *_: None
    # These modules use deep copies for their debug logs only.
    for module in (rasa.core.processor, rasa.core.policies.rule_policy, rasa.core.actions.forms):
        module.copy = SimpleNamespace(copy=copy.copy, deepcopy=lambda value: value)


def _run(
    self: DaskGraphRunner,
    inputs: dict[str, Any] | None = None,
    targets: list[str] | None = None,
) -> dict[str, Any]:
    """The outputs of the targets, by name; replaces ``DaskGraphRunner.run``.

    Raises:
        GraphRunError: an input has the name of a node, or a node failed.
    """
    wanted = tuple(targets or self._graph_schema.target_names)
    done = {name: (name, value) for name, value in (inputs or {}).items()}
    for name in done.keys() & self._graph_schema.nodes.keys():
        raise GraphRunError(f"Input '{name}' clashes with a node of that name.")
    try:
        for name, needs in _order(self, wanted):
            # A missing input is replaced by its name; the node itself reports the error.
            done[name] = self._instantiated_nodes[name](*(done.get(need, need) for need in needs))
    except RuntimeError as error:
        raise GraphRunError("Error running runner.") from error
    return {name: done[name][1] for name in wanted}


def _order(runner: DaskGraphRunner, wanted: tuple[str, ...]) -> _Order:
    orders: dict[tuple[str, ...], _Order] = runner.__dict__.setdefault("_orders", {})
    if wanted not in orders:
        nodes = runner._graph_schema.minimal_graph_schema(list(wanted)).nodes
        needs = {name: tuple(node.needs.values()) for name, node in nodes.items()}
        sequence = TopologicalSorter(needs).static_order()
        orders[wanted] = [(name, needs[name]) for name in sequence if name in needs]
    return orders[wanted]


def _predict(
    self: RulePolicy, tracker: DialogueStateTracker, domain: Domain
) -> tuple[PolicyPrediction, str | None]:
    """The next action by the rules; replaces ``RulePolicy._predict``.

    While a form goes its way, Rasa matches all rules with the history of the conversation, and then
    lets the form go before them. Here the form goes first, where it would.
    """
    form, source = self._find_action_from_loop_happy_path(tracker)
    if form is None or self._find_action_from_default_actions(tracker)[0] is not None:
        prediction: tuple[PolicyPrediction, str | None] = _by_rules(self, tracker, domain)
        return prediction
    chances = self._prediction_result(form, tracker, domain)
    return self._rule_prediction(chances, source, is_no_user_prediction=True), source


def _find_action_from_rules(
    self: RulePolicy,
    tracker: DialogueStateTracker,
    domain: Domain,
    use_text_for_last_user_input: bool,
) -> tuple[str | None, str | None, bool]:
    """The action of the rules that match; replaces ``RulePolicy._find_action_from_rules``.

    After a message no rule without a text matches a state with one.
    """
    if use_text_for_last_user_input and not _names_text(self):
        return None, None, False
    found: tuple[str | None, str | None, bool] = _from_rules(
        self, tracker, domain, use_text_for_last_user_input
    )
    return found


def _names_text(policy: RulePolicy) -> bool:
    """Whether a rule names the text of a message instead of its intent."""
    found = policy.__dict__.get("_rules_name_text")
    if found is None:
        found = policy.__dict__["_rules_name_text"] = any(
            TEXT in state.get(USER, {})
            for table in (RULES, RULES_FOR_LOOP_UNHAPPY_PATH)
            for key in policy.lookup.get(table, {})
            for state in json.loads(key)
        )
    return bool(found)


def _default_actions(action_endpoint: EndpointConfig | None = None) -> list[Action]:
    """Rasa's own actions, made once for each action server; replaces ``default_actions``."""
    made = _made.get(id(action_endpoint))
    if made is None or made[0] is not action_endpoint:
        made = _made[id(action_endpoint)] = action_endpoint, _defaults(action_endpoint)
    return made[1]


def _possible_keys(self: RulePolicy, lookup: dict[str, str], states: list[State]) -> set[str]:
    """The rules that end as the conversation does; replaces ``RulePolicy._get_possible_keys``."""
    rules: dict[str, tuple[_RuleState, ...]] = self.__dict__.setdefault("_rules", {})
    backwards = states[::-1]
    possible = set()
    for key in lookup:
        if key not in rules:
            rules[key] = tuple(map(_rule_state, reversed(json.loads(key))))
        # A rule that is longer than the conversation is matched as far as the conversation goes.
        if all(map(_matches, rules[key], backwards)):
            possible.add(key)
    return possible


def _rule_state(state: dict[str, dict[str, Any]]) -> _RuleState:
    asked = (
        (kind, name, tuple(value) if isinstance(value, list) else value)
        for kind, values in state.items()
        for name, value in values.items()
        if value
    )
    return bool(state.get(PREVIOUS_ACTION)), tuple(asked)


def _matches(rule: _RuleState, state: State) -> bool:
    has_action, asked = rule
    if not has_action or not state.get(PREVIOUS_ACTION):
        # The start of a rule matches the start of a conversation only, whatever its slots.
        return not has_action and not state.get(PREVIOUS_ACTION)
    for kind, name, value in asked:
        said = state.get(kind, {}).get(name)
        if value != SHOULD_NOT_BE_SET:
            if said != value:
                return False
        elif said and said != SHOULD_NOT_BE_SET:
            return False
    return True
