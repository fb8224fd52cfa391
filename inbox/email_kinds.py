"""The emails there are about a conversation, by what they are called on the page of emails.

Written and sent by routing (routing.emails); the desk says what became of them.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Mail(TextChoices):
    """`kind` of a Delivery whose `about` is a conversation."""

    UNANSWERED = "unanswered", _("A chat that waits for an answer")
    PASSED_ON = "passed_on", _("A chat that went to somebody else")
    REPLY = "reply", _("A reply to a visitor who has gone")
