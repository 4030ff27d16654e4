"""Projects for qualitative research: out, in again, and to the letter."""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from pydantic import TypeAdapter
from sqlalchemy import func, select

from consultation import rounds
from consultation.catalogue import Catalogue
from consultation.curation.log import append, curated
from consultation.database.models import Consent, Contribution, Participant, new_id
from consultation.database.storage import Storage
from consultation.errors import ImportFileError
from consultation.importing.formats import qdpx as reader
from consultation.importing.formats.apart import UnreadableFile, read_apart
from consultation.importing.projects import take_in
from consultation.qda.project import (
    EXAMPLE,
    EXCLUDES,
    MACHINE,
    NOTE,
    QdaCase,
    QdaCode,
    QdaCoding,
    QdaMemo,
    QdaProject,
    QdaSelection,
    QdaSource,
    QdaUser,
    guid,
    named_guid,
    row_id,
)
from consultation.qda.writing import NAMESPACE, qdpx
from reporting.qda import qda_export
from tests.databases import open_storage

AT = datetime(2026, 3, 2, 8, 30, 0, 250_000, tzinfo=UTC)
ELS, COMPUTER = named_guid("user", "els"), named_guid("user", MACHINE)
USERS = (QdaUser(COMPUTER, MACHINE), QdaUser(ELS, "els"))

anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
storable = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60).map(
    lambda text: f"🇧🇪e\u0301{text}\r\n👩🏽‍🎓 einde"
)
in_xml = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"),
        st.sampled_from("\t\n\r&<>\"'"),
    ),
    max_size=20,
).filter(lambda text: not re.search("[\ufffe\uffff]", text))
names = st.from_regex(r"[A-Za-z😀é]{1,12}( [a-zß]{1,8})?", fullmatch=True)


def id_() -> str:
    return guid(new_id())


@st.composite
def projects(draw: Callable[..., Any], texts: st.SearchStrategy[str]) -> QdaProject:
    """A project as we write them, about opdracht 4: themes, answers and codings of any shape."""
    codes = []
    for number in range(1, draw(st.integers(1, 3)) + 1):
        label = f"{draw(names)} {number}"
        memos = (QdaMemo(id_(), EXCLUDES, "de prijs", COMPUTER, AT),) if draw(st.booleans()) else ()
        description = draw(st.sampled_from(["", "Bussen & treinen <naar> de les.\nOok 's avonds."]))
        codes.append(QdaCode(id_(), f"O04-T{number:03d} {label}", description, memos=memos))
    approved = tuple(each.guid for each in codes if draw(st.booleans()))
    codes = [each if each.guid in approved else replace(each, memos=()) for each in codes]
    sources = []
    for number in range(1, draw(st.integers(1, 3)) + 1):
        text = draw(texts)
        spans = draw(
            st.lists(
                st.tuples(st.integers(0, len(text) - 1), st.integers(1, len(text))).filter(
                    lambda span: span[0] < span[1]
                ),
                unique=True,
                max_size=4,
            )
        )
        selections = []
        for start, end in sorted(spans):
            user = draw(st.sampled_from([ELS, COMPUTER]))
            chosen = draw(st.lists(st.sampled_from(codes), unique=True, max_size=2))
            codings = tuple(QdaCoding(each.guid, user) for each in chosen)
            selections.append(QdaSelection(id_(), start, end, AT, "O04 voorstel", codings))
        values = {"ronde": "1", "vraag": "voorstel", "opdracht": "4"}
        name = f"{number:04d} O04 voorstel deelnemer {number}"
        sources.append(QdaSource(id_(), name, text, AT, tuple(selections), values))
    cases = tuple(
        QdaCase(id_(), f"Deelnemer {number}", (each.guid,), {"doelgroep": "burger", "citaat": "ja"})
        for number, each in enumerate(sources, 1)
    )
    group = QdaCode(named_guid("opdracht", "4"), "O04 Titel", codable=False, codes=tuple(codes))
    return QdaProject(
        "Proef", "Samenspraak 1", "Wat het is", USERS, (group,), approved, tuple(sources), cases
    )


def read(content: bytes) -> QdaProject:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "project.qdpx"
        path.write_bytes(content)
        return TypeAdapter(QdaProject).validate_python(reader.project(path))


def opened(folder: Path, catalogue: Catalogue) -> tuple[Storage, int]:
    storage = open_storage(f"sqlite:///{folder / (new_id() + '.db')}")
    with storage.writing() as session:
        consultation = rounds.ensure_consultation(session, catalogue).id
        rounds.open_(session, consultation, 1)
    return storage, consultation


def taken(storage: Storage, consultation: int, catalogue: Catalogue, project: QdaProject) -> Any:
    with storage.reading() as session:
        round_ = rounds.require_open_round(session, consultation)
    return take_in(storage, consultation, catalogue, round_, project, "els", 4)


def exported(storage: Storage, catalogue: Catalogue, *, internal: bool = True) -> QdaProject:
    with storage.reading() as session:
        return qda_export(session, 1, catalogue, internal=internal).project


@given(projects(anything.filter(bool)), in_xml, in_xml)
@settings(max_examples=60, deadline=None)
def test_a_file_gives_back_what_was_written(project: QdaProject, name: str, text: str) -> None:
    memo = QdaMemo(id_(), NOTE, text, ELS, AT)
    project = replace(project, name=name, codes=(*project.codes, QdaCode(id_(), name, text)))
    group = project.codes[0]
    first = replace(group.codes[0], memos=(*group.codes[0].memos, memo))
    group = replace(group, codes=(first, *group.codes[1:]))
    project = replace(project, codes=(group, *project.codes[1:]))
    assert read(qdpx(project)) == project


@given(data=st.data())
@settings(max_examples=12, deadline=None)
def test_a_database_gives_back_what_it_took_in(data: st.DataObject, catalogue: Catalogue) -> None:
    project = data.draw(projects(storable))
    with tempfile.TemporaryDirectory() as folder:
        storage, consultation = opened(Path(folder), catalogue)
        done = taken(storage, consultation, catalogue, project)
        assert done.warnings == []
        back = exported(storage, catalogue)
        texts = {each.guid: each for each in back.sources}
        for source in project.sources:
            found = texts[source.guid]
            assert found.text == source.text
            assert found.selections == tuple(
                replace(each, codings=by_number(each, project)) for each in source.selections
            )
        assert {each.guid for each in back.cases} == {each.guid for each in project.cases}
        [before], [after] = project.codes, back.codes
        assert [told(each) for each in after.codes] == [told(each) for each in before.codes]
        assert set(back.approved) == set(project.approved)
        again = taken(storage, consultation, catalogue, back)
        assert (again.added, again.themes, again.statements) == (0, 0, 0)
        storage.close()


def by_number(selection: QdaSelection, project: QdaProject) -> tuple[QdaCoding, ...]:
    """The codings in the order in which we write them: the primary one first, then by number."""
    order = [each.guid for each in project.codes[0].codes]
    first, rest = selection.codings[:1], selection.codings[1:]
    return (*first, *sorted(rest, key=lambda each: order.index(each.code)))


def told(code: QdaCode) -> tuple[Any, ...]:
    memos = [(each.name, each.text) for each in code.memos]
    return code.guid, code.name, code.description, memos


CHILDREN = {
    "Project": "Users CodeBook Variables Cases Sources Notes Links Sets Graphs Description NoteRef",
    "Users": "User",
    "CodeBook": "Codes Sets",
    "Codes": "Code",
    "Code": "Description NoteRef Code",
    "Variables": "Variable",
    "Variable": "Description",
    "Cases": "Case",
    "Case": "Description CodeRef VariableValue SourceRef SelectionRef",
    "VariableValue": "VariableRef TextValue",
    "Sources": "TextSource",
    "TextSource": "PlainTextContent Description PlainTextSelection Coding NoteRef VariableValue",
    "PlainTextSelection": "Description Coding NoteRef",
    "Coding": "CodeRef NoteRef",
    "Notes": "Note",
    "Note": "PlainTextContent Description PlainTextSelection Coding NoteRef VariableValue",
    "Sets": "Set",
    "Set": "Description MemberCode MemberSource MemberNote",
}
"""The elements that may stand in an element, in this order: the rules of Project.xsd (2019) for
what we write. The schema itself is not at hand on every machine."""
REQUIRED = {
    "Project": "name",
    "User": "guid",
    "Code": "guid name isCodable",
    "Variable": "guid name typeOfVariable",
    "Case": "guid",
    "TextSource": "guid",
    "PlainTextSelection": "guid startPosition endPosition",
    "Coding": "guid",
    "Note": "guid",
    "Set": "guid name",
}
GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def small(**more: Any) -> QdaProject:
    """One answer with two statements, a note and an example."""
    memos = (
        QdaMemo(id_(), EXCLUDES, "De prijs van een ticket.", ELS, AT),
        QdaMemo(id_(), EXAMPLE, "Er rijdt geen bus.", ELS, AT),
        QdaMemo(id_(), NOTE, "Na te vragen bij Piet.", ELS, AT),
    )
    bus = QdaCode(id_(), "O04-T002 Bus & trein", "Met de bus naar de les.", memos=memos)
    loose = QdaCode(id_(), "O04-T007 Kandidaat")
    text = "De bus 🚌 rijdt niet.\nBel mij op 0470 12 34 56, ik weet er alles van."
    first = QdaSelection(
        id_(), 0, 20, AT, "O04 drempel", (QdaCoding(bus.guid, ELS), QdaCoding(loose.guid, ELS))
    )
    second = QdaSelection(
        id_(), 21, len(text), AT, "O04 voorstel", (QdaCoding(bus.guid, COMPUTER),)
    )
    values = {"ronde": "1", "vraag": "drempel", "opdracht": "4"}
    source = QdaSource(id_(), "0001 O04", text, AT, (first, second), values)
    case = QdaCase(id_(), "Deelnemer 1", (source.guid,), {"doelgroep": "burger", "citaat": "ja"})
    group = QdaCode(named_guid("opdracht", "4"), "O04 Titel", codable=False, codes=(bus, loose))
    made = QdaProject(
        "Proef", "Samenspraak 1", "", USERS, (group,), (bus.guid,), (source,), (case,)
    )
    return replace(made, **more)


def test_a_file_keeps_the_rules_of_the_schema(tmp_path: Path) -> None:
    path = tmp_path / "p.qdpx"
    path.write_bytes(qdpx(small(description="Een proef")))
    with zipfile.ZipFile(path) as archive:
        root = etree.fromstring(archive.read("project.qde"))
        texts = {each for each in archive.namelist() if each.startswith("sources/")}
    guids: list[str] = []
    targets: set[str] = set()
    for element in root.iter():
        space, _, tag = str(element.tag)[1:].partition("}")
        assert space == NAMESPACE
        allowed = CHILDREN.get(tag, "").split()
        order = [allowed.index(str(each.tag).rpartition("}")[2]) for each in element]
        assert order == sorted(order), tag
        assert {*REQUIRED.get(tag, "").split()} <= {*element.attrib.keys()}, tag
        for name in ("guid", "targetGUID", "creatingUser"):
            assert name not in element.attrib or GUID.fullmatch(element.get(name, ""))
        guids += [each for each in [element.get("guid")] if each]
        targets |= {str(element.get(each)) for each in ("targetGUID", "creatingUser")} - {"None"}
    assert len(guids) == len(set(guids))
    assert targets <= set(guids)
    paths = [each.get("plainTextPath", "") for each in root.iter(f"{{{NAMESPACE}}}TextSource")]
    assert {f"sources/{each.removeprefix('internal://')}" for each in paths} == texts


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_qualcoder_reads_each_coding_with_its_words_and_its_coder(tmp_path: Path, end: str) -> None:
    """By the rules of QualCoder's ``refi.py``: the coder is that of the selection, and a text whose
    first line ends in CR LF gets a character behind each line end."""
    lines = ["Cafe\u0301 👩\u200d👧 zei: één bus.", "Twee 🚌🚌 is beter.", "De le\u0301s is duur."]
    text = end.join(lines)
    bounds = [0, text.index("Twee"), text.index("De l"), len(text) + len(end)]
    bus = small().codes[0].codes[0]
    selections = tuple(
        QdaSelection(id_(), start, stop - len(end), AT, "", (QdaCoding(bus.guid, user),))
        for start, stop, user in zip(bounds, bounds[1:], [ELS, COMPUTER, ELS], strict=False)
    )
    source = replace(small().sources[0], text=text, selections=selections)
    path = tmp_path / "project.qdpx"
    path.write_bytes(qdpx(small(sources=(source,))))
    with zipfile.ZipFile(path) as file:
        raw = file.read(f"sources/{source.guid}.txt")
        root = etree.fromstring(file.read("project.qde"))
    read_ = io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8").read()
    if raw[: raw.index(b"\n") + 1].endswith(b"\r\n"):
        read_ = read_.replace("\n", "\n ")
    names = {each.get("guid"): each.get("name") for each in root.iter("{*}User")}
    found = []
    for each in root.iter("{*}PlainTextSelection"):
        start, stop = int(each.attrib["startPosition"]), int(each.attrib["endPosition"])
        found.append((names[each.get("creatingUser")], read_[start:stop]))
    assert found == list(zip(["els", "Samenspraak (computer)", "els"], lines, strict=True))


def test_themes_memos_and_placings_come_in_as_decisions(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    storage, consultation = opened(tmp_path, catalogue)
    project = small()
    done = taken(storage, consultation, catalogue, project)
    assert (done.added, done.participants, done.statements, done.themes) == (1, 1, 2, 2)
    with storage.reading() as session:
        state = curated(session, consultation, 4)
    bus, loose = (state.themes[row_id(each.guid)] for each in project.codes[0].codes)
    assert (bus.code, bus.label, bus.status) == ("O04-T002", "Bus & trein", "goedgekeurd")
    assert (bus.excludes, bus.examples) == ("De prijs van een ticket.", ("Er rijdt geen bus.",))
    assert [each.text for each in bus.notes] == ["Na te vragen bij Piet."]
    assert (loose.code, loose.status) == ("O04-T007", "kandidaat")
    first, second = (row_id(each.guid) for each in project.sources[0].selections)
    assert {each.statement: each.primary for each in bus.members} == {first: True, second: True}
    assert [each.statement for each in loose.members] == [first]
    assert {*state.settled} == {first}
    storage.close()


def test_themes_that_are_there_take_the_codings_of_a_second_project(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    storage, consultation = opened(tmp_path, catalogue)
    first, second = small(), small()
    taken(storage, consultation, catalogue, first)
    group = second.codes[0]
    other = replace(group.codes[1], name="O04-T007 Fietsen")
    second = replace(second, codes=(replace(group, codes=(group.codes[0], other)),))
    done = taken(storage, consultation, catalogue, second)
    assert (done.added, done.themes) == (1, 1)
    with storage.reading() as session:
        themes = curated(session, consultation, 4).themes.values()
    # The computer's codings come with the next analysis: a run stands here already.
    assert {each.label: len(each.members) for each in themes} == {
        "Bus & trein": 3,
        "Kandidaat": 1,
        "Fietsen": 1,
    }
    storage.close()


def test_what_leaves_the_team_holds_only_what_may_be_quoted(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    storage, consultation = opened(tmp_path, catalogue)
    project = small()
    taken(storage, consultation, catalogue, project)
    secret = small()
    secret = replace(
        secret,
        sources=(
            replace(
                secret.sources[0],
                text="GEHEIM woord van wie niet wil 🤫 en meer tekst.".ljust(120, "."),
            ),
        ),
        cases=(replace(secret.cases[0], values={"citaat": "nee", "organisatie": "Bond Z"}),),
    )
    taken(storage, consultation, catalogue, secret)
    with storage.reading() as session:
        free = qda_export(session, consultation, catalogue, internal=False)
    assert free.left_out == 1
    [source] = free.project.sources
    assert "[telefoonnummer]" in source.text
    assert "0470" not in source.text
    spans = [source.text[each.start : each.end] for each in source.selections]
    assert spans == ["De bus 🚌 rijdt niet.", source.text[21:]]
    content = qdpx(free.project)
    path = tmp_path / "vrij.qdpx"
    path.write_bytes(content)
    with zipfile.ZipFile(path) as archive:
        everything = b"".join(archive.read(each) for each in archive.namelist()).decode()
    for word in ("GEHEIM", "Bond Z", "Piet", '"els"', "0470"):
        assert word not in everything
    inside = exported(storage, catalogue)
    assert "INTERN" in inside.name
    assert {each.text[:6] for each in inside.sources} == {"De bus", "GEHEIM"}
    with storage.writing() as session:
        for person in session.query(Participant):
            session.add(
                Consent(participant_id=person.id, purpose="analyse", granted=False, version="1")
            )
    assert exported(storage, catalogue).sources == ()
    storage.close()


FOREIGN = f"""<?xml version="1.0" encoding="utf-8"?>
<Project xmlns="{NAMESPACE}" name="Interviews" origin="QualCoder 3.7">
<Users><User guid="5C94BC9E-DB8C-4F1D-9CD6-E900C7440860" name="default"/></Users>
<CodeBook><Codes>
<Code guid="{{11111111-1111-1111-1111-111111111111}}" name="Vervoer" isCodable="false">
<Code guid="22222222-2222-2222-2222-222222222222" name="Bus" isCodable="true" color="#ff0000"/>
</Code></Codes></CodeBook>
<Sources>
<TextSource guid="A2B94468-80A5-412F-92D6-E900D97B55A6" name="Anna"
 plainTextPath="internal://Anna.txt" creationDateTime="2019-06-04T05:25:16Z">
<PlainTextSelection guid="08CBCED0-D736-44C8-8FD6-EB4D29FE46C5" name="" startPosition="3"
 endPosition="7" creationDateTime="2019-06-07T03:36:36Z"><Description/>
<Coding guid="76414714-63C4-4A25-A47E-66FEF80BD52E"
 creatingUser="5C94BC9E-DB8C-4F1D-9CD6-E900C7440860">
<CodeRef targetGUID="22222222-2222-2222-2222-222222222222"/></Coding></PlainTextSelection>
<PlainTextSelection guid="18CBCED0-D736-44C8-8FD6-EB4D29FE46C5" startPosition="7" endPosition="99"/>
</TextSource>
<PictureSource guid="B2B94468-80A5-412F-92D6-E900D97B55A6" name="Foto" path="internal://f.png"/>
</Sources></Project>"""


def foreign(tmp_path: Path, qde: str = FOREIGN, name: str = "project.qde") -> Path:
    path = tmp_path / "ander.qdpx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, qde)
        archive.writestr("Sources/Anna.txt", "\ufeffDe bussen 🚌 rijden niet.".encode())
    return path


def test_a_project_of_another_tool_comes_in_under_an_opdracht(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    project = TypeAdapter(QdaProject).validate_python(
        read_apart("formats.qdpx.project", foreign(tmp_path))
    )
    assert [each.text for each in project.sources] == ["De bussen 🚌 rijden niet."]
    assert len(project.warnings) == 2
    storage, consultation = opened(tmp_path, catalogue)
    with storage.reading() as session:
        round_ = rounds.require_open_round(session, consultation)
    with pytest.raises(ImportFileError, match="'Bus' names no opdracht; say with --opdracht"):
        take_in(storage, consultation, catalogue, round_, project, "els")
    dry = take_in(storage, consultation, catalogue, round_, project, "els", 4, dry_run=True)
    with storage.reading() as session:
        assert session.scalar(select(func.count(Contribution.id))) == 0
        assert curated(session, consultation, 4).themes == {}
    done = taken(storage, consultation, catalogue, project)
    assert (done.added, done.statements, done.themes, done.codings) == (1, 1, 1, 1)
    assert dry == done
    with storage.reading() as session:
        [theme] = curated(session, consultation, 4).themes.values()
    assert (theme.label, theme.status) == ("Bus", "goedgekeurd")
    back = exported(storage, catalogue)
    [selection] = back.sources[0].selections
    assert back.sources[0].text[selection.start : selection.end] == "buss"
    assert exported(storage, catalogue, internal=False).sources == ()
    storage.close()


@pytest.mark.parametrize(
    ("qde", "name", "words"),
    [
        (FOREIGN, "iets.xml", "holds no project.qde"),
        ("<Project", "project.qde", "is broken"),
        (f'<CodeBook xmlns="{NAMESPACE}"/>', "project.qde", "is no REFI-QDA project"),
        (f'<Project xmlns="{NAMESPACE}" name="x"/>', "project.qde", "holds no text and no codes"),
        (FOREIGN.replace("Anna.txt", "../../etc/passwd"), "project.qde", None),
        (
            '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
            + FOREIGN.partition("?>")[2].replace('name="Anna"', 'name="&b;"'),
            "project.qde",
            None,
        ),
    ],
)
def test_a_file_that_cannot_be_read_says_why(
    tmp_path: Path, qde: str, name: str, words: str | None
) -> None:
    path = foreign(tmp_path, qde, name)
    if words is None:
        reader.project(path)
        return
    with pytest.raises(UnreadableFile, match=words):
        reader.project(path)


def test_no_zip_is_no_project(tmp_path: Path) -> None:
    path = tmp_path / "x.qdpx"
    path.write_text("geen zip")
    with pytest.raises(UnreadableFile, match="is no qdpx file"):
        reader.project(path)


def test_a_decision_after_the_import_stands(tmp_path: Path, catalogue: Catalogue) -> None:
    storage, consultation = opened(tmp_path, catalogue)
    project = small()
    taken(storage, consultation, catalogue, project)
    bus = row_id(project.codes[0].codes[0].guid)
    with storage.writing() as session:
        append(
            session,
            consultation,
            "els",
            {"op": "rename", "theme": bus, "label": "Openbaar vervoer"},
        )
    taken(storage, consultation, catalogue, project)
    assert exported(storage, catalogue).codes[0].codes[0].name == "O04-T002 Openbaar vervoer"
    storage.close()
