"""A small analysed consultation with ids that are easy to name, and random decisions on it."""

from __future__ import annotations

import random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation import rounds
from consultation.catalogue import Catalogue
from consultation.database.models import (
    AnalysisRun,
    Assignment,
    Consent,
    Contribution,
    ContributionVersion,
    Participant,
    RunProposal,
    RunTheme,
    Statement,
    Submission,
    Theme,
    now,
)
from consultation.database.storage import Storage


def sid(number: int) -> str:
    """The id of statement ``number``."""
    return f"{number:032x}"


def tid(number: int) -> str:
    """The id of theme ``number``."""
    return f"{number + 0xA000:032x}"


def nid(number: int) -> str:
    """The id of a theme or action that a person makes."""
    return f"{number + 0xB000:032x}"


PLACES: dict[int, int | None] = {
    **dict.fromkeys(range(12), 4),
    **dict.fromkeys(range(12, 16), 5),
    16: None,
    17: None,
}
THEMES = {0: (4, range(5)), 1: (4, range(5, 8)), 2: (4, range(8, 10)), 3: (5, range(12, 15))}
"""Theme -> opdracht and statements; 10, 11 and 15 are in no theme."""


def staged(storage: Storage, catalogue: Catalogue) -> int:
    """One round with 18 statements of 6 people, a run with 4 themes, and 3 proposals."""
    with storage.writing() as session:
        consultation = rounds.ensure_consultation(session, catalogue).id
        round_ = rounds.open_(session, consultation, 1)
        for person in range(6):
            _speaks(session, consultation, round_.id, person)
        run = AnalysisRun(round_id=round_.id, finished_at=now())
        session.add(run)
        session.flush()
        for number, (opdracht, members) in THEMES.items():
            session.add(
                Theme(
                    id=tid(number),
                    consultation_id=consultation,
                    opdracht=opdracht,
                    number=number + 1,
                    created_run_id=run.id,
                )
            )
            session.flush()
            session.add(
                RunTheme(
                    run_id=run.id,
                    theme_id=tid(number),
                    label=f"machine {number}",
                    action_statement_id=sid(members[0]),
                    quotes=[sid(members[1])],
                )
            )
            session.add_all(
                Assignment(
                    statement_id=sid(each), theme_id=tid(number), run_id=run.id, score=0.9 - at / 50
                )
                for at, each in enumerate(members)
            )
        for name, kind, themes, statements in (
            ("split:a", "split", [tid(0)], [sid(0), sid(1)]),
            ("merge:a", "merge", [tid(1), tid(2)], []),
            ("move:a", "move", [tid(0), tid(1)], [sid(2)]),
        ):
            session.add(
                RunProposal(
                    run_id=run.id,
                    id=name,
                    opdracht=4,
                    kind=kind,
                    themes=themes,
                    statements=statements,
                    label="voorgesteld" if kind == "split" else "",
                )
            )
        return consultation


def _speaks(session: Session, consultation: int, round_id: int, person: int) -> None:
    participant = Participant(id=f"{person + 0xC000:032x}", consultation_id=consultation)
    session.add(participant)
    session.flush()
    session.add(
        Consent(participant_id=participant.id, purpose="analyse", granted=True, version="1")
    )
    for opdracht in (4, 5, None):
        own = [n for n, place in PLACES.items() if place == opdracht and n % 6 == person]
        if not own:
            continue
        submission = Submission(participant_id=participant.id, round_id=round_id, opdracht=opdracht)
        session.add(submission)
        session.flush()
        contribution = Contribution(
            submission_id=submission.id, question="drempel", channel="import"
        )
        session.add(contribution)
        session.flush()
        text = " ".join(f"Uitspraak nummer {n:02d}." for n in own)
        version = ContributionVersion(contribution_id=contribution.id, version=1, text=text)
        session.add(version)
        session.flush()
        session.add_all(
            Statement(
                id=sid(n),
                contribution_version_id=version.id,
                start=at * 21,
                end=at * 21 + 20,
                kind="drempel",
                opdracht=opdracht,
            )
            for at, n in enumerate(own)
        )


def amendment(session: Session, action: str, statement: str) -> None:
    """An amendment of an action by person 0, as one statement."""
    submission = session.scalars(select(Submission).where(Submission.opdracht == 4)).first()
    assert submission is not None
    contribution = Contribution(
        submission_id=submission.id, question=f"wijziging:{action}", channel="form"
    )
    contribution.versions.append(ContributionVersion(version=1, text="Begin later."))
    session.add(contribution)
    session.flush()
    version = contribution.versions[0].id
    session.add(
        Statement(
            id=statement,
            contribution_version_id=version,
            start=0,
            end=12,
            kind="voorstel",
            opdracht=4,
        )
    )


def decision(rng: random.Random, events: int) -> dict[str, Any]:
    """One decision, of any kind: mostly sensible, now and then on what is not there."""

    def theme() -> str:
        return rng.choice([*map(tid, THEMES), *map(tid, (0, 1, 2)), *map(nid, range(4))])

    def statements() -> list[str]:
        return [sid(each) for each in rng.sample(range(18), rng.randint(1, 4))]

    label = f"naam {rng.randint(0, 999)}"
    number = nid(rng.randrange(4))
    action = rng.choice([*map(nid, range(4, 7)), *PROPOSED])
    choices: list[dict[str, Any]] = [
        {"op": "rename", "theme": theme(), "label": label},
        {"op": "describe", "theme": theme(), "text": label},
        {"op": "merge", "themes": [theme(), theme()], "into": theme()},
        {"op": "split", "theme": theme(), "statements": statements(), "label": label, "id": number},
        {"op": "create", "opdracht": 4, "label": label, "statements": statements(), "id": number},
        {"op": "move", "statements": statements(), "to": theme()},
        {"op": "move", "statements": statements(), "to": theme(), "from": theme()},
        {"op": "copy", "statements": statements(), "to": theme()},
        {"op": "remove", "statements": statements(), "theme": theme()},
        {"op": "approve", "theme": theme()},
        {"op": "reject", "theme": theme()},
        {"op": "off_topic", "statements": statements()},
        {"op": "place", "statements": statements(), "opdracht": rng.choice([4, 5, None])},
        {"op": "place", "statement": statements()[0], "themes": [theme(), theme()]},
        {"op": "place", "statement": statements()[0], "themes": []},
        {"op": "stance", "statements": statements(), "stance": rng.choice(["voor", "geen"])},
        {"op": "reorder", "opdracht": 4, "themes": [theme(), theme()]},
        {"op": "note", "theme": theme(), "text": label},
        {"op": "accept", "proposal": rng.choice(["split:a", "merge:a", "move:a"])},
        {"op": "decline", "proposal": rng.choice(["split:a", "merge:a", "move:a"])},
        {"op": "action", "do": "create", "opdracht": 4, "text": label, "themes": [theme()]}
        | {"id": nid(rng.randint(4, 6))},
        {"op": "action", "do": "text", "action": action, "text": label},
        {"op": "action", "do": "set", "action": action, "trekker": label, "priority": 2},
        {"op": "action", "do": "status", "action": action, "status": "goedgekeurd"},
        {"op": "action", "do": "join", "actions": [action], "into": nid(rng.randint(4, 6))},
        {"op": "action", "do": "hand_over", "action": action, "opdracht": 5},
    ]
    if events and rng.random() < 0.25:
        return {"op": "revoke", "event": rng.randint(1, events)}
    return rng.choice(choices)


def _proposed() -> list[str]:
    from consultation.curation.replay import proposed_action_id

    return [proposed_action_id(tid(each)) for each in THEMES]


PROPOSED = _proposed()
