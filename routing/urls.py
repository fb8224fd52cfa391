from django.urls import path

from routing.views import (
    board,
    decision,
    handover,
    member_handover,
    settings,
    signing_out,
    simulator,
    waiting,
)

urlpatterns = [
    path("routing/", board.board, name="routing-board"),
    path("routing/panels/", board.panels, name="routing-panels"),
    path("routing/simulator/", simulator.simulator, name="simulator"),
    path("handover/", handover.handover, name="handover"),
    path(
        "team/members/<uuid:member>/handover/",
        member_handover.member_handover,
        name="member-handover",
    ),
    path("handover/<uuid:handover>/undo/", handover.undoing, name="handover-undo"),
    path("sign-out/", signing_out.signing_out, name="sign-out"),
    path(
        "conversations/<int:number>/decisions/<uuid:decision>/",
        decision.decision,
        name="decision",
    ),
    path("conversations/<int:number>/waiting/", waiting.waiting, name="waiting-reason"),
    path("inboxes/<uuid:inbox>/routing/", settings.routing, name="inbox-routing"),
    path("inboxes/<uuid:inbox>/routing/candidates/", settings.candidates, name="inbox-candidates"),
    path("inboxes/<uuid:inbox>/availability/", settings.availability, name="inbox-availability"),
]
