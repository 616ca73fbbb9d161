"""The notice of outcome: drafted, approved when it is sensitive, or sent back (A23, A24)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from domain.errors import Refusal, refuse_if_any
from domain.interventions import events
from domain.interventions.commands import ApproveReply, ReturnReply, SubmitReply
from domain.interventions.notices import reopening_window
from domain.interventions.referrals import NEGATIVE
from domain.interventions.refusals import NobodyToApprove, ReasonsMissing, ReplyBeforeFeedback
from domain.interventions.transitions import stage_allows
from domain.messages import Act
from domain.roster.state import RosterState
from domain.rulebook import Rulebook
from domain.tasks.staffing import Staffing, nobody_may
from domain.terms import Term
from domain.working_days import local_day

if TYPE_CHECKING:
    from domain.interventions.model import Intervention


def submit_reply(case: "Intervention", command: SubmitReply, act: Act, book: Rulebook) -> None:
    """The draft of the outcome; without a sensitive reason it is final at once (A23)."""
    refuse_if_any(replying(case, command))
    sensitive = sensitivity(case, command, book)
    case.record(
        events.ReplySubmitted,
        act,
        reference=case.reference,
        draft=case.drafts + 1,
        outcome=command.outcome,
        text_ref=command.text,
        reasons_ref=command.reasons,
        partial=bool(case.is_partial and case.outstanding),
        sensitive=sensitive,
        window=None if sensitive else _silent_window(case, act, book),
    )


def approve_reply(case: "Intervention", command: ApproveReply, act: Act, book: Rulebook) -> None:
    refuse_if_any(stage_allows(case.stage, "ApproveReply"))
    case.record(
        events.ReplyApproved,
        act,
        reference=case.reference,
        draft=case.drafts,
        window=_silent_window(case, act, book),
    )


def return_reply(case: "Intervention", command: ReturnReply, act: Act) -> None:
    refuse_if_any(stage_allows(case.stage, "ReturnReply"))
    case.record(
        events.ReplyReturned,
        act,
        reference=case.reference,
        draft=case.drafts,
        note_ref=command.note,
    )


def approvers(sensitive: tuple[str, ...]) -> tuple[str, ...]:
    """The post that approves such a reply; for the press the Director does (A24)."""
    return ("director",) if "media" in sensitive else ("KS-06/head",)


def approvable(
    case: "Intervention", command: SubmitReply, act: Act, book: Rulebook, roster: RosterState
) -> Iterator[Refusal]:
    """Whether anybody is left to approve it: no author of any draft may (I11)."""
    sensitive = sensitivity(case, command, book)
    authors = case.draft_authors | {act.by: f"author of draft {case.drafts + 1}"}
    staffing, posts = Staffing(roster, book.organisation, authors), approvers(sensitive)
    if sensitive and nobody_may(posts, staffing, local_day(act.at)):
        yield NobodyToApprove(field="sensitive", posts=list(posts), authors=authors)


def replying(case: "Intervention", command: SubmitReply) -> Iterator[Refusal]:
    yield from stage_allows(case.stage, "SubmitReply")
    if case.open_referrals and not case.is_partial:
        yield ReplyBeforeFeedback(referrals=[referral.ref for referral in case.open_referrals])
    if command.outcome in NEGATIVE and command.reasons is None:
        yield ReasonsMissing(field="reasons")


def sensitivity(case: "Intervention", command: SubmitReply, book: Rulebook) -> tuple[str, ...]:
    """Why the reply needs a second pair of eyes; empty when it does not (A23)."""
    why: set[str] = set(command.sensitive)
    if case.brought_by in ("councillor", "mp", "senator"):
        why.add("councillor")
    if case.emergency:
        why.add("emergency")
    if book.limits.interventions.reply_approval == "always":
        why.add("always")
    return tuple(sorted(why))


def _silent_window(case: "Intervention", act: Act, book: Rulebook) -> Term | None:
    """The reopening window of a case whose sender cannot be written to."""
    return None if case.reach != "none" else reopening_window(act, book)
