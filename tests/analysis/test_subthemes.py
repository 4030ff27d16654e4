"""Sub-themes nest in themes, are kept by statement, and go where people put their statements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from sqlalchemy import func, select, update

from analysis.clustering.graph_clusterer import GraphClusterer
from analysis.continuity.prior_state import prior_state
from analysis.continuity.subthemes import close_groups, follow, without_subthemes
from analysis.opdracht_themes import cluster_from_scratch, update_themes
from analysis.preprocessing.deduplication import group_duplicates
from analysis.preprocessing.statements import cut_new
from analysis.result import OpdrachtAnalysis
from analysis.run_store import store
from consultation import rounds
from consultation.catalogue import Catalogue
from consultation.database.models import Assignment
from consultation.database.storage import Storage
from consultation.participation.participants import erase
from consultation.queries.statements import StatementView, active_statements
from consultation.queries.themes import Marks, ThemeView, subthemes_among, subthemes_of
from language.embedding import Vectors, normalised
from language.pipeline import load_pipeline
from tests.analysis.test_rounds import SUBJECTS, decide, say, views


def said(number: int) -> StatementView:
    name = f"{number:02d}"
    return StatementView(name, name, name, 4, 1, None, None, "drempel", 0, 2, name)


def test_one_group_is_no_sub_theme_and_neither_are_two_voices() -> None:
    assert subthemes_among("aaabbb") == {"a", "b"}
    assert subthemes_among("aaabb") == frozenset()
    assert subthemes_among("aaaabbbcc") == {"a", "b"}
    assert subthemes_among("aaaaa") == frozenset()


def test_copies_of_a_text_are_one_voice_in_a_sub_theme() -> None:
    names = {f"{each:02d}": "a" if each < 3 else "b" for each in range(6)}
    everything = [said(each) for each in range(6)]
    assert Marks(subthemes=names).subthemes_in(everything) == names
    assert Marks(subthemes=names, copies={"01": "00"}).subthemes_in(everything) == {}
    # The voice is gone, and its copies still count for one.
    gone = Marks(subthemes=names | {"06": "b", "07": "b"}, copies={"06": "99", "07": "99"})
    assert set(gone.subthemes_in([*everything, said(6), said(7)])) == {
        f"{each:02d}" for each in range(8)
    }
    assert gone.subthemes_in([*everything[:5], said(6), said(7)]).keys() == {
        *(f"{each:02d}" for each in range(5)),
        "06",
        "07",
    }
    assert gone.subthemes_in([*everything[:4], said(6), said(7)]) == {}


def test_close_groups_have_numbers_of_their_own_in_each_theme() -> None:
    clusterer = GraphClusterer()
    clusterer.labels_ = np.array([0, 0, 0, 1, 1, -1])
    clusterer.parts_ = np.array([0, 1, -1, 0, 1, -1])
    groups = close_groups(clusterer).tolist()
    assert groups[2] == groups[5] == -1
    assert len(set(groups) - {-1}) == 4


def test_a_new_statement_follows_the_nearest_in_its_theme_into_its_sub_theme_or_none() -> None:
    everything = [said(each) for each in range(7)]
    vectors = np.array(
        [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0.9, 0.1, 0], [0.1, 0.9, 0], [0, 0.1, 0.9], [1, 0, 0]],
        dtype=np.float32,
    )
    themes = ["t", "t", "t", "t", "t", "t", "elsewhere"]
    known = {"00": "a", "01": "b"}
    names = follow(everything, vectors, themes, known, {"00", "01", "02"})
    assert names == {"00": "a", "01": "b", "03": "a", "04": "b"}


def test_only_themes_without_sub_themes_are_parted_anew() -> None:
    everything = [said(each) for each in range(8)]
    themes = ["t"] * 6 + ["u", None]
    names = dict(zip((each.id for each in everything), "aaabbb", strict=False))
    assert without_subthemes(everything, themes, names) == [None] * 6 + ["u", None]
    del names["05"]
    assert without_subthemes(everything, themes, names) == themes


def part_of(text: str) -> tuple[int, int]:
    """What a sentence of the stage is about, and how it begins."""
    for subject, (openings, _, _) in enumerate(SUBJECTS.values()):
        for number, opening in enumerate(openings):
            if text.startswith(opening):
                return subject, number
    raise AssertionError(text)


def placed(texts: list[str]) -> Vectors:
    """Vectors in which each subject falls apart by how its sentences begin."""
    rng = np.random.default_rng(2)
    middles = rng.normal(size=(4, 1, 32)) + 0.3 * rng.normal(size=(4, 3, 32))
    own = np.stack([middles[part_of(text)] for text in texts])
    noise = [np.random.default_rng(list(text.encode())).normal(size=32) for text in texts]
    return normalised((own + 0.3 * np.stack(noise)).astype(np.float32))


def ran(
    storage: Storage, consultation: int, catalogue: Catalogue, number: int = 1
) -> OpdrachtAnalysis:
    """A run on those vectors, stored."""
    cut_new(storage, consultation, catalogue, "use")
    with storage.reading() as session:
        everything = active_statements(session, consultation, 4, until_round=number)
        found = OpdrachtAnalysis(4, everything, prior_state(session, consultation, 4))
        round_ = rounds.require_round(session, consultation, number)
    duplicates = group_duplicates([each.text for each in everything])
    said = [everything[row] for row in duplicates.representatives]
    found = replace(found, duplicates=duplicates, said=said)
    vectors = placed([each.text for each in found.said])
    nlp = load_pipeline("nl_core_news_sm")

    def encode(texts: Sequence[str]) -> Vectors:
        return vectors[: len(texts)]

    if found.prior.decided:
        found = update_themes(found, vectors, vectors, lambda: nlp, encode)
    else:
        found = cluster_from_scratch(found, vectors, vectors, nlp, encode)
    about = {"parameters": {}, "models": {}, "input_hash": "", "curation_hash": ""}
    store(storage, consultation, round_, 4, [found], about, "as before")
    return found


def kept(storage: Storage, run_id: int) -> dict[str, str]:
    with storage.reading() as session:
        return subthemes_of(session, run_id, 4)


def test_a_run_keeps_sub_themes_that_nest_and_erasure_reaches_them(
    storage: Storage, catalogue: Catalogue
) -> None:
    consultation = say(storage, catalogue, 1, bus=(0, 24), opvang=(0, 24), computer=(0, 24))
    found = ran(storage, consultation, catalogue)
    again = ran(storage, consultation, catalogue)
    assert again.subthemes == found.subthemes
    names = kept(storage, 1)
    assert names == kept(storage, 2)
    with storage.reading() as session:
        text = {each.id: each.text for each in active_statements(session, consultation, 4)}
    parted = [view for view in views(storage, consultation).values() if view.subthemes]
    assert parted
    labels = [each.name for view in parted for each in view.subthemes]
    assert len({each.casefold() for each in labels}) == len(labels)
    assert not set(labels) & set(views(storage, consultation))
    for view in parted:
        assert len(view.subthemes) > 1
        homes: dict[tuple[int, int], Counter[str]] = {}
        for each in view.subthemes:
            assert len(each.said) >= 3
            assert {one.id for one in each.said} <= {one.id for one in view.said}
            for one in each.said:
                homes.setdefault(part_of(text[one.id]), Counter())[each.name] += 1
        # Two parts may be one sub-theme; one part is not torn.
        for names_of in homes.values():
            assert max(names_of.values()) > 0.8 * names_of.total()

    gone = parted[0].subthemes[-1].said[0]
    with storage.writing() as session:
        erase(session, gone.participant)
    assert gone.id not in kept(storage, 1)
    with storage.reading() as session:
        left = session.scalar(
            select(func.count())
            .select_from(Assignment)
            .where(Assignment.statement_id == gone.id, Assignment.subtheme.is_not(None))
        )
    assert left == 0


def test_copies_of_a_statement_are_in_its_sub_theme(storage: Storage, catalogue: Catalogue) -> None:
    consultation = say(storage, catalogue, 1, bus=(0, 24), opvang=(0, 24), computer=(0, 24))
    say(storage, catalogue, 2, bus=(0, 24), opvang=(0, 24), computer=(0, 24))
    found = ran(storage, consultation, catalogue, 2)
    names = kept(storage, 1)
    copies = [
        (found.everything[row].id, found.everything[voice].id)
        for row, voice in found.duplicates.duplicates.items()
    ]
    assert len(copies) == 72
    assert any(voice in names for _, voice in copies)
    assert all(names.get(copy) == names.get(voice) for copy, voice in copies)


def reviewed(storage: Storage, catalogue: Catalogue) -> tuple[int, ThemeView]:
    """A first round, and an approved theme in it that has sub-themes."""
    consultation = say(storage, catalogue, 1, bus=(0, 24), opvang=(0, 24), computer=(0, 24))
    ran(storage, consultation, catalogue)
    view = next(each for each in views(storage, consultation).values() if each.subthemes)
    decide(storage, consultation, op="approve", theme=view.id)
    return consultation, view


def test_sub_themes_go_where_people_put_their_statements(
    storage: Storage, catalogue: Catalogue
) -> None:
    consultation, view = reviewed(storage, catalogue)
    statements = [each.id for each in view.subthemes[1].said]
    split = decide(
        storage, consultation, op="split", theme=view.id, statements=statements, label="Apart"
    )
    stands = views(storage, consultation)
    assert view.subthemes[1].name not in stands[view.label].subtheme_of.values()
    assert not stands["Apart"].subthemes
    other = next(each for each in stands.values() if each.label not in (view.label, "Apart"))
    merge = decide(
        storage, consultation, op="merge", themes=[stands["Apart"].id, view.id], into=other.id
    )
    merged = views(storage, consultation)[other.label]
    assert {each.name for each in view.subthemes} <= {each.name for each in merged.subthemes}
    assert set(statements) <= {each.id for part in merged.subthemes for each in part.said}
    for event in (merge, split):
        decide(storage, consultation, op="revoke", event=event)
    assert views(storage, consultation)[view.label].subthemes == view.subthemes


def test_a_later_round_keeps_sub_themes_and_adds_to_them(
    storage: Storage, catalogue: Catalogue
) -> None:
    consultation, view = reviewed(storage, catalogue)
    before = kept(storage, 1)
    say(storage, catalogue, 2, bus=(24, 3), opvang=(24, 3), computer=(24, 3))
    ran(storage, consultation, catalogue, 2)
    after = kept(storage, 2)
    assert {each: after[each] for each in before} == before
    now = next(each for each in views(storage, consultation).values() if each.id == view.id)
    assert [each.name for each in now.subthemes] == [each.name for each in view.subthemes]
    added = {each.id for part in now.subthemes for each in part.said} - before.keys()
    assert added
    for part, was in zip(now.subthemes, view.subthemes, strict=True):
        assert {part_of(each.text) for each in part.said} == {
            part_of(each.text) for each in was.said
        }


def test_a_theme_without_sub_themes_gets_them_when_all_is_clustered_anew(
    storage: Storage, catalogue: Catalogue
) -> None:
    consultation, view = reviewed(storage, catalogue)
    with storage.writing() as session:
        session.execute(update(Assignment).values(subtheme=None))
    assert not any(each.subthemes for each in views(storage, consultation).values())
    say(storage, catalogue, 2, bus=(24, 1))
    ran(storage, consultation, catalogue, 2)
    now = next(each for each in views(storage, consultation).values() if each.id == view.id)
    assert len(now.subthemes) > 1
