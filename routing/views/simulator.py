"""What would have happened with other settings? An address is a question: it can be shared."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from routing.simulator.comparison import Comparison
from routing.models import Routing
from routing.simulator.replay import WINDOW, read_past, rules_of
from routing.simulator.forms import Trial, WhichInbox
from teams.access import Permission, workspace_page


@require_GET
@workspace_page(Permission.MANAGE_INBOXES)
def simulator(request):
    which = WhichInbox(asked_or_first(request), membership=request.membership)
    context = {"which": which, "days": WINDOW.days}
    if not which.is_valid():
        return render(request, "routing/simulator.html", context, status=400 if which.data else 200)
    inbox = which.cleaned_data["inbox"]
    trial = Trial(request.GET, inbox, Routing.objects.of(inbox))
    context |= {"inbox": inbox, "trial": trial, "form": trial.form}
    context["can_answer"] = request.membership.can(Permission.ANSWER)
    if not trial.errors:
        context["comparison"] = compare(inbox, trial)
    return render(request, "routing/simulator.html", context, status=400 if trial.errors else 200)


def asked_or_first(request):
    """The inbox in the address, else the first one there is."""
    if "inbox" in request.GET:
        return request.GET
    first = WhichInbox(membership=request.membership).fields["inbox"].queryset.first()
    return {"inbox": first.pk} if first else {}


def compare(inbox, trial):
    rules = [rules_of(inbox, Routing.objects.of(inbox))]
    if trial.is_different:
        form, capacity = trial.form, trial.capacity.cleaned_data["capacity"]
        rules.append(rules_of(inbox, form.routing, targets=form.active_targets, capacity=capacity))
    return Comparison(read_past(inbox, rules, now=timezone.now()), *rules)
