"""The container files: they name what exists, and the image holds a whole talk."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
import uuid
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from consultation.settings import ROOT, Settings
from samenspraak.cli import app

COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
OURS: dict[str, Any] = {
    name: each for name, each in COMPOSE["services"].items() if each["image"] == "samenspraak"
}


def test_each_part_is_a_service_that_the_command_line_knows() -> None:
    parts = {each["command"][1] for each in OURS.values()}
    assert parts == {"actions", "rasa", "web", "worker"}
    for name, each in OURS.items():
        found = CliRunner().invoke(app, [*each["command"], "--help"])
        assert found.exit_code == 0, (name, found.output)


def test_services_set_what_is_a_setting_and_no_secret() -> None:
    known = {f"SAMENSPRAAK_{name.upper()}" for name in Settings.model_fields}
    for name, each in OURS.items():
        assert set(each["environment"]) <= known, name
        for secret in ("SECRET_KEY", "SHARED_SECRET", "DATABASE_URL"):
            assert ":?set it in .env}" in each["environment"][f"SAMENSPRAAK_{secret}"], name
    told = set(re.findall(r"\$\{(\w+):\?", (ROOT / "compose.yaml").read_text(encoding="utf-8")))
    documented = (ROOT / "docs" / "operation.md").read_text(encoding="utf-8")
    assert all(f"{each}=" in documented for each in told)


def test_parts_that_are_asked_by_others_are_found_where_they_listen() -> None:
    environment = OURS["web"]["environment"]
    for variable, service, port in (
        ("ACTIONS_URL", "actions", Settings.model_fields["actions_port"].default),
        ("RASA_URLS", "rasa", Settings.model_fields["rasa_port"].default),
    ):
        assert environment[f"SAMENSPRAAK_{variable}"] == f"http://{service}:{port}"
        assert OURS[service]["environment"]["SAMENSPRAAK_INNER_HOST"] == "0.0.0.0"
    assert environment["SAMENSPRAAK_HOST"] == "0.0.0.0"
    published = [port for each in COMPOSE["services"].values() for port in each.get("ports", ())]
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_the_image_takes_no_data_of_this_machine() -> None:
    left_out = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    ignored = [
        line.strip("/")
        for line in (ROOT / ".gitignore").read_text(encoding="utf-8").split()
        if line.strip("/") not in ("__pycache__", ".cache")
    ]
    assert set(ignored) <= set(left_out)
    assert ".git" in left_out


def succeeds(*command: str) -> bool:
    return not subprocess.run(command, capture_output=True, check=False).returncode


def tool() -> str:
    """A container tool that works here; skips the test where there is none."""
    for name in ("docker", "podman"):
        path = shutil.which(name)
        if (
            path
            and subprocess.run([path, "info"], capture_output=True, check=False).returncode == 0
        ):
            return path
    pytest.skip("there is no container tool that works here")


@pytest.mark.soak
def test_the_image_holds_a_whole_talk(tmp_path: Path) -> None:
    """All parts in one container, on SQLite: ``probe`` goes through each of them."""
    run = tool()
    base = re.findall(r"^FROM (\S+)", (ROOT / "Containerfile").read_text("utf-8"), re.MULTILINE)[0]
    if not (succeeds(run, "image", "inspect", base) or succeeds(run, "pull", base)):
        pytest.skip(f"{base} cannot be fetched here")
    if not succeeds(run, "run", "--rm", base, "true"):
        pytest.skip("no container can be started here")
    image = name = f"samenspraak-test-{uuid.uuid4().hex[:8]}"
    checkout = tmp_path / "checkout"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(checkout)], check=True)
    build = [run, "build", "-f", "Containerfile", "-t", image, "."]
    subprocess.run(build, cwd=checkout, check=True)

    def inside(*verb: str) -> subprocess.CompletedProcess[str]:
        command = [run, "exec", name, "samenspraak", *verb]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    try:
        subprocess.run([run, "run", "-d", "--name", name, image], check=True)
        until = time.monotonic() + 180
        while inside("round", "open", "1").returncode:
            assert time.monotonic() < until, "the container does not answer"
            time.sleep(2)
        while (probed := inside("probe")).returncode:
            assert time.monotonic() < until, probed.stdout
            time.sleep(5)
    finally:
        subprocess.run([run, "rm", "-f", name], capture_output=True, check=False)
        subprocess.run([run, "rmi", "-f", image], capture_output=True, check=False)
