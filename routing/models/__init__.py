from routing.models.decision import Decision
from routing.models.handover import HandoverItem, Handover
from routing.models.reply_address import ReplyAddress
from routing.models.routing import Routing, Target, Turn

__all__ = ["Decision", "Handover", "HandoverItem", "ReplyAddress", "Routing", "Target", "Turn"]
