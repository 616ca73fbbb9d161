"""Everything that is made from the master key: seals, references and signatures."""

import base64
import hashlib
import hmac
import json
import os
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
_NONCE_BYTES = 12


class MasterKeyMalformed(ValueError):
    """The master key is not 32 bytes in base64."""


class SealBroken(Exception):
    """The sealed bytes were changed, or belong to another key or place."""


def new_key() -> bytes:
    return os.urandom(KEY_BYTES)


class MasterKey:
    """32 random bytes from which the key for each purpose is derived."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != KEY_BYTES:
            raise MasterKeyMalformed(MasterKeyMalformed.__doc__)
        self._secret = secret

    @classmethod
    def generate(cls) -> Self:
        return cls(new_key())

    @classmethod
    def from_text(cls, text: str) -> Self:
        try:
            return cls(base64.b64decode(text.strip(), validate=True))
        except ValueError:
            raise MasterKeyMalformed(MasterKeyMalformed.__doc__) from None

    def to_text(self) -> str:
        return base64.b64encode(self._secret).decode()

    def for_purpose(self, purpose: str) -> bytes:
        """The key for one purpose (`vault`, `codec`, `decisions` …); the name never changes."""
        derivation = HKDF(SHA256(), KEY_BYTES, salt=None, info=f"ks {purpose}".encode())
        return derivation.derive(self._secret)


class Seal:
    """AES-256-GCM with one key; what is sealed is bound to its place and opens nowhere else."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, plain: bytes, place: str) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        nonce, box = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, box, place.encode())
        except (InvalidTag, ValueError):
            raise SealBroken(SealBroken.__doc__) from None


class ReferenceMaker:
    """References that look random, yet are the same for the same thing named again."""

    def __init__(self, master: MasterKey) -> None:
        self._key = master.for_purpose("references")

    def make(self, kind: str, *parts: str) -> str:
        """`person:` or `text:` and 32 hexadecimal digits."""
        named = json.dumps([kind, *parts]).encode()
        return f"{kind}:{hmac.digest(self._key, named, hashlib.sha256).hex()[:32]}"
