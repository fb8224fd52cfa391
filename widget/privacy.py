"""Decides what is recorded about a visitor besides what they write: the page they are on."""


def page_to_record(request, page: str) -> str:
    """Return the page, or "" if the browser asks not to be tracked.

    It says so with Global Privacy Control or with its predecessor, Do Not Track.
    """
    refuses = "1" in (request.META.get("HTTP_SEC_GPC"), request.META.get("HTTP_DNT"))
    return "" if refuses else page
