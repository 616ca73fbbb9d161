"""Many people at once on a few cases: whatever the order, the log tells nothing that cannot be."""

from concurrent.futures import ThreadPoolExecutor
from random import Random

from domain.errors import Refusal, Refusals
from domain.interventions import letters
from domain.tasks.commands import ClaimTask
from domain.tasks.model import Task
from tests.activities.desk import DONE, REPLY, STAFF, TO_ZDMK, Desk
from tests.builders import sealed
from tests.domain.housekeeping import any_command
from tests.domain.ledger import Ledger

FIELDS = {
    "forward": TO_ZDMK,
    "return": {"what_is_missing": sealed("Brak zdjęcia")},
    "submitted": REPLY | {"sensitive": ["legal"]},
    "file_note": {"note": sealed("Adres nie istnieje")},
    "done": DONE,
    "no_basis": DONE,
}


class Person:
    """Works on open tasks as they come, and asks everything twice."""

    def __init__(self, desk: Desk, cases: list[str], seed: int) -> None:
        self.desk = desk
        self.cases = cases
        self.chance = Random(seed)
        self.carried_out = 0

    def work(self, turns: int) -> int:
        for _ in range(turns):
            reference = self.chance.choice(self.cases)
            for order in letters.letters_due(self.desk.case(reference)):
                bouncing = self.chance.random() < 0.3
                self.desk.record_letter(reference, order, bouncing=bouncing)
            self.desk.commands.take_up_intervention(self.desk.step(reference))
            tasks = self.desk.tasks_of(reference)
            if tasks:
                self.act_on(self.chance.choice(tasks))
        return self.carried_out

    def act_on(self, task: Task) -> None:
        offered_to = [who for who, post in STAFF.items() if post in task.candidates]
        who = task.assignee or self.chance.choice([*offered_to, *STAFF])
        try:
            if self.chance.random() < 0.3:
                self.hand_about(task, who)
            else:
                self.decide(task, who)
        except (Refusal, Refusals):
            return
        self.carried_out += 1

    def hand_about(self, task: Task, who: str) -> None:
        some = any_command(self.chance, self.desk.at)
        command, act = self.chance.choice([ClaimTask(), some, some]), self.desk.act(who)
        first = self.desk.handle(task, command, act)
        assert self.desk.handle(task, command, act) == first

    def decide(self, task: Task, who: str) -> None:
        outcome = self.chance.choice([outcome for outcome in task.outcomes if outcome != "planned"])
        step = self.desk.decision(who, task, outcome, FIELDS.get(outcome))
        first = self.desk.commands.decide_intervention_task(step).answer
        assert self.desk.commands.decide_intervention_task(step).answer == first


def test_eight_people_on_three_cases_leave_a_log_without_contradiction(desk: Desk) -> None:
    before = desk.store.position()
    cases = [desk.opened(f"k-{number}") for number in range(3)]
    people = [Person(desk, cases, seed) for seed in range(8)]
    with ThreadPoolExecutor(8) as pool:
        carried_out = sum(pool.map(lambda person: person.work(20), people))
    ledger = Ledger()
    ledger.read(desk.events(before))
    assert carried_out >= 10
    assert ledger.open_tasks() == {t.task_ref for case in cases for t in desk.tasks_of(case)}
    for case in cases:
        units = [referral.unit for referral in desk.case(case).referrals.values()]
        assert {unit: units.count(unit) for unit in units} == ledger.sent[case]
