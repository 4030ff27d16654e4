"""The codebook of an opdracht in the browser: its themes in words, and what these would catch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import UploadFile

from analysis.asking.desk import NEW_THEME
from analysis.asking.live_mapping import CaughtStatement
from analysis.codebook.standing import maps
from consultation.curation.codebook_file import (
    LARGEST,
    CodebookFileError,
    as_csv,
    codebook_rows,
    import_codebook,
    parse_codebook,
)
from consultation.curation.log import CurationError
from consultation.curation.operations import Describe
from consultation.curation.state import CuratedTheme, CurationState
from consultation.database.models import new_id
from consultation.queries.opdracht_snapshot import OpdrachtSnapshot
from consultation.queries.unanalysed_answers import count_new
from dialogue.messages import say
from web.access.login import CurrentReviewer, Reviewer
from web.dependencies import Here, Services
from web.errors import Problem
from web.review.asking.encoder import needs_encoder, reading_page
from web.review.asking.new_theme import new_theme
from web.review.carry_out import Raw, Refusal, carry_out, explained, feedback
from web.review.common import (
    FormPost,
    PostedForm,
    after,
    back_to,
    known_opdracht,
    page,
)
from web.server.threads import WritingRoute

CAUGHT_SHOWN = 20

router = APIRouter(prefix="/beheer", include_in_schema=False, route_class=WritingRoute)


@router.get("/opdrachten/{number:int}/codeboek")
def codebook_page(
    request: Request, here: Here, reviewer: CurrentReviewer, number: int
) -> HTMLResponse:
    """The themes of an opdracht in words; what nobody described yet comes first."""
    return show_codebook(request, here, reviewer, number, request.query_params)


@router.post("/opdrachten/{number:int}/codeboek")
def describe(request: Request, here: Here, form: PostedForm, number: int) -> Response:
    """Stores a theme's name and description, tries them, or takes over a file."""
    known_opdracht(here, number)
    form.reviewer.require("decide", number, form.typed)
    what = form.line("doe")
    path = f"/beheer/opdrachten/{number}/codeboek"
    if what == "laad":
        return _taken_over(request, here, form, number)
    with here.storage.reading() as session:
        seen = here.snapshots.of(session, here.consultation_id, number)
    try:
        if what == "vang":
            caught = _caught(here, form, number)
            return show_codebook(
                request, here, form.reviewer, number, {}, typed=form.typed, caught=caught
            )
        raw = _written(form, number, seen)
    except Problem as problem:
        if problem.status_code != 422:
            raise
        return _refused(request, here, form, number, Refusal(422, str(problem.detail)))
    done = carry_out(here, form, number, raw)
    if isinstance(done, Refusal):
        return _refused(request, here, form, number, done)
    return after(path, done)


@router.get("/opdrachten/{number:int}/codeboek.csv")
def codebook_file(here: Here, reviewer: CurrentReviewer, number: int) -> Response:
    """The codebook as a file, as ``codebook import`` reads it; for use within the team."""
    known_opdracht(here, number)
    reviewer.require("export", number)
    with here.storage.reading() as session:
        rows = codebook_rows(session, here.consultation_id, [number])
    return Response(
        as_csv(rows).encode("utf-8-sig"),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="codeboek-{number}.csv"'},
    )


@needs_encoder()
def show_codebook(
    request: Request,
    here: Services,
    reviewer: Reviewer,
    number: int,
    query: Mapping[str, str],
    refusal: Refusal | None = None,
    typed: Mapping[str, Any] | None = None,
    caught: Sequence[CaughtStatement] | None = None,
    drafted: bool = False,
) -> HTMLResponse:
    """The page of the codebook; ``caught`` is what the typed description would catch.

    ``drafted``: a language model wrote what is typed.
    """
    opdracht = known_opdracht(here, number)
    reviewer.require("read", number)
    if waits := reading_page(request, here, reviewer, opdracht, "/codeboek"):
        return waits
    with here.storage.reading() as session:
        seen = here.snapshots.of(session, here.consultation_id, number)
        arrived = count_new(session, here.consultation_id, {number: seen.run})[number]
    themes = [each for each in seen.state.themes_of(number) if each.live]
    described = [each for each in themes if each.description.strip() and each.decided]
    candidates = [each for each in themes if each not in described]
    said = {each.id: seen.view(each).said for each in themes}
    if described:
        said |= here.desk.mapped_now(number)
    return page(
        request,
        here,
        reviewer,
        "beheer/codeboek.html",
        refusal.status if refusal else 200,
        **feedback(seen, query, refusal, typed),
        opdracht=opdracht,
        arrived=arrived,
        described=described,
        candidates=candidates,
        said=said,
        shown=_shown(here, seen, candidates),
        examples={each.id: _examples(seen, each) for each in themes},
        caught=caught,
        caught_shown=CAUGHT_SHOWN,
        sources=_sources(caught or (), (typed or {}).get("thema", "")),
        ready=maps(seen.state),
        stopped=_lost_descriptions(seen.state),
        drafts=bool(here.settings.llm_url),
        drafted=drafted,
        taken={name: query[name] for name in ("gemaakt", "gewijzigd", "zelfde") if name in query},
    )


def _lost_descriptions(state: CurationState) -> bool:
    """Whether statements were mapped until the last description of an approved theme went."""
    described = any(
        isinstance(each.event.operation, Describe) and each.event.operation.text.strip()
        for each in state.log
    )
    approved = any(each.status == "goedgekeurd" for each in state.themes.values())
    return described and approved and not maps(state)


def _shown(
    here: Services, seen: OpdrachtSnapshot, candidates: Sequence[CuratedTheme]
) -> Mapping[str, Any]:
    """Three statements of different people per candidate, chosen to differ."""
    groups = {each.id: [one.statement for one in each.members] for each in candidates}
    return here.desk.differing(seen.opdracht, groups) if groups else {}


def _sources(caught: Sequence[CaughtStatement], theme: str) -> list[tuple[str, int]]:
    """From which theme the caught statements come, most first; ``""`` is from no theme."""
    found = Counter(
        each.source.name if each.source else ""
        for each in caught
        if each.source is None or each.source.theme != theme
    )
    return found.most_common()


@needs_encoder()
def _caught(here: Services, form: FormPost, number: int) -> tuple[CaughtStatement, ...]:
    """What the typed description would catch; nothing is stored."""
    name, description, excludes, examples = _typed(form)
    theme = form.line("thema") or NEW_THEME
    return here.desk.would_catch(number, name, description, excludes, examples, theme)


def _typed(form: FormPost) -> tuple[str, str, str, list[str]]:
    """Name, description, what does not belong, and examples, as typed.

    Raises:
        Problem: 422, the name or the description is missing, or a field is too long.
    """
    name, description = form.line("label"), form.text("beschrijving")
    if not name or not description:
        raise Problem(422, say("codeboek_leeg"), typed=form.typed)
    lines = (" ".join(each.split()) for each in form.text("voorbeelden").split("\n"))
    examples = list(dict.fromkeys(each for each in lines if each))
    return name, description, form.text("niet"), examples


def _written(form: FormPost, number: int, seen: OpdrachtSnapshot) -> list[Raw]:
    """The operations that make the theme what the form says, and put it in the codebook."""
    name, description, excludes, examples = _typed(form)
    known = seen.state.themes.get(form.line("thema"))
    theme = form.line("thema")
    if not theme:
        return new_theme(number, new_id(), name, description, excludes, examples)
    raw: list[Raw] = []
    if known is None or known.label != name or not known.named_by:
        # A name that a run made is confirmed: from then on it is the reviewer's.
        raw.append({"op": "rename", "theme": theme, "label": name})
    said = _quoted(seen, known) if known else {}
    before = (known.description, known.excludes, _examples(seen, known)) if known else ("", "", [])
    if before != (description, excludes, examples):
        raw.append(
            {
                "op": "describe",
                "theme": theme,
                "text": description,
                "excludes": excludes,
                "examples": [each for each in examples if each not in said],
                "example_statements": [said[each] for each in examples if each in said],
            }
        )
    if known is None or known.status != "goedgekeurd":
        raw.append({"op": "approve", "theme": theme})
    return raw


def _examples(seen: OpdrachtSnapshot, theme: CuratedTheme) -> list[str]:
    """The examples of a theme, one line each; what was erased is left out."""
    return list(dict.fromkeys([*theme.examples, *_quoted(seen, theme)]))


def _quoted(seen: OpdrachtSnapshot, theme: CuratedTheme) -> dict[str, str]:
    """The statements that are examples of a theme, by their words on one line."""
    words = {" ".join(seen.quote(each).split()): each for each in theme.example_statements}
    return {text: statement for text, statement in words.items() if text}


def _taken_over(request: Request, here: Services, form: FormPost, number: int) -> Response:
    """Takes over the themes of a file, all or none."""
    sent = form.fields.get("bestand")
    content = b""
    if isinstance(sent, UploadFile):
        with sent.file:
            content = sent.file.read(LARGEST + 1)
    try:
        if not content or len(content) > LARGEST:
            raise CodebookFileError("empty, or larger than 10 MB")
        rows = parse_codebook(content, "codeboek.csv", here.catalogue)
        if not rows or {each.opdracht for each in rows} != {number}:
            refusal = Refusal(422, say("codeboek_ander_opdracht", nummer=number))
            return _refused(request, here, form, number, refusal)
        numbers = [each.nummer for each in here.catalogue.opdrachten]
        done = import_codebook(
            here.storage, here.consultation_id, form.reviewer.name, rows, numbers
        )
    except CodebookFileError as error:
        where = ", ".join(str(each) for each in error.lines[:20])
        detail = say("codeboek_rijen", rijen=where) if where else say("codeboek_bestand")
        return _refused(request, here, form, number, Refusal(422, detail))
    except CurationError as error:
        return _refused(request, here, form, number, Refusal(422, explained(error)))
    return back_to(
        f"/beheer/opdrachten/{number}/codeboek",
        gemaakt=str(done.created),
        gewijzigd=str(done.changed),
        zelfde=str(done.same),
    )


def _refused(
    request: Request, here: Services, form: FormPost, number: int, refusal: Refusal
) -> HTMLResponse:
    return show_codebook(request, here, form.reviewer, number, {}, refusal, form.typed)
