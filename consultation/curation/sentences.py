"""Describes decisions in Dutch: the predicate of a sentence such as "Els keurde O04-T012 goed".

The log does not hold the words of participants, so quotes are looked up when a sentence is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from consultation import dates
from consultation.catalogue import Catalogue
from consultation.curation import operations as ops
from consultation.curation.state import CurationState, Event, Outcome, PreviousValue

STANCES: Mapping[str, str] = {
    "voor": "voor",
    "tegen": "tegen",
    "voorwaardelijk": "voor, op een voorwaarde",
    "geen": "geen houding",
}
"""The stances in words."""

_SHORT, _LONG = 60, 120
_NO_THEME = "een thema dat hier niet meer staat"
_NO_ACTION = "zonder tekst"


@dataclass(frozen=True)
class Sentences:
    """Makes sentences for the decisions in one state.

    ``quote`` returns the text of a statement, or an empty string. ``afar`` holds the code and label
    of themes of other opdrachten, by theme id.
    """

    state: CurationState
    catalogue: Catalogue
    quote: Callable[[str], str]
    afar: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def of(self, outcome: Outcome) -> str:
        """The decision without its subject: ``keurde O04-T012 ‘Lessen op het werk’ goed``."""
        return self._told(outcome.event, outcome.before)

    def theme(self, id_: str) -> str:
        """A theme's code and label; for a theme whose creation was revoked, its first label."""
        found = self.state.themes.get(id_)
        if found is not None:
            return f"{found.code} {_quoted(found.label)}"
        if id_ in self.afar:
            code, label = self.afar[id_]
            return f"{code} {_quoted(label)}"
        made = next((each for each in map(_makes, self.state.log) if each and each.id == id_), None)
        return _quoted(made.label) if made else _NO_THEME

    def themes(self, ids: Iterable[str]) -> str:
        """Several themes in one phrase."""
        return _listed([self.theme(each) for each in ids])

    def action(self, id_: str) -> str:
        """The quoted wording of an action, or ``zonder tekst`` if it has none."""
        found = self.state.actions.get(id_)
        words = self._words(found) if found else ""
        return _quoted(words) if words else _NO_ACTION

    def _words(self, what: Any) -> str:
        if what.text is not None:
            return str(what.text)
        return self.quote(what.statement) if what.statement else ""

    def _opdracht(self, number: int) -> str:
        known = self.catalogue.opdracht(number)
        return f"opdracht {number} {_quoted(known.titel, _LONG)}" if known else f"opdracht {number}"

    def _told(self, event: Event, before: PreviousValue | None = None, undone: bool = False) -> str:
        operation = event.operation
        match operation:
            case ops.Rename():
                return self._renamed(operation, before, undone)
            case ops.Describe():
                return self._described(operation)
            case ops.Merge():
                into = self.theme(operation.into)
                return f"voegde {self.themes(operation.themes)} samen met {into}"
            case ops.Split():
                source, new = self.theme(operation.theme), self._made(operation)
                return f"splitste {_count(operation.statements)} af van {source}, als {new}"
            case ops.Create():
                inside = f" met {_count(operation.statements)}" if operation.statements else ""
                return f"maakte het thema {self._made(operation)}{inside}"
            case ops.Move():
                source = f" van {self.theme(operation.from_)}" if operation.from_ else ""
                target = self.theme(operation.to)
                return f"verplaatste {_count(operation.statements)}{source} naar {target}"
            case ops.Copy():
                return f"zette {_count(operation.statements)} ook in {self.theme(operation.to)}"
            case ops.Remove():
                return f"haalde {_count(operation.statements)} uit {self.theme(operation.theme)}"
            case ops.OffTopic():
                return f"zette {_count(operation.statements)} opzij: niet over deze opdracht"
            case ops.Place():
                number = operation.opdracht
                where = f"bij {self._opdracht(number)}" if number else "bij geen enkele opdracht"
                return f"plaatste {_count(operation.statements)} {where}"
            case ops.SetStance():
                told = STANCES[operation.stance]
                return f"zette de houding van {_count(operation.statements)} op ‘{told}’"
            case ops.PlaceExactly():
                words = self.quote(operation.statement)
                into = self.themes(operation.themes) or "geen enkel thema"
                return f"plaatste {_quoted(words) if words else 'een uitspraak'} in {into}"
            case ops.Reply():
                if not operation.text:
                    return (
                        f"haalde het antwoord aan deelnemers weg bij {self.theme(operation.theme)}"
                    )
                words = _quoted(operation.text, _LONG)
                return f"antwoordde aan wie {self.theme(operation.theme)} zei: {words}"
            case ops.Approve():
                return f"keurde {self.theme(operation.theme)} goed"
            case ops.Reject():
                return f"verwierp {self.theme(operation.theme)}"
            case ops.Reorder():
                return f"veranderde de volgorde van de thema’s: {self._order(operation)}"
            case ops.Note():
                at = self.theme(operation.theme) if operation.theme else ""
                return f"schreef een notitie bij {at or 'de actie ' + self.action(_id(operation))}"
            case ops.CountAsOne():
                return f"telde {_members(operation)} als één"
            case ops.CountApart():
                return f"liet {_members(operation)} apart tellen"
            case ops.Accept():
                does = event.recorded.get("does")
                done = f" en {self._told(_event(event, ops.parse(does)))}" if does else ""
                return f"aanvaardde een voorstel van de computer{done}"
            case ops.Decline():
                about = self.themes(event.recorded.get("themes", ()))
                return f"wees een voorstel van de computer af{' over ' + about if about else ''}"
            case ops.Revoke():
                return self._revoked(operation)
        return self._told_action(operation, before)

    def _renamed(self, operation: ops.Rename, before: PreviousValue | None, undone: bool) -> str:
        code = self.theme(operation.theme).partition(" ")[0]
        new = f"‘{operation.label}’"
        old = f"‘{before.text}’" if before and before.text else ""
        if not old or old == new:
            return f"gaf thema {code} de naam {new}"
        if undone:
            return f"veranderde de naam van thema {code} van {old} in {new}"
        return f"gaf thema {code} een andere naam: {old} heet nu {new}"

    def _made(self, operation: ops.Split | ops.Create) -> str:
        """The code of a new theme, if it still exists, with the label it was created with."""
        known = self.state.themes.get(str(operation.id))
        return f"{known.code} {_quoted(operation.label)}" if known else _quoted(operation.label)

    def _described(self, operation: ops.Describe) -> str:
        theme = self.theme(operation.theme)
        parts = [_quoted(operation.text, _LONG)] if operation.text else []
        if operation.excludes:
            parts.append(f"hoort er niet bij: {_quoted(operation.excludes, _LONG)}")
        examples = len(operation.examples or ()) + len(operation.example_statements or ())
        if examples:
            parts.append(f"{examples} {'voorbeeld' if examples == 1 else 'voorbeelden'}")
        if not parts:
            return f"haalde de beschrijving weg bij {theme}"
        return f"beschreef {theme}: {'; '.join(parts)}"

    def _order(self, operation: ops.Reorder) -> str:
        first = [each for each in operation.themes if each in self.state.themes][:2]
        return f"eerst {self.themes(first)}" if first else "de thema’s zijn er niet meer"

    def _revoked(self, operation: ops.Revoke) -> str:
        """The sentence for a revocation; revoking a revocation reads as redoing the event."""
        verb, other = "maakte ongedaan", "voerde opnieuw uit"
        outcome = self.state.outcomes.get(operation.event)
        while outcome is not None and isinstance(outcome.event.operation, ops.Revoke):
            verb, other = other, verb
            outcome = self.state.outcomes.get(outcome.event.operation.event)
        if outcome is None:
            return f"{verb}: een beslissing die hier niet staat"
        told = self._told(outcome.event, outcome.before, undone=True)
        return f"{verb}: {outcome.event.account} {told}"

    def _told_action(self, operation: ops.Operation, before: PreviousValue | None) -> str:
        match operation:
            case ops.ActionCreate():
                words = self._words(operation)
                made_of = f" uit {_count(operation.sources)}" if operation.sources else ""
                return f"maakte de actie {_quoted(words) if words else _NO_ACTION}{made_of}"
            case ops.ActionText():
                new = _quoted(self._words(operation), _LONG)
                old = self._words(before) if before else ""
                if not old:
                    return f"schreef de tekst van een actie: {new}"
                return f"herschreef de actie {_quoted(old, _LONG)}: er staat nu {new}"
            case ops.ActionAmend():
                return self._amended(operation, before)
            case ops.ActionSet():
                return f"vulde bij de actie {self.action(operation.action)} in: {_set(operation)}"
            case ops.ActionThemes():
                name = self.action(operation.action)
                if not operation.themes:
                    return f"haalde alle thema’s weg bij de actie {name}"
                return f"koos voor de actie {name} {self.themes(operation.themes)}"
            case ops.ActionSupport():
                name = self.action(operation.action)
                return f"koos wie de actie {name} voorstelt: {_count(operation.statements)}"
            case ops.ActionStatusSet():
                because = f", want {_quoted(operation.reason, _LONG)}" if operation.reason else ""
                name = self.action(operation.action)
                return f"zette de actie {name} op ‘{operation.status}’{because}"
            case ops.ActionJoin():
                names = _listed([self.action(each) for each in operation.actions])
                what = "de actie" if len(operation.actions) == 1 else "de acties"
                return f"voegde {what} {names} samen met {self.action(operation.into)}"
            case ops.ActionHandOver():
                name = self.action(operation.action)
                return f"gaf de actie {name} door aan {self._opdracht(operation.opdracht)}"
        raise TypeError(f"no sentence for {operation.op}")

    def _amended(self, operation: ops.ActionAmend, before: PreviousValue | None) -> str:
        words = self.quote(operation.statement)
        new = _quoted(words, _LONG) if words else "woorden die gewist zijn"
        because = f", want {_quoted(operation.reason, _LONG)}" if operation.reason else ""
        old = self._words(before) if before else ""
        name = f"de actie {_quoted(old, _LONG)}" if old else "een actie"
        if operation.accepted:
            return f"nam de wijziging van een deelnemer over bij {name}: er staat nu {new}{because}"
        return f"nam de wijziging van een deelnemer niet over bij {name}: {new}{because}"


def _set(operation: ops.ActionSet) -> str:
    parts = []
    for name, value in operation.given.items():
        match name:
            case "trekker":
                parts.append(f"trekker {value}" if value else "geen trekker")
            case "partners":
                parts.append(f"samen met {_listed(value)}" if value else "geen partners")
            case "priority":
                parts.append(f"prioriteit {value}" if value else "geen prioriteit")
            case "deadline":
                parts.append(f"tegen {dates.day(value)}" if value else "geen datum")
            case _:
                parts.append(f"regelgeving: {value}")
    return ", ".join(parts)


def _makes(outcome: Outcome) -> ops.Split | ops.Create | None:
    """The operation of an event that created a theme, directly or by accepting a suggestion."""
    operation = outcome.event.operation
    if isinstance(operation, ops.Accept) and outcome.event.recorded.get("does"):
        operation = ops.parse(outcome.event.recorded["does"])
    return operation if isinstance(operation, ops.Split | ops.Create) else None


def _event(event: Event, operation: ops.Operation) -> Event:
    return Event(event.id, event.account, event.at, operation, event.recorded)


def _id(operation: ops.Note) -> str:
    return str(operation.action)


def _count(statements: Sequence[str]) -> str:
    return f"{len(statements)} {'uitspraak' if len(statements) == 1 else 'uitspraken'}"


def _members(operation: ops.CountAsOne | ops.CountApart) -> str:
    if operation.participants:
        return f"{len(operation.participants)} deelnemers van een organisatie"
    return f"{len(operation.answers)} brieven met bijna dezelfde tekst"


def _listed(names: Sequence[str]) -> str:
    return " en ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _quoted(text: str, most: int = _SHORT) -> str:
    """The text in quotation marks, cut at a word boundary to at most ``most`` characters."""
    plain = " ".join(text.split())
    if len(plain) > most:
        plain = plain[: most - 1].rpartition(" ")[0] or plain[: most - 1]
        plain += "…"
    return f"‘{plain}’"
