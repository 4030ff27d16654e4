"""What is learned of what a text does at every step, and from which examples."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from bot.nlu.step_model import MARKS, Example, StepModel, examples
from bot.nlu.vector_cache import encoded_texts
from language.reading import acts

_STEPS = ("toestemming", "groep", "opdracht", "vraag", "bevestigen", "verder", "einde", "aanbod")


def test_every_step_has_examples_of_several_acts() -> None:
    known: dict[str, set[str]] = defaultdict(set)
    for each in examples():
        for mark in each.at:
            known[mark].add(each.act)
    assert all(len(known[step]) >= 8 for step in _STEPS), known
    assert {acts.ANSWER, acts.WAIT, acts.REMARK, acts.ASK, acts.PASS, acts.MEND} <= known["vraag"]
    assert {acts.AGREE, acts.NO, acts.BUT, acts.HESITATE, acts.ASK} <= known["toestemming"]
    assert {acts.AGREE, acts.WRONG, acts.ADD, acts.DROP, acts.SHOW} <= known["bevestigen"]


def test_every_mark_of_an_example_is_known_and_no_text_has_two_acts_at_one_place() -> None:
    by_place: dict[tuple[str, tuple[str, ...]], set[str]] = defaultdict(set)
    for each in examples():
        assert set(each.at) <= set(MARKS), each.at
        by_place[each.text, each.at].add(each.act)
    assert [place for place, found in by_place.items() if len(found) > 1] == []


def test_one_call_encodes_all_that_a_training_needs() -> None:
    assert {each.text for each in examples()} <= set(encoded_texts())


def _vectors(texts: list[str]) -> npt.NDArray[np.float64]:
    rows = [[len(text), text.count("e"), text.count("a"), len(text.split())] for text in texts]
    return np.array(rows, dtype=np.float64)


def test_one_text_does_different_things_at_different_steps(tmp_path: Path) -> None:
    told = [Example(f"ja {word}", acts.AGREE, ("verder",)) for word in ("graag", "hoor", "zeker")]
    told += [Example(f"ja {word}", acts.ANSWER, ("vraag",)) for word in ("graag", "hoor", "zeker")]
    told += [Example(f"nee {word}", acts.STOP, ("verder",)) for word in ("dank u", "hoor", "zeker")]
    model = StepModel()
    model.fit_on(told * 3, _vectors)
    model.save(tmp_path / "steps")
    loaded = StepModel()
    loaded.load(tmp_path / "steps")
    for each in (model, loaded):
        at = {
            step: each.chances("ja maar", _vectors(["ja maar"]), (step, None))
            for step in ("verder", "vraag")
        }
        assert at["verder"][acts.AGREE] > 0.5 > at["vraag"][acts.AGREE]
        assert sum(at["vraag"].values()) == pytest.approx(1.0)
