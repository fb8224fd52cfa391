from django import template

from teams import settings_menu

register = template.Library()


@register.simple_tag
def workspace_settings(membership):
    return settings_menu.offered_settings(settings_menu.WORKSPACE_SETTINGS, membership)


@register.simple_tag
def my_settings(membership):
    return settings_menu.offered_settings(settings_menu.MY_SETTINGS, membership)


@register.simple_tag
def settings_home(membership):
    """Return the URL of the first settings page that the member may open, or ""."""
    page = settings_menu.first_settings_page(membership)
    return page.url(membership.workspace) if page else ""


@register.simple_tag
def settings_url(page, workspace):
    return page.url(workspace)


@register.filter
def is_shown(page, request):
    """Return whether the request shows this page of the menu, or one that belongs to it."""
    match = request.resolver_match
    return match is not None and page.is_shown_by(match.url_name)
