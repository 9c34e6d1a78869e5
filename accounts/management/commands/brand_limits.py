"""Shows and sets what a brand may use: manage.py brand_limits acme --set reviews=500000 --set storage_bytes=default."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from accounts.querysets import brand_of_slug
from accounts.quotas import QUOTAS, standings
from accounts.services.limits import limits_set
from accounts.tenancy import brand_scope


class Command(BaseCommand):
    help = "Shows a brand's limits and use; --set kind=number, kind=unlimited, or kind=default."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="the brand's address: /b/<slug>/")
        parser.add_argument(
            "--set", action="append", default=[], metavar="KIND=LIMIT", help=f"one of {', '.join(QUOTAS)}"
        )

    def handle(self, slug: str, **options: list[str]) -> None:
        brand_id = brand_of_slug(slug)
        if brand_id is None:
            raise CommandError(f"There is no brand with the address “{slug}”.")
        wanted = dict(_read(text) for text in options["set"])
        with brand_scope(brand_id):
            if wanted:
                limits = {kind: None if text == "unlimited" else int(text) for kind, text in wanted.items()
                          if text != "default"}  # fmt: skip
                limits_set(limits=limits, forget=[kind for kind, text in wanted.items() if text == "default"])
            for one in standings():
                limit = "unlimited" if one.limit is None else one.limit
                self.stdout.write(f"{one.kind}: {one.used} of {limit}")


def _read(text: str) -> tuple[str, str]:
    kind, _equals, limit = text.partition("=")
    if kind not in QUOTAS:
        raise CommandError(f"“{kind}” is no kind of quota. Kinds: {', '.join(QUOTAS)}.")
    if limit not in ("unlimited", "default") and not limit.isdecimal():
        raise CommandError(f"“{limit}” is no limit. Give a whole number, “unlimited”, or “default”.")
    return kind, limit
