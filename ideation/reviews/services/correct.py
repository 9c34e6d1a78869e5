"""Corrects a review: a new form of it takes its place in a new version; the one before stays in the versions before."""

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Mapping
from typing import Any, Final

import polars as pl
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services.audit import audit_note
from accounts.services.quotas import quota_charge
from ideation.base.errors import UserError
from ideation.base.ids import ordered_id
from ideation.catalog.models import Project
from ideation.catalog.querysets import product_index
from ideation.reviews.models import UNDATED, Correction, Review, ReviewDataset, ReviewVector, ReviewWords
from ideation.reviews.services.indexing import index_start
from ideation.reviews.services.versions import version_create, version_next
from mlcore.enrich import enriched
from mlcore.folding import folded
from mlcore.merkle import LEAF_FIELDS, keyed, leaves_of_stored
from mlcore.personal import find, mask
from mlcore.reviewfiles.limits import MAX_TEXT
from mlcore.reviewfiles.output import SEPARATOR

FIELDS: Final = ("text", "title", "rating", "date", "product_name", "source", "language", "country")
"""What can be corrected."""
WORDS: Final = ("text", "title")


@transaction.atomic
def review_correct(*, review: Review, changes: Mapping[str, Any], reason: str, by: User | None) -> Review:
    """The review as it is from now on; what was found out about other words is found out anew.

    Raises UserError without a reason or a change, for one that has been corrected already, and when another review says
    exactly the same.
    """
    number = version_next(review.dataset)
    before = Review.objects.select_for_update(of=("self",)).select_related("dataset").get(pk=review.pk)
    if before.ended_in is not None:
        raise UserError("review_replaced", status=409)
    if not reason.strip():
        raise UserError("reason_missing", field="reason")
    changed = _changed(before, changes)
    after = _form(before, changed, number)
    if Review.objects.filter(dataset=before.dataset_id, content_sha256=after.content_sha256).exists():
        raise UserError("review_repeats", status=409)
    after.save(force_insert=True)
    Review.objects.filter(pk=before.pk).update(ended_in=number)
    Review.objects.filter(first=before).update(first=after)
    _findings_move(before, after, same_words=not changed.keys() & set(WORDS))
    version_create(before.dataset, number)
    quota_charge(kind="reviews", amount=1)
    index_start(project=before.dataset.project, created_by=by)
    _note(before, after, sorted(changed), mask(reason.strip())[:500], by)
    return after


def _changed(before: Review, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The fields whose value is another one; words as they are shown, masked, are no change."""
    assert set(changes) <= set(FIELDS), changes.keys()
    changed = {
        name: value
        for name, value in changes.items()
        if value != getattr(before, name) and not (name in WORDS and value == (before.as_written or {}).get(name))
    }
    if not changed:
        raise UserError("nothing_changed")
    text = changed.get("text", before.text)
    if not text.strip():
        raise UserError("text_empty", field="text")
    if len(text) > MAX_TEXT:
        raise UserError("text_too_long", field="text")
    return changed


def _form(before: Review, changed: Mapping[str, Any], number: int) -> Review:
    """The next form of a review, not saved yet."""
    now = timezone.now()
    after = Review.objects.get(pk=before.pk)
    after.pk, after.created_at, after.salt = ordered_id(now, before.line), now, uuid.uuid4()
    after.version_number, after.ended_in = number, None
    for name, value in changed.items():
        setattr(after, name, value)
    written = {name: changed.get(name, (before.as_written or {}).get(name, getattr(before, name))) for name in WORDS}
    _mask(after, written)
    if "rating" in changed:
        after.rating_written = ""
    if "product_name" in changed:
        project = Project.objects.get(pk=before.project_id)
        after.product_id = product_index(project).get(folded(after.product_name))
    after.content_sha256 = content_of(after, written, before.dataset)
    after.leaf_sha256 = leaves_of_stored([{name: getattr(after, name) for name in LEAF_FIELDS}])[0]
    if changed.keys() & set(WORDS):
        _enrich(after, told="language" in changed)
    return after


def _enrich(after: Review, *, told: bool) -> None:
    """What an import finds out about words; a language that a person has told stays."""
    words = pl.DataFrame({"text": [after.text], "title": [after.title], "language": [after.language]})
    row = enriched(words).row(0, named=True)
    after.characters, after.tokens, after.sketch = row["characters"], row["tokens"], row["sketch"]
    after.flags = json.loads(row["flags"]) if row["flags"] else None
    if not told:
        after.language = row["language"]


def _mask(after: Review, written: Mapping[str, str]) -> None:
    found = {name: find(written[name]) for name in WORDS}
    after.text = mask(written["text"], found["text"])
    after.title = mask(written["title"], found["title"])[:500]
    after.as_written = dict(written) if any(found.values()) else None


def content_of(review: Review, written: Mapping[str, str], dataset: ReviewDataset) -> str:
    """What tells this review when it comes again: as the import computes it for one without an author.

    Of an author only a hash was kept, which stands for the name here.
    """
    day: dt.date | None = review.date
    parts = (
        written["text"], written["title"], str(review.rating), str(day), review.product_name, review.author_sha256,
    )  # fmt: skip
    return keyed(dataset.salt, hashlib.sha256(SEPARATOR.join(parts).encode()).hexdigest())


def _findings_move(before: Review, after: Review, *, same_words: bool) -> None:
    """What finds a review finds its newest form."""
    if same_words:
        ReviewWords.objects.filter(review=before).update(review=after, day=after.date or UNDATED)
        ReviewVector.objects.filter(review=before).update(review=after)
    else:
        ReviewWords.objects.filter(review=before).delete()
        ReviewVector.objects.filter(review=before).delete()


def _note(before: Review, after: Review, fields: list[str], reason: str, by: User | None) -> None:
    earlier = Correction.objects.filter(after=before).first()
    Correction.objects.create(
        original=earlier.original if earlier else before.pk,
        before=before,
        after=after,
        fields=fields,
        reason=reason,
        created_by=by,
    )
    audit_note(
        action="review_corrected",
        table=Review._meta.db_table,
        object_id=after.pk,
        after={"before": str(before.pk), "fields": fields, "reason": reason},
    )
