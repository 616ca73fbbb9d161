"""Ports that a town keeps for its parts, also while the part that listens there is dead."""

import secrets
import socket
from typing import Final

HERE: Final = "127.0.0.1"
PORTS: Final = range(20_000, 32_000)
"""Below those that the system gives to outgoing connections."""

_held: list[socket.socket] = []


def held_port() -> int:
    """A port that is held until this process ends.

    It is bound here and nobody listens on it, so whoever connects is refused as by any port of a
    dead server. A part may bind it as well and listen, as servers do it with SO_REUSEADDR. Nobody
    else gets it: the system does not give it to whoever asks for any port, and one who holds
    ports by this function asks without SO_REUSEADDR, and is refused.
    """
    # By chance and not by the seed, by which two towns at once would ask for the same.
    while (port := _hold(secrets.choice(PORTS))) is None:
        pass
    return port


def _hold(number: int) -> int | None:
    holder = socket.socket()
    try:
        holder.bind((HERE, number))
    except OSError:
        holder.close()
        return None
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    _held.append(holder)
    return number
