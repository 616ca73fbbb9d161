"""One case of a generated year, drawn step by step (§ 9 pt 1-3)."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Final

from activities.registers.ingredients import Chance, ingredients, weight_in
from domain.routing_tables import Matter
from runtime.reference_data import ReferenceData

Cells = dict[str, str]
"""A row by the names of its columns; a step that has not been taken is not there."""

OPENS: Final = time(7, 40)
CLOSES: Final = time(15, 30)
_DAY: Final = timedelta(days=1)
_NEED_SOMEBODY: Final = frozenset({"phone", "in_person"})
_WITHOUT_NAME: Final = frozenset({"anonymous"})

# So many of a hundred, of each.
_SENDERS: Final = {"email": 52, "phone": 24, "address": 6, "anonymous": 18}
_RESULTS: Final = {"done": 58, "planned": 10, "not_possible": 8, "no_basis": 9, "information": 15}
_BROUGHT_BY: Final = {"none": 97, "councillor": 2, "mp": 1}
_IN_ERROR: Final = 1
_KNOWN_AT_ONCE: Final = 35
_HANDED_OVER: Final = 55
_TOLD_OF_DELAY: Final = 70
_MISROUTED: Final = 5
_INSUFFICIENT: Final = 6
_WITH_SECOND_UNIT: Final = 8

# Working days, and how often each.
_TO_FORWARD: Final = {0: 34, 1: 36, 2: 18, 3: 6, 5: 4, 8: 2}
_TO_RETURN: Final = {0: 40, 1: 40, 2: 12, 4: 8}
_TO_ANSWER: Final = {1: 20, 2: 25, 3: 25, 4: 15, 5: 15}
_TO_ANSWER_LATE: Final = {6: 15, 8: 20, 12: 25, 18: 20, 26: 15, 45: 5}
_TO_REPLY: Final = {0: 25, 1: 35, 2: 25, 4: 15}


class PastStory:
    """One case, drawn step by step."""

    def __init__(
        self, chance: Chance, received: datetime, until: date, data: ReferenceData
    ) -> None:
        self.cells: Cells = {}
        self._chance = chance
        self._calendar = data.deadlines.calendar
        self._routing, self._tables = data.routing, data.routing_tables
        self._today = until
        self._steps: dict[str, datetime] = {}
        self._result = ""
        self._report(received)
        if chance.happens(_IN_ERROR):
            self._step("zamknięto", self._later("zarejestrowano", 1), wynik="registered_in_error")
        elif self.cells["kategoria"].startswith("services.") and chance.happens(_KNOWN_AT_ONCE):
            self._answer_at_once()
        elif self._others_are_competent() and chance.happens(_HANDED_OVER):
            self._hand_over()
        else:
            self._forward()
            self._answer()
            self._settle()

    def told(self) -> Cells:
        """Of the steps those that were taken before the year was over."""
        end = datetime.combine(self._today, time())
        for name, at in self._steps.items():
            self.cells[name] = f"{at:%Y-%m-%d %H:%M}"
        for name in (name for name, at in self._steps.items() if at >= end):
            for column in (name, *_TOLD_WITH.get(name, ())):
                self.cells.pop(column, None)
        return self.cells

    def _report(self, received: datetime) -> None:
        chance, all = self._chance, ingredients()
        month = received.month
        category = chance.of({id: weight_in(kind, month) for id, kind in all.categories.items()})
        district = chance.of(all.districts)
        channel = chance.of(all.channels)
        if channel in _NEED_SOMEBODY:
            if self._calendar.next_working_day(received.date()) == received.date():
                hour = time(8 + chance.within(7), chance.within(60))
                received = datetime.combine(received.date(), hour)
            else:
                channel = "form"
        self._emergency = self._routing.category(category).emergency
        text = chance.one(all.categories[category].texts)
        self.cells |= {
            "kanał": channel,
            "kategoria": category,
            "treść": chance.one(all.openings) + text + chance.one(all.closings),
            "wniósł": chance.of(_BROUGHT_BY),
        }
        if not chance.happens(4):  # what concerns the whole city has no place
            self.cells["dzielnica"] = district
            self.cells["ulica"] = chance.one(all.streets[district])
            self.cells["numer domu"] = str(1 + chance.within(120))
        matter = Matter(category=category, district=self.cells.get("dzielnica"))
        proposed = self._tables.propose(matter, self._today)
        self._candidates = [unit for unit in (proposed.unit, *proposed.alternatives) if unit]
        self._sender()
        self._step("wpłynęło", received)
        self._step("zarejestrowano", self._in_office_hours(received))

    def _sender(self) -> None:
        chance, people = self._chance, ingredients().people
        known_by = chance.of(_SENDERS)
        if known_by in _WITHOUT_NAME:
            return
        first = chance.one(people.women if chance.happens(55) else people.men)
        surname = chance.one(people.surnames)
        self.cells["nadawca"] = f"{first} {surname}"
        number = 1 + chance.within(999)
        match known_by:
            case "email":
                mailbox = f"{first}.{surname}.{number}".lower().translate(_PLAIN)
                self.cells["e-mail"] = f"{mailbox}@poczta.invalid"
            case "phone":
                self.cells["telefon"] = f"12 000 {number:03d}"
            case _:
                self.cells["adres"] = f"ul. Zmyślona {number}, Kraków"

    def _forward(self) -> None:
        chance = self._chance
        if "e-mail" in self.cells:
            self._step(
                "potwierdzono", self._later("zarejestrowano", chance.of({0: 60, 1: 35, 3: 5}))
            )
        units = list(self._units())
        wrong = next((u for u in self._others() if u != units[0]), None)
        self._step(
            "przekazano",
            self._later("zarejestrowano", chance.of(_TO_FORWARD)),
            jednostki=" ".join(units),
            pytanie=chance.one(ingredients().questions),
        )
        if wrong and chance.happens(_MISROUTED):
            back = self._later("przekazano", chance.of(_TO_RETURN))
            self._step("zwrócono", back)
            self.cells["zwróciła"] = wrong
            self._step("przekazano ponownie", self._later("zwrócono", chance.within(2)))

    def _answer_at_once(self) -> None:
        self._result = "information"
        self._reply(self._later("zarejestrowano", self._chance.within(3)))

    def _others_are_competent(self) -> bool:
        return not self._routing.unit(self._candidates[0]).gives_feedback

    def _hand_over(self) -> None:
        self._step(
            "przekazano",
            self._later("zarejestrowano", self._chance.within(2)),
            jednostki=self._candidates[0],
        )
        self._step("zamknięto", self._later("przekazano", 0), wynik="handed_over")

    def _units(self) -> Iterator[str]:
        """The first one leads, so it has to be one that gives feedback."""
        candidates = (*self._candidates, "KCZK" if self._emergency else "UMK-KS")
        lead = next(u for u in candidates if self._routing.unit(u).gives_feedback)
        yield lead
        first, *alternatives = candidates
        if lead != first:
            yield first
        elif len(alternatives) > 1 and self._chance.happens(_WITH_SECOND_UNIT):
            yield alternatives[0]

    def _others(self) -> Iterator[str]:
        """Units that could be asked by mistake."""
        for unit in (*self._candidates[1:], "ZDMK", "ZZM"):
            if self._routing.unit(unit).gives_feedback:
                yield unit

    def _answer(self) -> None:
        chance = self._chance
        last = "przekazano ponownie" if "przekazano ponownie" in self._steps else "przekazano"
        is_late = chance.happens(_lateness(self.cells["jednostki"].split()[0]))
        days = chance.of(_TO_ANSWER_LATE if is_late else _TO_ANSWER)
        self._result = chance.of(_RESULTS)
        answered = self._later(last, days)
        details = {
            "wynik jednostki": self._result,
            "odpowiedź": chance.one(ingredients().answers[self._result]),
        }
        if self._result == "planned":
            self._promised = answered.date() + (14 + chance.within(80)) * _DAY
            details["obiecano na"] = self._promised.isoformat()
        self._step("odpowiedziano", answered, **details)
        if chance.happens(_INSUFFICIENT):
            self._step("odpowiedź zwrócono", self._later("odpowiedziano", 1 + chance.within(2)))
            self._step("uzupełniono", self._later("odpowiedź zwrócono", 2 + chance.within(6)))

    def _settle(self) -> None:
        last = "uzupełniono" if "uzupełniono" in self._steps else "odpowiedziano"
        settled = self._later(last, self._chance.of(_TO_REPLY))
        settled = max(settled, self._steps.get("potwierdzono", settled))
        self._tell_of_delay(settled)
        self._reply(settled)

    def _tell_of_delay(self, settled: datetime) -> None:
        """Who sees that a month will not do may tell the sender before it is over."""
        told = self._calendar.previous_working_day(self._steps["wpłynęło"].date() + 27 * _DAY)
        at = datetime.combine(told, time(9, self._chance.within(60)))
        is_late = settled.date() > told + 4 * _DAY
        if is_late and at > self._steps["przekazano"] and self._chance.happens(_TOLD_OF_DELAY):
            least = max(settled.date(), self._steps["wpłynęło"].date() + 36 * _DAY)
            new_date = least + self._chance.within(10) * _DAY
            self._step("zapowiedziano", at, **{"nowy termin": new_date.isoformat()})

    def _reply(self, settled: datetime) -> None:
        outcome = "information_given" if self._result == "information" else self._result
        details = {"wynik": outcome, "pismo": ingredients().replies[outcome]}
        if outcome in ("not_possible", "no_basis"):
            details["uzasadnienie"] = self._chance.one(ingredients().reasons)
        self._step("załatwiono", settled, **details)
        free = settled.date() + 15 * _DAY
        if self._result == "planned":
            free = max(free, self._promised + _DAY)
        closed = self._calendar.next_working_day(free)
        self._step("zamknięto", datetime.combine(closed, time(8, self._chance.within(60))))

    def _step(self, name: str, at: datetime, **details: str) -> None:
        self._steps[name] = at
        self.cells |= details

    def _later(self, step: str, working_days: int) -> datetime:
        """So many working days after a step, within office hours."""
        before = self._steps[step]
        if working_days:
            day = self._calendar.add_working_days(before.date(), working_days)
            return datetime.combine(day, time(8 + self._chance.within(7), self._chance.within(60)))
        return self._in_office_hours(before + timedelta(minutes=5 + self._chance.within(120)))

    def _in_office_hours(self, at: datetime) -> datetime:
        """The moment itself, or the next at which somebody is there."""
        day = self._calendar.next_working_day(at.date())
        if day == at.date() and at.time() <= CLOSES:
            return max(at, datetime.combine(day, OPENS))
        if day == at.date():
            day = self._calendar.next_working_day(day + _DAY)
        return datetime.combine(day, OPENS) + timedelta(minutes=self._chance.within(45))


_TOLD_WITH: Final = {
    "przekazano": ("jednostki", "pytanie", "zwróciła"),
    "odpowiedziano": ("wynik jednostki", "odpowiedź", "obiecano na"),
    "zapowiedziano": ("nowy termin",),
    "załatwiono": ("wynik", "pismo", "uzasadnienie"),
}
"""What a step that was not taken yet leaves out."""

_PLAIN: Final = str.maketrans("ąćęłńóśźż", "acelnoszz")


def _lateness(unit: str) -> float:
    """How many of a hundred answers of the unit come late: each has habits of its own."""
    return 6 + sum(map(ord, unit)) % 5 * 5
