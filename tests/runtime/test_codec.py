"""The payload codec: what Temporal keeps is encrypted, and operators may read it."""

import asyncio
import json
from base64 import b64decode, b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import pydantic_data_converter

from domain.messages import Message
from runtime.codec import EncryptionCodec, PayloadSealed, PayloadsMalformed, decode_body
from runtime.secrets import MasterKey

MASTER = MasterKey.generate()
CODEC = EncryptionCodec(MASTER)
CANARY = "Kanarek śpiewa na Plantach"


class Note(Message):
    text: str


async def payload_of(value: Any) -> Payload:
    return (await pydantic_data_converter.encode([value]))[0]


def body_of(*payloads: Payload) -> bytes:
    """What the Temporal UI posts to `/decode`."""
    return json.dumps(
        {
            "payloads": [
                {
                    "metadata": {
                        name: b64encode(value).decode() for name, value in each.metadata.items()
                    },
                    "data": b64encode(each.data).decode(),
                }
                for each in payloads
            ]
        }
    ).encode()


@given(metadata=st.dictionaries(st.text(max_size=8), st.binary(max_size=8)), data=st.binary())
def test_every_payload_comes_back(metadata: dict[str, bytes], data: bytes) -> None:
    payload = Payload(metadata=metadata, data=data)
    encrypted = CODEC.encrypted(payload)
    assert CODEC.decrypted(encrypted) == payload
    assert encrypted.metadata["encoding"] == b"binary/encrypted"
    assert len(data) < 8 or data not in encrypted.data


def test_two_equal_payloads_look_different() -> None:
    payload = Payload(data=CANARY.encode())
    assert CODEC.encrypted(payload).data != CODEC.encrypted(payload).data


def test_a_payload_in_another_encoding_is_left_alone() -> None:
    plain = Payload(metadata={"encoding": b"json/plain"}, data=b'"INT-2026-000123"')
    assert CODEC.decrypted(plain) is plain
    assert CODEC.decrypted(Payload()) == Payload()


def test_what_an_earlier_key_encrypted_is_still_read() -> None:
    payload = Payload(data=CANARY.encode())
    present = MasterKey.generate()
    rotated = EncryptionCodec(present, MASTER)
    assert rotated.decrypted(CODEC.encrypted(payload)) == payload
    assert EncryptionCodec(present).decrypted(rotated.encrypted(payload)) == payload
    with pytest.raises(PayloadSealed):
        EncryptionCodec(present).decrypted(CODEC.encrypted(payload))


@pytest.mark.parametrize("data", [b"", b"short", b"\0" * 60])
def test_a_changed_payload_is_refused(data: bytes) -> None:
    forged = CODEC.encrypted(Payload(data=b"x"))
    forged.data = data
    with pytest.raises(PayloadSealed):
        CODEC.decrypted(forged)


async def _through_converter(note: Note) -> tuple[Payload, Any]:
    converter = pydantic_data_converter
    encoded = (await CODEC.encode(await converter.encode([note])))[0]
    return encoded, (await converter.decode(await CODEC.decode([encoded]), [Note]))[0]


def test_a_message_passes_through_the_converter() -> None:
    encoded, decoded = asyncio.run(_through_converter(Note(text=CANARY)))
    assert decoded == Note(text=CANARY)
    assert CANARY.encode() not in encoded.SerializeToString()


def test_the_endpoint_shows_payloads_in_plain() -> None:
    plain = Payload(metadata={"encoding": b"json/plain"}, data=json.dumps(CANARY).encode())
    answer = json.loads(decode_body(CODEC, body_of(CODEC.encrypted(plain), plain)))
    for shown in answer["payloads"]:
        assert b64decode(shown["metadata"]["encoding"]) == b"json/plain"
        assert json.loads(b64decode(shown["data"])) == CANARY


@pytest.mark.parametrize(
    "body", [b"", b"[1]", b"\xff", b"not json", b'{"payloads": 1}', b'{"other": []}']
)
def test_the_endpoint_refuses_what_is_not_payloads(body: bytes) -> None:
    with pytest.raises(PayloadsMalformed):
        decode_body(CODEC, body)


def test_the_endpoint_refuses_what_it_cannot_open() -> None:
    foreign = EncryptionCodec(MasterKey.generate()).encrypted(Payload(data=b"x"))
    with pytest.raises(PayloadSealed):
        decode_body(CODEC, body_of(foreign))


def test_a_page_for_operators_stays_readable_and_an_object_does_not() -> None:
    page = asyncio.run(payload_of("INT-2026-000123 roads.pothole I Stare Miasto"))
    assert CODEC.encrypted(page) == page
    told = asyncio.run(payload_of(Note(text=CANARY)))
    assert CANARY.encode() not in CODEC.encrypted(told).data
