from teams.models.membership import Membership
from teams.models.workspace import Workspace

__all__ = ["Membership", "Workspace"]
