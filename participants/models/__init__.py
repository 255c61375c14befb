"""The person and the work with the person."""

from .corrections import Correction, CorrectionOutcome
from .emergencies import EmergencyMiss, EmergencyOpening
from .enrolments import Enrolment, ExitCount, ExitReason, Initiator, KasClass, Level, LevelChange
from .exits import ExitEvent, ExitEventKind
from .handovers import ConsultantChange, Handover, HandoverNotice
from .meetings import (
    AgreedPoint,
    Attendee,
    Meeting,
    MeetingKind,
    MeetingOutcome,
    MeetingReply,
    MeetingWay,
)
from .offers import NEED_ANSWERED_BY, Offer
from .pauses import Pause, PauseKind
from .people import Education, Participant, Sex
from .progress import Assessment, DomainSteps, Occasion, Viewpoint
from .protection import NamedReader, Protection
from .sharing import Consent, Disclosure, DisclosureGround
from .surveys import SurveyAnswer, SurveyCode, SurveyHandout, SurveyMiss
from .team import TeamReview, TeamState
from .work import (
    Audience,
    Goal,
    Intervention,
    InterventionKind,
    InterventionOutcome,
    Need,
    Note,
    NoteKind,
    Plan,
    Responsible,
    Step,
    StepKind,
    StepState,
)
from .writing import ListedWord, NoteTemplate

__all__ = [
    "NEED_ANSWERED_BY",
    "AgreedPoint",
    "Assessment",
    "Attendee",
    "Audience",
    "Consent",
    "ConsultantChange",
    "Correction",
    "CorrectionOutcome",
    "Disclosure",
    "DisclosureGround",
    "DomainSteps",
    "Education",
    "EmergencyMiss",
    "EmergencyOpening",
    "Enrolment",
    "ExitCount",
    "ExitEvent",
    "ExitEventKind",
    "ExitReason",
    "Goal",
    "Handover",
    "HandoverNotice",
    "Initiator",
    "Intervention",
    "InterventionKind",
    "InterventionOutcome",
    "KasClass",
    "Level",
    "LevelChange",
    "ListedWord",
    "Meeting",
    "MeetingKind",
    "MeetingOutcome",
    "MeetingReply",
    "MeetingWay",
    "NamedReader",
    "Need",
    "Note",
    "NoteKind",
    "NoteTemplate",
    "Occasion",
    "Offer",
    "Participant",
    "Pause",
    "PauseKind",
    "Plan",
    "Protection",
    "Responsible",
    "Sex",
    "Step",
    "StepKind",
    "StepState",
    "SurveyAnswer",
    "SurveyCode",
    "SurveyHandout",
    "SurveyMiss",
    "TeamReview",
    "TeamState",
    "Viewpoint",
]
