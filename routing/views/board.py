"""The routing board: the page, and its panels alone for a screen that refreshes."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from messagehub.lib.text import parse_uuid
from routing.board import Board, inboxes_of
from routing.board_version import unless_unchanged
from routing.handover.form import can_hand_over_for_others
from teams.access import Permission, workspace_page


@require_GET
@workspace_page(Permission.SEE_REPORTS)
def board(request):
    return render(request, "routing/board.html", board_context(request))


@require_GET
@workspace_page(Permission.SEE_REPORTS)
@unless_unchanged
def panels(request):
    return render(request, "routing/_board.html", board_context(request))


def board_context(request):
    """Narrow it to ?inbox=, unless that is unknown or not theirs."""
    inboxes = list(inboxes_of(request.membership))
    wanted = parse_uuid(request.GET.get("inbox", ""))
    inbox = next((each for each in inboxes if each.pk == wanted), None)
    return {
        "inboxes": inboxes,
        "inbox": inbox,
        "board": Board(request.membership, inbox),
        "can_hand_over": can_hand_over_for_others(request.membership),
        "can_answer": request.membership.can(Permission.ANSWER),
    }
