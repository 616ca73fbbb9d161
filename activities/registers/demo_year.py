"""The past of a demonstration: a generated year, kept as a file and taken over once."""

from datetime import date
from typing import Final

from rich.console import Console

from activities.registers.command import Counts, rejected_of, take_over
from activities.registers.generate import generate
from domain.working_days import local_day
from runtime.clock import SystemClock
from runtime.reference_data import load_reference_data
from runtime.register_file import RegisterFile
from runtime.settings import Settings

SEED: Final = 2026


def import_past_year(settings: Settings, number: int, console: Console) -> Counts:
    """The year before this month; a later start takes the same file again, and changes nothing."""
    file = settings.var / "register.csv"
    if not file.exists():
        until = _this_month(local_day(SystemClock(settings.clock_shift).now()))
        generate(file, SEED, number, until, load_reference_data(settings.tables))
    return take_over(settings, RegisterFile(file), rejected_of(file), console)


def _this_month(day: date) -> date:
    return day.replace(day=1)
