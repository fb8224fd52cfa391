from django.urls import path

from teams.views import audit, availability, general, groups, invitations, members

urlpatterns = [
    path("presence/", availability.presence, name="presence"),
    path("presence/leave/", availability.presence_leave, name="presence-leave"),
    path("availability/away/", availability.away, name="away"),
    path("availability/back/", availability.back, name="back"),
    path("leaving/", members.leaving, name="leaving"),
    path("logo/<slug:digest>.png", general.logo_picture, name="logo"),
    path("settings/general/", general.general, name="general"),
    path("settings/general/address/", general.address, name="workspace-address"),
    path("settings/general/logo/", general.logo, name="workspace-logo"),
    path("settings/general/logo/removal/", general.logo_removal, name="workspace-logo-removal"),
    path("settings/general/deletion/", general.deletion, name="workspace-deletion"),
    path("team/members/", members.members, name="team-members"),
    path("team/members/<uuid:member>/", members.member, name="member"),
    path("team/members/<uuid:member>/removal/", members.removal, name="member-removal"),
    path("team/members/<uuid:member>/suspension/", members.suspension, name="member-suspension"),
    path("team/members/<uuid:member>/resumption/", members.resumption, name="member-resumption"),
    path("team/invitations/new/", invitations.new_invitation, name="new-invitation"),
    path(
        "team/invitations/<uuid:invitation>/resending/",
        invitations.resending,
        name="invitation-resending",
    ),
    path(
        "team/invitations/<uuid:invitation>/revocation/",
        invitations.revocation,
        name="invitation-revocation",
    ),
    path("team/invitations/<uuid:invitation>/link/", invitations.link, name="invitation-link"),
    path("team/teams/", groups.teams, name="teams"),
    path("team/teams/new/", groups.team, name="new-team"),
    path("team/teams/<uuid:team>/", groups.team, name="team"),
    path("team/teams/<uuid:team>/deletion/", groups.team_deletion, name="team-deletion"),
    path("team/roles/", groups.roles, name="roles"),
    path("team/roles/new/", groups.role, name="new-role"),
    path("team/roles/<uuid:role>/", groups.role, name="role"),
    path("team/roles/<uuid:role>/deletion/", groups.role_deletion, name="role-deletion"),
    path("team/audit-log/", audit.audit_log, name="audit-log"),
    path("team/audit-log.csv", audit.audit_csv, name="audit-csv"),
]
