"""Every invariant and every story has its tests, and the page of proofs says which."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/proofs.md").read_text(encoding="utf-8")
INVARIANTS = [
    *(f"T{number}" for number in range(1, 15)),
    *(f"I{number}" for number in range(1, 16)),
]
WALK = "tests/domain/test_invariants_line.py"
"""What it asserts stands in the books that are kept beside it."""


def shown_by(header: str) -> dict[str, list[str]]:
    """The tests in the last cell of each row below this header, by the first cell."""
    _, _, below = PAGE.partition(f"{header}\n|---|---|---|\n")
    table, _, _ = below.partition("\n\n")
    cells = [line.strip("| ").split(" | ") for line in table.splitlines()]
    return {id: re.findall("`([^`]+)`", tests) for id, _, tests in cells}


def proofs() -> dict[str, list[str]]:
    header = "| id | what holds | tests |"
    of_tasks = shown_by(f"## Tasks\n\n{header}")
    return of_tasks | shown_by(f"## Interventions\n\n{header}")


def text_of(path: str) -> str:
    books = (ROOT / path).parent.glob("ledger*.py") if path == WALK else ()
    return "".join(file.read_text(encoding="utf-8") for file in (ROOT / path, *books))


def test_every_invariant_stands_on_the_page_once() -> None:
    assert [*proofs()] == INVARIANTS


@pytest.mark.parametrize("invariant", INVARIANTS)
def test_an_invariant_is_named_where_it_is_shown(invariant: str) -> None:
    files = proofs()[invariant]
    named = re.compile(rf"\b{invariant}\b")
    assert files
    assert [path for path in files if not named.search(text_of(path))] == []


@pytest.mark.parametrize("slice", ["tasks", "interventions"])
def test_every_story_is_told_by_a_test_of_its_number(slice: str) -> None:
    stories = shown_by(f"| id | story of {slice} | tests |")
    assert [*stories] == [str(number) for number in range(1, 13)]
    for number, tests in stories.items():
        assert tests, number
        for test in tests:
            path, _, name = test.partition("::")
            assert name.startswith(f"test_story_{number}_")
            assert f"def {name}(" in text_of(path), test
