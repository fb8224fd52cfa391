from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from demo.loading import KEYS, shop_origin
from demo.models import DemoMail
from demo.shops import SHOPS

LOADER = {"script-src": [settings.SITE_URL], "frame-src": [settings.SITE_URL]}
# A mail program's rules: styles, no scripts, no pictures from elsewhere, links in a new tab.
MAIL = {
    "frame-ancestors": ["'self'"],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["data:"],
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
}
NEW_TAB = '<base target="_blank">'
MOST_MAILS = 200
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


@require_GET
@csp_replace(LOADER)
def shop(request):
    """A small shop with the widget, on another origin than the app. ?shop=globex for the other."""
    company = request.GET.get("shop", "acme")
    company = company if company in KEYS else "acme"
    context = {
        "line_src": f"{settings.SITE_URL}/widget/{KEYS[company]}.js",
        "company": company,
        "shop": SHOPS[company],
        "shops": SHOPS,
        "app_url": settings.SITE_URL,
        "shop_url": shop_origin(),
        "is_elsewhere": f"{request.scheme}://{request.get_host()}" != settings.SITE_URL,
    }
    return render(request, "demo/shop.html", context)


@require_GET
def mailbox(request):
    """Every email sent so far, the newest first."""
    return render(request, "demo/mailbox.html", mails_context())


@require_GET
@csp_replace({"frame-src": ["'self'"]})
def mail(request, pk):
    found = get_object_or_404(DemoMail, pk=pk)
    headers = [(name, found.headers[name]) for name in HEADERS if name in found.headers]
    return render(request, "demo/mail.html", {"mail": found, "headers": headers} | mails_context())


def mails_context():
    return {"mails": DemoMail.objects.all()[:MOST_MAILS], "shop_url": shop_origin()}


@require_GET
@xframe_options_sameorigin
@csp_replace(MAIL)
def mail_html(request, pk):
    """The HTML part as a mail program shows it."""
    before, head, after = get_object_or_404(DemoMail, pk=pk).html.partition("<head>")
    if head:
        return HttpResponse(before + head + NEW_TAB + after)
    return HttpResponse(NEW_TAB + before)
