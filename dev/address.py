"""Choose the port of MessageHub, and check whether it responds."""

import contextlib
import errno
import http.client
import os
import socket

from .errors import UserError

HOST = "127.0.0.1"


def chosen_port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise UserError(f"PORT={text} isn't a port: use a number from 1 to 65535, like 8000.")
    return int(text)


def refuse_taken(port: int) -> None:
    other = port + 1 if 1024 < port < 65535 else 8000
    taken = f"Port {port} is taken by another program: stop that one, or choose another: "
    advice = f"make run PORT={other}"
    # `localhost` may mean ::1 first, and another program on that address would get our visitors.
    if _answers(socket.AF_INET, HOST, port) or _answers(socket.AF_INET6, "::1", port):
        raise UserError(taken + advice)
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise UserError(taken + advice) from None
        raise UserError(f"Port {port} can't be used ({error.strerror}): {advice}") from None


def _answers(family: int, host: str, port: int) -> bool:
    with contextlib.suppress(OSError), socket.socket(family) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((host, port)) == 0
    return False


def is_healthy(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
