"""What the proposed action plan tells of each opdracht beside its actions and themes.

All figures follow the rules of ``consultation.queries.disclosure``: no number of fewer than five
people, no words without consent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from analysis.comparison import Kind, developments
from analysis.stance.rules import RuleMentions, named_rule, rules_named
from consultation.catalogue import UNKNOWN_GROUP, Catalogue, Opdracht
from consultation.queries.disclosure import FOLD_BELOW, Breakdown, Quote, breakdown, quotable
from consultation.queries.opdracht_snapshot import OpdrachtSnapshot
from consultation.queries.public_labels import public_label
from consultation.queries.stances import HELD, ThemeStance, theme_stance
from consultation.queries.statements import StatementView
from consultation.queries.themes import ThemeView
from consultation.reactions.priorities import SuggestedPriority
from consultation.reactions.results import (
    ActionReactions,
    round_reactions,
    verdict,
    word_diff,
)
from consultation.runs import latest_run
from reporting.export_words import word
from reporting.own_placing_figures import own_placing_sentence
from reporting.pair_figures import PairFigure, pair_figure, run_behind
from reporting.plan import Plan, PlanAction, PlanOpdracht
from reporting.publication import published, published_rounds

CHARACTERS = ("drempel", "hefboom", "voorstel")
"""What a theme is for the plan: what most of its people say, the first of these if two tie."""

_QUOTES_OF_A_SIDE = 2
_RULES = 20
_OFFERED = 10


@dataclass(frozen=True)
class StanceRow:
    """People for, against and for on a condition; None is fewer than five. ``group`` "" is all."""

    group: str
    people: tuple[int | None, int | None, int | None]


@dataclass(frozen=True)
class PublicStance:
    """The stances in a theme as may be public.

    ``divided`` is whether people stand on both sides. ``minority`` is the smaller side if at least
    five people take it, with quotes of it; empty otherwise.
    """

    theme: str
    rows: tuple[StanceRow, ...]
    divided: bool
    minority: str
    people: int
    quotes: tuple[Quote, ...]


@dataclass(frozen=True)
class ReactionRow:
    """Those with an opinion on an action in one group, and the share in favour with its limits.

    ``group`` is "" for everybody. Shares are from 0 to 1, limits are those of 95 %.
    """

    group: str
    opinions: int
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class PublicReaction:
    """What people think of an action in the last reaction round, as may be public.

    ``rows`` is empty for fewer than five people. ``reasons`` say why it is not carried.
    ``priority`` is what support and ranks suggest, None for fewer than five people.
    """

    action: str
    text: str
    rows: tuple[ReactionRow, ...]
    carried: bool
    reasons: tuple[str, ...]
    priority: SuggestedPriority | None


@dataclass(frozen=True)
class PublicAmendment:
    """An action that has the words of a participant, who amended it and agrees to be quoted.

    ``parts`` is the difference from the wording before (``word_diff``); empty if that wording may
    not be shown. ``reason`` is what the facilitator gave.
    """

    action: str
    text: str
    parts: tuple[tuple[str, str], ...]
    reason: str


@dataclass(frozen=True)
class PublicRule:
    """A rule that people name; ``people`` is None for fewer than five."""

    name: str
    people: int | None
    hinders: bool
    helps: bool


@dataclass(frozen=True)
class Changes:
    """What changed since an earlier round: codes and labels of themes by kind, and actions."""

    since: int
    themes: Mapping[Kind, tuple[str, ...]]
    new_actions: tuple[str, ...]
    gone_actions: tuple[str, ...]

    @property
    def any(self) -> bool:
        """Whether anything changed."""
        return bool(self.themes or self.new_actions or self.gone_actions)


@dataclass(frozen=True)
class PlanChapter:
    """All that the plan tells of one opdracht.

    ``character`` maps a theme id to one of ``CHARACTERS``. ``people`` are those who said something.
    ``rules_left`` counts the rules that may not be named. ``changes`` is None in the first round.
    ``reactions`` are those of the last reaction round, None without one. ``amendments`` are those
    that were accepted.
    """

    opdracht: Opdracht
    part: PlanOpdracht
    people: Breakdown
    character: Mapping[str, str]
    reactions: tuple[PublicReaction, ...] | None
    amendments: tuple[PublicAmendment, ...]
    stances: tuple[PublicStance, ...]
    rules: tuple[PublicRule, ...]
    rules_left: int
    pairs: PairFigure | None
    own_placings: str
    changes: Changes | None

    @property
    def suggested(self) -> dict[str, SuggestedPriority]:
        """The priorities that reactions suggest for actions without one, by action."""
        unset = {each.id for each in self.part.actions if each.priority is None}
        found = {each.action: each.priority for each in self.reactions or ()}
        return {each: one for each, one in found.items() if one is not None and each in unset}

    def on_rules(self, effect: str) -> list[PlanAction]:
        """The actions that ask for this change of rules (``PlanAction.regelgeving``)."""
        return [each for each in self.part.actions if each.regelgeving == effect]

    @property
    def trekkers(self) -> list[str]:
        """The trekker of the opdracht, or else those of its actions, without doubles."""
        named = [self.opdracht.trekker] if self.opdracht.trekker else []
        return named or list(dict.fromkeys(x.trekker for x in self.part.actions if x.trekker))


def chapters(
    session: Session,
    consultation_id: int,
    catalogue: Catalogue,
    plan: Plan,
    snapshots: Mapping[int, OpdrachtSnapshot],
) -> list[PlanChapter]:
    """The chapters of a plan, one per opdracht in it, in the order of the catalogue.

    Raises:
        SamenspraakError: the pipeline that detects names is unavailable.
    """
    earlier = [each for each in published_rounds(session, consultation_id) if each < plan.round]
    before = published(session, consultation_id, earlier[0]) if earlier else None
    found = []
    for opdracht in catalogue.opdrachten:
        part = plan.opdracht(opdracht.nummer)
        if part is None:
            continue
        seen = snapshots[opdracht.nummer]
        said = [each for each in seen.said if each.round <= plan.round]
        views = {each.id: each for each in seen.themes}
        rules, left = _rules(session, rules_named(said))
        run = run_behind(session, consultation_id, opdracht.nummer, plan.round)
        own = own_placing_sentence(session, consultation_id, opdracht.nummer, plan.round)
        old = before.plan.opdracht(opdracht.nummer) if before else None
        found.append(
            PlanChapter(
                opdracht=opdracht,
                part=part,
                people=_people(said),
                character={
                    each.id: character(views[each.id].said)
                    for each in part.themes
                    if each.id in views
                },
                reactions=public_reactions(session, consultation_id, catalogue, part, seen),
                amendments=tuple(_amendments(session, part, seen)),
                stances=tuple(_stances(session, part, views, seen, plan.round)),
                rules=rules,
                rules_left=left,
                pairs=pair_figure(session, consultation_id, opdracht.nummer, run),
                own_placings=own,
                changes=_changes(session, consultation_id, plan, part, old),
            )
        )
    return found


def public_reactions(
    session: Session,
    consultation_id: int,
    catalogue: Catalogue,
    part: PlanOpdracht,
    seen: OpdrachtSnapshot,
) -> tuple[PublicReaction, ...] | None:
    """The reactions to the actions of a plan in the last reaction round; None without a round."""
    found = round_reactions(session, consultation_id, seen, catalogue)
    if found is None:
        return None
    told = ((each, found.of(each.id)) for each in part.actions)
    return tuple(_reaction(each, own, catalogue) for each, own in told if own is not None)


def _reaction(action: PlanAction, found: ActionReactions, catalogue: Catalogue) -> PublicReaction:
    opinions = breakdown({each.group: each.opinions for each in found.groups}, UNKNOWN_GROUP)
    named = {slug for slug, _ in opinions.groups}
    rows = [found.total, *(each for each in found.groups if each.group in named)]
    names = {each.slug: each.naam for each in catalogue.groepen}
    names |= {each.group: word("kleine_groep") for each in found.groups if each.group not in named}
    judged = verdict(found.groups, catalogue.consultatie.gedragen, names)
    return PublicReaction(
        action=action.id,
        text=action.text,
        rows=()
        if opinions.people is None
        else tuple(
            ReactionRow(
                "" if each is found.total else each.group,
                each.opinions,
                each.share,
                each.low,
                each.high,
            )
            for each in rows
            if each.share is not None
        ),
        carried=judged.carried,
        reasons=judged.reasons,
        priority=None if opinions.people is None else found.priority,
    )


def _amendments(
    session: Session, part: PlanOpdracht, seen: OpdrachtSnapshot
) -> Iterable[PublicAmendment]:
    """The actions whose wording is an accepted amendment; a plan holds no other quotes of them."""
    for action in part.actions:
        known = seen.state.actions.get(action.id)
        if known is None or action.statement is None or known.statement != action.statement:
            continue
        answer = known.amendments.get(action.statement)
        event = seen.state.outcomes.get(answer.event) if answer and answer.accepted else None
        if answer is None or event is None:
            continue
        old = event.before.text if event.before else None
        if event.before and event.before.statement:
            quotes = quotable(session, [event.before.statement])
            old = quotes[event.before.statement].text if quotes else None
        parts = word_diff(old, action.text) if old else []
        yield PublicAmendment(action.id, action.text, tuple(parts), answer.reason)


def character(said: Iterable[StatementView]) -> str:
    """What most people in a theme say: a ``drempel``, a ``hefboom`` or a ``voorstel``."""
    people = {each: set[str]() for each in CHARACTERS}
    for each in said:
        if each.kind in people:
            people[each.kind].add(each.participant)
    most = max(CHARACTERS, key=lambda each: len(people[each]))
    return most if people[most] else "voorstel"


def _people(said: Iterable[StatementView]) -> Breakdown:
    groups = {each.participant: each.group for each in said}
    return breakdown(Counter(groups.values()), UNKNOWN_GROUP)


def _stances(
    session: Session,
    part: PlanOpdracht,
    views: Mapping[str, ThemeView],
    seen: OpdrachtSnapshot,
    until_round: int,
) -> Iterable[PublicStance]:
    for theme in part.themes:
        if theme.people.people is None or theme.id not in views:
            continue
        said = [each for each in views[theme.id].said if each.round <= until_round]
        found = theme_stance(said, seen.stances)
        rows = [StanceRow("", _shown(found.people))]
        named = {slug for slug, _ in theme.people.groups}
        rows += [
            StanceRow(group, _shown(counts))
            for group, counts in found.groups.items()
            if group in named
        ]
        told = tuple(each for each in rows if any(each.people))
        if told or found.divided:
            yield PublicStance(
                theme=f"{theme.code} {theme.label}",
                rows=told,
                divided=found.divided,
                minority=found.minority,
                people=_side(found),
                quotes=_of_side(session, found),
            )


def _shown(people: Mapping[str, int]) -> tuple[int | None, int | None, int | None]:
    pro, against, conditional = (people[each] for each in HELD)
    return _enough(pro), _enough(against), _enough(conditional)


def _enough(people: int) -> int | None:
    return people if people >= FOLD_BELOW else None


def _side(found: ThemeStance) -> int:
    """The people on the side of the minority."""
    sides = {"tegen": ("tegen",), "voor": ("voor", "voorwaardelijk")}.get(found.minority, ())
    return len({each.participant for side in sides for each in found.said[side]})


def _of_side(session: Session, found: ThemeStance) -> tuple[Quote, ...]:
    if not found.minority:
        return ()
    offered = [each.id for each in found.said[found.minority]][:_OFFERED]
    quotes = quotable(session, offered)
    return tuple(quotes[each] for each in offered if each in quotes)[:_QUOTES_OF_A_SIDE]


def _rules(
    session: Session, mentions: Sequence[RuleMentions]
) -> tuple[tuple[PublicRule, ...], int]:
    """The rules that may be named, and the number of others.

    A name is a slice of what people said: it is told if five people name the rule, or else in the
    words of somebody who may be quoted.
    """
    rare = {each.name: _offered(each) for each in mentions if each.people < FOLD_BELOW}
    quotes = quotable(session, [each for ids in rare.values() for each in ids])
    found = []
    for each in mentions:
        name: str | None = public_label(each.name)
        if each.people < FOLD_BELOW:
            said = (named_rule(quotes[id_].text) for id_ in rare[each.name] if id_ in quotes)
            name = next((rule.text for rule in said if rule), None)
        if name:
            found.append(
                PublicRule(name, _enough(each.people), bool(each.hindering), bool(each.helping))
            )
    return tuple(found[:_RULES]), len(mentions) - len(found[:_RULES])


def _offered(rule: RuleMentions) -> list[str]:
    return [each.id for each in (*rule.hindering, *rule.helping)][:_OFFERED]


def _changes(
    session: Session,
    consultation_id: int,
    plan: Plan,
    part: PlanOpdracht,
    old: PlanOpdracht | None,
) -> Changes | None:
    analysed = [
        each
        for each in range(1, plan.round + 1)
        if latest_run(session, consultation_id, part.nummer, each) is not None
    ]
    if len(analysed) < 2:
        return None
    first, second = analysed[-2:]
    shown = {each.id: f"{each.code} {each.label}" for each in part.themes}
    themes: dict[Kind, tuple[str, ...]] = {}
    for each in developments(session, consultation_id, part.nummer, first, second):
        if each.theme in shown and each.kind != "same" and not each.proposed:
            themes[each.kind] = (*themes.get(each.kind, ()), shown[each.theme])
    known = {each.id: each.text for each in old.actions} if old else {}
    here = {each.id for each in part.actions}
    return Changes(
        since=first,
        themes=themes,
        new_actions=tuple(x.text for x in part.actions if x.id not in known) if old else (),
        gone_actions=tuple(text for id_, text in known.items() if id_ not in here),
    )
