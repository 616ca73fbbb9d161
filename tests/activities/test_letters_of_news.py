"""What senders are told beside the first letters: who has the matter now, and what units say."""

import pytest

from domain.interventions.commands import LetterOrder
from tests.activities.test_letters import Counter, Mailboxes, counter, mailboxes
from tests.builders import sealed
from tests.given import moment

__all__ = ["counter", "mailboxes"]


def sent(counter: Counter, mailboxes: Mailboxes, reference: str, kind: str, number: int) -> str:
    letter = LetterOrder(kind=kind, round=number, recipient="sender")
    assert letter in counter.desk.view(reference).letters_due
    counter.send(reference, letter)
    return str(mailboxes.letters[-1].get_content())


@pytest.mark.parametrize(("unit", "told"), [("MPO", True), ("ZTP", False)])
def test_the_sender_is_told_when_a_company_gets_a_returned_matter(
    counter: Counter, mailboxes: Mailboxes, unit: str, told: bool
) -> None:
    reference = counter.forwarded()
    desk = counter.desk
    back = {"reason": sealed("To nie nasze")}
    desk.decide("zdmk-a", desk.task(reference, "answer_referral", "R1"), "misrouted", back)
    on = {"unit": unit, "redacted": True}
    desk.decide("clerk-a", desk.task(reference, "reroute", "R1"), "forward", on)
    kinds = {order.kind for order in desk.view(reference).letters_due}
    assert ("N2b" in kinds) == told
    if told:
        content = sent(counter, mailboxes, reference, "N2b", 2)
        assert desk.book.routing.unit(unit).name in content


def test_the_sender_is_told_what_a_unit_says_once_its_answer_is_late(
    counter: Counter, mailboxes: Mailboxes
) -> None:
    reference = counter.forwarded()
    desk = counter.desk

    def inform(text: str) -> None:
        said = counter.texts.put(text, key_ref=reference, command_id=text, field="text")
        fields = {"referral": "R1", "text": said, "expected_on": "2026-10-20"}
        step = desk.instruction("zdmk-a", reference, "interim_information", fields)
        desk.commands.instruct_intervention(step)

    inform("Czekamy na ekipę")
    assert "N12" not in {order.kind for order in desk.view(reference).letters_due}
    desk.at = moment("2026-10-13 09:00")
    inform("Czekamy na części")
    content = sent(counter, mailboxes, reference, "N12", 1)
    assert "Czekamy na części" in content
    assert "20.10.2026" in content


@pytest.mark.parametrize("recipient", ["R1", "sender"])
def test_a_wrong_letter_is_put_right(
    counter: Counter, mailboxes: Mailboxes, recipient: str
) -> None:
    reference = counter.forwarded()
    counter.send(reference, LetterOrder(kind="N2", round=1, recipient=recipient))
    right = counter.texts.put("Chodzi o nr 14.", key_ref=reference, command_id="c-1", field="text")
    fields = {"letter": f"N2.1.{recipient}", "text": right}
    step = counter.desk.instruction("clerk-a", reference, "correct_letter", fields)
    counter.desk.commands.instruct_intervention(step)
    letter = LetterOrder(kind="N7c", round=1, recipient=recipient)
    assert letter in counter.desk.view(reference).letters_due
    counter.send(reference, letter)
    assert "Chodzi o nr 14." in str(mailboxes.letters[-1].get_content())
