from routing.models.decision import Decision, Trigger
from routing.models.handover import HandedOver, HandOver
from routing.models.reply_address import ReplyAddress
from routing.models.routing import RotationEntry, Routing, Target

__all__ = [
    "Decision",
    "HandOver",
    "HandedOver",
    "ReplyAddress",
    "RotationEntry",
    "Routing",
    "Target",
    "Trigger",
]
