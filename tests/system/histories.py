"""Histories of stories: kept as plain JSON, so that later code can be replayed against them."""

import json
import re
from pathlib import Path
from typing import Any, Final

from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload
from temporalio.client import WorkflowHistory

from domain.catalogue import process_of
from domain.references import workflow_id
from runtime.codec import EncryptionCodec
from tests.system.office import Office

DIRECTORY: Final = Path(__file__).parent.parent / "histories"

_SOMEBODY: Final = "tests"


async def keep_histories(office: Office, story: str) -> None:
    """The history of every case of the story; a story that is told again replaces them."""
    codec = EncryptionCodec(office.settings.load_master_key())
    for reference in office.cases:
        history = await office.handle(reference).fetch_history()
        for event in history.events:
            _open(event, codec)
        document = _anonymous(json.loads(history.to_json()))
        path = DIRECTORY / f"{story}.{reference}.json"
        path.parent.mkdir(exist_ok=True)
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
        path.write_text(text + "\n", encoding="utf-8")


def kept_histories() -> dict[str, WorkflowHistory]:
    """By story and case."""
    return {
        path.stem: WorkflowHistory.from_json(
            _workflow_of(path.stem.rpartition(".")[2]), path.read_text(encoding="utf-8")
        )
        for path in sorted(DIRECTORY.glob("*.json"))
    }


def _workflow_of(reference: str) -> str:
    return workflow_id(process_of(reference).name, reference)


def story_name(node: str) -> str:
    """`test_story_3_wrong_addressee_twice[sqlite]` as the name of a file."""
    return re.sub(r"^test_|\[.*$", "", node)


def _open(message: Message, codec: EncryptionCodec) -> None:
    """Put every payload inside the message in plain; nobody's data is in one."""
    if isinstance(message, Payload):
        message.CopyFrom(codec.decrypted(message))
        return
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        if field.message_type.GetOptions().map_entry:
            values = list(value.values()) if hasattr(value, "values") else []
        else:
            values = list(value) if hasattr(value, "append") else [value]
        for each in values:
            if isinstance(each, Message):
                _open(each, codec)


def _anonymous(value: Any) -> Any:
    """Without the process and machine that happened to play the story, and their paths."""
    if isinstance(value, dict):
        return {
            name: _SOMEBODY if name == "identity" else _anonymous(it)
            for name, it in value.items()
            if name != "stackTrace"
        }
    return [_anonymous(it) for it in value] if isinstance(value, list) else value
