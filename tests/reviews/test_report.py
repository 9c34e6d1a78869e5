"""What became of a file's rows: the numbers add up on the page and in the API, and each duplicate names its review."""

import re
from typing import Any

import pytest
from django.core.files.base import ContentFile

from ideation.catalog.models import Project
from ideation.jobs.runner import run_job
from ideation.reviews.models import DatasetImport, DuplicateRow, RejectedRow, Review
from ideation.reviews.services import import_prepare, import_run, import_start
from tests.conftest import Person

pytestmark = pytest.mark.django_db

CSV = (
    b"review,stars,product\nThe lid leaks,2,Mug\nKeeps hot,5,Mug\nThe lid leaks,2,Mug\n,4,Mug\n"
    b"Too small,no,Mug\nToo big,no,Mug\n"
)


@pytest.fixture
def done(alice: Person, project: Project) -> DatasetImport:
    with alice.scope():
        found = import_prepare(project=project, file=ContentFile(CSV), file_name="shop.csv")
        job = import_start(dataset_import=found, mapping=found.layout["mapping"])
        run_job(job.brand_id, job.pk, job.kind, import_run)
        found.refresh_from_db()
    assert found.finished_at
    return found


def page(person: Person, found: DatasetImport, piece: str = "", **query: str) -> str:
    answer = person.client.get(f"/b/{person.brand.slug}/imports/{found.pk}/{piece}", query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def told(found: DatasetImport, person: Person, **values: Any) -> None:
    with person.scope():
        DatasetImport.objects.filter(pk=found.pk).update(**values)


def test_the_numbers_add_up(alice: Person, done: DatasetImport) -> None:
    told(done, alice, left_out=3, rows_read=done.rows_read + 3, follow_ups=1)
    shown = page(alice, done)
    numbers = [int(one) for one in re.findall(r'stat-value[^"]*">(\d+)<', shown)][:5]
    assert numbers[0] == sum(numbers[1:]) == done.rows_read + 3
    assert "Beside these rows, 1 follow-up review" in shown
    seen = alice.api.get(f"/api/v1/imports/{done.pk}/").json()
    assert seen["rows_read"] == seen["imported"] + seen["duplicates"] + seen["rejected"] + seen["left_out"]


def test_what_was_found_out_is_told(alice: Person, done: DatasetImport) -> None:
    kinds = {"templated": 2, "day_burst": 1, "of_the_future": 1}
    told(
        done, alice, languages={"zh": 2, "mixed": 1, "und": 4}, flags=kinds, rolled_back=450_000, personal={"phone": 3}
    )
    shown = page(alice, done)
    for words in (
        "cut off after 450,000 rows. Nothing of it was kept; the file was read again from the start",
        "Chinese", "mixed", "can't be told", "From a template", "of the future", "Phone numbers",
        "2 reviews name products that the catalogue doesn't know",
    ):  # fmt: skip
        assert words.replace("'", "&#x27;") in shown or words in shown
    seen = alice.api.get(f"/api/v1/imports/{done.pk}/").json()
    assert (seen["rolled_back"], seen["flags"], seen["languages"]["und"]) == (450_000, kinds, 4)


def test_rejected_rows_are_grouped_by_reason_and_narrowed_in_the_address(alice: Person, done: DatasetImport) -> None:
    shown = page(alice, done)
    assert "This is no rating on the file&#x27;s scale. · 2" in shown
    assert "There is no text. Fill it in, or leave the row out. · 1" in shown
    narrowed = page(alice, done, code="text_empty")
    assert '<td class="num">5</td>' in narrowed
    assert '<td class="num">6</td>' not in narrowed
    assert '<td class="num">6</td>' in page(alice, done, code="no such reason")


def test_each_duplicate_stands_beside_the_review_that_it_repeats(
    alice: Person, bob: Person, charlie: Person, done: DatasetImport
) -> None:
    with alice.scope():
        DuplicateRow.objects.filter(dataset_import=done).delete()
        review = Review.objects.get(text="The lid leaks")
        rows = (("exact", review.pk, 1.0), ("near", review.pk, 0.914), ("near", done.pk, 0.999))
        for line, (kind, repeats, similarity) in enumerate(rows, start=4):
            DuplicateRow.objects.create(
                dataset_import=done, line=line, kind=kind, repeats=repeats, similarity=similarity
            )
    told(done, alice, duplicates=3, duplicates_by={"exact": 1, "near": 2})
    shown = page(alice, done, "duplicates/")
    for words in ("The lid leaks", "The same review · 1", "100%", "91%", "99%", "no longer there", str(review.pk)):
        assert words in shown
    assert "91%" not in page(alice, done, "duplicates/", kind="exact")
    assert "91%" in page(bob, done, "duplicates/")
    address = f"/b/{alice.brand.slug}/imports/{done.pk}/duplicates/"
    assert charlie.client.get(address).status_code == 404
    api = f"/api/v1/imports/{done.pk}/duplicate-rows/"
    seen = alice.api.get(api, {"kind": "near"}).json()["results"]
    assert [(row["line"], row["similarity"]) for row in seen] == [(5, 0.914), (6, 0.999)]
    assert seen[0]["repeats"] == str(review.pk)
    assert alice.api.get(api, {"kind": "twin"}).status_code == 400
    assert charlie.api.get(api).status_code == 404


def test_a_page_of_many_reasons_counts_them_all(alice: Person, done: DatasetImport) -> None:
    with alice.scope():
        RejectedRow.objects.bulk_create(
            RejectedRow(dataset_import=done, line=10 + n, code="bad_date", value="x") for n in range(120)
        )
    told(done, alice, rejected=done.rejected + 120, rows_read=done.rows_read + 120)
    assert "1–50 of 120" in page(alice, done, code="bad_date")
