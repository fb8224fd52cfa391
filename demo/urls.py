from django.urls import path
from django.views.generic import RedirectView

from demo import views

urlpatterns = [
    path("", views.shop, name="demo-shop"),
    # The mailbox was here while only the demo had one.
    path("mail/", RedirectView.as_view(pattern_name="mailbox")),
]
