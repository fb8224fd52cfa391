from django.views.decorators.http import require_POST

from inbox.actions.snooze import snooze_conversation, wake_conversation
from inbox.forms.snooze import SnoozeForm
from inbox.views.conversation import join_errors, render_conversation, render_error
from inbox.views.desk import find_conversation
from teams.access import Permission, workspace_page


@require_POST
@workspace_page(Permission.ANSWER, Permission.RESOLVE)
def snooze(request, number):
    conversation = find_conversation(request, number)
    form = SnoozeForm(request.POST, membership=request.membership)
    if not form.is_valid():
        return render_error(request, join_errors(form), status=400)
    until = form.cleaned_data["until"]
    snooze_conversation(conversation, until=until, by=request.membership)
    return render_conversation(request, number)


@require_POST
@workspace_page(Permission.ANSWER, Permission.RESOLVE)
def wake(request, number):
    wake_conversation(find_conversation(request, number), by=request.membership)
    return render_conversation(request, number)
