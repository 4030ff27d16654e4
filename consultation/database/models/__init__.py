"""Database tables of the domain. The database is the truth; a Rasa tracker is disposable.

Uitdaging, Opdracht and Question are defined in the catalogue: tables refer to an opdracht by its
number and to a question by its key. Times are UTC.
"""

from consultation.database.models.accounts import Account
from consultation.database.models.analysis import (
    AnalysisRun,
    Assignment,
    Embedding,
    RunMark,
    RunProposal,
    RunStance,
    RunTheme,
    Theme,
    proposed_action_id,
)
from consultation.database.models.answers import (
    SET_ASIDE,
    UNREAD,
    Contribution,
    ContributionVersion,
    Objection,
    OwnPlacing,
    Statement,
    Submission,
    place_at,
)
from consultation.database.models.base import Base, UtcDateTime, new_id, now
from consultation.database.models.conversations import Conversation, Message, ParticipantQuestion
from consultation.database.models.curation import Action, CurationEvent, EventSubject, Reaction
from consultation.database.models.notices import NewsAddress, NewsMail
from consultation.database.models.participants import Consent, Flood, JointParticipant, Participant
from consultation.database.models.rounds import Consultation, Invitation, Round

__all__ = [
    "SET_ASIDE",
    "UNREAD",
    "Account",
    "Action",
    "AnalysisRun",
    "Assignment",
    "Base",
    "Consent",
    "Consultation",
    "Contribution",
    "ContributionVersion",
    "Conversation",
    "CurationEvent",
    "Embedding",
    "EventSubject",
    "Flood",
    "Invitation",
    "JointParticipant",
    "Message",
    "NewsAddress",
    "NewsMail",
    "Objection",
    "OwnPlacing",
    "Participant",
    "ParticipantQuestion",
    "Reaction",
    "Round",
    "RunMark",
    "RunProposal",
    "RunStance",
    "RunTheme",
    "Statement",
    "Submission",
    "Theme",
    "UtcDateTime",
    "new_id",
    "now",
    "place_at",
    "proposed_action_id",
]
