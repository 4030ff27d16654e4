"""Filters on the themes and statements of an opdracht: group, round, kind, text and sort order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from consultation.queries.statements import StatementView
from consultation.queries.themes import ThemeView

SORTS = ("volgorde", "deelnemers", "uitspraken", "komt_terug", "naam")
STATUSES = ("kandidaat", "goedgekeurd", "verworpen")
KINDS = ("drempel", "hefboom", "voorstel", "anders")
NO_SUBTHEME = "-"
_QUOTES = 3


@dataclass(frozen=True)
class StatementFilter:
    """A filter on statements and themes; an empty field does not filter."""

    groep: str = ""
    ronde: int | None = None
    soort: str = ""
    tekst: str = ""
    status: str = ""
    sorteer: str = "volgorde"
    deelthema: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> StatementFilter:
        """The filter in a query string; invalid values are ignored."""
        ronde = query.get("ronde", "")
        kind, status, sort = (query.get(name, "") for name in ("soort", "status", "sorteer"))
        return cls(
            groep=query.get("groep", "")[:60],
            ronde=int(ronde) if ronde.isascii() and ronde.isdigit() and len(ronde) < 5 else None,
            soort=kind if kind in KINDS else "",
            tekst=" ".join(query.get("tekst", "")[:100].split()),
            status=status if status in STATUSES else "",
            sorteer=sort if sort in SORTS else "volgorde",
            deelthema=query.get("deelthema", "")[:200],
        )

    @property
    def query(self) -> dict[str, str]:
        """The query parameters of this filter, without defaults."""
        found = {
            "groep": self.groep,
            "ronde": str(self.ronde or ""),
            "soort": self.soort,
            "tekst": self.tekst,
            "status": self.status,
            "sorteer": "" if self.sorteer == "volgorde" else self.sorteer,
            "deelthema": self.deelthema,
        }
        return {name: value for name, value in found.items() if value}

    @property
    def narrows(self) -> bool:
        """Whether the filter can leave statements out."""
        return bool(self.groep or self.ronde or self.soort or self.tekst or self.deelthema)

    def keeps(self, said: StatementView) -> bool:
        """Whether a statement passes the filters on group, round, kind and text."""
        return (
            (not self.groep or (said.group or "onbekend") == self.groep)
            and (self.ronde is None or said.round == self.ronde)
            and (not self.soort or said.kind == self.soort)
            and (not self.tekst or self.tekst.casefold() in said.text.casefold())
        )

    def themes(self, views: tuple[ThemeView, ...]) -> list[ThemeView]:
        """The themes with the chosen status, in the sort order, with only the statements that pass.

        A theme in which no statement passes is left out. ``NO_SUBTHEME`` as sub-theme selects the
        statements without a sub-theme.

        When the label of a theme contains the text, only the other filters apply to its statements.
        """
        found = [each for each in views if not self.status or each.status == self.status]
        if self.narrows:
            found = [kept for each in found if (kept := self._narrowed(each)).said]
        if self.sorteer == "deelnemers":
            found.sort(key=lambda each: -each.people)
        elif self.sorteer == "uitspraken":
            found.sort(key=lambda each: -len(each.said))
        elif self.sorteer == "komt_terug":
            found.sort(key=lambda each: -(each.stability or 0))
        elif self.sorteer == "naam":
            found.sort(key=lambda each: each.label.casefold())
        return found

    def _narrowed(self, view: ThemeView) -> ThemeView:
        named = bool(self.tekst) and self.tekst.casefold() in view.label.casefold()
        sift = replace(self, tekst="") if named else self
        said = tuple(
            each
            for each in view.said
            if sift.keeps(each)
            and (not sift.deelthema or view.subtheme_of.get(each.id, NO_SUBTHEME) == sift.deelthema)
        )
        ids = {each.id for each in said}
        quotes = tuple(each for each in view.quotes if each.id in ids) or said[:_QUOTES]
        return replace(view, said=said, quotes=quotes)


def per_round(said: tuple[StatementView, ...], rounds: Iterable[int] = ()) -> list[tuple[int, int]]:
    """Pairs of round number and distinct participants, by round number.

    Rounds in ``rounds`` without participants are listed with 0.
    """
    heard: dict[int, set[str]] = {number: set() for number in rounds}
    for each in said:
        heard.setdefault(each.round, set()).add(each.participant)
    return [(number, len(heard[number])) for number in sorted(heard)]
