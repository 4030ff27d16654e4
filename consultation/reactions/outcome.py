"""What became of a participant's words: an answer for each statement, whatever became of it.

The answer follows from what stands now: the last run, the decisions over it, and what facilitators
wrote to all who said what is in a theme. Nothing is stored, so it is always up to date.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consultation.catalogue import Catalogue
from consultation.curation.state import CuratedAction, CuratedTheme
from consultation.database.models import (
    Contribution,
    ContributionVersion,
    Objection,
    Round,
    Statement,
    Submission,
)
from consultation.participation import participants
from consultation.participation.reactions import AMENDMENT, read_key
from consultation.queries.disclosure import quotable
from consultation.queries.opdracht_snapshot import OpdrachtSnapshot
from consultation.queries.public_labels import public_label
from language.segmentation.plain_text import readable

Fate = Literal[
    "in_het_plan",
    "goedgekeurd",
    "verworpen",
    "open",
    "thema",
    "thema_verworpen",
    "zonder_thema",
    "niet_hierover",
    "geen_antwoord",
    "andere_taal",
    "vaste_tekst",
    "niet_gelezen",
    "zonder_opdracht",
    "niet_bekeken",
    "geen_toestemming",
    "wijziging_open",
    "wijziging_over",
    "wijziging_niet",
    "trekker",
    "dringend",
]
SENTENCES: Mapping[Fate, str] = {
    "in_het_plan": "Uw woorden staan achter een actie in het plan.",
    "goedgekeurd": "Uw woorden staan achter een actie die goedgekeurd is.",
    "verworpen": "Uw woorden leidden tot een actie, maar die wordt niet uitgevoerd.",
    "open": "Er is een ontwerp van een actie. Daarover is nog niet beslist.",
    "thema": "Uw woorden horen bij een thema. Er is nog geen actie uit gekomen.",
    "thema_verworpen": "Niet meegenomen, want de begeleiders namen dit thema niet over.",
    "zonder_thema": "Bekeken, maar ze horen nog bij geen thema. Een begeleider kan dat nog doen.",
    "niet_hierover": "Niet meegenomen, want dit gaat volgens een begeleider niet over de opdracht.",
    "geen_antwoord": "Niet meegenomen, want er staat geen inhoud in om te verwerken.",
    "andere_taal": "Niet meegenomen, want dit is geen Nederlands. Een begeleider leest het wel.",
    "vaste_tekst": "Niet meegenomen, want dit is een groet of een vaste zin rond uw antwoord.",
    "niet_gelezen": "Niet meegenomen, want de computer kon dit niet lezen. Een mens doet dat.",
    "zonder_opdracht": "Nog niet bekeken. Een begeleider kiest nog bij welke opdracht dit hoort.",
    "niet_bekeken": "Nog niet bekeken. Dat gebeurt na de ronde.",
    "geen_toestemming": "Niet meegenomen, want we mogen uw antwoorden niet onderzoeken.",
    "wijziging_open": "Uw voorstel voor een andere tekst is nog niet bekeken.",
    "wijziging_over": "Uw voorstel is overgenomen. De actie heeft nu uw tekst.",
    "wijziging_niet": "Uw voorstel voor een andere tekst is niet overgenomen.",
    "trekker": "Dit telt mee bij wie de acties moet uitvoeren.",
    "dringend": "Dit telt mee bij hoe dringend de opdracht is.",
}
"""What is told of each fate, in plain Dutch."""

_OF_STATUS: Mapping[str, Fate] = {
    "gepubliceerd": "in_het_plan",
    "goedgekeurd": "goedgekeurd",
    "ontwerp": "open",
    "verworpen": "verworpen",
}
_BEST_FIRST: tuple[Fate, ...] = ("in_het_plan", "goedgekeurd", "open", "verworpen")


@dataclass(frozen=True)
class ToldAction:
    """An action that came of a statement; ``text`` is empty if its wording may not be shown.

    ``own``: it rests on this very statement, not only on the theme.
    """

    text: str
    fate: Fate
    reason: str
    own: bool


@dataclass(frozen=True)
class WordsOutcome:
    """What became of one statement, or of an answer that has no statements.

    ``statement`` is None where the answer has none. ``theme`` is the name of the theme, with
    personal data masked, and ``settled`` whether a person approved it. ``reply`` is what the
    facilitators wrote to all who said this. ``objected``: its author said that this is not what
    they meant.
    """

    round: int
    opdracht: int | None
    question: str | None
    words: str
    fate: Fate
    statement: str | None = None
    theme: str = ""
    settled: bool = False
    actions: tuple[ToldAction, ...] = ()
    reply: str = ""
    reason: str = ""
    objected: bool = False

    @property
    def told(self) -> str:
        """The sentence that tells what became of it."""
        return SENTENCES[self.fate]


@dataclass(frozen=True)
class _Said:
    round: int
    opdracht: int | None
    question: str | None
    text: str
    unread: str | None
    cut_at: datetime | None
    statement: str | None
    placed: int | None


def outcomes(
    session: Session,
    participant_id: str,
    catalogue: Catalogue,
    snapshot: Callable[[int], OpdrachtSnapshot],
) -> list[WordsOutcome]:
    """What became of all that a participant said, in all rounds: each statement has an answer.

    ``snapshot`` gives the snapshot of an opdracht by number.

    Raises:
        SamenspraakError: the pipeline that detects names is unavailable; names the remedy.
    """
    said = list(_said(session, participant_id))
    agreed = participants.consents(session, participant_id).get("analyse", False)
    objected = set(
        session.scalars(
            select(Objection.statement_id).where(Objection.participant_id == participant_id)
        )
    )
    numbers = {each.placed for each in said if each.placed is not None}
    numbers |= {each.opdracht for each in said if each.opdracht is not None}
    seen = {number: snapshot(number) for number in numbers if catalogue.opdracht(number)}
    wordings = _wordings(session, seen.values())
    runs = {number: _read_in(session, each) for number, each in seen.items()}
    return [_outcome(each, agreed, objected, catalogue, seen, runs, wordings) for each in said]


def _said(session: Session, participant_id: str) -> Iterable[_Said]:
    query = (
        select(
            Round.number,
            Submission.opdracht,
            Contribution.question,
            func.substr(
                ContributionVersion.text,
                func.coalesce(Statement.start, 0) + 1,
                func.coalesce(Statement.end, func.length(ContributionVersion.text))
                - func.coalesce(Statement.start, 0),
            ),
            ContributionVersion.unread,
            ContributionVersion.cut_at,
            Statement.id,
            Statement.opdracht,
        )
        .select_from(ContributionVersion)
        .join(Contribution, Contribution.id == ContributionVersion.contribution_id)
        .join(Submission, Submission.id == Contribution.submission_id)
        .join(Round, Round.id == Submission.round_id)
        .outerjoin(Statement, Statement.contribution_version_id == ContributionVersion.id)
        .where(
            Submission.participant_id == participant_id,
            ContributionVersion.version == Contribution.version,
        )
        .order_by(
            Round.number,
            Submission.created_at,
            Contribution.created_at,
            Contribution.id,
            Statement.start,
        )
    )
    for row in session.execute(query):
        yield _Said(*row)


def _wordings(session: Session, seen: Iterable[OpdrachtSnapshot]) -> dict[str, str]:
    """The wordings of actions that may be shown, by action: own words, or quotes that may be."""
    actions = [action for each in seen for action in each.actions if not action.proposed]
    quoted = {each.statement for each in actions if each.text is None and each.statement}
    quotes = quotable(session, sorted(quoted)) if quoted else {}
    found = {}
    for action in actions:
        if action.text is not None:
            found[action.id] = action.text
        elif action.statement in quotes:
            found[action.id] = quotes[action.statement].text
    return found


def _read_in(session: Session, seen: OpdrachtSnapshot) -> tuple[int, datetime] | None:
    """The round up to which the last run read, and when it started; None without a run."""
    if seen.run is None:
        return None
    return session.get_one(Round, seen.run.round_id).number, seen.run.started_at


def _outcome(
    said: _Said,
    agreed: bool,
    objected: set[str],
    catalogue: Catalogue,
    seen: Mapping[int, OpdrachtSnapshot],
    runs: Mapping[int, tuple[int, datetime] | None],
    wordings: Mapping[str, str],
) -> WordsOutcome:
    def told(fate: Fate, **more: Any) -> WordsOutcome:
        return WordsOutcome(
            round=said.round,
            opdracht=said.opdracht,
            question=said.question,
            words=readable(said.text).strip(),
            fate=fate,
            statement=said.statement,
            objected=said.statement in objected,
            **more,
        )

    if not agreed:
        return told("geen_toestemming")
    soort = catalogue.soort(said.opdracht, said.question)
    if soort in ("trekker", "prioriteit") and said.statement is None:
        return told("trekker" if soort == "trekker" else "dringend")
    about = read_key(said.question)
    if about is not None and about[0] == AMENDMENT:
        return _amendment(told, said, about[1], seen)
    if said.unread in ("tijd", "fout"):
        return told("niet_gelezen")
    if said.statement is None:
        return told("geen_antwoord" if said.cut_at else "niet_bekeken")
    place = said.placed
    snapshot = seen.get(place) if place is not None else None
    if snapshot is None:
        return told("zonder_opdracht")
    run = runs[snapshot.opdracht]
    read = (
        run is not None
        and said.round <= run[0]
        and said.cut_at is not None
        and said.cut_at <= run[1]
    )
    return _in_opdracht(told, said.statement, snapshot, read, wordings)


def _amendment(
    told: Callable[..., WordsOutcome],
    said: _Said,
    action: str,
    seen: Mapping[int, OpdrachtSnapshot],
) -> WordsOutcome:
    known = seen.get(said.opdracht or 0)
    found = known.state.actions.get(action) if known is not None else None
    answer = found.amendments.get(said.statement or "") if found is not None else None
    if answer is None:
        return told("wijziging_open")
    return told("wijziging_over" if answer.accepted else "wijziging_niet", reason=answer.reason)


def _in_opdracht(
    told: Callable[..., WordsOutcome],
    statement: str,
    seen: OpdrachtSnapshot,
    read: bool,
    wordings: Mapping[str, str],
) -> WordsOutcome:
    state = seen.state
    theme = _theme_of(seen, statement)
    actions = _actions_of(seen, statement, theme, wordings)
    named: dict[str, Any] = {
        "theme": public_label(theme.label) if theme else "",
        "settled": theme is not None and theme.status == "goedgekeurd",
        "reply": theme.reply.text if theme and theme.reply else "",
    }
    if actions:
        fates = {each.fate for each in actions if each.own} or {each.fate for each in actions}
        fate = next(each for each in _BEST_FIRST if each in fates)
        reason = next((each.reason for each in actions if each.fate == fate and each.reason), "")
        return told(fate, actions=tuple(actions), reason=reason, **named)
    if statement in state.off_topic:
        return told("niet_hierover", **named)
    if theme is not None:
        return told("thema_verworpen" if theme.status == "verworpen" else "thema", **named)
    marks = seen.marks
    if statement in marks.languages:
        return told("andere_taal")
    if statement in marks.no_answer:
        return told("geen_antwoord")
    if statement in marks.fixed:
        return told("vaste_tekst")
    return told("zonder_thema" if read else "niet_bekeken")


def _theme_of(seen: OpdrachtSnapshot, statement: str) -> CuratedTheme | None:
    """The theme that a statement is in: its first live one, else one that was rejected."""
    own = [
        (theme, member)
        for theme in seen.state.themes.values()
        for member in theme.members
        if member.statement == statement and theme.status != "samengevoegd"
    ]
    own.sort(key=lambda each: (not each[0].live, not each[1].primary, -each[1].score, each[0].id))
    return own[0][0] if own else None


def _actions_of(
    seen: OpdrachtSnapshot,
    statement: str,
    theme: CuratedTheme | None,
    wordings: Mapping[str, str],
) -> list[ToldAction]:
    """The actions that people decided on and that rest on a statement, or on its theme."""
    found = []
    for action in seen.actions:
        if action.proposed:
            continue
        own = statement in _behind(action)
        if own or (theme is not None and theme.live and theme.id in action.themes):
            fate = _OF_STATUS.get(action.status, "open")
            found.append(ToldAction(wordings.get(action.id, ""), fate, action.reason, own))
    return sorted(found, key=lambda each: (not each.own, _BEST_FIRST.index(each.fate)))


def _behind(action: CuratedAction) -> set[str]:
    """The statements that an action quotes, quoted, or was composed of, and its support."""
    one = {each for each in (action.statement, action.reworded) if each}
    return one | {*(action.support or ()), *action.seconds, *action.sources}
