"""The proposed actions of an opdracht, and which of them is shown next."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from actions.talk import Slots, Talk, sentences, storage
from consultation import rounds
from consultation.catalogue import UNKNOWN_GROUP
from consultation.participation import resumption
from consultation.participation.reactions import (
    AMENDMENT,
    CONDITION,
    IN_FAVOUR,
    MISSING,
    key_of,
    read_key,
)
from consultation.queries.opdracht_snapshot import SnapshotCache
from consultation.reactions.proposed import proposed_actions

ACTION, RANKING = "actie", "rangorde"
"""What is asked: for a stance on an action (``actie:ID``), or for a ranking."""
DONE = "klaar"
OF_ONE_ACTION = (CONDITION, AMENDMENT)

Shown = dict[str, Any]
"""A proposed action in a slot: ``id``, ``text``, ``wording`` and the ``statement`` it quotes."""


@lru_cache(maxsize=1)
def snapshots() -> SnapshotCache:
    """The snapshots of opdrachten that this server keeps while nothing changes."""
    return SnapshotCache()


def shown_on(talk: Talk, number: int) -> list[Shown]:
    """The actions of an opdracht, those that concern the participant's group first."""
    group = talk.slot("groep")
    with storage().reading() as session:
        found = rounds.find_consultation(session, talk.catalogue)
        if found is None:
            return []
        seen = snapshots().of(session, found.id, number)
        known = None if group == UNKNOWN_GROUP else group
        return [
            {
                "id": each.id,
                "text": each.text,
                "wording": each.wording,
                "statement": each.statement,
            }
            for each in proposed_actions(session, seen, talk.catalogue, known)
        ]


def shown(talk: Talk) -> list[Shown]:
    """The actions of the current opdracht in the order in which they are asked about.

    After a return, or a change of the group, those that were reacted to and the one that is open
    come first, so that none of the others is passed over.
    """
    known, opdracht = talk.slot("acties"), talk.opdracht
    if known is not None:
        return list(known)
    found = shown_on(talk, opdracht.nummer) if opdracht else []
    seen = {*reacted(talk), asked(talk.slot("vraag"))[1]}
    return sorted(found, key=lambda each: each["id"] not in seen)


def reacted(talk: Talk) -> dict[str, list[Any]]:
    """The participant's stance and rank by action, in this round."""
    return dict(talk.slot("gereageerd") or {})


def asked(key: str | None) -> tuple[str, str]:
    """What a key asks, and the id of the action that it is about; empty for none."""
    told = read_key(key)
    if told is not None:
        return told
    what, _, action = (key or "").partition(":")
    return what, action


def after_action(talk: Talk, action: str, given: dict[str, list[Any]]) -> str | None:
    """The key of what is asked after an action: the next action without a reaction, and so on."""
    actions = [each["id"] for each in shown(talk)]
    rest = actions[actions.index(action) + 1 :] if action in actions else actions
    following = next((each for each in rest if each not in given), None)
    return f"{ACTION}:{following}" if following is not None else MISSING


def after_missing(talk: Talk, given: dict[str, list[Any]]) -> str | None:
    """The key of what is asked after what is missing: a ranking where there is one to make."""
    return RANKING if len(unranked(talk, given)) > 1 and not ranked(talk, given) else None


def supported(talk: Talk, given: dict[str, list[Any]]) -> list[Shown]:
    """The actions of this opdracht that the participant supports, also on a condition."""
    return [
        each for each in shown(talk) if each["id"] in given and given[each["id"]][0] in IN_FAVOUR
    ]


def ranked(talk: Talk, given: dict[str, list[Any]]) -> list[str]:
    """The ids of the actions of this opdracht with a rank, in that order."""
    own = {each["id"] for each in shown(talk)}
    places = [(found[1], action) for action, found in given.items() if action in own and found[1]]
    return [action for _, action in sorted(places)]


def unranked(talk: Talk, given: dict[str, list[Any]]) -> list[Shown]:
    """The supported actions that have no rank yet."""
    known = ranked(talk, given)
    return [each for each in supported(talk, given) if each["id"] not in known]


def entered(talk: Talk, number: int) -> Slots:
    """The slots that start or continue a reaction to the actions of an opdracht."""
    actions = shown_on(talk, number)
    given = _stored(talk)
    first = next((each["id"] for each in actions if each["id"] not in given), None)
    if first is None and actions:
        # Everything was reacted to before: it is shown again, with what was said.
        first = actions[0]["id"]
    return {
        "acties": actions,
        "gereageerd": given,
        "vraag": f"{ACTION}:{first}" if first is not None else MISSING,
        "reactie": None,
        "verder": None,
    }


def _stored(talk: Talk) -> dict[str, list[Any]]:
    name = talk.slot("gesprek")
    if name is None:
        return reacted(talk)
    with storage().reading() as session:
        found = resumption.reactions_in(session, str(name))
    return {action: [stance, rank] for action, (stance, rank) in found.items()}


def told(talk: Talk) -> list[str]:
    """The participant's reactions to the actions of the current opdracht, in lines."""
    given = reacted(talk)
    return [
        talk.words("eigen_reactie").format(
            nummer=place, houding=talk.words(f"reactie_kort_{given[each['id']][0]}")
        )
        for place, each in enumerate(shown(talk) if given else (), 1)
        if each["id"] in given
    ]


def name_of(talk: Talk, key: str) -> str:
    """The short name of an answer of a reaction round; other keys as they are."""
    name = f"soort_{asked(key)[0]}"
    return talk.words(name) if name in sentences() else key


def condition_of(action: str) -> str:
    """The key of the question for a condition."""
    return key_of(CONDITION, action)


def amendment_of(action: str) -> str:
    """The key of the question for another wording."""
    return key_of(AMENDMENT, action)
