from django.urls import path

from demo import views

urlpatterns = [
    path("", views.shop, name="demo-shop"),
    path("mail/", views.mailbox, name="demo-mailbox"),
    path("mail/<int:pk>/", views.mail, name="demo-mail"),
    path("mail/<int:pk>/html/", views.mail_html, name="demo-mail-html"),
]
