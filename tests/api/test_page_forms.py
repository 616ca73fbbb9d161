"""Forms of pages: every field of a command that a person can fill in, and back into the command."""

import pytest

from api.page_forms import Typed, can_be_drawn, drawn, filled_in
from domain.attachments import UploadedFile
from domain.interventions.commands import AnswerReferral, ForwardIntervention, ReturnReferral
from domain.interventions.commands_bounces import GiveOtherwise
from domain.task_types import TASK_TYPES
from domain.tasks.commands import CommentOnTask
from runtime.reference_data import load_reference_data

LABELS = load_reference_data().labels
UNITS = (("ZDMK", "Zarząd Dróg Miasta Krakowa"),)
FILE = UploadedFile(file=f"file:{'0' * 32}", media_type="image/png", size=7)


def test_files_texts_days_and_choices_are_drawn_as_what_they_are() -> None:
    comment = drawn("done", CommentOnTask, LABELS)
    assert [(field.kind, field.required) for field in comment.fields] == [
        ("text", True), ("files", False),
    ]  # fmt: skip
    returned = drawn("misrouted", ReturnReferral, LABELS, UNITS)
    assert [field.kind for field in returned.fields] == ["text", "choice", "text"]
    assert returned.fields[1].choices == UNITS
    channel, day, note = drawn("other_channel", GiveOtherwise, LABELS).fields
    assert ("phone", "telefon") in channel.choices
    assert (day.kind, note.kind) == ("date", "text")


def test_a_day_is_asked_for_only_where_it_means_something() -> None:
    def names(outcome: str) -> set[str]:
        return {field.name for field in drawn(outcome, AnswerReferral, LABELS).fields}

    assert "promised_on" in names("planned")
    assert "promised_on" not in names("done")


def test_what_was_typed_becomes_the_command_and_nothing_else() -> None:
    values = {"text": " Gotowe ", "by": "director", "key": "0"}
    found = filled_in(CommentOnTask, values, (FILE,))
    assert CommentOnTask.model_validate(found) == CommentOnTask(text="Gotowe", attachments=(FILE,))


def test_a_problem_without_a_field_stands_above_and_one_with_files_beside_them() -> None:
    refusals = (
        {"refusal": "TaskChanged", "sentence": "-", "facts": {}},
        {"refusal": "AttachmentTypeNotAllowed", "sentence": "-", "facts": {"field": "attachments"}},
    )
    form = drawn("done", CommentOnTask, LABELS, typed=Typed("done", {"text": "Tak"}, refusals))
    assert form.open
    assert form.problems == (LABELS.of("TaskChanged", "refusals"),)
    assert form.fields[1].problems == ("Plików tego rodzaju nie przyjmujemy.",)


def test_a_command_that_needs_more_than_a_page_can_ask_is_not_offered() -> None:
    assert not can_be_drawn(ForwardIntervention)


@pytest.mark.parametrize("name", ["answer_referral", "confirm_promise"])
def test_every_field_that_a_party_meets_has_a_label(name: str) -> None:
    for outcome, kind in TASK_TYPES[name].outcomes.items():
        assert can_be_drawn(kind.form)
        for field in drawn(outcome, kind.form, LABELS).fields:
            assert field.label != field.name
