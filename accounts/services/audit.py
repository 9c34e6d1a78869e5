"""Notes in the audit of what no changed row shows: a login, a refusal, an export. The database notes rows itself.

One table and one trigger function of our own (Audited in accounts/tenancy.py) instead of django-pghistory, which makes
an event table for each model with all its columns, review text included, and keeps who acted outside the brands.
"""

import uuid
from typing import Any

from django.db import transaction

from accounts.models import AuditEntry, User
from accounts.tenancy import brand_scope, current_actor, current_brand, system_ids


@transaction.atomic
def audit_note(
    *,
    action: str,
    table: str = "",
    object_id: uuid.UUID | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    person: User | None = None,
) -> None:
    """Notes that this happened, in the current brand, outside any in nobody's; by who acts, or by this person."""
    actor = current_actor()
    AuditEntry.objects.create(
        action=action,
        table=table,
        object_id=object_id,
        person_id=person.pk if person else actor.person_id,
        person=person.email if person else actor.person,
        key_id=actor.key_id,
        job_id=actor.job_id,
        address=actor.address,
        before=before or {},
        after=after or {},
    )


def person_note(
    *, user: User, action: str, after: dict[str, Any] | None = None, before: dict[str, Any] | None = None
) -> None:
    """Notes what a person did with their account in each of their brands; without any, in nobody's.

    Inside a brand's scope only there: one transaction never writes into two brands.
    """
    brands = [row[0] for row in system_ids("brands_of_person", user.pk)] if current_brand() is None else []
    for brand_id in brands:
        with brand_scope(brand_id):
            audit_note(action=action, table="accounts_user", object_id=user.pk, before=before, after=after, person=user)
    if not brands:
        audit_note(action=action, table="accounts_user", object_id=user.pk, before=before, after=after, person=user)
