"""Everything that is stored of one participant, as one file (GDPR, articles 15 and 20)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation.catalogue import Catalogue
from consultation.database.models import (
    Action,
    Assignment,
    Consent,
    Contribution,
    ContributionVersion,
    Conversation,
    Invitation,
    Message,
    NewsAddress,
    NewsMail,
    Objection,
    OwnPlacing,
    Participant,
    ParticipantQuestion,
    Reaction,
    Round,
    Statement,
    Submission,
    Theme,
)

TOLD = frozenset(
    {
        "consent",
        "contribution",
        "contribution_version",
        "conversation",
        "message",
        "news_address",
        "news_mail",
        "objection",
        "own_placing",
        "participant",
        "participant_question",
        "reaction",
        "statement",
        "submission",
        "assignment",
    }
)
"""The tables whose rows are in the file."""

MADE_OF_IT = frozenset(
    {
        "coding_choice",
        "coding_item",
        "pair_check",
        "published_statement",
        "published_support",
        "run_mark",
        "run_stance",
    }
)
"""Tables that only point at a statement: what others worked out with it, without its words."""


def own_file(session: Session, catalogue: Catalogue, participant_id: str) -> dict[str, Any]:
    """All that is stored of a participant, in Dutch keys, to write as JSON."""
    person = session.get_one(Participant, participant_id)
    invited = session.get(Invitation, person.invitation_id) if person.invitation_id else None
    return {
        "consultatie": catalogue.consultatie.titel,
        "gemaakt_op": _moment(datetime.now(UTC)),
        "sinds": _moment(person.created_at),
        "groep": person.group,
        "organisatie": person.organisation,
        "uitnodiging": None
        if invited is None
        else {
            "naam": invited.name,
            "e_mail": invited.email,
            "organisatie": invited.organisation,
            "groep": invited.group,
            "opdrachten": invited.opdrachten,
        },
        "nieuws_per_mail": _news(session, participant_id),
        "toestemmingen": _consents(session, participant_id),
        "antwoorden": _answers(session, catalogue, participant_id),
        "reacties": _reactions(session, participant_id),
        "vragen": _questions(session, participant_id),
        "gesprekken": _talks(session, participant_id),
    }


def _consents(session: Session, participant_id: str) -> list[dict[str, Any]]:
    query = select(Consent).where(Consent.participant_id == participant_id).order_by(Consent.id)
    return [
        {"waarvoor": each.purpose, "ja": each.granted, "wanneer": _moment(each.at)}
        for each in session.scalars(query)
    ]


def _news(session: Session, participant_id: str) -> dict[str, Any]:
    kept = session.get(NewsAddress, participant_id)
    mails = (
        select(NewsMail, Round.number)
        .join(Round, Round.id == NewsMail.round_id)
        .where(NewsMail.participant_id == participant_id)
        .order_by(Round.number)
    )
    return {
        "e_mail": kept.address if kept else None,
        "sinds": _moment(kept.at) if kept else None,
        "mails": [
            {
                "ronde": number,
                "stand": mail.state,
                "verstuurd": _moment(mail.sent_at) if mail.sent_at else None,
            }
            for mail, number in session.execute(mails).tuples()
        ],
    }


def _answers(session: Session, catalogue: Catalogue, participant_id: str) -> list[dict[str, Any]]:
    query = (
        select(Contribution, Submission.opdracht, Round.number)
        .join(Submission, Submission.id == Contribution.submission_id)
        .join(Round, Round.id == Submission.round_id)
        .where(Submission.participant_id == participant_id)
        .order_by(Round.number, Contribution.created_at, Contribution.id)
    )
    found = []
    for answer, opdracht, number in session.execute(query).tuples():
        question = catalogue.vraag(opdracht, answer.question)
        found.append(
            {
                "ronde": number,
                "opdracht": opdracht,
                "vraag": question.tekst if question else answer.question,
                "doorvraag": answer.probe,
                "gekozen": answer.value,
                "langs": answer.channel,
                "bron": answer.source,
                "versies": [_version(session, each) for each in answer.versions],
            }
        )
    return found


def _version(session: Session, version: ContributionVersion) -> dict[str, Any]:
    statements = session.scalars(
        select(Statement)
        .where(Statement.contribution_version_id == version.id)
        .order_by(Statement.start)
    ).all()
    placings = session.scalars(
        select(OwnPlacing)
        .where(OwnPlacing.contribution_version_id == version.id)
        .order_by(OwnPlacing.start)
    ).all()
    return {
        "nummer": version.version,
        "wanneer": _moment(version.at),
        "tekst": version.text,
        "gemeten": version.measure,
        "uitspraken": [_statement(session, version.text, each) for each in statements],
        "waarover": [
            {"tekst": version.text[each.start : each.end], "uw_keuze": each.themes}
            for each in placings
        ],
    }


def _statement(session: Session, text: str, statement: Statement) -> dict[str, Any]:
    own = select(Assignment.theme_id).where(Assignment.statement_id == statement.id)
    themes = session.scalars(select(Theme).where(Theme.id.in_(own)))
    objection = session.scalar(select(Objection).where(Objection.statement_id == statement.id))
    return {
        "tekst": text[statement.start : statement.end],
        "soort": statement.kind,
        "opdracht": statement.opdracht,
        "themas": sorted(each.code for each in themes),
        "niet_zo_bedoeld": None
        if objection is None
        else {"wanneer": _moment(objection.at), "antwoord": objection.note or None},
    }


def _reactions(session: Session, participant_id: str) -> list[dict[str, Any]]:
    query = (
        select(Reaction, Action.opdracht, Round.number)
        .join(Action, Action.id == Reaction.action_id)
        .join(Round, Round.id == Reaction.round_id)
        .where(Reaction.participant_id == participant_id)
        .order_by(Reaction.at, Reaction.id)
    )
    return [
        {
            "ronde": number,
            "actie": each.action_id,
            "opdracht": opdracht,
            "versie": each.version,
            "houding": each.stance,
            "rang": each.rank,
            "wanneer": _moment(each.at),
        }
        for each, opdracht, number in session.execute(query).tuples()
    ]


def _questions(session: Session, participant_id: str) -> list[dict[str, Any]]:
    query = select(ParticipantQuestion).where(ParticipantQuestion.participant_id == participant_id)
    return [
        {"tekst": each.text, "wanneer": _moment(each.at), "antwoord": each.note or None}
        for each in session.scalars(query.order_by(ParticipantQuestion.id))
    ]


def _talks(session: Session, participant_id: str) -> list[dict[str, Any]]:
    query = (
        select(Conversation, Round.number)
        .join(Round, Round.id == Conversation.round_id)
        .where(Conversation.participant_id == participant_id)
        .order_by(Conversation.created_at)
    )
    found = []
    for talk, number in session.execute(query).tuples():
        said = select(Message).where(Message.conversation_id == talk.id).order_by(Message.seq)
        found.append(
            {
                "ronde": number,
                "begonnen": _moment(talk.created_at),
                "berichten": [
                    {"wanneer": _moment(each.at), "van": each.sender, "tekst": each.text}
                    for each in session.scalars(said)
                    if each.sender != "systeem"
                ],
            }
        )
    return found


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat(timespec="seconds")
