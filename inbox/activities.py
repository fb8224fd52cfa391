"""Describes the activities of a timeline in sentences.

Codes and parameters are stored, not sentences, so that each reader gets their own language. Only
routing's `reason` is stored as text, in the workspace's language, and stays as it was.
"""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inbox.ratings import RATINGS
from outbox import reasons


def describe_activity(message) -> str:
    """Return a plain-text sentence in the active language."""
    params = {"by": message.author_name or name_absent_author(message)} | message.details
    return SENTENCES[message.activity](params)


def name_absent_author(message):
    return _("MessageHub") if message.details.get("is_automatic") else _("Former member")


def describe_assigned(params):
    if params.get("reason"):
        return _("Assigned to %(to)s: %(reason)s.") % params
    if params["by"] == params["to"]:
        return _("%(by)s took this conversation.") % params
    return _("%(by)s assigned this conversation to %(to)s.") % params


def describe_returned(params):
    if params.get("is_active"):
        return _("Returned to the queue: %(name)s no longer answers this inbox.") % params
    return _("Returned to the queue: %(name)s no longer has access.") % params


def describe_resolved(params):
    if params.get("contact"):
        return _("%(contact)s ended this conversation.") % params
    return _("%(by)s resolved this conversation.") % params


def describe_reopened(params):
    if params.get("contact"):
        return _("Reopened: %(contact)s wrote again.") % params
    return _("%(by)s reopened this conversation.") % params


def describe_woken(params):
    if params["cause"] == "contact":
        return _("No longer snoozed: %(contact)s wrote.") % params
    if params["cause"] == "time":
        return _("No longer snoozed: the time is up.")
    return _("%(by)s ended the snooze.") % params


def describe_owner_set(params):
    if not params["to"]:
        return _("%(by)s removed this contact's owner.") % params
    if params["by"] == params["to"]:
        return _("%(by)s became this contact's owner.") % params
    return _("%(by)s made %(to)s this contact's owner.") % params


def describe_contact_name(params):
    if not params["name"]:
        return _("%(by)s removed this contact's name.") % params
    return _("%(by)s changed this contact's name to %(name)s.") % params


def describe_contact_merged(params):
    if params.get("is_same_person"):
        return (
            _("%(name)s was merged into this contact: both signed in as the same person.") % params
        )
    return _("%(by)s merged %(name)s into this contact.") % params


def describe_contact_email(params):
    if not params["email"]:
        return _("%(by)s removed this contact's email address.") % params
    return _("%(by)s changed this contact's email address to %(email)s.") % params


def describe_email_left(params):
    if params.get("replaced"):
        text = _("%(contact)s left an email address: %(email)s. It replaces %(replaced)s.")
    else:
        text = _("%(contact)s left an email address: %(email)s.")
    return text % params


def describe_labels_added(params):
    text = ngettext(
        "%(by)s added the label %(labels)s.",
        "%(by)s added the labels %(labels)s.",
        len(params["labels"]),
    )
    return text % {**params, "labels": ", ".join(params["labels"])}


def describe_labels_removed(params):
    text = ngettext(
        "%(by)s removed the label %(labels)s.",
        "%(by)s removed the labels %(labels)s.",
        len(params["labels"]),
    )
    return text % {**params, "labels": ", ".join(params["labels"])}


def describe_priority(params):
    from inbox.models import Conversation  # which describes its activities with this module

    if not params["to"]:
        return _("%(by)s removed the priority.") % params
    priority = Conversation.Priority(params["to"]).label
    return _("%(by)s set the priority to %(priority)s.") % {**params, "priority": priority}


def describe_team(params):
    if not params["to"]:
        return _("%(by)s removed the team.") % params
    return _("%(by)s set the team to %(to)s.") % params


def describe_rated(params):
    face, name = RATINGS[params["rating"]]
    params = {**params, "rating": f"{face} {name}"}
    if params["agent"]:
        text = _("%(contact)s rated this conversation with %(agent)s: %(rating)s.") % params
    else:
        text = _("%(contact)s rated this conversation: %(rating)s.") % params
    return f"{text} {_('“%(comment)s”') % params}" if params["comment"] else text


def describe_undelivered(params):
    reason = reasons.describe_in_timeline(params["reason"])
    return _("The email to %(email)s couldn't be delivered: %(reason)s.") % {
        **params,
        "reason": reason,
    }


SENTENCES = {
    "assigned": describe_assigned,
    "kept": lambda params: params["reason"],
    "unassigned": lambda params: _("%(by)s returned this to the queue.") % params,
    "returned": describe_returned,
    "waiting": lambda params: _("Waiting: %(reason)s.") % params,
    "resolved": describe_resolved,
    "reopened": describe_reopened,
    "snoozed": lambda params: _("%(by)s snoozed this conversation.") % params,
    "woken": describe_woken,
    "owner_set": describe_owner_set,
    "contact_name": describe_contact_name,
    "contact_email": describe_contact_email,
    "contact_blocked": lambda params: _("%(by)s blocked this contact.") % params,
    "contact_unblocked": lambda params: _("%(by)s unblocked this contact.") % params,
    "contact_merged": describe_contact_merged,
    "email_left": describe_email_left,
    "greeted": lambda params: _("%(contact)s answered the greeting “%(text)s”") % params,
    "consent_given": lambda params: _("%(contact)s agreed: “%(text)s”") % params,
    "undelivered": describe_undelivered,
    "labels_added": describe_labels_added,
    "labels_removed": describe_labels_removed,
    "priority_set": describe_priority,
    "team_set": describe_team,
    "rated": describe_rated,
    "transcript_requested": lambda params: (
        _("%(contact)s asked for this conversation by email.") % params
    ),
}
