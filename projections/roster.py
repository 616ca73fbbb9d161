"""The roster as tables: who holds which post, who is away, who stands in; all with dates."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, or_, select

from domain.roster import events
from domain.roster.rules import COMES_WITH
from domain.roster.state import ONE_DAY, Absence, RosterState, Substitution, Tenure
from projections.batch import Batch, Handler, Projection
from projections.rows import WHOLE, Row
from projections.tables import roster_absences, roster_substitutions, roster_tenures


def roster_of(connection: Connection, person: str, day: date) -> RosterState:
    """As much of the roster as tells what a person is on a day: the own posts, and those of whom
    the person replaces."""
    given = _select(
        connection,
        roster_substitutions,
        roster_substitutions.c.substitute == person,
        *_include(roster_substitutions, day),
    )
    people = {person} | {row["person"] for row in given if row["person"]}
    posts = {row["post"] for row in given if row["post"]}
    tenures = _select(
        connection,
        roster_tenures,
        or_(roster_tenures.c.person.in_(people), roster_tenures.c.post.in_(_main(posts))),
        *_include(roster_tenures, day),
    )
    return _state(tenures, (), given)


def _main(posts: Iterable[str]) -> list[str]:
    return [COMES_WITH.get(post, post) for post in posts]


def whole_roster(connection: Connection) -> RosterState:
    tables = (roster_tenures, roster_absences, roster_substitutions)
    return _state(*(_select(connection, table) for table in tables))


def roster_from(connection: Connection, day: date) -> RosterState:
    """What of the roster still holds on that day, or comes to hold later."""
    tables = (roster_tenures, roster_absences, roster_substitutions)
    return _state(*(_select(connection, table, _not_over(table, day)) for table in tables))


def _select(connection: Connection, table: Table, *where: ColumnElement[bool]) -> list[Row]:
    key = table.primary_key.columns.values()
    found = connection.execute(select(table).where(*where).order_by(*key))
    return [dict(row) for row in found.mappings()]


def _include(table: Table, day: date) -> tuple[ColumnElement[bool], ...]:
    return table.c.valid_from <= day, _not_over(table, day)


def _not_over(table: Table, day: date) -> ColumnElement[bool]:
    return table.c.valid_to.is_(None) | (table.c.valid_to >= day)


def _state(
    tenures: Iterable[Mapping[str, Any]],
    absences: Iterable[Mapping[str, Any]],
    substitutions: Iterable[Mapping[str, Any]],
) -> RosterState:
    return RosterState(
        tenures=[Tenure.model_validate(_without_place(row)) for row in tenures],
        absences=[Absence.model_validate(row) for row in absences],
        substitutions=[Substitution.model_validate(row) for row in substitutions],
    )


def _without_place(row: Mapping[str, Any]) -> Row:
    return {name: value for name, value in row.items() if name != "place"}


def _took_up(event: events.TenureEvent, batch: Batch) -> None:
    place = len(batch.rows[roster_tenures].of(WHOLE))
    row: Row = {
        "place": place,
        "person": event.person,
        "post": event.post,
        "valid_from": event.valid_from,
        "valid_to": event.valid_to,
    }
    batch.rows[roster_tenures].put(WHOLE, place, row)


def _gave_up(event: events.TenureEndEvent, batch: Batch) -> None:
    rows = batch.rows[roster_tenures]
    for place, row in rows.of(WHOLE).items():
        same = (row["post"], row["person"]) == (event.post, event.person)
        if same and row["valid_from"] <= event.from_day <= (row["valid_to"] or date.max):
            rows.change(WHOLE, place)["valid_to"] = event.from_day - ONE_DAY


def _absent(event: events.AbsenceRecorded, batch: Batch) -> None:
    number = len(batch.rows[roster_absences].of(WHOLE)) + 1
    row: Row = {
        "number": number,
        "person": event.person,
        "valid_from": event.valid_from,
        "valid_to": event.valid_to,
        "substitution": event.substitution,
        "withdrawn_by": None,
        "reason_ref": None,
    }
    batch.rows[roster_absences].put(WHOLE, number, row)


def _absence_withdrawn(event: events.AbsenceWithdrawn, batch: Batch) -> None:
    row = batch.rows[roster_absences].change(WHOLE, event.number)
    row["valid_to"] = max(event.from_day, row["valid_from"]) - ONE_DAY
    row["withdrawn_by"], row["reason_ref"] = event.by, event.reason_ref


def _substituted(event: events.SubstitutionGranted, batch: Batch) -> None:
    row: Row = {
        "number": event.number,
        "person": event.person,
        "post": event.post,
        "substitute": event.substitute,
        "valid_from": event.valid_from,
        "valid_to": event.valid_to,
        "task_types": event.task_types,
        "granted_by": event.by,
    }
    batch.rows[roster_substitutions].put(WHOLE, event.number, row)


def _substitution_ended(event: events.SubstitutionEnded, batch: Batch) -> None:
    row = batch.rows[roster_substitutions].change(WHOLE, event.number)
    row["valid_to"] = event.from_day - ONE_DAY


HANDLERS: Mapping[str, Handler] = {
    "roster.PostFilled": _took_up,
    "roster.RoleGranted": _took_up,
    "roster.PostVacated": _gave_up,
    "roster.RoleRevoked": _gave_up,
    "roster.AbsenceRecorded": _absent,
    "roster.AbsenceWithdrawn": _absence_withdrawn,
    "roster.SubstitutionGranted": _substituted,
    "roster.SubstitutionEnded": _substitution_ended,
}

PROJECTION = Projection(
    handlers=HANDLERS,
    tables=dict.fromkeys((roster_tenures, roster_absences, roster_substitutions)),
)
