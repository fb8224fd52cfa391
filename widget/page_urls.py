from django.urls import path

from widget.views import page, page_options

urlpatterns = [
    path("<slug:key>/", page.page, name="chat-page"),
    path("<slug:key>/check/", page.check, name="chat-page-check"),
    path("<slug:key>/messages/", page.send_message, name="chat-page-messages"),
    path("<slug:key>/email/", page.leave_email, name="chat-page-email"),
    path("<slug:key>/rating/", page.rate, name="chat-page-rating"),
    path("<slug:key>/ending/", page_options.end, name="chat-page-ending"),
    path("<slug:key>/transcript/", page_options.request_transcript, name="chat-page-transcript"),
    path("<slug:key>/conversations/", page_options.earlier, name="chat-page-earlier"),
    path(
        "<slug:key>/conversations/<uuid:conversation>/",
        page_options.earlier_conversation,
        name="chat-page-conversation",
    ),
    path("<slug:key>/files/<uuid:file>/", page.file, name="chat-page-file"),
    path("<slug:key>/files/<uuid:file>/preview/", page.preview, name="chat-page-file-preview"),
]
