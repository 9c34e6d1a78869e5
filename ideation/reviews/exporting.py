"""Writes the file of a list of reviews, page after page; only the worker does, since it needs the big libraries."""

import json
import shutil
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import polars as pl
from django.conf import settings
from django.core.files.storage import default_storage
from django.http import QueryDict
from django.utils import timezone

from accounts.querysets import brand_folder
from ideation.jobs.runner import JobRun
from ideation.reviews.browse import Listing
from ideation.reviews.filters import FilterForm
from ideation.reviews.models import Review, ReviewExport
from ideation.reviews.querysets import review_export
from ideation.reviews.spreadsheets import open_writer

PAGE: Final = 5000
COLUMNS: Final = pl.Schema(
    {
        "id": pl.String, "own_id": pl.String, "date": pl.Date, "rating": pl.Float64, "rating_written": pl.String,
        "title": pl.String, "text": pl.String, "sku": pl.String, "product": pl.String, "competitor": pl.Boolean,
        "source": pl.String, "language": pl.String, "country": pl.String, "price": pl.Float64, "currency": pl.String,
        "verified": pl.Boolean, "helpful": pl.Int64, "follow_up": pl.Boolean, "first_review": pl.String,
        "flags": pl.String, "attributes": pl.String, "characters": pl.Int64, "tokens": pl.Int64, "dataset": pl.String,
        "line": pl.Int64,
    }
)  # fmt: skip

Make = Callable[[ReviewExport, dict[str, Any]], Listing]


def review_export_write(run: JobRun, make: Make) -> dict[str, Any]:
    """The job: the file is written beside, then put in its place in the transaction that says so."""
    with run.scope():
        export = review_export(uuid.UUID(run.params["review_export"]))
        listing = make(export, FilterForm(QueryDict(export.query)).wanted)
        total = listing.count()
        name = f"{brand_folder()}/{uuid.uuid4()}/reviews-{export.created_at:%Y-%m-%d}.{export.form}"
    path = run.folder / f"reviews.{export.form}"
    rows, left_out = _write(run, export, listing, path, total)
    with run.scope():
        now = timezone.now()
        done = {"file": name, "file_bytes": path.stat().st_size, "rows": rows, "left_out": left_out}
        until = now + timedelta(days=settings.EXPORT_DAYS)
        ReviewExport.objects.filter(pk=export.pk).update(**done, finished_at=now, expires_at=until)
        target = Path(default_storage.path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(path, target)
    return {"review_export": str(export.pk), "rows": rows, "left_out": left_out}


def _write(run: JobRun, export: ReviewExport, listing: Listing, path: Path, total: int) -> tuple[int, int]:
    writer, rows, left_out = open_writer(export.form, path, COLUMNS), 0, 0
    for page in _pages(run, listing):
        written = writer.write(page)
        rows, left_out = rows + written, left_out + len(page) - written
        run.progress("writing_file", rows, max(total, rows), "reviews")
    writer.close()
    return rows, left_out


def _pages(run: JobRun, listing: Listing) -> Iterator[list[tuple[Any, ...]]]:
    """Each page in a transaction of its own: a long one would hold up the cleaning of the tables."""
    place = None
    while True:
        with run.scope():
            if listing.by_meaning:
                page, place = listing.those(listing.closest()), None
            else:
                found = listing.page(PAGE, older=place)
                page, place = list(found.reviews), found.older
            rows = [row_of(review) for review in page]
        if rows:
            yield rows
        if place is None:
            return


def row_of(review: Review) -> tuple[Any, ...]:
    """A review's cells, in the order of COLUMNS."""
    product = review.product
    return (
        str(review.pk), review.external_id, review.date, review.rating, review.rating_written, review.title,
        review.text, product.sku if product else "", product.name if product else review.product_name,
        product.is_competitor if product else None, review.source, review.language, review.country, review.price,
        review.currency, review.verified, review.helpful, review.is_follow_up,
        str(review.first_id) if review.first_id else "", ", ".join(sorted(review.flags or {})),
        json.dumps(review.attributes, ensure_ascii=False) if review.attributes else "", review.characters,
        review.tokens, str(review.dataset_id), review.line,
    )  # fmt: skip
