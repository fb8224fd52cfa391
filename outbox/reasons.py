"""Why an email did not arrive: a code is stored, its words are made when they are shown.

For each code a few words that end a sentence, and what an administrator can do about it.
"""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

CHECK_ADDRESS = _("Check the address for a typing mistake.")
TRY_LATER = _("Try again later.")
REPUTATION = _(
    "Ask whoever runs MessageHub whether the sender's domain has its SPF, DKIM and DMARC records."
)
ASK_OPERATOR = _("Ask whoever runs MessageHub to check EMAIL_URL, then try again.")

REASONS = {
    # The recipient's side.
    "no_mailbox": (_("mailbox unknown"), CHECK_ADDRESS),
    "bad_address": (_("not a valid address"), CHECK_ADDRESS),
    "no_server": (_("no mail server for this address"), CHECK_ADDRESS),
    "address_refused": (_("address refused"), CHECK_ADDRESS),
    "mailbox_off": (_("mailbox closed"), _("The mailbox exists but takes no mail.")),
    "mailbox_full": (_("mailbox full"), TRY_LATER),
    "too_large": (_("email too large"), _("Their mail server takes only smaller emails.")),
    "refused": (_("refused by their mail server"), REPUTATION),
    "returned": (_("returned by their mail server"), CHECK_ADDRESS),
    "timed_out": (_("their mail server did not answer"), TRY_LATER),
    "marked_as_spam": (
        _("they marked an earlier email as spam"),
        _("The mail provider sends them nothing any more."),
    ),
    "unsubscribed": (
        _("they unsubscribed at the mail provider"),
        _("The mail provider sends them nothing any more."),
    ),
    "blocked": (
        _("address blocked by the mail provider"),
        _("Usually an earlier email came back. Take the address off the provider’s list first."),
    ),
    # Our side.
    "unreachable": (_("the outgoing mail server could not be reached"), ASK_OPERATOR),
    "unanswered": (
        _("the outgoing mail server got it and did not say whether it takes it"),
        _("It may have arrived. Ask them before you send it again."),
    ),
    "certificate": (_("the outgoing mail server’s certificate is not valid"), ASK_OPERATOR),
    "login_refused": (_("the outgoing mail server refuses our login"), ASK_OPERATOR),
    "sender_refused": (
        _("the outgoing mail server refuses our sender address"),
        _("Ask whoever runs MessageHub to check DEFAULT_FROM_EMAIL, then try again."),
    ),
    "busy": (_("the outgoing mail server takes no email now"), TRY_LATER),
    "not_taken": (
        _("the outgoing mail server refuses this email"),
        _("Its own words say why. Ask whoever runs MessageHub."),
    ),
    "broken": (
        _("MessageHub could not write it"),
        _("A fault in MessageHub. Tell whoever runs it; the worker’s log has the details."),
    ),
}
OPERATOR_REASONS = {
    "unreachable",
    "unanswered",
    "certificate",
    "login_refused",
    "sender_refused",
    "busy",
    "not_taken",
    "broken",
}

# RFC 3463: class.subject.detail; only what says more than the class.
ENHANCED_CODES = {
    (1, 0): "address_refused",
    (1, 1): "no_mailbox",
    (1, 2): "no_server",
    (1, 3): "bad_address",
    (1, 6): "no_mailbox",
    (1, 10): "no_server",
    (2, 1): "mailbox_off",
    (2, 2): "mailbox_full",
    (2, 3): "too_large",
    (3, 4): "too_large",
    (4, 1): "timed_out",
    (4, 4): "no_server",
    (4, 7): "timed_out",
}


def words(code) -> str:
    """Ends a sentence: "... could not be delivered: mailbox unknown"."""
    known = REASONS.get(code)
    return str(known[0]) if known else gettext("no reason given")


def advice(code) -> str:
    known = REASONS.get(code)
    return str(known[1]) if known else ""


def public_reason(code) -> str:
    """For a conversation: what is wrong on our own side is explained on the page of emails."""
    if code in OPERATOR_REASONS:
        return gettext("a fault on our side, see Emails in the settings")
    return words(code)
