"""The questions of an opdracht as a plain form: it works without JavaScript.

Input is never lost: after an error the page shows the form filled in as it was sent. A form that is
sent twice is stored once, see ``consultation.participation.form_answers``.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from consultation import rounds
from consultation.catalogue import Opdracht, Vraag
from consultation.errors import InvitationUnknown, ReceiptUnknown, RoundError
from consultation.participation import form_answers, sign_in
from consultation.participation.form_answers import FormAnswer, FormResult
from dialogue.messages import say
from dialogue.threads import in_writing_thread
from language.folding import is_unseen
from language.personal_data import masked
from web.dependencies import ClientAddress, Here, Services
from web.pages import pages
from web.public import reaction_form
from web.public.form_check import KEEP, MAX_ANSWER, NOTHING, REMOVE, FormErrors, mark_of
from web.public.form_storing import store_form
from web.public.forms import sent_form
from web.public.own_placing import choices_after_form

_MAX_TOKEN = 200

router = APIRouter(prefix="/formulier", include_in_schema=False)


@dataclass(frozen=True)
class FilledForm:
    """A form as the participant filled it in.

    ``personal`` is the choice per question to remove or keep personal data. ``seen`` is the mark of
    the findings that the choice was about: when they differ now, the form asks again.
    """

    token: str
    receipt: str = ""
    invitation: str = ""
    group: str = ""
    organisation: str = ""
    consents: Mapping[str, bool] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    personal: Mapping[str, str] = field(default_factory=dict)
    seen: Mapping[str, str] = field(default_factory=dict)


@router.get("/{number:int}")
def empty_form(
    request: Request,
    here: Here,
    number: int,
    uitnodiging: Annotated[str, Query(max_length=_MAX_TOKEN)] = "",
) -> HTMLResponse:
    """The form, to fill in."""
    opdracht = _opdracht(here, number)
    if reaction_form.applies(here):
        return reaction_form.empty(request, here, opdracht, uitnodiging.strip())
    filled = FilledForm(secrets.token_urlsafe(18), invitation=uitnodiging.strip())
    if not filled.invitation:
        return _page(request, here, opdracht, filled)
    try:
        with here.storage.reading() as session:
            invited = sign_in.invited_by(session, here.key, filled.invitation)
            filled = replace(
                filled, group=invited.group or "", organisation=invited.organisation or ""
            )
    except InvitationUnknown:
        errors = {"form": say("onbekende_uitnodiging")}
        return _page(
            request, here, opdracht, replace(filled, invitation=""), FormErrors(errors), 404
        )
    return _page(request, here, opdracht, filled)


@router.get("/{number:int}/verder")
def back_to_the_form(number: int) -> RedirectResponse:
    """Who reloads the page that a code brought."""
    return RedirectResponse(f"/formulier/{number}", 303)


@router.post("/{number:int}/verder")
async def filled_form(
    request: Request, here: Here, client: ClientAddress, number: int
) -> HTMLResponse:
    """The form with what somebody said before, by receipt code; also for another opdracht."""
    sent = await sent_form(request)
    chosen = _text(sent.get("opdracht"))
    if chosen.isascii() and chosen.isdigit() and len(chosen) < 3:
        number = int(chosen)
    opdracht = _opdracht(here, number)
    if reaction_form.applies(here):
        return await reaction_form.resumed(request, here, client, opdracht, sent)
    filled = FilledForm(secrets.token_urlsafe(18), receipt=_text(sent.get("code")).strip()[:60])
    wait = await here.limits.entry(client)
    if wait:
        errors = {"code": say("te_snel", seconden=wait)}
        return _page(request, here, opdracht, filled, FormErrors(errors), 429)
    try:
        async with here.one_form:
            found = await run_in_threadpool(_known, here, filled, opdracht)
    except ReceiptUnknown:
        filled = replace(filled, receipt="")
        errors = {"code": say("onbekende_code")}
        return _page(request, here, opdracht, filled, FormErrors(errors), 404)
    except RoundError:
        return _page(request, here, opdracht, filled, status=409)
    return _page(request, here, opdracht, found)


@router.post("/{number:int}")
async def send_form(
    request: Request, here: Here, client: ClientAddress, number: int
) -> HTMLResponse:
    """Stores the answers and gives the receipt code; or says what has to be mended."""
    opdracht = _opdracht(here, number)
    sent = await sent_form(request)
    if reaction_form.applies(here):
        return await reaction_form.sent(request, here, client, opdracht, sent)
    filled = _filled(here, opdracht, {name: _text(value) for name, value in sent.items()})
    wait = await here.limits.entry(client)
    if wait:
        errors = {"form": say("te_snel", seconden=wait)}
        return _page(request, here, opdracht, filled, FormErrors(errors), 429)
    async with here.one_form:
        checked = await run_in_threadpool(_check, here, opdracht, filled)
    if not checked.ok:
        return _page(request, here, opdracht, filled, checked, 422)
    try:
        stored = await in_writing_thread(_store, here, opdracht, filled)
    except (ReceiptUnknown, InvitationUnknown) as error:
        code = isinstance(error, ReceiptUnknown)
        errors = {"form": say("onbekende_code" if code else "onbekende_uitnodiging")}
        return _page(request, here, opdracht, filled, FormErrors(errors), 404)
    except RoundError:
        errors = {"form": say("formulier_gesloten")}
        return _page(request, here, opdracht, filled, FormErrors(errors), 409)
    for talk in stored.talks:
        await here.turns.forget(talk)
    others = [each for each in here.catalogue.opdrachten if each.nummer != opdracht.nummer]
    return pages(request).render(
        request,
        "formulier_klaar.html",
        opdracht=opdracht,
        stored=stored,
        others=others,
        placings=await choices_after_form(here, stored.receipt, opdracht.nummer),
    )


def _filled(here: Services, opdracht: Opdracht, sent: Mapping[str, str]) -> FilledForm:
    receipt = sent.get("code", "").strip()[:60]
    group = sent.get("groep", "")
    return FilledForm(
        token=sent.get("formulier", "")[:_MAX_TOKEN] or secrets.token_urlsafe(18),
        receipt=receipt,
        invitation=sent.get("uitnodiging", "").strip()[:_MAX_TOKEN],
        group=group if here.catalogue.groep(group) else "",
        organisation=sent.get("organisatie", "")[:_MAX_TOKEN],
        consents={
            each.doel: sent.get(f"toestemming_{each.doel}") == "ja"
            for each in here.catalogue.consultatie.toestemmingen
            if each.doel != "organisatie" or sent.get("organisatie")
        },
        answers={vraag.key: _answer(sent, vraag) for vraag in opdracht.vragen},
        personal={vraag.key: sent.get(f"persoonlijk_{vraag.key}", "") for vraag in opdracht.vragen},
        seen={vraag.key: sent.get(f"gezien_{vraag.key}", "") for vraag in opdracht.vragen},
    )


def _answer(sent: Mapping[str, str], vraag: Vraag) -> str:
    text = sent.get(f"antwoord_{vraag.key}", "")
    # Browsers send line breaks as CR LF; the chat stores LF.
    text = text.replace("\r\n", "\n")
    return "" if is_unseen(text) else text


def _check(here: Services, opdracht: Opdracht, filled: FilledForm) -> FormErrors:
    errors: dict[str, str] = {}
    personal: dict[str, tuple[str, ...]] = {}
    marks: dict[str, str] = {}
    if not filled.consents.get("analyse"):
        errors["toestemming_analyse"] = say("formulier_toestemming")
    if not any(filled.answers.values()) and not filled.receipt:
        errors[f"antwoord_{opdracht.vragen[0].key}"] = say("formulier_leeg")
    for vraag in opdracht.vragen:
        text = filled.answers[vraag.key]
        if len(text) > MAX_ANSWER:
            errors[f"antwoord_{vraag.key}"] = say("te_lang", lengte=len(text), grens=MAX_ANSWER)
        elif found := here.care.personal_data.find(text):
            chosen = filled.personal[vraag.key] in (REMOVE, KEEP)
            if not chosen or filled.seen[vraag.key] != mark_of(found):
                personal[vraag.key] = tuple(
                    dict.fromkeys(text[each.start : each.end] for each in found)
                )
                marks[vraag.key] = mark_of(found)
    return FormErrors(errors, personal, marks)


def _known(here: Services, filled: FilledForm, opdracht: Opdracht) -> FilledForm:
    with here.storage.reading() as session:
        found = form_answers.known(
            session, here.consultation_id, here.key, filled.receipt, opdracht.nummer
        )
    answers = dict(found.answers)
    for vraag in opdracht.vragen:
        if vraag.soort == "prioriteit":
            answers[vraag.key] = str(found.values.get(vraag.key, ""))
    found_in = {key: here.care.personal_data.find(text) for key, text in answers.items()}
    return replace(
        filled,
        receipt=sign_in.canonical_receipt(filled.receipt),
        group=found.group or "",
        organisation=found.organisation or "",
        consents=found.consents,
        answers=answers,
        # The participant already chose to keep these personal data: do not ask again.
        personal={key: KEEP for key, each in found_in.items() if each},
        seen={key: mark_of(each) for key, each in found_in.items()},
    )


def _store(here: Services, opdracht: Opdracht, filled: FilledForm) -> FormResult:
    answers = [_form_answer(here, vraag, filled) for vraag in opdracht.vragen]
    return store_form(here, opdracht, filled, answers, lambda _, stored: stored)


def _form_answer(here: Services, vraag: Vraag, filled: FilledForm) -> FormAnswer:
    text = filled.answers[vraag.key]
    if vraag.soort == "prioriteit":
        steps = {str(each.waarde): each for each in here.catalogue.consultatie.prioriteiten}
        step = steps.get(text)
        return FormAnswer(vraag.key, step.naam if step else "", step.waarde if step else None)
    seen = here.care.personal_data.look(text)
    if filled.personal.get(vraag.key) == REMOVE:
        text = masked(text, seen.found)
    return FormAnswer(vraag.key, text, unread=not seen.whole)


def _page(
    request: Request,
    here: Services,
    opdracht: Opdracht,
    filled: FilledForm,
    checked: FormErrors = NOTHING,
    status: int = 200,
) -> HTMLResponse:
    with here.storage.reading() as session:
        open_ = rounds.open_round(session, here.consultation_id)
    return pages(request).render(
        request,
        "formulier.html",
        status=status,
        # A page with a participant's text must not be cached; an empty form may be.
        headers={"Cache-Control": "private, no-cache" if request.method == "GET" else "no-store"},
        opdracht=opdracht,
        filled=filled,
        checked=checked,
        round=open_,
    )


def _opdracht(here: Services, number: int) -> Opdracht:
    found = here.catalogue.opdracht(number)
    if found is None:
        raise HTTPException(404)
    return found


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
