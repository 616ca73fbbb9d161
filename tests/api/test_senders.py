"""Who the sender of a report is, put right over HTTP; and reports that have none."""

from typing import Any

from domain.interventions.model import Intervention
from tests.api.office import REPORT, Office
from tests.api.test_attachments import PHOTO, upload_for_report
from tests.api.test_canary import CANARIES
from tests.api.test_decisions import FORWARD, decide, opened
from tests.api.test_public import state_of, taken
from tests.api.test_tasks import refusal

WHY = "Pomylono rubryki"
RIGHT = {"name": "Bogusław Ćma", "email": "boguslaw@cma.invalid"}


def correct(
    office: Office, case: str, sender: Any, by: str = "clerk-a", key: str | None = None, **more: Any
) -> Any:
    path = f"/interventions/{case}/instructions/correct_data"
    return office.post(path, {"fields": {"sender": sender, "reason": WHY, **more}}, by, key)


def sender_of(office: Office, case: str, by: str = "clerk-a") -> Any:
    office.follow()
    return office.get(f"/interventions/{case}/texts", by).json()["sender"]


def case_of(office: Office, reference: str) -> Intervention:
    case = office.services.store.find(Intervention, reference)
    assert case is not None
    return case


def test_the_right_person_is_shown_and_takes_the_text_along(working: Office) -> None:
    photo = upload_for_report(working).json()
    reference = working.register(files=[photo])
    opened(working, f"{reference}-triage-1")
    wrong = case_of(working, reference).sender
    first = correct(working, reference, RIGHT, key="jeden", reach="none")
    assert first.status_code == 200, first.text
    again = correct(working, reference, RIGHT, key="jeden")
    assert again.text == first.text
    other = correct(working, reference, RIGHT | {"name": "Ktoś inny"}, key="jeden")
    assert refusal(other) == (409, "KeyUsedForAnotherRequest")
    assert working.topics().count("intervention.DataCorrected") == 1
    shown = sender_of(working, reference)
    assert shown == {"state": "open", "data": RIGHT | {"phone": None, "address": None}}
    assert sender_of(working, reference, "auditor-a")["state"] == "masked"
    assert working.get(f"/interventions/{reference}").json()["reach"] == "email"
    case, here = case_of(working, reference), working.services
    assert case.former_senders == (wrong,)
    assert wrong is not None
    here.vault.erase(wrong, here.clock.now())
    assert here.texts.get(case.text_ref or "") == REPORT["text"]
    birth: Any = next(iter(here.store.events.get(case.id)))
    path = f"/cases/{reference}/attachments/{birth.files[0].file}"
    assert working.get(path).content == PHOTO
    assert case.sender is not None
    here.vault.erase(case.sender, here.clock.now())
    assert refusal(working.get(path)) == (410, "PersonErased")
    gone = working.get(f"/interventions/{reference}/texts").json()
    assert {text["state"] for text in gone["texts"]} == {"erased"}


def test_only_the_vault_makes_references_to_people(working: Office) -> None:
    reference = working.register()
    opened(working, f"{reference}-triage-1")
    stranger = case_of(working, working.register()).sender
    answer = correct(working, reference, stranger)
    assert refusal(answer) == (422, "ReferenceInsteadOfText")
    assert refusal(correct(working, reference, RIGHT, "zdmk-a"))[0] == 403
    wrong = correct(working, reference, {"email": "nie ma takiego"})
    assert refusal(wrong) == (422, "FieldsMissing")
    assert "nie ma takiego" not in wrong.text
    both = correct(working, reference, RIGHT, channel="email")
    assert refusal(both) == (422, "OneThingAtATime")
    assert "intervention.DataCorrected" not in working.topics()


def test_who_is_put_in_is_in_no_event_and_no_answer(working: Office) -> None:
    reference = working.register()
    opened(working, f"{reference}-triage-1")
    answer = correct(working, reference, CANARIES)
    assert answer.status_code == 200, answer.text
    working.follow()
    stored = working.services.store.recorder.select_notifications(1, 1_000)
    seen = b"".join(bytes(each.state) for each in stored).decode()
    seen += answer.text
    for by in ("operator-a", "auditor-a"):
        seen += working.get(f"/interventions/{reference}/timeline", by).text
        seen += working.get(f"/cases/{reference}/explain", by).text
    assert [canary for canary in CANARIES.values() if canary in seen] == []


def test_the_person_of_one_correction_is_no_other_reports(working: Office) -> None:
    """A client may use one key for two things, of which each has its own person."""
    person = {"sender": REPORT["sender"]}
    report = working.post("/interventions", REPORT | person, "clerk-a", "klucz").json()
    reference = working.register()
    opened(working, f"{reference}-triage-1")
    assert correct(working, reference, REPORT["sender"], key="klucz").status_code == 200
    mine, other = case_of(working, reference), case_of(working, report["reference"])
    assert mine.sender != other.sender


# Reports that nobody signs


def test_a_signal_is_shown_as_one_and_has_terms_of_our_own(served: Office) -> None:
    report = taken(served, sender=None)
    reference, code = report["reference"], report["code"]
    signed = served.register()
    served.open_tasks(reference)
    served.follow()
    row = served.get(f"/interventions/{reference}").json()
    assert (row["handling"], row["ack_safe_due"]) == ("ex_officio", None)
    assert (
        row["settlement_safe_due"]
        == served.get(f"/interventions/{signed}").json()["settlement_safe_due"]
    )
    listed = served.get("/interventions", handling="ex_officio").json()["items"]
    assert [each["reference"] for each in listed] == [reference]
    public = state_of(served, reference, code).json()
    assert (public["handling"], public["handling_pl"]) == (
        "ex_officio",
        "sygnał, podejmowany z urzędu",
    )
    told = served.get(f"/cases/{reference}/explain").json()
    assert told["handling"]["code"] == "ex_officio"
    rules = {term["term"]["code"]: term["rule"] for term in told["terms"]}
    assert rules["settlement"] == "int.settle_signal"
    assert "acknowledgement" not in rules
    actions = served.get(f"/tasks/{reference}-triage-1/actions").json()
    (aside,) = [a for a in actions if a["outcome"] == "leave_without_consideration"]
    assert [reason["refusal"] for reason in aside["reasons"]] == ["NotLeftAside"]


def test_who_becomes_known_is_owed_what_a_sender_is(working: Office) -> None:
    reference = working.register(sender=None)
    assert decide(working, "clerk-a", f"{reference}-triage-1", "forward", FORWARD).is_success
    assert correct(working, reference, RIGHT).status_code == 200
    working.follow()
    row = working.get(f"/interventions/{reference}").json()
    assert (row["handling"], row["reach"]) == ("motion", "email")
    assert row["ack_safe_due"] is not None
    assert sender_of(working, reference)["data"]["name"] == RIGHT["name"]
