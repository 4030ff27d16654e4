"""The review as a test needs it: somebody logged in, and the forms of a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from sqlalchemy import select
from web_stage import Site

from consultation import accounts
from consultation.models import Consent, Participant
from consultation.storage import Storage

PASSWORD = "een lang wachtwoord"


def log_in(http: httpx.Client, name: str, password: str = PASSWORD, **more: str) -> httpx.Response:
    """Logs in by the form, as a browser does."""
    return http.post(
        "/beheer/login",
        data={"username": name, "password": password, "formulier": field_of(http), **more},
    )


def field_of(http: httpx.Client) -> str:
    """The field that proves that a form is from this site and for this client."""
    page = http.get("/beheer/login", follow_redirects=True).text
    found = re.search(r'name="formulier" value="([^"]+)"', page)
    assert found
    return found[1]


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
