"""The story of a case, event by event: public facts only, never a text and nobody's data."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from projections.batch import Batch, Handler, Projection
from projections.rows import Row
from projections.tables import timeline

FACTS: Mapping[str, tuple[str, ...]] = {
    "assignment.Ordered": ("unit", "ordered_as", "clause"),
    "assignment.Done": (),
    "assignment.TermMoved": ("task_ref", "until"),
    "assignment.Withdrawn": ("told",),
    "assignment.NoticeSent": ("recipient", "result"),
    "assignment.Closed": (),
    "assignment.WorkflowStopped": ("number",),
    "intervention.Registered": ("channel", "category", "brought_by", "emergency", "handling"),
    "intervention.AnsweredAtOnce": ("round",),
    "intervention.SenderDirected": ("round",),
    "intervention.SupplementAsked": ("round",),
    "intervention.Supplemented": ("round",),
    "intervention.SupplementLapsed": ("round",),
    "intervention.IncompleteAccepted": ("round",),
    "intervention.ReopenRequested": ("number", "round"),
    "intervention.Reopened": ("number", "round"),
    "intervention.ReopeningDeclined": ("number", "round"),
    "intervention.WithdrawalReceived": ("number",),
    "intervention.Withdrawn": ("number",),
    "intervention.ContinuedExOfficio": ("number",),
    "intervention.EmergencyDeclared": ("number",),
    "intervention.EmergencyPassedOn": ("to", "called_at", "minutes_late"),
    "intervention.NotAnEmergency": ("number",),
    "intervention.Forwarded": ("referral", "round", "unit", "mode", "lead", "replaces"),
    "intervention.ReferralAnswered": ("referral", "result", "promised_on"),
    "intervention.Commented": (),
    "intervention.InterimInformationGiven": ("referral", "expected_on"),
    "intervention.ReferralReturned": ("referral", "suggested", "hop", "late"),
    "intervention.CompetenceDecided": ("referral", "unit"),
    "intervention.FeedbackAccepted": ("referral",),
    "intervention.FeedbackReturned": ("referral", "number"),
    "intervention.HandedOver": ("referral", "received_on"),
    "intervention.ReferralRecalled": ("referral",),
    "intervention.ExtensionRequested": ("referral", "number", "until", "by_deputy"),
    "intervention.ExtensionGranted": ("referral", "number", "until"),
    "intervention.ExtensionRefused": ("referral", "number"),
    "intervention.WaitDecided": ("referral", "until"),
    "intervention.PartialReplyDecided": ("referral",),
    "intervention.LetterCorrected": ("number", "letter"),
    "intervention.OtherUnitOrdered": ("referral", "unit"),
    "intervention.ReferralWrittenOff": ("referral",),
    "intervention.FeedbackAcceptedAsIs": ("referral",),
    "intervention.FeedbackOrderedAgain": ("referral",),
    "intervention.FeedbackTakenOver": ("referral",),
    "intervention.DelayNotified": ("number", "new_date", "late"),
    "intervention.ReplySubmitted": ("draft", "outcome", "partial"),
    "intervention.ReplyApproved": ("draft",),
    "intervention.ReplyReturned": ("draft",),
    "intervention.StateTold": ("by_letter",),
    "intervention.PromiseKept": ("referral",),
    "intervention.PromiseMoved": ("referral", "old_date", "new_date"),
    "intervention.PromiseBroken": ("referral",),
    "intervention.PromiseGivenUp": ("referral",),
    "intervention.MarkedDuplicate": ("target", "outcome"),
    "intervention.DuplicateUnlinked": ("target",),
    "intervention.SenderJoined": ("joined", "source"),
    "intervention.SenderLeft": ("joined", "source"),
    "intervention.RequalificationProposed": ("number", "kind", "to", "review"),
    "intervention.RequalificationRejected": ("number", "kind"),
    "intervention.Requalified": ("kind", "owner", "target_ref", "received_at"),
    "intervention.NoticePrepared": ("kind", "round", "recipient", "attempt"),
    "intervention.NoticeSent": ("kind", "round", "recipient", "channel"),
    "intervention.NoticeDelivered": ("kind", "round", "recipient"),
    "intervention.NoticeBounced": ("kind", "round", "recipient", "code"),
    "intervention.BounceHandled": ("kind", "round", "recipient", "way"),
    "intervention.Held": ("number",),
    "intervention.Resumed": ("number",),
    "intervention.TermRecounted": ("clock", "referral", "safe_due", "legal_end", "cause"),
    "intervention.DataCorrected": ("field", "category", "channel", "place", "handling"),
    "intervention.RegisteredInError": (),
    "intervention.DocumentFiled": ("from_whom", "referral"),
    "intervention.TaskTakenBack": ("task_ref",),
    "intervention.TermMoved": ("task_ref", "until"),
    "intervention.StepReopened": ("task_ref", "attempt"),
    "intervention.WorkflowStopped": ("number",),
    "intervention.StopJustified": ("number",),
    "intervention.Closed": ("outcome",),
    "task.Opened": ("task_ref", "candidates"),
    "task.Claimed": ("task_ref", "acting_for"),
    "task.Released": ("task_ref",),
    "task.Assigned": ("task_ref", "assignee"),
    "task.Delegated": ("task_ref", "delegate"),
    "task.Returned": ("task_ref", "owner"),
    "task.Parked": ("task_ref", "until"),
    "task.Unparked": ("task_ref",),
    "task.ExclusionAdded": ("task_ref", "person", "reason"),
    "task.CandidatesChanged": ("task_ref", "old", "new", "reason"),
    "task.Commented": ("task_ref",),
    "task.DraftSaved": ("task_ref", "author"),
    "task.DraftRead": ("task_ref", "author"),
    "task.PriorityChanged": ("task_ref", "old", "new"),
    "task.DeadlineMoved": ("task_ref", "which", "safe_due", "cause"),
    "task.Reminded": ("task_ref", "ladder", "step", "skipped"),
    "task.Escalated": ("task_ref", "ladder", "step", "level", "skipped"),
    "task.NoticeSent": ("task_ref", "kind", "ladder", "step", "recipient", "result"),
    "task.Completed": ("task_ref", "outcome", "acting_for", "late_by"),
    "task.Expired": ("task_ref", "outcome"),
    "task.Withdrawn": ("task_ref",),
}
"""What is shown of each event. A field that nobody has thought of stays out."""


def timeline_of(connection: Connection, reference: str, after: int = 0) -> list[Row]:
    """What happened in a case after this position, in the order of the log."""
    found = connection.execute(
        select(timeline)
        .where(timeline.c.case_ref == reference, timeline.c.position > after)
        .order_by(timeline.c.position)
    )
    return [dict(row) for row in found.mappings()]


def _handler(topic: str, names: tuple[str, ...]) -> Handler:
    def tell(event: Any, batch: Batch) -> None:
        batch.appended[timeline].add(
            {
                "case_ref": batch.part,
                "position": batch.position,
                "at": event.timestamp,
                "topic": topic,
                "by": event.by,
                "facts": {name: getattr(event, name) for name in names},
            }
        )

    return tell


PROJECTION = Projection(
    handlers={topic: _handler(topic, names) for topic, names in FACTS.items()},
    appended=(timeline,),
)
