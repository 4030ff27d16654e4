"""The first page of the review: the round, and the note's table of opdrachten with live figures."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import select

from consultation.access import floods
from consultation.catalogue import Opdracht
from consultation.database.models import Account, AnalysisRun, Round
from consultation.participation import questions, reactions
from consultation.queries import coverage_gaps, participation
from consultation.queries.review_progress import ReviewProgress, review_progress
from consultation.queries.statements import StatementCounts, counts
from consultation.queries.themes import latest_run
from consultation.queries.unanalysed_answers import count_new
from consultation.reactions import objections
from web.access.login import CurrentReviewer
from web.dependencies import Here
from web.review.common import ChosenRound, chosen_round, page
from web.review.questions import open_questions

router = APIRouter(prefix="/beheer", include_in_schema=False)


@dataclass(frozen=True)
class Row:
    """One opdracht in the overview. ``themes`` is None while there is no analysis."""

    opdracht: Opdracht
    numbers: participation.ParticipationCounts
    statements: int
    seen: ReviewProgress | None
    arrived: int
    run: AnalysisRun | None
    trekkers: tuple[str, ...]

    @property
    def status(self) -> str:
        """The progress of the review of this opdracht, as a Dutch key for the template."""
        if not self.numbers.answers:
            return "leeg"
        if self.seen is None:
            return "niet_geanalyseerd"
        if not self.seen.shown and not self.seen.rejected:
            return "geen_themas"
        if self.seen.candidates == 0 and self.seen.approved:
            return "beoordeeld"
        return "bezig" if self.seen.decided else "te_beoordelen"


@router.get("")
def overview(
    request: Request, here: Here, reviewer: CurrentReviewer, ronde: ChosenRound = None
) -> HTMLResponse:
    """All rounds, all opdrachten with who was heard, and who was not."""
    with here.storage.reading() as session:
        chosen = chosen_round(session, here, ronde)
        until = chosen.number if chosen else None
        run = latest_run(session, here.consultation_id, None, ronde)
        runs = {
            each.nummer: latest_run(session, here.consultation_id, each.nummer, ronde)
            for each in here.catalogue.opdrachten
        }
        stand, said = here.snapshots.kept(
            session,
            here.consultation_id,
            f"overview {until} {ronde}",
            lambda: (
                counts(session, here.consultation_id, until),
                participation.per_opdracht(session, here.consultation_id, until),
            ),
            decisions=False,
        )
        arrived = count_new(session, here.consultation_id, runs, until)
        limited = session.execute(
            select(Account.opdracht, Account.name).where(Account.opdracht.is_not(None))
        )
        trekkers: dict[int, list[str]] = {}
        for number, name in limited:
            assert number is not None
            trekkers.setdefault(number, []).append(name)
        snapshots = here.snapshots.all(
            session,
            here.consultation_id,
            [number for number, own in runs.items() if own is not None],
        )
        rows = [
            Row(
                opdracht=each,
                numbers=said.get(each.nummer, participation.ParticipationCounts()),
                statements=stand.get(each.nummer, StatementCounts()).statements,
                seen=review_progress(snapshots[each.nummer]) if runs[each.nummer] else None,
                arrived=arrived[each.nummer],
                run=runs[each.nummer],
                trekkers=((each.trekker,) if each.trekker else ())
                + tuple(sorted(trekkers.get(each.nummer, []))),
            )
            for each in here.catalogue.opdrachten
        ]
        people = {number: found.groups for number, found in said.items()}
        every = participation.per_round(session, here.consultation_id)
        return page(
            request,
            here,
            reviewer,
            "beheer/overzicht.html",
            rounds=every,
            reacted={
                each.round.id: reactions.reacted(session, each.round.id)
                for each in every
                if each.round.kind == "reactie"
            },
            chosen=chosen,
            run=run,
            run_round=session.get(Round, run.round_id) if run else None,
            rows=rows,
            arrived=sum(arrived[number] for number, own in runs.items() if own is not None),
            gaps=coverage_gaps.gaps(here.catalogue.opdrachten, here.catalogue.groepen, people),
            unplaced=stand.get(None, StatementCounts()),
            flooded=floods.waiting(session, here.consultation_id),
            objected=objections.count_open(session, here.consultation_id, reviewer.opdracht),
            asked=open_questions(reviewer, questions.count_open(session, here.consultation_id)),
        )
