"""Agents' actions on a conversation: reply, add a note, assign, resolve, reopen."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from inbox.actions.assignment import assign_conversation
from inbox.actions.attachment import FilesGone
from inbox.actions.message import ClientIdReused, NewsSince, post_note, post_reply
from inbox.actions.resolution import CannotReopen, reopen_conversation, resolve_conversation
from inbox.forms import AssignmentForm, NoteForm, ReplyForm
from inbox.member_choices import attach_people, list_agents
from inbox.mentions import CannotMention
from inbox.models import Conversation
from inbox.templatetags.entry_markup import entry_html
from inbox.views.desk import conversation_context, find_conversation
from teams.access import Permission, workspace_page

MAX_NEWS = 3  # entries that are quoted before a reply is sent


@require_POST
@workspace_page(Permission.ANSWER)
def replies(request, number):
    return post_entry(request, number, post_reply, ReplyForm)


@require_POST
@workspace_page(Permission.ANSWER)
def notes(request, number):
    return post_entry(request, number, post_note, NoteForm)


def post_entry(request, number, action, form_class):
    conversation = find_conversation(request, number)
    form = form_class(request.POST)
    if not form.is_valid():
        return render_error(request, join_errors(form), status=400)
    try:
        message = action(conversation, by=request.membership, **form.cleaned_data)
    except ClientIdReused:
        return HttpResponse(status=409)
    except (CannotMention, FilesGone) as error:
        return render_error(request, str(error), status=400)
    except NewsSince as news:
        context = {"entries": news.entries[-MAX_NEWS:], "conversation": news.conversation}
        return render(request, "inbox/_news.html", context, status=412)
    if not request.htmx:
        return redirect("conversation", request.workspace.slug, number)
    message.conversation = conversation
    return HttpResponse(entry_html(message), status=201)


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.ANSWER, Permission.ASSIGN)
@vary_on_headers("HX-Request")
def assignment(request, number):
    """Show the agents to choose from: as a select's options, or as a page without scripts."""
    conversation = find_conversation(request, number)
    if request.method == "GET":
        attach_people(conversation, request.membership)
        context = {
            "conversation": conversation,
            "assignee": conversation.assignee,
            "agents": list_agents(conversation),
        }
        template = "inbox/_assignee_options.html" if request.htmx else "inbox/assignment.html"
        return render(request, template, context)
    form = AssignmentForm(request.POST, conversation=conversation)
    if not form.is_valid():
        return render_error(request, " ".join(form.errors["assignee"]), status=400)
    assignee = form.cleaned_data["assignee"]
    assign_conversation(conversation, assignee=assignee, by=request.membership)
    return render_conversation(request, number)


@require_POST
@workspace_page(Permission.ANSWER, Permission.RESOLVE)
def resolution(request, number):
    resolve_conversation(find_conversation(request, number), by=request.membership)
    return render_conversation(request, number)


@require_POST
@workspace_page(Permission.ANSWER, Permission.RESOLVE)
def reopening(request, number):
    try:
        reopen_conversation(find_conversation(request, number), by=request.membership)
    except CannotReopen as error:
        return render_error(request, str(error), status=409)
    return render_conversation(request, number)


def render_conversation(request, number):
    """Show the changed conversation: its parts for htmx, or else redirect to its page."""
    if not request.htmx:
        return redirect("conversation", request.workspace.slug, number)
    visible = Conversation.objects.visible_to(request.membership).with_related()
    conversation = visible.filter(number=number).first()
    if conversation is None:
        # The member sees only their own conversations and has just reassigned this one.
        return render(request, "inbox/_no_conversation.html")
    context = conversation_context(conversation, request.membership)
    return render(request, "inbox/_conversation.html", context)


def join_errors(form):
    return " ".join(error for errors in form.errors.values() for error in errors)


def render_error(request, message, *, status):
    return render(request, "inbox/_problem.html", {"problem": message}, status=status)
