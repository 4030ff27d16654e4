"""The analysis, declared in one place: statements, voices, vectors, themes, identity, storage."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

from spacy.language import Language
from sqlalchemy import select
from sqlalchemy.orm import Session
from tqdm import tqdm

from analysis.clustering import GraphClusterer
from analysis.context import METHOD as CONTEXT
from analysis.context import company, in_context, links
from analysis.embeddings import AnalysisError, encoder_named, model_key, vectors_of
from analysis.finding import find_anew, find_on, refit_due
from analysis.known import known_of
from analysis.labels import METHOD as LABELS
from analysis.measuring import measure_new
from analysis.result import Found, OpdrachtResult, RunResult
from analysis.run_store import Overtaken, store
from analysis.standing import standing
from analysis.statements import cut_new
from analysis.themes import FEWEST
from analysis.voices import METHOD as VOICES
from analysis.voices import sort_out
from consultation import rounds
from consultation.answers import text_hash
from consultation.catalogue import Catalogue
from consultation.curation_store import curation_hash, load_events
from consultation.models import AnalysisRun, Round
from consultation.storage import Storage
from language.embedding import Encoder
from language.pipeline import PipelineUnavailable, load_pipeline, pipeline_status

__all__ = ["METHOD", "OpdrachtResult", "RunResult", "analyse"]

METHOD = "votes-of-leiden-8"
CONTINUING = "map-and-challenge-4"

_SMALL = 2_000


@dataclass(frozen=True)
class _Tools:
    """What a run works with, and the hash of its parameters and models."""

    encoder: Encoder
    spacy_model: str
    models: dict[str, str]
    parameters: dict[str, object]

    @property
    def method(self) -> str:
        told = json.dumps([self.models, self.parameters], sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()


def analyse(
    storage: Storage,
    consultation_id: int,
    catalogue: Catalogue,
    *,
    encoder_name: str,
    spacy_model: str,
    round_number: int | None = None,
    opdracht: int | None = None,
    progress: bool = False,
) -> RunResult:
    """Finds the themes of every opdracht (or of one) in all that was said up to a round.

    1. cut what is new into statements, and measure how much the answers say; 2. gather those that
    stand, and what is known of each opdracht; 3. stop here when neither they nor the parameters nor
    what people decided changed since the last such run; 4. sort out whose voice each is, see
    ``analysis.voices``; 5. vectors, from the cache; 6. themes: found anew while nobody decided,
    continued from then on, see ``analysis.finding``; 7. store it all in one transaction. An
    interrupted run leaves no trace but cut statements, measures and cached vectors.

    Raises:
        RoundError: there is no such round.
        AnalysisError: there is no such opdracht, or encoder or pipeline cannot be had.
    """
    if opdracht is not None and catalogue.opdracht(opdracht) is None:
        known = ", ".join(str(each.nummer) for each in catalogue.opdrachten)
        raise AnalysisError(f"--opdracht: there is no opdracht {opdracht}; choose from {known}.")
    with storage.reading() as session:
        round_ = rounds.require_round(session, consultation_id, round_number)
    cut_new(storage, consultation_id, catalogue, encoder_name, progress)
    measure_new(storage, consultation_id, catalogue)
    numbers = [opdracht] if opdracht else [each.nummer for each in catalogue.opdrachten]
    tools = _tools(encoder_name, spacy_model)
    while True:
        try:
            return _analysed(storage, consultation_id, round_, opdracht, numbers, tools, progress)
        except Overtaken:
            # Somebody else's run was stored meanwhile: stand on that one. Vectors are kept.
            continue


def _tools(encoder_name: str, spacy_model: str) -> _Tools:
    encoder = encoder_named(encoder_name)
    try:
        pipeline = pipeline_status(spacy_model).name
    except PipelineUnavailable as error:
        raise AnalysisError(str(error)) from error
    return _Tools(
        encoder=encoder,
        spacy_model=spacy_model,
        models={"embedding": model_key(encoder), "spacy": pipeline},
        parameters={
            "method": METHOD,
            "continuing": CONTINUING,
            "context": CONTEXT,
            "voices": VOICES,
            "labels": LABELS,
            "fewest": FEWEST,
            **GraphClusterer().get_params(),
        },
    )


def _analysed(
    storage: Storage,
    consultation_id: int,
    round_: Round,
    opdracht: int | None,
    numbers: Sequence[int],
    tools: _Tools,
    progress: bool,
) -> RunResult:
    with storage.reading() as session:
        everything = standing(session, consultation_id, until_round=round_.number)
        found = [
            Found(
                n,
                [each for each in everything if each.opdracht == n],
                known_of(session, consultation_id, n),
            )
            for n in numbers
        ]
        inputs = _input_hash(found, tools.method)
        decided = curation_hash(load_events(session, consultation_id))
        same = _last_run(session, round_.id, opdracht)
        if same is not None and (same.input_hash, same.curation_hash) == (inputs, decided):
            return _stored_result(same, round_.number)
    for each in found:
        each.voices = sort_out(
            [said.text for said in each.everything],
            {row for row, said in enumerate(each.everything) if said.id in each.known.carried},
        )
        each.said = [each.everything[row] for row in each.voices.heard]
        each.refit = refit_due(each.known, round_.number, len(each.everything), tools.method)
    wanted = [each for each in found if len(each.said) >= FEWEST or each.known.carried]
    vectors_of(
        storage, tools.encoder, [said.text for each in wanted for said in each.said], progress
    )
    _find_all(found, storage, tools, progress)
    about = {
        "parameters": tools.parameters,
        "models": tools.models,
        "input_hash": inputs,
        "curation_hash": decided,
    }
    return store(storage, consultation_id, round_, opdracht, found, about, tools.method)


def _find_all(found: Sequence[Found], storage: Storage, tools: _Tools, progress: bool) -> None:
    """Finds the themes of each opdracht, small ones side by side: most of the work lets go of the
    interpreter. A large one is left in the main thread, where it can be interrupted at once."""

    try:
        nlp = load_pipeline(tools.spacy_model)
    except PipelineUnavailable as error:
        raise AnalysisError(str(error)) from error

    def timed(each: Found) -> None:
        started = time.perf_counter()
        _find(each, storage, tools.encoder, nlp)
        each.seconds = round(time.perf_counter() - started, 3)

    bar = tqdm(total=len(found), desc="themes", unit="opdracht", disable=not progress)
    with bar, ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        small = [pool.submit(timed, each) for each in found if len(each.said) <= _SMALL]
        try:
            for each in found:
                if len(each.said) > _SMALL:
                    timed(each)
                    bar.update()
            for future in as_completed(small):
                future.result()
                bar.update()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _find(found: Found, storage: Storage, encoder: Encoder, nlp: Language) -> None:
    known = found.known
    going_on = known.decided or (not found.refit and known.carried)
    if not going_on and len(found.said) < FEWEST:
        return
    alone = vectors_of(storage, encoder, [each.text for each in found.said])
    heard_with = company(
        [each.contribution for each in found.said],
        [(each.participant, each.round) for each in found.said],
    )
    vectors = in_context(alone, heard_with)
    # Links are for seeking themes; of many texts they take a while.
    texts = [each.text for each in found.said]
    linked = links(alone, texts, heard_with) if found.refit else vectors
    find = find_on if going_on else find_anew
    find(found, vectors, linked, nlp, lambda labels: vectors_of(storage, encoder, labels))


def _input_hash(found: Sequence[Found], method: str) -> str:
    digest = hashlib.sha256(method.encode())
    for each in found:
        digest.update(f"|{each.opdracht}|".encode())
        for one in sorted(each.everything, key=lambda said: said.id):
            digest.update(f"{one.id} {one.kind} {text_hash(one.text)}\n".encode())
    return digest.hexdigest()


def _last_run(session: Session, round_id: int, opdracht: int | None) -> AnalysisRun | None:
    scope = AnalysisRun.opdracht.is_(None) if opdracht is None else AnalysisRun.opdracht == opdracht
    return session.scalar(
        select(AnalysisRun)
        .where(AnalysisRun.round_id == round_id, AnalysisRun.status == "klaar", scope)
        .order_by(AnalysisRun.id.desc())
        .limit(1)
    )


def _stored_result(run: AnalysisRun, round_number: int) -> RunResult:
    rows = tuple(OpdrachtResult(**each) for each in run.metrics["opdrachten"])
    return RunResult(run.id, round_number, rows, reused=True)
