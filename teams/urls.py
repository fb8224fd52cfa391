from django.urls import path

from teams.views import availability

urlpatterns = [
    path("presence/", availability.presence, name="presence"),
    path("presence/leave/", availability.presence_leave, name="presence-leave"),
    path("availability/away/", availability.away, name="away"),
    path("availability/back/", availability.back, name="back"),
]
