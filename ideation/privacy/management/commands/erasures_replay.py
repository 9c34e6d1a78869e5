"""Erases again, after a backup was restored, what the erasure log says was erased or deleted since it was made."""

from typing import Any

from django.core.management.base import BaseCommand

from ideation.privacy.services.replay import erasures_replay


class Command(BaseCommand):
    """The command `manage.py erasures_replay`."""

    help = "Brings a restored database up to date with the erasure log. Run it before anybody is let in again."

    def handle(self, *args: Any, **options: Any) -> None:
        done = erasures_replay()
        self.stdout.write(f"Erased again: {done['reviews']} reviews, {done['brands']} brands.")
