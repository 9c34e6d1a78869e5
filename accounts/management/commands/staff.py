"""Says who runs the platform and may see its health: manage.py staff add ann@platform.example."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from accounts.errors import AccountError
from accounts.services.staff import staff_set


class Command(BaseCommand):
    help = "Makes a person one of the platform's people (add), or no longer (remove)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["add", "remove"])
        parser.add_argument("email")

    def handle(self, what: str, email: str, **_options: object) -> None:
        try:
            user = staff_set(email=email, is_staff=what == "add")
        except AccountError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{user.email} {'sees' if what == 'add' else 'no longer sees'} the platform's page.")
