"""A document cut into statements, to check and correct before it counts; then confirm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

from fastapi import APIRouter, Request, Response

from analysis.preprocessing import document_drafts
from analysis.preprocessing.document_drafts import (
    CheckedStatement,
    DocumentProposal,
    proposal,
    store_checked,
)
from analysis.preprocessing.statement_kind import Kind
from analysis.preprocessing.statements import StatementPreview
from consultation.errors import ImportFileError
from consultation.importing.drafts import Draft
from consultation.queries.answer_view import marked
from dialogue.messages import say
from web.access.login import CurrentReviewer, Reviewer
from web.dependencies import Here, Services
from web.errors import Problem
from web.review.common import (
    FormPost,
    PageNumber,
    PostedForm,
    back_to,
    page,
    paged,
)
from web.review.importing.dutch import refused, remarks
from web.review.importing.uploads import (
    DOCUMENT,
    START,
    drafts,
    may_bring_in,
    round_of,
    wanted,
)
from web.server.threads import WritingRoute

PER_PAGE = 50
USES = {"telt": "Telt mee", "vorige": "Hoort bij de vorige", "niet": "Telt niet mee"}
KINDS: tuple[Kind, ...] = get_args(Kind)
_QUOTING = {"ja": True, "nee": False}
_CHECKED = "nagekeken"
_ABOUT = "van_wie"

router = APIRouter(prefix="/beheer", include_in_schema=False, route_class=WritingRoute)

Corrections = dict[str, dict[str, str]]
"""What a person chose, by the number of the statement: ``kind``, ``opdracht`` and ``use``."""


@dataclass(frozen=True)
class Proposed:
    """A proposed statement on the page: its number in the document, from 1, and what is chosen."""

    number: int
    row: int
    said: StatementPreview
    kind: str
    opdracht: str
    use: str
    corrected: bool


@router.get("/invoer/document/{draft}")
def document_page(
    request: Request,
    here: Here,
    reviewer: CurrentReviewer,
    draft: str,
    pagina: PageNumber = 1,
) -> Response:
    """The document as it would be stored; while it is read, the page asks again by itself."""
    may_bring_in(reviewer)
    found = wanted(here, draft)
    return _show(request, here, reviewer, found, pagina)


@router.post("/invoer/document/{draft}")
def decide_on_document(request: Request, here: Here, form: PostedForm, draft: str) -> Response:
    """Keeps the corrections of a page, and goes on or imports the document."""
    may_bring_in(form.reviewer)
    found = wanted(here, draft)
    seen = proposal(found)
    if seen is None:
        return back_to(f"{DOCUMENT}/{found.id}")
    number = form.number("pagina") or 1
    try:
        corrections = _corrected(here, form, found, seen)
        about = _about(here, form)
        statements = _checked(seen, corrections, form.reviewer.name)
        if not any(statements):
            raise Problem(422, say("invoer_niets_telt"))
    except Problem as problem:
        return _show(request, here, form.reviewer, found, number, str(problem.detail))
    found.write(_CHECKED, corrections)
    found.write(_ABOUT, about)
    what = form.line("doe")
    if what != "bevestig":
        forward = {"volgende": 1, "vorige": -1}.get(what, 0)
        return back_to(f"{DOCUMENT}/{found.id}", pagina=max(1, number + forward), bewaard="1")
    rows = tuple(
        replace(
            row,
            group=row.group or about["groep"] or None,
            organisation=row.organisation or about["organisatie"] or None,
            citaat=_QUOTING.get(about["citaat"], row.citaat),
        )
        for row in seen.file.rows
    )
    result, stored = store_checked(
        here.storage,
        here.consultation_id,
        round_of(here, found),
        replace(seen.file, rows=rows),
        statements,
        here.catalogue,
        form.reviewer.name,
    )
    drafts(here).discard(found)
    return back_to(
        START,
        erbij=str(result.added),
        gewijzigd=str(result.changed),
        zelfde=str(result.skipped),
        mensen=str(result.participants),
        uitspraken=str(stored),
    )


def _corrected(here: Services, form: FormPost, draft: Draft, seen: DocumentProposal) -> Corrections:
    """All corrections so far, with those of this form.

    Raises:
        Problem: 422, a value is none of those that the page offers.
    """
    found: Corrections = dict(draft.read(_CHECKED) or {})
    for each in _proposed(seen, found):
        if f"soort-{each.number}" not in form.fields:
            continue
        kind, use = form.line(f"soort-{each.number}"), form.line(f"telt-{each.number}")
        opdracht = form.number(f"opdracht-{each.number}")
        if kind not in KINDS or use not in USES:
            raise Problem(422, say("invoer_onbekende_keuze", nummer=each.number))
        if opdracht is not None and here.catalogue.opdracht(opdracht) is None:
            raise Problem(422, say("invoer_onbekende_keuze", nummer=each.number))
        chosen = {"kind": kind, "opdracht": "" if opdracht is None else str(opdracht), "use": use}
        if chosen == _by_itself(each.said):
            found.pop(str(each.number), None)
        else:
            found[str(each.number)] = chosen
    return found


def _about(here: Services, form: FormPost) -> dict[str, str]:
    """Who the document is of, as the form says."""
    group = form.line("groep")
    return {
        "groep": group if here.catalogue.groep(group) else "",
        "organisatie": form.line("organisatie", 200),
        "citaat": form.line("citaat"),
    }


def _checked(
    seen: DocumentProposal, corrections: Corrections, account: str
) -> list[list[CheckedStatement]]:
    """The statements to store, per row.

    Raises:
        Problem: 422, a statement belongs to a previous one that is not there or does not count.
    """
    rows: list[list[CheckedStatement]] = [[] for _ in seen.statements]
    previous: Proposed | None = None
    for each in _proposed(seen, corrections):
        before, previous = previous, each
        found = rows[each.row]
        if each.use == "niet":
            continue
        if each.use == "vorige":
            if not found or before is None or before.row != each.row or before.use == "niet":
                raise Problem(422, say("invoer_geen_vorige", nummer=each.number))
            found[-1] = replace(found[-1], end=each.said.end, placed_by=account)
            continue
        own = _by_itself(each.said)
        opdracht = int(each.opdracht) if each.opdracht else None
        found.append(
            CheckedStatement(
                start=each.said.start,
                end=each.said.end,
                kind=each.kind,  # type: ignore[arg-type]
                opdracht=opdracht,
                score=_score(each.said, opdracht),
                placed_by=account if each.opdracht != own["opdracht"] else "machine",
            )
        )
    return rows


def _score(said: StatementPreview, opdracht: int | None) -> float | None:
    """The probability of the stored opdracht, or of the likeliest where none is stored."""
    for match in said.opdrachten:
        if opdracht in (None, match.number):
            return round(match.score, 4)
    return None


def _by_itself(said: StatementPreview) -> dict[str, str]:
    """What would be stored without a correction."""
    number = said.opdrachten[0].number if said.sure and said.opdrachten else None
    return {"kind": said.kind, "opdracht": "" if number is None else str(number), "use": "telt"}


def _proposed(seen: DocumentProposal, corrections: Corrections) -> list[Proposed]:
    found: list[Proposed] = []
    for row, statements in enumerate(seen.statements):
        for said in statements:
            number = len(found) + 1
            chosen = corrections.get(str(number))
            found.append(
                Proposed(
                    number=number,
                    row=row,
                    said=said,
                    **(chosen or _by_itself(said)),
                    corrected=chosen is not None,
                )
            )
    return found


def _show(
    request: Request,
    here: Services,
    reviewer: Reviewer,
    draft: Draft,
    number: int,
    refusal: str = "",
) -> Response:
    seen = proposal(draft)
    fault = draft.read(document_drafts.FAULT) if seen is None else None
    if seen is None and fault is None:
        here.readings.start(draft)
    told = [refusal] if refusal else []
    if fault is not None:
        told = _faults(str(fault), draft)
    corrections: Corrections = draft.read(_CHECKED) or {}
    statements = [] if seen is None else _proposed(seen, corrections)
    about: Mapping[str, str] = draft.read(_ABOUT) or {}
    shown = page(
        request,
        here,
        reviewer,
        "beheer/document.html",
        422 if told else 200,
        draft=draft,
        refusals=told,
        seen=seen,
        reading=seen is None and fault is None,
        total=len(statements),
        unsure=sum(not each.opdracht and each.use == "telt" for each in statements),
        corrected=sum(each.corrected for each in statements),
        shown=paged(statements, number, PER_PAGE),
        whole=[] if seen is None else _texts(seen, statements),
        remarks=[] if seen is None else remarks(seen.file, ()),
        about={"groep": "", "organisatie": "", "citaat": "", **about},
        kinds=KINDS,
        uses=USES,
        saved="bewaard" in request.query_params,
    )
    if seen is None and fault is None:
        shown.headers["Refresh"] = "2"
    return shown


def _faults(fault: str, draft: Draft) -> list[str]:
    known = {
        document_drafts.NOT_PROSE: "invoer_is_tabel",
        document_drafts.NO_ENCODER: "codeboek_kan_niet",
    }
    if fault in known:
        return [say(known[fault])]
    return refused(ImportFileError(fault), str(draft.file))


def _texts(seen: DocumentProposal, statements: Sequence[Proposed]) -> list[Any]:
    """The text of each row, with the characters of its statements marked."""
    return [
        marked(
            row.text,
            [
                (str(each.number), each.said.start, each.said.end)
                for each in statements
                if each.row == index and each.use != "niet"
            ],
        )
        for index, row in enumerate(seen.file.rows)
    ]
