import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "messagehub.settings")

app = Celery("messagehub")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
