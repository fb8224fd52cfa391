"""The pages of the workspace settings, and those of a member's own, in the order of their menus.

The menus, the gear in the rail and the command bar show these lists. A page's view checks the
permission again.
"""

from typing import NamedTuple

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from teams.permissions import Permission


class SettingsPage(NamedTuple):
    """An entry of the menu: the name of a page's URL, its label, and what its view requires.

    `parts` are the names of other pages that belong to the entry.
    """

    url_name: str
    label: Promise
    permission: Permission | None = None
    parts: tuple[str, ...] = ()
    is_workspace_page: bool = True  # else its URL has no workspace

    def url(self, workspace):
        return reverse(self.url_name, args=[workspace.slug] if self.is_workspace_page else [])

    def is_shown_by(self, url_name):
        return url_name == self.url_name or url_name in self.parts


class SettingsGroup(NamedTuple):
    label: Promise
    pages: list[SettingsPage]


WORKSPACE_SETTINGS = [
    SettingsGroup(
        _("Workspace Settings"),
        [
            SettingsPage(
                "general",
                _("General"),
                Permission.CHANGE_SETTINGS,
                (
                    "workspace-address",
                    "workspace-logo",
                    "workspace-holidays",
                    "workspace-deletion",
                ),
            ),
            SettingsPage("chat-agents", _("Chat Agents"), Permission.MANAGE_TEAM),
            SettingsPage(
                "inboxes",
                _("Inboxes"),
                Permission.MANAGE_INBOXES,
                (
                    "new-inbox",
                    "inbox-appearance",
                    "inbox-identity",
                    "identity-secrets",
                    "inbox-prechat",
                    "inbox-visibility",
                    "page-greetings",
                    "page-greeting",
                    "new-page-greeting",
                    "inbox-availability",
                    "inbox-routing",
                    "inbox-access",
                    "installation",
                ),
            ),
            SettingsPage("labels", _("Labels"), Permission.CHANGE_SETTINGS, ("label", "new-label")),
            SettingsPage(
                "canned-replies",
                _("Canned replies"),
                Permission.CANNED_REPLIES,
                ("canned-reply", "new-canned-reply"),
            ),
            SettingsPage(
                "routing-board", _("Routing board"), Permission.SEE_REPORTS, ("simulator",)
            ),
            SettingsPage(
                "contact-attributes",
                _("Contact attributes"),
                Permission.CHANGE_SETTINGS,
                ("contact-attribute", "new-contact-attribute"),
            ),
            SettingsPage("emails", _("Emails"), Permission.CHANGE_SETTINGS),
        ],
    ),
    SettingsGroup(
        _("Team Settings"),
        [
            SettingsPage(
                "team-members",
                _("Team Members"),
                Permission.MANAGE_TEAM,
                (
                    "member",
                    "member-hours",
                    "member-capacity",
                    "member-removal",
                    "member-suspension",
                    "new-invitation",
                    "invitation-link",
                ),
            ),
            SettingsPage("teams", _("Teams"), Permission.MANAGE_TEAM, ("team", "new-team")),
            SettingsPage("roles", _("Roles"), Permission.MANAGE_TEAM, ("role", "new-role")),
            SettingsPage("audit-log", _("Audit log"), Permission.SEE_AUDIT_LOG),
        ],
    ),
]
MY_SETTINGS = [
    SettingsGroup(
        _("My settings"),
        [
            SettingsPage("my-profile", _("Profile"), parts=("my-name", "my-photo")),
            SettingsPage("my-hours", _("Office hours")),
            SettingsPage("my-notifications", _("Notifications")),
        ],
    ),
    SettingsGroup(
        _("My account"),
        [
            SettingsPage("my-account", _("Email addresses"), parts=("account_email",)),
            SettingsPage("account_change_password", _("Password"), is_workspace_page=False),
        ],
    ),
]


def offered_settings(groups, membership) -> list[SettingsGroup]:
    """Return the groups with the pages that the member may open, without empty groups."""
    offered = [
        SettingsGroup(
            group.label,
            [
                page
                for page in group.pages
                if page.permission is None or membership.can(page.permission)
            ],
        )
        for group in groups
    ]
    return [group for group in offered if group.pages]


def first_settings_page(membership) -> SettingsPage | None:
    """Return where the gear in the rail leads. The routing board has an entry of its own there."""
    groups = offered_settings(WORKSPACE_SETTINGS, membership)
    pages = (page for group in groups for page in group.pages)
    return next((page for page in pages if page.url_name != "routing-board"), None)
