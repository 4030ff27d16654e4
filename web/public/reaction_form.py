"""The form of a reaction round: the proposed actions of an opdracht, a few at a time.

It works without JavaScript. The first page asks for consent and the group, so that the actions that
concern the group come first; the last one asks what is missing, and to rank what one supports. Each
page is stored when it is sent; who leaves in between comes back with the receipt code.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from fastapi import Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from consultation import rounds
from consultation.catalogue import Opdracht
from consultation.errors import InvitationUnknown, ReceiptUnknown, RoundError
from consultation.participation import form_answers, participants, reactions, sign_in
from consultation.participation.form_answers import FormAnswer, FormResult
from consultation.participation.reactions import AMENDMENT, CONDITION, MISSING, key_of
from consultation.reactions.proposed import ProposedAction, proposed_actions
from dialogue.messages import say
from dialogue.threads import in_writing_thread
from language.folding import is_unseen
from language.personal_data import masked
from web.dependencies import Services
from web.pages import pages
from web.public.form_check import KEEP, MAX_ANSWER, NOTHING, REMOVE, FormErrors, mark_of
from web.public.form_storing import store_form

_MAX_TOKEN = 200
_TEXTS = (CONDITION, AMENDMENT)


@dataclass(frozen=True)
class FilledReactions:
    """The form as the participant filled it in.

    ``page`` is 0 for the consent, then counts the pages with actions; the last one ranks.
    ``texts`` are by the key of their question, ``stances`` and ``ranks`` by action. ``personal``
    and ``seen``: see ``web.public.form.FilledForm``.
    """

    token: str
    page: int = 0
    receipt: str = ""
    invitation: str = ""
    group: str = ""
    organisation: str = ""
    consents: Mapping[str, bool] = field(default_factory=dict)
    stances: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    ranks: Mapping[str, str] = field(default_factory=dict)
    personal: Mapping[str, str] = field(default_factory=dict)
    seen: Mapping[str, str] = field(default_factory=dict)

    def text(self, what: str, action: str) -> str:
        """What was typed about an action: its condition, or another wording."""
        return self.texts.get(key_of(what, action), "")


@dataclass(frozen=True)
class _Stored:
    receipt: str
    reacted: int
    talks: tuple[str, ...]


def applies(here: Services) -> bool:
    """Whether the open round is one to react in."""
    with here.storage.reading() as session:
        found = rounds.open_round(session, here.consultation_id)
    return found is not None and found.kind == "reactie"


def empty(request: Request, here: Services, opdracht: Opdracht, invitation: str) -> HTMLResponse:
    """The first page, to fill in."""
    filled = FilledReactions(secrets.token_urlsafe(18), invitation=invitation)
    if not invitation:
        return _page(request, here, opdracht, filled)
    try:
        with here.storage.reading() as session:
            invited = sign_in.invited_by(session, here.key, invitation)
            filled = replace(
                filled, group=invited.group or "", organisation=invited.organisation or ""
            )
    except InvitationUnknown:
        errors = FormErrors({"form": say("onbekende_uitnodiging")})
        return _page(request, here, opdracht, replace(filled, invitation=""), errors, 404)
    return _page(request, here, opdracht, filled)


async def resumed(
    request: Request, here: Services, client: str, opdracht: Opdracht, form: FormData
) -> HTMLResponse:
    """The first page with actions, with what the holder of a receipt code said of them."""
    code = _text(form, "code").strip()[:60]
    filled = FilledReactions(secrets.token_urlsafe(18), receipt=code)
    wait = await here.limits.entry(client)
    if wait:
        errors = FormErrors({"code": say("te_snel", seconden=wait)})
        return _page(request, here, opdracht, replace(filled, receipt=""), errors, 429)
    try:
        async with here.one_form:
            known = await run_in_threadpool(_known, here, replace(filled, page=1), opdracht)
    except ReceiptUnknown:
        errors = FormErrors({"code": say("onbekende_code")})
        return _page(request, here, opdracht, replace(filled, receipt=""), errors, 404)
    except RoundError:
        errors = FormErrors({"form": say("formulier_gesloten")})
        return _page(request, here, opdracht, replace(filled, receipt=""), errors, 409)
    return _page(request, here, opdracht, known)


async def sent(
    request: Request, here: Services, client: str, opdracht: Opdracht, form: FormData
) -> HTMLResponse:
    """Stores a page and shows the next one, or says what has to be mended."""
    shown = await run_in_threadpool(_actions, here, opdracht, form)
    filled = _filled(here, form, shown)
    wait = await here.limits.entry(client)
    if wait:
        errors = FormErrors({"form": say("te_snel", seconden=wait)})
        return _page(request, here, opdracht, filled, errors, 429)
    async with here.one_form:
        checked = await run_in_threadpool(_check, here, filled, shown)
    if not checked.ok:
        return _page(request, here, opdracht, filled, checked, 422)
    try:
        stored = await in_writing_thread(_store, here, opdracht, filled, shown)
    except (ReceiptUnknown, InvitationUnknown) as error:
        code = isinstance(error, ReceiptUnknown)
        errors = FormErrors({"form": say("onbekende_code" if code else "onbekende_uitnodiging")})
        return _page(request, here, opdracht, filled, errors, 404)
    except RoundError:
        errors = FormErrors({"form": say("formulier_gesloten")})
        return _page(request, here, opdracht, filled, errors, 409)
    for talk in stored.talks:
        await here.turns.forget(talk)
    back = _text(form, "naar") == "vorige"
    page = filled.page - 1 if back else filled.page + 1
    if page > len(_pages(here, shown)) + 1:
        others = [each for each in here.catalogue.opdrachten if each.nummer != opdracht.nummer]
        return pages(request).render(
            request,
            "reactie_klaar.html",
            headers={"Cache-Control": "no-store"},
            opdracht=opdracht,
            receipt=stored.receipt,
            reacted=stored.reacted,
            others=others,
        )
    following = FilledReactions(secrets.token_urlsafe(18), max(page, 1), stored.receipt)
    known = await run_in_threadpool(_known, here, following, opdracht)
    return _page(request, here, opdracht, known)


def _actions(here: Services, opdracht: Opdracht, form: FormData) -> list[ProposedAction]:
    """The actions in the order in which this participant sees them."""
    receipt = _text(form, "code").strip()[:60]
    group = _text(form, "groep")
    with here.storage.reading() as session:
        if receipt:
            try:
                found = participants.find_by_receipt(
                    session, here.consultation_id, receipt, here.key
                )
                group = found.group or ""
            except ReceiptUnknown:
                group = ""
        return _proposed(session, here, opdracht, group)


def _proposed(
    session: Session, here: Services, opdracht: Opdracht, group: str
) -> list[ProposedAction]:
    seen = here.snapshots.of(session, here.consultation_id, opdracht.nummer)
    return proposed_actions(session, seen, here.catalogue, group or None)


def _pages(here: Services, shown: Sequence[ProposedAction]) -> list[Sequence[ProposedAction]]:
    size = here.catalogue.consultatie.reactieronde.per_keer
    return [shown[start : start + size] for start in range(0, len(shown), size)]


def _on_page(
    here: Services, page: int, shown: Sequence[ProposedAction]
) -> Sequence[ProposedAction]:
    pages_ = _pages(here, shown)
    return pages_[page - 1] if 1 <= page <= len(pages_) else ()


def _filled(here: Services, form: FormData, shown: Sequence[ProposedAction]) -> FilledReactions:
    number = _text(form, "bladzijde")
    last = len(_pages(here, shown)) + 1
    page = (
        min(int(number), last) if number.isascii() and number.isdigit() and len(number) < 4 else 0
    )
    receipt = _text(form, "code").strip()[:60]
    group = _text(form, "groep")
    texts: dict[str, str] = {}
    stances: dict[str, str] = {}
    for action in _on_page(here, page, shown):
        for what in _TEXTS:
            texts[key_of(what, action.id)] = _typed(form, f"{what}_{action.id}")
        # The field for another wording begins with the words of the action.
        amended = key_of(AMENDMENT, action.id)
        if " ".join(texts[amended].split()) == " ".join(action.text.split()):
            texts[amended] = ""
        stance = _text(form, f"reactie_{action.id}")
        if not stance and texts[key_of(CONDITION, action.id)]:
            stance = "voorwaarde"
        if stance in reactions.STANCES:
            stances[action.id] = stance
    ranks = {}
    if page == last:
        texts[MISSING] = _typed(form, MISSING)
        ranks = {each.id: _text(form, f"rang_{each.id}") for each in shown}
    return FilledReactions(
        token=_text(form, "formulier")[:_MAX_TOKEN] or secrets.token_urlsafe(18),
        page=page,
        receipt=receipt,
        invitation=_text(form, "uitnodiging").strip()[:_MAX_TOKEN],
        group=group if here.catalogue.groep(group) else "",
        organisation=_text(form, "organisatie")[:_MAX_TOKEN],
        consents={
            each.doel: _text(form, f"toestemming_{each.doel}") == "ja"
            for each in here.catalogue.consultatie.toestemmingen
            if page == 0 and (each.doel != "organisatie" or _text(form, "organisatie"))
        },
        stances=stances,
        texts=texts,
        ranks=ranks,
        personal={key: _text(form, f"persoonlijk_{_field(key)}") for key in texts},
        seen={key: _text(form, f"gezien_{_field(key)}") for key in texts},
    )


def _check(here: Services, filled: FilledReactions, shown: Sequence[ProposedAction]) -> FormErrors:
    errors: dict[str, str] = {}
    personal: dict[str, tuple[str, ...]] = {}
    marks: dict[str, str] = {}
    if filled.page == 0 and not filled.consents.get("analyse"):
        errors["toestemming_analyse"] = say("formulier_toestemming")
    if filled.page > 0 and not filled.receipt:
        errors["form"] = say("onbekende_code")
    for key, text in filled.texts.items():
        if len(text) > MAX_ANSWER:
            errors[_field(key)] = say("te_lang", lengte=len(text), grens=MAX_ANSWER)
        elif found := here.care.personal_data.find(text):
            chosen = filled.personal[key] in (REMOVE, KEEP)
            if not chosen or filled.seen[key] != mark_of(found):
                personal[key] = tuple(dict.fromkeys(text[each.start : each.end] for each in found))
                marks[key] = mark_of(found)
    for action in _on_page(here, filled.page, shown):
        conditional = filled.stances.get(action.id) == "voorwaarde"
        if conditional and not filled.text(CONDITION, action.id):
            errors[_field(key_of(CONDITION, action.id))] = say("reactie_zonder_voorwaarde")
    places = [each for each in filled.ranks.values() if each]
    if len(places) != len(set(places)):
        errors["rangorde"] = say("reactie_zelfde_plaats")
    return FormErrors(errors, personal, marks)


def _known(here: Services, filled: FilledReactions, opdracht: Opdracht) -> FilledReactions:
    with here.storage.reading() as session:
        found = form_answers.known(
            session, here.consultation_id, here.key, filled.receipt, opdracht.nummer
        )
        person = participants.find_by_receipt(
            session, here.consultation_id, filled.receipt, here.key
        )
        round_ = rounds.require_open_round(session, here.consultation_id)
        standing = reactions.current(session, person.id, round_.id)
    found_in = {key: here.care.personal_data.find(text) for key, text in found.answers.items()}
    return replace(
        filled,
        receipt=sign_in.canonical_receipt(filled.receipt),
        group=found.group or "",
        organisation=found.organisation or "",
        consents=found.consents,
        stances={action: stance for action, (stance, _) in standing.items()},
        texts=found.answers,
        ranks={action: str(rank) for action, (_, rank) in standing.items() if rank},
        # The participant already chose to keep these personal data: do not ask again.
        personal={key: KEEP for key, each in found_in.items() if each},
        seen={key: mark_of(each) for key, each in found_in.items()},
    )


def _store(
    here: Services, opdracht: Opdracht, filled: FilledReactions, shown: Sequence[ProposedAction]
) -> _Stored:
    def with_reactions(session: Session, stored: FormResult) -> _Stored:
        person = participants.find_by_receipt(
            session, here.consultation_id, stored.receipt, here.key
        )
        round_ = rounds.require_open_round(session, here.consultation_id)
        changed = _react(session, (person.id, round_.id), filled, shown)
        talks = stored.talks
        if changed and not talks:
            talks = tuple(form_answers.outdated_talks(session, person.id))
        standing = reactions.current(session, person.id, round_.id)
        of_this = {each.id for each in shown}
        return _Stored(stored.receipt, len(standing.keys() & of_this), talks)

    answers = [_answer(here, key, filled) for key in filled.texts]
    return store_form(here, opdracht, filled, answers, with_reactions)


def _react(
    session: Session,
    who: tuple[str, int],
    filled: FilledReactions,
    shown: Sequence[ProposedAction],
) -> bool:
    changed = False
    wordings = {each.id: each.wording for each in shown}
    for action, stance in filled.stances.items():
        wording = wordings[action]
        changed |= reactions.react(session, *who, action, stance, wording, "form")
    if filled.ranks:
        placed = [action for action, place in filled.ranks.items() if place.isdecimal()]
        order = sorted(placed, key=lambda each: int(filled.ranks[each]))
        changed |= reactions.rank(session, *who, order, wordings, "form")
    return changed


def _answer(here: Services, key: str, filled: FilledReactions) -> FormAnswer:
    text = filled.texts[key]
    looked = here.care.personal_data.look(text)
    if filled.personal.get(key) == REMOVE:
        text = masked(text, looked.found)
    return FormAnswer(key, text, unread=not looked.whole)


def _page(
    request: Request,
    here: Services,
    opdracht: Opdracht,
    filled: FilledReactions,
    checked: FormErrors = NOTHING,
    status: int = 200,
) -> HTMLResponse:
    with here.storage.reading() as session:
        group, stances = _standing(session, here, filled)
        shown = _proposed(session, here, opdracht, group)
    chunks = _pages(here, shown)
    supported = [each for each in shown if stances.get(each.id) in reactions.IN_FAVOUR]
    return pages(request).render(
        request,
        "formulier_reactie.html",
        status=status,
        headers={"Cache-Control": "private, no-cache" if request.method == "GET" else "no-store"},
        opdracht=opdracht,
        filled=filled,
        checked=checked,
        actions=_on_page(here, filled.page, shown),
        last=filled.page == len(chunks) + 1,
        of=len(chunks) + 1,
        count=len(shown),
        supported=supported,
        field=_field,
        key_of=key_of,
    )


def _standing(
    session: Session, here: Services, filled: FilledReactions
) -> tuple[str, dict[str, str]]:
    """The group and the stored stances of the participant; what was sent, without a known code."""
    try:
        person = participants.find_by_receipt(
            session, here.consultation_id, filled.receipt, here.key
        )
    except ReceiptUnknown:
        return filled.group, dict(filled.stances)
    round_ = rounds.open_round(session, here.consultation_id)
    standing = reactions.current(session, person.id, round_.id) if round_ else {}
    return person.group or "", {action: stance for action, (stance, _) in standing.items()}


def _field(key: str) -> str:
    """The name of the field of a text: field names hold no colon, since they are ids of a page."""
    return key.replace(":", "_")


def _typed(form: FormData, name: str) -> str:
    # Browsers send line breaks as CR LF; the chat stores LF.
    text = _text(form, name).replace("\r\n", "\n")
    return "" if is_unseen(text) else text


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""
