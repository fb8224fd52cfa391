"""What members may do. Code checks a membership's permissions, never its role."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Permission(TextChoices):
    ANSWER = "answer", _("Answer conversations")
    ASSIGN = "assign", _("Assign conversations")
    RESOLVE = "resolve", _("Resolve and reopen conversations")
    SEE_ALL = "see_all", _("See all conversations, not only their own and unassigned ones")
    EDIT_CONTACTS = "edit_contacts", _("Edit contacts")
    IMPORT_CONTACTS = "import_contacts", _("Import and export contacts")
    CANNED_REPLIES = "canned_replies", _("Manage canned replies")
    SEE_REPORTS = "see_reports", _("View reports")
    MANAGE_INBOXES = "manage_inboxes", _("Manage inboxes and their widgets")
    MANAGE_TEAM = "manage_team", _("Manage team members, teams and roles")
    SEE_AUDIT_LOG = "see_audit_log", _("View the audit log")
    CHANGE_SETTINGS = "change_settings", _("Change workspace settings")


AGENT = frozenset(
    {
        Permission.ANSWER,
        Permission.ASSIGN,
        Permission.RESOLVE,
        Permission.SEE_ALL,
        Permission.EDIT_CONTACTS,
    }
)
ADMINISTRATOR = frozenset(Permission)
BUILT_IN = {"agent": AGENT, "administrator": ADMINISTRATOR}
