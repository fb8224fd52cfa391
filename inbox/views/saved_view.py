"""Saved views of the desk's list, and the inboxes a member has put first."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from inbox.actions.saved_view import delete_view, save_view
from inbox.conversation_filters import ConversationFilters
from inbox.forms import SavedViewForm
from inbox.models import FavouriteInbox, Inbox, SavedView
from teams.access import Permission, workspace_page
from teams.forms import form_data


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.ANSWER)
def saved_views(request):
    """Save the filters in the request under a name; a GET asks for the name."""
    filters = ConversationFilters.from_query(request.POST or request.GET)
    form = SavedViewForm(form_data(request), membership=request.membership)
    if request.method == "POST" and form.is_valid():
        save_view(request.membership, query=filters.query, **form.cleaned_data)
        return redirect_to_list(request, filters)
    return render_form(request, form, filters)


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.ANSWER)
def saved_view(request, saved_view):
    view = find_editable_view(request, saved_view)
    form = SavedViewForm(form_data(request), membership=request.membership, view=view)
    if request.method == "POST" and form.is_valid():
        try:
            save_view(request.membership, view=view, **form.cleaned_data)
        except SavedView.DoesNotExist:
            raise Http404 from None
        return redirect_to_list(request, view.filters)
    return render_form(request, form, view.filters, view=view)


@require_POST
@workspace_page(Permission.ANSWER)
def saved_view_deletion(request, saved_view):
    view = find_editable_view(request, saved_view)
    delete_view(view, by=request.membership)
    return redirect_to_list(request, view.filters)


@require_POST
@workspace_page(Permission.ANSWER)
def favourite(request, inbox):
    """Put an inbox first in the member's list."""
    inbox = find_inbox(request, inbox)
    row = FavouriteInbox(workspace=request.workspace, membership=request.membership, inbox=inbox)
    FavouriteInbox.objects.bulk_create([row], ignore_conflicts=True)
    return redirect_to_list(request, posted_filters(request))


@require_POST
@workspace_page(Permission.ANSWER)
def favourite_removal(request, inbox):
    request.membership.favourite_inboxes.filter(inbox=find_inbox(request, inbox)).delete()
    return redirect_to_list(request, posted_filters(request))


def find_editable_view(request, pk):
    view = get_object_or_404(SavedView.objects.visible_to(request.membership), pk=pk)
    if not view.can_be_edited_by(request.membership):
        raise PermissionDenied
    return view


def find_inbox(request, pk):
    return get_object_or_404(Inbox.objects.visible_to(request.membership), pk=pk)


def posted_filters(request):
    return ConversationFilters.from_query(QueryDict(request.POST.get("query", "")))


def redirect_to_list(request, filters):
    list_url = reverse("conversations", args=[request.workspace.slug])
    return redirect(f"{list_url}?{filters.query}")


def render_form(request, form, filters, view=None):
    context = {"form": form, "filters": filters, "saved_view": view}
    return render(request, "inbox/saved_view.html", context, status=400 if form.errors else 200)
