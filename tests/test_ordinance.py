"""The map from the ordinance to the code is complete, and says of each clause how far it is."""

from pathlib import Path
from typing import NamedTuple

import yaml

ROOT = Path(__file__).parents[1]
STATUSES = {"works", "planned", "not software"}
PARAGRAPHS = range(4, 12)


class Row(NamedTuple):
    id: str
    title: str
    slice: str
    status: str
    reason: str


def rows() -> list[Row]:
    lines = (ROOT / "docs/ordinance.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [Row(*row) for line, row in zip(lines, cells, strict=True) if line.startswith("| §")]


def clauses() -> dict[str, str]:
    """Id and title of every clause that the map has to cover."""
    data = yaml.safe_load((ROOT / "domain/data/clauses.yaml").read_text(encoding="utf-8"))
    return {
        clause["id"]: clause["title_pl"]
        for clause in data
        if int(clause["id"][1:].partition(".")[0]) in PARAGRAPHS
    }


def test_every_clause_of_paragraphs_4_to_11_stands_in_the_map_once_and_in_order() -> None:
    assert [row.id for row in rows()] == list(clauses())


def test_the_map_and_the_data_call_a_clause_the_same() -> None:
    titles = clauses()
    assert [row.id for row in rows() if row.title != titles[row.id]] == []


def test_every_clause_has_a_status_and_its_reason() -> None:
    assert [row.id for row in rows() if row.status not in STATUSES or not row.reason] == []


def test_a_clause_that_works_names_a_slice_that_exists() -> None:
    working = {row.slice.strip("`") for row in rows() if row.status == "works"}
    assert working
    assert [name for name in working if not (ROOT / "domain" / name).is_dir()] == []
