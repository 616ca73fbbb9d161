"""Letters by post: laid out once, kept in the vault, gone with whom they are to."""

import pytest
from eventsourcing.persistence import OperationalError

from domain.interventions.commands import LetterOrder
from domain.people import PersonalData, PersonErased
from runtime.file_store import FileStore
from tests.activities.test_letters import Counter, Mailboxes
from tests.activities.test_letters import counter as counter  # the same desk
from tests.activities.test_letters import mailboxes as mailboxes
from tests.paper import in_the_window, pages_of, said

N1 = LetterOrder(kind="N1", round=1, recipient="sender", channel="post")
ŁUCJA = PersonalData(name="Łucja Żółć", address="ul. Kalwaryjska 30/12, 30-504 Kraków")
PREPARED = "intervention.NoticePrepared"


def file_of(counter: Counter, reference: str) -> str:
    letter = counter.desk.case(reference).letters[N1.key]
    assert (letter.state, letter.channel) == ("prepared", "post")
    assert letter.file is not None
    return letter.file


def test_a_letter_waits_in_the_vault_to_be_printed(counter: Counter, mailboxes: Mailboxes) -> None:
    reference = counter.registered(ŁUCJA)
    counter.send(reference, N1)
    pages = pages_of(FileStore(counter.vault).get(file_of(counter, reference)))
    assert in_the_window(pages).splitlines() == [
        "Łucja Żółć", "ul. Kalwaryjska 30/12", "30-504 Kraków",
    ]  # fmt: skip
    assert f"Znak sprawy: {reference}" in said(pages)
    assert "Dziura w jezdni przy ul. Długiej 12" in said(pages)
    assert mailboxes.letters == []


def test_a_letter_that_is_laid_out_twice_is_one_file_with_the_first_bytes(
    counter: Counter,
) -> None:
    reference = counter.registered(ŁUCJA)
    counter.store.fails = True
    with pytest.raises(OperationalError):
        counter.send(reference, N1)
    counter.send(reference, N1)
    first = file_of(counter, reference)
    kept = FileStore(counter.vault).get(first)
    counter.send(reference, N1)
    assert counter.desk.topics().count(PREPARED) == 1
    assert file_of(counter, reference) == first
    assert FileStore(counter.vault).get(first) == kept


def test_a_letter_goes_with_the_person_whom_it_is_to(counter: Counter) -> None:
    reference = counter.registered(ŁUCJA)
    counter.send(reference, N1)
    sender = counter.desk.case(reference).sender
    assert sender is not None
    counter.vault.erase(sender, counter.desk.at)
    with pytest.raises(PersonErased):
        FileStore(counter.vault).get(file_of(counter, reference))


def test_a_letter_without_an_address_came_back(counter: Counter) -> None:
    reference = counter.registered(PersonalData(name="Łucja Żółć", email="l@example.pl"))
    counter.send(reference, N1)
    letter = counter.desk.case(reference).letters[N1.key]
    assert (letter.state, letter.file) == ("bounced", None)
