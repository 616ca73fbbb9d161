"""A letter that was wrong is followed by another one that says what is right (N7)."""

import pytest

from domain.interventions.commands_units import CorrectLetter
from domain.interventions.refusals import LetterNotSent, TextNotRedacted
from tests.builders import sealed
from tests.domain.at_stage import a_case, refusals


@pytest.mark.parametrize("letter", ["N2.1.R1", "N2.1.sender"])
def test_whoever_got_the_letter_is_told_what_is_right(letter: str) -> None:
    case = a_case().forward("ZDMK").send_letters().correct(letter)
    recipient = letter.rpartition(".")[2]
    assert [order.key for order in case.owed()] == [f"N7c.1.{recipient}"]
    assert case.send_letters().owed() == []


def test_only_a_letter_that_went_out_is_corrected() -> None:
    form = CorrectLetter(letter="N5.1.sender", text=sealed("Podaliśmy zły adres"))
    assert set(refusals(a_case(), form)) == {LetterNotSent}


def test_a_company_gets_no_personal_data_this_way_either() -> None:
    case = a_case().forward("MPO").send_letters()
    form = CorrectLetter(letter="N2.1.R1", text=sealed("Podaliśmy zły adres"))
    assert set(refusals(case, form)) == {TextNotRedacted}
