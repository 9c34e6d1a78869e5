"""Versions stay what they were, whatever is added, corrected and erased after them; two can be compared."""

from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Role
from ideation.catalog.services import product_save
from ideation.jobs.models import Job
from ideation.jobs.runner import run_job
from ideation.needs.models import Analysis
from ideation.privacy.models import Erasure
from ideation.privacy.services.erasures import erasure_confirm, erasure_prepare
from ideation.reviews.models import DatasetVersion, Review
from ideation.reviews.querysets import reviews_in
from ideation.reviews.services import verify
from ideation.reviews.services.compare import versions_compare
from ideation.reviews.services.correct import review_correct
from ideation.reviews.services.verify import verify_run, version_verify
from tests.conftest import Person, person
from tests.workspace.story import ROWS, Story, imported, tell

MORE = (
    "id,review,title,stars,date,product,user",
    "M-1,The spout drips on the table every time,,2,2026-02-02,Mug,one",
    "M-2,Light and easy to carry around all day,,5,2026-02-03,Mug,two",
)


@pytest.fixture
def story(alice: Person) -> Story:
    return tell(alice)


def versions() -> list[DatasetVersion]:
    return list(DatasetVersion.objects.select_related("dataset").order_by("number"))


def grown(alice: Person, story: Story) -> list[DatasetVersion]:
    """Four versions: the first import, a correction of one of its reviews, a second import, a correction of that."""
    product_save(project=story.project, sku="MUG", name="Mug")
    one = Review.objects.get(external_id="S-3")
    review_correct(review=one, changes={"rating": 1.0}, reason="x", by=None)
    imported(alice, story.project, MORE, "more.csv")
    two = Review.objects.get(external_id="M-1")
    review_correct(review=two, changes={"rating": 3.0}, reason="x", by=None)
    return versions()


def test_each_version_has_the_reviews_it_had(alice: Person, story: Story) -> None:
    with alice.scope():
        found = grown(alice, story)
        ratings = [sorted(reviews_in(one).values_list("external_id", "rating")) for one in found]
        first = [("S-1", 1.0), ("S-2", 2.0), ("S-3", 5.0), ("S-4", 5.0)]
        second = [*first[:2], ("S-3", 1.0), first[3]]
        assert ratings == [
            first, second, [("M-1", 2.0), ("M-2", 5.0), *second], [("M-1", 3.0), ("M-2", 5.0), *second],
        ]  # fmt: skip
        assert [one.reviews_count for one in found] == [4, 4, 6, 6]
        assert len({one.root_sha256 for one in found}) == 4
        assert all(version_verify(version=one).intact for one in found)


def test_two_versions_are_compared(alice: Person, story: Story) -> None:
    with alice.scope():
        first, second, third, fourth = grown(alice, story)
        found = versions_compare(before=first, after=fourth)
        assert (found.added, found.replaced, found.erased_after) == (2, 1, 0)
        assert first.reviews_count + found.added == fourth.reviews_count
        assert {one.external_id for one in found.newest} == {"M-1", "M-2"}
        assert [one.file_name for one in found.imports] == ["more.csv"]
        assert len(found.corrections) == 2
        ratings = {row.value: (row.before, row.after, row.difference) for row in found.kinds["rating"]}
        assert ratings == {5.0: (2, 2, 0), 1.0: (1, 2, 1), 2.0: (1, 1, 0), 3.0: (0, 1, 1)}
        assert [(row.value, row.before, row.after) for row in found.kinds["product"]] == [(None, 4, 4), ("Mug", 0, 2)]
        for kind in found.kinds.values():
            assert sum(row.after for row in kind) == fourth.reviews_count
        between = versions_compare(before=third, after=fourth)
        assert (between.added, between.replaced, list(between.newest), list(between.imports)) == (0, 1, [], [])
        same = versions_compare(before=second, after=second)
        assert (same.added, same.replaced, [row for row in same.kinds["rating"] if row.difference]) == (0, 0, [])


def test_erasing_keeps_every_version_in_step(alice: Person, story: Story) -> None:
    with alice.scope():
        before = grown(alice, story)
        erasure = erasure_prepare(by=Erasure.By.REVIEWS, value="S-3 M-2", created_by=alice.user)
        assert len(erasure.reviews) == 3
        erasure_confirm(erasure=erasure, created_by=alice.user)
        after = versions()
        assert [one.reviews_count for one in after] == [3, 3, 4, 4]
        assert [one.root_sha256 for one in after] == [one.root_sha256 for one in before]
        assert [(v.intact, v.erased) for v in (version_verify(version=one) for one in after)] == [
            (True, 1), (True, 1), (True, 2), (True, 2),
        ]  # fmt: skip
        found = versions_compare(before=after[0], after=after[3])
        assert (found.added, found.replaced, found.erased_before, found.erased_after) == (1, 0, 1, 2)


def test_a_large_version_is_verified_by_a_job(alice: Person, story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AT_ONCE", "BATCH"):
        monkeypatch.setattr(verify, name, 2)
    monkeypatch.setattr("ideation.reviews.views.versions.AT_ONCE", 2)
    monkeypatch.setattr("ideation.reviews.api.datasets.AT_ONCE", 2)
    address = f"/b/{alice.brand.slug}/versions/{story.version.pk}/"
    assert alice.client.post(f"{address}verify/")["Location"] == address
    assert (
        "Computing hashes anew" in alice.client.get(address).content.decode()
        or "Waiting" in alice.client.get(address).content.decode()
    )
    api = f"/api/v1/dataset-versions/{story.version.pk}/verify/"
    assert alice.api.post(api, {}, content_type="application/json").status_code == 409
    with alice.scope():
        job = Job.objects.get(kind="version_verify")
    run_job(alice.brand.pk, job.pk, "version_verify", verify_run)
    with alice.scope():
        job.refresh_from_db()
    assert (job.result["intact"], job.result["reviews"], job.done, job.total) == (True, 4, 4, 4)
    assert "Intact on" in alice.client.get(address).content.decode()
    assert alice.api.post(api, {}, content_type="application/json").status_code == 202


def test_a_job_names_what_was_changed(alice: Person, story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    with alice.scope():
        changed = Review.objects.get(external_id="S-3")
        Review.objects.filter(pk=changed.pk).delete()
        changed.text = "Boils slowly"
        changed.save(force_insert=True)
        job = verify.verify_start(version=story.version)
    run_job(alice.brand.pk, job.pk, "version_verify", verify_run)
    with alice.scope():
        job.refresh_from_db()
    assert (job.result["intact"], job.result["differing"], job.result["missing"]) == (False, [str(changed.pk)], 0)
    assert "1 changed" in alice.client.get(f"/b/{alice.brand.slug}/versions/{story.version.pk}/").content.decode()


def test_the_version_page_names_what_stands_on_it(alice: Person, bob: Person, charlie: Person, story: Story) -> None:
    with alice.scope():
        other = imported(
            alice, story.project, (ROWS[0], "S-9,Another one entirely,,4,2026-02-02,x"), "more.csv"
        ).version
        assert other is not None
        Analysis.objects.create(project=story.project, version=other, reviews_count=7777, finished_at=timezone.now())
    address = f"/b/{alice.brand.slug}/versions/{story.version.pk}/"
    page = bob.client.get(address).content.decode()
    for words in (
        story.version.root_sha256,
        "r.csv",
        f"/models/{story.model.pk}/",
        f"compare/{other.pk}/",
        "4 reviews",
    ):
        assert words in page, words
    assert "7,777 reviews" not in page
    assert "Verify" not in page
    assert charlie.client.get(address).status_code == 404


def test_the_comparisons_page_and_api(alice: Person, bob: Person, charlie: Person, story: Story) -> None:
    with alice.scope():
        first, _second, _third, fourth = grown(alice, story)
        elsewhere = imported(alice, story.project, MORE, "x.csv")
        assert elsewhere.version is None
    page = bob.client.get(f"/b/{alice.brand.slug}/versions/{fourth.pk}/compare/{first.pk}/").content.decode()
    assert "version 1 and version 4" in page
    assert "Light and easy to carry" in page
    assert "more.csv" in page
    api = f"/api/v1/dataset-versions/{first.pk}/compare/{fourth.pk}/"
    found = alice.read_api.get(api).json()
    assert (found["added"], found["replaced"], found["before"]["number"], found["after"]["number"]) == (2, 1, 1, 4)
    assert found["products"][1] == {"value": "Mug", "before": 0, "after": 2, "difference": 2}
    assert charlie.read_api.get(api).status_code == 404
    assert charlie.client.get(f"/b/{alice.brand.slug}/versions/{fourth.pk}/compare/{first.pk}/").status_code == 404
    assert alice.read_api.get(f"/api/v1/dataset-versions/{first.pk}/").json()["root_sha256"] == first.root_sha256


def test_versions_of_two_datasets_are_not_compared(alice: Person, story: Story) -> None:
    with alice.scope():
        dataset = story.project.datasets.create(name="Second")
        other = DatasetVersion.objects.create(dataset=dataset, number=1, reviews_count=0, root_sha256="")
    assert alice.client.get(f"/b/{alice.brand.slug}/versions/{other.pk}/compare/{story.version.pk}/").status_code == 404


@pytest.mark.parametrize("role", [Role.VIEWER, Role.DESIGNER])
def test_who_may_not_import_may_not_verify(role: str, alice: Person, story: Story) -> None:
    member = person("member@a.example", brand=alice.brand, role=role)
    response: Any = member.client.post(f"/b/{alice.brand.slug}/versions/{story.version.pk}/verify/")
    assert response.status_code == 403
    with alice.scope():
        assert not Job.objects.filter(kind="version_verify").exists()
