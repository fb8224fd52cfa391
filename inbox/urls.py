from django.urls import path

from inbox.views import agents, contact, conversation, desk, inbox, reading, snooze

urlpatterns = [
    path("", desk.workspace_home, name="workspace"),
    path("welcome/", inbox.welcome, name="welcome"),
    path("settings/agents/", agents.chat_agents, name="chat-agents"),
    path("settings/inboxes/", inbox.inboxes, name="inboxes"),
    path("live-ticket/", desk.live_ticket, name="live-ticket"),
    path("contacts/", contact.contacts, name="contacts"),
    path("contacts/<uuid:contact>/", contact.contact, name="contact"),
    path("contacts/<uuid:contact>/details/", contact.details, name="contact-details"),
    path("contacts/<uuid:contact>/name/", contact.name, name="contact-name"),
    path("contacts/<uuid:contact>/owner/", contact.owner, name="contact-owner"),
    path("conversations/", desk.desk, name="conversations"),
    path("conversations/rows/", desk.conversation_rows, name="conversation-rows"),
    path("conversations/counts/", desk.conversation_counts, name="conversation-counts"),
    path("conversations/<int:number>/", desk.desk, name="conversation"),
    path("conversations/<int:number>/entries/", desk.entries, name="entries"),
    path("conversations/<int:number>/reading/", reading.reading, name="reading"),
    path("conversations/<int:number>/replies/", conversation.replies, name="replies"),
    path("conversations/<int:number>/notes/", conversation.notes, name="notes"),
    path("conversations/<int:number>/assignment/", conversation.assignment, name="assignment"),
    path("conversations/<int:number>/resolution/", conversation.resolution, name="resolution"),
    path("conversations/<int:number>/snooze/", snooze.snooze, name="snooze"),
    path("conversations/<int:number>/waking/", snooze.waking, name="waking"),
    path("conversations/<int:number>/reopening/", conversation.reopening, name="reopening"),
    path("settings/inboxes/new/", inbox.new_inbox, name="new-inbox"),
    path("inboxes/<uuid:inbox>/appearance/", inbox.appearance, name="inbox-appearance"),
    path("inboxes/<uuid:inbox>/access/", inbox.access, name="inbox-access"),
    path("inboxes/<uuid:inbox>/installation/", inbox.installation, name="installation"),
]
