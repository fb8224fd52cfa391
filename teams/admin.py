from django.contrib import admin

from messagehub.lib.admin import ReadOnlyAdmin
from teams.models import AuditEntry, Membership, Workspace


@admin.register(Workspace)
class WorkspaceAdmin(ReadOnlyAdmin):
    list_display = ("name", "slug", "created_at")
    search_fields = ("name", "slug")
    fields = ("name", "slug", "created_at")


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    list_display = ("user", "workspace", "role", "suspended_at", "removed_at")
    list_select_related = ("user", "workspace", "role")
    search_fields = ("user__email", "user__name", "workspace__slug")
    fields = ("user", "workspace", "role", "suspended_at", "removed_at")


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "workspace", "action")
    list_select_related = ("workspace",)
    search_fields = ("workspace__slug",)
