"""The only writer of a brand's own limits: for whoever runs the platform, from the command line."""

from django.db import transaction

from accounts.models import Brand
from accounts.services.audit import audit_note
from accounts.tenancy import current_brand


@transaction.atomic
def limits_set(*, limits: dict[str, int | None], forget: list[str]) -> Brand:
    """Gives the current brand limits of its own, None for none at all; `forget` goes back to the settings' limits."""
    brand = Brand.objects.select_for_update().get(pk=current_brand())
    before = dict(brand.limits)
    brand.limits = {kind: limit for kind, limit in {**before, **limits}.items() if kind not in forget}
    brand.save(update_fields=["limits"])
    audit_note(
        action="limits_changed", table="accounts_brand", object_id=brand.pk, before=before, after=dict(brand.limits)
    )
    return brand
