"""The rhythm of KRAKÓW.PL: publication days, stages before them, channels (§10 pt 5)."""

from datetime import date, time
from typing import Literal

from pydantic import Field

from domain.messages import Message


class EditionStage(Message):
    id: str
    offset_working_days: int = Field(le=0)
    what: str


class Channel(Message):
    id: str
    pl: str
    clause: str


class EditionCalendar(Message):
    frequency: Literal["weekly", "biweekly", "monthly"]
    publication_weekday: Literal["monday", "tuesday", "wednesday", "thursday", "friday"]
    first_publication: date
    if_day_off: Literal["roll_back", "roll_forward"]
    note: str
    stages: tuple[EditionStage, ...]
    web_edition_at: time
    channels: tuple[Channel, ...]
