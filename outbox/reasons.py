"""Why an email did not arrive: a code is stored, its description is translated when it is shown.

Each code has a description that ends a sentence, and advice for an administrator.
"""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

CHECK_ADDRESS = _("Check the address for typos.")
TRY_LATER = _("Try again later.")
CHECK_DNS = _(
    "Ask your MessageHub operator whether the sender's domain has SPF, DKIM and DMARC records."
)
CHECK_EMAIL_URL = _("Ask your MessageHub operator to check EMAIL_URL, then try again.")
SUPPRESSED = _("The email provider has stopped sending to this address.")

REASONS = {
    # On the recipient's side.
    "no_mailbox": (_("mailbox unknown"), CHECK_ADDRESS),
    "bad_address": (_("not a valid address"), CHECK_ADDRESS),
    "no_server": (_("no mail server for this address"), CHECK_ADDRESS),
    "address_refused": (_("address refused"), CHECK_ADDRESS),
    "mailbox_off": (_("mailbox closed"), _("The mailbox exists but doesn't accept emails.")),
    "mailbox_full": (_("mailbox full"), TRY_LATER),
    "too_large": (_("email too large"), _("Their mail server only accepts smaller emails.")),
    "refused": (_("refused by their mail server"), CHECK_DNS),
    "returned": (_("returned by their mail server"), CHECK_ADDRESS),
    "timed_out": (_("their mail server did not answer"), TRY_LATER),
    "marked_as_spam": (_("they marked an earlier email as spam"), SUPPRESSED),
    "unsubscribed": (_("they unsubscribed at the email provider"), SUPPRESSED),
    "blocked": (
        _("address blocked by the email provider"),
        _(
            "This usually happens after a bounce. Remove the address from the provider’s "
            "suppression list first."
        ),
    ),
    # On our own side.
    "unreachable": (_("the outgoing mail server could not be reached"), CHECK_EMAIL_URL),
    "unanswered": (
        _("the outgoing mail server didn’t confirm that it accepted the email"),
        _("It may have arrived. Ask the recipient before you send it again."),
    ),
    "certificate": (_("the outgoing mail server’s certificate is not valid"), CHECK_EMAIL_URL),
    "login_refused": (_("the outgoing mail server refused our login"), CHECK_EMAIL_URL),
    "sender_refused": (
        _("the outgoing mail server refused our sender address"),
        _("Ask your MessageHub operator to check DEFAULT_FROM_EMAIL, then try again."),
    ),
    "busy": (_("the outgoing mail server is not accepting emails right now"), TRY_LATER),
    "not_taken": (
        _("the outgoing mail server refused this email"),
        _("The server's message gives the reason. Ask your MessageHub operator."),
    ),
    "broken": (
        _("MessageHub could not create it"),
        _("This is a fault in MessageHub. Tell your operator; the worker’s log has the details."),
    ),
}
# The operator can fix these; they have nothing to do with the recipient.
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

# Enhanced status codes (RFC 3463) without their class: (subject, detail).
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


def describe(code) -> str:
    """Describe a reason so that it ends a sentence: "could not be delivered: mailbox unknown"."""
    reason = REASONS.get(code)
    return str(reason[0]) if reason else gettext("no reason given")


def advice(code) -> str:
    reason = REASONS.get(code)
    return str(reason[1]) if reason else ""


def describe_in_timeline(code) -> str:
    """Describe a reason in a conversation. The emails page explains faults on our own side."""
    if code in OPERATOR_REASONS:
        return gettext("a fault on our side, see Emails in the settings")
    return describe(code)
