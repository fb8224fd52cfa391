"""Show the emails of a local start.

Threat: they contain links that sign people in, and a local start can be reached from elsewhere (a
tunnel, a forwarded port). So only a browser that uses this machine's local name, without a proxy,
gets a response.
"""

from functools import wraps

from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from localmail.context import is_local_request
from localmail.models import LocalMail

# The rules of an email program: styles, no scripts, no remote images, links in a new tab.
EMAIL_POLICY = {
    "frame-ancestors": ["'self'"],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["data:"],
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
}
NEW_TAB = '<base target="_blank">'
MAX_MAILS = 200
HEADERS = [
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "List-Unsubscribe",
]


def local_page(view):
    """Hide the view from everyone but the person at this machine."""

    @require_GET
    @wraps(view)
    def local_view(request, *args, **kwargs):
        if not is_local_request(request):
            raise Http404
        return view(request, *args, **kwargs)

    return local_view


@local_page
def mailbox(request):
    """List the latest emails, newest first."""
    return render(request, "localmail/mailbox.html", mails_context())


@local_page
@csp_replace({"frame-src": ["'self'"]})
def mail(request, pk):
    found = get_object_or_404(LocalMail, pk=pk)
    headers = [(name, found.headers[name]) for name in HEADERS if name in found.headers]
    context = {"mail": found, "headers": headers} | mails_context()
    return render(request, "localmail/mail.html", context)


def mails_context():
    shop_url = f"http://127.0.0.1:{settings.PORT}/demo/" if settings.DEMO else ""
    return {"mails": LocalMail.objects.all()[:MAX_MAILS], "shop_url": shop_url}


@local_page
@xframe_options_sameorigin
@csp_replace(EMAIL_POLICY)
def mail_html(request, pk):
    """Show the HTML part as an email program does."""
    before, head, after = get_object_or_404(LocalMail, pk=pk).html.partition("<head>")
    if head:
        return HttpResponse(before + head + NEW_TAB + after)
    return HttpResponse(NEW_TAB + before)
