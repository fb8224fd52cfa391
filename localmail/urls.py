from django.urls import path

from localmail import views

urlpatterns = [
    path("", views.mailbox, name="mailbox"),
    path("<int:pk>/", views.mail, name="mailbox-mail"),
    path("<int:pk>/html/", views.mail_html, name="mailbox-mail-html"),
]
