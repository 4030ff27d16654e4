"""The verb evaluate-codebook: which of the models at hand maps best."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from consultation.catalogue import load_catalogue
from consultation.curation.codebook_file import read_codebook
from consultation.settings import settings

if TYPE_CHECKING:
    from analysis.codebook.trust import ShareInterval
    from analysis.codebook_evaluation import CodebookEvaluation

AT_HAND = ("e5", "use")
"""The encoders that are installed with the product."""


def register(app: typer.Typer) -> None:
    """Adds the verb to the command line."""
    app.command("evaluate-codebook")(evaluate_codebook)


def evaluate_codebook(
    file: Annotated[
        Path, typer.Argument(help='Lines of {"participant", "opdracht", "text", "label"}.')
    ],
    codebook: Annotated[Path, typer.Option(help="A csv file, as for codebook import.")],
    embedding: Annotated[
        list[str] | None,
        typer.Option(help="One more encoder to compare, such as onnx:FOLDER; may be repeated."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Tells by coded answers of your own which model maps them best to their codebook.

    Compared are the encoders that are installed, the one that is set, and the language model where
    one is set. A label is the name of a theme, a list of names, or null for no theme.
    """
    from analysis import codebook_evaluation
    from analysis.language_model.connection import language_model
    from analysis.preprocessing.embeddings import encoder_named
    from language.embedding import encoder_status

    values = settings()
    coded = codebook_evaluation.read_coded(
        file, read_codebook(codebook, load_catalogue(values.catalogue))
    )
    # Where e5 cannot load, use stands in for it, and is named as what it is.
    asked = dict.fromkeys(
        encoder_named(name).name for name in [values.embedding, *(embedding or [])]
    )
    present = [name for name in AT_HAND if name not in asked and encoder_status(name)[1]]
    result = codebook_evaluation.evaluate_codebook(
        coded, [*asked, *present], language_model(values), values.spacy_model, _say
    )
    print(result.as_json() if as_json else _table(result))


def _table(result: CodebookEvaluation) -> str:
    """The figures for people: shares of 0 to 1 with their intervals."""
    lines = [
        f"{result.statements} statements of {result.people} participants, intervals of 95 %",
        f"{'model':30} {'names':18} {'descriptions':18} {'with none':>9} {'answered':>8} {'s':>6}",
    ]
    for each in result.models:
        lines.append(
            f"{each.model:30.30} {_share(each.names):18} {_share(each.descriptions):18} "
            f"{each.with_none:9.3f} {each.answered:8.3f} {each.seconds:6.1f}"
        )
    if result.lead is not None:
        first, second = result.models[0].model, result.models[1].model
        told = "is better than" if result.sure else "is not surely better than"
        lines.append(f"{first} {told} {second}: {_share(result.lead)}")
    return "\n".join(lines)


def _share(interval: ShareInterval) -> str:
    return f"{interval.mid:.3f} [{interval.low:.3f}, {interval.high:.3f}]"


def _say(text: str) -> None:
    print(f"samenspraak: {text}", file=sys.stderr)
