"""The only code that changes participants and the work with them.

Each locks the enrolment first and reads it again, so that two at once cannot break a rule between them.
"""

from .corrections import ask_for_correction, decide_correction
from .emergencies import (
    count_emergency_miss,
    mail_of_emergency,
    open_in_emergency,
    read_emergency,
)
from .enrolments import (
    assign,
    change_level,
    confirm_exit,
    enrol,
    exit_enrolment,
    reopen_enrolment,
    void_enrolment,
)
from .handovers import hand_over, mark_handover_seen, take_back_handover
from .lists import (
    add_exit_reason,
    add_offer,
    add_word,
    change_offer,
    change_word,
    end_offer,
    remove_word,
    retire_exit_reason,
    set_note_template,
)
from .meetings import (
    Point,
    book_meeting,
    cancel_meeting,
    change_meeting,
    record_meeting,
    reply_to_meeting,
    request_meeting,
)
from .pauses import end_pause, start_pause
from .people import register, update_details
from .plan_follow_up import follow_up_plan
from .plans import (
    add_goal,
    add_step,
    adopt_plan,
    change_goal,
    change_step,
    move_goal,
    move_step,
    remove_goal,
    remove_step,
    set_step_state,
    start_plan,
)
from .progress import add_assessment, correct_assessment
from .protection import not_named, protect
from .sharing import give_consent, record_disclosure, withdraw_consent
from .surveys import answer_survey, count_miss, give_survey
from .team import follow_up_recommendation, put_to_team, recommend
from .work import (
    add_note,
    change_intervention,
    correct_note,
    end_intervention,
    start_intervention,
)

__all__ = [
    "Point",
    "add_assessment",
    "add_exit_reason",
    "add_goal",
    "add_note",
    "add_offer",
    "add_step",
    "add_word",
    "adopt_plan",
    "answer_survey",
    "ask_for_correction",
    "assign",
    "book_meeting",
    "cancel_meeting",
    "change_goal",
    "change_intervention",
    "change_level",
    "change_meeting",
    "change_offer",
    "change_step",
    "change_word",
    "confirm_exit",
    "correct_assessment",
    "correct_note",
    "count_emergency_miss",
    "count_miss",
    "decide_correction",
    "end_intervention",
    "end_offer",
    "end_pause",
    "enrol",
    "exit_enrolment",
    "follow_up_plan",
    "follow_up_recommendation",
    "give_consent",
    "give_survey",
    "hand_over",
    "mail_of_emergency",
    "mark_handover_seen",
    "move_goal",
    "move_step",
    "not_named",
    "open_in_emergency",
    "protect",
    "put_to_team",
    "read_emergency",
    "recommend",
    "record_disclosure",
    "record_meeting",
    "register",
    "remove_goal",
    "remove_step",
    "remove_word",
    "reopen_enrolment",
    "reply_to_meeting",
    "request_meeting",
    "retire_exit_reason",
    "set_note_template",
    "set_step_state",
    "start_intervention",
    "start_pause",
    "start_plan",
    "take_back_handover",
    "update_details",
    "void_enrolment",
    "withdraw_consent",
]
