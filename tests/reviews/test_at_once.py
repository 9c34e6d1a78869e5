"""Two imports of the same file at the same moment: whatever their order, no review stands twice."""

from functools import partial

import pytest
from django.core.files.base import ContentFile

from ideation.catalog.services import project_create
from ideation.jobs.runner import run_job
from ideation.reviews import services
from ideation.reviews.models import DatasetImport, Review, ReviewDataset
from ideation.reviews.services.verify import version_verify
from tests.accounts.threads import at_once
from tests.conftest import person

ROWS = 300


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_the_same_file_at_once_make_no_doubles() -> None:
    owner = person("owner@a.example", brand_name="Brand A")
    content = "review,user\n" + "".join(f"A text of its own with number {n} in it,user{n}\n" for n in range(ROWS))
    jobs = []
    with owner.scope():
        dataset = ReviewDataset.objects.create(project=project_create(name="Kettles"), name="Reviews")
        for _time in range(2):
            file = ContentFile(content.encode(), name="r.csv")
            found = services.import_prepare(project=dataset.project, file=file, file_name="r.csv", dataset=dataset)
            jobs.append(services.import_start(dataset_import=found, mapping=found.layout["mapping"]))
    at_once(*(partial(run_job, job.brand_id, job.pk, job.kind, services.import_run) for job in jobs))
    with owner.scope():
        imports = DatasetImport.objects.all()
        assert sorted(one.imported for one in imports) == [0, ROWS]
        assert sorted(one.duplicates for one in imports) == [0, ROWS]
        assert Review.objects.count() == ROWS
        assert version_verify(version=dataset.versions.get()).intact
