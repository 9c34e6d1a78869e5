"""Erases what somebody wrote: looked at first, then done everywhere at once, and noted outside of what backups hold."""

import shutil
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services.audit import audit_note
from accounts.services.quotas import quota_give
from accounts.tenancy import current_brand
from ideation.base.errors import UserError
from ideation.base.quotes import Quotes
from ideation.catalog.models import Project
from ideation.concepts.erase import quotes_erase
from ideation.jobs.models import ENDED, Job
from ideation.jobs.runner import JobRun
from ideation.jobs.services import job_start
from ideation.needs.erase import evidence_erase
from ideation.needs.models import Sentence
from ideation.privacy import erasurelog, querysets
from ideation.privacy.models import Erasure
from ideation.privacy.services.exports import exports_delete
from ideation.reviews.models import Review
from ideation.reviews.querysets import forms_of
from ideation.reviews.services.erase import reviews_erase
from ideation.training.erase import models_mark
from ideation.workspace.results import results_rewrite

MOST = 10_000
"""Reviews that one request may take."""
AT_ONCE = 200
"""Reviews that are erased while the person waits; more become a job."""
FORGOTTEN_AFTER = timedelta(days=1)
"""How long a preview that nobody confirmed is kept."""


@transaction.atomic
def erasure_prepare(*, by: str, value: str, created_by: User | None) -> Erasure:
    """Finds the reviews and keeps their ids, nothing else. Raises UserError when there are none, or too many."""
    Erasure.objects.filter(confirmed_at=None, created_at__lt=timezone.now() - FORGOTTEN_AFTER).delete()
    if not value.strip():
        raise UserError("erasure_none", status=404)
    found = querysets.reviews_found(by, value).order_by("dataset", "line", "pk").values_list("pk", flat=True)
    # Who asks to be forgotten asks for what they wrote before a correction, and after it.
    ids = [str(one) for one in forms_of(found[: MOST + 1])]
    if not ids:
        raise UserError("erasure_none", status=404)
    if len(ids) > MOST:
        raise UserError("erasure_many", status=409, most=f"{MOST:,}")
    touched = querysets.preview(ids).counts
    return Erasure.objects.create(by=by, reviews=ids, touched=touched, created_by=created_by)


@transaction.atomic
def erasure_confirm(*, erasure: Erasure, created_by: User | None) -> Job | None:
    """Erases exactly what was shown: at once (None), or by a job if it is much.

    Raises UserError while work on these reviews is under way, which could bring them back, and if it is done already.
    """
    erasure = Erasure.objects.select_for_update().get(pk=erasure.pk)
    if erasure.confirmed_at:
        raise UserError("erasure_done", status=409)
    if querysets.work_on(querysets.preview(erasure.reviews).projects).exists():
        raise UserError("erasure_waits", status=409)
    erasure.confirmed_at = timezone.now()
    erasure.save(update_fields=["confirmed_at"])
    if len(erasure.reviews) > AT_ONCE:
        return job_start(
            kind="reviews_erase",
            params={"erasure": str(erasure.pk)},
            subject_id=erasure.pk,
            created_by=created_by,
        )
    _finish(erasure)
    return None


def erasure_run(run: JobRun) -> dict[str, Any]:
    """The job of a large erasure: one transaction, so that nothing is ever half-erased."""
    with run.scope():
        erasure = Erasure.objects.select_for_update().get(pk=run.params["erasure"])
        if not erasure.finished_at:
            _finish(erasure)
        return dict(erasure.result)


def _finish(erasure: Erasure) -> None:
    ids = [uuid.UUID(one) for one in erasure.reviews]
    erasure.result = reviews_gone(reviews=ids)
    erasure.finished_at = timezone.now()
    erasure.save(update_fields=["result", "finished_at"])
    audit_note(
        action="reviews_erased",
        table=Erasure._meta.db_table,
        object_id=erasure.pk,
        after={"by": erasure.by, "reviews": erasure.reviews, "counts": erasure.result},
    )


@transaction.atomic
def reviews_gone(*, reviews: Sequence[uuid.UUID], again: bool = False) -> dict[str, Any]:
    """Takes reviews out of everything that holds or repeats them; returns what was done.

    The log comes first: what it says and the database doesn't know yet is done again by erasures_replay, and harms
    nobody. `again` is that replay.
    """
    # Of one that was corrected after it was shown, the new form goes too.
    reviews = forms_of(reviews)
    there = list(Review.objects.filter(pk__in=reviews))
    if not again:
        erasurelog.note_reviews(current_brand(), [review.leaf_sha256 for review in there])
    seen = querysets.preview(reviews)
    projects, concepts = list(seen.projects), seen.concepts.count()
    quotes = Quotes(_words(there))
    done = {"models": models_mark(reviews=reviews, quotes=quotes), "concepts": concepts}
    done["quotes"] = quotes_erase(quotes=quotes)
    needs = evidence_erase(reviews=reviews, quotes=quotes)
    done["quotes"] += needs.pop("quotes")
    gone = reviews_erase(reviews=reviews)
    quota_give(kind="reviews", amount=gone["reviews"])
    quota_give(kind="storage_bytes", amount=gone.pop("bytes"))
    done["exports"] = exports_delete(exports=querysets.exports_there())
    _files_clean(projects)
    return {**gone, **needs, **done}


def _words(reviews: Sequence[Review]) -> list[str]:
    """All that the reviews say, masked and as written, whole and sentence by sentence."""
    texts = [text for review in reviews for text in (review.text, review.title)]
    texts += [text for review in reviews for text in (review.as_written or {}).values()]
    return texts + list(Sentence.objects.filter(review__in=reviews).values_list("text", flat=True))


def _files_clean(projects: Sequence[Project]) -> None:
    """Results are written anew from what is left; what a killed worker left behind goes."""
    for project in projects:
        results_rewrite(project)
    for folder in settings.WORK_FOLDER.iterdir():
        if Job.objects.filter(pk__in=_job_id(folder.name), state__in=ENDED).exists():
            shutil.rmtree(folder, ignore_errors=True)


def _job_id(name: str) -> list[uuid.UUID]:
    try:
        return [uuid.UUID(name[:36])]
    except ValueError:
        return []
