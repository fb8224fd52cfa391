from routing.models.decision import Decision
from routing.models.handover import Handover, HandoverItem
from routing.models.reply_address import ReplyAddress
from routing.models.routing import Routing, Target, RotationEntry

__all__ = ["Decision", "Handover", "HandoverItem", "ReplyAddress", "Routing", "Target", "RotationEntry"]
