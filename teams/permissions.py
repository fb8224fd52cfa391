"""The named list of what a membership may do. Checks ask the membership, never for a role."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Permission(TextChoices):
    ANSWER = "answer", _("answer conversations")
    ASSIGN = "assign", _("assign conversations")
    RESOLVE = "resolve", _("resolve and reopen conversations")
    MANAGE_INBOXES = "manage_inboxes", _("manage inboxes and their widget")
    MANAGE_TEAM = "manage_team", _("manage the team")
    SEE_REPORTS = "see_reports", _("read reports")
    CHANGE_SETTINGS = "change_settings", _("change account settings")


AGENT = frozenset({Permission.ANSWER, Permission.ASSIGN, Permission.RESOLVE})
ADMINISTRATOR = frozenset(Permission)
