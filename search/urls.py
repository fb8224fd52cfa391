from django.urls import path

from search import views

urlpatterns = [
    path("search/", views.search, name="search"),
    path("commands/", views.commands, name="commands"),
    path("commands/results/", views.command_results, name="command-results"),
]
