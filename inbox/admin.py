from django.contrib import admin

from inbox.models import Inbox
from messagehub.lib.admin import ReadOnlyAdmin


@admin.register(Inbox)
class InboxAdmin(ReadOnlyAdmin):
    list_display = ("name", "workspace", "created_at")
    list_select_related = ("workspace",)
    search_fields = ("name", "workspace__slug")
    fields = ("name", "workspace", "created_at")
