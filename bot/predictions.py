"""Predictions that cost little: Rasa's own do much that nobody reads.

Rasa 3.6 hands its graph to dask for every prediction, builds it anew each time, formats all inputs
for a debug log, and copies trackers' states deeply for such logs too: some 15 % of a turn.
``install`` puts in place of that: the nodes one after the other, in an order that is worked out
once, and debug logs without copies. What is predicted stays the same.
"""

from __future__ import annotations

import copy
from graphlib import TopologicalSorter
from types import SimpleNamespace
from typing import Any

import rasa.core.policies.rule_policy
import rasa.core.processor
from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner

_Order = list[tuple[str, tuple[str, ...]]]


def install() -> None:
    """Makes every prediction of this process go in this way."""
    DaskGraphRunner.run = _run
    # Both modules copy deeply for their debug logs only.
    for module in (rasa.core.processor, rasa.core.policies.rule_policy):
        module.copy = SimpleNamespace(copy=copy.copy, deepcopy=lambda value: value)


def _run(
    self: DaskGraphRunner,
    inputs: dict[str, Any] | None = None,
    targets: list[str] | None = None,
) -> dict[str, Any]:
    """The outputs of the targets, by name; see ``GraphRunner.run``.

    Raises:
        GraphRunError: an input has the name of a node, or a node failed.
    """
    wanted = tuple(targets or self._graph_schema.target_names)
    done = {name: (name, value) for name, value in (inputs or {}).items()}
    for name in done.keys() & self._graph_schema.nodes.keys():
        raise GraphRunError(f"Input '{name}' clashes with a node of that name.")
    try:
        for name, needs in _order(self, wanted):
            # A node that needs what nobody gave is told its name, and says so itself.
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
