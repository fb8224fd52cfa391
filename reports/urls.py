from django.urls import path

from reports.views import lists, pages, subscription

urlpatterns = [
    path("reports/", pages.overview, name="reports"),
    path("reports/now/", pages.now, name="reports-now"),
    path("reports/conversations/", pages.conversations, name="reports-conversations"),
    path("reports/agents/", pages.agents, name="reports-agents"),
    path("reports/routing/", pages.routing, name="reports-routing"),
    path("reports/inboxes/", pages.inboxes, name="reports-inboxes"),
    path("reports/section/", pages.section, name="report-section"),
    path("reports/weekly/", subscription.weekly_report, name="weekly-report"),
    path("reports/weekly/end/", subscription.end_weekly_report, name="weekly-report-end"),
    path("reports/list/", lists.figure_list, name="report-list"),
    path("reports/table.csv", lists.table_csv, name="report-table"),
    path("reports/conversations.csv", lists.conversations_csv, name="report-conversations"),
]
