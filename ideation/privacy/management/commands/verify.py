"""Verifies dataset versions: whether what is stored is what was imported, apart from what was erased."""

import uuid
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Brand, User
from accounts.querysets import brand_of_slug
from accounts.tenancy import brand_scope, system_ids
from ideation.reviews.models import DatasetVersion
from ideation.reviews.services.verify import Verified, version_verify


class Command(BaseCommand):
    """The command `manage.py verify [--brand slug]`."""

    help = "Computes the hash of each dataset version anew, and names what differs. Ends with 1 if any does."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--brand", action="append", help="slug of a brand; may be given again; without it, all")

    def handle(self, *args: Any, **options: Any) -> None:
        brands = [_known(slug) for slug in options["brand"]] if options["brand"] else _all_brands()
        intact = [self._brand(brand_id) for brand_id in brands]
        if not all(intact):
            raise CommandError("Not all versions are intact.")

    def _brand(self, brand_id: uuid.UUID) -> bool:
        with brand_scope(brand_id):
            self.stdout.write(Brand.objects.get(pk=brand_id).name)
            found = [version_verify(version=one) for one in DatasetVersion.objects.select_related("dataset")]
            for one in found:
                self.stdout.write(f"  {one.version}: {_said(one)}")
            return all(one.intact for one in found)


def _known(slug: str) -> uuid.UUID:
    brand_id = brand_of_slug(slug)
    if brand_id is None:
        raise CommandError(f"There is no brand {slug}.")
    return brand_id


def _all_brands() -> list[uuid.UUID]:
    """All that somebody belongs to: nobody sees a list of brands."""
    people = User.objects.values_list("pk", flat=True)
    return sorted({row[0] for person in people for row in system_ids("brands_of_person", person)})


def _said(found: Verified) -> str:
    if found.intact:
        return f"intact, {found.erased} erased"
    said = [f"{found.differing_count} reviews changed"] if found.differing_count else []
    said += [f"{found.missing} reviews missing or more"] if found.missing else []
    said += [] if found.root_fits else ["the root doesn't fit"]
    names = ", ".join(str(review.pk) for review in found.differing)
    return "NOT intact: " + "; ".join(said) + (f" ({names})" if names else "")
