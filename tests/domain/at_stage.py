"""Cases as people bring them to each stage, and one decision on them."""

from collections.abc import Callable
from copy import deepcopy
from datetime import date, datetime
from typing import Any

from domain.errors import Refusal, Refusals
from domain.interventions import decisions, records
from domain.interventions.commands import (
    AcceptFeedback,
    AnswerReferral,
    ApproveReply,
    CloseInError,
    DecideCompetence,
    ForwardIntervention,
    GiveInterimInformation,
    NoteOnFile,
    ReferralOrder,
    RerouteReferral,
    RestartWorkflow,
    ReturnFeedback,
    ReturnReferral,
    ReturnReply,
    SubmitReply,
)
from domain.interventions.commands_bounces import (
    CorrectAddress,
    GiveOtherwise,
    RecordPosting,
    RecordReceipt,
    RecordReturn,
    SendByPost,
)
from domain.interventions.commands_deputies import TellState
from domain.interventions.commands_duplicates import MarkDuplicate, UnlinkDuplicate
from domain.interventions.commands_emergencies import (
    DeclareEmergency,
    DenyEmergency,
    RecordEmergencyCall,
)
from domain.interventions.commands_holds import HoldCase, ResumeCase
from domain.interventions.commands_promises import (
    BreakPromise,
    GiveUpPromise,
    KeepPromise,
    MovePromise,
)
from domain.interventions.commands_records import (
    CloseAsRegisteredInError,
    CorrectData,
    FileDocument,
)
from domain.interventions.commands_sender import (
    AskSupplement,
    ConsiderAsItIs,
    ContinueExOfficio,
    DeclineReopening,
    FindComplaint,
    LeaveWithoutConsideration,
    Reopen,
    ReopenIntervention,
    StopOnWithdrawal,
    SupplementIntervention,
    WithdrawIntervention,
)
from domain.interventions.commands_steps import MoveTerm, ReopenStep, TakeTaskBack
from domain.interventions.commands_transfers import (
    ConfirmRequalification,
    ProposeRequalification,
    RejectRequalification,
)
from domain.interventions.commands_triage import (
    AnswerAtOnce,
    HandOverIntervention,
    HandOverOrder,
    LeaveAside,
)
from domain.interventions.commands_units import (
    AcceptAsItIs,
    CorrectLetter,
    GiveDelayNotice,
    GrantExtension,
    OrderAgain,
    OrderOtherUnit,
    RecallReferral,
    RefuseExtension,
    ReplyInPart,
    RequestExtension,
    TakeOverFeedback,
    WaitForTheRest,
    WaitForUnit,
    WriteOffReferral,
)
from domain.interventions.instructions import INSTRUCTIONS
from domain.interventions.model import Intervention
from domain.messages import Act, Message
from domain.tasks.commands import TaskOrder
from runtime.reference_data import load_reference_data
from tests.builders import Case, sealed
from tests.given import moment

DATA = load_reference_data()
MONDAY = moment("2026-10-05 10:20")
REF = "INT-2026-000123"
EARLIER = "INT-2026-000122"


def a_case(**report: Any) -> Case:
    """In triage, its acknowledgement bounced, so that a note can be put on the file."""
    return Case(123, MONDAY, **report).open_needed().send_letters(bouncing=True)


def with_units(*units: str) -> Case:
    """The first unit has answered, the second has not, and the third returned its referral."""
    if units:
        return a_case().forward(*units).answer("R1")
    return a_case().forward("ZDMK", "ZTP", "ZZM").answer("R1").misroute("R3")


def drafting(result: str = "done") -> Case:
    return a_case().forward("ZDMK").answer("R1", result).accept("R1")


def approval() -> Case:
    return drafting().draft(sensitive=("media",))


def replied(result: str = "done") -> Case:
    return drafting(result).draft(result).send_letters().wait_for_window()


def awaiting_supplement() -> Case:
    """The call was delivered, and the time for the answer is over."""
    return a_case().ask_supplement().send_letters().wait_for_supplement()


def ending() -> Case:
    case = a_case()
    # Which commands lead here is for their own tests.
    case.case.begin_to_end("withdrawn")
    return case


def joined(stage: str) -> Case:
    """To an earlier report, and on its way to its end or there."""
    case = a_case().join(Case(122, MONDAY, category="roads.pothole"))
    return case if stage == "ending" else case.send_letters().close()


AT_STAGE: dict[str, Callable[[], Case]] = {
    "triage": a_case,
    "awaiting_supplement": awaiting_supplement,
    "with_units": with_units,
    "drafting": drafting,
    "approval": approval,
    "replied": replied,
    "ending": ending,
    "closed": lambda: replied().close(),
}


def late_with_the_rest(*others: str) -> Case:
    """The leading unit is done, the others are late."""
    case = a_case().forward("ZDMK", *(others or ("ZTP",))).answer("R1").accept("R1")
    term = case.case.referrals["R2"].feedback_by
    assert term is not None
    assert term.due_at is not None
    case.at = term.due_at
    return case.open_needed()


def in_part(answered: bool = True) -> Case:
    """It was decided not to wait for the unit that is late."""
    case = late_with_the_rest().reply_in_part("R2")
    return case.answer("R2") if answered else case


AFTER_PART: dict[str, Callable[[bool], Case]] = {
    "drafting": in_part,
    "approval": lambda answered: in_part(answered).draft(sensitive=("media",)),
    "replied": lambda answered: in_part(answered).draft().send_letters(),
}
"""As `AT_STAGE`, of cases that are answered in part."""

FORWARD = ForwardIntervention(
    referrals=(ReferralOrder(unit="ZDMK", question=sealed("Proszę naprawić."), lead=True),)
)
DONE = AnswerReferral(text=sealed("Załatano w piątek"))
MISSING = ReturnFeedback(what_is_missing=sealed("Brak zdjęcia"))
REPLY = SubmitReply(outcome="done", text=sealed("Dziura została załatana"))
NOTE = NoteOnFile(note=sealed("Adres nie istnieje"))
BOUNCE = TaskOrder(type="handle_bounce", subject="N1", round=1)

A_TASK = f"{REF}-handle_bounce-N1-1"
"""Open at every stage, as the acknowledgement bounced."""
OF_A_LETTER = (
    CorrectAddress,
    SendByPost,
    GiveOtherwise,
    NoteOnFile,
    RecordPosting,
    RecordReceipt,
    RecordReturn,
)

GIVEN: dict[str, Message] = {
    "ForwardIntervention": FORWARD,
    "HandOverIntervention": HandOverIntervention(
        referrals=(HandOverOrder(unit="EXT-GAZ", question=sealed("Czuć gaz"), redacted=True),)
    ),
    "AnswerAtOnce": AnswerAtOnce(text=sealed("Godziny otwarcia są na stronie Urzędu")),
    "LeaveAside": LeaveAside(reason=sealed("Zgłoszenie bez podpisu")),
    "AskSupplement": AskSupplement(question=sealed("Na którym przystanku?")),
    "SupplementIntervention": SupplementIntervention(text=sealed("Przystanek Rondo")),
    "LeaveWithoutConsideration": LeaveWithoutConsideration(),
    "ConsiderAsItIs": ConsiderAsItIs(),
    "ReopenIntervention": ReopenIntervention(text=sealed("Ławki nadal nie ma")),
    "Reopen": Reopen(),
    "DeclineReopening": DeclineReopening(reason=sealed("Zdjęcie jest to samo")),
    "FindComplaint": FindComplaint(reason=sealed("Skarga na urzędnika")),
    "WithdrawIntervention": WithdrawIntervention(text=sealed("Już nieaktualne")),
    "StopOnWithdrawal": StopOnWithdrawal(),
    "ContinueExOfficio": ContinueExOfficio(reason=sealed("Dziura zagraża innym")),
    "DeclareEmergency": DeclareEmergency(reason=sealed("Woda zalewa klatkę")),
    "RecordEmergencyCall": RecordEmergencyCall(to="EXT-GAZ"),
    "DenyEmergency": DenyEmergency(reason=sealed("Ćwiczenia straży")),
    "ProposeRequalification": ProposeRequalification(kind="complaint", reason=sealed("Skarga")),
    "ConfirmRequalification": ConfirmRequalification(),
    "RejectRequalification": RejectRequalification(reason=sealed("To zwykłe zgłoszenie")),
    "MarkDuplicate": MarkDuplicate(target=EARLIER),
    "UnlinkDuplicate": UnlinkDuplicate(reason=sealed("Inna latarnia")),
    "AnswerReferral": DONE,
    "GiveInterimInformation": GiveInterimInformation(
        referral="R2", text=sealed("Czekamy na części"), expected_on=None
    ),
    "HoldCase": HoldCase(reason=sealed("Wyjaśniamy adresata")),
    "ResumeCase": ResumeCase(reason=sealed("Wyjaśnione")),
    "CorrectData": CorrectData(category="roads.pavement", reason=sealed("To chodnik")),
    "CloseAsRegisteredInError": CloseAsRegisteredInError(reason=sealed("Zgłoszenie próbne")),
    "FileDocument": FileDocument(text=sealed("Odpowiedź po terminie"), from_whom="unit"),
    "TakeTaskBack": TakeTaskBack(task=A_TASK, reason=sealed("Trafiło do osoby, która odeszła")),
    "MoveTerm": MoveTerm(task=A_TASK, until=date(2027, 12, 31), reason=sealed("Awaria poczty")),
    "ReopenStep": ReopenStep(task=A_TASK, reason=sealed("Zadanie wraca")),
    "ReturnReferral": ReturnReferral(reason=sealed("To nie nasza zieleń")),
    "RerouteReferral": RerouteReferral(unit="ZDMK"),
    "DecideCompetence": DecideCompetence(unit="ZZM", reason=sealed("Tak mówi mapa zarządców")),
    "AcceptFeedback": AcceptFeedback(),
    "ReturnFeedback": MISSING,
    "SubmitReply": REPLY,
    "ApproveReply": ApproveReply(),
    "ReturnReply": ReturnReply(note=sealed("Za długo")),
    "CorrectAddress": CorrectAddress(email=sealed("nowy@example.pl")),
    "SendByPost": SendByPost(),
    "GiveOtherwise": GiveOtherwise(
        channel="phone", received_on=MONDAY.date(), note=sealed("Rozmowa o 12")
    ),
    "KeepPromise": KeepPromise(text=sealed("Posadzono 12 lip")),
    "MovePromise": MovePromise(new_date=date(2027, 2, 26), reason=sealed("Mróz")),
    "BreakPromise": BreakPromise(reason=sealed("Brak środków")),
    "GiveUpPromise": GiveUpPromise(reason=sealed("Nie ma gdzie sadzić")),
    "TellState": TellState(text=sealed("Czekamy na odpowiedź jednostki")),
    "NoteOnFile": NOTE,
    "RequestExtension": RequestExtension(
        referral="R2", until=date(2026, 10, 20), reason=sealed("Czekamy na części")
    ),
    "GrantExtension": GrantExtension(),
    "RefuseExtension": RefuseExtension(reason=sealed("Sprawa jest pilna")),
    "AcceptAsItIs": AcceptAsItIs(reason=sealed("Więcej się nie dowiemy")),
    "OrderAgain": OrderAgain(what_is_missing=sealed("Brak zdjęcia")),
    "TakeOverFeedback": TakeOverFeedback(reason=sealed("Sprawdzimy na miejscu")),
    "WaitForUnit": WaitForUnit(until=date(2026, 11, 30)),
    "OrderOtherUnit": OrderOtherUnit(unit="ZZM", reason=sealed("Nie odpowiada")),
    "WriteOffReferral": WriteOffReferral(reason=sealed("Nie odpowie")),
    "RecordPosting": RecordPosting(posted_on=MONDAY.date()),
    "RecordReceipt": RecordReceipt(received_on=MONDAY.date()),
    "RecordReturn": RecordReturn(),
    "GiveDelayNotice": GiveDelayNotice(
        new_date=date(2026, 12, 11), reason=sealed("Jednostka nie odpowiada")
    ),
    "RestartWorkflow": RestartWorkflow(reason=sealed("Pomyłka w konsoli")),
    "CloseInError": CloseInError(reason=sealed("Zgłoszenie próbne")),
}


TOLD = sealed("Przystanek odśnieżono")

GIVEN |= {
    "ReplyInPart": ReplyInPart(),
    "CorrectLetter": CorrectLetter(letter="N1.1.sender", text=sealed("Podaliśmy zły adres")),
    "RecallReferral": RecallReferral(referral="R2", reason=sealed("Pomyłka")),
    "WaitForTheRest": WaitForTheRest(),
    "AnswerLate": DONE,
    "AcceptLate": AcceptFeedback(told=TOLD),
    "ReturnLate": MISSING,
    "AcceptLateAsItIs": AcceptAsItIs(reason=sealed("Więcej się nie dowiemy"), told=TOLD),
    "OrderLateAgain": OrderAgain(what_is_missing=sealed("Brak zdjęcia")),
    "TakeOverLate": TakeOverFeedback(reason=sealed("Sprawdzimy na miejscu"), told=TOLD),
    "WaitLonger": WaitForUnit(until=date(2027, 3, 30)),
    "WriteOffLate": WriteOffReferral(reason=sealed("Nie odpowie"), told=TOLD),
    "OrderOtherUnitLate": OrderOtherUnit(unit="ZZM", reason=sealed("Nie odpowiada")),
    "ReturnReferralLate": ReturnReferral(
        reason=sealed("To nie nasz przystanek"), note=sealed("Sprawdzaliśmy mapę")
    ),
    "RerouteLate": RerouteReferral(unit="ZZM"),
    "DecideCompetenceLate": DecideCompetence(unit="ZZM", reason=sealed("Mapa zarządców")),
    "InformLate": GIVEN["GiveInterimInformation"],
    "RequestExtensionLate": RequestExtension(
        referral="R2", until=date(2027, 3, 30), reason=sealed("Czekamy na części")
    ),
    "GrantExtensionLate": GrantExtension(),
    "RefuseExtensionLate": RefuseExtension(reason=sealed("Sprawa jest pilna")),
    "RecallLate": RecallReferral(referral="R2", reason=sealed("Pomyłka"), told=TOLD),
}


def carried_out(
    case: Case,
    form: Message | None,
    subject: str = "R1",
    outcome: str = "done",
    at: datetime | None = None,
) -> list[Any]:
    """The events of one decision; None closes the case."""
    act = Act(command_id="the-decision", at=at or case.at, by="clerk-a")

    def near(reference: str) -> Intervention | None:
        return case.other(reference) or an_earlier_one(reference)

    told = next((kind for kind in INSTRUCTIONS.values() if kind.form is type(form)), None)
    if form is None:
        case.case.close(act)
    elif isinstance(form, FileDocument):
        records.file_document(case.case, form, act)
    elif told is not None:
        told.give(case.case, form, act, DATA, near)
    else:
        order = TaskOrder(type="-", subject=subject, round=1)
        order = BOUNCE if isinstance(form, OF_A_LETTER) else order
        decisions.decide(case.case, order, outcome, form, act, DATA, others=near)
    return list(case.case.collect_events())


def an_earlier_one(reference: str) -> Intervention | None:
    """An earlier report of the same matter."""
    return Case(122, MONDAY, category="roads.pothole").case if reference == EARLIER else None


def refusals(case: Case, form: Message | None, **more: Any) -> dict[type[Refusal], dict[str, Any]]:
    """What stands against the decision, with the facts; nothing may have happened."""
    before = deepcopy(case.case)
    found: tuple[Refusal, ...] = ()
    try:
        carried_out(case, form, **more)
    except Refusal as refusal:
        found = (refusal,)
    except Refusals as several:
        found = several.refusals
    assert found, "the decision was allowed"
    assert case.case == before
    return {type(refusal): refusal.facts for refusal in found}
