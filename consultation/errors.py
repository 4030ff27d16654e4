"""Base class and subclasses of user errors; a message names the object, place and correction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from language.pipeline_status import PipelineUnavailable


class SamenspraakError(Exception):
    """An error that a user can correct. The command line prints it without a traceback."""


class CatalogueError(SamenspraakError):
    """The catalogue is missing, unreadable or does not fit its schema."""


class StorageError(SamenspraakError):
    """The database cannot be reached, opened or migrated."""


class RoundError(SamenspraakError):
    """A round is missing or closed, or a change to it is not allowed."""


class ImportFileError(SamenspraakError):
    """A file to import cannot be read or understood."""


class TalkError(SamenspraakError):
    """A message does not fit the conversation it was sent to."""


class PayloadNotOffered(TalkError):
    """A button's payload was sent that the assistant did not offer in its last turn."""


class ClientIdReused(TalkError):
    """The same client_id was used with another text or payload."""


class TurnElsewhere(TalkError):
    """Another process works on this turn, or took it over."""


class ReceiptUnknown(SamenspraakError):
    """No participant has this receipt code."""


class AddressInvalid(SamenspraakError):
    """A text is no e-mail address."""


class InvitationUnknown(SamenspraakError):
    """No invitation has this token."""


class AccountError(SamenspraakError):
    """An account is missing, or its name, role or password is invalid."""


@contextmanager
def needs_pipeline(error: type[SamenspraakError] = SamenspraakError) -> Iterator[None]:
    """A block that loads the Dutch pipeline; raises ``error`` where it cannot be loaded.

    Raises:
        SamenspraakError: the pipeline is unavailable; the message says what to repair.
    """
    try:
        yield
    except PipelineUnavailable as reason:
        raise error(str(reason)) from reason
