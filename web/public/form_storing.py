"""Stores what a public form holds, once, however often it is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consultation.catalogue import Opdracht
from consultation.participation import form_answers
from consultation.participation.answers import Erasure
from consultation.participation.form_answers import FormAnswer, FormResult
from consultation.privacy.erasure import erasing
from web.dependencies import Services

_Stored = TypeVar("_Stored")


class Sender(Protocol):
    """Who fills in a form; an empty text is an unknown receipt, invitation or group."""

    @property
    def token(self) -> str: ...  # noqa: D102
    @property
    def receipt(self) -> str: ...  # noqa: D102
    @property
    def invitation(self) -> str: ...  # noqa: D102
    @property
    def group(self) -> str: ...  # noqa: D102
    @property
    def consents(self) -> Mapping[str, bool]: ...  # noqa: D102


def store_form(
    here: Services,
    opdracht: Opdracht,
    sender: Sender,
    answers: Sequence[FormAnswer],
    then: Callable[[Session, FormResult], _Stored],
) -> _Stored:
    """Stores the answers of a form; returns what ``then`` makes of it in the same transaction."""
    receipt = sender.receipt or None

    def erased(session: Session) -> list[str]:
        return form_answers.erased_by(
            session,
            here.consultation_id,
            here.key,
            opdracht.nummer,
            sender.token,
            receipt,
            answers,
        )

    def write(session: Session, planned: Erasure | None) -> _Stored:
        stored = form_answers.store(
            session,
            here.consultation_id,
            here.catalogue,
            here.key,
            opdracht,
            token=sender.token,
            receipt=receipt,
            invitation=sender.invitation or None,
            group=sender.group or None,
            consents=dict(sender.consents),
            answers=answers,
            planned=planned,
        )
        return then(session, stored)

    for last in (False, True):
        try:
            return erasing(here.storage, erased, write)
        except IntegrityError:
            # The same form was sent twice at the same moment; the other request has stored it.
            if last:
                raise
    raise AssertionError
