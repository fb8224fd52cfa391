"""Touch a file that proves the Celery worker is working (read by deploy/healthy.py).

A running process proves nothing: workers have been seen to stop consuming after Redis came back.
So the worker touches a file after every task, and the heartbeat makes sure that there is always a
task. It also proves that a clock (messagehub/lib/clock.py) still sends tasks.
"""

from celery import shared_task
from celery.signals import task_postrun
from django.conf import settings


@shared_task
def heartbeat():
    """Do nothing: that the task was sent and has run is the proof."""


@task_postrun.connect
def mark_worker_alive(**kwargs):
    (settings.DATA_DIR / "worker-alive").touch()
