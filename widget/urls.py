from django.urls import path

from widget.views import (
    files,
    frame,
    history,
    identity,
    menu,
    messages,
    photos,
    rating,
    read_marker,
    typing,
)

urlpatterns = [
    path("photos/<slug:photo>.webp", photos.photo, name="widget-photo"),
    path("<slug:key>.js", frame.loader, name="widget-loader"),
    path("<slug:key>/chat.js", frame.chat, name="widget-chat"),
    path("<slug:key>/frame/", frame.frame, name="widget-frame"),
    path("<slug:key>/logo/<slug:digest>.png", frame.logo, name="widget-logo"),
    path("<slug:key>/prechat/", messages.prechat, name="widget-prechat"),
    path("<slug:key>/messages/", messages.messages, name="widget-messages"),
    path("<slug:key>/files/", files.files, name="widget-files"),
    path("<slug:key>/files/<uuid:file>/", files.file, name="widget-file"),
    path("<slug:key>/files/<uuid:file>/preview/", files.preview, name="widget-file-preview"),
    path("<slug:key>/email/", messages.email, name="widget-email"),
    path("<slug:key>/menu/", menu.menu, name="widget-menu"),
    path("<slug:key>/ending/", menu.ending, name="widget-ending"),
    path("<slug:key>/transcript/", menu.transcript, name="widget-transcript"),
    path("<slug:key>/conversations/", history.conversations, name="widget-conversations"),
    path(
        "<slug:key>/conversations/<uuid:conversation>/",
        history.conversation,
        name="widget-conversation",
    ),
    path("<slug:key>/rating/", rating.rating, name="widget-rating"),
    path("<slug:key>/identify/", identity.identify, name="widget-identify"),
    path("<slug:key>/logout/", identity.logout, name="widget-logout"),
    path("<slug:key>/read/", read_marker.mark_read, name="widget-read"),
    path("<slug:key>/typing/", typing.typing, name="widget-typing"),
    path("<slug:key>/ticket/", messages.ticket, name="widget-ticket"),
]
