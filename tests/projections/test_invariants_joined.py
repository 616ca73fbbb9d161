"""I12: who joins a case gets exactly the notices sent afterwards, and its outcome in any case."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import count
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from domain.interventions.commands import Reach
from domain.interventions.letters import OF_THE_MATTER
from runtime.store import Store
from tests.builders import Case
from tests.given import moment
from tests.projections.histories import Step, in_time, may_close, may_join, possible
from tests.sizes import examples

_numbers = count(1)
"""Examples share a store: each takes cases of its own."""


@dataclass
class Guest:
    """Somebody who reported the same, from when to when the report was joined to the other."""

    case: Case
    ref: str
    reach: Reach
    since: int
    """How many events of the target were before."""
    was_told: bool
    """The outcome of the round in which the target stood was out."""
    until: int | None = None


def sent(case: Case, recipient: str) -> dict[str, int]:
    """The notices of the matter to somebody: which, and where the first try stands in the story."""
    found: dict[str, int] = {}
    for place, event in enumerate(case.events):
        of_the_matter = type(event).__name__ == "NoticeSent" and event.kind in OF_THE_MATTER
        if of_the_matter and (event.reference, event.recipient) == (case.reference, recipient):
            found.setdefault(f"{event.kind}.{event.round}", place)
    return found


def _is_of_the_sender(step: Step) -> bool:
    """Whether it puts right who reported the target: what that person is told is the measure."""
    return isinstance(step, partial) and "sender" in step.keywords


class Matter:
    """One case and all who join it, in whatever round, and leave it."""

    def __init__(self, store: Store, chance: Random) -> None:
        self.store, self.chance = store, chance
        self.target = self.reported("email")
        self.guests: list[Guest] = []

    def step(self) -> None:
        chance = self.chance.random()
        if chance < 0.12:
            self.join()
        elif chance < 0.16 and self.staying():
            self.leave(self.chance.choice(self.staying()))
        else:
            usual = [] if self.chance.random() < 0.3 else list(self.usual())
            steps = usual or [step for step in possible(self.target) if not _is_of_the_sender(step)]
            if steps:
                self.chance.choice(steps)()

    def usual(self) -> Iterator[Step]:
        """What brings the case to its next round, and at last to its end."""
        case = self.target
        if case.case.on_hold:
            yield case.resume
            return
        if case.owed():
            yield case.send_letters
            return
        for task in case.open_tasks:
            match task.type:
                case "triage":
                    yield partial(case.forward, "ZDMK")
                case "answer_referral":
                    yield partial(case.answer, task.subject)
                case "check_feedback":
                    yield partial(case.accept, task.subject)
                case "draft_reply":
                    yield case.draft
                case "approve_reply":
                    yield case.approve
                case "review_reopening":
                    yield case.reopen
        if case.case.stage == "replied" and not case.open_tasks:
            asked = [each for each in possible(case) if each == case.ask_to_reopen]
            ended = [lambda: in_time(case).close()] if may_close(case) else []
            yield from asked or ended

    def join(self) -> None:
        reach: Reach = self.chance.choice(["email", "email", "none"])
        report = self.reported(reach)
        if not may_join(report, self.target):
            return
        target = self.target.case
        known = sent(self.target, "sender")
        guest = Guest(
            report,
            f"S{len(target.joined) + 1}",
            reach,
            since=len(self.target.events),
            was_told=f"N5.{target.round}" in known,
        )
        report.join(self.target).send_letters()
        self.guests.append(guest)

    def leave(self, guest: Guest) -> None:
        guest.until = len(self.target.events)
        guest.case.at = max(guest.case.at, self.target.at)
        guest.case.unlink()

    def staying(self) -> list[Guest]:
        return [guest for guest in self.guests if guest.until is None]

    def everybody_was_told(self) -> None:
        if self.target.case.on_hold:
            self.target.resume()
        self.target.send_letters()
        of_the_sender = sent(self.target, "sender")
        for guest in self.guests:
            until = len(self.target.events) if guest.until is None else guest.until
            afterwards = {k for k, place in of_the_sender.items() if guest.since <= place < until}
            expected = afterwards if guest.reach != "none" else set()
            assert set(sent(self.target, guest.ref)) == expected, guest.ref
            copies = [key for key in guest.case.case.letters if key.startswith("N5c.")]
            assert bool(copies) == (guest.was_told and guest.reach != "none"), guest.ref

    def reported(self, reach: Reach) -> Case:
        at = self.target.at if hasattr(self, "target") else moment("2026-09-01 09:00")
        case = Case(
            next(_numbers),
            at,
            store=self.store,
            pace=timedelta(minutes=20),
            category="lighting.street",
            reach=reach,
        )
        return case.open_needed()


@pytest.mark.walk
@settings(
    max_examples=examples(12),
    deadline=None,
    # Examples share a store whose log grows; to shrink one would replay it for minutes.
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(chance=st.randoms(use_true_random=False), steps=st.integers(10, 70))
def test_who_joined_gets_what_was_sent_afterwards(store: Store, chance: Random, steps: int) -> None:
    matter = Matter(store, chance)
    for _ in range(steps):
        matter.step()
    matter.everybody_was_told()


def test_who_joins_in_a_later_round_gets_the_outcome_of_that_round(store: Store) -> None:
    """The outcome of the round before is under review: it would tell what may not be so."""
    matter = Matter(store, Random(1))
    case = matter.target
    for round_ in (1, 2, 3):
        case.send_letters().forward("ZDMK").send_letters()
        case.answer(f"R{round_}").accept(f"R{round_}").draft()
        guest = matter.reported("email").join(case).send_letters()
        assert not [key for key in guest.case.letters if key.startswith("N5c")]
        case.send_letters()
        assert f"N5.{round_}" in sent(case, [*case.case.joined][-1])
        told = matter.reported("email").join(case).send_letters()
        assert [key for key in told.case.letters if key.startswith("N5c")]
        told.unlink()
        if round_ < 3:
            case.ask_to_reopen().reopen()
    assert sent(case, "S1").keys() >= {"N5.1", "N2.2", "N5.2", "N2.3", "N5.3"}
