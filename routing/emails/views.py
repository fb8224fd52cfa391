"""The link in mails to contacts: no more of them, and back. Outside every workspace, no sign-in.

Threat: scanners open every link of a mail, so opening it changes nothing. Mail programs post to
it by themselves when somebody presses their «Unsubscribe» (RFC 8058), with no cookie and no token
of ours; whoever has the link can do no more with it than stop mails to the address that got it.
"""

from functools import wraps

from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from routing.emails.reply_address import resubscribe, unsubscribe
from routing.models import ReplyAddress


def address_page(view):
    """Calls view(request, address) in the workspace's language; a link with a part lost is 404."""

    @never_cache
    @wraps(view)
    def find(request, token):
        address = ReplyAddress.find(token)
        if address is None:
            return private(render(request, "routing/unsubscribe_unknown.html", status=404))
        with translation.override(address.workspace.language):
            return private(view(request, address))

    return find


@csrf_exempt
@require_http_methods(["GET", "POST"])
@address_page
def unsubscription(request, address):
    if request.method == "POST":
        # Not a redirect: a mail program that posts may not follow one (RFC 8058, 3.1).
        address.unsubscribed_at = unsubscribe(address).unsubscribed_at
    context = {"address": address, "workspace": address.workspace}
    return render(request, "routing/unsubscribe.html", context)


@csrf_exempt
@require_POST
@address_page
def resubscription(request, address):
    resubscribe(address)
    return redirect("unsubscribe", address.token)


def private(response):
    """The address is the key: no other site hears it."""
    response["Referrer-Policy"] = "same-origin"
    return response
