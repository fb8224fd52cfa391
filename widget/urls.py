from django.urls import path

from widget.views import frame, messages, reading

urlpatterns = [
    path("<slug:key>.js", frame.loader, name="widget-loader"),
    path("<slug:key>/frame/", frame.frame, name="widget-frame"),
    path("<slug:key>/messages/", messages.messages, name="widget-messages"),
    path("<slug:key>/email/", messages.email, name="widget-email"),
    path("<slug:key>/reading/", reading.reading, name="widget-reading"),
    path("<slug:key>/ticket/", messages.ticket, name="widget-ticket"),
]
