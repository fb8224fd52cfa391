"""The sentences of the timeline's activities. What happened is stored, never its wording."""

from django.utils.translation import gettext as _


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


SENTENCES = {
    "assigned": assigned,
    "unassigned": lambda words: _("%(by)s put this back into the queue.") % words,
    "returned": lambda words: _("%(name)s is no longer here: back to the queue.") % words,
    "resolved": lambda words: _("%(by)s resolved this conversation.") % words,
    "reopened": lambda words: (
        _("Reopened: %(contact)s wrote again.") % words
        if words.get("contact")
        else _("%(by)s reopened this conversation.") % words
    ),
    "waiting": lambda words: _("Waiting: %(because)s.") % words,
    "email_left": lambda words: _("%(contact)s left an email address: %(email)s.") % words,
}
