"""Actions during replay: suggested by a run, created and changed by people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from consultation.curation import operations as ops
from consultation.curation.state import (
    AmendmentAnswer,
    CuratedAction,
    CuratedTheme,
    Event,
    FacilitatorNote,
    InapplicableEvent,
    PreviousValue,
)


class ActionBoard:
    """The mutable collection of actions during replay."""

    def __init__(self) -> None:
        """Starts empty."""
        self._actions: dict[str, CuratedAction] = {}

    def propose(self, id_: str, opdracht: int, theme: str, statement: str) -> None:
        """Adds an action that a run suggests: a quoted statement of one theme."""
        self._actions[id_] = CuratedAction(
            id_, opdracht, statement=statement, themes=(theme,), proposed=True
        )

    def proposed(self, id_: str) -> CuratedAction | None:
        """The suggested action with this id; None if there is none or a person has changed it."""
        found = self._actions.get(id_)
        return found if found is not None and found.proposed else None

    def opdracht(self, id_: str) -> int | None:
        """The current opdracht of an action; None if there is no such action."""
        found = self._actions.get(id_)
        return found.opdracht if found is not None else None

    def words(self, id_: str, event: Event) -> PreviousValue | None:
        """An action's wording before an event; None if there is no such action."""
        found = self._actions.get(id_)
        if found is not None:
            return PreviousValue(found.text, found.statement)
        seed = event.recorded.get("seeds", {}).get(id_)
        return PreviousValue(statement=seed["statement"]) if seed is not None else None

    def apply(self, operation: ops.Operation, event: Event) -> None:
        """Applies an operation on actions.

        Raises:
            Lapsed: there is no such action, or it was joined into another one.
        """
        match operation:
            case ops.ActionCreate():
                self._actions[str(operation.id)] = CuratedAction(
                    id=str(operation.id),
                    opdracht=operation.opdracht,
                    text=operation.text,
                    statement=operation.statement,
                    sources=tuple(operation.sources),
                    themes=tuple(operation.themes),
                    trekker=operation.trekker or "",
                    partners=tuple(operation.partners),
                    priority=operation.priority,
                    deadline=operation.deadline,
                    regelgeving=operation.regelgeving,
                    decided_by=event.account,
                )
            case ops.ActionText():
                before = self._standing(operation.action, event)
                self._change(
                    operation.action,
                    event,
                    text=operation.text,
                    statement=operation.statement,
                    reworded=None if operation.statement else before.statement or before.reworded,
                    seconds=()
                    if operation.statement
                    else tuple(event.recorded.get("proposers", before.seconds)),
                )
            case ops.ActionAmend():
                self._amend(operation, event)
            case ops.ActionSet():
                given = dict(operation.given)
                if "trekker" in given:
                    given["trekker"] = given["trekker"] or ""
                if "partners" in given:
                    given["partners"] = tuple(given["partners"])
                self._change(operation.action, event, **given)
            case ops.ActionThemes():
                self._change(operation.action, event, themes=tuple(operation.themes))
            case ops.ActionSupport():
                self._change(operation.action, event, support=tuple(operation.statements))
            case ops.ActionStatusSet():
                self._change(
                    operation.action, event, status=operation.status, reason=operation.reason
                )
            case ops.ActionHandOver():
                self._change(operation.action, event, opdracht=operation.opdracht)
            case ops.ActionJoin():
                self._join(operation, event)

    def note(self, id_: str, note: FacilitatorNote, event: Event) -> None:
        """Adds a note to an action.

        Raises:
            Lapsed: there is no such action, or it was joined into another one.
        """
        self._change(id_, event, notes=(*self._standing(id_, event).notes, note))

    def frozen(
        self, themes: Mapping[str, CuratedTheme], version: Mapping[str, int]
    ) -> dict[str, CuratedAction]:
        """The current actions by id, with merged themes replaced and versions filled in.

        A suggested action that nobody changed is left out unless its statement is in a live theme
        that it was suggested for.
        """
        found = {}
        for action in self._actions.values():
            linked = tuple(dict.fromkeys(_through(themes, each) for each in action.themes))
            if action.proposed and not any(_holds(themes.get(each), action) for each in linked):
                continue
            found[action.id] = replace(action, themes=linked, version=version.get(action.id, 0))
        return found

    def _amend(self, operation: ops.ActionAmend, event: Event) -> None:
        before = self._standing(operation.action, event)
        answer = AmendmentAnswer(
            operation.accepted, event.account, event.at, event.id, operation.reason
        )
        amendments = {**before.amendments, operation.statement: answer}
        if not operation.accepted:
            self._change(operation.action, event, amendments=amendments)
            return
        self._change(
            operation.action,
            event,
            amendments=amendments,
            text=None,
            statement=operation.statement,
            reworded=before.statement or before.reworded,
            seconds=tuple(event.recorded.get("proposers", before.seconds)),
        )

    def _join(self, operation: ops.ActionJoin, event: Event) -> None:
        into = self._standing(operation.into, event)
        others = []
        for each in dict.fromkeys(operation.actions):
            if each != operation.into:
                try:
                    others.append(self._standing(each, event))
                except InapplicableEvent:
                    continue
        if not others:
            raise InapplicableEvent("action_gone", action=operation.actions[0])
        for other in others:
            self._change(other.id, event, joined_into=into.id)
        known = [each.support for each in (into, *others) if each.support is not None]
        priorities = [each.priority for each in (into, *others) if each.priority is not None]
        self._change(
            into.id,
            event,
            themes=_together(each.themes for each in (into, *others)),
            partners=_together(each.partners for each in (into, *others)),
            sources=_together(each.sources for each in (into, *others)),
            priority=max(priorities, default=None),
            support=_together(known) if len(known) == len(others) + 1 else into.support,
        )

    def _change(self, id_: str, event: Event, **values: object) -> None:
        standing = self._standing(id_, event)
        self._actions[id_] = replace(
            standing,
            proposed=False,
            decided_by=event.account,
            **values,  # type: ignore[arg-type]
        )

    def _standing(self, id_: str, event: Event) -> CuratedAction:
        found = self._actions.get(id_)
        if found is None:
            seed = event.recorded.get("seeds", {}).get(id_)
            if seed is None:
                raise InapplicableEvent("action_gone", action=id_)
            self.propose(id_, seed["opdracht"], seed["theme"], seed["statement"])
            found = self._actions[id_]
        if found.joined_into is not None:
            raise InapplicableEvent("action_joined", action=id_, into=found.joined_into)
        return found


def _together(lists: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for one in lists for each in one))


def _through(themes: Mapping[str, CuratedTheme], theme: str) -> str:
    while (known := themes.get(theme)) is not None and known.merged_into is not None:
        theme = known.merged_into
    return theme


def _holds(theme: CuratedTheme | None, action: CuratedAction) -> bool:
    return (
        theme is not None
        and theme.live
        and any(member.statement == action.statement for member in theme.members)
    )
