"""Names the kinds of email about a conversation. routing.emails and notifications write them."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class EmailKind(TextChoices):
    """The `kind` of a Delivery whose `about` is a conversation."""

    UNANSWERED = "unanswered", _("Conversation waiting for a reply")
    REASSIGNED = "reassigned", _("Conversation reassigned")
    MENTIONED = "mentioned", _("Mention in a note")
    REPLY = "reply", _("Reply to a visitor who left")
    TRANSCRIPT = "transcript", _("Conversation that a visitor asked for")
