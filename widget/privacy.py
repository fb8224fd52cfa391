"""Decides what is recorded about a visitor besides what they write: the page they are on."""


def page_to_record(request, page: str) -> str:
    """Return the page, or "" if the browser asks not to be tracked.

    It says so with Global Privacy Control or with its predecessor, Do Not Track.
    """
    headers = request.headers
    return "" if headers.get("Sec-GPC") == "1" or headers.get("DNT") == "1" else page
