from localmail.address import is_local_request, mailbox_url


def mailbox(request):
    """Let pages that speak of an email say where to read it."""
    return {"mailbox_url": mailbox_url() if is_local_request(request) else ""}
