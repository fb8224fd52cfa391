"""Emails about conversations: what they are called, who may know of them, where they lead."""

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from inbox.email_kinds import EmailKind
from inbox.models import Conversation
from outbox.kinds import register_kind
from teams.permissions import Permission
from teams.subjects import register_subjects


def may_see(membership):
    """As Conversation.visible_to. Of whoever sees all, PostgreSQL would gather all to find that."""
    if membership.can(Permission.SEE_ALL) and membership.can(Permission.MANAGE_INBOXES):
        return Q(about__isnull=False)
    conversations = Conversation.objects.visible_to(membership)
    return Q(Exists(conversations.filter(pk=OuterRef("about"))))


def links(abouts):
    conversations = Conversation.objects.filter(pk__in=abouts).select_related("workspace")
    return {each.pk: (str(each), address(each)) for each in conversations}


def address(conversation):
    return reverse("conversation", args=[conversation.workspace.slug, conversation.number])


for kind in EmailKind:
    register_kind(mail, mail.label)
register_subjects(may_see=may_see, links=links)
