"""Checks a proof without a database: every fault is one line with its place."""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, TypeAdapter, ValidationError

from consultation.curation.chain import FIRST_LINK, link_after
from consultation.errors import SamenspraakError
from consultation.participation.answers import GONE
from consultation.queries.disclosure import FOLD_BELOW
from language.personal_data import Kind
from language.segmentation.plain_text import readable
from reporting.proof import commitment, contents

MAX_BYTES = 1_000_000_000
"""The most that the entries of a proof may hold together, unpacked."""

_MASKS = {GONE, *(f"[{each}]" for each in get_args(Kind))}
_MOST_FAULTS = 200

_Row = TypeVar("_Row", bound=BaseModel)
_Named = TypeVar("_Named", contents.ProofStatement, contents.ProofAnswer, contents.ProofErased)


@dataclass
class ProofVerdict:
    """The faults of a proof, each with its place, and what was checked."""

    fingerprint: str = ""
    faults: list[str] = field(default_factory=list)
    checked: Counter[str] = field(default_factory=Counter)

    def fault(self, place: str, what: str) -> None:
        """Adds a fault."""
        self.faults.append(f"{place}: {what}")


class _Unreadable(Exception):
    """The rest cannot be checked."""


def verify(path: Path, fingerprint: str | None = None) -> ProofVerdict:
    """Checks a proof; ``fingerprint`` is the one that was made public, if it is known.

    Raises:
        SamenspraakError: there is no such file, or it cannot be opened.
    """
    verdict = ProofVerdict()
    try:
        entries = _unpacked(path, verdict)
        _check(entries, verdict)
    except _Unreadable:
        pass
    if fingerprint is not None and verdict.fingerprint != fingerprint.strip().lower():
        verdict.fault(
            contents.MANIFEST,
            f"the fingerprint is {verdict.fingerprint or 'not there'}, not {fingerprint[:80]}",
        )
    return verdict


def _unpacked(path: Path, verdict: ProofVerdict) -> dict[str, bytes]:
    """The entries; those that the manifest does not vouch for are faults."""
    try:
        file = zipfile.ZipFile(path)
    except OSError as error:
        raise SamenspraakError(f"{path}: cannot be read ({error.strerror}).") from error
    except zipfile.BadZipFile as error:
        verdict.fault(path.name, "is not a whole zip file; it was cut off or is something else")
        raise _Unreadable from error
    with file:
        infos = file.infolist()
        names = [each.filename for each in infos]
        for name, times in Counter(names).items():
            if name not in (contents.MANIFEST, *contents.ENTRIES):
                verdict.fault(name[:80], "is not an entry of a proof")
            elif times > 1:
                verdict.fault(name, f"is there {times} times")
        for name in (contents.MANIFEST, *contents.ENTRIES):
            if name not in names:
                verdict.fault(name, "is missing")
        if sum(each.file_size for each in infos) > MAX_BYTES:
            verdict.fault(path.name, f"holds more than {MAX_BYTES:,} bytes")
        if verdict.faults:
            raise _Unreadable
        entries = {}
        for name in names:
            try:
                entries[name] = file.read(name)
            except (
                zipfile.BadZipFile,
                EOFError,
                OSError,
                NotImplementedError,
                RuntimeError,
                ValueError,
                zlib.error,
            ) as error:
                verdict.fault(name, "cannot be unpacked; the file is damaged")
                raise _Unreadable from error
    return entries


def _check(entries: Mapping[str, bytes], verdict: ProofVerdict) -> None:
    verdict.fingerprint = hashlib.sha256(entries[contents.MANIFEST]).hexdigest()
    manifest = _parsed(
        entries[contents.MANIFEST], contents.ProofManifest, contents.MANIFEST, verdict
    )
    for name in contents.ENTRIES:
        told = manifest.entries.get(name)
        if told is None or hashlib.sha256(entries[name]).hexdigest() != told.sha256:
            verdict.fault(name, "is not what the manifest says (SHA-256)")
    plans = _rows(entries, contents.PLANS, contents.ProofPlan, verdict)
    counts = _rows(entries, contents.COUNTS, contents.CountedThing, verdict)
    votes = _rows(entries, contents.REACTIONS, contents.CountedReaction, verdict)
    statements = _rows(entries, contents.STATEMENTS, contents.ProofStatement, verdict)
    answers = _rows(entries, contents.ANSWERS, contents.ProofAnswer, verdict)
    erased = _rows(entries, contents.ERASED, contents.ProofErased, verdict)
    log = [
        _parsed(line, contents.ProofLogLine, f"{contents.LOG}: line {number}", verdict)
        for number, line in enumerate(entries[contents.LOG].splitlines(), start=1)
    ]
    stored = _unique(statements, contents.STATEMENTS, verdict)
    committed = _unique(answers, contents.ANSWERS, verdict)
    gone = _unique(erased, contents.ERASED, verdict)
    for id_ in stored.keys() & gone.keys():
        verdict.fault(f"{contents.ERASED}: {id_}", "is erased and stored at once")
    _check_answers(answers, verdict)
    _check_statements(statements, committed, verdict)
    named = _check_log(log, manifest.log, stored.keys() | gone.keys(), verdict)
    _check_counts(plans, counts, stored, verdict)
    for plan in plans:
        _check_reactions(plan, [each for each in votes if each.plan == plan.name], verdict)
        _check_plan(plan, stored, committed, log, named, verdict)
    in_log = {each for line in log for each in line.statements}
    verdict.checked["holes"] = len(gone)
    verdict.checked["named in the log and erased"] = len(in_log & gone.keys())
    verdict.checked["without a day"] = sum(each.day is None for each in erased)


def _check_answers(answers: Sequence[contents.ProofAnswer], verdict: ProofVerdict) -> None:
    for each in answers:
        if not each.spans:
            continue
        place = f"{contents.ANSWERS}: {each.id}"
        try:
            found = commitment.root_of_opening(each.length, each.spans, each.texts, each.opening)
        except commitment.CommitmentError as error:
            verdict.fault(place, str(error))
            continue
        if found != each.root:
            verdict.fault(place, "the opened text does not stand in the answer that was committed")
        verdict.checked["answers opened"] += 1
    verdict.checked["answers"] = len(answers)


def _check_statements(
    statements: Sequence[contents.ProofStatement],
    answers: Mapping[str, contents.ProofAnswer],
    verdict: ProofVerdict,
) -> None:
    for each in statements:
        if (each.answer is None) != (each.span is None):
            verdict.fault(f"{contents.STATEMENTS}: {each.id}", "has a span or an answer, not both")
        elif each.answer is not None and each.span is not None:
            answer = answers.get(each.answer)
            if answer is None:
                verdict.fault(f"{contents.STATEMENTS}: {each.id}", "is of an answer not listed")
            elif not each.span[0] < each.span[1] <= answer.length:
                verdict.fault(f"{contents.STATEMENTS}: {each.id}", "is outside its answer")
    verdict.checked["statements"] = len(statements)


def _check_log(
    log: Sequence[contents.ProofLogLine],
    head: contents.ProofHead,
    known: set[str],
    verdict: ProofVerdict,
) -> set[str]:
    """Follows the chain; returns the themes and actions that the log names."""
    before = FIRST_LINK
    seen: set[str] = set()
    named: set[str] = set()
    for number, line in enumerate(log, start=1):
        place = f"{contents.LOG}: line {number}"
        if line.nr != number:
            verdict.fault(place, f"is decision {line.nr}; one was removed, added or moved")
        if link_after(before, line.open, line.sealed) != line.link:
            verdict.fault(place, f"decision {line.nr} does not follow from the one before it")
        revokes = line.open.get("revokes")
        if revokes is not None and revokes not in seen:
            verdict.fault(place, "undoes a decision that does not come before it")
        for each in line.statements:
            if each not in known:
                verdict.fault(place, f"names statement {each}: not stored and not told as erased")
        for key in ("themes", "actions"):
            values = line.open.get(key)
            named |= {str(each) for each in values} if isinstance(values, list) else set()
        before = line.link
        seen.add(before)
    if (len(log), before) != (head.events, head.link):
        verdict.fault(
            contents.LOG, f"ends at decision {len(log)}, not where the manifest says: {head.events}"
        )
    verdict.checked["decisions"] = len(log)
    return named


def _check_counts(
    plans: Sequence[contents.ProofPlan],
    counts: Sequence[contents.CountedThing],
    stored: Mapping[str, contents.ProofStatement],
    verdict: ProofVerdict,
) -> None:
    found: dict[tuple[str, str, str], contents.CountedThing] = {}
    for each in counts:
        key = (each.plan, each.kind, each.id)
        if key in found:
            verdict.fault(f"{contents.COUNTS}: {each.plan}, {each.id}", "is counted twice")
        found[key] = each
        for row in each.rows:
            if (told := stored.get(row.statement)) is None or told.answer is None:
                verdict.fault(
                    f"{contents.COUNTS}: {each.plan}, {each.id}",
                    f"counts statement {row.statement}, which is not an active one",
                )
    senders = {(each.plan, each.id): each.joint for each in counts}
    for plan in plans:
        for theme in plan.themes:
            rows = _taken(found, plan, "theme", theme.id, verdict)
            place = f"{contents.PLANS}: {plan.name}, {theme.code}"
            _check_people(place, theme.people, rows, verdict)
            wanted = None if theme.people.people is None else len(rows)
            if theme.statements != wanted:
                verdict.fault(place, _differs("statements", theme.statements, wanted))
            _check_joint(place, theme.joint, senders.get((plan.name, theme.id), []), verdict)
            verdict.checked["counts"] += 1
        for action in plan.actions:
            rows = _taken(found, plan, "action", action.id, verdict)
            place = f"{contents.PLANS}: {plan.name}, action {action.id}"
            _check_people(place, action.people, rows, verdict)
    for name, kind, id_ in found:
        verdict.fault(f"{contents.COUNTS}: {name}, {id_}", f"is of no {kind} in that plan")


def _check_joint(
    place: str, told: Sequence[int], senders: Sequence[Sequence[str]], verdict: ProofVerdict
) -> None:
    """Counts the senders of joint participants anew; none may stand for two of them."""
    right = sorted((len(set(own)) for own in senders), reverse=True)
    if list(told) != right:
        verdict.fault(place, _differs("senders that count as one", list(told), right))
    if min(right, default=FOLD_BELOW) < FOLD_BELOW:
        verdict.fault(place, f"tells of a group of fewer than {FOLD_BELOW}")


def _check_reactions(
    plan: contents.ProofPlan, votes: Sequence[contents.CountedReaction], verdict: ProofVerdict
) -> None:
    """Counts the opinions on each action anew: of everybody, and of each group that is named."""
    if len({(each.action, each.person) for each in votes}) != len(votes):
        verdict.fault(f"{contents.REACTIONS}: {plan.name}", "counts somebody twice on one action")
    votes_on: dict[str, list[contents.CountedReaction]] = {}
    for vote in votes:
        votes_on.setdefault(vote.action, []).append(vote)
    everybody = {each.action: each.opinions for each in plan.reactions if each.group is None}
    shown: Counter[str] = Counter()
    for each in plan.reactions:
        own = [vote for vote in votes_on.get(each.action, ()) if each.group in (None, vote.group)]
        place = f"{contents.PLANS}: {plan.name}, reactions to {each.action}, "
        place += each.group or "everybody"
        for what, said, right in (
            ("opinions", each.opinions, len(own)),
            ("in favour", each.in_favour, sum(vote.in_favour for vote in own)),
        ):
            if said != right:
                verdict.fault(place, _differs(what, said, right))
        if each.opinions < FOLD_BELOW:
            verdict.fault(place, f"tells of a group of fewer than {FOLD_BELOW}")
        shown[each.action] += each.opinions if each.group is not None else 0
        verdict.checked["counts"] += 2
    for action in shown:
        left = everybody.get(action, 0) - shown[action]
        if shown[action] and 0 < left < FOLD_BELOW:
            place = f"{contents.PLANS}: {plan.name}, reactions to {action}"
            verdict.fault(place, f"gives away a group of fewer than {FOLD_BELOW}")
    for action in votes_on.keys() - everybody.keys():
        verdict.fault(f"{contents.REACTIONS}: {action}", "is of no action in that plan")


def _taken(
    found: dict[tuple[str, str, str], contents.CountedThing],
    plan: contents.ProofPlan,
    kind: str,
    id_: str,
    verdict: ProofVerdict,
) -> list[contents.CountedRow]:
    counted = found.pop((plan.name, kind, id_), None)
    if counted is None:
        verdict.fault(f"{contents.PLANS}: {plan.name}, {kind} {id_}", "has no rows in counts.json")
        return []
    rows = counted.rows
    if len({each.statement for each in rows}) != len(rows):
        verdict.fault(f"{contents.COUNTS}: {plan.name}, {id_}", "counts a statement twice")
    return rows


def _check_people(
    place: str,
    told: contents.ProofPeople,
    rows: Sequence[contents.CountedRow],
    verdict: ProofVerdict,
) -> None:
    """Counts people and groups anew, and checks the rule that no small group is named."""
    if told.people is None:
        if rows or told.groups or told.others:
            verdict.fault(place, "tells figures of fewer than five people")
        return
    group_of: dict[str, str | None] = {}
    for row in rows:
        if group_of.setdefault(row.person, row.group) != row.group:
            verdict.fault(place, f"participant {row.person} is in two groups")
    sizes = Counter(group_of.values())
    others = sizes.pop(None, 0)
    for what, said, right in (
        ("people", told.people, len(group_of)),
        ("groups", dict(told.groups), dict(sizes)),
        ("people of other groups", told.others, others),
    ):
        if said != right:
            verdict.fault(place, _differs(what, said, right))
    if len(dict(told.groups)) != len(told.groups):
        verdict.fault(place, "tells of a group twice")
    small = [slug for slug, count in told.groups if count < FOLD_BELOW]
    if small or (0 < told.others < FOLD_BELOW and told.groups) or told.people < FOLD_BELOW:
        verdict.fault(place, f"tells of a group of fewer than {FOLD_BELOW}")
    verdict.checked["counts"] += 2


def _check_plan(
    plan: contents.ProofPlan,
    stored: Mapping[str, contents.ProofStatement],
    answers: Mapping[str, contents.ProofAnswer],
    log: Sequence[contents.ProofLogLine],
    named: set[str],
    verdict: ProofVerdict,
) -> None:
    place = f"{contents.PLANS}: {plan.name}"
    if plan.log is not None:
        reached = log[plan.log.events - 1].link if 0 < plan.log.events <= len(log) else FIRST_LINK
        if plan.log.events > len(log) or reached != plan.log.link:
            verdict.fault(place, "the log does not hold the decisions that were published")
    for id_ in [*(each.id for each in plan.themes), *(each.id for each in plan.actions)]:
        if id_ not in named:
            verdict.fault(f"{place}, {id_}", "is published, but no decision names it")
    for theme in plan.themes:
        groups = {slug for slug, _ in theme.people.groups}
        for number, quote in enumerate(theme.quotes, start=1):
            at = f"{place}, {theme.code}, quote {number}"
            _check_quote(at, quote, stored, answers, verdict)
            if quote.group is not None and quote.group not in groups:
                verdict.fault(at, "names a group that is too small to name")
    for action in plan.actions:
        if action.quote is not None:
            at = f"{place}, action {action.id}"
            _check_quote(at, action.quote, stored, answers, verdict)
            if action.quote.text != action.text:
                verdict.fault(at, "the wording is not the statement that it quotes")


def _check_quote(
    place: str,
    quote: contents.ProvenQuote,
    stored: Mapping[str, contents.ProofStatement],
    answers: Mapping[str, contents.ProofAnswer],
    verdict: ProofVerdict,
) -> None:
    verdict.checked["quotes"] += 1
    row = stored.get(quote.statement)
    answer = answers.get(row.answer or "") if row else None
    if row is None or row.span is None or answer is None:
        verdict.fault(place, "is of no active statement")
        return
    position, stop = row.span
    words = []
    for piece in quote.pieces:
        if piece.span[0] != position or piece.span[1] <= position:
            break
        position = piece.span[1]
        if piece.mask is None:
            words.append(_opened(answer, piece.span))
        elif piece.mask in _MASKS:
            words.append(piece.mask)
            verdict.checked["masked pieces"] += 1
        else:
            verdict.fault(place, f"hides characters behind {piece.mask[:40]!r}")
    if position != stop or not quote.pieces or quote.pieces[-1].span[1] != stop:
        verdict.fault(place, f"its pieces do not cover the statement, {row.span[0]}-{stop}")
    elif None in words:
        verdict.fault(place, "shows characters that the answer does not open")
    elif readable("".join(map(str, words))) != quote.text:
        verdict.fault(place, "the text is not the slice of the stored answer")


def _opened(answer: contents.ProofAnswer, span: contents.Span) -> str | None:
    for (start, end), text in zip(answer.spans, answer.texts, strict=False):
        if start <= span[0] and span[1] <= end:
            return text[span[0] - start : span[1] - start]
    return None


def _differs(what: str, told: object, found: object) -> str:
    return f"{what}: {told} is published, {found} follows from the rows"


def _unique(rows: Sequence[_Named], entry: str, verdict: ProofVerdict) -> dict[str, _Named]:
    found: dict[str, _Named] = {}
    for each in rows:
        if each.id in found:
            verdict.fault(f"{entry}: {each.id}", "is there twice")
        found[each.id] = each
    return found


def _rows(
    entries: Mapping[str, bytes], name: str, model: type[_Row], verdict: ProofVerdict
) -> list[_Row]:
    raw = _json(entries[name], name, verdict)
    if not isinstance(raw, list):
        verdict.fault(name, "is not a list")
        raise _Unreadable
    return [
        _validated(each, model, f"{name}: row {number}", verdict)
        for number, each in enumerate(raw, start=1)
    ]


def _parsed(raw: bytes, model: type[_Row], place: str, verdict: ProofVerdict) -> _Row:
    return _validated(_json(raw, place, verdict), model, place, verdict)


def _json(raw: bytes, place: str, verdict: ProofVerdict) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as error:
        verdict.fault(place, "is not JSON")
        raise _Unreadable from error


def _validated(raw: object, model: type[_Row], place: str, verdict: ProofVerdict) -> _Row:
    try:
        return TypeAdapter(model).validate_python(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(each)[:40] for each in first["loc"])
        verdict.fault(place, f"{where}: {first['msg']}")
        raise _Unreadable from error


def lines_of(verdict: ProofVerdict) -> Iterator[str]:
    """The faults, at most ``_MOST_FAULTS``, then what was checked."""
    yield from verdict.faults[:_MOST_FAULTS]
    if len(verdict.faults) > _MOST_FAULTS:
        yield f"... and {len(verdict.faults) - _MOST_FAULTS} more"
    for what, count in verdict.checked.items():
        yield f"checked: {count} {what}"
