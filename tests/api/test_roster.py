"""Absences and substitutions over HTTP: noted once, by those who may, and shown to the unit."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest

from domain.working_days import local_day
from runtime.appointments import appoint
from tests.api.office import SINCE, Office
from tests.api.test_tasks import inbox, refusal
from tests.api.test_twice_is_once import TIMES, at_once

ABSENCES, SUBSTITUTIONS = "/roster/absences", "/roster/substitutions"


def today(office: Office) -> date:
    return local_day(office.services.clock.now())


def dates(office: Office, days: int = 11) -> dict[str, str]:
    first = today(office)
    return {"valid_from": str(first), "valid_to": str(first + timedelta(days=days))}


def away(office: Office, person: str, by: str, key: str | None = None, **more: Any) -> Any:
    return office.post(ABSENCES, dates(office) | {"person": person} | more, by, key)


def replaced(office: Office, by: str, key: str | None = None, **more: Any) -> Any:
    return office.post(SUBSTITUTIONS, dates(office) | more, by, key)


def shown(office: Office, by: str, part: str) -> list[Any]:
    office.follow()
    found: list[Any] = office.get("/roster", by).json()[part]
    return found


@pytest.mark.parametrize("by", ["clerk-a", "head-a", "deputy-m", "director-a"])
def test_an_absence_is_noted_by_the_person_the_head_and_the_posts_above(
    served: Office, by: str
) -> None:
    answer = away(served, "clerk-a", by)
    assert answer.status_code == 201, answer.text
    assert answer.json() == {"substitution": None, "position": served.services.store.position()}
    assert served.topics()[-1] == "roster.AbsenceRecorded"
    (absence,) = shown(served, "clerk-b", "absences")
    assert absence == {
        "number": 1, "person": "clerk-a", **dates(served),
        "substitution": None, "withdrawn_by": None, "reason_ref": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    "by",
    ["clerk-b", "media-head", "deputy-p", "zdmk-head", "operator-a", "auditor-a", "nobody"],
)
def test_nobody_else_notes_an_absence_or_a_substitution(office: Office, by: str) -> None:
    before = office.topics()
    assert refusal(away(office, "clerk-a", by)) == (403, "RosterNotYours")
    assert refusal(away(office, "clerk-a", by, substitute=by)) == (403, "RosterNotYours")
    given = replaced(office, by, person="clerk-a", substitute=by)
    assert refusal(given) == (403, "RosterNotYours")
    assert refusal(replaced(office, by, post="director", substitute=by)) == (403, "RosterNotYours")
    assert office.topics() == before


def test_a_head_who_is_replaced_acts_through_the_substitute_but_not_about_the_head(
    office: Office,
) -> None:
    """One step only: the substitute of the head has no say in who stands in for the head."""
    assert away(office, "head-a", "head-a", substitute="clerk-b").status_code == 201
    assert away(office, "clerk-a", "clerk-b").status_code == 201
    again = replaced(office, "clerk-b", person="head-a", substitute="brand-clerk")
    assert refusal(again) == (403, "RosterNotYours")


def test_who_has_posts_in_two_units_is_replaced_only_from_above_both(office: Office) -> None:
    """A substitute would get the rights in both; an absence alone gives nobody a right."""
    services, second = office.services, [("clerk-a", "KS-04/clerk")]
    appoint(services.store, services.data.organisation, second, SINCE, services.clock.now())
    given = {"person": "clerk-a", "substitute": "clerk-b"}
    assert refusal(replaced(office, "head-a", **given)) == (403, "RosterNotYours")
    assert away(office, "clerk-a", "head-a").status_code == 201
    assert replaced(office, "director-a", **given).status_code == 201


def test_story_8_the_editor_is_away_only_with_a_substitute(served: Office) -> None:
    before = served.topics()
    assert refusal(away(served, "editor-a", "editor-a")) == (422, "SubstituteMissing")
    some = away(
        served, "editor-a", "editor-a", substitute="media-head", task_types=["do_extra_task"]
    )
    assert refusal(some) == (422, "SubstituteMissing")
    assert served.topics() == before
    answer = away(served, "editor-a", "deputy-m", substitute="media-head")
    assert (answer.status_code, answer.json()["substitution"]) == (201, 1)
    assert served.topics()[len(before) :] == [
        "roster.SubstitutionGranted",
        "roster.AbsenceRecorded",
    ]


def test_a_substitute_sees_the_tasks_until_the_substitution_ends(served: Office) -> None:
    task = served.fresh_triage_task()
    assert inbox(served, "acting", "brand-clerk") == []
    answer = away(
        served, "clerk-a", "clerk-a", substitute="brand-clerk", task_types=["triage"]
    ).json()
    assert inbox(served, "acting", "brand-clerk") == [task]
    (given,) = shown(served, "brand-clerk", "substitutions")
    assert (given["task_types"], given["granted_by"]) == (["triage"], "clerk-a")
    path = f"{SUBSTITUTIONS}/{answer['substitution']}/end"
    end = {"from_day": str(today(served))}
    for by in ("brand-clerk", "clerk-b", "operator-a"):
        assert refusal(served.post(path, end, by)) == (403, "RosterNotYours")
    assert served.post(path, end, "head-a").status_code == 200
    assert inbox(served, "acting", "brand-clerk") == []
    assert shown(served, "head-a", "substitutions") == []
    assert refusal(served.post(path, end, "clerk-a")) == (422, "SubstitutionOver")


def test_what_the_roster_refuses_is_told_by_name(office: Office) -> None:
    past = {"valid_from": "2026-01-01", "person": "clerk-a", "substitute": "clerk-b"}
    assert refusal(replaced(office, "clerk-a", **past)) == (422, "SubstitutionInThePast")
    odd = {"person": "clerk-a", "substitute": "clerk-b", "task_types": ["nie_ma"]}
    for path in (ABSENCES, SUBSTITUTIONS):
        assert refusal(office.post(path, dates(office) | odd)) == (422, "TaskTypeUnknown")
    assert refusal(away(office, "nobody", "nobody")) == (422, "NothingHeld")
    end = office.post(f"{SUBSTITUTIONS}/7/end", {"from_day": str(today(office))}, "head-a")
    assert refusal(end) == (404, "SubstitutionUnknown")
    for number in ("0", "-1", "jeden"):
        end = office.post(f"{SUBSTITUTIONS}/{number}/end", {"from_day": str(today(office))})
        assert refusal(end) == (422, "InputInvalid")
    both = {"person": "clerk-a", "post": "director", "substitute": "clerk-b"}
    assert refusal(replaced(office, "clerk-a", **both)) == (422, "InputInvalid")


@pytest.mark.parametrize(
    ("path", "more", "event"),
    [
        (ABSENCES, {"person": "clerk-a"}, "roster.AbsenceRecorded"),
        (ABSENCES, {"person": "clerk-a", "substitute": "clerk-b"}, "roster.AbsenceRecorded"),
        (
            SUBSTITUTIONS,
            {"person": "clerk-a", "substitute": "clerk-b", "task_types": ["triage", "draft_reply"]},
            "roster.SubstitutionGranted",
        ),
    ],
)
def test_what_is_sent_eight_times_at_once_is_noted_once(
    served: Office, path: str, more: dict[str, Any], event: str
) -> None:
    body = dates(served) | more
    answers = at_once(TIMES, lambda _: served.post(path, body, "head-a", "klucz"))
    assert {answer.status_code for answer in answers} == {201}, answers[0].text
    assert len({answer.text for answer in answers}) == 1
    noted = Counter(served.topics())
    assert noted[event] == 1
    assert noted["roster.SubstitutionGranted"] == ("substitute" in more)
    assert served.post(path, body, "head-a", "klucz").text == answers[0].text


def test_an_end_sent_eight_times_at_once_is_one_event(served: Office) -> None:
    replaced(served, "director-a", post="director", substitute="deputy-m")
    path, end = f"{SUBSTITUTIONS}/1/end", {"from_day": str(today(served) + timedelta(days=2))}
    answers = at_once(TIMES, lambda _: served.post(path, end, "director-a", "klucz"))
    assert {answer.status_code for answer in answers} == {200}, answers[0].text
    assert len({answer.text for answer in answers}) == 1
    assert Counter(served.topics())["roster.SubstitutionEnded"] == 1


def test_a_key_used_for_one_change_does_not_serve_another(office: Office) -> None:
    assert away(office, "clerk-a", "head-a", "jeden", substitute="clerk-b").status_code == 201
    before = office.topics()
    others = [
        away(office, "clerk-a", "head-a", "jeden"),
        away(office, "clerk-b", "head-a", "jeden"),
        replaced(office, "head-a", "jeden", person="clerk-a", substitute="clerk-b"),
        office.post(f"{SUBSTITUTIONS}/1/end", {"from_day": str(today(office))}, "head-a", "jeden"),
    ]
    assert {refusal(answer) for answer in others} == {(409, "KeyUsedForAnotherRequest")}
    assert office.topics() == before


def test_the_roster_shows_the_own_units_and_those_below(office: Office) -> None:
    office.follow()

    def people(by: str) -> set[str]:
        return {held["person"] for held in shown(office, by, "tenures")}

    unit = {"clerk-a", "clerk-b", "head-a"}
    assert people("clerk-a") == unit
    assert people("zdmk-a") == {"zdmk-a", "zdmk-head"}
    assert people("deputy-m") == {*unit, "media-head", "editor-a", "deputy-m"}
    assert people("director-a") == people("operator-a") == people("auditor-a")
    assert people("director-a") > people("deputy-m")
    assert people("nobody") == set()
    away(office, "clerk-a", "clerk-a")
    assert shown(office, "clerk-b", "absences") != []
    assert shown(office, "media-head", "absences") == []
    # Of those who stand in elsewhere only what concerns them.
    replaced(office, "director-a", post="director", substitute="clerk-b")
    assert [given["post"] for given in shown(office, "clerk-b", "substitutions")] == ["director"]
    assert shown(office, "zdmk-a", "substitutions") == []


def test_what_is_over_is_not_shown(office: Office) -> None:
    past = {"valid_from": "2026-01-02", "valid_to": "2026-01-09"}
    assert away(office, "clerk-a", "clerk-a", **past).status_code == 201
    assert shown(office, "clerk-a", "absences") == []
    answer = away(office, "clerk-a", "clerk-a")
    assert answer.status_code == 201
    office.follow()
    page = office.get("/roster", at_or_after=answer.json()["position"]).json()
    assert [each["person"] for each in page["absences"]] == ["clerk-a"]


MISTAKE = "Pomylono osoby: urlop ma pani Wójcik"


def taken_back(
    office: Office, number: int, by: str, key: str | None = None, after: int = 0, **more: Any
) -> Any:
    day = today(office) + timedelta(days=after)
    body = {"from_day": str(day), "reason": MISTAKE} | more
    return office.post(f"{ABSENCES}/{number}/withdraw", body, by, key)


def test_an_absence_noted_by_mistake_is_taken_back_and_the_tasks_return(served: Office) -> None:
    task = served.fresh_triage_task()
    away(served, "clerk-a", "head-a", substitute="brand-clerk")
    assert inbox(served, "acting", "brand-clerk") == [task]
    before = served.topics()
    answer = taken_back(served, 1, "head-a", "jeden")
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"substitution": 1, "position": served.services.store.position()}
    assert served.topics()[len(before) :] == ["roster.SubstitutionEnded", "roster.AbsenceWithdrawn"]
    assert taken_back(served, 1, "head-a", "jeden").json() == answer.json()
    assert inbox(served, "acting", "brand-clerk") == []
    assert shown(served, "clerk-a", "absences") == []
    assert shown(served, "clerk-a", "substitutions") == []
    page = served.get(f"{ABSENCES}/1", "clerk-b").json()
    assert (page["withdrawn_by"], page["reason"]) == ("head-a", MISTAKE)
    stored = served.services.store.recorder.select_notifications(1, 1_000)
    assert not any(b"Pomylono" in event.state for event in stored)
    assert refusal(taken_back(served, 1, "clerk-a")) == (422, "AbsenceOver")
    other = taken_back(served, 1, "head-a", "jeden", reason="Co innego")
    assert refusal(other) == (409, "KeyUsedForAnotherRequest")


def test_who_may_take_it_back_is_said_before(office: Office) -> None:
    away(office, "clerk-a", "head-a", substitute="clerk-b")

    def offered(by: str) -> list[str]:
        (action,) = office.get(f"{ABSENCES}/1/actions", by).json()
        assert action["needs"] == ["from_day", "reason"]
        return [why["refusal"] for why in action["reasons"]]

    for by in ("clerk-a", "head-a", "deputy-m", "director-a"):
        assert offered(by) == []
    before = office.topics()
    for by in ("clerk-b", "operator-a", "auditor-a"):
        assert offered(by) == ["RosterNotYours"]
        assert refusal(taken_back(office, 1, by)) == (403, "RosterNotYours")
    for by in ("zdmk-a", "brand-clerk", "nobody"):
        assert refusal(office.get(f"{ABSENCES}/1/actions", by)) == (403, "RosterNotYours")
        assert refusal(office.get(f"{ABSENCES}/1", by)) == (403, "RosterNotYours")
    assert refusal(taken_back(office, 1, "head-a", after=-1)) == (422, "AbsenceEndInThePast")
    assert refusal(taken_back(office, 9, "head-a")) == (404, "AbsenceUnknown")
    assert refusal(office.get(f"{ABSENCES}/9", "head-a")) == (404, "AbsenceUnknown")
    assert refusal(taken_back(office, 1, "head-a", reason="")) == (422, "InputInvalid")
    assert office.topics() == before


def test_a_substitution_is_not_ended_alone_while_the_editor_is_away(office: Office) -> None:
    given = away(office, "editor-a", "editor-a", substitute="media-head").json()["substitution"]
    end = {"from_day": str(today(office) + timedelta(days=3))}
    path = f"{SUBSTITUTIONS}/{given}/end"
    refused = office.post(path, end, "deputy-m")
    assert refusal(refused) == (422, "SubstituteMissing")
    assert refused.json()["facts"]["day"] == end["from_day"]
    assert replaced(office, "deputy-m", person="editor-a", substitute="deputy-m").status_code == 201
    assert office.post(path, end, "deputy-m").status_code == 200
    assert taken_back(office, 1, "editor-a", after=5).status_code == 200
    (absence,) = shown(office, "editor-a", "absences")
    assert absence["valid_to"] == str(today(office) + timedelta(days=4))
