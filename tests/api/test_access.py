"""Who sees which interventions and tasks, as a table over the posts of the Department."""

import pytest

from domain.interventions import access
from domain.interventions.access import Extent
from runtime.reference_data import load_reference_data

ORGANISATION = load_reference_data().organisation


@pytest.mark.parametrize(
    ("posts", "units_of_the_case", "extent"),
    [
        ({"KS-06/clerk"}, [], "whole"),
        ({"KS-06/duty_officer"}, ["ZDMK"], "whole"),
        ({"KS-06/head"}, ["ZDMK"], "whole"),
        ({"deputy_media"}, [], "whole"),
        ({"director", "spokesperson"}, [], "whole"),
        ({"operator"}, [], "masked"),
        ({"auditor"}, ["ZDMK"], "masked"),
        ({"ZDMK/coordinator"}, ["ZDMK", "MPO"], "referrals"),
        ({"ZDMK/unit_head"}, ["ZDMK"], "referrals"),
        ({"ZDMK/coordinator", "MPO/coordinator"}, ["MPO"], "referrals"),
        ({"operator", "KS-06/clerk"}, [], "whole"),
        ({"ZTP/coordinator"}, ["ZDMK"], None),
        ({"ZDMK/coordinator"}, [], None),
        ({"KS-04/clerk"}, ["ZDMK"], None),
        ({"KS-04/head"}, [], None),
        ({"deputy_promotion"}, ["ZDMK"], None),
        ({"presidents_office"}, ["ZDMK"], None),
        ({"president"}, ["ZDMK"], None),
        ({"intake"}, [], None),
        (set(), ["ZDMK"], None),
    ],
)
def test_posts_decide_how_much_of_a_case_is_seen(
    posts: set[str], units_of_the_case: list[str], extent: Extent | None
) -> None:
    sight = access.sight(posts, ORGANISATION)
    assert sight.of_case(units_of_the_case) == extent
    refused = list(access.seeing(sight, "INT-2026-000123", units_of_the_case))
    assert [type(refusal) for refusal in refused] == ([] if extent else [access.NotYourCase])


@pytest.mark.parametrize(
    ("posts", "candidates", "seen"),
    [
        ({"ZDMK/coordinator"}, ["ZDMK/coordinator"], True),
        ({"ZDMK/unit_head"}, ["ZDMK/coordinator"], True),
        ({"ZTP/coordinator"}, ["ZDMK/coordinator"], False),
        ({"KS-06/clerk"}, ["ZDMK/coordinator"], True),
        ({"ZDMK/coordinator"}, ["KS-06/clerk"], False),
        ({"auditor"}, ["KS-06/clerk"], True),
        ({"KS-04/clerk"}, ["KS-06/clerk"], False),
        ({"intake"}, ["KS-06/clerk"], False),
        (set(), ["KS-06/clerk"], False),
    ],
)
def test_a_task_is_seen_by_those_it_is_offered_to_and_above(
    posts: set[str], candidates: list[str], seen: bool
) -> None:
    sight = access.sight(posts, ORGANISATION)
    refused = list(
        access.seeing_task(sight, posts, candidates, "INT-2026-000123-triage-1", ORGANISATION)
    )
    assert [type(refusal) for refusal in refused] == ([] if seen else [access.NotYourCase])


@pytest.mark.parametrize(
    ("posts", "may"),
    [
        ({"intake"}, True),
        ({"KS-06/clerk"}, True),
        ({"KS-06/head"}, True),
        ({"KS-04/clerk"}, False),
        ({"ZDMK/coordinator"}, False),
        ({"director"}, False),
        ({"operator"}, False),
        (set(), False),
    ],
)
def test_reports_are_registered_by_ks_06_and_by_clients_that_take_them_in(
    posts: set[str], may: bool
) -> None:
    assert (list(access.registering(posts)) == []) == may


def test_payloads_are_decoded_for_operators_only() -> None:
    assert list(access.operating({"operator"})) == []
    assert [type(r) for r in access.operating({"director"})] == [access.ForOperatorsOnly]
