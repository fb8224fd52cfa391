"""Agents sort a conversation: its labels, its priority and its team."""

from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from inbox.actions.label import TooManyLabels, change_labels, labels_to_add
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
        context = {
            "conversation": conversation,
            "labels": request.workspace.labels.all(),
            "menu": "label",
        }
        template = "inbox/_label_menu.html" if request.htmx else "inbox/label_choice.html"
        return render(request, template, context)
    form = LabelsChangeForm(request.POST, workspace=request.workspace)
    if not form.is_valid():
        return render_error(request, join_errors(form), status=400)
    data, member = form.cleaned_data, request.membership
    try:
        add = labels_to_add(data["add"], data["name"], by=member)
        change_labels(conversation, add=add, remove=data["remove"], by=member)
    except TooManyLabels as error:
        return render_error(request, str(error), status=409)
    return render_conversation(request, number)


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
