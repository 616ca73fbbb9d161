"""Deadlines: the terms of law, contracts and our own rules, counted by dated rows (§11.1)."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from domain.counting import count_term
from domain.errors import Refusal
from domain.explanations import Explanation, explain
from domain.terms import Suspension, Term, TermRule
from domain.working_days import Calendar, local_day


class NoRuleInForce(Refusal):
    """No rule of this name is in force on the day the clock starts."""


class TermDoesNotStop(Refusal):
    """A statutory term runs on whatever happens to the case."""


class TermStandsStill(Refusal):
    """The clock of the term stands still already."""


class TermRuns(Refusal):
    """The clock of the term does not stand still."""


class Deadlines:
    """All dated rows and all calendars; it counts, moves and explains terms.

    A term is counted with the current calendar. It keeps the row that applied when its clock
    started, until it is recomputed.
    """

    def __init__(self, rules: Iterable[TermRule], calendars: Sequence[Calendar]) -> None:
        self._rows: dict[str, list[TermRule]] = {}
        for rule in sorted(rules, key=lambda row: row.valid_from):
            rows = self._rows.setdefault(rule.id, [])
            if rows and rows[-1].valid_from == rule.valid_from:
                raise ValueError(f"{rule.id}: two rows are valid from {rule.valid_from}")
            rows.append(rule)
        self._calendars = {calendar.version: calendar for calendar in calendars}
        self.calendar = calendars[-1]

    @property
    def rule_ids(self) -> frozenset[str]:
        return frozenset(self._rows)

    @property
    def rules(self) -> tuple[TermRule, ...]:
        """Every dated row."""
        return tuple(row for rows in self._rows.values() for row in rows)

    @property
    def calendars(self) -> tuple[Calendar, ...]:
        """In the order of loading; the last one is the current one."""
        return tuple(self._calendars.values())

    @property
    def test_rules(self) -> tuple[TermRule, ...]:
        """Rows that a production start refuses."""
        return tuple(row for row in self.rules if row.test)

    def rule(self, rule_id: str, day: date) -> TermRule:
        """The row in force on that day."""
        rows = self._rows.get(rule_id, [])
        index = bisect_right(rows, day, key=lambda row: row.valid_from)
        if index == 0:
            raise NoRuleInForce(rule=rule_id, day=day)
        return rows[index - 1]

    def term(self, rule_id: str, start: datetime) -> Term:
        """The term whose clock starts at that moment."""
        return count_term(self.rule(rule_id, local_day(start)), start, self.calendar)

    def extend(self, term: Term, until: date) -> Term:
        """A decision gives a new end; whether it may is for the guards of the process to say."""
        stopped = tuple(stop for stop in term.suspensions if stop.until is None)
        return self._again(term, suspensions=stopped, extended_to=until)

    def may_stop(self, term: Term) -> bool:
        """Whether a hold stops its clock: that of an act runs on unless its row says otherwise."""
        return self._rule_of(term).may_stop

    def suspend(self, term: Term, at: datetime) -> Term:
        """The clock stops: an end that has not passed is out of reach until it runs again."""
        rule = self._rule_of(term)
        if not rule.may_stop:
            raise TermDoesNotStop(rule=term.rule, basis=term.basis)
        if term.suspended_since is not None:
            raise TermStandsStill(rule=term.rule, since=term.suspended_since)
        return self._again(term, suspensions=(*term.suspensions, Suspension(since=at)))

    def resume(self, term: Term, at: datetime) -> Term:
        """The clock runs again with the working days, or the time, that were left."""
        if term.suspended_since is None:
            raise TermRuns(rule=term.rule)
        ended = Suspension(since=term.suspended_since, until=at)
        return self._again(term, suspensions=(*term.suspensions[:-1], ended))

    def recompute(self, term: Term) -> Term:
        """The term by today's rows and calendar; the same one when its ends do not move.

        What was counted by tables that are newer than these stays as it is.
        """
        row = self.rule(term.rule, local_day(term.start))
        newest = row.valid_from == term.rule_valid_from and term.calendar == self.calendar.version
        if newest or not self._knows(term):
            return term
        again = count_term(row, term.start, self.calendar, term.suspensions, term.extended_to)
        return term if again.ends_like(term) else again

    def reproduce(self, term: Term) -> Term:
        """The term counted once more from its own row and calendar version."""
        return count_term(
            self._rule_of(term),
            term.start,
            self._calendar_of(term),
            term.suspensions,
            term.extended_to,
        )

    def explain(self, term: Term) -> Explanation:
        """How the term came to its ends, day by day."""
        return explain(term, self._rule_of(term), self._calendar_of(term))

    def working_days_late(self, term: Term, at: datetime) -> int:
        """Working days from the safe due to the moment; 0 in time or while it stands still."""
        if not term.overdue(at):
            return 0
        return self.calendar.working_days_between(term.safe_due, local_day(at))

    def _knows(self, term: Term) -> bool:
        rows = self._rows.get(term.rule, [])
        known = any(row.valid_from == term.rule_valid_from for row in rows)
        return known and term.calendar in self._calendars

    def _again(
        self,
        term: Term,
        *,
        suspensions: tuple[Suspension, ...],
        extended_to: date | None = None,
    ) -> Term:
        until = extended_to or term.extended_to
        return count_term(self._rule_of(term), term.start, self.calendar, suspensions, until)

    def _rule_of(self, term: Term) -> TermRule:
        return self.rule(term.rule, term.rule_valid_from)

    def _calendar_of(self, term: Term) -> Calendar:
        return self._calendars[term.calendar]
