"""Carries out the decisions of a reviewer's form: checks them, logs them, reports the result.

The field ``doe`` of a form names its operation. ``samenspraak curate`` takes the same operations.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.supporters import proposers as support_of
from consultation.curation.log import (
    ConflictError,
    CurationError,
    Ledger,
    NewerEvent,
    OutOfScopeError,
    decide,
)
from consultation.curation.operations import ActionAmend, ActionText, Operation, parse
from consultation.curation.state import Event
from consultation.queries.opdracht_snapshot import OpdrachtSnapshot
from dialogue.messages import known, say
from web.dependencies import Services
from web.errors import Problem
from web.review.common import FormPost, whole_number

_CHANGES_NO_WORDS = frozenset(
    {"note", "reorder", "copy", "move", "remove", "off_topic", "place", "stance", "reply"}
)
"""Operations of another reviewer on a theme that do not make a decision on it stale."""

Raw = dict[str, Any]


@dataclass(frozen=True)
class Refusal:
    """Why a decision was refused, in Dutch; status 409 when another reviewer changed it first."""

    status: int
    detail: str
    changes: tuple[NewerEvent, ...] = ()


def feedback(
    seen: OpdrachtSnapshot,
    query: Mapping[str, str],
    refusal: Refusal | None = None,
    typed: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Template variables that report the decisions just made, or why they were refused.

    ``gedaan`` in the query holds the numbers of the decisions, joined by ``-``; ``typed`` holds the
    fields of a refused form.
    """
    raw = [each for each in query.get("gedaan", "").split("-") if whole_number(each)]
    return {
        "seen": seen,
        "refusal": refusal,
        "typed": typed or {},
        "done": [each for one in raw if (each := seen.state.outcomes.get(int(one)))],
        "note": say("niet_opgeslagen") if refusal else "",
    }


def carry_out(
    here: Services, form: FormPost, opdracht: int | None, raw: list[Raw]
) -> list[Event] | Refusal:
    """Writes the decisions of a form, all or none; returns their events, or the refusal.

    Raises:
        Problem: 403, the reviewer may not decide on this opdracht.
    """
    form.reviewer.require("decide", opdracht, form.typed)
    if not raw:
        return Refusal(422, say("niets_gekozen"))
    expected = _versions(form)
    try:
        operations = [parse(each) for each in raw]
        numbers = [each.nummer for each in here.catalogue.opdrachten]

        behind = _proposers(here, operations)

        def make(ledger: Ledger) -> None:
            _append(ledger, form, operations, dict(expected), behind)

        limit = form.reviewer.opdracht
        return decide(here.storage, here.consultation_id, numbers, make, limit)
    except OutOfScopeError as error:
        detail = say("ander_opdracht", eigen=form.reviewer.opdracht)
        raise Problem(403, detail, typed=form.typed) from error
    except ConflictError as error:
        return Refusal(409, _overtaken(error), error.changes)
    except CurationError as error:
        return Refusal(409 if error.code in _OVERTAKEN else 422, explained(error))


def _append(
    ledger: Ledger,
    form: FormPost,
    operations: list[Operation],
    expected: dict[str, int],
    behind: Mapping[str, Sequence[str]],
) -> None:
    for operation in operations:
        proposers: Sequence[str] = ()
        if isinstance(operation, ActionText | ActionAmend):
            proposers = behind.get(operation.action, ())
        named = (*operation.themes_named, *operation.actions_named)
        versions = {each: expected.pop(each) for each in named if each in expected}
        try:
            ledger.append(form.reviewer.name, operation, versions, proposers)
        except ConflictError as error:
            if not {each.op for each in error.changes} <= _CHANGES_NO_WORDS:
                raise
            ledger.append(form.reviewer.name, operation, proposers=proposers)


def _proposers(here: Services, operations: Sequence[Operation]) -> dict[str, list[str]]:
    """Supporting statement ids per reworded action: the old words are needed to find them."""
    found: dict[str, list[str]] = {}
    reworded = [each.action for each in operations if isinstance(each, ActionText | ActionAmend)]
    if not reworded:
        return found
    numbers = [each.nummer for each in here.catalogue.opdrachten]
    with here.storage.reading() as session:
        snapshots = here.snapshots.all(session, here.consultation_id, numbers)
    for seen in snapshots.values():
        for action in seen.actions:
            if action.id in reworded and action.support is None:
                found[action.id] = [each.id for each in support_of(action, snapshots.values())]
    return found


def requested_operations(form: FormPost) -> list[Raw]:
    """The operations that a form on themes or statements asks for.

    Raises:
        Problem: 422, the operation is unknown, or a field is too long.
    """
    what = form.line("doe")
    found = _ASKED.get(what)
    if found is None:
        raise Problem(422, say("onbekende_handeling"), typed=form.typed)
    return found(form)


def explained(error: CurationError) -> str:
    """The Dutch message for a curation error."""
    key = f"curatie_{error.code}"
    facts = {"code": "", "into": "", "most": "", **error.facts}
    return say(key, **facts) if known(key) else say("curatie_anders")


def _overtaken(error: ConflictError) -> str:
    last = error.changes[-1] if error.changes else None
    if last is None:
        return say("curatie_anders")
    what = say(f"deed_{last.op}") if known(f"deed_{last.op}") else say("deed_anders")
    return say("curatie_conflict", wie=last.account, wat=what)


def _versions(form: FormPost) -> dict[str, int]:
    """The versions that the page showed, by id: fields ``versie`` with values ``ID:VERSION``."""
    found = {}
    for each in form.many("versie"):
        target, _, version = each.partition(":")
        if whole_number(version):
            found[target] = int(version)
    return found


def _rename(form: FormPost) -> list[Raw]:
    theme, label, text = form.line("thema"), form.line("label"), form.text("beschrijving")
    raw: list[Raw] = []
    if label != form.line("label_was"):
        raw.append({"op": "rename", "theme": theme, "label": label})
    if text != form.text("beschrijving_was"):
        raw.append({"op": "describe", "theme": theme, "text": text})
    return raw


def _each_theme(op: str) -> Callable[[FormPost], list[Raw]]:
    return lambda form: [{"op": op, "theme": each} for each in form.many("thema")]


def _merge(form: FormPost) -> list[Raw]:
    themes = form.many("thema")
    into = form.line("in") or (themes[0] if themes else "")
    others = [each for each in themes if each != into]
    return [{"op": "merge", "themes": others, "into": into}] if others else []


def _split(form: FormPost) -> list[Raw]:
    statements = form.many("uitspraak")
    if not statements:
        return []
    raw = {
        "op": "split",
        "theme": form.line("thema"),
        "statements": statements,
        "label": form.line("label"),
    }
    return [raw]


def _create(form: FormPost) -> list[Raw]:
    raw = {
        "op": "create",
        "opdracht": form.number("opdracht") or 0,
        "label": form.line("label"),
        "statements": form.many("uitspraak"),
    }
    return [raw]


def _of_statements(op: str, *fields: tuple[str, str]) -> Callable[[FormPost], list[Raw]]:
    def made(form: FormPost) -> list[Raw]:
        statements = form.many("uitspraak")
        if not statements:
            return []
        named = {name: value for name, field in fields if (value := form.line(field))}
        return [{"op": op, "statements": statements, **named}]

    return made


def _place(form: FormPost) -> list[Raw]:
    statements = form.many("uitspraak")
    if not statements:
        return []
    return [{"op": "place", "statements": statements, "opdracht": form.number("opdracht")}]


def _reorder(form: FormPost) -> list[Raw]:
    themes = form.many("volgorde")
    theme, step = form.line("thema"), {"omhoog": -1, "omlaag": 1}.get(form.line("richting"), 0)
    if theme not in themes or not step:
        return []
    at = themes.index(theme)
    to = at + step
    if not 0 <= to < len(themes):
        return []
    themes[at], themes[to] = themes[to], themes[at]
    return [{"op": "reorder", "opdracht": form.number("opdracht") or 0, "themes": themes}]


def _note(form: FormPost) -> list[Raw]:
    target = "action" if form.line("actie") else "theme"
    about = form.line("actie") or form.line("thema")
    return [{"op": "note", target: about, "text": form.text("notitie")}]


def _reply(form: FormPost) -> list[Raw]:
    return [{"op": "reply", "theme": form.line("thema"), "text": form.text("antwoord")}]


def _answer(op: str) -> Callable[[FormPost], list[Raw]]:
    return lambda form: [{"op": op, "proposal": form.line("voorstel")}]


def _revoke(form: FormPost) -> list[Raw]:
    """Revokes the last decision first, as it may depend on the one before."""
    numbers = sorted(int(each) for each in form.many("beslissing") if whole_number(each))
    return [{"op": "revoke", "event": each} for each in reversed(numbers)]


def _action_create(form: FormPost) -> list[Raw]:
    """A new action: in own words, or the words of the one source that was chosen."""
    sources, text = form.many("bron"), form.text("tekst")
    quotes = len(sources) == 1 and not text
    raw: Raw = {
        "op": "action",
        "do": "create",
        "opdracht": form.number("opdracht") or 0,
        **({"statement": sources[0]} if quotes else {"text": text, "sources": sources}),
        "themes": form.many("thema"),
        **_action_values(form),
    }
    return [raw]


def _action_save(form: FormPost) -> list[Raw]:
    action = form.line("actie")
    raw: list[Raw] = []
    text = form.text("tekst")
    if text != form.text("tekst_was"):
        raw.append({"op": "action", "do": "text", "action": action, "text": text})
    now, was = _action_values(form), _action_values(form, "_was")
    changed = {name: value for name, value in now.items() if value != was[name]}
    if changed:
        raw.append({"op": "action", "do": "set", "action": action, **changed})
    themes = form.many("thema")
    if form.line("kies_themas") and set(themes) != set(form.many("thema_was")):
        raw.append({"op": "action", "do": "themes", "action": action, "themes": themes})
    return raw


def _action_priorities(form: FormPost) -> list[Raw]:
    """Sets the priorities that reactions suggest: fields ``voorgesteld`` with ``ID:PRIORITY``."""
    raw: list[Raw] = []
    for each in form.many("voorgesteld"):
        action, _, value = each.partition(":")
        number = int(value) if whole_number(value) else None
        raw.append({"op": "action", "do": "set", "action": action, "priority": number})
    return raw


def _action_values(form: FormPost, after: str = "") -> Raw:
    partners = form.line(f"partners{after}", 2000)
    return {
        "trekker": form.line(f"trekker{after}") or None,
        "partners": [part for each in partners.split(",") if (part := each.strip())],
        "priority": form.number(f"prioriteit{after}"),
        "deadline": form.line(f"tegen{after}") or None,
        "regelgeving": form.line(f"regelgeving{after}") or "geen",
    }


def _action_support(form: FormPost) -> list[Raw]:
    raw = {
        "op": "action",
        "do": "support",
        "action": form.line("actie"),
        "statements": form.many("uitspraak"),
    }
    return [raw]


def _action_status(form: FormPost) -> list[Raw]:
    raw = {"op": "action", "do": "status", "status": form.line("status")}
    reason = form.text("reden")
    raw |= {"reason": reason} if reason else {}
    return [{**raw, "action": each} for each in form.many("actie")]


def _action_join(form: FormPost) -> list[Raw]:
    actions = form.many("actie")
    into = form.line("in") or (actions[0] if actions else "")
    others = [each for each in actions if each != into]
    if not others:
        return []
    return [{"op": "action", "do": "join", "actions": others, "into": into}]


def _action_hand_over(form: FormPost) -> list[Raw]:
    raw = {
        "op": "action",
        "do": "hand_over",
        "action": form.line("actie"),
        "opdracht": form.number("opdracht") or 0,
    }
    return [raw]


_ASKED: Mapping[str, Callable[[FormPost], list[Raw]]] = {
    "hernoem": _rename,
    "keur_goed": _each_theme("approve"),
    "verwerp": _each_theme("reject"),
    "voeg_samen": _merge,
    "splits": _split,
    "nieuw_thema": _create,
    "verplaats": _of_statements("move", ("from", "uit"), ("to", "naar")),
    "kopieer": _of_statements("copy", ("to", "naar")),
    "haal_uit": _of_statements("remove", ("theme", "uit")),
    "niet_hierover": _of_statements("off_topic"),
    "houding": _of_statements("stance", ("stance", "houding")),
    "plaats": _place,
    "volgorde": _reorder,
    "notitie": _note,
    "antwoord": _reply,
    "aanvaard": _answer("accept"),
    "wijs_af": _answer("decline"),
    "herroep": _revoke,
    "nieuwe_actie": _action_create,
    "bewaar_actie": _action_save,
    "prioriteiten": _action_priorities,
    "wie_stelt_voor": _action_support,
    "actie_status": _action_status,
    "voeg_acties_samen": _action_join,
    "draag_over": _action_hand_over,
}
_OVERTAKEN = frozenset(
    {
        "theme_merged",
        "theme_rejected",
        "theme_gone",
        "action_joined",
        "action_gone",
        "statements_gone",
        "statement_unknown",
        "participant_unknown",
        "answer_unknown",
        "not_in_theme",
        "proposal_gone",
        "already_revoked",
        "already_answered",
        "facilitator_decided",
    }
)
