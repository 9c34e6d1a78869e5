"""A review changes only by a correction: a new form, a new version, a note; and whoever erases it erases all forms."""

import json
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from accounts.models import AuditEntry, Role
from accounts.quotas import used_of
from ideation.base.errors import UserError
from ideation.catalog.services import product_save
from ideation.privacy.models import Erasure
from ideation.privacy.services.erasures import erasure_confirm, erasure_prepare
from ideation.reviews.models import (
    DIMENSIONS,
    UNDATED,
    Correction,
    DatasetVersion,
    DuplicateRow,
    ErasedReview,
    Review,
    ReviewVector,
    ReviewWords,
)
from ideation.reviews.querysets import forms_of, reviews_in, reviews_of
from ideation.reviews.services.correct import review_correct
from ideation.reviews.services.verify import version_verify
from ideation.training.models import ModelVersion
from tests.conftest import Person, person
from tests.workspace.story import AUTHOR, MARK, PHONE, ROWS, Story, imported, rows_with, tell


@pytest.fixture
def story(alice: Person) -> Story:
    return tell(alice)


def named(label: str) -> Review:
    return Review.objects.get(external_id=label, ended_in=None)


def correct(review: Review, reason: str = "The shop had mixed two orders up.", **changes: Any) -> Review:
    return review_correct(review=review, changes=changes, reason=reason, by=None)


def test_a_correction_makes_a_form_a_version_and_a_note(alice: Person, story: Story) -> None:
    with alice.scope():
        before = named("S-3")
        after = correct(before, rating=4.0, date=date(2026, 2, 1), source="Shop")
        before.refresh_from_db()
        assert (before.rating, before.ended_in) == (5.0, 2)
        assert (after.rating, after.date, after.source, after.version_number, after.ended_in) == (
            4.0, date(2026, 2, 1), "Shop", 2, None,
        )  # fmt: skip
        assert (after.text, after.external_id, after.line, after.author_sha256) == (
            before.text, before.external_id, before.line, before.author_sha256,
        )  # fmt: skip
        assert after.pk.version == 7
        assert after.leaf_sha256 != before.leaf_sha256
        old, new = DatasetVersion.objects.order_by("number")
        assert [version.reviews_count for version in (old, new)] == [4, 4]
        assert set(reviews_in(old)) & {before, after} == {before}
        assert set(reviews_in(new)) & {before, after} == {after}
        assert after in reviews_of(story.project)
        assert before not in reviews_of(story.project)
        assert version_verify(version=old).intact
        assert version_verify(version=new).intact
        [entry] = AuditEntry.objects.filter(action="review_corrected")
        assert entry.after["fields"] == ["date", "rating", "source"]
        assert before.text not in json.dumps(entry.after)
        assert used_of("reviews") == Review.objects.count() == 5


def test_what_was_corrected_can_be_corrected_again_and_imports_go_on(alice: Person, story: Story) -> None:
    with alice.scope():
        first = named("S-3")
        third = correct(correct(first, rating=4.0), text="Boils fast and looks good on every shelf", rating=3.0)
        assert (
            set(forms_of([third.pk]))
            == set(forms_of([first.pk]))
            == set(forms_of([Correction.objects.all()[1].before_id]))
        )
        with pytest.raises(UserError, match="corrected meanwhile"):
            correct(first, rating=1.0)
        again = imported(alice, story.project, ROWS, "again.csv")
        assert (again.imported, again.duplicates) == (0, 4)
        more = imported(alice, story.project, (ROWS[0], "S-9,Another one entirely,,4,2026-02-02,x"), "more.csv")
        assert more.version is not None
        assert (more.version.number, more.version.reviews_count) == (4, 5)
        assert all(version_verify(version=version).intact for version in DatasetVersion.objects.all())


def test_words_that_change_are_masked_again_and_lose_what_was_found_out(alice: Person, story: Story) -> None:
    with alice.scope():
        before = named("S-2")
        for model, rest in ((ReviewWords, {"day": UNDATED, "words": "'x'"}), (ReviewVector, _vector())):
            model.objects.create(review=before, project_id=before.project_id, **rest)
        after = correct(before, rating=3.0)
        assert (ReviewWords.objects.get().review_id, ReviewVector.objects.get().review_id) == (after.pk, after.pk)
        assert after.as_written == before.as_written
        last = correct(after, text="Write to me@example.com about the lid", title="Call 138-0013-8001")
        assert (last.text, last.title) == ("Write to [email] about the lid", "Call [phone]")
        assert last.as_written == {"text": "Write to me@example.com about the lid", "title": "Call 138-0013-8001"}
        assert not ReviewWords.objects.exists()
        assert not ReviewVector.objects.exists()
        kept = correct(last, title="Fine", text=last.text)
        assert kept.as_written == {"text": "Write to me@example.com about the lid", "title": "Fine"}


def _vector() -> dict[str, Any]:
    return {"bits": "0" * DIMENSIONS, "vector": [0.0] * DIMENSIONS}


def test_the_product_is_matched_again_and_follow_ups_follow(alice: Person, story: Story) -> None:
    with alice.scope():
        product = product_save(project=story.project, sku="K-1", name="Kettle")
        before = named("S-3")
        later = named("S-4")
        Review.objects.filter(pk=later.pk).update(first=before)
        after = correct(before, product_name="ＫＥＴＴＬＥ")
        later.refresh_from_db()
        assert (after.product_id, later.first_id) == (product.pk, after.pk)


@pytest.mark.parametrize(
    ("changes", "reason", "code"),
    [
        ({"rating": 5.0}, "x", "nothing_changed"),
        ({}, "x", "nothing_changed"),
        ({"rating": 4.0}, "  ", "reason_missing"),
        ({"text": "  "}, "x", "text_empty"),
        ({"text": "x" * 20_001}, "x", "text_too_long"),
    ],
)
def test_what_is_no_correction_changes_nothing(
    changes: dict[str, Any], reason: str, code: str, alice: Person, story: Story
) -> None:
    with alice.scope():
        with pytest.raises(UserError) as error:
            correct(named("S-3"), reason, **changes)
        assert error.value.code == code
        assert (Review.objects.count(), DatasetVersion.objects.count()) == (4, 1)


def test_two_reviews_never_say_exactly_the_same(alice: Person, story: Story) -> None:
    with alice.scope():
        rows = ("review,stars,day", "Good,4,2026-01-02", "Good,3,2026-01-02")
        project = story.project
        imported(alice, project, rows, "twins.csv")
        one, other = Review.objects.filter(text="Good").order_by("line")
        with pytest.raises(UserError, match="exactly that"):
            correct(other, rating=one.rating)


@pytest.mark.parametrize(
    "values",
    [{"text": "other"}, {"rating": 1.0}, {"leaf_sha256": "0" * 64}, {"as_written": {"text": "x"}}, {"line": 99}],
)
def test_nothing_else_changes_what_a_review_says(values: dict[str, Any], alice: Person, story: Story) -> None:
    with alice.scope():
        review = named("S-3")
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            Review.objects.filter(pk=review.pk).update(**values)
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            review.save()
        Review.objects.filter(pk=review.pk).update(language="fr", flags={"x": "y"}, tokens=5)


@pytest.mark.django_db(transaction=True)
def test_who_erases_one_form_erases_all(alice: Person) -> None:
    story = tell(alice)
    with alice.scope():
        before = named("S-1")
        after = correct(before, text="The handle broke off", title="", reason=f"Call {PHONE}")
        old, new = DatasetVersion.objects.order_by("number")
        for review in (before, after):
            ReviewVector.objects.create(review=review, project_id=review.project_id, **_vector())
        duplicate = DuplicateRow.objects.create(dataset_import=story.found, line=9, kind="near", repeats=before.pk)
        erasure = erasure_prepare(by=Erasure.By.TEXT, value="handle broke off", created_by=alice.user)
        assert set(erasure.reviews) == {str(before.pk), str(after.pk)}
        assert erasure.touched["reviews"] == 2
        erasure_confirm(erasure=erasure, created_by=alice.user)
        erasure.refresh_from_db()
        assert erasure.result["reviews"] == 2
        assert not Review.objects.filter(external_id="S-1").exists()
        assert not Correction.objects.exists()
        assert not ReviewVector.objects.exists()
        duplicate.refresh_from_db()
        assert duplicate.repeats is None
        assert sorted(ErasedReview.objects.values_list("version_number", "ended_in")) == [(1, 2), (2, None)]
        for version in (old, new):
            version.refresh_from_db()
            found = version_verify(version=version)
            assert (found.intact, found.erased, found.reviews, version.reviews_count) == (True, 1, 3, 3)
        story.found.refresh_from_db()
        assert story.found.erased == 1
        assert used_of("reviews") == Review.objects.count() == 3
        # The model was tuned on the first version, in which only the first form stood.
        assert ModelVersion.objects.get().erased_reviews == 1
    erased_rows = rows_with(f"{MARK} handle broke", alice.brand.pk)
    assert erased_rows == []


def test_what_is_corrected_after_it_was_shown_goes_too(alice: Person, story: Story) -> None:
    with alice.scope():
        erasure = erasure_prepare(by=Erasure.By.AUTHOR, value=AUTHOR, created_by=alice.user)
        correct(named("S-2"), rating=3.0)
        erasure_confirm(erasure=erasure, created_by=alice.user)
        assert set(Review.objects.values_list("external_id", flat=True)) == {"S-3", "S-4"}


def test_the_page_corrects_and_shows_what_was_corrected(
    alice: Person, bob: Person, charlie: Person, story: Story
) -> None:
    analyst = person("analyst@a.example", brand=alice.brand, role=Role.ANALYST)
    with alice.scope():
        review = named("S-3")
    page = f"/b/{alice.brand.slug}/reviews/{review.pk}/"
    address = f"{page}correct/"
    assert "correct/" in analyst.client.get(page).content.decode()
    assert "correct/" not in bob.client.get(page).content.decode()
    assert analyst.client.get(address).status_code == 200
    sent = {"text": review.text, "title": "Nice", "rating": "4", "reason": "Wrong stars", "language": review.language}
    assert bob.client.post(address, sent).status_code == 403
    assert charlie.client.post(address, sent).status_code == 404
    assert analyst.client.post(address, {**sent, "reason": ""}).status_code == 400
    assert analyst.client.post(address, {**sent, "rating": "6"}).status_code == 400
    assert analyst.client.post(address, {**sent, "rating": "5"}).status_code == 400
    with alice.scope():
        assert not Correction.objects.exists()
    done = analyst.client.post(address, sent)
    with alice.scope():
        after = named("S-3")
        [correction] = Correction.objects.all()
    assert done["Location"] == f"/b/{alice.brand.slug}/reviews/{after.pk}/"
    assert (correction.created_by, correction.fields, after.rating) == (analyst.user, ["rating"], 4.0)
    assert "a correction stands in the place" in bob.client.get(page).content.decode()
    assert "Wrong stars" in analyst.client.get(done["Location"]).content.decode()
    assert "Wrong stars" not in bob.client.get(done["Location"]).content.decode()


def test_the_api_corrects(alice: Person, charlie: Person, story: Story) -> None:
    with alice.scope():
        review = named("S-3")
    address = f"/api/v1/reviews/{review.pk}/corrections/"
    sent = {"rating": 4, "reason": "Wrong stars"}
    post: Any = {"content_type": "application/json"}
    assert alice.read_api.post(address, sent, **post).status_code == 403
    assert charlie.api.post(address, sent, **post).status_code == 404
    assert alice.api.post(address, {"rating": 4}, **post).status_code == 400
    made = alice.api.post(address, sent, **post)
    assert (made.status_code, made.json()["rating"]) == (201, 4.0)
    assert alice.api.post(address, sent, **post).status_code == 409
    [listed] = alice.api.get(address).json()["results"]
    assert (listed["before"], listed["after"], listed["version"]) == (str(review.pk), made.json()["id"], 2)
    assert listed["fields_changed"] == ["rating"]
