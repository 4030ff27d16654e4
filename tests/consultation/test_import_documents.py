"""A txt or md file that comes again is the same answer, corrected; never a second voice."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from consultation import rounds
from consultation.catalogue import Catalogue
from consultation.database.models import Contribution, ContributionVersion
from consultation.database.storage import Storage
from consultation.importing.imports import import_files
from consultation.importing.readers import read_rows
from tests.consultation.test_import_again import Imports, counted

FIRST = "Wij vragen lessen op zaterdag.\nHet inschrijvingsgeld van 340 euro is te hoog.\n"


@pytest.fixture
def imports(storage: Storage, catalogue: Catalogue, tmp_path: Path) -> Imports:
    """Files imported one after another."""
    return Imports(storage, catalogue, tmp_path)


def versions(imports: Imports) -> list[list[str]]:
    """The texts of each answer, the oldest first."""
    with imports.storage.reading() as session:
        query = select(ContributionVersion).order_by(ContributionVersion.version)
        found: dict[str, list[str]] = {}
        for each in session.scalars(query):
            found.setdefault(each.contribution_id, []).append(each.text)
        return list(found.values())


@pytest.mark.parametrize("ending", ["txt", "md"])
def test_a_corrected_document_is_a_new_version(imports: Imports, ending: str) -> None:
    name = f"brief.{ending}"
    assert counted(imports(name, FIRST)) == (1, 0, 0, 1)
    assert counted(imports(name, FIRST.replace("\n", "\r\n"))) == (0, 0, 1, 0)
    corrected = FIRST.replace("340", "430")
    assert counted(imports(name, corrected)) == (0, 1, 0, 0)
    assert counted(imports(name, corrected)) == (0, 0, 1, 0)
    assert versions(imports) == [[FIRST, corrected]]


def test_quite_another_text_of_the_same_name_is_another_answer(imports: Imports) -> None:
    other = "De bus rijdt niet na zes uur, dus ik geraak er nooit."
    imports("brief.txt", FIRST)
    result = imports("brief.txt", other)
    assert counted(result) == (1, 0, 0, 1)
    assert "--source 'brief.txt'" in result.warnings[0]
    # Each is known again, and corrected, as what it is.
    for text in (FIRST, other):
        again = imports("brief.txt", text)
        assert (counted(again), again.warnings) == ((0, 0, 1, 0), [])
        assert counted(imports("brief.txt", f"{text} Dank u.")) == (0, 1, 0, 0)
    assert len(versions(imports)) == 2
    forced = imports("brief.txt", "Iets heel anders dan dat.", source="brief.txt")
    assert counted(forced) == (0, 1, 0, 0)


def test_two_documents_of_one_import_are_two_answers(imports: Imports) -> None:
    files = []
    for folder, text in (("a", FIRST), ("b", FIRST.replace("340", "430"))):
        path = imports.folder / folder / "antwoord.txt"
        path.parent.mkdir()
        path.write_text(text)
        files.append(read_rows(path, imports.catalogue))
    with imports.storage.reading() as session:
        round_ = rounds.require_round(session, imports.consultation, 1)
    done = import_files(imports.storage, imports.consultation, round_, files, imports.catalogue)
    assert [counted(each) for each in done] == [(1, 0, 0, 1), (1, 0, 0, 1)]
    with imports.storage.reading() as session:
        assert len(list(session.scalars(select(Contribution.id)))) == 2
