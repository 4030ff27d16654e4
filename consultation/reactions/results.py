"""What the groups think of the proposed actions, and which of these are carried, and why not.

Only people who agree to analysis count, each with the last version of their reaction in the round.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from sqlalchemy import Row, or_, select
from sqlalchemy.orm import Session

from consultation.catalogue import UNKNOWN_GROUP, Catalogue, Gedragen
from consultation.curation.state import AmendmentAnswer
from consultation.database.models import (
    Contribution,
    ContributionVersion,
    JointParticipant,
    Participant,
    Reaction,
    Round,
    Statement,
    Submission,
)
from consultation.participation.reactions import (
    AMENDMENT,
    CONDITION,
    IN_FAVOUR,
    MISSING,
    REASON,
    STANCES,
    current_version,
    read_key,
    wording_hash,
)
from consultation.queries.opdracht_snapshot import OpdrachtSnapshot
from consultation.queries.statements import (
    COUNTED_GROUP,
    COUNTED_PERSON,
    active_answer,
    answers,
    consented,
    counting_participants,
)
from consultation.reactions.intervals import share_interval
from consultation.reactions.priorities import SuggestedPriority, points, suggested
from language.segmentation.plain_text import readable

Side = Literal["voor", "blokkeert", "verdeeld", "te_klein"]
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
_LONGEST_DIFF = 2_000
"""Words beyond which two wordings are shown whole, not as a diff: the diff is quadratic."""


@dataclass(frozen=True)
class GroupStance:
    """What one group thinks of an action: people by stance, and its side.

    ``share`` is the part that is in favour of those with an opinion, with its 95 % limits.
    """

    group: str
    people: Mapping[str, int]
    share: float | None
    low: float
    high: float
    side: Side

    @property
    def opinions(self) -> int:
        """The number of people who have an opinion."""
        return sum(self.people.values()) - self.people["weet_niet"]


@dataclass(frozen=True)
class CarriedVerdict:
    """Whether an action is carried; ``reasons`` are the Dutch sentences that say why not.

    ``known``: enough groups reacted to say so.
    """

    carried: bool
    reasons: tuple[str, ...] = ()
    known: bool = True


@dataclass(frozen=True)
class ReactionWords:
    """Words of a participant about an action: a condition, a reason, an amendment.

    ``statement`` is its first statement, if it has any yet; ``answer`` the answer to an amendment.
    ``quotable``: its author agrees to be quoted.
    """

    contribution: str
    text: str
    group: str | None
    stance: str | None
    start: int
    end: int
    quotable: bool
    statement: str | None = None
    answer: AmendmentAnswer | None = None


@dataclass(frozen=True)
class ActionReactions:
    """The reactions to one action in a round.

    ``earlier`` counts the people who reacted to a wording that has changed since. ``first`` counts
    the people who rank it first, ``ranked`` those who rank it at all. ``priority`` is what support
    and ranks suggest, None if too few groups count; ``priorities`` is the same for each group.
    """

    groups: tuple[GroupStance, ...]
    total: GroupStance
    verdict: CarriedVerdict
    conditions: tuple[ReactionWords, ...] = ()
    amendments: tuple[ReactionWords, ...] = ()
    reasons: tuple[ReactionWords, ...] = ()
    earlier: int = 0
    first: int = 0
    ranked: int = 0
    priority: SuggestedPriority | None = None
    priorities: Mapping[str, SuggestedPriority] = field(default_factory=dict)

    @cached_property
    def people(self) -> int:
        """The number of people who reacted."""
        return sum(self.total.people.values())

    @property
    def open(self) -> tuple[ReactionWords, ...]:
        """The amendments that nobody answered yet."""
        return tuple(each for each in self.amendments if each.answer is None)


@dataclass(frozen=True)
class RoundReactions:
    """The reactions on one opdracht in a round, by action id, and what people miss."""

    round: int
    actions: Mapping[str, ActionReactions]
    missing: tuple[ReactionWords, ...]

    def of(self, action: str) -> ActionReactions | None:
        """The reactions to an action; None if there are none."""
        return self.actions.get(action)


def reaction_rounds(session: Session, consultation_id: int) -> list[int]:
    """The numbers of the reaction rounds, the last first."""
    query = select(Round.number).where(
        Round.consultation_id == consultation_id, Round.kind == "reactie"
    )
    return list(session.scalars(query.order_by(Round.number.desc())))


def round_reactions(
    session: Session,
    consultation_id: int,
    seen: OpdrachtSnapshot,
    catalogue: Catalogue,
    number: int | None = None,
) -> RoundReactions | None:
    """The reactions on an opdracht in a reaction round, by default the last one; None without."""
    known = reaction_rounds(session, consultation_id)
    if not known or (number is not None and number not in known):
        return None
    number = known[0] if number is None else number
    rows = counted_reactions(session, consultation_id, number, [each.id for each in seen.actions])
    said = _words(session, consultation_id, number, seen)
    given = _points(rows, catalogue)
    found = {}
    for action in seen.actions:
        own = [each for each in rows if each.action_id == action.id]
        words = said.get(action.id, {})
        if own or words:
            found[action.id] = _of_action(seen.words(action), own, words, given, catalogue)
    return RoundReactions(number, found, tuple(said.get("", {}).get(MISSING, ())))


def verdict(
    groups: Sequence[GroupStance], rule: Gedragen, names: Mapping[str, str]
) -> CarriedVerdict:
    """Whether an action with these stances is carried, by the catalogue's rule.

    ``names`` gives the names of groups, by slug. People without a group count for no group.
    """
    counted = [each for each in groups if each.group != UNKNOWN_GROUP and each.side != "te_klein"]
    reasons = []
    if len(counted) < rule.minste_groepen:
        reasons.append(
            f"Van {len(counted)} {'groep' if len(counted) == 1 else 'groepen'} weten we genoeg; "
            f"er zijn er minstens {rule.minste_groepen} nodig. Een groep telt vanaf "
            f"{rule.minste_mensen} {'mens' if rule.minste_mensen == 1 else 'mensen'} met een "
            "mening."
        )
    pro = sum(each.side == "voor" for each in counted)
    if counted and pro / len(counted) < rule.aandeel_groepen:
        reasons.append(
            f"{pro} van de {len(counted)} groepen {'is' if pro == 1 else 'zijn'} voor; er is "
            f"{round(100 * rule.aandeel_groepen)} % nodig."
        )
    blocking = [each.group for each in counted if each.side == "blokkeert"]
    if blocking:
        reasons.append(f"Tegen: {', '.join(names.get(each, each) for each in blocking)}.")
    known = bool(blocking) or len(counted) >= rule.minste_groepen
    return CarriedVerdict(not reasons, tuple(reasons), known)


def group_stance(group: str, people: Mapping[str, int], rule: Gedragen) -> GroupStance:
    """The stance of a group from the number of its people by stance."""
    counts: dict[str, int] = {each: people.get(each, 0) for each in STANCES}
    opinions = sum(counts.values()) - counts["weet_niet"]
    held = IN_FAVOUR if rule.voorwaarde_telt else IN_FAVOUR[:1]
    pro = sum(counts[each] for each in held)
    share = pro / opinions if opinions else None
    side: Side = "verdeeld"
    if opinions < rule.minste_mensen or share is None:
        side = "te_klein"
    elif counts["tegen"] / opinions > rule.blokkeert_boven:
        side = "blokkeert"
    elif share >= rule.voor_vanaf:
        side = "voor"
    return GroupStance(group, counts, share, *share_interval(pro, opinions), side)


def word_diff(old: str, new: str) -> list[tuple[str, str]]:
    """The difference between two texts in words: parts with ``gelijk``, ``weg`` or ``erbij``.

    The parts ``gelijk`` and ``weg`` together are ``old``, ``gelijk`` and ``erbij`` are ``new``.
    """
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    if max(len(before), len(after)) > _LONGEST_DIFF:
        return [("weg", old), ("erbij", new)]
    found: list[tuple[str, str]] = []
    gone = added = ""
    opcodes = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    for index, (tag, a, b, c, d) in enumerate(opcodes):
        old_part, new_part = "".join(before[a:b]), "".join(after[c:d])
        between = 0 < index < len(opcodes) - 1
        if tag != "equal" or (between and not old_part.strip()):
            # White space between two changes belongs to them.
            gone, added = gone + old_part, added + new_part
            continue
        found += [("weg", gone), ("erbij", added), ("gelijk", old_part)]
        gone = added = ""
    found += [("weg", gone), ("erbij", added)]
    return [(kind, text) for kind, text in found if text]


def counted_reactions(
    session: Session, consultation_id: int, number: int, actions: Collection[str]
) -> list[Row[Any]]:
    """The reactions in a round that count, one per action and participant.

    Of participants who count as one, the last reaction to an action is theirs. A row has
    ``action_id``, ``participant``, ``stance``, ``rank``, ``wording`` and ``group``.
    """
    query = (
        select(
            Reaction.action_id,
            COUNTED_PERSON.label("participant"),
            Reaction.stance,
            Reaction.rank,
            Reaction.wording,
            COUNTED_GROUP.label("group"),
        )
        .join(Participant, Participant.id == Reaction.participant_id)
        .join(Round, Round.id == Reaction.round_id)
        .outerjoin(JointParticipant, JointParticipant.id == Participant.joint_id)
        .where(
            Round.consultation_id == consultation_id,
            Round.number == number,
            Reaction.action_id.in_(actions),
            Reaction.participant_id.in_(counting_participants()),
            current_version(),
        )
        .order_by(Reaction.at, Reaction.id)
    )
    last = {(each.action_id, each.participant): each for each in session.execute(query)}
    return list(last.values())


def _words(
    session: Session, consultation_id: int, number: int, seen: OpdrachtSnapshot
) -> dict[str, dict[str, list[ReactionWords]]]:
    """The words about each action (an empty id: what is missing), by what they are."""
    actions = {each.id: each for each in seen.actions}
    kinds = [
        Contribution.question.startswith(f"{each}:") for each in (CONDITION, AMENDMENT, REASON)
    ]
    standing = (
        select(Reaction.action_id, Reaction.participant_id, Reaction.stance)
        .join(Round, Round.id == Reaction.round_id)
        .where(Round.consultation_id == consultation_id, Round.number == number, current_version())
    )
    stances = {(action, who): stance for action, who, stance in session.execute(standing)}
    query = (
        answers(
            Contribution.id,
            Contribution.question,
            ContributionVersion.text,
            Participant.id.label("who"),
            Participant.group,
            Statement.id.label("statement"),
            Statement.start,
            Statement.end,
            Participant.id.in_(consented("citaat")).label("quotable"),
        )
        .join(Participant, Participant.id == Submission.participant_id)
        .outerjoin(Statement, Statement.contribution_version_id == ContributionVersion.id)
        .where(
            *active_answer(consultation_id),
            Round.number == number,
            Submission.opdracht == seen.opdracht,
            or_(Contribution.question == MISSING, *kinds),
        )
        .order_by(Contribution.created_at, Contribution.id, Statement.start)
    )
    found: dict[str, dict[str, list[ReactionWords]]] = {}
    known: set[str] = set()
    for row in session.execute(query):
        what, action = read_key(row.question) or (MISSING, "")
        if row.id in known or (action and action not in actions):
            continue
        known.add(row.id)
        stance = stances.get((action, row.who))
        if what == CONDITION and stance != "voorwaarde":
            # The participant changed their mind; the words stay an answer of theirs.
            what = REASON
        answer = actions[action].amendments.get(row.statement or "") if action else None
        whole = row.statement is None
        said = ReactionWords(
            contribution=row.id,
            text=readable(row.text),
            group=row.group,
            stance=stance,
            start=0 if whole else row.start,
            end=len(row.text) if whole else row.end,
            quotable=bool(row.quotable),
            statement=row.statement,
            answer=answer,
        )
        found.setdefault(action, {}).setdefault(what, []).append(said)
    return found


def _points(rows: Sequence[Row[Any]], catalogue: Catalogue) -> dict[tuple[str, str], float]:
    """The points that each participant gives, by participant and action."""
    ballots: dict[str, dict[str, tuple[str, int | None]]] = {}
    for each in rows:
        ballots.setdefault(each.participant, {})[each.action_id] = (each.stance, each.rank)
    rule = catalogue.consultatie.gedragen
    return {
        (who, action): value
        for who, ballot in ballots.items()
        for action, value in points(ballot, rule).items()
    }


def _of_action(
    wording: str,
    own: Sequence[Row[Any]],
    words: Mapping[str, Sequence[ReactionWords]],
    given: Mapping[tuple[str, str], float],
    catalogue: Catalogue,
) -> ActionReactions:
    rule = catalogue.consultatie.gedragen
    names = {each.slug: each.naam for each in catalogue.groepen}
    by_group: dict[str, Counter[str]] = {}
    values: dict[str, list[float]] = {}
    for each in own:
        group = each.group or UNKNOWN_GROUP
        by_group.setdefault(group, Counter())[each.stance] += 1
        if (each.participant, each.action_id) in given:
            values.setdefault(group, []).append(given[each.participant, each.action_id])
    priority, priorities = suggested(values, rule)
    groups = tuple(
        group_stance(group, people, rule)
        for group, people in sorted(by_group.items(), key=lambda one: (-one[1].total(), one[0]))
    )
    now = wording_hash(wording)
    return ActionReactions(
        groups=groups,
        total=group_stance("", Counter(each.stance for each in own), rule),
        verdict=verdict(groups, rule, names),
        conditions=tuple(words.get(CONDITION, ())),
        amendments=tuple(words.get(AMENDMENT, ())),
        reasons=tuple(words.get(REASON, ())),
        earlier=sum(each.wording != now for each in own),
        first=sum(each.rank == 1 for each in own),
        ranked=sum(each.rank is not None for each in own),
        priority=priority,
        priorities=priorities,
    )
