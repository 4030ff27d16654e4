"""Shared code of the review pages: forms, pagination, the chosen round and redirects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import parse_qsl, quote, urlsplit

from fastapi import Depends, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from consultation import rounds
from consultation.catalogue import Opdracht
from consultation.curation.state import Event
from consultation.database.models import Round
from dialogue.messages import known, say
from web.access.login import (
    ENROL,
    LOGIN,
    Reviewer,
    forged,
    form_page,
    logged_in,
    must_enrol,
)
from web.dependencies import Here, Services
from web.errors import Problem
from web.public.forms import sent_form, typed

PER_PAGE = 50
MAX_LINE = 300
MAX_TEXT = 4000

ChosenRound = Annotated[int | None, Query(alias="ronde", ge=1, le=9999)]
PageNumber = Annotated[int, Query(alias="pagina", ge=1, le=99_999)]


@dataclass(frozen=True)
class ResultPage:
    """One page of a long list; ``first`` is the position of its first item in the list, from 1."""

    items: Sequence[Any]
    page: int
    pages: int
    total: int
    first: int


def paged(items: Sequence[Any], page: int, size: int = PER_PAGE) -> ResultPage:
    """The requested page (from 1) of the items, or the last page when there are fewer."""
    pages = max(1, -(-len(items) // size))
    page = min(page, pages)
    first = (page - 1) * size
    return ResultPage(items[first : first + size], page, pages, len(items), first + 1)


def page_number(query: Mapping[str, str], name: str = "pagina") -> int:
    """The page number in a query string; 1 when it is missing or invalid."""
    raw = query.get(name, "")
    return max(1, int(raw)) if whole_number(raw) else 1


def whole_number(raw: str) -> bool:
    """Whether user input is a whole number of at most nine digits, which any database can hold."""
    return raw.isascii() and raw.isdigit() and len(raw) < 10


@dataclass(frozen=True)
class FormPost:
    """A form that a logged-in reviewer sent from a page of this site."""

    reviewer: Reviewer
    fields: FormData

    def line(self, name: str, most: int = MAX_LINE) -> str:
        """The value of a one-line field, with runs of white space replaced by one space.

        Raises:
            Problem: 422, it is too long; the typed values are given back.
        """
        return self._bounded(name, " ".join(self._raw(name).split()), most)

    def text(self, name: str, most: int = MAX_TEXT) -> str:
        """The value of a multi-line field, stripped, with LF line breaks.

        Raises:
            Problem: 422, it is too long; the typed values are given back.
        """
        return self._bounded(name, self._raw(name).replace("\r\n", "\n").strip(), most)

    def many(self, name: str) -> list[str]:
        """The distinct non-empty values of a repeated field, in their order."""
        values = [each for each in self.fields.getlist(name) if isinstance(each, str) and each]
        return list(dict.fromkeys(values))

    def number(self, name: str) -> int | None:
        """The value of a number field; None when it is empty.

        Raises:
            Problem: 422, it is no whole number; the typed values are given back.
        """
        raw = self._raw(name).strip()
        if not raw:
            return None
        if not whole_number(raw):
            raise Problem(422, say("geen_getal", waar=say(f"veld_{name}")), typed=self.typed)
        return int(raw)

    @property
    def typed(self) -> dict[str, str]:
        """The typed values by field, to show after an error."""
        return typed(self.fields)

    def _raw(self, name: str) -> str:
        value = self.fields.get(name)
        return "" if value is None or isinstance(value, UploadFile) else value

    def _bounded(self, name: str, value: str, most: int) -> str:
        if len(value) > most:
            what = say(f"veld_{name}") if known(f"veld_{name}") else say("veld")
            detail = say("te_lang_veld", waar=what, lengte=len(value), grens=most)
            raise Problem(422, detail, typed=self.typed)
        return value


async def posted(request: Request, here: Here) -> FormPost:
    """The form of this request, with the logged-in reviewer.

    Raises:
        Problem: 401 when the session has expired, 403 when the form is not from a page of this
            site or a second factor is to be set up first; all with the typed values.
    """
    draft = await posted_by_anyone(request, here)
    if must_enrol(draft.reviewer, here):
        raise Problem(403, say("tweede_stap_eerst"), typed=draft.typed, link=ENROL)
    return draft


async def posted_by_anyone(request: Request, here: Here) -> FormPost:
    """The same, also of somebody who is to set up a second factor first.

    Raises:
        Problem: as ``posted``, but for that.
    """
    form = await sent_form(request)
    who = logged_in(request, here)
    draft = FormPost(who or Reviewer("", "", None), form)
    if who is None:
        back = request.headers.get("referer", "")
        path = "/beheer" + back.partition("/beheer")[2] if "/beheer" in back else "/beheer"
        link = f"{LOGIN}?next={quote(path, safe='')}"
        raise Problem(401, say("sessie_verlopen"), typed=draft.typed, link=link)
    field = form.get("formulier")
    if forged(request, here, field if isinstance(field, str) else None):
        raise Problem(403, say("vervalst_formulier"), typed=draft.typed)
    return draft


PostedForm = Annotated[FormPost, Depends(posted)]


def chosen_round(session: Session, here: Services, number: int | None) -> Round | None:
    """The round with this number, or None without a number.

    Raises:
        HTTPException: 404, there is no such round.
    """
    if number is None:
        return None
    every = rounds.all_rounds(session, here.consultation_id)
    found = next((each for each in every if each.number == number), None)
    if found is None:
        raise HTTPException(404)
    return found


def known_opdracht(here: Services, number: int) -> Opdracht:
    """The opdracht with this number.

    Raises:
        HTTPException: 404, there is none.
    """
    found = here.catalogue.opdracht(number)
    if found is None:
        raise HTTPException(404)
    return found


def page(
    request: Request,
    here: Services,
    reviewer: Reviewer,
    name: str,
    status: int = 200,
    **context: Any,
) -> HTMLResponse:
    """Renders a review template with the reviewer and the CSRF token, and sets its cookie."""
    return form_page(request, here, name, status, reviewer=reviewer, **context)


def back_to(path: str, **query: str | int | None) -> RedirectResponse:
    """A redirect (303) to a page after a form, so that a reload does not send the form again."""
    asked = "&".join(f"{name}={quote(str(value))}" for name, value in query.items() if value)
    return RedirectResponse(f"{path}?{asked}" if asked else path, 303)


def after(target: str, done: Sequence[Event]) -> Response:
    """A redirect to a review page that reports the decisions made and offers to undo them."""
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or not parts.path.startswith("/beheer/"):
        return back_to("/beheer")
    query = {name: value for name, value in parse_qsl(parts.query) if name != "gedaan"}
    return back_to(parts.path, **query, gedaan="-".join(str(each.id) for each in done))
