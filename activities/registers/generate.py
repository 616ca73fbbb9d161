"""`ks generate`: a generated year of interventions as a file that `ks import` takes."""

import csv
from datetime import date
from pathlib import Path

from activities.registers.past_year import past_year
from activities.registers.rows import COLUMNS
from activities.registers.whole_file import written_whole
from runtime.reference_data import ReferenceData


def generate(path: Path, seed: int, number: int, until: date, data: ReferenceData) -> None:
    """The same seed, number and end give the same bytes."""
    with written_whole(path) as draft, draft.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, delimiter=";", lineterminator="\n")
        writer.writeheader()
        writer.writerows(past_year(seed, number, until, data))
