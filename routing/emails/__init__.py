"""Mails about conversations: to agents who are not there, and to contacts who have gone."""

from routing.emails import passed_on, reply, unanswered

__all__ = ["passed_on", "reply", "unanswered"]
