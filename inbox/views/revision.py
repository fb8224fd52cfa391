"""Edits and deletes the member's latest messages."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST

from inbox.actions.revision import CannotRevise, delete_message, edit_message, is_emailed
from inbox.forms import RevisionForm
from inbox.templatetags.entry_markup import entry_html
from inbox.views.conversation import join_errors, render_error
from inbox.views.desk import find_conversation
from teams.access import Permission, workspace_page


def find_message(request, number, seq):
    """Return an entry of a conversation that the member may see, or raise Http404."""
    conversation = find_conversation(request, number)
    message = get_object_or_404(conversation.messages.with_related(), seq=seq)
    message.conversation = conversation
    return message


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.ANSWER)
def text(request, number, seq):
    """Show the form in which an entry is edited, or save it."""
    message = find_message(request, number, seq)
    if not message.can_be_revised_by(request.membership):
        return render_error(request, str(CannotRevise()), status=409)
    if request.method == "GET":
        context = {"message": message, "is_emailed": is_emailed(message)}
        return render(request, "inbox/_entry_form.html", context)
    form = RevisionForm(request.POST, message=message)
    if not form.is_valid():
        return render_error(request, join_errors(form), status=400)
    return revise(request, edit_message, message, body=form.cleaned_data["body"])


@require_POST
@workspace_page(Permission.ANSWER)
def deletion(request, number, seq):
    return revise(request, delete_message, find_message(request, number, seq))


def revise(request, action, message, **fields):
    try:
        message = action(message, by=request.membership, **fields)
    except CannotRevise as error:
        return render_error(request, str(error), status=409)
    return HttpResponse(entry_html(message))
