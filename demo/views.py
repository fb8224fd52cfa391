from csp.decorators import csp_replace
from django.conf import settings
from django.shortcuts import render
from django.views.decorators.http import require_GET

from demo.loading import KEYS, shop_origin
from demo.shops import SHOPS

LOADER = {"script-src": [settings.SITE_URL], "frame-src": [settings.SITE_URL]}


@require_GET
@csp_replace(LOADER)
def shop(request):
    """Show a small shop with the widget, whose origin isn't the app's. ?shop: acme or globex."""
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
