"""A mail server for tests that accepts emails, refuses them, or is slow."""

import re
import socketserver
import threading
import time
from contextlib import contextmanager, suppress


class MailHost(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Conversation)
        self.received = []
        self.answers = []  # one code per email, taken from the front; without one, accept it
        self.pause = 0
        self.gate = threading.Event()  # while it is cleared, the server doesn't respond
        self.gate.set()
        self.deaf = False  # accepts connections but never responds
        self.holding = 0  # emails received whose senders wait for a response

    @property
    def port(self):
        return self.server_address[1]

    def message_ids(self):
        return [re.search(r"Message-ID: (\S+)", mail).group(1) for mail in self.received]


class Conversation(socketserver.StreamRequestHandler):
    """The part of SMTP (RFC 5321) that a client needs to send a message."""

    def handle(self):
        if self.server.deaf:
            self.rfile.readline()
            return
        self.say("220 ready")
        while line := self.rfile.readline():
            verb = line[:4].upper().strip()
            if verb == b"DATA":
                self.take()
            elif verb == b"QUIT":
                self.say("221 bye")
                return
            elif verb == b"RCPT" and b"unknown@" in line:
                self.say("550 no such person")
            else:
                self.say("250 fine")

    def take(self):
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.decode())
        if not line:
            return  # the message is incomplete
        self.keep_waiting()
        code = self.server.answers.pop(0) if self.server.answers else 250
        if code == 250:
            self.server.received.append("".join(lines))
        self.say(f"{code} so be it")

    def keep_waiting(self):
        self.server.holding += 1
        time.sleep(self.server.pause)
        self.server.gate.wait()
        self.server.holding -= 1

    def say(self, words):
        with suppress(OSError):  # the client may be gone
            self.wfile.write(f"{words}\r\n".encode())


@contextmanager
def mail_host():
    with MailHost() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server
        finally:
            server.gate.set()
            server.shutdown()
