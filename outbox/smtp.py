"""Send by SMTP: time out quickly before the server has the email, and patiently afterwards.

A server that got the final dot may take ten minutes to respond (RFC 5321, 4.5.3.2.6). Giving up
earlier would send an email again that has arrived.
"""

import re
from smtplib import SMTP, SMTP_SSL, SMTPDataError, SMTPServerDisconnected

from django.core.mail.backends import smtp

RESPONSE_SECONDS = 600


class Unanswered(Exception):
    """The server got the whole email and did not confirm that it accepts it."""


class PatientMixin:
    """Call `before_final_dot` once the server has everything but the final dot.

    If that raises, the connection closes and the server drops the email.
    """

    def data(self, msg):
        self.putcmd("data")
        code, message = self.getreply()
        if code != 354:
            raise SMTPDataError(code, message)
        self.send(re.sub(rb"(?m)^\.", b"..", msg).removesuffix(b"\r\n") + b"\r\n")
        try:
            self.before_final_dot()
        except BaseException:
            self.close()
            raise
        return self.send_final_dot()

    def send_final_dot(self):
        usual_timeout = self.sock.gettimeout()
        try:
            self.sock.settimeout(RESPONSE_SECONDS)
            self.send(b".\r\n")
            reply = self.getreply()
        except (OSError, SMTPServerDisconnected) as error:
            self.close()
            raise Unanswered(f"no answer to the end of the email: {error}") from error
        self.sock.settimeout(usual_timeout)
        return reply


class PatientSMTP(PatientMixin, SMTP):
    pass


class PatientSMTPS(PatientMixin, SMTP_SSL):
    pass


class EmailBackend(smtp.EmailBackend):
    """Django's SMTP backend, where EMAIL_TIMEOUT applies until the server has the email."""

    def before_final_dot(self):
        pass

    @property
    def connection_class(self):
        return PatientSMTPS if self.use_ssl else PatientSMTP

    def _send(self, email_message):
        self.connection.before_final_dot = self.before_final_dot
        return super()._send(email_message)
