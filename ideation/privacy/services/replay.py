"""Brings a database that was restored from a backup up to date with what was erased and deleted since."""

import uuid

from accounts.models import Brand
from accounts.services.audit import audit_note
from accounts.tenancy import brand_scope
from ideation.privacy import erasurelog
from ideation.privacy.services.deletion import brand_delete
from ideation.privacy.services.erasures import reviews_gone
from ideation.reviews.models import Review


def erasures_replay() -> dict[str, int]:
    """Erases again what the log names, brand by brand. What is gone already is left as it is; says how much was not."""
    done = {"reviews": 0, "brands": 0}
    for entry in erasurelog.entries():
        brand_id = uuid.UUID(entry["brand"])
        if entry.get("deleted"):
            done["brands"] += _brand_again(brand_id)
        else:
            done["reviews"] += _reviews_again(brand_id, entry["leaves"])
    return done


def _reviews_again(brand_id: uuid.UUID, leaves: list[str]) -> int:
    with brand_scope(brand_id):
        found = list(Review.objects.filter(leaf_sha256__in=leaves).values_list("pk", flat=True))
        if found:
            reviews_gone(reviews=found, again=True)
            audit_note(action="reviews_erased_again", after={"reviews": [str(one) for one in found]})
        return len(found)


def _brand_again(brand_id: uuid.UUID) -> bool:
    with brand_scope(brand_id):
        if not Brand.objects.filter(pk=brand_id).exists():
            return False
    return brand_delete(brand_id=brand_id, force=True)
