"""A mail server by SMTP: quick to give up before it has the mail, patient afterwards.

Whoever has got the final dot may work on it for ten minutes (RFC 5321, 4.5.3.2.6). Giving up
earlier sends again what has arrived.
"""

import re
from smtplib import SMTP, SMTP_SSL, SMTPDataError, SMTPServerDisconnected

from django.core.mail.backends import smtp

TAKES_SECONDS = 600


class Unanswered(Exception):
    """The server has got all of it and did not say whether it takes it."""


class Patient:
    """`hand_over` is called when all but the final dot is there; if it raises, the server drops
    what it has got."""

    def data(self, msg):
        self.putcmd("data")
        code, words = self.getreply()
        if code != 354:
            raise SMTPDataError(code, words)
        self.send(re.sub(rb"(?m)^\.", b"..", msg).removesuffix(b"\r\n") + b"\r\n")
        try:
            self.hand_over()
        except BaseException:
            self.close()
            raise
        return self.end()

    def end(self):
        usual = self.sock.gettimeout()
        try:
            self.sock.settimeout(TAKES_SECONDS)
            self.send(b".\r\n")
            answer = self.getreply()
        except (OSError, SMTPServerDisconnected) as error:
            self.close()
            raise Unanswered(f"no answer to the end of the email: {error}") from error
        self.sock.settimeout(usual)
        return answer


class PatientSMTP(Patient, SMTP):
    pass


class PatientTLS(Patient, SMTP_SSL):
    pass


class EmailBackend(smtp.EmailBackend):
    """EMAIL_TIMEOUT is for each answer until the mail is there."""

    def hand_over(self):
        pass

    @property
    def connection_class(self):
        return PatientTLS if self.use_ssl else PatientSMTP

    def _send(self, email_message):
        self.connection.hand_over = self.hand_over
        return super()._send(email_message)
