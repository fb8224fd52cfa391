from django.urls import path

from widget.views import frame, messages, read_marker

urlpatterns = [
    path("<slug:key>.js", frame.loader, name="widget-loader"),
    path("<slug:key>/frame/", frame.frame, name="widget-frame"),
    path("<slug:key>/messages/", messages.messages, name="widget-messages"),
    path("<slug:key>/email/", messages.email, name="widget-email"),
    path("<slug:key>/read/", read_marker.mark_read, name="widget-read"),
    path("<slug:key>/ticket/", messages.ticket, name="widget-ticket"),
]
