from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from messagehub import views
from routing.emails import views as email_views
from routing.handover import sign_out
from teams.views import home, joining

urlpatterns = [
    path("", home.home, name="home"),
    path("workspaces/first-steps/", home.first_steps, name="first-steps"),
    path("workspaces/new/", home.new_workspace, name="new-workspace"),
    path("workspaces/", home.choose, name="choose-workspace"),
    path("workspaces/<slug:workspace>/restoration/", home.restore, name="workspace-restoration"),
    path("invitations/<str:token>/", joining.invitation, name="invitation"),
    path("invitations/<str:token>/switch/", joining.switch, name="invitation-switch"),
    path("unsubscribe/<str:token>/", email_views.unsubscription, name="unsubscribe"),
    path("unsubscribe/<str:token>/undo/", email_views.resubscription, name="resubscribe"),
    path("healthz", views.health, name="health"),
    path("accounts/logout/", sign_out.sign_out_page, name="account_logout"),
    path("accounts/", include("allauth.account.urls")),
    path(
        "w/<slug:workspace>/",
        include(
            [
                path("", include(f"{app}.urls"))
                for app in ("inbox", "teams", "routing", "notifications", "reports", "search")
            ]
            + [path("", include("widget.workspace_urls"))]
        ),
    ),
    path("widget/", include("widget.urls")),
    path("c/", include("widget.page_urls")),
    path("admin/", admin.site.urls),
]
if settings.EMAIL_WEBHOOKS:
    urlpatterns.append(path("anymail/", include("outbox.urls")))
if settings.LOCAL_MAILBOX:
    urlpatterns.append(path("mailbox/", include("localmail.urls")))
if settings.DEMO:
    urlpatterns.append(path("demo/", include("demo.urls")))

handler400 = "messagehub.views.bad_request"
handler500 = "messagehub.views.server_error"
