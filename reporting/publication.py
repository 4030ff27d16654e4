"""Publishes the approved themes and actions of a round, and withdraws publications.

A publication stores the decisions and the ids of their statements. Sizes and quotes are computed
from the active statements when a page is read, so erasing a participant or withdrawing a consent
takes effect at once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, union
from sqlalchemy.orm import Session

from analysis.supporters import proposers
from consultation import audit, rounds
from consultation.catalogue import Catalogue
from consultation.curation.chain import LogHead, log_head
from consultation.curation.state import CuratedAction
from consultation.curation.store import last_decision_and_run
from consultation.database.models import Round, Statement, now
from consultation.database.records import Publication, PublishedStatement, PublishedSupport
from consultation.database.storage import Storage, in_chunks
from consultation.errors import RoundError
from consultation.notices.queue import drop_round, queue_round
from consultation.queries.disclosure import all_releasable, organisations, releasable
from consultation.queries.opdracht_snapshot import (
    OpdrachtSnapshot,
    SnapshotCache,
    opdracht_snapshot,
)
from consultation.queries.public_labels import public_labels
from consultation.queries.statements import Author, authors
from consultation.rounds import lock_consultation
from reporting.plan import (
    CANDIDATES,
    NOBODY,
    DecidedOpdracht,
    DecidedTheme,
    Plan,
    PlanAction,
    counted,
)

_ACTION = (
    "id",
    "text",
    "statement",
    "themes",
    "trekker",
    "partners",
    "priority",
    "deadline",
    "regelgeving",
)
_TRIES = 5
_APPROVED = ("goedgekeurd", "gepubliceerd")


@dataclass(frozen=True)
class PublishedRound:
    """A published round: its number, the time of publication, and the plan as may be shown now.

    ``log`` is the head of the log of decisions at that time; None for older publications.
    """

    number: int
    at: datetime
    plan: Plan
    log: LogHead | None = None


@dataclass(frozen=True)
class CountedPlan:
    """A plan and what it was counted from: decisions, and the authors of active statements.

    ``log`` is the head of the log of decisions when it was published; None if it was not kept.
    """

    plan: Plan
    decided: tuple[DecidedOpdracht, ...]
    heard: Mapping[str, Author]
    log: LogHead | None


def approved(
    session: Session,
    consultation_id: int,
    catalogue: Catalogue,
    until_round: int | None = None,
    snapshots: SnapshotCache | None = None,
) -> Plan:
    """The plan as it would be published now: approved themes and actions only.

    It covers all rounds up to and including ``until_round``, by default the last one. ``snapshots``
    is the cache to use; without it everything is read from the database.
    """
    last = rounds.latest_round(session, consultation_id)
    number = until_round or (last.number if last else 0)

    def made(seen: Mapping[int, OpdrachtSnapshot] | None) -> Plan:
        heard = None
        if seen is not None:
            heard = {
                each.id: Author(each.participant, each.group, each.sender)
                for one in seen.values()
                for each in one.said
                if each.round <= number
            }
        allowed = None
        if snapshots is not None:
            allowed = snapshots.kept(
                session,
                consultation_id,
                "releasable",
                lambda: all_releasable(session, consultation_id),
                decisions=False,
            )
        decided = approved_content(session, consultation_id, catalogue, number, seen, allowed)
        names = organisations(session, consultation_id, number)
        return counted(session, consultation_id, decided, number, now(), names, heard, allowed)

    if snapshots is None:
        return made(None)
    opdrachten = [each.nummer for each in catalogue.opdrachten]
    return snapshots.kept(
        session,
        consultation_id,
        f"plan {number}",
        lambda: made(snapshots.all(session, consultation_id, opdrachten)),
    )


def release(
    storage: Storage, consultation_id: int, catalogue: Catalogue, number: int, account: str = ""
) -> None:
    """Publishes a closed round like ``publish``, but holds the lock for a shorter time.

    The content is gathered without the lock, and again if a decision or a run was stored meanwhile.
    After ``_TRIES`` failed attempts it is gathered while holding the lock.

    Raises:
        RoundError: there is no such round, or it is still open.
    """
    for _ in range(_TRIES):
        with storage.reading() as session:
            rounds.require_closed_round(session, consultation_id, number)
            base = last_decision_and_run(session, consultation_id)
            decided = approved_content(session, consultation_id, catalogue, number)
        with storage.writing() as session:
            lock_consultation(session, consultation_id)
            if last_decision_and_run(session, consultation_id) == base:
                _publish(session, consultation_id, number, account, decided)
                return
    with storage.writing() as session:
        lock_consultation(session, consultation_id)
        publish(session, consultation_id, catalogue, number, account)


def publish(
    session: Session,
    consultation_id: int,
    catalogue: Catalogue,
    number: int,
    account: str = "",
) -> Publication:
    """Publishes a closed round; publishing it again replaces the earlier publication.

    Its approved actions have the status ``gepubliceerd`` from then on
    (``consultation.queries.public_actions``). Everything happens inside the caller's transaction;
    ``release`` holds the lock for a shorter time.

    Raises:
        RoundError: there is no such round, or it is still open.
    """
    rounds.require_closed_round(session, consultation_id, number)
    decided = approved_content(session, consultation_id, catalogue, number)
    return _publish(session, consultation_id, number, account, decided)


def _publish(
    session: Session,
    consultation_id: int,
    number: int,
    account: str,
    decided: Sequence[DecidedOpdracht],
) -> Publication:
    round_ = rounds.require_closed_round(session, consultation_id, number)
    _take_back(session, round_)
    content = {
        "opdrachten": [_stored(each) for each in decided],
        "support": True,
        "log": asdict(log_head(session, consultation_id)),
    }
    made = Publication(round_id=round_.id, account=account, content=content)
    session.add(made)
    session.flush()
    themes = [theme for part in decided for theme in part.themes]
    support = [
        (action, statement)
        for part in decided
        for action, statements in (part.support or {}).items()
        for statement in statements
    ]
    wanted = [each for theme in themes for each in theme.statements]
    wanted += [statement for _, statement in support]
    # Statements may have been erased since the content was gathered.
    there = {each for (each,) in in_chunks(session, select(Statement.id), Statement.id, wanted)}
    rows = [
        {
            "publication_id": made.id,
            "theme": theme.id,
            "statement_id": statement,
            "quote": rank.get(statement),
        }
        for theme in themes
        for rank in [{each: place for place, each in enumerate(theme.quotes)}]
        for statement in theme.statements
        if statement in there
    ]
    if rows:
        session.execute(insert(PublishedStatement), rows)
    backing = [
        {"publication_id": made.id, "action": action, "statement_id": statement}
        for action, statement in support
        if statement in there
    ]
    if backing:
        session.execute(insert(PublishedSupport), backing)
    round_.status, round_.published_at = "gepubliceerd", made.at
    queue_round(session, round_)
    audit.record(session, consultation_id, account, "gepubliceerd", ronde=number)
    session.flush()
    return made


def withdraw(session: Session, consultation_id: int, number: int, account: str = "") -> None:
    """Withdraws a publication: public pages stop showing it, and the round is ``gesloten`` again.

    Raises:
        RoundError: there is no such round, or it is not published.
    """
    round_ = rounds.require_round(session, consultation_id, number)
    if round_.status != "gepubliceerd":
        raise RoundError(f"round {number} is not published; there is nothing to take back.")
    _take_back(session, round_)
    drop_round(session, round_)
    round_.status, round_.published_at = "gesloten", None
    audit.record(session, consultation_id, account, "ingetrokken", ronde=number)
    session.flush()


def published_rounds(session: Session, consultation_id: int) -> list[int]:
    """The numbers of the currently published rounds, the latest first."""
    query = (
        select(Round.number)
        .join(Publication, Publication.round_id == Round.id)
        .where(Round.consultation_id == consultation_id, Publication.withdrawn_at.is_(None))
        .order_by(Round.number.desc())
        .distinct()
    )
    return list(session.scalars(query))


def published(
    session: Session, consultation_id: int, number: int | None = None
) -> PublishedRound | None:
    """The publication of a round, by default of the last published one; None if there is none."""
    found = [row for row in _standing(session, consultation_id) if number in (None, row[1].number)]
    return next(iter(_rounds(_released(session, consultation_id, found[:1]))), None)


def latest_published(
    session: Session, consultation_id: int, opdracht: int, most: int = 2
) -> list[PublishedRound]:
    """The last ``most`` published rounds, the latest first, with the part of one opdracht only.

    They are counted in one pass, because consecutive rounds share most statements.
    """
    found = _standing(session, consultation_id)[:most]
    return _rounds(_released(session, consultation_id, found, opdracht))


def counted_publications(session: Session, consultation_id: int) -> list[CountedPlan]:
    """The publications in force, the latest round first, with what they were counted from."""
    return _released(session, consultation_id, _standing(session, consultation_id))


def counted_approved(session: Session, consultation_id: int, catalogue: Catalogue) -> CountedPlan:
    """The plan as it would be published now, with what it was counted from."""
    last = rounds.latest_round(session, consultation_id)
    number = last.number if last else 0
    decided = approved_content(session, consultation_id, catalogue, number)
    heard = authors(session, consultation_id, number)
    names = organisations(session, consultation_id, number)
    plan = counted(session, consultation_id, decided, number, now(), names, heard)
    return CountedPlan(plan, tuple(decided), heard, log_head(session, consultation_id))


def _rounds(found: Sequence[CountedPlan]) -> list[PublishedRound]:
    return [PublishedRound(each.plan.round, each.plan.at, each.plan, each.log) for each in found]


def _standing(session: Session, consultation_id: int) -> list[tuple[Publication, Round]]:
    """The publications in force with their rounds, one per round, the latest round first."""
    query = (
        select(Publication, Round)
        .join(Round, Round.id == Publication.round_id)
        .where(Round.consultation_id == consultation_id, Publication.withdrawn_at.is_(None))
        .order_by(Round.number, Publication.id)
    )
    by_round = {round_.id: (publication, round_) for publication, round_ in session.execute(query)}
    return list(reversed(by_round.values()))


def _released(
    session: Session,
    consultation_id: int,
    found: Sequence[tuple[Publication, Round]],
    opdracht: int | None = None,
) -> list[CountedPlan]:
    parts = {
        publication.id: [
            each
            for each in publication.content["opdrachten"]
            if opdracht is None or each["nummer"] == opdracht
        ]
        for publication, _ in found
    }
    themes = {theme["id"] for own in parts.values() for part in own for theme in part["themes"]}
    under = PublishedStatement.publication_id.in_(parts) & PublishedStatement.theme.in_(themes)
    actions = {each["id"] for own in parts.values() for part in own for each in part["actions"]}
    behind = PublishedSupport.publication_id.in_(parts) & PublishedSupport.action.in_(actions)
    heard = authors(
        session,
        consultation_id,
        among=union(
            select(PublishedStatement.statement_id).where(under),
            select(PublishedSupport.statement_id).where(behind),
        ).subquery(),
    )
    support: dict[tuple[int, str], list[str]] = {}
    for row in session.scalars(select(PublishedSupport).where(behind)):
        support.setdefault((row.publication_id, row.action), []).append(row.statement_id)
    members: dict[tuple[int, str], list[str]] = {}
    quotes: dict[tuple[int, str], list[str]] = {}
    statements = (
        select(
            PublishedStatement.publication_id,
            PublishedStatement.theme,
            PublishedStatement.statement_id,
            PublishedStatement.quote,
        )
        .where(under)
        .order_by(PublishedStatement.quote, PublishedStatement.statement_id)
    )
    for publication_id, theme, statement, quote in session.execute(statements):
        members.setdefault((publication_id, theme), []).append(statement)
        if quote is not None:
            quotes.setdefault((publication_id, theme), []).append(statement)
    rounds_ = []
    for publication, round_ in found:
        kept = publication.content.get("support") or any(
            (publication.id, action["id"]) in support
            for part in parts[publication.id]
            for action in part["actions"]
        )
        decided = [
            _read(each, publication.id, members, quotes, support if kept else None)
            for each in parts[publication.id]
        ]
        names = organisations(session, consultation_id, round_.number)
        at, number = publication.at, round_.number
        plan = counted(session, consultation_id, decided, number, at, names, heard)
        log = publication.content.get("log")
        head = LogHead(log["events"], log["link"]) if log else None
        rounds_.append(CountedPlan(plan, tuple(decided), heard, head))
    return rounds_


def approved_content(
    session: Session,
    consultation_id: int,
    catalogue: Catalogue,
    until_round: int,
    snapshots: Mapping[int, OpdrachtSnapshot] | None = None,
    allowed: Collection[str] | None = None,
) -> list[DecidedOpdracht]:
    """The approved themes and actions per opdracht; opdrachten without any are left out.

    ``snapshots`` and ``allowed`` (the statements that may be quoted) are read from the database if
    they are not given.

    Raises:
        SamenspraakError: the pipeline that detects names is unavailable.
    """
    seen = snapshots or {
        each.nummer: opdracht_snapshot(session, consultation_id, each.nummer)
        for each in catalogue.opdrachten
    }
    members = {
        view.id: [each.id for each in view.said if each.round <= until_round]
        for one in seen.values()
        for view in one.themes
        if view.status in _APPROVED
    }
    offered = {
        view.id: _offered([each.id for each in view.quotes], members[view.id])
        for one in seen.values()
        for view in one.themes
        if view.id in members
    }
    if allowed is None:
        allowed = releasable(session, [each for one in offered.values() for each in one])
    labels = public_labels(
        session,
        {
            view.id: (view.label, members[view.id])
            for one in seen.values()
            for view in one.themes
            if view.id in members
        },
    )
    found = []
    for number, one in seen.items():
        themes = tuple(
            DecidedTheme(
                id=view.id,
                code=view.code,
                label=labels[view.id],
                description=view.description,
                statements=tuple(members[view.id]),
                quotes=tuple([x for x in offered[view.id] if x in allowed][:CANDIDATES]),
            )
            for view in one.themes
            if view.id in members
        )
        approved_ = [
            each for each in one.actions if each.status in _APPROVED and each.joined_into is None
        ]
        actions = tuple(_action(each, members.keys()) for each in approved_)
        support = {
            each.id: tuple(
                said.id for said in proposers(each, seen.values()) if said.round <= until_round
            )
            for each in approved_
        }
        if themes or actions:
            found.append(DecidedOpdracht(number, themes, actions, support))
    return found


def _offered(chosen: list[str], members: list[str]) -> list[str]:
    """Candidates for quotes: those chosen for the theme, then its most central statements."""
    inside = set(members)
    ordered = [*(each for each in chosen if each in inside), *members]
    return list(dict.fromkeys(ordered))[: 4 * CANDIDATES]


def _action(action: CuratedAction, shown: Collection[str]) -> PlanAction:
    return PlanAction(
        id=action.id,
        text=action.text or "",
        statement=None if action.text else action.statement,
        themes=tuple(each for each in action.themes if each in shown),
        trekker=action.trekker,
        partners=action.partners,
        priority=action.priority,
        deadline=action.deadline.isoformat() if action.deadline else None,
        regelgeving=action.regelgeving,
        people=NOBODY,
    )


def _stored(decided: DecidedOpdracht) -> dict[str, Any]:
    return {
        "nummer": decided.nummer,
        "themes": [
            {name: getattr(each, name) for name in ("id", "code", "label", "description")}
            for each in decided.themes
        ],
        "actions": [
            {name: value for name, value in asdict(each).items() if name in _ACTION}
            for each in decided.actions
        ],
    }


def _read(
    raw: dict[str, Any],
    publication: int,
    members: Mapping[tuple[int, str], list[str]],
    quotes: Mapping[tuple[int, str], list[str]],
    support: Mapping[tuple[int, str], list[str]] | None,
) -> DecidedOpdracht:
    return DecidedOpdracht(
        nummer=raw["nummer"],
        themes=tuple(
            DecidedTheme(
                **each,
                statements=tuple(members.get((publication, each["id"]), ())),
                quotes=tuple(quotes.get((publication, each["id"]), ())),
            )
            for each in raw["themes"]
        ),
        actions=tuple(
            PlanAction(
                **{
                    **each,
                    "themes": tuple(each["themes"]),
                    "partners": tuple(each["partners"]),
                    "people": NOBODY,
                }
            )
            for each in raw["actions"]
        ),
        support=None
        if support is None
        else {
            each["id"]: tuple(support.get((publication, each["id"]), ())) for each in raw["actions"]
        },
    )


def _take_back(session: Session, round_: Round) -> None:
    """Marks the publications of a round as withdrawn and deletes their links to statements."""
    query = select(Publication).where(
        Publication.round_id == round_.id, Publication.withdrawn_at.is_(None)
    )
    for each in session.scalars(query):
        each.withdrawn_at = now()
        for table in (PublishedStatement, PublishedSupport):
            session.execute(delete(table).where(table.publication_id == each.id))
