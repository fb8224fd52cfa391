"""Touch files that prove the Celery worker and beat are working (read by deploy/healthy.py).

A running process proves nothing: workers have been seen to stop consuming after Redis came back.
So the worker touches a file after every task, beat one whenever it sends a task, and the heartbeat
makes sure that there is always a task.
"""

from celery import shared_task
from celery.signals import after_task_publish, beat_init, task_postrun
from django.conf import settings


@shared_task
def heartbeat():
    """Do nothing: that the task was sent and has run is the proof."""


@task_postrun.connect
def mark_worker_alive(**kwargs):
    touch("worker-alive")


@beat_init.connect
def watch_beat(**kwargs):
    after_task_publish.connect(mark_beat_alive)


def mark_beat_alive(**kwargs):
    touch("beat-alive")


def touch(name: str) -> None:
    (settings.DATA_DIR / name).touch()
