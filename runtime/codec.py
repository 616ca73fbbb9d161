"""Encryption of everything that Temporal keeps, and the endpoint that shows it to operators."""

import hashlib
from collections.abc import Sequence

from google.protobuf.json_format import MessageToJson, Parse, ParseError
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.converter import PayloadCodec

from domain.errors import Refusal
from runtime.secrets import MasterKey, Seal, SealBroken

_ENCODING = b"binary/encrypted"
_JSON = b"json/plain"
_KEY_ID = "encryption-key-id"


class PayloadsMalformed(Refusal):
    """The body is not a list of payloads."""


class PayloadSealed(Refusal):
    """A payload was encrypted with a key that is not known here, or was changed."""


class EncryptionCodec(PayloadCodec):
    """Encrypts payloads with the present master key, and reads those of earlier ones too.

    A bare string stays in plain: it is a summary or a page that is written for operators, and no
    personal data is ever in one. What cases are told and answer are objects.
    """

    def __init__(self, master: MasterKey, *earlier: MasterKey) -> None:
        keys = [each.for_purpose("codec") for each in (master, *earlier)]
        self._key_id = _id_of(keys[0])
        self._seals = {_id_of(key): Seal(key) for key in keys}

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [self.encrypted(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [self.decrypted(payload) for payload in payloads]

    def encrypted(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") == _JSON and payload.data.startswith(b'"'):
            return payload
        seal = self._seals[self._key_id]
        return Payload(
            metadata={"encoding": _ENCODING, _KEY_ID: self._key_id.encode()},
            data=seal.seal(payload.SerializeToString(), self._key_id),
        )

    def decrypted(self, payload: Payload) -> Payload:
        """The payload in plain; one in another encoding is returned as it is."""
        if payload.metadata.get("encoding") != _ENCODING:
            return payload
        key_id = payload.metadata.get(_KEY_ID, b"").decode(errors="replace")
        try:
            return Payload.FromString(self._seals[key_id].open(payload.data, key_id))
        except (KeyError, SealBroken):
            raise PayloadSealed(key_id=key_id) from None


def decode_body(codec: EncryptionCodec, body: bytes) -> str:
    """The answer of the codec endpoint to `/decode`: JSON payloads in, the same in plain out."""
    try:
        payloads = Parse(body, Payloads())
    except (ParseError, UnicodeDecodeError):
        raise PayloadsMalformed() from None
    return MessageToJson(Payloads(payloads=map(codec.decrypted, payloads.payloads)))


def _id_of(key: bytes) -> str:
    return hashlib.sha256(b"key id " + key).hexdigest()[:16]
