"""Writes the proof of a consultation: a zip file that is the same for the same data and secret."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation.catalogue import Catalogue
from consultation.curation.chain import FIRST_LINK, broken_links, open_part, sealed_part
from consultation.curation.operations import parse
from consultation.database.models import (
    ContributionVersion,
    CurationEvent,
    Round,
    Statement,
)
from consultation.database.records import ErasedStatement
from consultation.errors import needs_pipeline
from consultation.participation.answers import GONE
from consultation.participation.reactions import IN_FAVOUR
from consultation.queries.disclosure import Breakdown, Quote, public_joint
from consultation.queries.opdracht_snapshot import opdracht_snapshot
from consultation.queries.statements import Author, active_answer, answers, joint_senders
from consultation.reactions.results import counted_reactions, reaction_rounds
from consultation.settings import settings
from language.personal_data import detector
from reporting.action_plan.chapters import public_reactions
from reporting.plan import Plan
from reporting.proof import commitment, contents
from reporting.publication import CountedPlan, counted_approved, counted_publications

_README = Path(__file__).parent / "leesmij.txt"
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
NOW = "nu"
"""The name of the plan as it is approved now."""


@dataclass(frozen=True)
class Proof:
    """A proof: the file, its fingerprint, and the numbers of events whose link does not follow."""

    content: bytes
    fingerprint: str
    changed: tuple[int, ...]


@dataclass(frozen=True)
class _Stored:
    """An active statement: its answer's version and span."""

    version: str
    start: int
    end: int


def proof_of(session: Session, consultation_id: int, catalogue: Catalogue, secret: str) -> Proof:
    """The proof of everything that is published or approved.

    ``secret`` is the secret key: pseudonyms and commitments follow from it.

    Raises:
        SamenspraakError: the pipeline that detects names is unavailable.
    """
    return _Bundle(session, consultation_id, catalogue, secret).made()


class _Bundle:
    """Gathers the entries; remembers which spans of which answers the quotes open."""

    def __init__(
        self, session: Session, consultation_id: int, catalogue: Catalogue, secret: str
    ) -> None:
        self._session = session
        self._consultation = consultation_id
        self._catalogue = catalogue
        whole = f"bewijs {catalogue.consultatie.slug}"
        self._key = hmac.new(secret.encode(), whole.encode(), hashlib.sha256).digest()
        self._opened: dict[str, list[commitment.Span]] = {}
        active = answers(Statement.id, ContributionVersion.id, Statement.start, Statement.end).join(
            Statement, Statement.contribution_version_id == ContributionVersion.id
        )
        self._active = {
            row[0]: _Stored(*row[1:])
            for row in session.execute(active.where(*active_answer(consultation_id)))
        }
        texts = answers(ContributionVersion.id, ContributionVersion.text)
        rows = session.execute(texts.where(*active_answer(consultation_id)))
        self._texts: dict[str, str] = dict(tuple(row) for row in rows)

    def made(self) -> Proof:
        """The whole file."""
        plans = [
            *(
                (f"ronde {each.plan.round}", each.plan.at.isoformat(), each)
                for each in counted_publications(self._session, self._consultation)
            ),
            (NOW, None, counted_approved(self._session, self._consultation, self._catalogue)),
        ]
        votes, reactions = self._reactions(plans[-1][2].plan)
        told = [self._plan(*each, reactions if each[0] == NOW else []) for each in plans]
        rows = [row for name, _, plan in plans for row in self._counts(name, plan)]
        lines, named = self._log()
        stored = self._stored()
        entries = {
            contents.PLANS: _json(told),
            contents.COUNTS: _json(rows),
            contents.REACTIONS: _json(votes),
            contents.STATEMENTS: _json(self._statements(stored)),
            contents.ANSWERS: _json(self._answers()),
            contents.LOG: b"".join(map(_line, lines)),
            contents.ERASED: _json(self._erased(named - stored)),
            contents.README: _README.read_bytes(),
        }
        manifest = _line(
            contents.ProofManifest(
                format="samenspraak-bewijs",
                version=1,
                consultation=self._catalogue.consultatie.slug,
                title=self._catalogue.consultatie.titel,
                log=contents.ProofHead(
                    events=len(lines), link=lines[-1].link if lines else FIRST_LINK
                ),
                entries={
                    name: contents.ProofEntry(size=len(raw), sha256=hashlib.sha256(raw).hexdigest())
                    for name, raw in entries.items()
                },
            )
        )
        content = _zipped({contents.MANIFEST: manifest, **entries})
        changed = tuple(broken_links(self._session, self._consultation))
        return Proof(content, hashlib.sha256(manifest).hexdigest(), changed)

    def _secret(self, *parts: str) -> bytes:
        return hmac.new(self._key, "\0".join(parts).encode(), hashlib.sha256).digest()

    def _pseudonym(self, *parts: str) -> str:
        return self._secret("pseudonym", *parts).hex()[:24]

    def _plan(
        self,
        name: str,
        published: str | None,
        counted: CountedPlan,
        reactions: list[contents.ProofReaction],
    ) -> contents.ProofPlan:
        themes = [
            contents.ProofTheme(
                id=theme.id,
                code=theme.code,
                label=theme.label,
                statements=theme.statements,
                people=_people(theme.people),
                quotes=[self._quote(each) for each in theme.quotes],
                joint=list(theme.joint),
            )
            for part in counted.plan.opdrachten
            for theme in part.themes
        ]
        actions = [
            contents.ProofAction(
                id=action.id,
                text=action.text,
                counted=action.counted,
                people=_people(action.people),
                quote=self._quote(Quote(action.statement, action.text))
                if action.statement
                else None,
            )
            for part in counted.plan.opdrachten
            for action in part.actions
        ]
        return contents.ProofPlan(
            name=name,
            round=counted.plan.round,
            published=published,
            log=contents.ProofHead(events=counted.log.events, link=counted.log.link)
            if counted.log
            else None,
            themes=themes,
            actions=actions,
            reactions=reactions,
        )

    def _reactions(
        self, plan: Plan
    ) -> tuple[list[contents.CountedReaction], list[contents.ProofReaction]]:
        """The opinions that the plan counts, and what it tells of them."""
        told = []
        for part in plan.opdrachten:
            seen = opdracht_snapshot(self._session, self._consultation, part.nummer)
            found = public_reactions(self._session, self._consultation, self._catalogue, part, seen)
            told += [(each.action, row) for each in found or () for row in each.rows]
        named: dict[str, set[str]] = {}
        for action, row in told:
            named.setdefault(action, set()).add(row.group)
        last = next(iter(reaction_rounds(self._session, self._consultation)), 0)
        counted = counted_reactions(self._session, self._consultation, last, named)
        counts = self._catalogue.consultatie.gedragen.voorwaarde_telt
        in_favour = IN_FAVOUR if counts else IN_FAVOUR[:1]
        votes = [
            contents.CountedReaction(
                plan=NOW,
                action=each.action_id,
                person=self._pseudonym("reaction", each.action_id, each.participant),
                group=each.group if each.group in named[each.action_id] else None,
                in_favour=each.stance in in_favour,
            )
            for each in counted
            if each.stance != "weet_niet"
        ]
        rows = [
            contents.ProofReaction(
                action=action,
                group=row.group or None,
                opinions=row.opinions,
                in_favour=round(row.share * row.opinions),
            )
            for action, row in told
        ]
        return sorted(votes, key=lambda each: (each.action, each.person)), rows

    def _quote(self, quote: Quote) -> contents.ProvenQuote:
        at = self._active[quote.statement]
        pieces = _pieces(self._texts[at.version], at.start, at.end)
        self._opened.setdefault(at.version, []).extend(
            each.span for each in pieces if each.mask is None
        )
        return contents.ProvenQuote(
            statement=self._pseudonym("statement", quote.statement),
            text=quote.text,
            group=quote.group,
            pieces=pieces,
        )

    def _counts(self, name: str, counted: CountedPlan) -> Iterator[contents.CountedThing]:
        for decided in counted.decided:
            part = counted.plan.opdracht(decided.nummer)
            members = {each.id: each.statements for each in decided.themes}
            for theme in part.themes if part else ():
                rows = self._rows(theme.id, members[theme.id], theme.people, counted.heard)
                joint = self._joint(theme.id, members[theme.id], counted.heard)
                yield contents.CountedThing(
                    plan=name, kind="theme", id=theme.id, rows=rows, joint=joint
                )
            for action in part.actions if part else ():
                own = (decided.support or {}).get(action.id, ())
                rows = self._rows(action.id, own, action.people, counted.heard)
                yield contents.CountedThing(plan=name, kind="action", id=action.id, rows=rows)

    def _rows(
        self, scope: str, statements: Iterable[str], people: Breakdown, heard: Mapping[str, Author]
    ) -> list[contents.CountedRow]:
        """The rows of a theme or action; none where the publication tells no number either."""
        if people.people is None:
            return []
        named = {slug for slug, _ in people.groups}
        rows = [
            contents.CountedRow(
                statement=self._pseudonym("statement", each),
                person=self._pseudonym("person", scope, heard[each].participant),
                group=group if group in named else None,
            )
            for each in dict.fromkeys(statements)
            if each in heard
            for group in [heard[each].group]
        ]
        return sorted(rows, key=lambda each: each.statement)

    def _joint(
        self, scope: str, statements: Iterable[str], heard: Mapping[str, Author]
    ) -> list[list[str]]:
        """The senders of each joint participant of a theme that has five or more."""
        senders = joint_senders(heard[each] for each in statements if each in heard)
        return sorted(
            sorted(self._pseudonym("sender", scope, each) for each in own)
            for own in senders.values()
            if public_joint([len(own)])
        )

    def _stored(self) -> set[str]:
        """The ids of all statements, also of answers that no longer count."""
        query = answers(Statement.id).join(
            Statement, Statement.contribution_version_id == ContributionVersion.id
        )
        return set(self._session.scalars(query.where(Round.consultation_id == self._consultation)))

    def _statements(self, stored: Iterable[str]) -> list[contents.ProofStatement]:
        rows = [
            contents.ProofStatement(
                id=self._pseudonym("statement", each),
                answer=self._pseudonym("answer", at.version) if at else None,
                span=(at.start, at.end) if at else None,
            )
            for each in stored
            for at in [self._active.get(each)]
        ]
        return sorted(rows, key=lambda each: each.id)

    def _answers(self) -> list[contents.ProofAnswer]:
        found = []
        for version, text in self._texts.items():
            seed = self._secret("seed", version)
            spans = commitment.merged(self._opened.get(version, []))
            found.append(
                contents.ProofAnswer(
                    id=self._pseudonym("answer", version),
                    length=len(text),
                    root=commitment.root(text, seed),
                    spans=spans,
                    texts=[text[start:end] for start, end in spans],
                    opening=commitment.opening(text, seed, spans) if spans else [],
                )
            )
        return sorted(found, key=lambda each: each.id)

    def _log(self) -> tuple[list[contents.ProofLogLine], set[str]]:
        """The lines, and the statements that they name."""
        query = (
            select(CurationEvent)
            .where(CurationEvent.consultation_id == self._consultation)
            .order_by(CurationEvent.id)
        )
        lines: list[contents.ProofLogLine] = []
        links: dict[int, str] = {}
        every: set[str] = set()
        for row in self._session.scalars(query):
            told, sealed = open_part(row, links.get(row.revokes_id or 0)), sealed_part(row)
            raw = {name: value for name, value in row.payload.items() if name != "recorded"}
            named = parse(raw).statements_named
            every.update(named)
            lines.append(
                contents.ProofLogLine(
                    nr=len(lines) + 1,
                    open=told,
                    sealed=sealed,
                    link=row.link,
                    account=self._pseudonym("account", row.account),
                    statements=[self._pseudonym("statement", each) for each in named],
                )
            )
            links[row.id] = row.link
        return lines, every

    def _erased(self, missing: Iterable[str]) -> list[contents.ProofErased]:
        """What was erased; ``missing`` are named statements that are not stored."""
        query = select(ErasedStatement.id, ErasedStatement.day).where(
            ErasedStatement.consultation_id == self._consultation
        )
        days: dict[str, str | None] = dict.fromkeys(missing)
        days |= {row[0]: row[1] for row in self._session.execute(query)}
        rows = [
            contents.ProofErased(id=self._pseudonym("statement", each), day=day)
            for each, day in days.items()
        ]
        return sorted(rows, key=lambda each: each.id)


def _people(found: Breakdown) -> contents.ProofPeople:
    return contents.ProofPeople(people=found.people, groups=list(found.groups), others=found.others)


def _pieces(text: str, start: int, end: int) -> list[contents.QuotePiece]:
    """The pieces of a slice: as ``consultation.queries.disclosure`` masks it, with their places."""
    with needs_pipeline():
        seen = detector(settings().spacy_model).look(text)
    if not seen.whole:
        return [contents.QuotePiece(span=(start, end), mask=GONE)]
    pieces: list[contents.QuotePiece] = []
    place = start
    for each in seen.found:
        if each.start < end and each.end > start:
            lo, hi = max(each.start, start), min(each.end, end)
            if place < lo:
                pieces.append(contents.QuotePiece(span=(place, lo)))
            pieces.append(contents.QuotePiece(span=(lo, hi), mask=f"[{each.kind}]"))
            place = hi
    if place < end:
        pieces.append(contents.QuotePiece(span=(place, end)))
    return pieces


def _json(rows: Sequence[BaseModel]) -> bytes:
    """A JSON list with one row per line."""
    inner = b",\n".join(_line(each).rstrip() for each in rows)
    return b"[\n" + inner + b"\n]\n" if rows else b"[]\n"


def _line(row: BaseModel) -> bytes:
    return json.dumps(row.model_dump(), separators=(",", ":")).encode("ascii") + b"\n"


def _zipped(entries: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, raw in entries.items():
            info = zipfile.ZipInfo(name, _LONG_AGO)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            file.writestr(info, raw)
    return out.getvalue()
