"""Keeps a job's lease while its worker waits for the database, and ends that wait when the job is not to go on."""

import threading
from typing import Any

from django.db import connection

from ideation.jobs import services
from ideation.jobs.models import Job

BEAT_SECONDS = 5.0


class Pulse(threading.Thread):
    """Beats for a job, on a connection of its own, while a block of code runs one long transaction."""

    def __init__(self, job: Job) -> None:
        super().__init__(daemon=True)
        self.job = job
        self.over = threading.Event()
        connection.ensure_connection()
        self.working: Any = connection.connection
        """The connection of the transaction."""

    def __enter__(self) -> None:
        # Inside a transaction that began earlier, nobody else may see the job as it is here.
        if not connection.in_atomic_block:
            self.start()

    def __exit__(self, *_error: object) -> None:
        self.over.set()
        if self.is_alive():
            self.join()

    def run(self) -> None:
        """Beats until the block is left; a job that is lost or cancelled loses the statement that is under way."""
        try:
            while not self.over.wait(BEAT_SECONDS):
                if not services.job_beat(job=self.job):
                    self.working.cancel_safe()
        finally:
            connection.close()
