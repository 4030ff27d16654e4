"""Every dependency's licence, in both environments, may go with EUPL-1.2 (docs/licences.md)."""

from __future__ import annotations

import re
from importlib.metadata import Distribution, PathDistribution, distributions
from pathlib import Path

import pytest

from consultation.settings import ROOT

DOC = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
ALLOWED = frozenset(re.findall(r"^- `([^`]+)`", DOC, flags=re.MULTILINE))
REVIEWED = dict(re.findall(r"^\| `([^`]+)` \| `([^`]+)` \|", DOC, flags=re.MULTILINE))

CLASSIFIERS = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "European Union Public Licence 1.2 (EUPL 1.2)": "EUPL-1.2",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.1-or-later",
    "GNU Library or Lesser General Public License (LGPL)": "LGPL-3.0-or-later",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
WORDINGS = {
    "3-clause bsd license": "BSD-3-Clause",
    "apache license 2.0": "Apache-2.0",
    "bsd": "BSD-3-Clause",
    "mit license": "MIT",
}


def licence(package: Distribution) -> str:
    """A package's licence as an SPDX expression, as far as its metadata tells; else empty.

    The expression counts first, then the classifiers (all of them), then the free text.
    """
    metadata = package.metadata
    expression = first(metadata.get_all("License-Expression"))
    if expression:
        return expression
    classifiers = [
        text.rpartition(" :: ")[2]
        for text in metadata.get_all("Classifier", [])
        if text.startswith("License :: ") and text != "License :: OSI Approved"
    ]
    if classifiers:
        return " AND ".join(CLASSIFIERS.get(name, f"'{name}'") for name in classifiers)
    text = first(metadata.get_all("License"))
    return WORDINGS.get(text.lower(), text)


def first(values: list[str] | None) -> str:
    """The first of a metadata field's values, or nothing."""
    return values[0].strip() if values else ""


def allowed(expression: str) -> bool:
    """Whether an SPDX expression without brackets can be met with licences on the list."""
    return any(
        all(part.strip() in ALLOWED for part in choice.split(" AND "))
        for choice in expression.split(" OR ")
    )


def refused(packages: list[Distribution]) -> list[str]:
    """The packages whose licence is neither on the list nor reviewed, with what they say."""
    found = set()
    for package in packages:
        name = canonical(package.metadata["Name"])
        expression = REVIEWED.get(name) or licence(package)
        if not allowed(expression):
            found.add(f"{name}: {expression or 'says nothing'}")
    return sorted(found)


def canonical(name: str) -> str:
    """A package's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def installed(environment: Path) -> list[Distribution]:
    """What is installed in an environment, read without running its Python."""
    folders = sorted((ROOT / environment).glob("lib/python3*/site-packages"))
    if not folders:
        pytest.skip(f"{environment} is not there; make setup makes it")
    return list(distributions(path=[str(folder) for folder in folders]))


@pytest.mark.parametrize("environment", [Path(".venv"), Path("bot/.venv")], ids=str)
def test_every_licence_may_go_with_ours(environment: Path) -> None:
    packages = installed(environment)
    assert len(packages) > 50
    assert refused(packages) == [], "read the licence; then docs/licences.md, or another package"


def test_what_was_reviewed_by_hand_is_still_used() -> None:
    used = {
        canonical(package.metadata["Name"])
        for environment in (Path(".venv"), Path("bot/.venv"))
        for package in installed(environment)
    }
    assert set(REVIEWED) - used == set()


def test_ours_is_the_eupl() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert text.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2")
    assert "15.Applicable Law" in text
    assert "Appendix" in text


@pytest.mark.parametrize(
    "metadata",
    [
        "License-Expression: GPL-3.0-or-later",
        "License-Expression: MIT AND AGPL-3.0-only",
        "License: GPL",
        "License: MIT\nClassifier: License :: OSI Approved :: GNU General Public License (GPL)",
        "License: Proprietary",
        "License: UNKNOWN",
        "Summary: says nothing",
    ],
)
def test_another_licence_is_refused(metadata: str, tmp_path: Path) -> None:
    assert len(refused([package(tmp_path, metadata)])) == 1


@pytest.mark.parametrize(
    "metadata",
    [
        "License-Expression: GPL-2.0-only OR MIT",
        "License-Expression: BSD-3-Clause AND MPL-2.0",
        "License: see file\nClassifier: License :: OSI Approved :: MIT License",
        "License: MIT",
    ],
)
def test_a_licence_on_the_list_is_taken(metadata: str, tmp_path: Path) -> None:
    assert refused([package(tmp_path, metadata)]) == []


def package(folder: Path, metadata: str) -> Distribution:
    """A package that is nothing but its metadata."""
    home = folder / "thing-1.0.dist-info"
    home.mkdir()
    (home / "METADATA").write_text(
        f"Metadata-Version: 2.4\nName: thing\nVersion: 1.0\n{metadata}\n"
    )
    return PathDistribution(home)
