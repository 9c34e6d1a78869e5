"""The only writer of sources: where files come from, how often, and what lets in there."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone

from accounts.errors import AccountError
from accounts.models import User
from accounts.outgoing import url_allowed
from accounts.sealed import seal
from accounts.tenancy import brand_scope
from ideation.base.errors import UserError
from ideation.jobs.models import Job
from ideation.jobs.services import job_start
from ideation.reviews import arrivals
from ideation.reviews.models import ReviewDataset, ReviewSource, SourceKind
from ideation.reviews.services.buckets import address_parts


@transaction.atomic
def source_save(
    *,
    dataset: ReviewDataset,
    source: ReviewSource | None = None,
    name: str,
    kind: str,
    address: str = "",
    every_hours: int | None = None,
    authorization: str | None = None,
    access_key: str | None = None,
    secret_key: str | None = None,
) -> ReviewSource:
    """Makes a source, or changes this one; what lets in stays as it was where it isn't given.

    `authorization` is for an address: the header that it asks for; `access_key` and `secret_key` are for a bucket. What
    was given for one server is never told to another: it is forgotten with the address. Raises UserError.
    """
    address = _address(kind, address)
    made = source or ReviewSource(dataset=dataset)
    if ReviewSource.objects.filter(dataset=dataset, name=name).exclude(pk=made.pk).exists():
        raise UserError("source_name_taken", field="name")
    secret = _secret(kind, authorization, access_key, secret_key)
    if secret is None and (_server(made.address), made.kind) != (_server(address), kind):
        secret = ""
    every_hours = every_hours if address else None
    if address != made.address:
        made.seen = {}
    if secret is not None:
        made.secret = seal(secret)
    if every_hours != made.every_hours:
        made.next_at = timezone.now() if every_hours else None
    made.name, made.kind, made.address, made.every_hours = name, kind, address, every_hours
    made.save()
    return made


def _address(kind: str, address: str) -> str:
    if kind == SourceKind.UPLOAD:
        return ""
    if kind == SourceKind.BUCKET:
        address_parts(address)
    elif not url_allowed(address):
        raise UserError("address_not_https", field="address")
    return address


def _secret(kind: str, authorization: str | None, access_key: str | None, secret_key: str | None) -> str | None:
    """What lets in, as it is sealed; None: as it was."""
    if kind == SourceKind.URL:
        return authorization
    if kind == SourceKind.UPLOAD or (access_key is None and secret_key is None):
        return "" if kind == SourceKind.UPLOAD else None
    if bool(access_key) != bool(secret_key):
        raise UserError("source_secret_half", field="secret_key")
    return json.dumps({"access_key": access_key, "secret": secret_key}) if access_key else ""


def _server(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return parts.scheme, parts.netloc


@transaction.atomic
def source_delete(*, source: ReviewSource) -> None:
    """It is fetched no more; what came from it stays."""
    source.delete()


@transaction.atomic
def source_fetch(*, source: ReviewSource, created_by: User | None = None) -> Job:
    """Queues the fetching of what is new there. Raises UserError while that is under way, or if nothing is fetched."""
    if source.kind == SourceKind.UPLOAD:
        raise UserError("source_by_hand", status=409)
    return job_start(
        kind="reviews_fetch",
        params={"source": str(source.pk)},
        subject_id=source.pk,
        project_id=source.dataset.project_id,
        created_by=created_by,
    )


def sources_due() -> int:
    """Starts the fetching of every brand's sources whose time has come; returns how many."""
    return sum(_due(brand_id, source_id) for brand_id, source_id in arrivals.sources_due())


def _due(brand_id: Any, source_id: Any) -> bool:
    with brand_scope(brand_id):
        rows = ReviewSource.objects.select_for_update(skip_locked=True, of=("self",)).select_related("dataset")
        source = rows.filter(pk=source_id, next_at__lte=timezone.now()).first()
        if source is None:
            return False
        # From now, not from when it should have been: after a pause a source is fetched once, not once for each time.
        source.next_at = timezone.now() + timedelta(hours=source.every_hours) if source.every_hours else None
        try:
            source_fetch(source=source)
        except AccountError as error:
            # Under way still, or beyond a quota: the next time is soon enough, and the page says why.
            source.last_code, source.last_params = error.code, {key: str(value) for key, value in error.params.items()}
        source.save(update_fields=["next_at", "last_code", "last_params"])
        return True
