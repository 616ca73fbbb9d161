"""Cases of the past, played through the aggregate with the dates of their acts (§ 9 pt 1-3)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from domain.errors import refuse_if_any
from domain.imports.commands import PastIntervention
from domain.imports.rules import taking
from domain.interventions import (
    checks,
    delays,
    letters,
    notices,
    referrals,
    replies,
    returns,
    triage,
)
from domain.interventions.commands import (
    AcceptFeedback,
    AnswerReferral,
    ApproveReply,
    ForwardIntervention,
    LetterOrder,
    Reach,
    RecordNotice,
    ReferralOrder,
    RerouteReferral,
    ReturnFeedback,
    ReturnReferral,
    SubmitReply,
)
from domain.interventions.commands_triage import (
    AnswerAtOnce,
    HandOverIntervention,
    HandOverOrder,
)
from domain.interventions.commands_units import GiveDelayNotice
from domain.interventions.model import Intervention
from domain.interventions.transitions import stage_allows
from domain.messages import Act
from domain.rulebook import Rulebook
from domain.working_days import local_day

CHANNEL = "register"
"""How letters went out that the product did not send."""


@dataclass(frozen=True)
class _Step:
    name: str
    at: datetime
    carry_out: Callable[[Act], None]


def play(
    past: PastIntervention, act: Act, reference: str, reach: Reach, book: Rulebook
) -> Intervention:
    """The case as the register tells it; refused is what its guards would not have allowed."""
    refuse_if_any(taking(past, act.at))
    born = act.model_copy(update={"at": past.registered_at})
    # Whoever kept the register that it comes from has telephoned by then.
    call_by = book.deadlines.term("int.emergency_call", past.registered_at)
    case = Intervention.register(
        past.report,
        born,
        reference,
        reach,
        book,
        # Registers of the past knew no signals: what nobody signed was handled as all the rest.
        handling="motion",
        call_needed=not call_by.overdue(act.at),
    )
    steps = _Steps(past, case, book)
    for step in sorted(steps.taken(), key=lambda step: step.at):
        key = f"{act.command_id}:{step.name}"
        step.carry_out(act.model_copy(update={"command_id": key, "at": step.at}))
    return case


class _Steps:
    """The steps of one row, each done to the case when its turn comes."""

    def __init__(self, past: PastIntervention, case: Intervention, book: Rulebook) -> None:
        self._past = past
        self._case = case
        self._book = book

    def taken(self) -> Iterator[_Step]:
        """In the order in which steps of the same moment follow each other."""
        past = self._past
        for name, at, carry_out in (
            ("acknowledge", past.acknowledged_at, self._acknowledge),
            ("forward", past.forwarded_at, self._forward),
            ("return", past.returned_at, self._return),
            ("reroute", past.rerouted_at, self._reroute),
            ("answer", past.answered_at, self._answer),
            ("insufficient", past.insufficient_at, self._give_back),
            ("complete", past.completed_at, self._answer),
            ("delay", past.delayed_at, self._delay),
            ("settle", past.settled_at, self._settle),
            ("close", past.closed_at, self._close),
        ):
            if at is not None:
                yield _Step(name, at, carry_out)

    def _acknowledge(self, act: Act) -> None:
        for order in list(letters.letters_due(self._case)):
            if order.kind == "N1":
                self._post(order, act)

    def _forward(self, act: Act) -> None:
        if not any(map(self._gives_feedback, self._past.units)):
            self._hand_over(act)
            return
        first, *others = self._past.units
        asked = (self._past.returned_by or first, *others)
        orders = tuple(self._order(unit, place) for place, unit in enumerate(asked))
        form = ForwardIntervention(referrals=orders)
        referrals.forward(self._case, form, act, self._book)
        self._post_what_is_due(act)

    def _hand_over(self, act: Act) -> None:
        """Nobody of the City was asked: others are competent."""
        question = self._past.question or self._past.on_file
        orders = tuple(
            HandOverOrder(unit=unit, question=question, redacted=True) for unit in self._past.units
        )
        triage.hand_over(self._case, HandOverIntervention(referrals=orders), act, self._book)
        self._post_what_is_due(act)

    def _gives_feedback(self, unit: str) -> bool:
        routing = self._book.routing
        known = routing.unit_active(unit, local_day(self._past.registered_at))
        return not known or routing.unit(unit).gives_feedback  # unknown ones are refused

    def _order(self, unit: str, place: int) -> ReferralOrder:
        return ReferralOrder(
            unit=unit,
            question=self._past.question or self._past.on_file,
            mode="feedback" if self._gives_feedback(unit) else "hand_over",
            lead=place == 0,
            redacted=True,  # it went out long ago; what was in it cannot be changed any more
        )

    def _return(self, act: Act) -> None:
        form = ReturnReferral(reason=self._past.on_file, note=self._past.on_file)
        returns.return_referral(self._case, "R1", form, act, self._book)

    def _reroute(self, act: Act) -> None:
        form = RerouteReferral(unit=self._past.units[0], reason=self._past.on_file, redacted=True)
        returns.send_on(self._case, "R1", form, act, self._book)
        self._post_what_is_due(act)

    def _answer(self, act: Act) -> None:
        past, result = self._past, self._past.result
        assert result is not None  # `taking`
        form = AnswerReferral(text=past.answer or past.on_file, promised_on=past.promised_on)
        for referral in list(self._case.referrals.values()):
            if referral.state == "sent" and referral.mode == "feedback":
                referrals.answer(self._case, referral.ref, result, form, act, self._book)

    def _give_back(self, act: Act) -> None:
        lead = next(r for r in self._case.referrals.values() if r.lead and r.state == "answered")
        form = ReturnFeedback(what_is_missing=self._past.on_file)
        checks.return_feedback(self._case, lead.ref, form, act, self._book)

    def _delay(self, act: Act) -> None:
        assert self._past.new_date is not None  # `taking`
        form = GiveDelayNotice(new_date=self._past.new_date, reason=self._past.on_file)
        delays.give_delay_notice(self._case, form, act, self._book)
        self._post_what_is_due(act)

    def _settle(self, act: Act) -> None:
        """What the register does not date is done by then: feedback accepted, reply approved."""
        past, case, book = self._past, self._case, self._book
        if past.forwarded_at is None:
            triage.answer_at_once(case, AnswerAtOnce(text=past.reply or past.on_file), act)
        for referral in list(case.referrals.values()):
            if referral.state == "answered":
                checks.accept_feedback(case, referral.ref, AcceptFeedback(), act)
        form = SubmitReply.model_validate(
            {"outcome": past.outcome, "text": past.reply or past.on_file, "reasons": past.reasons}
        )
        replies.submit_reply(case, form, act, book)
        if case.stage == "approval":
            replies.approve_reply(case, ApproveReply(), act, book)
        self._post_what_is_due(act)

    def _close(self, act: Act) -> None:
        """It was closed when it was: the time for reopening is a rule of later."""
        case, reply = self._case, self._case.reply
        if self._past.outcome == "registered_in_error":
            case.end("registered_in_error", act)
            return
        refuse_if_any(stage_allows(case.stage, "CloseIntervention"))
        case.end(case.ending or (reply.outcome if reply else "done"), act)

    def _post_what_is_due(self, act: Act) -> None:
        for order in list(letters.letters_due(self._case)):
            if order.kind != "N1" or self._past.acknowledged_at is None:
                self._post(order, act)

    def _post(self, order: LetterOrder, act: Act) -> None:
        """Note that the letter went out then, so that nobody sends it again."""
        case = self._case
        referral = case.referrals.get(order.recipient)
        notice = RecordNotice(
            letter=order,
            channel=CHANNEL,
            message_id=f"{CHANNEL}:{case.reference}:{order.key}",
            recipient_ref=referral.unit if referral else case.sender or "nobody",
            result="delivered",
        )
        notices.record_notice(case, notice, act, self._book)
