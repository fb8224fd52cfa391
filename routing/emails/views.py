"""Let contacts unsubscribe by the link in our emails, and subscribe again, without signing in.

Threat: scanners open every link of an email, so opening it changes nothing. Mail programs post to
it by themselves when someone presses their "Unsubscribe" (RFC 8058), without a cookie or a CSRF
token. The link can do no more than stop the emails to the address that got it.
"""

from functools import wraps

from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from routing.emails.reply_address import resubscribe, unsubscribe
from routing.models import ReplyAddress


def address_page(view):
    """Call view(request, address), or answer 404 to a broken link."""

    @never_cache
    @wraps(view)
    def find_address(request, token):
        address = ReplyAddress.find(token)
        if address is None:
            return hide_referrer(render(request, "routing/unsubscribe_unknown.html", status=404))
        return hide_referrer(view(request, address))

    return find_address


@csrf_exempt
@require_http_methods(["GET", "POST"])
@address_page
def unsubscription(request, address):
    if request.method == "POST":
        # Not a redirect, because a mail program that posts may not follow one (RFC 8058, 3.1).
        address.unsubscribed_at = unsubscribe(address).unsubscribed_at
    context = {"address": address, "workspace": address.workspace}
    return render(request, "routing/unsubscribe.html", context)


@csrf_exempt
@require_POST
@address_page
def resubscription(request, address):
    resubscribe(address)
    return redirect("unsubscribe", address.token)


def hide_referrer(response):
    """Keep the address of the page from other sites, because it contains the key."""
    response["Referrer-Policy"] = "same-origin"
    return response
