from django.urls import path

from routing import views

urlpatterns = [
    path("conversations/<int:number>/decisions/<uuid:decision>/", views.decision, name="decision"),
]
