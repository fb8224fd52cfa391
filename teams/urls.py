from django.urls import path

from teams.views import (
    audit,
    availability,
    emails,
    general,
    invitations,
    member_availability,
    members,
    my_settings,
    roles,
    teams,
)

urlpatterns = [
    path("presence/", availability.presence, name="presence"),
    path("presence/leave/", availability.presence_leave, name="presence-leave"),
    path("availability/away/", availability.away, name="away"),
    path("availability/available/", availability.available, name="available"),
    path("availability/reassigning/", availability.reassign_replies, name="reassign-replies"),
    path("availability/keeping/", availability.keep_replies, name="keep-replies"),
    path("my/hours/", my_settings.my_hours, name="my-hours"),
    path("my/account/", my_settings.my_account, name="my-account"),
    path("my/notifications/", my_settings.my_notifications, name="my-notifications"),
    path("leaving/", members.leaving, name="leaving"),
    path("logo/<slug:digest>.png", general.logo_image, name="logo"),
    path("settings/general/", general.general, name="general"),
    path("settings/general/address/", general.address, name="workspace-address"),
    path("settings/general/logo/", general.logo, name="workspace-logo"),
    path("settings/general/logo/removal/", general.logo_removal, name="workspace-logo-removal"),
    path("settings/general/holidays/", general.holidays, name="workspace-holidays"),
    path("settings/general/deletion/", general.deletion, name="workspace-deletion"),
    path("settings/emails/", emails.emails, name="emails"),
    path("settings/emails/<uuid:delivery>/retry/", emails.retry, name="email-retry"),
    path("team/members/", members.members, name="team-members"),
    path("team/members/<uuid:member>/", members.member, name="member"),
    path(
        "team/members/<uuid:member>/hours/", member_availability.member_hours, name="member-hours"
    ),
    path(
        "team/members/<uuid:member>/capacity/",
        member_availability.member_capacity,
        name="member-capacity",
    ),
    path("team/members/<uuid:member>/away/", member_availability.member_away, name="member-away"),
    path(
        "team/members/<uuid:member>/available/",
        member_availability.member_available,
        name="member-available",
    ),
    path("team/members/<uuid:member>/removal/", members.removal, name="member-removal"),
    path("team/members/<uuid:member>/suspension/", members.suspension, name="member-suspension"),
    path(
        "team/members/<uuid:member>/reactivation/", members.reactivation, name="member-reactivation"
    ),
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
    path("team/teams/", teams.teams, name="teams"),
    path("team/teams/new/", teams.team, name="new-team"),
    path("team/teams/<uuid:team>/", teams.team, name="team"),
    path("team/teams/<uuid:team>/deletion/", teams.team_deletion, name="team-deletion"),
    path("team/roles/", roles.roles, name="roles"),
    path("team/roles/new/", roles.role, name="new-role"),
    path("team/roles/<uuid:role>/", roles.role, name="role"),
    path("team/roles/<uuid:role>/deletion/", roles.role_deletion, name="role-deletion"),
    path("team/audit-log/", audit.audit_log, name="audit-log"),
    path("team/audit-log.csv", audit.audit_csv, name="audit-csv"),
]
