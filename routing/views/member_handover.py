"""What somebody else has open, when they are ill: the page of handing over, for whoever may."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from routing.actions.handover import hand_over_conversations
from routing.handover_form import HandingOverForm, can_hand_over_for_others
from routing.views.handover import after, next_page, show
from teams.access import Permission, workspace_page
from teams.forms import form_data
from teams.views.members import find_member


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.MANAGE_TEAM)
def member_handover(request, member):
    me, person = request.membership, find_member(request, member)
    if person.pk == me.pk:
        return redirect("handover", request.workspace.slug)
    if not can_hand_over_for_others(me):
        raise PermissionDenied
    form = HandingOverForm(form_data(request), membership=person, by=me, after=after(request))
    if request.method == "POST" and form.is_valid():
        hand_over_conversations(person, form.choices, by=me)
        if form.next_after:
            return next_page(request, form)
        return redirect("member", request.workspace.slug, person.pk)
    done = {"by": me, "membership": person}
    return show(request, form, done, person=person)
