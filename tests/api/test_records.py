"""The record of a case over HTTP: corrections, documents, cases registered by mistake."""

from typing import Any

from tests.api.office import Office
from tests.api.test_decisions import opened
from tests.api.test_instructions import forwarded, refusal

WHY = "Pomyłka przy rejestracji"
LATE = {"text": "Odpowiedź ZDMK po terminie", "from_whom": "unit"}


def correct(office: Office, case: str, by: str = "clerk-a", **fields: Any) -> Any:
    path = f"/interventions/{case}/instructions/correct_data"
    return office.post(path, {"fields": {"reason": WHY, **fields}}, by)


def test_a_category_is_put_right_and_seen_everywhere(working: Office) -> None:
    case = working.register()
    opened(working, f"{case}-triage-1")
    assert correct(working, case, category="roads.bridge").status_code == 200
    working.follow()
    shown = working.get(f"/interventions/{case}").json()
    assert (shown["category"], shown["group"]) == ("roads.bridge", "roads")
    story = working.get(f"/interventions/{case}/timeline").json()["items"]
    corrected = next(row for row in story if row["topic"] == "intervention.DataCorrected")
    assert corrected["facts"]["category"] == "roads.bridge"


def test_a_text_is_put_right_and_both_are_kept(working: Office) -> None:
    case = working.register()
    opened(working, f"{case}-triage-1")
    assert correct(working, case, text="Dziura na rondzie").status_code == 200
    working.follow()
    texts = working.get(f"/interventions/{case}/texts").json()["texts"]
    found = {each["field"]: each["text"] for each in texts if "Corrected" in each["event"]}
    assert found["text"] == "Dziura na rondzie"
    assert found["old"] != found["text"]
    assert found["reason"] == WHY


def test_one_thing_is_put_right_at_a_time(working: Office) -> None:
    case = working.register()
    opened(working, f"{case}-triage-1")
    both = correct(working, case, category="roads.bridge", channel="email")
    assert refusal(both) == (422, "OneThingAtATime")
    assert refusal(correct(working, case, "zdmk-a", category="roads.bridge"))[0] == 403


def test_only_the_head_closes_what_was_registered_in_error(working: Office) -> None:
    case = forwarded(working)
    path, told = f"/interventions/{case}/instructions/registered_in_error", {"reason": WHY}
    for person in ("clerk-a", "operator-a", "zdmk-a"):
        assert refusal(working.post(path, {"fields": told}, person)) == (403, "InstructionNotYours")
    answer = working.post(path, {"fields": told}, "head-a")
    assert (answer.status_code, answer.json()["stage"]) == (200, "ending")


def test_a_document_is_filed_once_under_its_key(served: Office) -> None:
    case = served.register()
    path = f"/interventions/{case}/documents"
    first = served.post(path, LATE, "clerk-a", key="jeden")
    assert first.status_code == 200, first.text
    assert served.post(path, LATE, "clerk-a", key="jeden").text == first.text
    other = served.post(path, {**LATE, "from_whom": "sender"}, "clerk-a", key="jeden")
    assert refusal(other) == (409, "KeyUsedForAnotherRequest")
    assert served.topics().count("intervention.DocumentFiled") == 1
    served.follow()
    texts = served.get(f"/interventions/{case}/texts").json()["texts"]
    assert texts[-1]["text"] == LATE["text"]


def test_only_the_owner_files_documents(served: Office) -> None:
    case = served.register()
    path = f"/interventions/{case}/documents"
    assert refusal(served.post(path, LATE, "operator-a")) == (403, "FilingNotAllowed")
    about = served.post(path, {**LATE, "referral": "R7"}, "clerk-a")
    assert refusal(about) == (422, "ReferralUnknown")
