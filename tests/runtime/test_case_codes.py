"""Codes of cases: the same each time, unlike one another, and read though written down badly."""

import re

import pytest

from runtime.case_codes import CaseCodes
from runtime.secrets import MasterKey

CASE = "INT-2026-000123"
CODES = CaseCodes(MasterKey(b"k" * 32))


def test_a_code_is_the_same_each_time_it_is_made() -> None:
    code = CODES.make(CASE)
    assert re.fullmatch(r"(?:[0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}", code)
    assert CaseCodes(MasterKey(b"k" * 32)).make(CASE) == code


def test_a_code_never_changes_as_people_have_it_on_paper() -> None:
    assert CODES.make(CASE) == "J3C0-VYMK-DMH0-NR6K"


def test_cases_and_installations_have_codes_of_their_own() -> None:
    references = [f"INT-2026-{number:06d}" for number in range(1_000)]
    assert len({CODES.make(reference) for reference in references}) == len(references)
    assert CaseCodes(MasterKey(b"x" * 32)).make(CASE) != CODES.make(CASE)


@pytest.mark.parametrize("number", range(30))
def test_a_code_is_known_however_it_was_written_down(number: int) -> None:
    case = f"INT-2026-{number:06d}"
    code = CODES.make(case)
    for typed in (
        code,
        code.lower(),
        code.replace("-", ""),
        f" {code.replace('-', ' ')} ",
        code.replace("0", "o").replace("1", "l"),
    ):
        assert CODES.fits(case, typed)


@pytest.mark.parametrize("code", ["", "-", "0" * 16, "ą" * 16, "\udcff", "K" * 10_000])
def test_anything_else_does_not_fit(code: str) -> None:
    assert not CODES.fits(CASE, code)
    assert not CODES.fits(CASE, CODES.make("INT-2026-000124"))
    assert not CODES.fits(CASE, CODES.make(CASE)[:-1])
