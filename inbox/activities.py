"""The sentences of the timeline's activities. What happened is stored, not its wording; but for
routing's reason (`because`), which stays as it was said."""

from django.utils.translation import gettext as _

from outbox import reasons


def sentence(message) -> str:
    """Plain text, in the language active now."""
    return SENTENCES[message.activity](
        {"by": message.author_name or _("MessageHub")} | message.details
    )


def assigned(words):
    if words.get("because"):
        return _("Assigned to %(to)s: %(because)s.") % words
    if words["by"] == words["to"]:
        return _("%(by)s took this conversation.") % words
    return _("%(by)s assigned this to %(to)s.") % words


def returned(words):
    if words.get("is_here"):
        return _("%(name)s no longer answers this inbox: back to the queue.") % words
    return _("%(name)s is no longer here: back to the queue.") % words


def woken(words):
    if words["why"] == "contact":
        return _("Back from snooze: %(contact)s wrote.") % words
    if words["why"] == "time":
        return _("Back from snooze: it is time.")
    return _("%(by)s woke this conversation up.") % words


def owner_set(words):
    if not words["to"]:
        return _("%(by)s removed the owner of this contact.") % words
    if words["by"] == words["to"]:
        return _("%(by)s became the owner of this contact.") % words
    return _("%(by)s made %(to)s the owner of this contact.") % words


def contact_name(words):
    if not words["name"]:
        return _("%(by)s removed the name of this contact.") % words
    return _("%(by)s named this contact %(name)s.") % words


def contact_email(words):
    if not words["email"]:
        return _("%(by)s removed the email address of this contact.") % words
    return _("%(by)s changed the email address of this contact to %(email)s.") % words


SENTENCES = {
    "assigned": assigned,
    "kept": lambda words: words["because"],
    "unassigned": lambda words: _("%(by)s put this back into the queue.") % words,
    "returned": returned,
    "resolved": lambda words: _("%(by)s resolved this conversation.") % words,
    "reopened": lambda words: (
        _("Reopened: %(contact)s wrote again.") % words
        if words.get("contact")
        else _("%(by)s reopened this conversation.") % words
    ),
    "snoozed": lambda words: _("%(by)s snoozed this conversation.") % words,
    "woken": woken,
    "waiting": lambda words: _("Waiting: %(because)s.") % words,
    "owner_set": owner_set,
    "contact_name": contact_name,
    "contact_email": contact_email,
    "undelivered": lambda words: (
        _("The email to %(email)s could not be delivered: %(because)s.")
        % {**words, "because": reasons.describe_in_timeline(words["reason"])}
    ),
    "email_left": lambda words: _("%(contact)s left an email address: %(email)s.") % words,
}
