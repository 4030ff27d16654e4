"""Reading of submitted forms."""

from __future__ import annotations

from fastapi import Request
from starlette.datastructures import FormData

from dialogue.messages import say
from web.errors import Problem

_KEPT = frozenset({"formulier", "gezien", "terug", "password", "wachtwoord", "huidig", "herhaald"})


async def sent_form(request: Request) -> FormData:
    """The fields of the form in a request.

    Raises:
        Problem: 422, a field holds a NUL, which databases cannot store; with the typed values.
    """
    form = await request.form()
    if any(isinstance(value, str) and "\0" in name + value for name, value in form.multi_items()):
        detail = say("ongeldig", waar=say("onbewaarbaar_teken"))
        raise Problem(422, detail, typed=typed(form))
    return form


def typed(form: FormData) -> dict[str, str]:
    """The typed values by field, without passwords and internal fields, to show after an error."""
    found: dict[str, str] = {}
    for name, value in form.multi_items():
        if isinstance(value, str) and name not in _KEPT and value.strip():
            shown = value.replace("\0", "")
            found[name] = f"{found[name]}, {shown}" if name in found else shown
    return found
