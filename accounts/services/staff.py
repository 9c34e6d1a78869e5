"""The only writer of who runs the platform: from the command line alone."""

from django.db import transaction

from accounts.errors import AccountError
from accounts.models import User
from accounts.services.audit import audit_note


@transaction.atomic
def staff_set(*, email: str, is_staff: bool) -> User:
    """Makes a person one of the platform's people, or no longer. Raises AccountError `person_unknown`."""
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        raise AccountError("person_unknown", email=email)
    User.objects.filter(pk=user.pk).update(is_staff=is_staff)
    audit_note(
        action="staff_added" if is_staff else "staff_removed", table="accounts_user", object_id=user.pk,
        after={"email": user.email},
    )  # fmt: skip
    return user
