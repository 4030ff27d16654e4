"""Error responses: JSON with a Dutch ``detail`` for machine paths, a Dutch page elsewhere."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from consultation.database.outages import is_outage, reason
from consultation.logs import named
from dialogue.messages import say
from dialogue.metrics import count_error
from web.pages import pages

_log = logging.getLogger("samenspraak.web")
_MACHINES = ("/api/", "/healthz", "/readyz", "/openapi.json", "/metrics")


class Challenge(BaseModel):
    """What a browser answers first: with ``text``, ``~`` and a number, as ``proof``."""

    text: str
    bits: int = Field(description="How many zero bits the SHA-256 of the answer begins with.")


class ProblemBody(BaseModel):
    """Every answer that is not a success."""

    detail: str
    challenge: Challenge | None = Field(
        None,
        description="With 429 at the start of a talk: answer it as proof, and come in at once.",
    )


class Problem(HTTPException):
    """An HTTP error with a Dutch sentence for the caller."""

    def __init__(
        self,
        status: int,
        detail: str,
        headers: Mapping[str, str] | None = None,
        typed: Mapping[str, str] | None = None,
        link: str | None = None,
    ) -> None:
        """Takes the status and the sentence to show.

        ``typed`` holds the fields of a refused form: the error page shows them, so that no input is
        lost. ``link`` is the page where the user can continue.
        """
        super().__init__(status, detail, headers=headers)
        self.typed = dict(typed or {})
        self.link = link


def register(app: FastAPI) -> None:
    """Registers handlers that answer every error of the application in Dutch."""
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(SQLAlchemyError, _database)
    app.add_exception_handler(Exception, _broken)


async def response_to(request: Request, error: Exception) -> Response | None:
    """What the handlers make of an error; None for one that is no answer but a fault."""
    if isinstance(error, HTTPException):
        return await _http(request, error)
    if isinstance(error, SQLAlchemyError):
        return await _database(request, error)
    return None


def problem_response(
    request: Request,
    status: int,
    detail: str,
    headers: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
    link: str | None = None,
) -> Response:
    """The error as JSON for the API and health paths, as an HTML page for all others."""
    if request.url.path.startswith(_MACHINES):
        return JSONResponse({"detail": detail}, status_code=status, headers=headers)
    return pages(request).render(
        request,
        "fout.html",
        status=status,
        headers=headers,
        code=status,
        detail=detail,
        typed=typed or {},
        link=link,
    )


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code < 400:
        return Response(status_code=error.status_code, headers=error.headers)
    if error.status_code == 400:
        # Starlette answers undecodable bytes with 400; this site answers malformed input with 422.
        return problem_response(request, 422, say("ongeldig", waar=say("onleesbaar")))
    if isinstance(error, Problem):
        detail = error.detail
    else:
        known = {404: "niet_gevonden", 405: "verkeerde_methode", 408: "te_traag", 413: "te_groot"}
        detail = say(known.get(error.status_code, "fout"))
    typed, link = (error.typed, error.link) if isinstance(error, Problem) else ({}, None)
    return problem_response(request, error.status_code, detail, error.headers, typed, link)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0] if error.errors() else {"type": "", "loc": ()}
    if first["type"] == "json_invalid":
        where = say("onleesbaar")
    else:
        where = ".".join(str(part) for part in first["loc"] if isinstance(part, str))[:80]
    return problem_response(request, 422, say("ongeldig", waar=where))


async def _database(request: Request, error: Exception) -> Response:
    if not is_outage(error):
        raise error
    count_error("database")
    _log.error("%s: the database does not answer: %s", request.url.path, reason(error))
    return problem_response(request, 503, say("geen_databank"), {"Retry-After": "5"})


async def _broken(request: Request, error: Exception) -> Response:
    # Starlette re-raises the error after this handler, so the server logs the traceback.
    count_error("server")
    _log.error("%s: %s", request.url.path, named(error))
    return problem_response(request, 500, say("fout"))
