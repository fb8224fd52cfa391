"""Agents sort a conversation: its labels, its priority and its team."""

from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from inbox.actions.label import TooManyLabels, change_labels, find_or_create_label
from inbox.actions.sorting import set_priority, set_team
from inbox.forms.label import ConversationTeamForm, LabelsChangeForm, PriorityForm
from inbox.views.conversation import join_errors, render_conversation, render_error
from inbox.views.desk import find_conversation
from teams.access import Permission, workspace_page


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.ANSWER)
def labels(request, number):
    """Show the labels to choose from: as a menu, or as a page of their own without scripts."""
    conversation = find_conversation(request, number)
    if request.method == "GET":
        context = {"conversation": conversation, "labels": request.workspace.labels.all()}
        template = "inbox/_label_menu.html" if request.htmx else "inbox/label_choice.html"
        return render(request, template, context)
    form = LabelsChangeForm(request.POST, workspace=request.workspace)
    if not form.is_valid():
        return render_error(request, join_errors(form), status=400)
    try:
        change_conversation_labels(conversation, by=request.membership, **form.cleaned_data)
    except TooManyLabels as error:
        return render_error(request, str(error), status=409)
    return render_conversation(request, number)


def change_conversation_labels(conversation, *, add, remove, name, by):
    add = list(add)
    if name:
        add.append(find_or_create_label(by.workspace, name=name, by=by))
    change_labels(conversation, add=add, remove=remove, by=by)


@require_POST
@workspace_page(Permission.ANSWER)
def priority(request, number):
    conversation = find_conversation(request, number)
    form = PriorityForm(request.POST)
    if not form.is_valid():
        return render_error(request, join_errors(form), status=400)
    set_priority(conversation, by=request.membership, **form.cleaned_data)
    return render_conversation(request, number)


@require_POST
@workspace_page(Permission.ANSWER, Permission.ASSIGN)
def team(request, number):
    conversation = find_conversation(request, number)
    form = ConversationTeamForm(request.POST, workspace=request.workspace)
    if not form.is_valid():
        return render_error(request, join_errors(form), status=400)
    set_team(conversation, by=request.membership, **form.cleaned_data)
    return render_conversation(request, number)
