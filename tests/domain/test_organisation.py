"""The Department by the ordinance: lines of §3, and who may order extra tasks to whom."""

import pytest

from runtime.reference_data import load_reference_data

ORGANISATION = load_reference_data().organisation
UNITS = ("KS-01", "KS-02", "KS-03", "KS-04", "KS-05", "KS-06", "KS-07")


def test_the_department_has_the_seven_units_of_section_2() -> None:
    assert tuple(unit.code for unit in ORGANISATION.units) == UNITS
    assert ORGANISATION.unit("KS-06").name == "Referat ds. Kontaktów z Mieszkańcami"
    assert ORGANISATION.has_unit("KS-07")
    assert not ORGANISATION.has_unit("ZDMK")


@pytest.mark.parametrize(
    ("unit", "line"),
    [
        ("KS-01", ("director",)),
        ("KS-02", ("director",)),
        ("KS-03", ("deputy_media", "director")),
        ("KS-04", ("deputy_promotion", "director")),
        ("KS-05", ("deputy_promotion", "director")),
        ("KS-06", ("deputy_media", "director")),
        ("KS-07", ("deputy_media", "director")),
    ],
)
def test_lines_follow_section_3(unit: str, line: tuple[str, ...]) -> None:
    assert ORGANISATION.line_of(unit) == line
    assert ORGANISATION.deputy_of(unit) == (line[0] if len(line) == 2 else None)


@pytest.mark.parametrize(
    ("post", "superiors"),
    [
        ("KS-06/clerk", ("KS-06/head", "deputy_media", "director")),
        ("KS-06/duty_officer", ("KS-06/head", "deputy_media", "director")),
        ("KS-06/head", ("deputy_media", "director")),
        ("KS-01/clerk", ("KS-01/head", "director")),
        ("KS-07/editor", ("deputy_media", "director")),
        ("deputy_promotion", ("director",)),
        ("director", ()),
        ("president", ()),
        ("deputy_president", ()),
        ("presidents_office", ()),
        ("operator", ()),
        ("ZDMK/coordinator", ("ZDMK/unit_head",)),
        ("ZDMK/unit_head", ()),
        ("printer/external", ()),
    ],
)
def test_the_posts_above_a_post(post: str, superiors: tuple[str, ...]) -> None:
    assert ORGANISATION.knows_post(post)
    assert ORGANISATION.superiors(post) == superiors


@pytest.mark.parametrize(
    ("unit", "line"),
    [
        ("KS-02", ("KS-02/head", "director")),
        ("KS-06", ("KS-06/head", "deputy_media", "director")),
        ("KS-07", ("deputy_media", "director")),
        (
            "ZDMK",
            (
                "ZDMK/coordinator",
                "ZDMK/unit_head",
                "KS-06/head",
                "deputy_media",
                "director",
                "presidents_office",
            ),
        ),
    ],
)
def test_a_matter_is_raised_along_the_escalation_line(unit: str, line: tuple[str, ...]) -> None:
    assert ORGANISATION.escalation_line(unit) == line


POSTS = (
    "president",
    "deputy_president",
    "director",
    "deputy_media",
    "deputy_promotion",
    "KS-03/head",
    "KS-06/head",
    "presidents_office",
    "operator",
)
EVERYWHERE = {"president", "deputy_president", "director"}  # §11.25
BESIDES = {
    "KS-03": {"deputy_media"},  # §6.18
    "KS-04": {"deputy_promotion"},  # §7.12
    "KS-05": {"deputy_promotion"},  # §8.9
}


@pytest.mark.parametrize("unit", UNITS)
def test_extra_tasks_are_ordered_by_those_the_ordinance_names(unit: str) -> None:
    allowed = {post for post in POSTS if ORGANISATION.may_order_extra_task(post, unit)}
    assert allowed == EVERYWHERE | BESIDES.get(unit, set())


def test_the_department_orders_nothing_to_units_outside_it() -> None:
    assert not ORGANISATION.may_order_extra_task("director", "ZDMK")


@pytest.mark.parametrize(
    "post",
    ["KS-07/head", "KS-08/clerk", "KS-06/editor", "head", "outside/coordinator", "ABC/coordinator"],
)
def test_posts_that_nobody_can_hold_are_not_known(post: str) -> None:
    assert not ORGANISATION.knows_post(post)


def test_posts_of_one_person_need_a_substitute() -> None:
    single = ("KS-07/editor", "director", "deputy_media", "deputy_promotion")
    assert all(ORGANISATION.is_single_person(post) for post in single)
    assert not ORGANISATION.is_single_person("KS-06/clerk")


def test_only_what_the_director_may_not_decide_comes_to_the_president() -> None:
    assert ORGANISATION.raised_from("director") == ("president",)
    assert ORGANISATION.raised_from("KS-06/head") == ("deputy_media", "director")
    assert ORGANISATION.raised_from("president") == ()
    assert ORGANISATION.superiors("director") == ()
