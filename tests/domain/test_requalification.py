"""A report that is something else: proposed, confirmed by another person, handed over (A9, A10)."""

from datetime import date
from typing import Any

import pytest

from domain.interventions import letters
from domain.interventions.commands_transfers import (
    ConfirmRequalification,
    ProposeRequalification,
    RejectRequalification,
)
from domain.interventions.refusals import (
    KindUnknown,
    NothingProposed,
    OwnerMissing,
    OwnerNotOfTheCity,
    RequalificationOpen,
    UnitNotActive,
)
from domain.requalification import Kind, Requalification
from domain.terms import RuleHasNoLength
from tests.builders import Case, sealed
from tests.domain.at_stage import DATA, carried_out, refusals, replied
from tests.given import moment

MONDAY = moment("2026-12-21 09:30")
KINDS = DATA.requalification


def report() -> Case:
    return Case(123, MONDAY).open_needed()


def propose(kind: str, to: str | None = None) -> ProposeRequalification:
    return ProposeRequalification(kind=kind, to=to, reason=sealed("Taka jest treść"))


def proposed() -> Case:
    return report().requalify()


def test_triage_waits_for_the_second_person() -> None:
    case = proposed()
    [task] = case.open_tasks
    assert (task.type, task.candidates) == ("confirm_requalification", ("KS-06/head",))
    assert task.excluded == {"ks-06-clerk": "proposed the requalification"}


def test_what_is_not_confirmed_is_qualified_once_more() -> None:
    case = proposed().reject_kind()
    [task] = case.open_tasks
    assert (task.type, task.round) == ("triage", 2)
    case.requalify()
    assert case.task("confirm_requalification").round == 2


def test_units_go_on_while_it_is_proposed() -> None:
    case = report().forward("ZDMK", "ZTP").requalify().answer("R1")
    assert case.case.stage == "with_units"
    case.reject_kind()
    assert {task.type for task in case.open_tasks} == {"check_feedback", "answer_referral"}


@pytest.mark.parametrize(
    ("kind", "to", "owner", "terms"),
    [
        ("complaint", None, "UMK-WK", {"kpa.forward_complaint": "2026-12-28"}),
        ("complaint.council", None, "UMK-WK", {"kpa.forward_complaint": "2026-12-28"}),
        ("petition", None, "UMK-WK", {"petition": "2027-03-19"}),
        ("public_information", None, "KS-06", {"udip.answer": "2027-01-04"}),
        ("press", None, "KS-02", {"int.journalist": "2026-12-22"}),
        ("formal_inquiry.councillor", None, "KS-01", {"councillor": "2027-01-04"}),
        ("formal_inquiry.mp", None, "KS-01", {"mp": "2027-01-04"}),
        (
            "application",
            "UMK-AU",
            "UMK-AU",
            {"kpa.forward_application": "2026-12-21", "int.forward_application": "2026-12-28"},
        ),
    ],
)
def test_the_term_of_the_new_kind_runs_from_the_first_receipt(
    kind: str, to: str | None, owner: str, terms: dict[str, str]
) -> None:
    case = report().requalify(kind, to)
    [event] = carried_out(case, ConfirmRequalification(), at=moment("2026-12-23 10:00"))
    assert (event.kind, event.owner, event.received_at) == (kind, owner, MONDAY)
    assert {rule: str(term.safe_due) for rule, term in event.terms.items()} == terms
    assert all(term.start == MONDAY for term in event.terms.values())


def test_what_is_transferred_leaves_the_units_and_the_sender_is_told() -> None:
    case = report().send_letters().forward("ZDMK", "ZTP").answer("R1").send_letters()
    case.requalify().confirm_kind()
    assert {r.ref: r.state for r in case.case.referrals.values()} == {
        "R1": "recalled",
        "R2": "recalled",
    }
    assert case.open_tasks == []
    assert case.case.stage == "ending"
    assert [order.key for order in letters.letters_due(case.case)] == [
        "N7.1.R1",
        "N7.1.R2",
        "N8.1.register",
        "N8.1.sender",
    ]
    case.send_letters().close()
    assert (case.case.stage, case.case.outcome) == ("closed", "transferred")


def test_without_a_sender_only_the_register_is_told() -> None:
    case = Case(123, MONDAY, sender=None, reach="none").open_needed().requalify().confirm_kind()
    assert [order.key for order in letters.letters_due(case.case)] == ["N8.1.register"]


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        (propose("wycieczka"), KindUnknown),
        (propose("motion"), KindUnknown),  # only another register can send one here
        (propose("application"), OwnerMissing),
        (propose("application", "NIKT"), UnitNotActive),
        (propose("application", "MPO"), OwnerNotOfTheCity),
        (propose("complaint", "ZDMK"), OwnerNotOfTheCity),
        (propose("formal_inquiry.commission"), RuleHasNoLength),
    ],
)
def test_a_proposal_names_a_kind_and_whose_register_it_is(
    command: ProposeRequalification, refusal: Any
) -> None:
    assert set(refusals(report(), command)) == {refusal}


def test_one_proposal_at_a_time() -> None:
    assert set(refusals(proposed(), propose("petition"))) == {RequalificationOpen}


@pytest.mark.parametrize(
    "form", [ConfirmRequalification(), RejectRequalification(reason=sealed("Nie"))]
)
def test_without_a_proposal_there_is_nothing_to_decide(form: Any) -> None:
    assert set(refusals(report(), form)) == {NothingProposed}


def test_a_case_stays_open_while_it_may_be_something_else() -> None:
    case = replied()
    case.requalify()
    assert RequalificationOpen in refusals(case, None)
    case.confirm_kind().send_letters().close()
    assert case.case.outcome == "transferred"


def test_a_motion_that_comes_back_keeps_its_first_receipt() -> None:
    case = Case(124, MONDAY, received_at=moment("2026-12-10 08:00"), origin_ref="SKA-2026-000007")
    assert str(case.case.clocks["forwarding"].legal_end) == "2026-12-17"
    assert KINDS.kind("motion", date(2026, 12, 21))


def test_a_later_row_replaces_the_one_before() -> None:
    petition = KINDS.kind("petition", date(2026, 12, 21))
    assert petition is not None
    later = petition.model_copy(update={"owner": "KS-01", "valid_from": date(2027, 1, 1)})
    table = Requalification([later, petition])
    owners = [table.kind("petition", day) for day in (date(2026, 12, 31), date(2027, 1, 1))]
    assert [kind.owner for kind in owners if kind] == ["UMK-WK", "KS-01"]
    assert table.kind("petition", date(2021, 8, 31)) is None


def test_every_kind_names_its_basis_and_a_register() -> None:
    kinds = [KINDS.kind(id, date(2026, 12, 21)) for id in KINDS.proposable(date(2026, 12, 21))]
    assert all(isinstance(kind, Kind) and kind.basis and kind.register_pl for kind in kinds)
