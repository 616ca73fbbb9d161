"""The category that the words of a report propose."""

import pytest

from domain.categories import MOST_PROPOSED, CategoryWords
from runtime.reference_data import load_reference_data

WORDS = CategoryWords(load_reference_data().routing)


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("Dziura w jezdni przy ul. Długiej 12, około 40 cm", "roads.pothole"),
        ("Nie działa sygnalizacja: al. Pokoju / ul. Nowohucka", "traffic.signal"),
        ("Niekoszona trawa przy al. Pokoju, pas przy jezdni", "greenery.mowing"),
        ("Nie świeci latarnia, ul. Dietla 42", "lighting.street"),
        (
            "Od trzech miesięcy urząd nie odpowiada na moje pismo, a urzędnik mnie zbył",
            "services.complaint",
        ),
        ("Uszkodzona ławka, Planty", "greenery.park"),
        ("Nieodśnieżony chodnik i przystanek, ul. Wielicka 100", "cleanliness.winter"),
        ("Czuć gaz w klatce, ul. Kalwaryjska 30", "energy.gas"),
    ],
)
def test_the_reports_of_the_stories_find_their_category(text: str, category: str) -> None:
    assert category in [each.category.id for each in WORDS.propose(text)]


def test_the_words_that_speak_for_it_are_told_as_they_stand_in_the_report() -> None:
    first, second = WORDS.propose("TRAWA zasłania jezdnię, a trawy nikt nie kosi")
    assert (first.category.id, first.words) == ("greenery.mowing", ("TRAWA",))
    assert (second.category.id, second.words) == ("roads.pothole", ("jezdnię",))


def test_a_word_that_speaks_for_many_says_less() -> None:
    lamp, *_ = WORDS.propose("lampa świeci w dzień")
    assert lamp.category.id == "lighting.street"
    park = WORDS.propose("lampa w parku")
    assert [each.category.id for each in park][:1] == ["lighting.park"]


@pytest.mark.parametrize("text", ["", "!!! 112", "Nie ma na tej ulicy, lub przy niej"])
def test_a_report_that_says_nothing_proposes_nothing(text: str) -> None:
    assert WORDS.propose(text) == ()


def test_never_more_than_a_few_are_proposed() -> None:
    everything = " ".join(
        row.pl for g in load_reference_data().routing.groups for row in g.categories
    )
    assert len(WORDS.propose(everything)) == MOST_PROPOSED
