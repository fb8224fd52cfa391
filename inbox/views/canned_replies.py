"""Settings > Canned replies, and what the composer offers of them."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from inbox.actions.canned_reply import delete_canned_reply
from inbox.forms.canned_reply import CannedReplyForm
from inbox.models import CannedReply, Inbox
from inbox.reply_variables import VALUES, fill_variables, in_braces
from inbox.views.desk import find_conversation
from messagehub.lib.markdown import markdown_preview
from messagehub.lib.text import clean_line, preview
from teams.access import Permission, workspace_page
from teams.forms import form_data

MAX_OFFERED = 20
MAX_QUERY = 60
PREVIEWED = 400  # characters of a text, of which a preview shows fewer


def find_canned_reply(request, canned_reply):
    visible = CannedReply.objects.visible_to(request.membership)
    return get_object_or_404(visible, pk=canned_reply)


@require_GET
@workspace_page(Permission.CANNED_REPLIES)
def canned_replies(request):
    visible = CannedReply.objects.visible_to(request.membership).order_by("shortcut", "pk")
    rows = list(visible.prefetch_related("inboxes"))
    for row in rows:
        row.preview = shorten(row.body)
    folders = [(None, [row for row in rows if row.is_for_all_inboxes])]
    for inbox in Inbox.objects.visible_to(request.membership).order_by("name", "pk"):
        own = [row for row in rows if not row.is_for_all_inboxes and inbox in row.inboxes.all()]
        folders.append((inbox, own))
    folders = [(inbox, replies) for inbox, replies in folders if replies]
    context = {"folders": folders, "count": len(rows)}
    return render(request, "inbox/canned_replies.html", context)


def shorten(body):
    return preview(markdown_preview(body[:PREVIEWED]))


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.CANNED_REPLIES)
def canned_reply(request, canned_reply=None):
    instance = canned_reply and find_canned_reply(request, canned_reply)
    form = CannedReplyForm(form_data(request), by=request.membership, instance=instance)
    if request.method == "POST" and form.is_valid() and form.save():
        messages.success(request, _("Saved."))
        return redirect("canned-replies", request.workspace.slug)
    context = {"form": form, "canned_reply": instance, "variables": map(in_braces, VALUES)}
    context["example"] = in_braces("contact.first_name|there")
    status = 400 if form.errors else 200
    return render(request, "inbox/canned_reply_form.html", context, status=status)


@require_POST
@workspace_page(Permission.CANNED_REPLIES)
def canned_reply_deletion(request, canned_reply):
    delete_canned_reply(find_canned_reply(request, canned_reply), by=request.membership)
    messages.success(request, _("Canned reply deleted."))
    return redirect("canned-replies", request.workspace.slug)


@require_GET
@workspace_page(Permission.ANSWER)
def offered_replies(request, number):
    """Return the canned replies that match ?q=, filled in for this conversation."""
    conversation = find_conversation(request, number)
    offered = CannedReply.objects.offered_in(conversation.inbox)
    query = clean_line(request.GET.get("q", ""))[:MAX_QUERY]
    found = offered.search(query) if query else offered.order_by("shortcut", "pk")
    rows = list(found[:MAX_OFFERED])
    for row in rows:
        row.filled = fill_variables(row.body, conversation=conversation, agent=request.membership)
        row.preview = shorten(row.filled)
    has_any = bool(rows) or offered.exists()
    return render(request, "inbox/_offered_replies.html", {"rows": rows, "has_any": has_any})
