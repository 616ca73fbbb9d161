"""What a case holds about its sender goes with the right person, whatever dies on the way."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import select

from activities.erasing import Erasing
from activities.interventions import InterventionCommands
from activities.sender_keys import SenderKeys, look_into_the_vault
from domain.attachments import UploadedFile
from domain.interventions.comments import CommentOnCase
from domain.people import PersonalData, PersonErased
from projections.reports.fold import fold
from runtime.clock import SystemClock
from runtime.file_store import FileStore, files
from runtime.settings import Settings
from runtime.text_store import TextStore, texts
from runtime.vault import Vault
from tests.activities.desk import Desk
from tests.given import moment

WRONG = PersonalData(name="Żaneta Wójcik", email="zaneta@wojcik.invalid")
RIGHT = PersonalData(name="Bogusław Ćma", email="boguslaw@cma.invalid")
TEXT, MORE, ANSWER = "Dziura na Długiej", "Jest głębsza", "Załatano"
PHOTO = b"\xff\xd8\xff" + b"Zdj\xc4\x99cie"
MUCH_LATER = moment("2040-01-01 08:00")


class Corrected:
    """A case with texts and files under the keys of its sender and of its own."""

    def __init__(self, desk: Desk, settings: Settings, vault: Vault) -> None:
        self.desk, self.vault, self.settings = desk, vault, settings
        self.texts, self.files = TextStore(vault), FileStore(vault)
        self.keys = SenderKeys(desk.store, vault)
        self.with_vault = InterventionCommands(desk.tasks, self.keys.settle)
        self.reference = ""

    def taken_in(self, sender: PersonalData | None) -> "Corrected":
        command_id = "web-form:k-1"
        person = sender and self.vault.admit(sender, command_id=command_id)
        key_ref = person or self.vault.references.make("case", command_id)
        photo = self.files.upload(PHOTO, "image/jpeg", client="web-form")
        with self.vault.writing() as joined:
            kept = self.files.adopt([photo], client="web-form", key_ref=key_ref, joined=joined)
        text = self.texts.put(TEXT, key_ref=key_ref, command_id=command_id, field="text")
        self.reference = self.desk.opened(sender=person, text=text, files=kept)
        return self

    def say(self, text: str, key_ref: str, files: tuple[UploadedFile, ...] = ()) -> str:
        """A remark on the case, kept under this key."""
        act = self.desk.act("clerk-a")
        ref = self.texts.put(text, key_ref=key_ref, command_id=act.command_id, field="text")
        command = CommentOnCase(text=ref, attachments=files)
        self.desk.commands.comment(self.reference, command, act)
        return ref

    def correct(
        self, sender: PersonalData | None, commands: InterventionCommands | None = None
    ) -> str | None:
        """With these commands, else with those that nothing follows from in the vault."""
        step_id = f"corrected:{sender and sender.name}"
        person = self.vault.admit(sender, command_id=step_id) if sender else None
        own = person or f"case:{self.reference}"
        reason = self.texts.put("Pomyłka", key_ref=own, command_id=step_id, field=".reason")
        told: dict[str, Any] = {
            "sender": person or {},
            "reach": "email" if person else "none",
            "reason": reason,
        }
        step = self.desk.instruction("clerk-a", self.reference, "correct_data", told)
        (commands or self.with_vault).instruct_intervention(step)
        return person

    def erase(self, person: str | None) -> None:
        assert person is not None
        act = self.desk.act("operator-a").model_copy(update={"at": MUCH_LATER})
        Erasing(self.desk.store, self.vault, self.desk.book.retention).erase(person, act)

    def close(self) -> None:
        self.desk.tell("head-a", self.reference, "registered_in_error", {"reason": self.spare()})
        self.desk.send_letters(self.reference)
        self.with_vault.close_intervention(self.desk.step(self.reference))

    def spare(self) -> str:
        case = self.desk.case(self.reference)
        return self.texts.put("x", key_ref=f"case:{case.reference}", command_id="x", field="x")

    @property
    def text_ref(self) -> str:
        ref = self.desk.case(self.reference).text_ref
        assert ref is not None
        return ref

    @property
    def photo(self) -> str:
        birth: Any = next(iter(self.desk.store.events.get(self.desk.case(self.reference).id)))
        ref: str = birth.files[0].file
        return ref

    def keys_of(self, *refs: str) -> set[str]:
        """Under whose keys these lie."""
        with self.vault.reader.connect() as connection:
            found = [
                *connection.execute(select(texts.c.text_ref, texts.c.key_ref)),
                *connection.execute(select(files.c.file_ref, files.c.key_ref)),
            ]
        return {key_ref for ref, key_ref in found if ref in refs}

    def misplaced(self) -> list[str]:
        return [str(each) for each in look_into_the_vault(self.settings, self.desk.store)]


@pytest.fixture
def office(desk: Desk, settings: Settings) -> Iterator[Corrected]:
    with closing(Vault.of(settings, SystemClock())) as vault:
        yield Corrected(desk, settings, vault)


def test_all_goes_with_the_right_person_and_what_is_the_cases_stays(office: Corrected) -> None:
    office.taken_in(WRONG)
    wrong = office.desk.case(office.reference).sender
    assert wrong is not None
    photo = office.files.put(PHOTO + b"2", "image/jpeg", owner=office.reference, key_ref=wrong)
    more = office.say(MORE, wrong, (photo,))
    own = office.say(ANSWER, f"case:{office.reference}")
    right = office.correct(RIGHT)
    assert right is not None
    assert office.keys_of(office.text_ref, office.photo, more, photo.file) == {right}
    assert office.keys_of(own) == {f"case:{office.reference}"}
    read = [office.texts.get(ref) for ref in (office.text_ref, more, own)]
    assert read == [TEXT, MORE, ANSWER]
    assert (office.files.get(office.photo), office.files.get(photo.file)) == (PHOTO, PHOTO + b"2")
    assert office.misplaced() == []


def test_erasing_the_wrong_person_leaves_the_text_and_the_right_one_takes_it(
    office: Corrected,
) -> None:
    office.taken_in(WRONG)
    wrong = office.desk.case(office.reference).sender
    right = office.correct(RIGHT)
    office.close()
    office.erase(wrong)
    assert office.vault.person(right or "") == RIGHT
    assert office.texts.get(office.text_ref) == TEXT
    assert office.files.get(office.photo) == PHOTO
    office.erase(right)
    for read in (lambda: office.texts.get(office.text_ref), lambda: office.files.get(office.photo)):
        with pytest.raises(PersonErased):
            read()


def test_the_wrong_person_has_no_case_that_would_keep_their_data(office: Corrected) -> None:
    """While the case is still open, and also when the worker had died before it moved anything."""
    office.taken_in(WRONG)
    wrong = office.desk.case(office.reference).sender
    office.correct(RIGHT, office.desk.commands)
    assert office.misplaced() == [
        f"{office.reference}: 2 texts and files lie under the key of another than its sender"
    ]
    office.erase(wrong)
    assert office.texts.get(office.text_ref) == TEXT
    assert office.files.get(office.photo) == PHOTO
    assert office.misplaced() == []


def test_what_died_half_way_is_gone_on_with_by_whoever_looks_next(office: Corrected) -> None:
    office.taken_in(WRONG)
    right = office.correct(RIGHT, office.desk.commands)  # saved, and nothing else
    assert right is not None
    with office.vault.writing() as connection:  # one of the two had come through
        old = office.vault.key_for(connection, *office.keys_of(office.text_ref))
        row = connection.execute(select(texts).where(texts.c.text_ref == office.text_ref)).one()
        sealed = office.vault.key_for(connection, right).seal(
            old.open(row.sealed, row.text_ref), row.text_ref
        )
        values = {"sealed": sealed, "key_ref": right}
        connection.execute(texts.update().where(texts.c.text_ref == row.text_ref).values(**values))
    assert len(office.misplaced()) == 1
    office.with_vault.take_up_intervention(office.desk.step(office.reference))
    assert office.keys_of(office.text_ref, office.photo) == {right}
    assert office.misplaced() == []
    assert (office.texts.get(office.text_ref), office.files.get(office.photo)) == (TEXT, PHOTO)


def test_verify_puts_it_right_when_nobody_looks(office: Corrected) -> None:
    office.taken_in(WRONG)
    office.correct(RIGHT, office.desk.commands)
    moved = look_into_the_vault(office.settings, office.desk.store, repair=True)
    assert [(each.reference, each.pieces) for each in moved] == [(office.reference, 2)]
    assert office.misplaced() == []


def test_eight_at_once_move_each_piece_once(office: Corrected) -> None:
    office.taken_in(WRONG)
    office.correct(RIGHT, office.desk.commands)
    case = office.desk.case(office.reference)
    with ThreadPoolExecutor(8) as pool:
        moved = list(pool.map(lambda _: office.keys.settle(case), range(8)))
    assert sum(moved) == 2
    assert office.texts.get(office.text_ref) == TEXT


def test_what_somebody_sealed_meanwhile_follows_with_the_next_step(office: Corrected) -> None:
    office.taken_in(WRONG)
    wrong = office.desk.case(office.reference).sender
    assert wrong is not None
    right = office.correct(RIGHT)
    late = office.say(MORE, wrong)
    office.with_vault.take_up_intervention(office.desk.step(office.reference))
    assert office.keys_of(late) == {right}


def test_what_nobody_signed_goes_with_whoever_becomes_known(office: Corrected) -> None:
    office.taken_in(None)
    own = office.say(ANSWER, f"case:{office.reference}")
    right = office.correct(RIGHT)
    assert office.keys_of(office.text_ref, office.photo) == {right}
    assert office.keys_of(own) == {f"case:{office.reference}"}
    office.close()
    office.erase(right)
    with pytest.raises(PersonErased):
        office.texts.get(office.text_ref)
    assert office.texts.get(own) == ANSWER


def test_what_was_a_persons_goes_with_the_case_when_nobody_is_known(office: Corrected) -> None:
    office.taken_in(WRONG)
    wrong = office.desk.case(office.reference).sender
    office.correct(None)
    assert office.keys_of(office.text_ref, office.photo) == {f"case:{office.reference}"}
    office.erase(wrong)
    assert office.texts.get(office.text_ref) == TEXT


def test_a_report_sent_once_more_moves_nothing_back(office: Corrected) -> None:
    office.taken_in(WRONG)
    wrong = office.desk.case(office.reference).sender
    assert wrong is not None
    right = office.correct(RIGHT)
    photo = office.files.upload(PHOTO, "image/jpeg", client="web-form")
    with office.vault.writing() as joined:
        office.files.adopt([photo], client="web-form", key_ref=wrong, joined=joined)
    assert office.keys_of(office.photo) == {right}


def test_an_erased_person_leaves_every_number_of_the_report_as_it_was(office: Corrected) -> None:
    """I13, with a case whose sender was corrected."""
    office.taken_in(WRONG)
    wrong = office.desk.case(office.reference).sender
    right = office.correct(RIGHT)
    office.close()
    known = fold(office.desk.store, office.desk.store.position())
    office.erase(wrong)
    office.erase(right)
    assert fold(office.desk.store, office.desk.store.position()).cases == known.cases
