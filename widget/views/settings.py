"""The Visibility and Greetings tabs of an inbox's settings."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from inbox.actions.inbox import update_inbox
from inbox.actions.page_greeting import (
    TooManyGreetings,
    delete_page_greeting,
    save_page_greeting,
)
from inbox.models import PageGreeting
from inbox.views.inbox import find_inbox, redirect_after_save, render_tab
from teams.access import Permission, workspace_page
from teams.forms import form_data
from widget.settings_forms import PageGreetingForm, VisibilityForm


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.MANAGE_INBOXES)
def visibility(request, inbox):
    inbox = find_inbox(request, inbox)
    form = VisibilityForm(form_data(request), inbox=inbox)
    if request.method == "POST" and form.is_valid():
        update_inbox(inbox, **form.cleaned_data, by=request.membership)
        return redirect_after_save(request, "inbox-visibility", inbox)
    return render_tab(request, "inbox/settings/visibility.html", inbox, form)


@require_GET
@workspace_page(Permission.MANAGE_INBOXES)
def page_greetings(request, inbox):
    inbox = find_inbox(request, inbox)
    greetings = inbox.page_greetings.with_sender()
    context = {
        "inbox": inbox,
        "greetings": greetings,
        "can_add": len(greetings) < PageGreeting.MAX_COUNT,
        "max_count": PageGreeting.MAX_COUNT,
    }
    return render(request, "inbox/settings/page_greetings.html", context)


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.MANAGE_INBOXES)
def page_greeting(request, inbox, greeting=None):
    """Show, create or change a greeting."""
    inbox = find_inbox(request, inbox)
    instance = greeting and find_greeting(inbox, greeting)
    form = PageGreetingForm(form_data(request), inbox=inbox, instance=instance)
    if request.method == "POST" and form.is_valid():
        try:
            save_page_greeting(inbox, greeting=instance, **form.cleaned_data, by=request.membership)
        except PageGreeting.DoesNotExist:
            raise Http404 from None
        except TooManyGreetings as error:
            form.add_error(None, str(error))
        else:
            return redirect_after_save(request, "page-greetings", inbox)
    context = {"greeting": instance, "tab": "page-greetings"}
    return render_tab(request, "inbox/settings/page_greeting.html", inbox, form, **context)


@require_POST
@workspace_page(Permission.MANAGE_INBOXES)
def page_greeting_deletion(request, inbox, greeting):
    inbox = find_inbox(request, inbox)
    delete_page_greeting(find_greeting(inbox, greeting), by=request.membership)
    messages.success(request, _("Greeting deleted."))
    return redirect("page-greetings", request.workspace.slug, inbox.pk)


def find_greeting(inbox, greeting):
    return get_object_or_404(inbox.page_greetings.with_sender(), pk=greeting)
