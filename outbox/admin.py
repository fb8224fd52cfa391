from django.contrib import admin

from messagehub.lib.admin import ReadOnlyAdmin
from outbox.models import Delivery


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """Without `payload`, which may hold a secret link."""

    list_display = ("created_at", "recipient", "kind", "state", "attempts", "workspace")
    list_select_related = ("workspace",)
    list_filter = ("state", "kind")
    search_fields = ("recipient",)
    exclude = ("payload", "lease")
