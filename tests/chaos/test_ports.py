"""A port of the town is its own, whether the part that listens there lives or is dead."""

import socket

import pytest

from runtime.ports import Port, free_port
from tests.chaos.ports import HERE, held_port


def listening(port: int) -> socket.socket:
    """As every part of the product listens."""
    return socket.create_server((HERE, port))


def test_a_part_finds_its_port_again_and_nobody_else_gets_it() -> None:
    port = held_port()
    for _ in range(2):
        with listening(port):
            socket.create_connection((HERE, port)).close()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((HERE, port))
        with pytest.raises(OSError, match="in use"), socket.socket() as other:
            other.bind((HERE, port))
    assert Port("API", HERE, port, "KS_API_PORT").is_free()


def test_no_two_towns_hold_the_same_port() -> None:
    held = [held_port() for _ in range(50)]
    assert len(set(held)) == len(held)
    assert free_port() not in held
