from django.urls import path

from routing.handover import sign_out
from routing.handover import views as handover
from routing.views import board, decision, settings, simulator, waiting

urlpatterns = [
    path("routing/", board.board, name="routing-board"),
    path("routing/panels/", board.panels, name="routing-panels"),
    path("routing/simulator/", simulator.simulator, name="simulator"),
    path("handover/", handover.handover, name="handover"),
    path(
        "team/members/<uuid:member>/handover/",
        handover.member_handover,
        name="member-handover",
    ),
    path("handover/<uuid:handover>/undo/", handover.undo, name="handover-undo"),
    path("sign-out/", sign_out.sign_out, name="sign-out"),
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
