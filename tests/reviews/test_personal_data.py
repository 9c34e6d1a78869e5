"""Personal data at import: masked before anything is stored, counted, kept for owners who ask, never in the audit."""

import hashlib
import importlib
import json
from typing import Any

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.db import connections, transaction

from accounts.models import AuditEntry, Role
from ideation.base.brandwise import each_brand
from ideation.catalog.models import Project
from ideation.catalog.services import project_create
from ideation.jobs.runner import run_job
from ideation.needs.models import Sentence
from ideation.reviews.models import DatasetImport, RejectedRow, Review, ReviewDataset
from ideation.reviews.querysets import reviews_in
from ideation.reviews.services import import_prepare, import_run, import_start
from ideation.reviews.services.indexing import words_keep
from ideation.reviews.services.verify import version_verify
from mlcore.merkle import keyed
from tests.api.world import make_world
from tests.conftest import Person, person

PHONE, EMAIL = "13800138000", "ana.kettle@example.com"
ROWS = "\n".join((
    "review,title,rating,user",
    f'"The lid leaks, call {PHONE}",Write to {EMAIL},2,ana',
    "Keeps tea hot for 12000 seconds,Fine,5,bob",
    f"盖子漏水，打我电话{PHONE},,1,王芳",
    f",{EMAIL},3,carol",
    f"Too many,cells,3,dora,{EMAIL},more",
))  # fmt: skip


def imported(who: Person, project: Project, content: str = ROWS, dataset: ReviewDataset | None = None) -> DatasetImport:
    found = import_prepare(project=project, file=ContentFile(content.encode()), file_name="r.csv", dataset=dataset)
    job = import_start(dataset_import=found, mapping=found.layout["mapping"])
    run_job(who.brand.pk, job.pk, job.kind, import_run)
    found.refresh_from_db()
    assert found.finished_at
    return found


@pytest.fixture
def found(alice: Person, project: Project) -> DatasetImport:
    with alice.scope():
        return imported(alice, project)


def test_texts_are_masked_and_counted_and_the_original_is_kept_beside(alice: Person, found: DatasetImport) -> None:
    with alice.scope():
        english, plain, chinese = Review.objects.order_by("line")
    assert (english.text, english.title) == ("The lid leaks, call [phone]", "Write to [email]")
    assert english.as_written == {"text": f"The lid leaks, call {PHONE}", "title": f"Write to {EMAIL}"}
    assert (plain.text, plain.as_written) == ("Keeps tea hot for 12000 seconds", None)
    assert chinese.text == "盖子漏水，打我电话[电话]"
    assert found.personal == {"phone": 2, "email": 1}


def test_rejected_rows_and_first_rows_are_masked_and_name_nobody(alice: Person, project: Project) -> None:
    with alice.scope():
        prepared = import_prepare(project=project, file=ContentFile(ROWS.encode()), file_name="r.csv")
        assert PHONE not in json.dumps(prepared.layout)
        assert EMAIL not in json.dumps(prepared.layout)
        found = imported(alice, project)
        values = " ".join(RejectedRow.objects.values_list("value", flat=True))
    assert found.rejected == 2
    assert "[email]" in values
    for word in (EMAIL, "carol", "dora"):
        assert word not in values
    assert found.layout["sample"] == []


def test_what_is_masked_is_still_known_when_it_comes_again(alice: Person, project: Project) -> None:
    with alice.scope():
        first = imported(alice, project)
        again = imported(alice, project, dataset=first.dataset)
        assert (again.imported, again.duplicates) == (0, 3)
        other = imported(alice, project, ROWS.replace(PHONE, "13900139000"), dataset=first.dataset)
        assert other.imported == 2


def test_hashes_cannot_be_found_by_trying(alice: Person, project: Project) -> None:
    with alice.scope():
        one, other = imported(alice, project), imported(alice, project)
        rows = {name: Review.objects.filter(dataset=name).order_by("line")[0] for name in (one.dataset, other.dataset)}
        assert len({review.content_sha256 for review in rows.values()}) == 2
        assert len({review.author_sha256 for review in rows.values()}) == 2
        plain = hashlib.sha256(b"ana").hexdigest()
        assert rows[one.dataset].author_sha256 == keyed(one.dataset.salt, plain) != plain


def test_the_report_and_the_api_count_it(alice: Person, found: DatasetImport) -> None:
    page = alice.client.get(f"/b/{alice.brand.slug}/imports/{found.pk}/").content.decode()
    assert "Phone numbers" in page
    assert alice.read_api.get(f"/api/v1/imports/{found.pk}/").json()["personal"] == {"phone": 2, "email": 1}


def test_an_owner_can_look_and_the_look_is_noted_by_id(alice: Person, found: DatasetImport) -> None:
    with alice.scope():
        review = Review.objects.order_by("line")[0]
    address = f"/b/{alice.brand.slug}/reviews/{review.pk}/"
    page = alice.client.get(address).content.decode()
    assert PHONE not in page
    assert "Show what was written" in page
    response = alice.client.post(f"{address}as-written/")
    assert PHONE in response.content.decode()
    assert EMAIL in response.content.decode()
    assert response["Cache-Control"] == "no-store"
    with alice.scope():
        [entry] = AuditEntry.objects.filter(action="personal_data_shown")
        assert (entry.object_id, entry.person_id) == (review.pk, alice.user.pk)
        assert PHONE not in json.dumps([*AuditEntry.objects.values("before", "after")], default=str)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.OWNER])
def test_others_cannot(role: str, alice: Person, charlie: Person, found: DatasetImport) -> None:
    member = person(f"{role}@a.example", brand=alice.brand, role=role)
    with alice.scope():
        review = Review.objects.order_by("line")[0]
    address = f"/b/{alice.brand.slug}/reviews/{review.pk}/"
    assert member.client.post(f"{address}as-written/").status_code == 403
    assert "Show what was written" not in member.client.get(address).content.decode()
    assert charlie.client.post(f"{address}as-written/").status_code == 404
    assert alice.client.get(f"{address}as-written/").status_code == 405
    assert "as_written" not in alice.api.get(f"/api/v1/reviews/{review.pk}/").json()
    with alice.scope():
        assert not AuditEntry.objects.filter(action="personal_data_shown").exists()


def test_no_page_list_or_answer_shows_it(alice: Person, found: DatasetImport, project: Project) -> None:
    for address in (
        f"/b/{alice.brand.slug}/p/{project.pk}/reviews/",
        f"/b/{alice.brand.slug}/imports/{found.pk}/",
        f"/b/{alice.brand.slug}/imports/{found.pk}/rejected.csv",
    ):
        shown = alice.client.get(address).getvalue().decode()
        assert PHONE not in shown
        assert EMAIL not in shown
    assert PHONE not in alice.api.get(f"/api/v1/projects/{project.pk}/reviews/").content.decode()


def test_the_search_finds_masked_words_and_not_what_is_masked(
    alice: Person, found: DatasetImport, project: Project
) -> None:
    def hits(words: str) -> str:
        return alice.client.get(f"/b/{alice.brand.slug}/p/{project.pk}/reviews/", {"q": words}).content.decode()

    with alice.scope():
        words_keep(project, list(Review.objects.values_list("pk", "date", "title", "text")), whole=True)
    assert "The lid leaks" in hits("leaks")
    assert "The lid leaks" not in hits(PHONE)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_rows_of_before_are_masked_and_sealed(alice: Person) -> None:
    world = make_world(alice, "ALPHA")
    masked = importlib.import_module("ideation.privacy.migrations.0002_masked")
    sealed = importlib.import_module("ideation.reviews.migrations.0004_masked_and_sealed")
    old, first, owner = hashlib.sha256(b"ana").hexdigest(), world.reviews[0], connections["owner"]
    with transaction.atomic(using="owner"):
        for _brand in each_brand(owner):
            rows = Review.objects.using("owner").filter(pk=first.pk)
            rows.update(text=f"Call {PHONE}", author_sha256=old, leaf_sha256="")
    with alice.scope():
        Sentence.objects.filter(review=first).update(text=f"Call {PHONE}")
        RejectedRow.objects.update(value=f"x,{EMAIL}")
        DatasetImport.objects.update(layout={**world.dataset_import.layout, "sample": [[EMAIL]]})
    with transaction.atomic(using="owner"):
        for _brand in each_brand(owner):
            sealed.seal_brand(apps, owner)
            masked.mask_brand(apps, owner)
    with alice.scope():
        review = Review.objects.get(pk=first.pk)
        assert (review.text, review.as_written) == ("Call [phone]", {"text": f"Call {PHONE}", "title": ""})
        assert review.author_sha256 == keyed(review.dataset.salt, old)
        assert Sentence.objects.get(review=first).text == "Call [phone]"
        assert RejectedRow.objects.get().value == "x,[email]"
        assert DatasetImport.objects.get().layout["sample"] == [["[email]"]]
        version = world.dataset.versions.get()
        assert version_verify(version=version).intact
        assert reviews_in(version).exclude(leaf_sha256="").count() == 2


def test_another_brands_salt_is_its_own(alice: Person, charlie: Person) -> None:
    salts: list[Any] = []
    for who in (alice, charlie):
        with who.scope():
            project = project_create(name="K", created_by=who.user)
            salts.append(imported(who, project).dataset.salt)
    assert len(set(salts)) == 2
