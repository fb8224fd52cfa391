"""Marks by which others see that the worker works and beat beats (deploy/healthy.py).

A process that is alive proves nothing: workers have been seen to stop consuming after Redis came
back. So the worker marks every task it finishes, beat every one it sends, and the canary makes
sure that there is always one.
"""

from celery import shared_task
from celery.signals import after_task_publish, beat_init, task_postrun
from django.conf import settings


@shared_task
def sing():
    """Nothing: that it came here and ended is the news."""


@task_postrun.connect
def mark_finished(**kwargs):
    mark("worker-alive")


@beat_init.connect
def listen_to_beat(**kwargs):
    after_task_publish.connect(mark_sent)


def mark_sent(**kwargs):
    mark("beat-alive")


def mark(name: str) -> None:
    (settings.DATA_DIR / name).touch()
