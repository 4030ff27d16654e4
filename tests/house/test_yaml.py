"""The YAML files: no key stands twice in a mapping, where the last one would silently win."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from consultation.settings import ROOT

FOLDERS = ("actions", "bot", "consultation", "data", "dialogue", "language", "web")
FILES = sorted(
    path
    for folder in FOLDERS
    for path in (ROOT / folder).rglob("*.yml")
    if ".venv" not in path.parts
)


class Unique(yaml.SafeLoader):
    """Refuses a mapping that has a key twice."""


def _unique(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [loader.construct_object(key, True) for key, _ in node.value]
    twice = sorted({str(key) for key in keys if keys.count(key) > 1})
    if twice:
        raise ValueError(f"{node.start_mark}: twice: {', '.join(twice)}")
    values = [loader.construct_object(value, True) for _, value in node.value]
    return dict(zip(keys, values, strict=True))


Unique.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _unique)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_key_stands_twice(path: Path) -> None:
    Unique(path.read_text(encoding="utf-8")).get_single_data()


def test_a_key_that_stands_twice_is_found() -> None:
    with pytest.raises(ValueError, match="twice: hulp"):
        Unique("overal:\n  hulp: [a]\n  terug: [b]\n  hulp: [c]\n").get_single_data()
