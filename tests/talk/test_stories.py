"""Rasa's own stories: what it does with every intent, at every place of a talk."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from consultation.settings import ROOT, settings
from samenspraak.processes import BOT_PYTHON, latest_model, rasa_environment

pytestmark = pytest.mark.servers

STORIES = ROOT / "tests" / "verhalen" / "test_gesprek.yml"


def run_stories(stories: Path, out: Path) -> subprocess.CompletedProcess[str]:
    """``rasa test core`` on a file of stories, which fails on a wrong prediction."""
    command = [str(BOT_PYTHON), "-W", "ignore", "-m", "rasa", "test", "core"]
    command += ["--model", str(latest_model()), "--stories", str(stories), "--out", str(out)]
    command += ["--no-plot", "--fail-on-prediction-errors"]
    return subprocess.run(
        command,
        cwd=ROOT,
        env=rasa_environment(settings()),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=400,
    )


def test_every_story_goes_as_it_should(tmp_path: Path) -> None:
    done = run_stories(STORIES, tmp_path)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    failed = tmp_path / "failed_test_stories.yml"
    assert "story:" not in failed.read_text(encoding="utf-8").replace("None of the", "")


def test_a_story_that_goes_otherwise_fails(tmp_path: Path) -> None:
    wrong = tmp_path / "test_wrong.yml"
    wrong.write_text(
        'version: "3.1"\nstories:\n  - story: verkeerd\n    steps:\n'
        "      - active_loop: contribution_form\n"
        "      - slot_was_set:\n          - requested_slot: antwoord\n"
        "      - intent: overslaan\n      - action: action_terug\n",
        encoding="utf-8",
    )
    assert run_stories(wrong, tmp_path).returncode != 0
