from routing.models.decision import Decision, Trigger
from routing.models.handover import Handover, HandoverItem
from routing.models.reply_address import ReplyAddress
from routing.models.routing import RotationEntry, Routing, Target

__all__ = [
    "Decision",
    "Handover",
    "HandoverItem",
    "ReplyAddress",
    "RotationEntry",
    "Routing",
    "Target",
    "Trigger",
]
