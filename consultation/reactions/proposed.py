"""The proposed actions that a participant sees in a reaction round."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy.orm import Session

from consultation.catalogue import Catalogue
from consultation.curation.state import CuratedAction
from consultation.participation.reactions import wording_hash
from consultation.queries.disclosure import quotable, releasable
from consultation.queries.opdracht_snapshot import OpdrachtSnapshot


@dataclass(frozen=True)
class ProposedAction:
    """A proposed action as it is shown: its id, and its wording with personal data masked.

    ``wording`` is the hash of the wording itself. ``own_people`` counts the participants of the
    reader's group behind it.
    """

    id: str
    text: str
    wording: str
    own_people: int = 0
    statement: str | None = None
    """The statement that it quotes, if it does."""


def is_shown(action: CuratedAction, catalogue: Catalogue) -> bool:
    """Whether a reaction round shows an action: a person decided on it, with a status to show."""
    status = "goedgekeurd" if action.status == "gepubliceerd" else action.status
    shown = catalogue.consultatie.reactieronde.toon
    return not action.proposed and action.joined_into is None and status in shown


def proposed_actions(
    session: Session, seen: OpdrachtSnapshot, catalogue: Catalogue, group: str | None
) -> list[ProposedAction]:
    """The actions of an opdracht to react to, those that concern the reader's group first.

    An action concerns a group when people of it propose it, or speak in its themes; among equals
    the most urgent comes first. An action that quotes a participant is shown with personal data
    masked, and only if it may be quoted.

    Raises:
        SamenspraakError: the pipeline that detects names is unavailable, and an action is a quote.
    """
    actions = [each for each in seen.actions if is_shown(each, catalogue)]
    quoted = [each.statement for each in actions if each.text is None and each.statement]
    quotes = quotable(session, quoted) if quoted else {}
    found = []
    for action in actions:
        text = action.text
        if text is None:
            quote = quotes.get(action.statement or "")
            text = quote.text if quote else ""
        if text.strip():
            people = _groups_behind(action, seen)[group] if group else 0
            wording = wording_hash(seen.words(action))
            quoted_one = action.statement if action.text is None else None
            found.append(ProposedAction(action.id, text, wording, people, quoted_one))
    return sorted(found, key=lambda each: -each.own_people)


def withheld_actions(
    session: Session, seen: OpdrachtSnapshot, catalogue: Catalogue
) -> list[CuratedAction]:
    """The actions that a reaction round would show, but that quote who may not be quoted."""
    actions = [each for each in seen.actions if is_shown(each, catalogue) and each.text is None]
    allowed = releasable(session, [each.statement for each in actions if each.statement])
    return [each for each in actions if each.statement and each.statement not in allowed]


def _groups_behind(action: CuratedAction, seen: OpdrachtSnapshot) -> Counter[str | None]:
    """The people behind an action, by group: who propose it, and who speak in its themes."""
    statements = {*(action.support or ()), *action.seconds, *action.sources}
    statements |= {each for each in (action.statement, action.reworded) if each}
    for theme in action.themes:
        known = seen.state.themes.get(theme)
        statements |= {each.statement for each in known.members} if known else set()
    said = [seen.by_id[each] for each in statements if each in seen.by_id]
    return Counter({each.participant: each.group for each in said}.values())
