from django.dispatch import receiver

from inbox.signals import message_revised
from search.indexing import index


@receiver(message_revised)
def index_revised_message(message, **kwargs):
    index([message.pk])
