from django.urls import path

from inbox.views import agents, conversation, desk, inbox

urlpatterns = [
    path("", desk.workspace_home, name="workspace"),
    path("welcome/", inbox.welcome, name="welcome"),
    path("settings/agents/", agents.chat_agents, name="chat-agents"),
    path("settings/inboxes/", inbox.inboxes, name="inboxes"),
    path("live-ticket/", desk.live_ticket, name="live-ticket"),
    path("conversations/", desk.desk, name="conversations"),
    path("conversations/rows/", desk.conversation_rows, name="conversation-rows"),
    path("conversations/counts/", desk.conversation_counts, name="conversation-counts"),
    path("conversations/<int:number>/", desk.desk, name="conversation"),
    path("conversations/<int:number>/entries/", desk.entries, name="entries"),
    path("conversations/<int:number>/replies/", conversation.replies, name="replies"),
    path("conversations/<int:number>/notes/", conversation.notes, name="notes"),
    path("conversations/<int:number>/assignment/", conversation.assignment, name="assignment"),
    path("conversations/<int:number>/resolution/", conversation.resolution, name="resolution"),
    path("conversations/<int:number>/reopening/", conversation.reopening, name="reopening"),
    path("inboxes/<uuid:inbox>/installation/", inbox.installation, name="installation"),
]
