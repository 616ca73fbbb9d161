"""Texts of messages: sealed before they travel, opened for readers, erased with their key."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from time import perf_counter
from typing import Annotated, Any

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from pydantic import Field, ValidationError
from sqlalchemy import event, func, select, update

from domain.messages import Message
from domain.people import (
    PersonalData,
    PersonErased,
    PersonUnknown,
    Text,
    TextNotSealed,
    is_sealed,
    is_text_ref,
    refuse_unsealed,
    texts_in,
)
from runtime.secrets import SealBroken
from runtime.text_store import (
    ReferenceInsteadOfText,
    TextDiffers,
    TextStore,
    TextUnknown,
    open_texts,
    seal_texts,
)
from runtime.text_store import (
    texts as text_table,
)
from runtime.vault import Vault, subjects

OpenVault = Callable[[], Vault]

CASE = "INT-2026-000123"
ERASED_AT = datetime(2026, 11, 12, 9, 0, tzinfo=UTC)
HOLE = "Dziura w jezdni przy ul. Długiej 12, około 40 cm"


class Remark(Message):
    by: str
    text: Text


class Answer(Message):
    """A message with texts in every kind of place."""

    unit: str
    text: Text
    note: Annotated[Text, Field(max_length=500)] | None = None
    remarks: tuple[Remark, ...] = ()
    drafts: list[Text] | None = None
    fields: dict[str, Text | int | None] = Field(default_factory=dict)
    pair: tuple[str, Text] | None = None
    nested: dict[str, tuple[Remark | int, ...]] = Field(default_factory=dict)


def rows(vault: Vault) -> int:
    with vault.reader.connect() as connection:
        return connection.scalars(select(func.count()).select_from(text_table)).one()


def put(texts: TextStore, text: str, command_id: str = "1", key_ref: str = CASE) -> str:
    return texts.put(text, key_ref=key_ref, command_id=command_id, field=".text")


def test_a_text_comes_back_by_its_reference(texts: TextStore) -> None:
    reference = put(texts, HOLE)
    assert is_text_ref(reference)
    assert texts.get(reference) == HOLE


def test_a_repeated_command_keeps_one_text(vault: Vault, texts: TextStore) -> None:
    assert put(texts, HOLE) == put(texts, HOLE)
    assert put(texts, HOLE, command_id="2") != put(texts, HOLE)
    assert put(texts, HOLE, key_ref="INT-2026-000124") != put(texts, HOLE)
    assert rows(vault) == 3


def test_the_same_command_cannot_keep_another_text(vault: Vault, texts: TextStore) -> None:
    reference = put(texts, HOLE)
    with pytest.raises(TextDiffers) as refused:
        texts.put_many({".text": "Dziura załatana", ".note": "Pilne"}, key_ref=CASE, command_id="1")
    assert refused.value.facts == {"fields": [".text"]}
    assert texts.get(reference) == HOLE
    assert rows(vault) == 1


def test_eight_equal_commands_at_once_keep_one_text(open_vault: OpenVault) -> None:
    stores = [TextStore(open_vault()) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        references = set(pool.map(lambda store: put(store, HOLE), stores))
    assert len(references) == 1
    assert rows(open_vault()) == 1
    assert stores[0].get(references.pop()) == HOLE


def test_an_unknown_reference_is_refused(texts: TextStore) -> None:
    unknown = "text:" + 32 * "0"
    with pytest.raises(TextUnknown) as refused:
        texts.get_many([put(texts, HOLE), unknown])
    assert refused.value.facts == {"text_refs": [unknown]}


def test_a_text_of_a_person_needs_that_person(texts: TextStore) -> None:
    with pytest.raises(PersonUnknown):
        put(texts, HOLE, key_ref="person:" + 32 * "0")


def test_a_thousand_texts_are_opened_by_one_query(vault: Vault, texts: TextStore) -> None:
    written = {f".{n}": f"Zgłoszenie {n}" for n in range(1_000)}
    refs = texts.put_many(written, key_ref=CASE, command_id="1")
    queries = []
    event.listen(vault.reader, "after_execute", lambda *call: queries.append(call))
    begun = perf_counter()
    opened = texts.get_many(refs.values())
    assert perf_counter() - begun < 1
    assert len(queries) == 1
    assert {field: opened[ref] for field, ref in refs.items()} == written


def test_erasing_a_person_takes_their_texts_and_no_others(vault: Vault, texts: TextStore) -> None:
    person = vault.admit(PersonalData(name="Łucja"), command_id="form:1")
    mine, others = put(texts, HOLE, key_ref=person), put(texts, HOLE)
    vault.erase(person, ERASED_AT)
    assert texts.get_many([mine, others]) == {others: HOLE}
    with pytest.raises(PersonErased):
        texts.get(mine)
    with pytest.raises(PersonErased):
        put(texts, "Jeszcze jedno", command_id="2", key_ref=person)
    assert rows(vault) == 2


def test_texts_of_a_case_are_erased_with_the_key_of_the_case(
    vault: Vault, texts: TextStore
) -> None:
    reference, other = put(texts, HOLE), put(texts, HOLE, key_ref="INT-2026-000124")
    assert vault.erase(CASE, ERASED_AT)
    assert texts.get_many([reference, other]) == {other: HOLE}


@pytest.mark.parametrize("column", ["sealed", "key_ref"])
def test_exchanged_texts_do_not_open(vault: Vault, texts: TextStore, column: str) -> None:
    first, second = put(texts, HOLE), put(texts, "Latarnia", key_ref="INT-2026-000124")
    with vault.reader.connect() as connection:
        by_ref = select(text_table.c.text_ref, text_table.c[column])
        values = {row.text_ref: row[1] for row in connection.execute(by_ref)}
    with vault.writer.begin() as connection:
        for one, other in ((first, second), (second, first)):
            connection.execute(
                update(text_table)
                .where(text_table.c.text_ref == one)
                .values({column: values[other]})
            )
    for reference in (first, second):
        with pytest.raises(SealBroken):
            texts.get(reference)


def test_a_message_is_sealed_in_every_place_and_opened_again(texts: TextStore) -> None:
    answer = Answer(
        unit="ZDMK",
        text=HOLE,
        note="Pilne",
        remarks=(Remark(by="clerk-a", text="Łata"), Remark(by="clerk-b", text="Łata")),
        drafts=["Szkic"],
        fields={"why": "Bo zima", "days": 3, "none": None},
        pair=("R1", "Żółć"),
        nested={"R.1": (Remark(by="clerk-a", text="Głęboko"), 7)},
    )
    sealed = seal_texts(answer, key_ref=CASE, command_id="1", texts=texts)
    assert not is_sealed(answer)
    assert is_sealed(sealed)
    assert len(set(texts_in(sealed).values())) == 8
    assert sealed.unit == "ZDMK"
    assert sealed.fields["days"] == 3
    assert sealed.pair is not None
    assert sealed.pair[0] == "R1"
    assert Answer.model_validate_json(sealed.model_dump_json()) == sealed
    assert open_texts(sealed, texts=texts) == answer


def test_sealing_again_changes_nothing(vault: Vault, texts: TextStore) -> None:
    answer = Answer(unit="ZDMK", text=HOLE, note="Pilne")
    once = seal_texts(answer, key_ref=CASE, command_id="1", texts=texts)
    assert seal_texts(answer, key_ref=CASE, command_id="1", texts=texts) == once
    assert seal_texts(once, key_ref=CASE, command_id="1", texts=texts) == once
    assert rows(vault) == 2


def test_a_form_and_its_command_may_have_texts_of_the_same_name(texts: TextStore) -> None:
    command, form = Remark(by="clerk-a", text=HOLE), Remark(by="clerk-a", text="Latarnia")
    seal_texts(command, key_ref=CASE, command_id="1", texts=texts)
    sealed = seal_texts(form, key_ref=CASE, command_id="1", texts=texts, within=".fields")
    assert open_texts(sealed, texts=texts) == form
    assert seal_texts(sealed, key_ref=CASE, command_id="1", texts=texts, within=".fields") == sealed


def test_a_reference_to_a_foreign_text_cannot_be_smuggled_in(texts: TextStore) -> None:
    secret = put(texts, "Tajemnica innego zgłaszającego", key_ref="INT-2026-000001")
    for stolen in (secret, "text:" + 32 * "0"):
        with pytest.raises(ReferenceInsteadOfText) as refused:
            seal_texts(
                Answer(unit="ZDMK", text=HOLE, note=stolen),
                key_ref=CASE,
                command_id="1",
                texts=texts,
            )
        assert refused.value.facts == {"fields": [".note"]}
    own = seal_texts(Answer(unit="ZDMK", text=HOLE), key_ref=CASE, command_id="1", texts=texts)
    with pytest.raises(ReferenceInsteadOfText):
        seal_texts(own, key_ref=CASE, command_id="2", texts=texts)


def test_a_plain_message_may_not_leave(texts: TextStore) -> None:
    answer = Answer(unit="ZDMK", text=HOLE, remarks=(Remark(by="clerk-a", text="Łata"),))
    with pytest.raises(TextNotSealed) as refused:
        refuse_unsealed(answer)
    assert refused.value.facts == {"fields": [".text", ".remarks[0].text"]}
    assert HOLE not in str(refused.value.as_data())
    refuse_unsealed(seal_texts(answer, key_ref=CASE, command_id="1", texts=texts))


def test_an_erased_message_is_refused_to_a_reader(vault: Vault, texts: TextStore) -> None:
    answer = seal_texts(Remark(by="a", text=HOLE), key_ref=CASE, command_id="1", texts=texts)
    vault.erase(CASE, ERASED_AT)
    with pytest.raises(PersonErased):
        open_texts(answer, texts=texts)


def test_texts_without_an_order_are_a_mistake_of_the_message() -> None:
    class Unordered(Message):
        texts: frozenset[Text]

    with pytest.raises(TypeError, match="use a tuple"):
        texts_in(Unordered(texts=frozenset({HOLE})))


@pytest.mark.parametrize(
    "text", ["", "a" * 20_001, "dzwonek\a", "zero\0", "\x85", "\ud800"], ids=ascii
)
def test_a_text_has_bounds_and_no_control_characters(text: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Answer(unit="ZDMK", text=text)
    assert [error["loc"] for error in refused.value.errors()] == [("text",)]


def test_line_ends_of_forms_and_mail_become_plain() -> None:
    assert Remark(by="a", text="Dziura\r\n\tprzy 12\r").text == "Dziura\n\tprzy 12\n"


plain = st.text(
    st.characters(exclude_categories=["Cc", "Cs"], include_characters="\n\t"),
    min_size=1,
    max_size=80,
)
remarks = st.builds(Remark, by=st.just("clerk-a"), text=plain)
answers = st.builds(
    Answer,
    unit=st.sampled_from(["ZDMK", "MPO"]),
    text=plain,
    note=st.none() | plain,
    remarks=st.lists(remarks, max_size=3).map(tuple),
    drafts=st.none() | st.lists(plain, max_size=3),
    fields=st.dictionaries(st.text(max_size=5), st.none() | st.integers() | plain, max_size=3),
    pair=st.none() | st.tuples(st.just("R1"), plain),
    nested=st.dictionaries(
        st.text(max_size=5), st.lists(remarks | st.integers(), max_size=2).map(tuple), max_size=2
    ),
)


@pytest.fixture
def next_command(texts: TextStore) -> Any:
    numbers = iter(range(10_000))
    return lambda: str(next(numbers))


# Every example is a command of its own, so one store serves them all.
@examples(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(answer=answers)
@example(answer=Answer(unit="MPO", text="a", fields={"a": "1", "a']['b": "2"}))
def test_every_message_survives_sealing_and_opening(
    texts: TextStore, next_command: Callable[[], str], answer: Answer
) -> None:
    sealed = seal_texts(answer, key_ref=CASE, command_id=next_command(), texts=texts)
    refuse_unsealed(sealed)
    assert texts_in(sealed).keys() == texts_in(answer).keys()
    assert open_texts(sealed, texts=texts) == answer


def test_no_key_is_remembered_after_it_was_destroyed_elsewhere(open_vault: OpenVault) -> None:
    reading, erasing = open_vault(), open_vault()
    store = TextStore(reading)
    reference = put(store, HOLE)
    assert store.get(reference) == HOLE
    with erasing.writer.begin() as connection:
        connection.execute(
            update(subjects).where(subjects.c.key_ref == CASE).values(wrapped_key=None)
        )
    assert store.get_many([reference]) == {}
