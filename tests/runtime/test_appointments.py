"""Appointing people from the command line, and the names that letters are signed with."""

from contextlib import closing
from datetime import date

import pytest

from domain.working_days import local_day
from runtime.appointments import PostUnknown, appoint, put_in_place
from runtime.clock import SystemClock
from runtime.reference_data import load_reference_data
from runtime.settings import Settings
from runtime.staff import Staff
from runtime.store import Store
from runtime.vault import Vault
from tests.given import moment

ORGANISATION = load_reference_data().organisation
SINCE = date(2026, 9, 1)
AT = moment("2026-09-01 08:00")


def test_an_appointment_opens_the_roster_and_is_made_once(settings: Settings) -> None:
    with closing(Store(settings)) as store:
        for _ in range(2):
            appoint(
                store,
                ORGANISATION,
                [("anna", "KS-06/clerk"), ("dariusz", "director")],
                SINCE,
                AT,
            )
        held = [(tenure.person, tenure.post) for tenure in store.roster().tenures]
    assert held == [("anna", "KS-06/clerk"), ("dariusz", "director")]


def test_a_post_that_the_ordinance_does_not_know_is_refused(settings: Settings) -> None:
    with closing(Store(settings)) as store, pytest.raises(PostUnknown):
        appoint(store, ORGANISATION, [("anna", "KS-08/clerk")], SINCE, AT)


def test_a_person_is_put_in_place_with_the_name_under_letters(settings: Settings) -> None:
    put_in_place(settings, "halina", ["KS-06/head"], "Halina Dąbrowska")
    clock = SystemClock()
    with closing(Store(settings)) as store, closing(Vault.of(settings, clock)) as vault:
        (tenure,) = store.roster().tenures_of("halina")
        assert tenure.valid_from == local_day(clock.now())
        assert Staff(vault).name_of("halina") == "Halina Dąbrowska"
        assert Staff(vault).name_of("nikt") is None
