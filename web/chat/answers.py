"""A participant's own answers, for the holder of the conversation's token."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from consultation.database.models import Conversation
from consultation.participation.own_answers import OwnAnswer, own_answers
from consultation.participation.reactions import read_key
from consultation.privacy.own_file import own_file
from dialogue.messages import known, say
from web.chat.gateway import Authorised
from web.dependencies import Here, Services
from web.errors import ProblemBody

router = APIRouter(prefix="/api/chat", tags=["chat"])


class AnswerOut(BaseModel):
    """One answer as it stands now, with what it answers."""

    opdracht: int | None
    titel: str = Field(description="The opdracht's title.")
    question: str | None
    vraag: str = Field(description="The question as it is put.")
    text: str
    step: str | None = Field(
        None, description="The step of urgency that was understood, where the text is in own words."
    )


@router.get(
    "/answers",
    response_model=list[AnswerOut],
    responses={
        401: {"model": ProblemBody, "description": "No token, or one that is not good."},
        503: {"model": ProblemBody, "description": "The database does not answer."},
    },
)
def read_answers(here: Here, conversation_id: Authorised) -> list[AnswerOut]:
    """All that the participant answered so far, in this round and before."""
    with here.storage.reading() as session:
        talk = session.get(Conversation, conversation_id)
        return answers_of(here, session, talk.participant_id) if talk else []


@router.get(
    "/data",
    response_model=dict[str, Any],
    responses={
        401: {"model": ProblemBody, "description": "No token, or one that is not good."},
        503: {"model": ProblemBody, "description": "The database does not answer."},
    },
)
def read_everything(here: Here, conversation_id: Authorised) -> dict[str, Any]:
    """All that is stored of the participant, to keep as one file."""
    with here.storage.reading_one_moment() as session:
        talk = session.get(Conversation, conversation_id)
        return own_file(session, here.catalogue, talk.participant_id) if talk else {}


def _step(here: Services, answer: OwnAnswer) -> str | None:
    """The step of the scale that an answer in own words was understood as, as its button shows."""
    steps = here.catalogue.consultatie.prioriteiten
    found = next((each for each in steps if each.waarde == answer.value), None)
    name = f"{found.waarde} - {found.naam}" if found else None
    return None if name == answer.text else name


def question_shown(here: Services, opdracht: int | None, key: str | None) -> str:
    """The question that an answer is to, as it is put; empty for a text of its own."""
    question = here.catalogue.vraag(opdracht, key)
    return question.tekst if question else _reacted_to(key)


def _reacted_to(key: str | None) -> str:
    """What an answer of a reaction round is; empty for other keys."""
    told = read_key(key)
    what = told[0] if told else key
    return say(f"reactie_{what}") if what and known(f"reactie_{what}") else ""


def answers_of(here: Services, session: Session, participant_id: str) -> list[AnswerOut]:
    """All answers of a participant, with the titles and the texts of the questions."""
    found = []
    for answer in own_answers(session, participant_id):
        opdracht = here.catalogue.opdracht(answer.opdracht)
        found.append(
            AnswerOut(
                opdracht=answer.opdracht,
                titel=opdracht.titel if opdracht else "",
                question=answer.question,
                vraag=question_shown(here, answer.opdracht, answer.question),
                text=answer.text,
                step=_step(here, answer),
            )
        )
    return found
