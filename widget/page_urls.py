from django.urls import path

from widget.views import page

urlpatterns = [
    path("<slug:key>/", page.page, name="chat-page"),
    path("<slug:key>/check/", page.check, name="chat-page-check"),
    path("<slug:key>/messages/", page.send_message, name="chat-page-messages"),
    path("<slug:key>/email/", page.leave_email, name="chat-page-email"),
    path("<slug:key>/rating/", page.rate, name="chat-page-rating"),
    path("<slug:key>/files/<uuid:file>/", page.file, name="chat-page-file"),
    path("<slug:key>/files/<uuid:file>/preview/", page.preview, name="chat-page-file-preview"),
]
