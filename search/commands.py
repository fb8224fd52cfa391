"""What the command bar links to: views, inboxes, pages, settings and other workspaces.

Each link is offered to those whose permissions its page requires; the page checks them again. What
can be done with the open conversation isn't listed here: the command bar presses the buttons that
the page has (static/shell/command-bar.js).
"""

from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from inbox.models import Inbox, SavedView
from teams.models import Membership
from teams.permissions import Permission
from teams.settings_menu import MY_SETTINGS, WORKSPACE_SETTINGS, offered_settings


@dataclass
class Command:
    """A link. `is_extra`: only shown when someone types part of it."""

    label: str | Promise
    url: str
    icon: str
    hint: str | Promise = ""
    is_extra: bool = False
    shows_list: bool = False  # the desk replaces only its list


@dataclass
class CommandGroup:
    label: Promise
    commands: list[Command] = field(default_factory=list)


def list_commands(membership) -> list[CommandGroup]:
    """Return all links that the member can use, without empty groups."""
    groups = [
        CommandGroup(_("Views"), [*list_views(membership), *list_inboxes(membership)]),
        CommandGroup(_("Pages"), list_pages(membership)),
        CommandGroup(_("Settings"), list_settings(membership)),
        CommandGroup(_("Workspaces"), list_workspaces(membership)),
    ]
    return [group for group in groups if group.commands]


def list_views(membership):
    if not membership.can(Permission.ANSWER):
        return []
    url = reverse("conversations", args=[membership.workspace.slug])
    built_in = [
        (pgettext_lazy("conversations", "Mine"), "view=mine", "user"),
        (_("Mentions"), "view=mentions", "at-sign"),
        (pgettext_lazy("conversations", "Unassigned"), "view=unassigned", "inbox"),
        (_("All open"), "view=all", "message-square"),
        (pgettext_lazy("conversations", "Snoozed"), "view=all&status=snoozed", "alarm-clock"),
        (pgettext_lazy("conversations", "Resolved"), "view=all&status=resolved", "circle-check"),
    ]
    views = [
        Command(label, f"{url}?{query}", icon, shows_list=True) for label, query, icon in built_in
    ]
    saved = SavedView.objects.visible_to(membership)
    return views + [
        Command(view.name, f"{url}?{view.query}", "list-filter", _("Saved view"), shows_list=True)
        for view in saved
    ]


def list_inboxes(membership):
    workspace = membership.workspace.slug
    url = reverse("conversations", args=[workspace])
    commands = []
    for inbox in Inbox.objects.visible_to(membership).order_by("name", "pk"):
        if membership.can(Permission.ANSWER):
            query = f"view=all&inbox={inbox.pk}"
            command = Command(inbox.name, f"{url}?{query}", "inbox", _("Inbox"), is_extra=True)
            command.shows_list = True
            commands.append(command)
        if membership.can_manage_inboxes:
            label = _("Settings of %(inbox)s") % {"inbox": inbox.name}
            settings = reverse("inbox-appearance", args=[workspace, inbox.pk])
            commands.append(Command(label, settings, "settings", _("Inbox"), is_extra=True))
    return commands


# Name of the URL, label, icon and the permission that the page requires.
PAGES = [
    ("search", _("Search messages"), "search", Permission.ANSWER),
    ("contacts", _("Contacts"), "contact", Permission.ANSWER),
    ("notifications", _("Notifications"), "bell", Permission.ANSWER),
    ("routing-board", _("Routing board"), "route", Permission.SEE_REPORTS),
    ("simulator", _("Routing simulator"), "flask-conical", Permission.SEE_REPORTS),
    ("reports", _("Reports"), "chart-column", Permission.SEE_REPORTS),
    (
        "reports-conversations",
        _("Reports: conversations"),
        "chart-column",
        Permission.SEE_REPORTS,
    ),
    ("reports-agents", _("Reports: agents"), "chart-column", Permission.SEE_REPORTS),
    ("reports-routing", _("Reports: routing"), "chart-column", Permission.SEE_REPORTS),
    ("reports-inboxes", _("Reports: inboxes"), "chart-column", Permission.SEE_REPORTS),
]


def list_pages(membership):
    return [
        Command(
            label,
            reverse(name, args=[membership.workspace.slug]),
            icon,
            is_extra=name.startswith("reports-"),
        )
        for name, label, icon, permission in PAGES
        if membership.can(permission)
    ]


def list_settings(membership):
    """Return the pages of both menus, except those in list_pages()."""
    others = {name for name, *_rest in PAGES}
    return [
        Command(
            page.label,
            page.url(membership.workspace),
            "settings",
            group.label,
            is_extra=True,
        )
        for groups in (WORKSPACE_SETTINGS, MY_SETTINGS)
        for group in offered_settings(groups, membership)
        for page in group.pages
        if page.url_name not in others
    ]


def list_workspaces(membership):
    memberships = Membership.objects.active().filter(user=membership.user)
    others = memberships.exclude(pk=membership.pk).select_related("workspace")
    return [
        Command(
            _("Switch to %(workspace)s") % {"workspace": each.workspace.name},
            reverse("workspace", args=[each.workspace.slug]),
            "building",
            is_extra=True,
        )
        for each in others.order_by("workspace__name", "pk")
    ]
