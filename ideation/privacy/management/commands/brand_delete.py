"""Deletes a brand with all that is its own: for whoever runs the platform."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.querysets import brand_of_slug
from ideation.privacy.services.deletion import brand_delete

WAIT = 60


class Command(BaseCommand):
    """The command `manage.py brand_delete --now slug`."""

    help = "Deletes a brand: rows, files, weights, exports, audit. There is no way back, not even from a backup."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("slug")
        parser.add_argument("--now", action="store_true", help="without its days of grace; must be given")

    def handle(self, *args: Any, **options: Any) -> None:
        brand_id = brand_of_slug(options["slug"])
        if brand_id is None:
            raise CommandError(f"There is no brand {options['slug']}.")
        if not options["now"]:
            raise CommandError("Say --now: everything of this brand is deleted at once, without days of grace.")
        end = time.monotonic() + WAIT
        while not brand_delete(brand_id=brand_id, force=True):
            if time.monotonic() > end:
                raise CommandError("A worker still holds one of the brand's jobs, which is cancelled. Try again soon.")
            time.sleep(2)
        self.stdout.write(f"Deleted: {brand_id}")
