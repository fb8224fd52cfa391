from routing.models.decision import Decision
from routing.models.handover import HandedOver, HandOver
from routing.models.reply_address import ReplyAddress
from routing.models.routing import Routing, Target, Turn

__all__ = ["Decision", "HandOver", "HandedOver", "ReplyAddress", "Routing", "Target", "Turn"]
