"""Gives reviews their products by what their files call them, and lets people say which name means which product.

`product` is no part of what a version pins: the catalogue grows after the reviews have come in. A change is one
statement, which the database notes in the audit as one change of so many rows; of very many, a job of such statements.
"""

import uuid
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Count

from accounts.errors import AccountError
from accounts.models import User
from ideation.catalog.models import Product, Project
from ideation.catalog.querysets import called, product_index
from ideation.catalog.querysets import project as find_project
from ideation.jobs.models import Job
from ideation.jobs.runner import JobRun
from ideation.jobs.services import job_start
from ideation.reviews.models import IgnoredName, Review
from mlcore.folding import folded

AT_ONCE: Final = 20_000
"""Reviews that get their product while the person waits; more become a job."""

BATCH: Final = 50_000
"""Reviews that the job gives their product in one statement: a million take minutes, in which it must be heard of."""

ASSIGN: Final = f"""
UPDATE {Review._meta.db_table} AS review SET product_id = named.product FROM (
  SELECT one.id, pairs.product FROM {Review._meta.db_table} AS one
  JOIN unnest(%(names)s::text[], %(products)s::uuid[]) AS pairs(name, product) ON pairs.name = one.product_name
  WHERE one.project_id = %(project)s AND one.product_id IS NULL LIMIT %(most)s
) AS named WHERE review.id = named.id
"""


@dataclass(frozen=True, kw_only=True)
class Assigned:
    """What came of giving a name to a product."""

    reviews: int
    job: Job | None = None
    """There for so many that it takes a while."""


def names_unmatched(project: Project) -> Counter[str]:
    """What reviews without a product call theirs → how many; replaced forms of corrected reviews don't count."""
    rows = Review.objects.filter(project_id=project.pk, product=None, ended_in=None).exclude(product_name="")
    return Counter(dict(rows.order_by().values_list("product_name").annotate(count=Count("pk")).iterator(5000)))


@transaction.atomic
def reviews_match(*, project: Project) -> int:
    """Gives reviews without a product theirs, by the names that products have now; returns how many got one at once.

    Very many are left to a job, if the brand may start one; until then they stay among the unmatched.
    """
    pairs, count = _pairs(project)
    if count <= AT_ONCE:
        return _assign(project, pairs)
    with suppress(AccountError):
        _job(project)
    return 0


def match_run(run: JobRun) -> dict[str, Any]:
    """The job: all reviews of a project, batch after batch; what is done when it stops half-way stays done.

    Then once more, by the names that products have got meanwhile.
    """
    done = 0
    while True:
        with run.scope():
            project = find_project(uuid.UUID(run.params["project"]))
            pairs, count = _pairs(project)
        if not pairs:
            return {"reviews": done}
        done += _all_assigned(run, project, pairs, count)


def _all_assigned(run: JobRun, project: Project, pairs: Mapping[str, uuid.UUID], count: int) -> int:
    done = 0
    while True:
        run.progress("matching", min(done, count), count, "reviews")
        with run.scope():
            given = _assign(project, pairs, BATCH)
        if not given:
            return done
        done += given


@transaction.atomic
def name_assign(*, project: Project, name: str, product: Product, created_by: User | None = None) -> Assigned:
    """Says that this name means this product: for reviews that are here, and for those to come."""
    locked = Product.objects.select_for_update(of=("self",)).get(pk=product.pk)
    if folded(name) not in {folded(one) for one in called(locked)}:
        locked.aliases = [*locked.aliases, name]
        locked.save(update_fields=["aliases"])
    IgnoredName.objects.filter(project=project, name=folded(name)).delete()
    counts = {one: count for one, count in names_unmatched(project).items() if folded(one) == folded(name)}
    if sum(counts.values()) > AT_ONCE:
        return Assigned(reviews=0, job=_job(project, created_by))
    return Assigned(reviews=_assign(project, dict.fromkeys(counts, product.pk)))


@transaction.atomic
def name_unassign(*, project: Project, name: str, product: Product) -> int:
    """Takes back that a name means a product; returns how many reviews have none again."""
    locked = Product.objects.select_for_update(of=("self",)).get(pk=product.pk)
    locked.aliases = [one for one in locked.aliases if folded(str(one)) != folded(name)]
    locked.save(update_fields=["aliases"])
    mine = Review.objects.filter(project_id=project.pk, product=locked)
    names = mine.order_by().values_list("product_name", flat=True).distinct()
    return mine.filter(product_name__in=[one for one in names if folded(one) == folded(name)]).update(product=None)


@transaction.atomic
def name_ignore(*, project: Project, name: str) -> None:
    """Nobody wants a product for this name."""
    IgnoredName.objects.get_or_create(project=project, name=folded(name)[:200])


@transaction.atomic
def name_notice(*, project: Project, name: str) -> None:
    """The name is among the unmatched again."""
    IgnoredName.objects.filter(project=project, name=folded(name)[:200]).delete()


def _pairs(project: Project) -> tuple[dict[str, uuid.UUID], int]:
    """Unmatched names that are a product's, and how many reviews have them."""
    index = product_index(project)
    if not index:
        return {}, 0
    counts = names_unmatched(project)
    pairs = {name: index[folded(name)] for name in counts if folded(name) in index}
    return pairs, sum(counts[name] for name in pairs)


def _assign(project: Project, pairs: Mapping[str, uuid.UUID], most: int | None = None) -> int:
    if not pairs:
        return 0
    values: dict[str, Any] = {"names": list(pairs), "products": list(pairs.values()), "project": project.pk}
    with connection.cursor() as cursor:
        cursor.execute(ASSIGN, {**values, "most": most})
        return int(cursor.rowcount)


def _job(project: Project, created_by: User | None = None) -> Job:
    return job_start(
        kind="reviews_match",
        params={"project": str(project.pk)},
        subject_id=project.pk,
        project_id=project.pk,
        created_by=created_by,
    )
