"""The processes of a Dask cluster (dask.distributed), which encode texts and find themes.

One task encodes a batch of texts, another finds the themes of one opdracht. Workers get the words
of participants, so a cluster that the analysis starts itself listens on this machine only, talks in
TLS and writes nothing to disk.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from analysis.preprocessing.embeddings import AnalysisError
from analysis.result import OpdrachtAnalysis
from analysis.scheduling import tasks
from consultation.settings import is_loopback
from language.embedding import Encoder, Vectors

_PATIENCE = 30


@dataclass(frozen=True)
class Scheduling:
    """Where tasks run: a scheduler at an address, or else so many worker processes of our own."""

    address: str | None = None
    workers: int = 0

    @property
    def is_open(self) -> bool:
        """Whether words go over a network unencrypted."""
        if self.address is None:
            return False
        where = urlsplit(self.address if "://" in self.address else f"tcp://{self.address}")
        return where.scheme != "tls" and not is_loopback(where.hostname or "")


@dataclass(frozen=True)
class Cluster:
    """A cluster that is connected; ``encoder`` is the name by which workers load the encoder."""

    client: Any
    encoder: str

    def encode(self, batches: Iterable[Sequence[str]]) -> Iterator[Vectors]:
        """The vectors of each batch, (texts, dimension), in order."""
        futures = [
            self.client.submit(tasks.encode_elsewhere, self.encoder, list(batch), pure=False)
            for batch in batches
        ]
        try:
            for future in futures:
                yield _result(future)
                future.release()
        finally:
            self.client.cancel(futures)

    def find(
        self, asked: Iterable[tuple[OpdrachtAnalysis, Vectors]], spacy_model: str
    ) -> Iterator[tuple[OpdrachtAnalysis, Mapping[str, Vectors]]]:
        """Each opdracht with its themes, as it is ready, and what was encoded for it, by text."""
        from distributed import as_completed

        futures = [
            self.client.submit(
                tasks.find_elsewhere, found, alone, self.encoder, spacy_model, pure=False
            )
            for found, alone in asked
        ]
        try:
            for future in as_completed(futures):
                yield _result(future)
        finally:
            self.client.cancel(futures)


@contextmanager
def connected(where: Scheduling, encoder: Encoder) -> Iterator[Cluster]:
    """A cluster with workers that compute what this process would.

    Raises:
        AnalysisError: Dask is not installed, no scheduler or worker answers, or a worker has
            another version of what the result depends on; the message says what to repair.
    """
    try:
        from distributed import Client, LocalCluster
        from distributed.security import Security
    except ImportError as error:
        raise AnalysisError(
            f"--scheduler and --workers need Dask ({error}); install it with: "
            "uv sync --extra dask (or pip install 'samenspraak[dask]')"
        ) from error
    # Dask tells of each worker that comes and goes.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    with ExitStack() as at_end:
        try:
            if where.address is None:
                started = LocalCluster(
                    n_workers=where.workers,
                    threads_per_worker=1,
                    host="127.0.0.1",
                    dashboard_address=None,
                    security=Security.temporary(),
                    local_directory=at_end.enter_context(tempfile.TemporaryDirectory()),
                    # No limit means that nothing is written to disk.
                    memory_limit=0,
                )
                client = Client(at_end.enter_context(started), timeout=_PATIENCE)
            else:
                client = Client(where.address, timeout=_PATIENCE)
            at_end.enter_context(client)
            client.wait_for_workers(1, timeout=_PATIENCE)
        except (OSError, ValueError, TimeoutError) as error:
            raise AnalysisError(
                f"--scheduler: no worker answers at {where.address or 'this machine'} ({error}); "
                "start them with: dask scheduler, and dask worker ADDRESS"
            ) from error
        _check_versions(client, encoder)
        yield Cluster(client, encoder.name)


def _check_versions(client: Any, encoder: Encoder) -> None:
    ours = _known(tasks.versions(encoder.name))
    for worker, told in client.run(tasks.versions, encoder.name, on_error="return").items():
        if isinstance(told, BaseException):
            raise AnalysisError(
                f"--scheduler: the worker at {worker} cannot load Samenspraak ({told}); start it "
                "in an environment where Samenspraak is installed."
            )
        theirs = _known(told)
        for name, version in ours.items():
            if theirs.get(name) != version:
                raise AnalysisError(
                    f"--scheduler: the worker at {worker} has {name} {theirs.get(name)}, and this "
                    f"process has {version}; install the same on both."
                )


def _result(future: Any) -> Any:
    return _known(future.result())


def _known(result: Any) -> Any:
    if not isinstance(result, tasks.Failure):
        return result
    if result.reason is not None:
        raise AnalysisError(result.reason)
    raise RuntimeError(f"a task failed in a worker:\n{result.traceback}")
