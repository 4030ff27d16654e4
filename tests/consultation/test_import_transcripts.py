"""A transcript is one answer per turn, one participant per speaker, with times that are kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from consultation.catalogue import Catalogue
from consultation.database.models import ContributionVersion
from consultation.database.storage import Storage
from consultation.errors import ImportFileError
from consultation.importing.readers import read_rows
from tests.consultation.test_import_again import Imports, counted

VTT = """WEBVTT

NOTE Opname van 2 maart

1
00:00:01.000 --> 00:00:04.000
<v An Peeters>De lessen beginnen te vroeg.</v>

2
00:00:04.000 --> 00:01:07.500 align:start
<v An Peeters>Dan werk ik &amp; mijn <i>man</i> nog.</v>

00:01:08.000 --> 01:00:12.000
<v Bart>Maak ze gratis.</v>
<v An Peeters>Ja, en op zaterdag.</v>
"""
SRT = """1
00:00:01,000 --> 00:00:04,000
Spreker 1: De lessen beginnen te vroeg.

2
00:00:04,000 --> 00:01:07,500
Dan werk ik nog. Wij vragen dit:
een les op zaterdag.

3
00:01:08,000 --> 00:01:12,000
- Spreker 2: Maak ze gratis.
- Spreker 1: Dat is: echt gratis.
"""


def written(path: Path, content: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(content.encode(encoding))
    return path


def test_webvtt_is_read_by_turn_and_speaker(tmp_path: Path, catalogue: Catalogue) -> None:
    file = read_rows(written(tmp_path / "a.vtt", VTT), catalogue)
    assert [(row.participant, row.text) for row in file.rows] == [
        ("a: An Peeters", "De lessen beginnen te vroeg. Dan werk ik & mijn man nog."),
        ("a: Bart", "Maak ze gratis."),
        ("a: An Peeters", "Ja, en op zaterdag."),
    ]
    first = file.rows[0]
    assert first.places == ((0, "00:00:01"), (29, "00:00:04"))
    assert first.page(first.text.index("Dan werk")) == "00:00:04"
    assert not file.warnings


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_srt_is_read_with_labels_before_the_words(
    tmp_path: Path, catalogue: Catalogue, encoding: str
) -> None:
    file = read_rows(written(tmp_path / "a.srt", SRT.replace("\n", "\r\n"), encoding), catalogue)
    assert [(row.participant, row.text) for row in file.rows] == [
        (
            "a: Spreker 1",
            "De lessen beginnen te vroeg. Dan werk ik nog. Wij vragen dit: een les op zaterdag.",
        ),
        ("a: Spreker 2", "Maak ze gratis."),
        ("a: Spreker 1", "Dat is: echt gratis."),
    ]


def test_without_speakers_it_is_told_and_without_times_refused(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    nameless = SRT.replace("Spreker 1: ", "").replace("Spreker 2: ", "")
    file = read_rows(written(tmp_path / "a.srt", nameless), catalogue)
    assert len({row.participant for row in file.rows}) == 1
    assert "no speaker is named" in file.warnings[0]
    with pytest.raises(ImportFileError, match="no line has times"):
        read_rows(written(tmp_path / "b.vtt", "WEBVTT\n\nZomaar een tekst.\n"), catalogue)


def test_times_are_stored_with_each_version_and_nothing_comes_twice(
    storage: Storage, catalogue: Catalogue, tmp_path: Path
) -> None:
    imports = Imports(storage, catalogue, tmp_path)
    assert counted(imports("a.vtt", VTT)) == (3, 0, 0, 2)
    assert counted(imports("a.vtt", VTT)) == (0, 0, 3, 0)
    changed = VTT.replace("te vroeg", "veel te vroeg")
    assert counted(imports("a.vtt", changed)) == (0, 1, 2, 0)
    with storage.reading() as session:
        query = select(ContributionVersion).where(ContributionVersion.text.startswith("De lessen"))
        found = {each.version: each.places for each in session.scalars(query)}
    assert found == {
        1: [[0, "00:00:01"], [29, "00:00:04"]],
        2: [[0, "00:00:01"], [34, "00:00:04"]],
    }


MIXED = r"""1
00:00:01,000 --> 00:00:04,000
[Mia] De les is te ver.
Kortom: wij vragen een bus.

2
00:00:05,000 --> 00:00:06,000
[gelach]

3
00:00:07,000 --> 00:00:09,000
{\an8}<b>Schepen Claes:</b> Ik noteer dat.
Mijn voorstel: eerst een proef.

4
00:00:10,000 --> 00:00:12,000
- MIA: En wie betaalt?
(applaus)
"""


def test_a_speaker_is_one_however_labels_are_written(tmp_path: Path, catalogue: Catalogue) -> None:
    file = read_rows(written(tmp_path / "a.srt", MIXED), catalogue)
    assert [(row.participant, row.text) for row in file.rows] == [
        ("a: Mia", "De les is te ver. Kortom: wij vragen een bus."),
        ("a: Schepen Claes", "Ik noteer dat. Mijn voorstel: eerst een proef."),
        ("a: Mia", "En wie betaalt?"),
    ]
