"""The plots of the demo: a case of each kind, left where it is worth looking at."""

from collections.abc import Awaitable, Callable
from itertools import cycle, islice
from typing import Any, Final, Literal, NamedTuple

from runtime.demo_case import DemoCase, coordinator_of
from runtime.demo_data import coordinator
from runtime.demo_reports import MISSING, REPORTS, WHY_NOT, Report

Sender = Literal["known", "anonymous", "unreachable", "by_post", "councillor"]
Began = Literal["silent_unit", "late_unit", "promise"]


class Plot(NamedTuple):
    """What happens in a case."""

    about: str
    """The name of its report."""
    stage: str
    """Where it is left, by the terms of the demo."""
    play: Callable[[DemoCase], Awaitable[None]]
    tells: str
    """What there is to see, in a few words."""
    sender: Sender = "known"
    began: Began | None = None
    """It began so long ago that it has to be imported: its terms are over by now."""

    @property
    def report(self) -> Report:
        return REPORTS[self.about]


def plots(number: int) -> list[Plot]:
    """So many, in their order and then again from the first."""
    return list(islice(cycle(PLOTS), number))


async def _forward(case: DemoCase) -> None:
    report = case.report
    if report.emergency:
        await case.decide("duty-officer", "call_duty_officer", "passed_on", to=report.units[0])
    referrals = [
        {"unit": unit, "question": report.question, "lead": subject == "R1", "redacted": True}
        for subject, unit in case.units
    ]
    await case.decide("clerk-a", "triage", "forward", referrals=referrals)


async def _answer(case: DemoCase, result: str = "done", **fields: Any) -> None:
    for subject, _ in case.units:
        person = coordinator_of(case, subject)
        told = {"text": case.report.answer, **fields}
        await case.decide(person, "answer_referral", result, subject, **told)


async def _check(case: DemoCase) -> None:
    for subject, _ in case.units:
        await case.decide("clerk-b", "check_feedback", "accept", subject)


async def _reply(case: DemoCase, outcome: str = "done", **fields: Any) -> None:
    told = {"outcome": outcome, "text": case.report.reply, **fields}
    await case.decide("clerk-c", "draft_reply", "submitted", **told)


async def _to_the_reply(case: DemoCase) -> None:
    await _forward(case)
    await _answer(case)
    await _check(case)
    await _reply(case)


async def _closes(case: DemoCase) -> None:
    """Where the terms of the demo hold; by those of the law it would take two weeks."""
    if case.office.closes:
        await case.reaches("closed")


async def _straight(case: DemoCase) -> None:
    await _to_the_reply(case)
    await _closes(case)


async def _claimed(case: DemoCase) -> None:
    remark = {"text": "Sprawdzam na mapie, czyj to znak."}
    await case.work_at("clerk-a", "triage", comments=remark)


async def _answered(case: DemoCase) -> None:
    await _forward(case)
    await _answer(case)


async def _awaits_approval(case: DemoCase) -> None:
    await _answered(case)
    await _check(case)
    await _reply(case, sensitive=["claim"])


async def _promised(case: DemoCase) -> None:
    await _forward(case)
    await _answer(case, "planned", promised_on=case.in_days(21))
    await _check(case)
    await _reply(case, "planned")
    await case.reaches("replied")


async def _given_back(case: DemoCase) -> None:
    await _answered(case)
    await case.decide("clerk-b", "check_feedback", "return", "R1", what_is_missing=MISSING)


async def _parked(case: DemoCase) -> None:
    await _answered(case)
    await _check(case)
    begun = {"outcome": "submitted", "fields": {"outcome": "done", "text": case.report.reply}}
    later = {"until": case.in_days(2), "note": "Czekam na zdjęcie z miejsca."}
    await case.work_at("clerk-c", "draft_reply", draft=begun, park=later)


async def _refused_with_reasons(case: DemoCase) -> None:
    await _forward(case)
    await _answer(case, "not_possible")
    await _check(case)
    await _reply(case, "not_possible", reasons=WHY_NOT, sensitive=["legal"])
    await case.decide("head-ks06", "approve_reply", "approve")
    await _closes(case)


async def _bounced(case: DemoCase) -> None:
    await _forward(case)
    await case.task("clerk-b", "handle_bounce", "N1")


async def _bounced_and_posted(case: DemoCase) -> None:
    await _forward(case)
    address = "ul. Lubicz 25/4, 31-503 Kraków"
    await case.decide("clerk-b", "handle_bounce", "post", "N1", address=address)
    today = case.in_days(0)
    await case.decide("clerk-b", "post_letter", "posted", "N1.2", posted_on=today)


async def _known_at_once(case: DemoCase) -> None:
    await case.decide("clerk-a", "triage", "answer_at_once", text=case.report.answer)
    await _reply(case, "information_given")
    await _closes(case)


async def _joined(case: DemoCase) -> None:
    await case.decide("clerk-b", "triage", "duplicate", target=case.others["lamp"])
    await case.reaches("closed")


async def _wrong_addressee(case: DemoCase) -> None:
    first, second = case.report.units
    referral = {"unit": first, "question": case.report.question, "lead": True, "redacted": True}
    await case.decide("clerk-a", "triage", "forward", referrals=[referral])
    not_ours = {"reason": "Pas przy jezdni należy do zarządcy drogi."}
    await case.decide(coordinator(first), "answer_referral", "misrouted", "R1", **not_ours)
    await case.decide("clerk-b", "reroute", "forward", "R1", unit=second)
    not_ours = {"reason": "Zieleń w pasie drogowym utrzymuje ZZM."}
    await case.decide(coordinator(second), "answer_referral", "misrouted", "R2", **not_ours)
    settled = {"unit": first, "reason": "Tak mówi mapa zarządców."}
    await case.decide("head-ks06", "settle_competence", "unit", "R2", **settled)


async def _silent_unit(case: DemoCase) -> None:
    waits = {"until": case.in_days(14), "reason": "Ostatni termin."}
    await case.decide("deputy-media", "decide_silence", "wait_until", "R1", **waits)
    told = {"new_date": case.in_days(28), "reason": "Jednostka nie przekazała jeszcze informacji."}
    await case.decide("clerk-b", "delay_notice", "sent", "D1", **told)


async def _supplemented(case: DemoCase) -> None:
    question = "Proszę podać, przy którym wjeździe do lasu leży gruz."
    await case.decide("clerk-a", "triage", "ask_supplement", question=question)
    await case.reaches("awaiting_supplement")
    await case.say("supplement", "Przy drugim szlabanie, naprzeciw numeru 150.")
    await _forward(case)


async def _supplement_awaited(case: DemoCase) -> None:
    question = "Proszę podać, o którą ścianę chodzi i od kiedy jest popisana."
    await case.decide("clerk-a", "triage", "ask_supplement", question=question)


async def _complaint(case: DemoCase) -> None:
    why = "Zarzuty wobec pracownika: to skarga (art. 227 KPA)."
    await case.decide("clerk-a", "triage", "requalify", kind="complaint", reason=why)
    await case.decide("head-ks06", "confirm_requalification", "confirm")
    await case.reaches("closed")


async def _petition(case: DemoCase) -> None:
    why = "Wniesione w imieniu grupy mieszkańców jako petycja."
    await case.decide("clerk-a", "triage", "requalify", kind="petition", reason=why)


async def _in_error(case: DemoCase) -> None:
    await case.instruct("head-ks06", "registered_in_error", reason="Próba formularza.")
    await case.reaches("closed")


async def _withdrawn(case: DemoCase) -> None:
    await _forward(case)
    await case.say("withdrawal", "Właściciel sam zdjął baner, dziękuję.")
    await case.decide("clerk-b", "decide_withdrawal", "stop")
    await case.reaches("closed")


async def _reopened(case: DemoCase) -> None:
    await _to_the_reply(case)
    await case.reaches("replied")
    await case.say("reopening", "Wczoraj wieczorem znowu palono, dym był jeszcze gęstszy.")
    await case.decide("head-ks06", "review_reopening", "reopen", reason="Nowe zdarzenie.")


async def _replied_in_part(case: DemoCase) -> None:
    first = {"text": case.report.answer}
    await case.decide(coordinator_of(case), "answer_referral", "done", "R1", **first)
    await case.decide("clerk-b", "check_feedback", "accept", "R1")
    await case.decide("head-ks06", "decide_partial", "partial", "R2")
    await _reply(case)
    await case.reaches("replied")


async def _promise_kept(case: DemoCase) -> None:
    kept = {"text": "Posadzono dwanaście lip."}
    await case.decide(coordinator_of(case), "confirm_promise", "kept", "R1", **kept)
    await _closes(case)


async def _more_time(case: DemoCase) -> None:
    await _forward(case)
    asked = {"until": case.in_days(12), "reason": "Czekamy na wynik przeglądu."}
    await case.instruct(coordinator_of(case), "request_extension", referral="R1", **asked)
    await case.decide("clerk-b", "decide_extension", "grant", "R1")


async def _interim(case: DemoCase) -> None:
    await _forward(case)
    said = {"text": "Rozkład sprawdzimy po wymianie danych.", "expected_on": case.in_days(5)}
    await case.instruct(coordinator_of(case), "interim_information", referral="R1", **said)


async def _on_hold(case: DemoCase) -> None:
    await _forward(case)
    await case.instruct("operator-a", "hold", reason="Wyjaśniamy z konserwatorem, kto prowadzi.")


async def _handed_over(case: DemoCase) -> None:
    matter = {"unit": case.report.units[0], "question": case.report.question, "redacted": True}
    await case.decide("clerk-a", "triage", "hand_over", referrals=[matter])
    await case.reaches("closed")


PLOTS: Final = (
    Plot("pothole", "closed", _straight,
         "the straight way, from the report to the end"),
    Plot("lamp", "with_units", _forward,
         "waits for the unit that was asked; another report was joined to it"),
    Plot("pavement", "approval", _awaits_approval,
         "a reply about a claim waits for approval"),
    Plot("sign", "triage", _claimed,
         "at triage, taken by a clerk who left a remark"),
    Plot("stop", "replied", _promised,
         "replied; the unit promised to be done in three weeks"),
    Plot("noise", "with_units", _answered,
         "two units answered, their feedback has to be checked"),
    Plot("inlet", "with_units", _given_back,
         "feedback that was not enough, given back to the unit"),
    Plot("bins", "drafting", _parked,
         "a reply begun as a draft, and parked for two days"),
    Plot("repair", "closed", _refused_with_reasons,
         "refused with reasons, approved, closed"),
    Plot("park", "with_units", _bounced,
         "the sender's mailbox is gone: a task", sender="unreachable"),
    Plot("vehicle", "with_units", _bounced_and_posted,
         "the same, and the letter went by post", sender="unreachable"),
    Plot("sport", "closed", _known_at_once,
         "anonymous, and answered at once", sender="anonymous"),
    Plot("lamp_again", "closed", _joined,
         "a duplicate, joined to the earlier report"),
    Plot("mowing", "with_units", _wrong_addressee,
         "returned by two units; the head settled who is competent"),
    Plot("signal", "with_units", _silent_unit,
         "a silent unit: a last date, and the sender told of the delay", began="silent_unit"),
    Plot("dumping", "with_units", _supplemented,
         "the sender was asked for more, and gave it by the code"),
    Plot("graffiti", "awaiting_supplement", _supplement_awaited,
         "the sender was asked for more"),
    Plot("rudeness", "closed", _complaint,
         "a complaint, handed to its register"),
    Plot("petition", "triage", _petition,
         "perhaps a petition: another person has to confirm it"),
    Plot("tree_danger", "with_units", _answered,
         "an emergency: the duty officer telephoned first"),
    Plot("trial", "closed", _in_error,
         "registered by mistake, and closed by the head"),
    Plot("advert", "closed", _withdrawn,
         "withdrawn by the code; the question to the unit was called back"),
    Plot("smoke", "triage", _reopened,
         "reopened by the code: its second round", sender="by_post"),
    Plot("snow", "replied", _replied_in_part,
         "replied in part, as one of two units is late", began="late_unit"),
    Plot("trees", "closed", _promise_kept,
         "a promise, kept on its day", began="promise"),
    Plot("bridge", "with_units", _more_time,
         "the unit asked for more time, and got it"),
    Plot("timetable", "with_units", _interim,
         "interim information of the unit"),
    Plot("stairs", "with_units", _forward,
         "passed on by a councillor", sender="councillor"),
    Plot("heritage", "with_units", _on_hold,
         "on hold, by an operator"),
    Plot("estate", "closed", _handed_over,
         "a matter of others, handed over"),
)  # fmt: skip
"""Thirty of them; any other number goes through these one after the other."""
