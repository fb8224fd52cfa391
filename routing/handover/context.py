from django.utils.functional import SimpleLazyObject

from routing.models import Handover


def handover(request):
    """my_handover: the last that this person handed over and can still take back, or None."""
    return {"my_handover": SimpleLazyObject(lambda: undoable(request))}


def undoable(request):
    membership = getattr(request, "membership", None)
    if membership is None:
        return None
    recent = Handover.objects.recent(membership).filter(undone_at=None)
    last = recent.select_related("membership__user").first()
    return last if last is not None and last.can_be_undone else None
