"""Letters on paper over HTTP: listed, printed and noted as posted by the office of the case."""

from datetime import date
from typing import Any

from tests.api.office import Office, eventually
from tests.api.test_decisions import decide
from tests.api.test_links import P1, get, issue
from tests.api.test_links import tasks as tasks  # the same two parties
from tests.api.test_tasks import refusal
from tests.paper import in_the_window, pages_of

BY_POST: dict[str, Any] = {
    "sender": {"name": "Łucja Żółć", "address": "ul. Długa 1/2, 31-147 Kraków"}
}
TASK = "post_letter-N1-1"


def written(office: Office) -> str:
    """A case whose acknowledgement goes by post, as its workflow has laid it out."""

    def prepared() -> bool:
        office.follow()
        return bool(office.get("/post/letters").json()["items"])

    case = office.register(**BY_POST)
    eventually(prepared, "the letter is laid out")
    return case


def test_a_clerk_lists_prints_and_posts_a_letter(working: Office) -> None:
    case = written(working)
    (item,) = working.get("/post/letters").json()["items"]
    assert item["task_ref"] == f"{case}-{TASK}"
    assert item["label_pl"] == "potwierdzenie przyjęcia"
    printed = working.get(item["pdf"])
    assert printed.headers["content-type"] == "application/pdf"
    assert in_the_window(pages_of(printed.content)).splitlines() == [
        "Łucja Żółć", "ul. Długa 1/2", "31-147 Kraków",
    ]  # fmt: skip
    assert working.get(item["pdf"]).content == printed.content
    today = working.services.clock.now().date()
    tomorrow = date.fromordinal(today.toordinal() + 2)
    early = decide(working, "clerk-a", item["task_ref"], "posted", {"posted_on": str(tomorrow)})
    assert refusal(early) == (422, "ReceivedInTheFuture")
    posted = decide(working, "clerk-a", item["task_ref"], "posted", {"posted_on": str(today)})
    assert posted.status_code == 200, posted.text
    working.follow()
    assert working.get("/post/letters").json()["items"] == []
    told = [t for t in working.topics() if t.startswith("intervention.Notice")]
    assert told == [
        "intervention.NoticePrepared", "intervention.NoticeSent", "intervention.NoticeDelivered",
    ]  # fmt: skip


def test_a_letter_is_for_the_office_of_the_case_only(working: Office) -> None:
    case = written(working)
    path = f"/tasks/{case}-{TASK}/letter"
    assert refusal(working.get(path, "zdmk-a"))[0] == 403
    assert refusal(working.get(path, "operator-a")) == (403, "AttachmentMasked")
    for by in ("zdmk-a", "operator-a", "brand-clerk"):
        assert refusal(working.get("/post/letters", by)) == (403, "PostNotYours")
    assert refusal(working.get(f"/tasks/{case}-triage-1/letter")) == (404, "LetterUnknown")


def test_a_link_shows_no_letter(served: Office, tasks: tuple[str, str]) -> None:
    token = issue(served, tasks[0], P1)["token"]
    assert refusal(get(served, f"/tasks/{tasks[0]}/letter", token))[0] == 403
    assert refusal(get(served, "/post/letters", token)) == (403, "PostNotYours")
