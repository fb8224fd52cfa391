from allauth.account.models import EmailAddress, EmailConfirmation
from django.contrib import admin
from django.contrib.auth.models import Group

from accounts.models import KnownBrowser, User
from accounts.signals import user_deactivated
from messagehub.lib.admin import ReadOnlyAdmin


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    """Changes only whether someone may sign in, and who is a superuser."""

    list_display = ("email", "name", "is_active", "is_superuser", "last_login", "created_at")
    list_filter = ("is_active", "is_superuser")
    search_fields = ("email", "name")
    fields = ("email", "name", "is_active", "is_superuser", "last_login", "created_at")

    def has_change_permission(self, request, obj=None):
        return request.user.is_superuser

    def get_readonly_fields(self, request, obj=None):
        changed_here = () if obj == request.user else ("is_active", "is_superuser")
        return tuple(field for field in self.fields if field not in changed_here)

    def save_model(self, request, user, form, change):
        super().save_model(request, user, form, change)
        if "is_active" in form.changed_data and not user.is_active:
            user_deactivated.send(User, user=user)


@admin.register(KnownBrowser)
class KnownBrowserAdmin(ReadOnlyAdmin):
    list_display = ("user", "used_at")
    list_select_related = ("user",)
    search_fields = ("user__email",)
    fields = ("user", "used_at")


for model in (EmailAddress, EmailConfirmation, Group):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


@admin.register(EmailAddress)
class EmailAddressAdmin(ReadOnlyAdmin):
    list_display = ("email", "user", "verified", "primary")
    list_select_related = ("user",)
    search_fields = ("email",)
