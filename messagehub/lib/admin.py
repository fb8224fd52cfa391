"""Django's admin for the superusers of an installation.

Threat: the admin is a second door to every workspace. It has no sign-in of its own, so the limits
of accounts.sign_in hold; it exists only for superusers (404 for everyone else); and it changes
nothing that has a verb, which would skip locks, the timeline and the audit log.
"""

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.http import Http404


class SuperuserSite(admin.AdminSite):
    site_header = site_title = "MessageHub"
    index_title = "This installation"
    site_url = None
    enable_nav_sidebar = False

    def has_permission(self, request):
        return request.user.is_active and request.user.is_superuser

    def login(self, request, extra_context=None):
        if request.user.is_authenticated:
            raise Http404
        return redirect_to_login(request.get_full_path())


class ReadOnlyAdmin(admin.ModelAdmin):
    """Shows rows and lets no one change them."""

    show_full_result_count = False
    list_per_page = 50
    actions = None

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_view_permission(self, request, obj=None):
        return request.user.is_superuser

    def has_module_permission(self, request):
        return request.user.is_superuser
