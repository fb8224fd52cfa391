from localmail.address import is_local_request, mailbox_url


def mailbox(request):
    """Let pages that mention an email link to the mailbox."""
    return {"mailbox_url": mailbox_url() if is_local_request(request) else ""}
