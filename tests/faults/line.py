"""A proxy to a server whose connections can be cut and restored, without touching the server."""

import socket
import threading
from contextlib import closing, contextmanager, suppress
from urllib.parse import parse_qs, urlsplit

from django.conf import settings

from tests.processes import free_port


@contextmanager
def line_to_redis():
    """Start a proxy to the tests' Redis; its address is `.url`."""
    parts = urlsplit(settings.REDIS_URL)
    is_socket = parts.scheme == "unix"
    line = Line(parts.path if is_socket else (parts.hostname, parts.port or 6379))
    number = parse_qs(parts.query).get("db", ["0"])[0] if is_socket else parts.path.strip("/")
    line.url = f"redis://:{parts.password or ''}@127.0.0.1:{line.port}/{number}"
    try:
        yield line
    finally:
        line.cut()


class Line:
    """Forward connections from 127.0.0.1:port to `target`, a (host, port) or a socket's path."""

    def __init__(self, target):
        self.target = target
        self.open = []
        self.flows = threading.Event()
        self.flows.set()
        self.lock = threading.Lock()  # a connection made while the line is cut is cut too
        self.listener = None
        # While the line is cut, no outgoing connection of the machine may take its port.
        self.port = free_port()
        self.mend()

    def mend(self):
        self.listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self.accept, args=(self.listener,), daemon=True).start()

    def cut(self):
        with suppress(OSError):  # it is cut already
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        with self.lock:
            for each in self.open:
                with closing(each), suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
            self.open = []

    def freeze(self):
        """Accept connections but forward nothing until `thaw`, like a stopped server."""
        self.flows.clear()

    def thaw(self):
        self.flows.set()

    def accept(self, listener):
        while True:
            try:
                here, _address = listener.accept()
                there = self.connect()
            except OSError:
                return
            with self.lock:
                if listener.fileno() == -1:  # cut meanwhile
                    here.close()
                    there.close()
                    return
                self.open += [here, there]
            for source, sink in ((here, there), (there, here)):
                arguments = (source, sink, self.flows)
                threading.Thread(target=pass_on, args=arguments, daemon=True).start()

    def connect(self):
        if isinstance(self.target, str):
            there = socket.socket(socket.AF_UNIX)
            there.connect(self.target)
            return there
        return socket.create_connection(self.target)


def pass_on(source, sink, flows):
    try:
        while data := source.recv(65536):
            flows.wait()
            sink.sendall(data)
    except OSError:
        pass
    for each in (source, sink):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
