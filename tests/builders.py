"""Whole cases for tests: every step is a command given to the real aggregates."""

from datetime import date, timedelta
from typing import Any, Literal, Self

from domain.interventions import (
    decisions,
    forms,
    letters,
    notices,
    records,
    referrals,
    stops,
)
from domain.interventions.commands import (
    AcceptFeedback,
    AnswerReferral,
    ApproveReply,
    CloseInError,
    DecideCompetence,
    ForwardIntervention,
    LetterOrder,
    NoteOnFile,
    RecordNotice,
    ReferralOrder,
    RerouteReferral,
    RestartWorkflow,
    ReturnFeedback,
    ReturnReferral,
    ReturnReply,
    SubmitReply,
)
from domain.interventions.commands_emergencies import (
    DeclareEmergency,
    DenyEmergency,
    RecordEmergencyCall,
)
from domain.interventions.commands_holds import HoldCase, ResumeCase
from domain.interventions.commands_records import (
    CloseAsRegisteredInError,
    CorrectData,
    FileDocument,
)
from domain.interventions.commands_steps import MoveTerm, ReopenStep, TakeTaskBack
from domain.interventions.instructions import INSTRUCTIONS
from domain.messages import SYSTEM, Message
from domain.tasks.commands import (
    CompleteTask,
    TaskOrder,
    WithdrawTask,
)
from domain.tasks.model import Task
from domain.tasks.rules import CaseSide
from tests.case_core import CATEGORIES, PLACES, colleague, holder, resident, sealed
from tests.case_kinds import CaseKinds
from tests.case_promises import CasePromises
from tests.case_units import CaseUnits

__all__ = ["CATEGORIES", "PLACES", "Case", "colleague", "holder", "resident", "sealed"]


class Case(CaseUnits, CaseKinds, CasePromises):
    """An intervention and its tasks. After each step the tasks that it then needs are open.

    Time is told: `at` is the moment of the next step and moves on by `pace`.
    """

    def decide(self, type: str, outcome: str, form: Message, subject: str = "-") -> Self:
        """Complete a task: its event and that of the case in one transaction, then what follows."""
        task = self.task(type, subject)
        post = task.candidates[0]
        person = task.assignee or holder(post)
        act = self._act(person)
        order = TaskOrder(type=type, subject=subject, round=task.round)
        command = CompleteTask(
            task_ref=task.task_ref,
            expected_version=task.version,
            outcome=outcome,
            fields=form.model_dump(mode="json", exclude_none=True),
        )
        side = CaseSide(
            forms.TASK_TYPES[type],
            on_hold=self.case.on_hold,
            excluded=forms.excluded(self.case, order),
        )
        hats = self._hats(post, person=person)

        def both() -> None:
            task.complete(command, act, hats, side, self.book.deadlines)
            decisions.decide(self.case, order, outcome, form, act, self.book, others=self.other)

        return self.move(both, act, task).open_needed()

    def instruct(self, name: str, form: Message, by: str) -> Self:
        """Tell the case something outside its tasks."""
        act = self._act(by)
        kind = INSTRUCTIONS[name]
        self.move(lambda: kind.give(self.case, form, act, self.book, self.other), act)
        return self.open_needed()

    def hold(self) -> Self:
        return self.instruct("hold", HoldCase(reason=sealed("Wyjaśniamy adresata")), "operator-a")

    def resume(self) -> Self:
        return self.instruct("resume", ResumeCase(reason=sealed("Wyjaśnione")), "operator-a")

    def put_right(self, **corrected: Any) -> Self:
        form = CorrectData.model_validate(
            {**corrected, "reason": sealed("Pomyłka przy rejestracji")}
        )
        return self.instruct("correct_data", form, "ks-06-clerk")

    def register_in_error(self) -> Self:
        form = CloseAsRegisteredInError(reason=sealed("Zgłoszenie próbne"))
        return self.instruct("registered_in_error", form, "ks-06-head")

    def file_document(self) -> Self:
        """Whatever came in late."""
        form = FileDocument(text=sealed("Odpowiedź po terminie"), from_whom="unit")
        records.file_document(self.case, form, self._act("ks-06-clerk"))
        self._save(self.case)
        return self

    def take_back(self, task: Task) -> Self:
        form = TakeTaskBack(task=task.task_ref, reason=sealed("Trafiło do osoby, która odeszła"))
        return self.instruct("withdraw_task", form, "operator-a")

    def move_term(self, task: Task, until: date) -> Self:
        form = MoveTerm(task=task.task_ref, until=until, reason=sealed("Awaria poczty"))
        return self.instruct("move_deadline", form, "operator-a")

    def reopen_step(self, task: Task) -> Self:
        form = ReopenStep(task=task.task_ref, reason=sealed("Zadanie wraca"))
        return self.instruct("reopen_step", form, "operator-a")

    def forward(self, *units: str) -> Self:
        """To these units; the first one leads, and an outside body takes its part over."""
        orders = tuple(
            ReferralOrder(
                unit=unit,
                question=sealed(unit),
                mode="feedback" if self.book.routing.unit(unit).gives_feedback else "hand_over",
                lead=not place,
                redacted=True,
            )
            for place, unit in enumerate(units or ("ZDMK",))
        )
        return self.decide("triage", "forward", ForwardIntervention(referrals=orders))

    def answer(self, referral: str = "R1", result: str = "done") -> Self:
        promised = (self.at + timedelta(days=60)).date() if result == "planned" else None
        form = AnswerReferral(text=sealed("Załatano w piątek"), promised_on=promised)
        return self.decide("answer_referral", result, form, referral)

    def misroute(self, referral: str = "R1", suggested: str | None = None) -> Self:
        form = ReturnReferral(
            reason=sealed("To nie nasze"), suggested=suggested, note=sealed("Sprawdzaliśmy mapę")
        )
        return self.decide("answer_referral", "misrouted", form, referral)

    def send_on(self, referral: str, unit: str) -> Self:
        """A returned referral to this unit, by whoever has to say so now."""
        if self.case.referrals[referral].disputed:
            decided = DecideCompetence(
                unit=unit, reason=sealed("Mapa zarządców"), redacted=True, told=self._told_of(unit)
            )
            return self.decide("settle_competence", "unit", decided, referral)
        sent = RerouteReferral(
            unit=unit, reason=sealed("Właściwy zarządca"), redacted=True, told=self._told_of(unit)
        )
        return self.decide("reroute", "forward", sent, referral)

    def accept(self, referral: str = "R1") -> Self:
        form = AcceptFeedback(told=self._told())
        return self.decide("check_feedback", "accept", form, referral)

    def give_back(self, referral: str = "R1") -> Self:
        form = ReturnFeedback(what_is_missing=sealed("Brak zdjęcia"))
        return self.decide("check_feedback", "return", form, referral)

    def draft(self, outcome: str = "done", sensitive: tuple[str, ...] = ()) -> Self:
        form = SubmitReply.model_validate(
            {
                "outcome": outcome,
                "text": sealed("Dziura została załatana"),
                "reasons": sealed("Brak podstaw") if outcome in referrals.NEGATIVE else None,
                "sensitive": sensitive,
            }
        )
        return self.decide("draft_reply", "submitted", form)

    def approve(self) -> Self:
        return self.decide("approve_reply", "approve", ApproveReply())

    def send_back(self) -> Self:
        form = ReturnReply(note=sealed("Za długo"))
        return self.decide("approve_reply", "return", form)

    def note_bounce(self, subject: str) -> Self:
        form = NoteOnFile(note=sealed("Adres nie istnieje"))
        return self.decide("handle_bounce", "file_note", form, subject)

    def send_letters(self, *, bouncing: bool = False) -> Self:
        """Every letter that is owed; all of them arrive or all bounce."""
        for order in list(letters.letters_due(self.case)):
            self.send_letter(order, bouncing=bouncing)
        return self.open_needed()

    def send_letter(self, order: LetterOrder, *, bouncing: bool = False) -> Self:
        command = RecordNotice(
            letter=order,
            channel=order.channel,
            message_id=f"<{self.reference}.{order.try_key}@krakow.invalid>",
            recipient_ref=self.case.sender or "nobody",
            result="bounced" if bouncing else _arrived(order),
            code=550 if bouncing else None,
        )
        act = self._act(SYSTEM)
        self.move(lambda: notices.record_notice(self.case, command, act, self.book), act)
        return self

    def pass_on(self, unit: str = "EXT-GAZ") -> Self:
        """The duty officer telephones."""
        return self.decide("call_duty_officer", "passed_on", RecordEmergencyCall(to=unit))

    def deny_emergency(self) -> Self:
        form = DenyEmergency(reason=sealed("Ćwiczenia straży"))
        return self.decide("call_duty_officer", "not_an_emergency", form)

    def declare_emergency(self) -> Self:
        form = DeclareEmergency(reason=sealed("Woda zalewa klatkę"))
        return self.instruct("declare_emergency", form, "ks-06-clerk")

    def stop(self) -> Self:
        """Somebody cancels its run in the Temporal UI; the next run asks why."""
        stops.note_stop(self.case, self._act(SYSTEM))
        self._save(self.case)
        return self.open_needed()

    def restart(self) -> Self:
        form = RestartWorkflow(reason=sealed("Pomyłka w konsoli"))
        return self.decide("justify_stop", "restart", form)

    def close_in_error(self) -> Self:
        form = CloseInError(reason=sealed("Zgłoszenie próbne"))
        return self.decide("justify_stop", "close_in_error", form)

    def wait_for_window(self) -> Self:
        """Until the sender may no longer ask to reopen."""
        window = self.case.window
        assert window is not None
        assert window.ends_at is not None
        self.at = window.ends_at
        return self

    def close(self) -> Self:
        act = self._act(SYSTEM)
        self.case.close(act)
        for task in self.open_tasks:
            task.withdraw(WithdrawTask(reason="case closed"), act)
        self._save(self.case, *self.tasks.values())
        return self

    def whole_way(self) -> Self:
        """Straight from triage to closed, with one unit."""
        self.open_needed().send_letters().forward("ZDMK").send_letters()
        self.answer().accept().draft()
        if self.case.stage == "approval":
            self.approve()
        return self.send_letters().wait_for_window().close()


def _arrived(order: LetterOrder) -> Literal["delivered", "prepared"]:
    """A letter that goes by post first waits for somebody to take it there."""
    return "prepared" if order.channel == "post" else "delivered"
