"""Importing a file: every row ends in exactly one place, versions are pinned, a broken file leaves nothing behind."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from accounts.querysets import brand_folder
from ideation.base.errors import UserError
from ideation.catalog.models import Project
from ideation.catalog.services import product_save
from ideation.jobs.models import Job, JobState
from ideation.jobs.runner import run_job
from ideation.reviews import querysets, services
from ideation.reviews.models import DatasetImport, DatasetVersion, RejectedRow, Review, ReviewDataset
from ideation.reviews.services import imports, intake
from mlcore.merkle import merkle_root

pytestmark = pytest.mark.usefixtures("inside")

CSV = b"review,rating,product\nThe lid leaks,2,Mug\nKeeps hot,5,M-1\nThe lid leaks,2,Mug\n,4,Mug\nToo small,9,Mug\n"


def prepare(project: Project, content: bytes = CSV, dataset: ReviewDataset | None = None) -> DatasetImport:
    return services.import_prepare(
        project=project, file=ContentFile(content), file_name="../../etc/reviews.csv", dataset=dataset
    )


def imported(project: Project, content: bytes = CSV, dataset: ReviewDataset | None = None) -> tuple[Job, DatasetImport]:
    found = prepare(project, content, dataset)
    job = services.import_start(dataset_import=found, mapping=found.layout["mapping"])
    run_job(job.brand_id, job.pk, job.kind, services.import_run)
    job.refresh_from_db()
    found.refresh_from_db()
    return job, found


def test_rows_read_are_imported_duplicate_or_rejected(project: Project) -> None:
    product_save(project=project, sku="M-1", name="Mug")
    job, found = imported(project)
    assert job.state == JobState.SUCCEEDED
    assert (found.rows_read, found.imported, found.duplicates, found.rejected) == (5, 2, 1, 2)
    assert [(row.line, row.column, row.code) for row in querysets.rejected_rows(found)] == [
        (5, "review", "text_empty"),
        (6, "rating", "bad_rating"),
    ]
    assert {review.product.sku for review in querysets.reviews_of(project) if review.product} == {"M-1"}


def test_each_import_makes_a_pinned_version_and_the_same_file_adds_nothing(project: Project) -> None:
    _job, first = imported(project)
    assert first.version is not None
    _job, again = imported(project, dataset=first.dataset)
    assert (again.imported, again.duplicates, again.version) == (0, 3, None)
    _job, more = imported(project, b"review,rating\nA brand new remark,3\n", dataset=first.dataset)
    assert more.version is not None
    assert [version.number for version in DatasetVersion.objects.order_by("number")] == [1, 2]
    assert querysets.reviews_in(first.version).count() == 2
    assert querysets.reviews_in(more.version).count() == 3
    assert first.version.root_sha256 != more.version.root_sha256


def test_the_merkle_root_depends_on_every_leaf() -> None:
    leaves = [f"{number}" * 64 for number in range(5)]
    roots = {merkle_root([*leaves[:at], "f" * 64, *leaves[at + 1 :]]) for at in range(5)}
    assert len(roots | {merkle_root(leaves)}) == 6
    assert merkle_root(reversed(leaves)) == merkle_root(leaves)


def test_a_file_that_is_none_leaves_nothing_behind(project: Project) -> None:
    with pytest.raises(UserError, match="not a text file"):
        prepare(project, b"%PDF-1.7 a document")
    assert not DatasetImport.objects.exists()
    folder = Path(default_storage.path(brand_folder()))
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_an_upload_over_the_limit_names_it(project: Project, settings: Any) -> None:
    settings.UPLOAD_MEGABYTES = 0
    with pytest.raises(UserError, match="Split it"):
        prepare(project)


def test_a_full_disk_is_named_before_anything_is_written(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "SPARE_BYTES", 2**60)
    with pytest.raises(UserError, match="disk is full"):
        prepare(project)
    assert not ReviewDataset.objects.exists()


def test_files_lie_under_their_brand_whatever_their_name(project: Project) -> None:
    found = prepare(project)
    assert found.file.name.startswith(f"{brand_folder()}/")
    assert Path(found.file.path).resolve().is_relative_to(settings.VAR / "files")
    assert found.file_name == "../../etc/reviews.csv"


def test_an_import_without_a_text_column_does_not_start(project: Project) -> None:
    found = prepare(project)
    with pytest.raises(UserError, match="review text"):
        services.import_start(dataset_import=found, mapping={"rating": 1})
    assert not Job.objects.exists()


def test_a_failed_import_keeps_no_row(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise RuntimeError("after the reviews were copied")

    monkeypatch.setattr(intake, "version_grow", fail)
    job, found = imported(project)
    assert job.state == JobState.QUEUED
    assert found.finished_at is None
    assert not Review.objects.exists()
    assert not RejectedRow.objects.exists()
