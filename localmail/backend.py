from email.header import decode_header, make_header

from django.core.mail.backends.base import BaseEmailBackend

from localmail.models import LocalMail

PART_HEADERS = {"Content-Type", "MIME-Version", "Content-Transfer-Encoding"}


class MailboxBackend(BaseEmailBackend):
    """Store every email for the page at /mailbox/ instead of sending it."""

    def send_messages(self, email_messages):
        for message in email_messages:
            parts = [part.content for part in getattr(message, "alternatives", [])]
            headers = readable_headers(message)
            for recipient in message.recipients():
                LocalMail.objects.create(
                    sender=message.from_email,
                    recipient=recipient,
                    subject=message.subject[:255],
                    text=message.body,
                    html=parts[0] if parts else "",
                    headers=headers,
                )
        return len(email_messages)


def readable_headers(message):
    """Return the headers that a mail server would get, and fail where sending would fail."""
    headers = message.message().items()
    return {
        name: str(make_header(decode_header(value)))
        for name, value in headers
        if name not in PART_HEADERS
    }
