from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from messagehub.lib.text import parse_number
from routing.handover.actions import hand_over_conversations
from routing.handover.form import HandoverForm, can_hand_over_for_others
from routing.handover.sign_out import (
    asked_workspaces,
    continue_sign_out,
    count_handed_over,
    is_signing_out,
    sign_out_context,
)
from routing.handover.undo import undo_handover
from routing.models import Handover, HandoverItem
from teams.access import Permission, workspace_page
from teams.forms import form_data
from teams.views.members import find_member


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.ANSWER)
def handover(request):
    """Hand over the member's own conversations, also before signing out.

    ?after=NUMBER shows the page that follows this conversation.
    """
    me, is_leaving = request.membership, is_signing_out(request)
    form = HandoverForm(form_data(request), membership=me, after=after_number(request))
    if request.method == "POST" and form.is_valid():
        made = hand_over_conversations(me, form.choices, by=me)
        if is_leaving:
            count_handed_over(request, made)
        if form.next_after:
            return redirect_to_next_page(request, form)
        if is_leaving:
            return continue_sign_out(request, asked_workspaces(request))
        if not form.choices:
            messages.success(request, _("You kept all your conversations."))
        return redirect("conversations", request.workspace.slug)
    shown = {"by": None, "membership": me}
    return render_page(request, form, shown, **(sign_out_context(request) if is_leaving else {}))


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.MANAGE_TEAM)
def member_handover(request, member):
    """Hand over the conversations of a colleague, such as one who is ill."""
    me, person = request.membership, find_member(request, member)
    if person.pk == me.pk:
        return redirect("handover", request.workspace.slug)
    if not can_hand_over_for_others(me):
        raise PermissionDenied
    form = HandoverForm(form_data(request), membership=person, by=me, after=after_number(request))
    if request.method == "POST" and form.is_valid():
        hand_over_conversations(person, form.choices, by=me)
        if form.next_after:
            return redirect_to_next_page(request, form)
        return redirect("member", request.workspace.slug, person.pk)
    return render_page(request, form, {"by": me, "membership": person}, person=person)


def after_number(request):
    return parse_number(request.GET.get("after", "")) or 0


def redirect_to_next_page(request, form):
    query = request.GET.copy()
    query["after"] = form.next_after
    return redirect(f"{request.path}?{query.urlencode()}")


def render_page(request, form, shown, **context):
    """shown: filters the handovers whose undo the page reports."""
    context |= {"form": form} | last_undo_context(request.membership, shown)
    return render(request, "routing/handover.html", context, status=400 if form.errors else 200)


def last_undo_context(me, shown):
    """Return the results of the last undo, or nothing if another handover followed it."""
    recent = Handover.objects.recent(me).filter(**shown)
    last = recent.exclude(undone_at=None).order_by("-undone_at").first()
    if last is None or recent.filter(created_at__gt=last.undone_at).exists():
        return {}
    items = list(last.items.select_related("conversation__contact").order_by("pk"))
    returned = sum(each.undo_result == HandoverItem.UndoResult.RETURNED for each in items)
    return {"undone_items": items, "returned_count": returned}


@require_POST
@workspace_page(Permission.ANSWER)
def undo(request, handover):
    """Undo a handover that the member made. Those of others aren't found."""
    me = request.membership
    mine = Handover.objects.done_by(me).select_related("membership__user", "membership__workspace")
    handover = get_object_or_404(mine, pk=handover)
    if handover.is_for_other_member and not can_hand_over_for_others(me):
        raise PermissionDenied
    if not undo_handover(handover, by=me):
        messages.error(request, _("Too late: you can undo a handover for ten minutes."))
    if handover.is_for_other_member:
        return redirect("member-handover", request.workspace.slug, handover.membership_id)
    return redirect("handover", request.workspace.slug)
