"""The tables that questions are answered from; every row follows from the event log alone."""

import json
from typing import Any

from pydantic_core import to_json
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Dialect,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy.types import TypeDecorator

from runtime.database import UtcMoment

TABLES = MetaData()


class Json(TypeDecorator[Any]):
    """Lists and objects as text: equal values are equal texts on both databases."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else to_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


def to_text(value: Any) -> str:
    """As JSON, without blanks."""
    return to_json(value).decode()


def _text(name: str, **options: Any) -> Column[str]:
    return Column(name, String, nullable=False, **options)


def _moment(name: str, *, required: bool = False) -> Column[Any]:
    return Column(name, UtcMoment, nullable=not required)


def _key(name: str) -> Column[str]:
    return Column(name, String, primary_key=True)


positions = Table(
    "projection_position",
    TABLES,
    _key("name"),
    Column("position", BigInteger, nullable=False),
    _text("built"),
)
"""`built` names the filling of the tables: after a swap it is another one."""

interventions = Table(
    "interventions",
    TABLES,
    _key("reference"),
    _text("stage"),
    Column("round", Integer, nullable=False),
    _text("category"),
    _text("group"),
    Column("district", String),
    Column("street", String),
    Column("number", String),
    Column("lat", Float),
    Column("lon", Float),
    _text("channel"),
    _text("brought_by"),
    _text("reach"),
    _text("handling"),
    Column("emergency", Boolean, nullable=False),
    _moment("received_at", required=True),
    _moment("registered_at", required=True),
    Column("units", Json, nullable=False),
    _text("waiting"),
    _moment("forwarded_at"),
    _moment("replied_at"),
    _moment("settled_at"),
    _moment("closed_at"),
    Column("outcome", String),
    Column("duplicate_of", String),
    Column("joined", Integer, nullable=False),
    Column("drafts", Integer, nullable=False),
    Column("on_hold", Boolean, nullable=False),
    Column("ack_safe_due", Date),
    Column("ack_legal_end", Date),
    Column("forwarding_safe_due", Date, nullable=False),
    Column("forwarding_legal_end", Date, nullable=False),
    Column("settlement_safe_due", Date, nullable=False),
    Column("settlement_legal_end", Date, nullable=False),
    _moment("settlement_due_at"),
    _moment("settlement_ends_at"),
    Column("announced_on", Date),
    Column("partial", Boolean, nullable=False),
    _moment("window_ends"),
    _moment("last_event_at", required=True),
    Column("version", Integer, nullable=False),
    Column("log_position", BigInteger, nullable=False),
    Index("interventions_by_receipt", "received_at", "reference"),
    Index("interventions_by_stage", "stage", "received_at"),
    Index("interventions_by_category", "category", "received_at"),
)

referrals = Table(
    "referrals",
    TABLES,
    _key("case_ref"),
    _key("referral"),
    _text("unit"),
    _text("unit_kind"),
    _text("mode"),
    Column("lead", Boolean, nullable=False),
    Column("round", Integer, nullable=False),
    Column("turn", Integer, nullable=False),
    _text("state"),
    Column("result", String),
    _moment("sent_at", required=True),
    _moment("answered_at"),
    _moment("accepted_at"),
    Column("claim_due", Date),
    Column("feedback_safe_due", Date),
    Column("feedback_legal_end", Date),
    Column("promised_on", Date),
    Column("hop", Integer, nullable=False),
    _moment("returned_at"),
    Column("returned_late", Boolean),
    Column("followed_by", String),
    Index("referrals_by_unit", "unit", "state"),
)

assignments = Table(
    "assignments",
    TABLES,
    _key("reference"),
    _text("unit"),
    _text("ordered_by"),
    _text("ordered_as"),
    _text("clause"),
    _text("stage"),
    _moment("ordered_at", required=True),
    _moment("done_at"),
    _moment("withdrawn_at"),
    Column("until", Date),
    Column("version", Integer, nullable=False),
    Column("log_position", BigInteger, nullable=False),
    Index("assignments_by_unit", "unit", "stage"),
)

letters = Table(
    "letters",
    TABLES,
    _key("case_ref"),
    _key("kind"),
    Column("round", Integer, primary_key=True),
    _key("recipient"),
    _text("message_id", unique=True),
    _text("channel"),
    _text("state"),
    _moment("sent_at", required=True),
    _moment("delivered_at"),
    _moment("bounced_at"),
)


def _task_columns() -> list[Column[Any]]:
    return [
        _key("task_ref"),
        _text("case_ref"),
        _text("process"),
        _text("type"),
        _text("title_pl"),
        _text("subject"),
        Column("round", Integer, nullable=False),
        _text("priority"),
        _text("state"),
        Column("candidates", Json, nullable=False),
        Column("units", Json, nullable=False),
        Column("assignee", String),
        Column("owner", String),
        _moment("parked_until"),
        _moment("parked_since"),
        Column("parked", BigInteger, nullable=False),
        Column("parked_spans", Json, nullable=False),
        _moment("respond_due"),
        Column("safe_due", Date),
        Column("legal_end", Date),
        _moment("due_at"),
        _moment("ends_at"),
        Column("escalation_level", Integer, nullable=False),
        _moment("opened_at", required=True),
        _moment("claimed_at"),
        Column("case_stage", String),
        Column("on_hold", Boolean, nullable=False),
        Column("district", String),
        Column("version", Integer, nullable=False),
        Column("log_position", BigInteger, nullable=False),
    ]


inbox_tasks = Table(
    "inbox_tasks",
    TABLES,
    *_task_columns(),
    Index("inbox_tasks_by_case", "case_ref"),
    Index("inbox_tasks_by_assignee", "assignee"),
    Index("inbox_tasks_by_owner", "owner"),
)

# Times are in seconds; `task_times` counts working days with the calendar of whoever asks.
task_history = Table(
    "task_history",
    TABLES,
    *_task_columns(),
    Column("outcome", String),
    _moment("finished_at", required=True),
    _text("finished_by"),
    Column("late_by", Integer, nullable=False),
    Column("waited", BigInteger, nullable=False),
    Column("worked", BigInteger, nullable=False),
    Index("task_history_by_case", "case_ref"),
    Index("task_history_by_person", "finished_by", "finished_at"),
)

task_candidates = Table(
    "task_candidates",
    TABLES,
    _key("task_ref"),
    _key("post"),
    _text("case_ref", index=True),
    Index("task_candidates_by_post", "post"),
)

task_exclusions = Table(
    "task_exclusions",
    TABLES,
    _key("task_ref"),
    _key("person"),
    _text("reason"),
    _text("case_ref", index=True),
)

timeline = Table(
    "timeline",
    TABLES,
    _key("case_ref"),
    Column("position", BigInteger, primary_key=True),
    _moment("at", required=True),
    _text("topic"),
    _text("by"),
    Column("facts", Json, nullable=False),
    sqlite_with_rowid=False,
)

roster_tenures = Table(
    "roster_tenures",
    TABLES,
    Column("place", Integer, primary_key=True, autoincrement=False),
    _text("person", index=True),
    _text("post", index=True),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
)

roster_absences = Table(
    "roster_absences",
    TABLES,
    Column("number", Integer, primary_key=True, autoincrement=False),
    _text("person"),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date, nullable=False),
    Column("substitution", Integer),
    Column("withdrawn_by", String),
    Column("reason_ref", String),
)

roster_substitutions = Table(
    "roster_substitutions",
    TABLES,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("person", String),
    Column("post", String),
    _text("substitute", index=True),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date, nullable=False),
    Column("task_types", Json, nullable=False),
    _text("granted_by"),
)
