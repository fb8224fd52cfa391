from django.utils.functional import SimpleLazyObject

from routing.models import Handover


def my_handover(request):
    """Add `my_handover`: the last handover the user made and can still undo, or None."""
    return {"my_handover": SimpleLazyObject(lambda: find_undoable(request))}


def find_undoable(request):
    membership = getattr(request, "membership", None)
    if membership is None:
        return None
    recent = Handover.objects.recent(membership).filter(undone_at=None)
    last = recent.select_related("membership__user").first()
    return last if last is not None and last.can_be_undone else None
