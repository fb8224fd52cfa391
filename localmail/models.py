from django.db import models
from django.utils import timezone


class LocalMail(models.Model):
    """An email of a local start, stored for the mailbox page instead of being sent."""

    sender = models.CharField(max_length=254)
    recipient = models.CharField(max_length=254)
    subject = models.CharField(max_length=255)
    text = models.TextField()
    html = models.TextField(default="")
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.subject} to {self.recipient}"
