"""Why something cannot be done with an intervention."""

from domain.errors import Refusal


class CaseUnknown(Refusal):
    """There is no such case."""


class NothingReported(Refusal):
    """A report needs a text or an attachment."""


class ReceivedInTheFuture(Refusal):
    """The date of receipt is in the future."""


class CategoryUnknown(Refusal):
    """There is no such category."""


class DistrictUnknown(Refusal):
    """There is no such district."""


class OutsideTheCity(Refusal):
    """The place is not in the city."""


class UnitNotActive(Refusal):
    """The unit does not exist on this day."""


class AlarmOpen(Refusal):
    """The duty officer has been asked to call already."""


class NoAlarmOpen(Refusal):
    """No emergency waits for a call."""


class CalledInTheFuture(Refusal):
    """The call is dated later than now."""


class KindUnknown(Refusal):
    """There is no such kind of matter into which a report could be requalified."""


class OwnerMissing(Refusal):
    """The unit that is competent for a matter of this kind has to be named."""


class OwnerNotOfTheCity(Refusal):
    """The register of this kind is not kept by that unit."""


class RequalificationOpen(Refusal):
    """A requalification is proposed and not decided yet."""


class NothingProposed(Refusal):
    """No requalification waits for a decision."""


class NotADuplicate(Refusal):
    """The target cannot take this report as a duplicate."""


class NotJoined(Refusal):
    """The report is not joined to another case."""


class LetterNotThere(Refusal):
    """The letter is not where this is said of it."""


class ReceivedBeforeSent(Refusal):
    """The day lies before the letter was written."""


class StateToldAlready(Refusal):
    """Nobody waits to be told where the matter stands."""


class LeadUnitMissing(Refusal):
    """Exactly one referral must be the lead."""


class TooManyReferrals(Refusal):
    """An intervention has at most twelve referrals."""


class TextNotRedacted(Refusal):
    """Text for a company or an outside body must be redacted first."""


class FeedbackOwed(Refusal):
    """A unit or company of the City is asked for feedback; nothing is handed over to it."""


class NobodyToHandOverTo(Refusal):
    """Name a body that is competent, or what the sender is told instead."""


class SenderNotReachable(Refusal):
    """There is no way to reach the sender."""


class NotAMotion(Refusal):
    """The report is a signal and nobody's motion: nobody waits to be told of a delay."""


class NotLeftAside(Refusal):
    """Only a report that nobody signed may be left aside, where the setting allows it."""


class JoinedElsewhere(Refusal):
    """The sender is joined to another case; part it from that one first."""


class AlreadyAskedToSupplement(Refusal):
    """The sender was already called in this round."""


class SupplementAwaited(Refusal):
    """The sender may still supplement the report."""


class CallNotDelivered(Refusal):
    """The call was not delivered, so the sender's silence has no effect."""


class WindowClosed(Refusal):
    """The time for reopening is over."""


class ReopeningsExhausted(Refusal):
    """The case was already reopened twice; a complaint may be lodged."""


class ReopeningUnderReview(Refusal):
    """It is being looked at already whether the case is reopened."""


class NoReopeningRequested(Refusal):
    """Nobody asked to reopen the case."""


class WithdrawalUnderDecision(Refusal):
    """It is being decided already whether the case goes on without the sender."""


class NothingWithdrawn(Refusal):
    """The sender did not withdraw the report."""


class ReferralNotOpen(Refusal):
    """The referral was answered, returned or recalled."""


class ReferralNotReturned(Refusal):
    """The referral was not returned, or was sent on already."""


class ReturnTooLate(Refusal):
    """After its term a referral is returned only with a note why it comes so late."""


class CompetenceAlreadyDecided(Refusal):
    """The head decided that this unit is competent."""


class FeedbackNotWaiting(Refusal):
    """There is no feedback of this unit to be checked."""


class PromiseWithoutDate(Refusal):
    """A planned action needs a date."""


class PromiseTooFar(Refusal):
    """A planned action needs a date within twelve months."""


class ReasonsMissing(Refusal):
    """A negative answer needs reasons."""


class ReplyBeforeFeedback(Refusal):
    """The lead unit's feedback is not accepted yet."""


class ReplyNotDelivered(Refusal):
    """The notice of outcome is neither delivered nor noted on the file."""


class LettersOwed(Refusal):
    """A letter of the case has not gone out yet."""


class WindowOpen(Refusal):
    """The sender may still ask to reopen the case."""


class NoPromiseOpen(Refusal):
    """No promise of this referral waits for a word."""


class PromiseNotLater(Refusal):
    """The new day is not later than the day of the promise."""


class PromiseOpen(Refusal):
    """A promised action is not confirmed yet."""


class DelayNoticeWithoutDate(Refusal):
    """A delay notice needs reasons and a later date."""


class FeedbackNotInsufficient(Refusal):
    """No answer of this unit waits for the decision of a post above."""


class ExtensionTooLate(Refusal):
    """The term has already ended."""


class TooManyExtensions(Refusal):
    """The term was already extended twice."""


class ExtensionRequestedAlready(Refusal):
    """The unit has already asked for more time, and nobody has decided yet."""


class ExtensionNotRequested(Refusal):
    """No request for more time waits for a decision."""


class NothingToReplyInPart(Refusal):
    """The leading unit is not done yet, or no other unit is late."""


class NoticeTextMissing(Refusal):
    """After a reply in part the sender is told of every later answer; the text is missing."""


class LetterNotSent(Refusal):
    """No such letter went out."""


class FeedbackOutstanding(Refusal):
    """A unit still owes its answer, or nobody has checked it yet."""


class HandOverUnconfirmed(Refusal):
    """There is no evidence yet that another body has the matter."""


class NobodyToApprove(Refusal):
    """Whoever could approve the reply wrote a draft of it: somebody else has to write it."""


class TermNotLater(Refusal):
    """The new date has to be later than the term, and still to come."""


class SameUnit(Refusal):
    """This is the unit that does not answer."""


class HeldAlready(Refusal):
    """The case is on hold already."""


class NotOnHold(Refusal):
    """The case is not on hold."""


class TaskNotAsked(Refusal):
    """The case does not wait for this task."""


class TermOfLaw(Refusal):
    """The term is one of law, which nobody here can move."""


class NewDatePassed(Refusal):
    """The new date has passed already."""


class StepNotTakenBack(Refusal):
    """The task was not taken back, or the case waits for it no more."""


class NothingCorrected(Refusal):
    """The value is the one that is known already."""


class OneThingAtATime(Refusal):
    """Exactly one thing is put right at a time."""


class ReferralUnknown(Refusal):
    """The case has no such referral."""


class FilingNotAllowed(Refusal):
    """Only KS-06 puts documents onto the file of a case."""


class NothingToJustify(Refusal):
    """The process of the case was not stopped."""


class StageForbids(Refusal):
    """The case is not at a stage at which this is done."""


class CaseClosed(Refusal):
    """The case is closed."""
