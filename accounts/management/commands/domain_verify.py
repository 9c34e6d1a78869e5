"""`manage.py domain_verify brand-slug company.com`: for networks whose DNS nobody else can see.

Whoever runs the platform vouches that the domain is the brand's own; it is in the brand's audit like a proof by DNS.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.domains import domain_clean
from accounts.errors import AccountError
from accounts.models import EmailDomain
from accounts.querysets import brand_of_slug
from accounts.services.audit import audit_note
from accounts.services.identity import domain_verify
from accounts.tenancy import brand_scope


class Command(BaseCommand):
    help = "Takes a domain as proved for a brand, without asking DNS."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("brand", help="the brand's slug")
        parser.add_argument("domain", help="a domain, such as company.com")

    def handle(self, *args: Any, **options: Any) -> None:
        brand_id = brand_of_slug(options["brand"])
        if brand_id is None:
            raise CommandError(f"There is no brand with the slug “{options['brand']}”.")
        try:
            domain = domain_clean(options["domain"])
            with brand_scope(brand_id):
                found, _made = EmailDomain.objects.get_or_create(domain=domain)
                domain_verify(domain=found, by_hand=True)
                audit_note(action="domain_verified_by_hand", table="accounts_emaildomain", object_id=found.pk)
        except AccountError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{domain} is proved for {options['brand']}.")
