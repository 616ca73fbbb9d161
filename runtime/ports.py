"""Ports of this machine: who holds one, which are free, and what answers on them."""

import socket
from dataclasses import dataclass
from ipaddress import ip_address

import psutil

from runtime.mendable import Mendable

PROBE_SECONDS = 1.0


@dataclass(frozen=True)
class Holder:
    """A process that listens on a port; `pid` is None when it may not be seen from here."""

    pid: int | None
    name: str

    def __str__(self) -> str:
        return f"{self.name} (pid {self.pid})" if self.pid else self.name


@dataclass(frozen=True)
class Port:
    """A port that the product needs, and the setting that moves it."""

    name: str
    host: str
    number: int
    setting: str

    def is_free(self) -> bool:
        """Whether a server could listen here now."""
        family, *_, address = socket.getaddrinfo(self.host, self.number)[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            # As servers do it: connections that are only dying away do not count.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(address)
            except OSError:
                return False
        return True

    def must_be_free(self) -> None:
        """Raises PortBusy."""
        if not self.is_free():
            raise PortBusy(self, self.holder())

    def answers(self) -> bool:
        try:
            socket.create_connection((self.host, self.number), PROBE_SECONDS).close()
        except OSError:
            return False
        return True

    def holder(self) -> Holder:
        """Who listens on this port."""
        try:
            listening = psutil.net_connections("tcp")
        except psutil.AccessDenied:
            return Holder(None, "a process of another user")
        for connection in listening:
            listens = connection.status == psutil.CONN_LISTEN
            if listens and connection.laddr and connection.laddr.port == self.number:
                return _named(connection.pid)
        return Holder(None, "a process that cannot be seen")


class PortBusy(Mendable):
    """A port that is needed is held by another process."""

    def __init__(self, port: Port, holder: Holder) -> None:
        self.port = port
        self.holder = holder
        super().__init__(
            f"Port {port.number}, needed for the {port.name}, is held by {holder}. "
            f"Stop that process or set {port.setting} to another port."
        )


def free_port(host: str = "127.0.0.1") -> int:
    """A port that nobody holds at this moment."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        number: int = probe.getsockname()[1]
        return number


def is_this_machine(host: str) -> bool:
    """Whether every address of the host leads back to this machine."""
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, None)}
    except OSError:
        return False
    own = {item.address for items in psutil.net_if_addrs().values() for item in items}
    return all(ip_address(address).is_loopback or address in own for address in found)


def _named(pid: int | None) -> Holder:
    try:
        return Holder(pid, psutil.Process(pid).name()) if pid else Holder(None, "a process")
    except psutil.NoSuchProcess:
        return Holder(pid, "a process that has just ended")
