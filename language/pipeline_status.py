"""Reports which Dutch spaCy pipeline will be loaded, without importing spaCy."""

from __future__ import annotations

import importlib.metadata
import json
import logging
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FALLBACK_NAME = "nl-lookups"

_log = logging.getLogger(__name__)


class PipelineUnavailable(Exception):
    """A named pipeline cannot be loaded; the message says what to repair."""


@dataclass(frozen=True)
class PipelineStatus:
    """The pipeline in use. ``loss`` says what the fallback lacks, and is empty otherwise."""

    name: str
    is_fallback: bool
    loss: str


@lru_cache(maxsize=2)
def pipeline_status(name_or_path: str = "nl_core_news_sm") -> PipelineStatus:
    """The pipeline that ``language.pipeline.load_pipeline`` loads, without importing spaCy.

    Raises:
        PipelineUnavailable: the folder does not exist, or has no spaCy pipeline.
    """
    folder = Path(name_or_path)
    if folder.is_dir():
        try:
            meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
            return PipelineStatus(f"{meta['name']} {meta['version']}", False, "")
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise not_loadable(name_or_path, error) from error
    if "/" in name_or_path or "\\" in name_or_path:
        raise PipelineUnavailable(
            f"{name_or_path}: there is no such folder; set SAMENSPRAAK_SPACY_MODEL to a spaCy "
            "pipeline's folder or name, or leave it out."
        )
    try:
        version = importlib.metadata.version(name_or_path)
    except (importlib.metadata.PackageNotFoundError, ValueError):
        pass
    else:
        return PipelineStatus(f"{name_or_path} {version}", False, "")
    loss = (
        f"{name_or_path} is not installed: lemmas come from a word list, and there are no parts of "
        "speech and no names of persons, places and organisations. Where it can be downloaded, "
        "mend this with: make setup RETRY_MODEL=1 (or correct SAMENSPRAAK_SPACY_MODEL)"
    )
    _log.warning("%s", loss)
    return PipelineStatus(f"{FALLBACK_NAME} {importlib.metadata.version('spacy')}", True, loss)


def not_loadable(name_or_path: str, error: Exception) -> PipelineUnavailable:
    """The error for a folder with no loadable pipeline."""
    reason = (str(error).splitlines() or [type(error).__name__])[0]
    return PipelineUnavailable(
        f"{name_or_path}: no spaCy pipeline can be loaded from this folder ({reason}); set "
        "SAMENSPRAAK_SPACY_MODEL to one made for spaCy 3.8."
    )
