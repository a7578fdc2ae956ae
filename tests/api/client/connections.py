"""What can stand between a client and a service: a relay that breaks off, and strangers."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import urlsplit

Handle = Callable[[socket.socket, bytes], None]


@contextmanager
def answering(handle: Handle) -> Iterator[tuple[str, list[bytes]]]:
    """The URL of a socket that has each request handled and then closes, and the requests."""
    requests: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_accept, args=(listener, handle, requests), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", requests
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(timeout=5)


@contextmanager
def relaying(url: str, most: Sequence[int]) -> Iterator[tuple[str, list[bytes]]]:
    """A way to the service that lets so many bytes of each reply's body through, one after another;
    after those it lets all through."""
    limits = iter(most)

    def relay(client: socket.socket, request: bytes) -> None:
        left = next(limits, None)
        with socket.create_connection(("127.0.0.1", urlsplit(url).port or 80)) as service:
            service.sendall(request)
            head, received = _head_of(service)
            client.sendall(head)
            while received or (received := service.recv(65_536)):
                client.sendall(received[:left])
                left = None if left is None else max(0, left - len(received))
                if left == 0:
                    return
                received = b""

    with answering(relay) as found:
        yield found


def saying(reply: bytes) -> Handle:
    """Somebody who always says the same."""

    def say(client: socket.socket, _request: bytes) -> None:
        client.sendall(reply)

    return say


def _accept(listener: socket.socket, handle: Handle, requests: list[bytes]) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        with client:
            requests.append(_request_of(client))
            handle(client, requests[-1])


def _request_of(client: socket.socket) -> bytes:
    """The bytes of one request. It is asked not to be followed by another."""
    head, body = _head_of(client)
    lines = [line.partition(b": ")[::2] for line in head.split(b"\r\n")]
    length = next((int(value) for name, value in lines if name.lower() == b"content-length"), 0)
    while len(body) < length:
        body += client.recv(65_536)
    kept = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection")]
    return b"\r\n".join([kept[0], b"Connection: close", *kept[1:]]) + body


def _head_of(connection: socket.socket) -> tuple[bytes, bytes]:
    """What comes before the body, with the empty line, and what was received of the body."""
    received = b""
    while b"\r\n\r\n" not in received:
        more = connection.recv(65_536)
        if not more:
            break
        received += more
    head, end, body = received.partition(b"\r\n\r\n")
    return head + end, body
