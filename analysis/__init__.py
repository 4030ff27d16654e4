"""Statements to themes.

For the analyst, six tables from a database:

>>> from analysis import statements, themes, actions, runs, compare, channels
>>> said = statements(opdracht=4)

Each gives a pandas DataFrame and only reads. ``database`` is a SQLAlchemy URL; without it, and for
the catalogue, the settings are used (``docs/settings.md``). What is not there gives a
``SamenspraakError`` that names it and the mend. Importing this package loads nothing heavy.
``docs/analyse.ipynb`` shows them at work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["actions", "channels", "compare", "runs", "statements", "themes"]


def statements(
    opdracht: int | None = None, round: int | None = None, *, database: str | None = None
) -> pd.DataFrame:
    """The statements that stand, one a row, in reading order.

    Columns: ``id``; ``contribution``, the answer it was cut from; ``opdracht`` (Int64, empty where
    none is sure); ``round``; ``group``, the stakeholder group or None; ``kind``: drempel, hefboom,
    voorstel or anders; ``start`` and ``end``, characters in the answer; ``text``, that exact slice;
    ``themes``, a list of theme ids, the primary one first, empty without a theme; ``stance``: voor,
    tegen, voorwaardelijk or geen; ``about``, the name of the theme that the stance is about;
    ``rule``, a rule as named, or None; ``rule_effect``: hindert, helpt or None; ``subtheme``, the
    name of the part of its theme it is in, or None where that has no parts. Answers that
    came in after the last verb or analysis are not cut yet, and not here.

    Raises:
        SamenspraakError: there is no such database, consultation, opdracht or round.
    """
    from analysis import tables

    return tables.statements(opdracht, round, database)


def themes(
    opdracht: int | None = None, round: int | None = None, *, database: str | None = None
) -> pd.DataFrame:
    """The themes as they stand: the last run, of one round or of any, with all that was decided.

    Columns: ``id``; ``code``, as O04-T012; ``opdracht``; ``label``; ``status``: kandidaat,
    goedgekeurd, verworpen or samengevoegd; ``keywords``, a list; ``statements`` and ``people``,
    counts; ``groups``, people per stakeholder group; ``quotes``, a list of ``{statement, text}``;
    ``action``, the proposed action ``{statement, text}`` or None; ``parents``, ids of the themes it
    came from; ``trust``: ``stability`` (0 to 1), ``closeness``, ``voices``, ``campaigns``.

    Raises:
        SamenspraakError: there is no such database, consultation, opdracht or round.
    """
    from analysis import tables

    return tables.themes(opdracht, round, database)


def actions(opdracht: int | None = None, *, database: str | None = None) -> pd.DataFrame:
    """The actions that were proposed or decided.

    Columns: ``id``; ``opdracht``; ``text``, the reviewer's wording or an exact quote; ``themes``, a
    list of ids; ``trekker``; ``partners``, a list; ``priority``; ``regelgeving``: nieuw, hervormen,
    stopzetten or geen; ``status``: ontwerp, goedgekeurd, verworpen or gepubliceerd; ``statements``,
    how many propose it; ``reactions``, how many people reacted in the last reaction round, and
    ``carried``, whether the field carries it, empty without reactions.

    Raises:
        SamenspraakError: there is no such database, consultation or opdracht.
    """
    from analysis import tables

    return tables.actions(opdracht, database)


def runs(opdracht: int | None = None, *, database: str | None = None) -> pd.DataFrame:
    """The finished runs, oldest first: a row per run and opdracht.

    Columns: ``run``; ``round``; ``opdracht``; ``finished_at`` (UTC); ``statements``; ``themes``;
    ``coverage``, ``stability`` and ``label_persistence``, 0 to 1 and empty where they cannot be
    measured; ``seconds``; ``refit``, whether all was clustered anew; ``mapped``, how many
    statements went to a known theme; ``proposals``, how many splits and merges were proposed;
    ``embedding`` and ``spacy``, the models with their versions.

    Raises:
        SamenspraakError: there is no such database, consultation or opdracht.
    """
    from analysis import tables

    return tables.runs(opdracht, database)


def compare(
    first: int, second: int, opdracht: int | None = None, *, database: str | None = None
) -> pd.DataFrame:
    """What became of each theme from one round to a later one.

    Columns: ``opdracht``, ``theme``, ``code``, ``label``, ``status``; ``kind``: new, grew, shrank,
    split, merged, faded or same; ``proposed``, true for a split or merge nobody decided on yet;
    ``parents``; ``from`` and ``to``, statements in it then and now; ``added``, those said since;
    ``share_from`` and ``share_added``, its shares of what was said then and since, 0 to 1.

    Raises:
        SamenspraakError: there is no such database, consultation, opdracht or round, or a round was
            not analysed.
    """
    from analysis import tables

    return tables.compare(first, second, opdracht, database)


def channels(opdracht: int | None = None, *, database: str | None = None) -> pd.DataFrame:
    """How much the answers say, by round and by the way they came.

    Answers in words to any question but *prioriteit*, of people who agree to analysis. Columns:
    ``round``; ``channel``: chat, form or import; ``answers``, how many; ``information``, their mean
    in bits; ``specificity``, the mean number of cues, 0 to 5; and shares of the answers, 0 to 1:
    ``thin``, ``non_answers`` and ``foreign``, in another language. The measure is that of
    ``docs/decisions/0004-probing.md``. Information grows with length, so a document that was
    imported whole does not compare with one answer. Answers that came by form or import after the
    last analysis are not measured yet, and not here.

    Raises:
        SamenspraakError: there is no such database, consultation or opdracht.
    """
    from analysis import tables

    return tables.channels(opdracht, database)
