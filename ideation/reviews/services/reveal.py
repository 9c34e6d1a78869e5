"""Shows what a customer wrote before it was masked: to who may, with a note that it was looked at."""

from django.db import transaction

from accounts.services.audit import audit_note
from ideation.reviews.models import Review


@transaction.atomic
def review_reveal(*, review: Review) -> dict[str, str]:
    """{"text", "title"} as the customer wrote them. Noted in the audit, by id alone, if anything was masked."""
    if review.as_written is None:
        return {"text": review.text, "title": review.title}
    audit_note(action="personal_data_shown", table=Review._meta.db_table, object_id=review.pk)
    return dict(review.as_written)
