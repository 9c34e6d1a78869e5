"""Reviews find their products by SKU, name and alias; people say what other names mean, and may take it back."""

from typing import Any

import pytest
from django.core.files.base import ContentFile

from accounts.models import AuditEntry, Role
from ideation.catalog.models import Product, Project
from ideation.catalog.querysets import folded, levelled, product_index
from ideation.catalog.services import product_delete, product_save
from ideation.jobs.models import Job
from ideation.jobs.runner import run_job
from ideation.reviews.models import IgnoredName, Review
from ideation.reviews.services import import_prepare, import_run, import_start, matching
from ideation.reviews.services.matching import match_run, name_assign, name_unassign
from ideation.reviews.unmatched import unmatched
from mlcore.closest import Closest
from tests.conftest import Person, person

ROWS = (
    "product,review,rating",
    "K-17,It boils fast enough for us,5",
    "ｋ－17 ,It is very loud in the morning,2",
    "手冲 壶,壶嘴很好用，水流稳定,5",
    "Kettle K17 (red),The lid leaks when it is full,1",
    "kettle k17 (RED),Leaks a bit at the lid,2",
    "Mystery mug,Keeps my coffee warm for hours,4",
)


def imported(who: Person, project: Project, rows: tuple[str, ...] = ROWS) -> None:
    found = import_prepare(project=project, file=ContentFile("\n".join(rows).encode()), file_name="r.csv")
    job = import_start(dataset_import=found, mapping=found.layout["mapping"])
    run_job(who.brand.pk, job.pk, "dataset_import", import_run)


def products_by_name() -> dict[str, str | None]:
    return dict(Review.objects.values_list("product_name", "product__sku"))


@pytest.fixture
def kettle(alice: Person, project: Project) -> Product:
    with alice.scope():
        made = product_save(project=project, sku="K-17", name="Pour-over kettle", name_zh="手冲壶")
        imported(alice, project)
        return made


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("K-17", "ｋ－１７"),
        (" Pour-over  Kettle", "pour-over\u3000kettle"),
        ("手冲壶", "手冲 壶"),
        ("Straße", "STRASSE"),
        ("é", "e\u0301"),
    ],
)
def test_names_are_the_same_whatever_their_case_width_and_spaces(one: str, other: str) -> None:
    assert folded(one) == folded(other)


def test_the_index_knows_every_name_and_an_sku_goes_first(alice: Person, project: Project) -> None:
    with alice.scope():
        first = product_save(project=project, sku="A", name="Kettle", names={"fr": "Bouilloire"}, aliases=["Big one"])
        second = product_save(project=project, sku="Bouilloire", name="Other", aliases=["Kettle", ""])
        index = product_index(project)
    assert {name: index[name] for name in ("a", "kettle", "bigone")} == dict.fromkeys(
        ("a", "kettle", "bigone"), first.pk
    )
    assert (index["bouilloire"], index["other"]) == (second.pk, second.pk)
    assert "" not in index


def test_an_import_matches_by_sku_and_name(alice: Person, kettle: Product) -> None:
    with alice.scope():
        assert products_by_name() == {
            "K-17": "K-17", "ｋ－17": "K-17", "手冲 壶": "K-17", "Kettle K17 (red)": None, "kettle k17 (RED)": None,
            "Mystery mug": None,
        }  # fmt: skip


def test_unmatched_names_are_grouped_and_have_suggestions(alice: Person, project: Project, kettle: Product) -> None:
    with alice.scope():
        found = unmatched(project)
        assert [(one.name, one.reviews) for one in found.names] == [("kettle k17 (RED)", 2), ("Mystery mug", 1)]
        first, second = found.suggested(found.names)
    assert first.suggested == kettle
    assert second.suggested is None


def test_close_names_are_found_among_many() -> None:
    known = {levelled(f"Thermo mug {number} blue"): number for number in range(20_000)}
    closest = Closest({**known, levelled("Pour-over kettle"): -1, "手冲壶": -2, levelled("Rival kettle R9"): -3})
    assert closest.best(levelled("R9 kettle (black)")).owner == -3  # type: ignore[union-attr]
    assert closest.best(levelled("Pour over kettle 1.2l, red")).owner == -1  # type: ignore[union-attr]
    assert closest.best(levelled("手冲壶 Pro")).owner == -2  # type: ignore[union-attr]
    assert closest.best(levelled("Thermo mug 123 blue")) == (123, 1.0)
    assert closest.best("zq") is None


def test_a_name_is_assigned_for_now_and_for_later_and_taken_back(
    alice: Person, project: Project, kettle: Product
) -> None:
    with alice.scope():
        done = name_assign(project=project, name="Kettle K17 (red)", product=kettle)
        assert (done.reviews, done.job) == (2, None)
        kettle.refresh_from_db()
        assert kettle.aliases == ["Kettle K17 (red)"]
        entry = AuditEntry.objects.filter(table="reviews_review", action="update").latest("at")
        assert (entry.after["rows"], entry.after["fields"]) == (2, ["product_id"])
        imported(alice, project, ("product,review,rating", "KETTLE K17(RED),A new one that is good,5"))
        assert products_by_name()["KETTLE K17(RED)"] == "K-17"
        assert name_unassign(project=project, name="kettle k17 (red)", product=kettle) == 3
        kettle.refresh_from_db()
        assert kettle.aliases == []
        assert products_by_name()["K-17"] == "K-17"
        assert products_by_name()["Kettle K17 (red)"] is None


def test_a_product_that_gets_a_name_gets_its_reviews(alice: Person, project: Project, kettle: Product) -> None:
    with alice.scope():
        mug = product_save(project=project, sku="M-1", name="Mystery Mug", is_competitor=True)
        assert products_by_name()["Mystery mug"] == "M-1"
        product_save(project=project, product=kettle, sku="K-17", name="Kettle", aliases=["Kettle K17 (red)"])
        assert products_by_name()["kettle k17 (RED)"] == "K-17"
        product_delete(product=mug)
        assert products_by_name()["Mystery mug"] is None


def test_very_many_are_left_to_a_job(
    alice: Person, project: Project, kettle: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "AT_ONCE", 1)
    monkeypatch.setattr(matching, "BATCH", 1)
    with alice.scope():
        done = name_assign(project=project, name="Kettle K17 (red)", product=kettle, created_by=alice.user)
        assert done.job is not None
        assert products_by_name()["Kettle K17 (red)"] is None
        # Saved while the job waits: it will see this one too.
        product_save(project=project, sku="M-1", name="Mystery mug", aliases=["Kettle K17 (red) II"])
        assert Job.objects.filter(kind="reviews_match").count() == 1
    run_job(alice.brand.pk, done.job.pk, "reviews_match", match_run)
    with alice.scope():
        assert Job.objects.get(pk=done.job.pk).result == {"reviews": 3}
        assert products_by_name()["kettle k17 (RED)"] == "K-17"
        assert products_by_name()["Mystery mug"] == "M-1"


def post(who: Person, project: Project, what: str, **data: Any) -> Any:
    return who.client.post(f"/b/{who.brand.slug}/p/{project.pk}/unmatched/{what}/", data)


def test_the_page_assigns_ignores_and_takes_back(alice: Person, bob: Person, project: Project, kettle: Product) -> None:
    address = f"/b/{alice.brand.slug}/p/{project.pk}/unmatched/"
    page = alice.client.get(address).content.decode()
    assert "kettle k17 (RED)" in page
    assert "2 reviews" in page
    assert ">Match<" not in bob.client.get(address).content.decode()
    done = post(alice, project, "assign", name="kettle k17 (RED)", product=kettle.pk)
    assert done["Location"] == f"{address}?assigned=kettle+k17+%28RED%29&product={kettle.pk}"
    page = alice.client.get(done["Location"]).content.decode()
    assert "“kettle k17 (RED)” means Pour-over kettle." in page
    post(alice, project, "unassign", name="kettle k17 (RED)", product=kettle.pk)
    with alice.scope():
        assert Review.objects.filter(product=None).count() == 3
    post(alice, project, "ignore", name="Mystery mug")
    assert "Mystery mug" not in alice.client.get(address).content.decode()
    assert "Mystery mug" in alice.client.get(f"{address}?ignored").content.decode()
    post(alice, project, "ignore", name="mystery MUG", back="1")
    assert "Mystery mug" in alice.client.get(address).content.decode()


@pytest.mark.parametrize("what", ["assign", "unassign", "ignore"])
def test_others_change_nothing(
    what: str, alice: Person, bob: Person, charlie: Person, project: Project, kettle: Product
) -> None:
    analyst = person("analyst@a.example", brand=alice.brand, role=Role.ANALYST)
    data = {"name": "Mystery mug", "product": kettle.pk}
    assert [post(who, project, what, **data).status_code for who in (bob, analyst, charlie)] == [403, 403, 404]
    assert charlie.client.get(f"/b/{alice.brand.slug}/p/{project.pk}/unmatched/").status_code == 404
    with alice.scope():
        assert products_by_name()["Mystery mug"] is None
        assert not IgnoredName.objects.exists()


def test_another_projects_product_is_none_to_choose(alice: Person, project: Project, kettle: Product) -> None:
    with alice.scope():
        other = product_save(project=Project.objects.create(name="Other"), sku="O", name="Other")
    post(alice, project, "assign", name="Mystery mug", product=other.pk)
    with alice.scope():
        assert products_by_name()["Mystery mug"] is None


def test_the_api_lists_and_assigns(alice: Person, charlie: Person, project: Project, kettle: Product) -> None:
    address = f"/api/v1/projects/{project.pk}/unmatched-names/"
    sent = {"name": "Mystery mug", "product": str(kettle.pk)}
    found = alice.read_api.get(address).json()
    assert (found["count"], found["names"][0]["name"], found["names"][0]["suggested"]) == (
        2, "kettle k17 (RED)", str(kettle.pk),
    )  # fmt: skip
    post: Any = {"content_type": "application/json"}
    assert charlie.api.post(address, sent, **post).status_code == 404
    assert alice.read_api.post(address, sent, **post).status_code == 403
    assert alice.api.post(address, sent, **post).json() == {"reviews": 1, "job": None}
