"""Mentions of members and teams in notes: "@Bea Nowak".

The text decides: a note mentions everyone who is named in it and may see the conversation. What the
author chose from the list distinguishes members with the same name. A team stands for those of its
members who may see the conversation now.
"""

import re
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from inbox.models import ReadMarker
from messagehub.lib.name_comparison import name_key
from teams.models import Membership, Team, TeamMember

TAG = re.compile(r"(<[^>]*>)")


class CannotMention(Exception):
    """The author chose someone who may not see the conversation. The message says who."""


@dataclass(frozen=True)
class Mentionable:
    """A member or a team that a note can mention. members: the ids of the members it stands for."""

    pk: object
    name: str
    members: tuple
    membership: Membership | None = None  # None: a team

    def as_json(self):
        return {"name": self.name, "members": [str(pk) for pk in self.members]}


def find_mentionable(conversation):
    """Return the members who may see the conversation, then the teams that have any of them."""
    members = conversation.audience.order_by("user__name", "pk")
    found = {each.pk: Mentionable(each.pk, each.name, (each.pk,), each) for each in members}
    rows = TeamMember.objects.filter(workspace=conversation.workspace_id, membership__in=found)
    teams = defaultdict(list)
    for row in rows.select_related("team").order_by("team__name", "pk"):
        teams[row.team].append(row.membership_id)
    return [
        *found.values(),
        *(Mentionable(team.pk, team.name, tuple(members)) for team, members in teams.items()),
    ]


def resolve_mentions(conversation, text, *, chosen=()) -> list[Mentionable]:
    """Return whom the text mentions. Raises CannotMention.

    chosen: the ids that the author chose. One whose name isn't in the text any more is ignored.
    """
    if "@" not in text:
        return []
    by_name = defaultdict(list)
    for each in find_mentionable(conversation):
        by_name[name_key(each.name)].append(each)
    known = {each.pk for same in by_name.values() for each in same}
    refuse_others(conversation, text, set(chosen) - known)
    names = [same[0].name for same in by_name.values()]
    mentions = []
    for name in find_names(text, names):
        same = by_name[name_key(name)]
        mentions += [each for each in same if each.pk in chosen] or same
    return mentions


def refuse_others(conversation, text, chosen):
    """Raise CannotMention if the text names a member or team that may not see the conversation."""
    if not chosen:
        return
    workspace = conversation.workspace_id
    members = Membership.objects.active().filter(workspace=workspace, pk__in=chosen)
    teams = Team.objects.filter(workspace=workspace, pk__in=chosen)
    for other in [*members.select_related("user"), *teams]:
        if find_names(text, [str(other)]):
            raise CannotMention(cannot_mention(other))


def cannot_mention(other):
    if isinstance(other, Team):
        text = _("No one in %(name)s can see this conversation. Remove the mention.")
    else:
        text = _("%(name)s can't see this conversation. Remove the mention, or give them access.")
    return text % {"name": other}


def find_names(text, names):
    """Return the names that the text mentions, each once, in their order in the text."""
    if not names:
        return []
    names = longest_first(names)
    found = [names[match.lastindex - 1] for match in compile_names(names).finditer(text)]
    return list(dict.fromkeys(found))


def longest_first(names):
    return sorted(names, key=len, reverse=True)


def compile_names(names):
    """Build a pattern with a group for each name, which is tried in this order."""
    groups = "|".join(f"({re.escape(name)})" for name in names)
    return re.compile(rf"(?<![\w@])@(?:{groups})(?![\w@])", re.IGNORECASE)


def highlight_mentions(html, mentions) -> SafeString:
    """Mark the mentions of a note in its HTML. Pages mark those of their own member more."""
    if not mentions:
        return html
    members = defaultdict(list)
    for each in mentions:
        members[escape(each["name"])] += each["members"]
    names = longest_first(members)
    pattern = compile_names(names)

    def mark(match):
        of = " ".join(members[names[match.lastindex - 1]])
        return format_html(MENTION, of, mark_safe(match[0]))

    parts = TAG.split(html)
    parts[::2] = [pattern.sub(mark, part) for part in parts[::2]]
    return mark_safe("".join(parts))


MENTION = '<b class="mention" data-members="{}">{}</b>'


def find_mentioned(conversations, membership):
    """Return those with a mention of the member: mentioned_at, and whether it is unread."""
    of_member = FilteredRelation("mentions", condition=Q(mentions__membership=membership))
    read = ReadMarker.objects.filter(
        conversation=OuterRef("pk"), membership=membership, seq__gte=OuterRef("mention__seq")
    )
    mentioned = conversations.annotate(mention=of_member).exclude(mention=None)
    return mentioned.annotate(
        mentioned_at=F("mention__mentioned_at"), has_unread_mention=~Exists(read)
    )
