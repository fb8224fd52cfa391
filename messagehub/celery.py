import os

from celery import Celery

from messagehub.lib.startup import read_settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "messagehub.settings")

app = Celery("messagehub")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["messagehub.lib"], related_name="worker_health")
app.autodiscover_tasks(["messagehub.lib"], related_name="clock")
app.on_configure.connect(read_settings)
