"""The review as a test needs it: somebody logged in, and the forms of a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from sqlalchemy import select

from consultation import accounts
from consultation.database.models import Assignment, Consent, Participant, RunMark
from consultation.database.storage import Storage
from consultation.queries.statements import StatementView, active_statements
from consultation.queries.themes import NO_ANSWER, OTHER_LANGUAGE, SAME_TEXT
from tests.web_stage import Site

PASSWORD = "een lang wachtwoord"
_FIELDS: dict[tuple[str, ...], str] = {}


def log_in(http: httpx.Client, name: str, password: str = PASSWORD, **more: str) -> httpx.Response:
    """Logs in by the form, as a browser does."""
    return http.post(
        "/beheer/login",
        data={"username": name, "password": password, "formulier": field_of(http), **more},
    )


def field_of(http: httpx.Client) -> str:
    """The field that proves that a form is from this site and for this client.

    It depends on the client's cookies alone, so one page is enough for all its forms.
    """
    if _cookies(http) not in _FIELDS:
        page = http.get("/beheer/login", follow_redirects=True).text
        found = re.search(r'name="formulier" value="([^"]+)"', page)
        assert found
        _FIELDS[_cookies(http)] = found[1]
    return _FIELDS[_cookies(http)]


def _cookies(http: httpx.Client) -> tuple[str, ...]:
    return str(http.base_url), *sorted(f"{each.name}={each.value}" for each in http.cookies.jar)


@contextmanager
def as_role(
    site: Site, name: str, role: str, opdracht: int | None = None
) -> Iterator[httpx.Client]:
    """A client that is logged in with a fresh account."""
    with site.storage.writing() as session:
        accounts.add_account(session, name, role, PASSWORD, opdracht)
    with site.client() as http:
        assert log_in(http, name).status_code == 303
        yield http


def post(http: httpx.Client, path: str, **fields: Any) -> httpx.Response:
    """Sends a form from a page of the site."""
    return http.post(path, data={"formulier": field_of(http), **fields})


def agree_to_quotes(storage: Storage) -> None:
    """Everybody agrees to being quoted."""
    with storage.writing() as session:
        for person in session.scalars(select(Participant)):
            person.consents.append(Consent(purpose="citaat", granted=True, version="1"))


def set_aside(storage: Storage, run: int) -> list[StatementView]:
    """Marks, of the statements without a theme, one as French and one as no answer; and of those in
    a theme two as copies of a third. Gives these, in that order."""
    with storage.writing() as session:
        said = active_statements(session, 1, 4)
        placed = set(session.scalars(select(Assignment.statement_id)))
        loose = [each for each in said if each.id not in placed]
        same = [each for each in said if each.text.startswith("Opleiding")]
        marked = [
            (loose[0], OTHER_LANGUAGE, "fr"),
            (loose[1], NO_ANSWER, None),
            (same[1], SAME_TEXT, same[0].id),
            (same[2], SAME_TEXT, same[0].id),
        ]
        session.add_all(
            RunMark(run_id=run, statement_id=each.id, mark=mark, value=value)
            for each, mark, value in marked
        )
        return [*loose[:2], *same[:3]]
