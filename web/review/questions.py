"""Questions of participants that the assistant could not answer: a list, and what was done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from consultation import audit
from consultation.catalogue import Opdracht
from consultation.database.models import ParticipantQuestion
from consultation.participation import questions
from web.access.login import CurrentReviewer, Reviewer
from web.dependencies import Here
from web.review.common import PageNumber, PostedForm, back_to, page, paged
from web.server.threads import WritingRoute

router = APIRouter(prefix="/beheer", include_in_schema=False, route_class=WritingRoute)

_DONE = {"beantwoord": "vraag_beantwoord", "heropen": "vraag_heropend"}


@dataclass(frozen=True)
class Part:
    """The questions on one opdracht; ``opdracht`` is None for those asked outside any."""

    opdracht: Opdracht | None
    questions: Sequence[ParticipantQuestion]


@router.get("/vragen")
def questions_page(
    request: Request, here: Here, reviewer: CurrentReviewer, pagina: PageNumber = 1
) -> Response:
    """The questions per opdracht, those that are still open first."""
    reviewer.require("read", reviewer.opdracht)
    with here.storage.reading() as session:
        found = questions.asked(session, here.consultation_id, reviewer.opdracht)
        waiting = sum(each.state == questions.OPEN for each in found)
        shown = paged(found, pagina)
        return page(
            request,
            here,
            reviewer,
            "beheer/vragen.html",
            parts=list(_parts(here.catalogue.opdrachten, shown.items)),
            shown=shown,
            waiting=waiting,
        )


@router.post("/vragen/{number:int}")
def handle_question(request: Request, here: Here, form: PostedForm, number: int) -> Response:  # noqa: ARG001
    """Marks a question as answered, with a note, or opens it again."""
    what = form.line("doe")
    note = form.text("notitie")
    if what not in _DONE:
        raise HTTPException(404)
    with here.storage.writing() as session:
        found = questions.find(session, here.consultation_id, number)
        if found is None:
            raise HTTPException(404)
        form.reviewer.require("decide", found.opdracht, form.typed)
        name = form.reviewer.name
        if what == "beantwoord":
            questions.handle(found, name, note)
        else:
            questions.reopen(found)
        audit.record(session, here.consultation_id, name, _DONE[what], vraag=number)
    return back_to(f"/beheer/vragen#vraag-{number}")


def open_questions(reviewer: Reviewer, counted: dict[int | None, int]) -> int:
    """The number of open questions that an account may read."""
    return sum(count for number, count in counted.items() if reviewer.may("read", number))


def _parts(opdrachten: Sequence[Opdracht], shown: Sequence[ParticipantQuestion]) -> Iterator[Part]:
    for opdracht in (*opdrachten, None):
        number = opdracht.nummer if opdracht is not None else None
        here = [each for each in shown if each.opdracht == number]
        if here:
            yield Part(opdracht, here)
