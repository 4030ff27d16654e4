"""The chat widget as one file, built from the modules in ``widget/`` at the first request.

The modules are ES modules; concatenated in one function they need no imports and exports. So there
is no build step, and the code in the repository is the code that runs.
"""

from __future__ import annotations

import hashlib
import json
import re
from functools import lru_cache
from pathlib import Path

import yaml
from fastapi import APIRouter, Request, Response

SOURCES = Path(__file__).parents[1] / "widget"
MODULES = ("dom", "store", "line", "talk", "answers", "view", "element")
"""In dependency order."""

_HEAD = "// Samenspraak, the chat widget. EUPL-1.2. One file, no dependencies.\n"
_IMPORT = re.compile(r"^import .*;\n", re.MULTILINE)
_EXPORT = re.compile(r"^export ", re.MULTILINE)
_REMARK = re.compile(r"^[ \t]*(?://.*|/\*\*[^\n]*\*/)\n", re.MULTILINE)
_CSS_REMARK = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_INDENT = re.compile(r"^[ \t]+|\n(?=\n)", re.MULTILINE)

router = APIRouter(include_in_schema=False)


@router.get("/widget/samenspraak-chat.js")
def widget(request: Request) -> Response:
    """The widget, for any website that may embed it."""
    script = assembled()
    tag = f'"{hashlib.sha256(script.encode()).hexdigest()[:20]}"'
    headers = {
        "Cache-Control": "public, max-age=300",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "ETag": tag,
    }
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(script, media_type="text/javascript", headers=headers)


@lru_cache(maxsize=1)
def assembled() -> str:
    """The complete script: texts, styles and modules in one function; built once."""
    texts = yaml.safe_load(_read("teksten.yml"))
    styles = _INDENT.sub("", _CSS_REMARK.sub("", _read("chat.css"))).strip()
    given = (
        '"use strict";\n'
        "const SCRIPT = document.currentScript;\n"
        f"const T = {json.dumps(texts, ensure_ascii=False)};\n"
        f"const CSS = {json.dumps(styles, ensure_ascii=False)};\n"
    )
    return f"{_HEAD}(() => {{\n{given}{''.join(_module(name) for name in MODULES)}}})();\n"


def _module(name: str) -> str:
    source = _REMARK.sub("", _read(f"{name}.js"))
    return _INDENT.sub("", _EXPORT.sub("", _IMPORT.sub("", source)))


def _read(name: str) -> str:
    return (SOURCES / name).read_text(encoding="utf-8")
