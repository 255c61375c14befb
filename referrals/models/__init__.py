"""The rows of the ways in: the referral and its mapping, what is told of it, and to whom."""

from .feedback import FeedbackRecord, TeamRequest
from .follow_ups import FollowUp
from .mapping import MappingDraft, MappingForm
from .notices import ABOUT_THE_CASE, TO_HANDLE, Notice, NoticeKind
from .referrals import (
    DECIDED,
    NOT_NOW,
    OTHER_SENDERS,
    RECENT_DAYS,
    UNDECIDED,
    WITH_UNIT,
    EventKind,
    Referral,
    ReferralEvent,
    ReferralQuerySet,
    Status,
)
from .systems import SendingSystem, SystemCall

__all__ = [
    "ABOUT_THE_CASE",
    "DECIDED",
    "NOT_NOW",
    "OTHER_SENDERS",
    "RECENT_DAYS",
    "TO_HANDLE",
    "UNDECIDED",
    "WITH_UNIT",
    "EventKind",
    "FeedbackRecord",
    "FollowUp",
    "MappingDraft",
    "MappingForm",
    "Notice",
    "NoticeKind",
    "Referral",
    "ReferralEvent",
    "ReferralQuerySet",
    "SendingSystem",
    "Status",
    "SystemCall",
    "TeamRequest",
]
