"""The proof: a stranger recomputes what was published, and finds what somebody changed."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from typer.testing import CliRunner

from consultation import rounds
from consultation.catalogue import Catalogue
from consultation.curation.chain import LogHead
from consultation.curation.log import append
from consultation.database.models import (
    Assignment,
    Contribution,
    ContributionVersion,
    CurationEvent,
    Participant,
    Statement,
    Submission,
    Theme,
)
from consultation.database.storage import Storage
from consultation.errors import SamenspraakError
from consultation.participation.participants import erase
from consultation.participation.reactions import react
from reporting.proof import commitment, contents
from reporting.proof.bundle import Proof, proof_of
from reporting.proof.verification import ProofVerdict, verify
from reporting.publication import latest_published, publish
from samenspraak.cli import app
from samenspraak.workplace import Workplace
from tests.curation_stage import staged, tid
from tests.reaction_stage import person
from tests.review_stage import agree_to_quotes
from tests.web_stage import analysed

SECRET = "only for tests"
PHONE = "0470 12 34 56"


@dataclass(frozen=True)
class Consulted:
    """A published consultation, and its proof on disk."""

    workplace: Workplace
    folder: Path
    theme: str
    quote: str

    def proof(self, secret: str = SECRET) -> Proof:
        """The proof as of now."""
        with self.workplace.storage.reading_one_moment() as session:
            return proof_of(session, 1, self.workplace.catalogue, secret)

    def verdict(self, content: bytes, fingerprint: str | None = None) -> ProofVerdict:
        """What a stranger finds."""
        path = self.folder / "bewijs.zip"
        path.write_bytes(content)
        return verify(path, fingerprint)


@pytest.fixture
def consulted(workplace: Workplace, tmp_path: Path) -> Consulted:
    """One theme and two actions, published; a quote holds a telephone number and a page's HTML."""
    with workplace.storage.writing() as session:
        rounds.open_(session, 1, 1)
    analysed(workplace.storage)
    agree_to_quotes(workplace.storage)
    with workplace.storage.writing() as session:
        theme = session.scalar(select(Theme).where(Theme.number == 1))
        quote = session.query(Statement).filter_by(kind="voorstel").first()
        assert theme
        assert quote
        version = quote.contribution_version
        said = f"Bel mij <b>gerust</b> op {PHONE} over de avondlessen."
        version.text = f"Dit zeg ik alleen u. {said} En dit ook."
        quote.start, quote.end = 21, 21 + len(said)
        rounds.close(session, 1, 1)
        made = {"op": "action", "do": "create", "opdracht": 4, "themes": [theme.id]}
        for operation in (
            {"op": "rename", "theme": theme.id, "label": "Lessen op een ander uur"},
            {"op": "approve", "theme": theme.id},
            {**made, "id": "a" * 32, "text": "Begin de lessen later.", "trekker": "CVO"},
            {**made, "id": "b" * 32, "statement": quote.id},
            {"op": "action", "do": "status", "action": "a" * 32, "status": "goedgekeurd"},
            {"op": "action", "do": "status", "action": "b" * 32, "status": "goedgekeurd"},
            {"op": "note", "theme": theme.id, "text": "Navragen bij Jan."},
        ):
            append(session, 1, "els", operation)
        last = session.scalar(select(CurationEvent.id).order_by(CurationEvent.id.desc()))
        append(session, 1, "bart", {"op": "revoke", "event": last})
        publish(session, 1, workplace.catalogue, 1, "els")
        return Consulted(workplace, tmp_path, theme.id, quote.id)


def entries_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {name: file.read(name) for name in file.namelist()}


def packed(entries: dict[str, bytes], mended: bool = True) -> bytes:
    """A zip file of these entries; ``mended``: the forger also corrects the manifest."""
    if mended:
        manifest = json.loads(entries[contents.MANIFEST])
        manifest["entries"] = {
            name: {"size": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}
            for name, raw in entries.items()
            if name != contents.MANIFEST
        }
        lines = entries[contents.LOG].splitlines()
        manifest["log"] = {"events": len(lines), "link": json.loads(lines[-1])["link"]}
        entries = {**entries, contents.MANIFEST: json.dumps(manifest).encode()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, raw in entries.items():
            file.writestr(name, raw)
    return out.getvalue()


def test_what_was_published_holds_and_the_file_is_the_same_each_time(consulted: Consulted) -> None:
    proof = consulted.proof()
    assert proof.content == consulted.proof().content
    assert proof.changed == ()
    verdict = consulted.verdict(proof.content, proof.fingerprint)
    assert verdict.faults == []
    assert verdict.checked["decisions"] == 8
    assert verdict.checked["quotes"] == 8
    assert verdict.checked["masked pieces"] >= 2
    (published, now) = json.loads(entries_of(proof.content)[contents.PLANS])
    assert (published["name"], now["name"]) == ("ronde 1", "nu")
    assert published["themes"][0]["people"]["people"] == 19
    assert published["log"]["events"] == 8
    with consulted.workplace.storage.reading() as session:
        (open_data,) = latest_published(session, 1, 4)
    assert open_data.log == LogHead(8, published["log"]["link"])
    words = [each["quote"]["text"] for each in published["actions"] if each["quote"]]
    assert words == ["Bel mij gerust op [telefoonnummer] over de avondlessen."]


def test_the_file_holds_nothing_that_leads_to_a_person_or_a_row(consulted: Consulted) -> None:
    proof = consulted.proof()
    whole = b"\n".join(entries_of(proof.content).values()).decode()
    with consulted.workplace.storage.reading() as session:
        hidden = [
            *session.scalars(select(Participant.id)),
            *session.scalars(select(Statement.id)),
            *session.scalars(select(ContributionVersion.id)),
            *session.scalars(select(Contribution.id)),
            *session.scalars(select(Submission.id)),
            *session.scalars(select(CurationEvent.salt)),
        ]
        texts = set(session.scalars(select(ContributionVersion.text)))
    assert [each for each in hidden if each in whole] == []
    for word in (PHONE, "Dit zeg ik alleen u", "En dit ook", "els", "bart", "Navragen", SECRET):
        assert f'"{word}' not in whole
        assert word not in whole or word in ("els", "bart")
    opened = {text for each in json.loads(entries_of(proof.content)[contents.ANSWERS])
              for text in each["texts"]}  # fmt: skip
    assert len(opened) <= 9
    assert not [each for each in texts - opened if each in whole]
    other = entries_of(consulted.proof("another secret").content)
    for name in (contents.STATEMENTS, contents.ANSWERS):
        ours = {each["id"] for each in json.loads(entries_of(proof.content)[name])}
        theirs = {each["id"] for each in json.loads(other[name])}
        assert not ours & theirs


def _count(entries: dict[str, bytes]) -> None:
    plans = json.loads(entries[contents.PLANS])
    plans[0]["themes"][0]["people"]["people"] += 1
    entries[contents.PLANS] = json.dumps(plans).encode()


def _statements(entries: dict[str, bytes]) -> None:
    plans = json.loads(entries[contents.PLANS])
    plans[0]["themes"][0]["statements"] -= 1
    entries[contents.PLANS] = json.dumps(plans).encode()


def _group(entries: dict[str, bytes]) -> None:
    plans = json.loads(entries[contents.PLANS])
    plans[0]["themes"][0]["people"]["groups"][0][1] += 1
    entries[contents.PLANS] = json.dumps(plans).encode()


def _row(entries: dict[str, bytes]) -> None:
    counts = json.loads(entries[contents.COUNTS])
    del counts[0]["rows"][0]
    entries[contents.COUNTS] = json.dumps(counts).encode()


def _quote(entries: dict[str, bytes]) -> None:
    plans = json.loads(entries[contents.PLANS])
    plans[0]["themes"][0]["quotes"][0]["text"] += " Nooit."
    entries[contents.PLANS] = json.dumps(plans).encode()


def _opened_too(entries: dict[str, bytes]) -> None:
    """The quote and what is opened of the answer, both changed alike."""
    plans = json.loads(entries[contents.PLANS])
    raw = json.dumps(json.loads(entries[contents.ANSWERS]))
    said = [each["text"] for each in plans[0]["themes"][0]["quotes"]]
    old = next(each for each in said if each in raw)
    new = "X" + old[1:]
    entries[contents.PLANS] = json.dumps(plans).replace(old, new).encode()
    entries[contents.ANSWERS] = raw.replace(old, new).encode()


def _span(entries: dict[str, bytes]) -> None:
    """The statement is told to be a word shorter than its quote."""
    plans = json.loads(entries[contents.PLANS])
    wanted = plans[0]["themes"][0]["quotes"][0]["statement"]
    rows = json.loads(entries[contents.STATEMENTS])
    row = next(each for each in rows if each["id"] == wanted)
    row["span"][1] -= 1
    entries[contents.STATEMENTS] = json.dumps(rows).encode()


def _hidden(entries: dict[str, bytes]) -> None:
    """Words are passed off as personal data."""
    plans = json.loads(entries[contents.PLANS])
    quote = plans[0]["themes"][0]["quotes"][0]
    quote["pieces"] = [{"span": [quote["pieces"][0]["span"][0], quote["pieces"][-1]["span"][1]],
                        "mask": "Ja."}]  # fmt: skip
    quote["text"] = "Ja."
    entries[contents.PLANS] = json.dumps(plans).encode()


def _log(change: Callable[[list[Any]], None]) -> Callable[[dict[str, bytes]], None]:
    def changed(entries: dict[str, bytes]) -> None:
        lines = [json.loads(each) for each in entries[contents.LOG].splitlines()]
        change(lines)
        entries[contents.LOG] = b"".join(json.dumps(each).encode() + b"\n" for each in lines)

    return changed


def _swap(lines: list[Any]) -> None:
    lines[1], lines[2] = lines[2], lines[1]
    lines[1]["nr"], lines[2]["nr"] = lines[2]["nr"], lines[1]["nr"]


def _renumbered(lines: list[Any]) -> None:
    del lines[3]
    for number, each in enumerate(lines, start=1):
        each["nr"] = number


def _other_operation(lines: list[Any]) -> None:
    lines[1]["open"]["op"] = "reject"


PLANTED = [
    (_count, "plans.json: ronde 1, O04-T001: people: 20 is published, 19 follows"),
    (_statements, "plans.json: ronde 1, O04-T001: statements: 18 is published, 19 follows"),
    (_group, "plans.json: ronde 1, O04-T001: groups: "),
    (_row, "plans.json: ronde 1, O04-T001: people: 19 is published, 18 follows"),
    (_quote, "plans.json: ronde 1, O04-T001, quote 1: the text is not the slice"),
    (_opened_too, "the opened text does not stand in the answer that was committed"),
    (_span, "quote 1: its pieces do not cover the statement"),
    (_hidden, "quote 1: hides characters behind 'Ja.'"),
    (_log(lambda lines: lines.pop(3)), "log.jsonl: line 4: is decision 5; one was removed"),
    (_log(_renumbered), "log.jsonl: line 4: decision 4 does not follow from the one before"),
    (_log(_swap), "log.jsonl: line 2: decision 2 does not follow from the one before it"),
    (_log(_other_operation), "log.jsonl: line 2: decision 2 does not follow"),
    (_log(lambda lines: lines.pop()), "ronde 1: the log does not hold the decisions that were"),
]


def test_what_somebody_changes_is_found_also_when_the_manifest_is_mended(
    consulted: Consulted,
) -> None:
    proof = consulted.proof()
    for change, told in PLANTED:
        entries = entries_of(proof.content)
        change(entries)
        _found(consulted, proof, entries, told)


def _found(consulted: Consulted, proof: Proof, entries: dict[str, bytes], told: str) -> None:
    careless = consulted.verdict(packed(entries, mended=False))
    assert [each for each in careless.faults if "is not what the manifest says" in each]
    forged = consulted.verdict(packed(entries), proof.fingerprint)
    assert [each for each in forged.faults if told in each], forged.faults
    assert not [each for each in forged.faults if "is not what the manifest says" in each]
    assert forged.faults[-1].startswith("manifest.json: the fingerprint is ")


def test_a_file_that_is_cut_off_or_no_proof_is_told_in_one_line(consulted: Consulted) -> None:
    whole = consulted.proof().content
    for size in (0, 10, len(whole) // 3, len(whole) - 30, len(whole) - 1):
        assert consulted.verdict(whole[:size]).faults, size
    damaged = bytearray(whole)
    damaged[len(whole) // 2] ^= 255
    assert consulted.verdict(bytes(damaged)).faults
    entries = entries_of(whole)
    missing = {name: raw for name, raw in entries.items() if name != contents.ERASED}
    assert consulted.verdict(packed(missing, mended=False)).faults == ["erased.json: is missing"]
    more = consulted.verdict(packed({**entries, "../x": b""}, mended=False))
    assert more.faults == ["../x: is not an entry of a proof"]
    odd = consulted.verdict(packed({**entries, contents.COUNTS: b'[{"plan": 3}]'}, mended=False))
    assert odd.faults[-1].startswith("counts.json: row 1: plan: ")
    deep = consulted.verdict(packed({**entries, contents.ANSWERS: b"[" * 100_000}, mended=False))
    assert deep.faults[-1] == "answers.json: is not JSON"


def test_whatever_is_damaged_gives_a_verdict_and_no_crash(consulted: Consulted) -> None:
    whole = consulted.proof().content
    right = entries_of(whole)

    @settings(deadline=None, max_examples=80)
    @given(at=st.integers(0, len(whole) - 1), change=st.integers(1, 255))
    def flipped(at: int, change: int) -> None:
        damaged = bytearray(whole)
        damaged[at] ^= change
        if not consulted.verdict(bytes(damaged)).faults:
            # Some bytes of a zip file mean nothing, such as the time of an entry.
            assert entries_of(bytes(damaged)) == right

    flipped()
    entries = {
        **right,
        contents.ANSWERS: right[contents.ANSWERS].replace(b'"length":', b'"length":9'),
    }
    assert consulted.verdict(packed(entries)).faults
    huge = right[contents.ANSWERS].replace(b'"length":', b'"length":9999999999999999999')
    assert consulted.verdict(packed({**right, contents.ANSWERS: huge})).faults


def test_after_an_erasure_it_still_holds_and_tells_the_hole(consulted: Consulted) -> None:
    before = consulted.proof()
    with consulted.workplace.storage.writing() as session:
        member = session.scalars(
            select(Assignment.statement_id).where(Assignment.theme_id == consulted.theme)
        ).first()
        for each in (consulted.quote, member):
            said = session.get(Statement, each)
            if said is not None:
                erase(session, said.contribution_version.contribution.submission.participant_id)
    after = consulted.proof()
    verdict = consulted.verdict(after.content)
    assert verdict.faults == []
    assert verdict.checked["holes"] >= 1
    assert verdict.checked["named in the log and erased"] == 1
    assert verdict.checked["without a day"] == 0
    old, new = entries_of(before.content), entries_of(after.content)
    assert old[contents.LOG] == new[contents.LOG]

    def ids(entries: dict[str, bytes], name: str) -> set[str]:
        return {each["id"] for each in json.loads(entries[name])}

    gone = ids(old, contents.STATEMENTS) - ids(new, contents.STATEMENTS)
    assert gone == ids(new, contents.ERASED)
    assert json.loads(new[contents.PLANS])[0]["themes"][0]["people"]["people"] < 19
    silent = {**new, contents.ERASED: b"[]"}
    (fault,) = consulted.verdict(packed(silent)).faults
    assert "not stored and not told as erased" in fault


def test_the_reactions_are_counted_anew(consulted: Consulted) -> None:
    with consulted.workplace.storage.writing() as session:
        round_ = rounds.open_(session, 1, 2, "reactie")
        stances = ["steun"] * 5 + ["voorwaarde"] + ["tegen"] * 2 + ["weet_niet"]
        for number, stance in enumerate(stances):
            who = person(session, "burger" if number < 6 else "lokaal_bestuur")
            react(session, who, round_.id, "a" * 32, stance, "x", "form")
    proof = consulted.proof()
    assert consulted.verdict(proof.content).faults == []
    entries = entries_of(proof.content)
    now = json.loads(entries[contents.PLANS])[-1]
    assert [(each["group"], each["opinions"], each["in_favour"]) for each in now["reactions"]] == [
        (None, 8, 6)
    ]
    votes = json.loads(entries[contents.REACTIONS])
    assert {each["group"] for each in votes} == {None}
    votes[0]["in_favour"] = not votes[0]["in_favour"]
    entries[contents.REACTIONS] = json.dumps(votes).encode()
    (fault,) = consulted.verdict(packed(entries)).faults
    assert "reactions to aaaa" in fault
    assert "in favour: 6 is published" in fault


def test_a_proof_is_of_one_moment_on_each_database(
    storage: Storage, catalogue: Catalogue, tmp_path: Path
) -> None:
    consultation = staged(storage, catalogue)
    with storage.writing() as session:
        append(session, consultation, "els", {"op": "approve", "theme": tid(0)})
    path = tmp_path / "bewijs.zip"
    with storage.reading_one_moment() as session:
        first = proof_of(session, consultation, catalogue, SECRET)
        with storage.writing() as other:
            append(other, consultation, "els", {"op": "reject", "theme": tid(0)})
        assert proof_of(session, consultation, catalogue, SECRET) == first
    path.write_bytes(first.content)
    assert verify(path, first.fingerprint).faults == []
    with storage.reading_one_moment() as session:
        later = proof_of(session, consultation, catalogue, SECRET)
    path.write_bytes(later.content)
    verdict = verify(path)
    assert (verdict.faults, verdict.checked["decisions"]) == ([], 2)


def test_who_changes_the_table_of_decisions_breaks_the_chain(consulted: Consulted) -> None:
    with consulted.workplace.storage.writing() as session:
        second = session.scalar(select(CurationEvent.id).order_by(CurationEvent.id).offset(1))
        session.execute(text(f"update curation_event set account = 'jan' where id = {second}"))
    proof = consulted.proof()
    assert proof.changed == (second,)
    assert [
        each for each in consulted.verdict(proof.content).faults if "line 2: decision 2" in each
    ]


@pytest.mark.usefixtures("consulted")
def test_a_stranger_needs_the_file_only(
    workplace_environment: dict[str, str], tmp_path: Path
) -> None:
    bare = tmp_path / "elders"
    bare.mkdir()
    variables = {**workplace_environment, "SAMENSPRAAK_DATA_DIR": str(bare / "var")}

    def verb(*words: str, where: dict[str, str] = variables) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "samenspraak.cli", *words],
            capture_output=True,
            text=True,
            env=where,
            check=False,
        )

    file = str(tmp_path / "b.zip")
    made = verb("export", "bewijs", "-o", file, where=workplace_environment)
    assert made.returncode == 0, made.stderr
    done = verb("verify", file, "--fingerprint", made.stdout.strip())
    assert (done.returncode, done.stderr) == (0, f"samenspraak: {file}: everything holds\n")
    assert "checked: 8 decisions" in done.stdout
    assert not (bare / "var").exists()
    here = CliRunner()
    wrong = here.invoke(app, ["verify", file, "--fingerprint", "0" * 64])
    assert wrong.exit_code == 1
    assert wrong.stdout.startswith("manifest.json: the fingerprint is ")
    absent = here.invoke(app, ["verify", str(tmp_path / "x.zip")])
    assert isinstance(absent.exception, SamenspraakError)
    assert here.invoke(app, ["export", "actieplan", "-o", file]).exit_code == 2
    assert here.invoke(app, ["export", "bewijs", "-o", file, "--opdracht", "4"]).exit_code == 2


@settings(deadline=None, max_examples=150)
@given(data=st.data(), words=st.text(st.characters(), max_size=60))
def test_any_span_of_any_text_opens_and_no_other_text_does(data: st.DataObject, words: str) -> None:
    place = st.integers(0, len(words))
    spans = commitment.merged(
        [
            (min(each), max(each))
            for each in data.draw(st.lists(st.tuples(place, place), max_size=4))
        ]
    )
    seed = data.draw(st.binary(min_size=32, max_size=32))
    root = commitment.root(words, seed)
    opening = commitment.opening(words, seed, spans)
    texts = [words[start:end] for start, end in spans]
    assert commitment.root_of_opening(len(words), spans, texts, opening) == root
    assert seed.hex() not in opening or spans == [(0, len(words))]
    if spans:
        at = data.draw(st.integers(0, len(spans) - 1))
        char = data.draw(st.characters())
        other = [*texts]
        other[at] = char + other[at][1:]
        if other != texts:
            assert commitment.root_of_opening(len(words), spans, other, opening) != root
        with pytest.raises(commitment.CommitmentError):
            commitment.root_of_opening(len(words), spans, texts, opening[:-1])
        with pytest.raises(commitment.CommitmentError):
            commitment.root_of_opening(len(words), spans, [each + "x" for each in texts], opening)
