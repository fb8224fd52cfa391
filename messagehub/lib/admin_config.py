from django.contrib.admin.apps import AdminConfig


class SuperuserConfig(AdminConfig):
    """Use our admin site; apart from it, because apps are not loaded when this is imported."""

    default_site = "messagehub.lib.admin.SuperuserSite"
