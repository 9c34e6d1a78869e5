"""Products: made, changed, deleted, brought in, taken out, shown with their reviews; images told by their bytes."""

import csv
import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from accounts.errors import AccountError
from accounts.models import AuditEntry, Brand, Role
from accounts.quotas import used_of
from ideation.base.errors import UserError
from ideation.base.images import image_of
from ideation.catalog.models import Product, Project
from ideation.catalog.productfile import products_csv, products_xlsx
from ideation.catalog.services import (
    product_delete,
    product_image_remove,
    product_image_set,
    product_save,
    products_import,
)
from ideation.reviews.figures import figures_of, sides
from ideation.reviews.models import Review
from tests.api.test_access import refused
from tests.api.world import _review, make_world
from tests.conftest import Person, person


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int = 2, height: int = 1) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\x00" * 7)) + chunk(b"IEND", b"")
    )


GIF = b"GIF89a" + struct.pack("<HH", 2, 1) + b"\x00" * 20
JPEG = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x0b\x08\x00\x01\x00\x02\x01\x01\x11\x00\xff\xd9"
WEBP = {
    "VP8X": b"RIFF\x16\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00",
    "VP8L": b"RIFF\x16\x00\x00\x00WEBPVP8L\x0a\x00\x00\x00\x2f" + (1).to_bytes(4, "little") + b"\x00" * 5,
    "VP8 ": b"RIFF\x16\x00\x00\x00WEBPVP8 \x0a\x00\x00\x00\x00\x00\x00\x9d\x01\x2a\x02\x00\x01\x00",
}


@pytest.mark.parametrize("data", [png(), GIF, JPEG, *WEBP.values()], ids=["png", "gif", "jpeg", *WEBP])
def test_an_image_is_told_by_its_bytes(data: bytes) -> None:
    found = image_of(data)
    assert found is not None
    assert (found.width, found.height) == (2, 1)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<html><script>alert(1)</script>", b"%PDF-1.7", png()[:20],
        png(0, 1), png(8001, 1), b"GIF89a", JPEG[:12], b"\xff\xd8\xff" * 100,
        b"RIFF\x00\x00\x00\x00WEBPXXXX" + b"\x00" * 20,
        b"BM" + b"\x00" * 60,
    ],
)  # fmt: skip
def test_what_is_no_image_is_none(data: bytes) -> None:
    assert image_of(data) is None


@pytest.fixture
def kettle(alice: Person, project: Project) -> Product:
    with alice.scope():
        return product_save(project=project, sku="K-1", name="Kettle", name_zh="水壶", names={"fr": "Bouilloire"})


def test_an_image_is_kept_shown_replaced_and_counted(
    alice: Person, bob: Person, charlie: Person, kettle: Product
) -> None:
    with alice.scope():
        product_image_set(product=kettle, file=ContentFile(png(), name="../x.html"))
        kettle.refresh_from_db()
        first = str(kettle.image.name)
        assert first.startswith(Brand.objects.get().folder)
        assert first.endswith("/image.png")
        assert used_of("storage_bytes") == len(png())
        folder = Brand.objects.get().folder
        assert not any(folder in str(entry.after) for entry in AuditEntry.objects.all())
    address = f"/b/{alice.brand.slug}/files/image/{kettle.pk}/"
    response: Any = bob.client.get(address)
    assert b"".join(response.streaming_content) == png()
    assert response["Content-Type"] == "image/png"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"] == 'inline; filename="K-1.png"'
    assert response["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert response["Cache-Control"].startswith("private")
    assert charlie.client.get(address).status_code == 404
    api: Any = alice.read_api.get(f"/api/v1/products/{kettle.pk}/image/file/")
    assert (api["Content-Type"], b"".join(api.streaming_content)) == ("image/png", png())
    with alice.scope():
        assert not AuditEntry.objects.filter(action="image_downloaded").exists()
        product_image_set(product=kettle, file=ContentFile(GIF))
        assert used_of("storage_bytes") == len(GIF)
        product_image_remove(product=kettle)
        assert used_of("storage_bytes") == 0
    assert bob.client.get(address).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_an_images_file_goes_with_it(alice: Person) -> None:
    with alice.scope():
        kettle = product_save(project=Project.objects.create(name="K"), sku="K", name="K")
        product_image_set(product=kettle, file=ContentFile(png()))
        first = str(kettle.image.name)
    with alice.scope():
        product_image_set(product=kettle, file=ContentFile(GIF))
        second = str(kettle.image.name)
    assert (default_storage.exists(first), default_storage.exists(second)) == (False, True)
    with alice.scope():
        product_delete(product=kettle)
    assert not default_storage.exists(second)


def test_a_file_that_became_something_else_is_not_shown(alice: Person, kettle: Product) -> None:
    with alice.scope():
        product_image_set(product=kettle, file=ContentFile(png()))
        Path(kettle.image.path).write_bytes(b"<html><script>alert(1)</script>")
    assert alice.client.get(f"/b/{alice.brand.slug}/files/image/{kettle.pk}/").status_code == 404


def test_what_is_no_image_is_refused_and_keeps_nothing(alice: Person, kettle: Product) -> None:
    with alice.scope():
        for data, code in ((b"<svg/>", "image_unknown"), (png() + b"\x00" * 5 * 2**20, "image_too_large")):
            with pytest.raises(UserError) as error:
                product_image_set(product=kettle, file=ContentFile(data))
            assert error.value.code == code
        Brand.objects.update(limits={"storage_bytes": 10})
        with pytest.raises(AccountError, match="Storage"):
            product_image_set(product=kettle, file=ContentFile(png()))
        kettle.refresh_from_db()
        assert not kettle.image
        assert used_of("storage_bytes") == 0


CSV = """sku,name,name_zh,names.fr,is_competitor,price,currency,aliases,Colour
K-1,Kettle II,水壶,,no,49.90,EUR,Old kettle | Hot one,red
M-1,Mug,,,yes,€12,,,
,No sku,,,,,,,
K-1,Again,,,,,,,
M-2,Mug,,,perhaps,,,,
M-3,Mug,,,,cheap,,,
M-4,,,,,,,,
"""


def test_a_file_makes_and_changes_products_and_accounts_for_each_row(
    alice: Person, project: Project, kettle: Product
) -> None:
    with alice.scope():
        names = {"fr": "Bouilloire", "de": "Kocher"}
        product_save(project=project, product=kettle, sku="K-1", name="Kettle", names=names, category="kettle",
                     attributes={"Volume": "1 l"})  # fmt: skip
        done = products_import(project=project, file=ContentFile(CSV.encode()))
        assert (done.rows, done.created, done.updated) == (7, 1, 1)
        assert [(row.line, row.column, row.code) for row in done.rejected] == [
            (4, "sku", "sku_missing"), (5, "sku", "sku_repeats"), (6, "is_competitor", "bad_yes_no"),
            (7, "price", "bad_price"), (8, "name", "name_missing"),
        ]  # fmt: skip
        kettle.refresh_from_db()
        assert (kettle.name, str(kettle.price), kettle.currency, kettle.category) == (
            "Kettle II",
            "49.90",
            "EUR",
            "kettle",
        )
        assert (kettle.names, kettle.attributes) == ({"de": "Kocher"}, {"Volume": "1 l", "Colour": "red"})
        assert kettle.aliases == ["Old kettle", "Hot one"]
        mug = Product.objects.get(sku="M-1")
        assert (mug.is_competitor, str(mug.price), mug.currency, mug.attributes) == (True, "12.00", "EUR", {})
        assert AuditEntry.objects.filter(table="catalog_product", action="insert").count() == 2


CHINESE = "货号\t商品名称\t竞品\t售价\nA1\t保温杯\t是\t¥99\nA2\t水杯\t否\t59.5\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_chinese_files_come_in(encoding: str, alice: Person, project: Project) -> None:
    with alice.scope():
        done = products_import(project=project, file=ContentFile(CHINESE.encode(encoding)))
        assert (done.created, done.rejected) == (2, [])
        found = Product.objects.get(sku="A1")
        assert (found.name, found.is_competitor, str(found.price), found.currency) == ("保温杯", True, "99.00", "CNY")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"name,price\nKettle,3\n", "no_sku_column"),
        (b"%PDF-1.7 xxxxxxxx", "file_binary"),
        (b"sku,name\n" + b"".join(b"S%d,x\n" % n for n in range(20_002)), "products_too_many"),
    ],
    ids=["empty", "without SKUs", "binary", "too many"],
)
def test_what_is_no_file_of_products_is_refused(content: bytes, code: str, alice: Person, project: Project) -> None:
    with alice.scope():
        with pytest.raises(UserError) as error:
            products_import(project=project, file=ContentFile(content))
        assert error.value.code == code
        assert not Product.objects.exists()


@pytest.mark.parametrize("write", [products_csv, products_xlsx])
def test_what_goes_out_comes_in_again_and_is_no_formula(write: Any, alice: Person, project: Project) -> None:
    with alice.scope():
        product_save(project=project, sku="=1+1", name="@SUM(A1)", name_zh="水壶", names={"fr": "-Bouilloire"},
                     aliases=["a", "+b"], is_competitor=True, attributes={"Volume": "1,2 l"}, price=None)  # fmt: skip
        product_save(project=project, sku="K-2", name='Say "hi", all', currency="EUR", category="x\ny")
        before = list(Product.objects.order_by("sku").values())
        content = write(Product.objects.all())
        done = products_import(project=project, file=ContentFile(content))
        assert (done.created, done.updated, done.rejected) == (0, 2, [])
        assert list(Product.objects.order_by("sku").values()) == before
    cells = _cells(content)
    assert "'=1+1" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def _cells(content: bytes) -> list[str]:
    if content.startswith(b"PK"):
        sheet = load_workbook(io.BytesIO(content)).active
        assert sheet is not None
        assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}
        return [str(cell.value or "") for row in sheet.iter_rows() for cell in row]
    return [cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))) for cell in row]


def test_products_are_counted_and_compared(alice: Person, project: Project, kettle: Product) -> None:
    world = make_world(alice, "ALPHA")
    with alice.scope():
        rival = product_save(project=project, sku="M-1", name="Mug", is_competitor=True)
        one, other = world.reviews
        rated = {one: 5.0, other: 4.4, _review(world.dataset_import, 4, "x"): 1.0}
        for review, rating in rated.items():
            Review.objects.filter(pk=review.pk).delete()
            review.rating, review.project_id = rating, project.pk
            review.product = rival if rating == 1.0 else kettle
            review.save(force_insert=True)
        figures = figures_of(project)
        both = sides(project, figures)
    assert (figures[kettle.pk].reviews, round(figures[kettle.pk].mean or 0, 2)) == (2, 4.7)
    assert figures[kettle.pk].shares == [(5, 1, 50.0), (4, 1, 50.0), (3, 0, 0.0), (2, 0, 0.0), (1, 0, 0.0)]
    assert (both.own.reviews, both.competitors.reviews, both.competitors.mean) == (2, 1, 1.0)
    page = alice.client.get(f"/b/{alice.brand.slug}/p/{project.pk}/products/").content.decode()
    for words in ("4.70", "1.00", "50 %", "100 %", "competitor's"):
        assert words in page, words
    assert "4.70" in alice.client.get(f"/b/{alice.brand.slug}/products/{kettle.pk}/").content.decode()


def test_the_list_is_searched_and_filtered_in_the_address(
    alice: Person, bob: Person, project: Project, kettle: Product
) -> None:
    address = f"/b/{alice.brand.slug}/p/{project.pk}/products/"
    with alice.scope():
        product_save(project=project, sku="M-1", name="Mug", is_competitor=True, aliases=["Becher"])
    for query, shown, hidden in (
        ("?q=bouill", "Kettle", "Mug"), ("?q=水", "Kettle", "Mug"), ("?q=becher", "Mug", "Kettle"),
        ("?whose=competitor", "Mug", "Kettle"), ("?whose=own", "Kettle", "Mug"),
        ("?q=m-1&whose=competitor", "Mug", "Kettle"),
    ):  # fmt: skip
        page = bob.client.get(address + query).content.decode().partition("<tbody>")[2]
        assert f">{shown}</a>" in page, query
        assert f">{hidden}</a>" not in page, query
    assert "No product fits" in bob.client.get(f"{address}?q=zzz").content.decode()
    assert "New product" not in bob.client.get(address).content.decode()


def test_an_empty_catalogue_says_what_it_is_for(alice: Person, bob: Person, project: Project) -> None:
    address = f"/b/{alice.brand.slug}/p/{project.pk}/products/"
    assert "Bring in a file" in alice.client.get(address).content.decode()
    page = bob.client.get(address).content.decode()
    assert "No products yet" in page
    assert "Bring in a file" not in page


FORM = {"sku": "K-9", "name": "Hush", "whose": "own", "price": "39.5", "currency": "eur",
        "aliases": "Hush kettle\n\nHush 2", "names": "fr: Silence\nde：Ruhe",
        "attributes": "Volume: 1.2 l"}  # fmt: skip


def test_a_product_is_made_changed_and_deleted_by_pages(
    alice: Person, bob: Person, charlie: Person, project: Project
) -> None:
    base = f"/b/{alice.brand.slug}"
    new = f"{base}/p/{project.pk}/products/new/"
    assert "Mystery mug" in alice.client.get(f"{new}?name=Mystery+mug").content.decode()
    assert bob.client.post(new, FORM).status_code == 403
    assert charlie.client.post(new, FORM).status_code == 404
    made = alice.client.post(new, {**FORM, "image": SimpleUploadedFile("x.png", png())})
    with alice.scope():
        product = Product.objects.get()
    assert made["Location"] == f"{base}/products/{product.pk}/"
    assert (product.currency, product.aliases, product.names, bool(product.image)) == (
        "EUR", ["Hush kettle", "Hush 2"], {"fr": "Silence", "de": "Ruhe"}, True,
    )  # fmt: skip
    assert alice.client.post(new, FORM).status_code == 302  # the same SKU: brought up to date
    edit = f"{base}/products/{product.pk}/edit/"
    assert "fr: Silence" in alice.client.get(edit).content.decode()
    assert bob.client.post(edit, FORM).status_code == 403
    alice.client.post(edit, {**FORM, "sku": "K-10", "whose": "competitor", "remove_image": "1"})
    with alice.scope():
        product.refresh_from_db()
        assert (product.sku, product.is_competitor, bool(product.image)) == ("K-10", True, False)
        product_save(project=project, sku="K-11", name="Other")
    page = alice.client.post(edit, {**FORM, "sku": "K-11"})
    assert (page.status_code, "There is a product with the SKU K-11" in page.content.decode()) == (400, True)
    remove = f"{base}/products/{product.pk}/delete/"
    assert "Delete Hush?" in alice.client.get(remove).content.decode()
    assert bob.client.post(remove).status_code == 403
    assert charlie.client.post(remove).status_code == 404
    with alice.scope():
        assert Product.objects.count() == 2
    alice.client.post(remove)
    with alice.scope():
        assert [one.sku for one in Product.objects.all()] == ["K-11"]


@pytest.mark.parametrize(
    "change",
    [{"sku": ""}, {"name": ""}, {"price": "-1"}, {"currency": "EURO"}, {"names": "no colon"}, {"aliases": "x" * 201},
     {"whose": "nobody"}, {"image": SimpleUploadedFile("x.png", b"<svg/>")}],
)  # fmt: skip
def test_a_form_that_does_not_fit_keeps_nothing(change: dict[str, Any], alice: Person, project: Project) -> None:
    page = alice.client.post(f"/b/{alice.brand.slug}/p/{project.pk}/products/new/", {**FORM, **change})
    assert page.status_code == 400
    assert "field-error" in page.content.decode()
    with alice.scope():
        assert not Product.objects.filter(name__in=["Hush", ""]).exists()


def test_a_file_comes_in_by_its_page_with_a_report(alice: Person, bob: Person, project: Project) -> None:
    address = f"/b/{alice.brand.slug}/p/{project.pk}/products/import/"
    assert bob.client.get(address).status_code == 403
    page = alice.client.post(address, {"file": SimpleUploadedFile("p.csv", CSV.encode())}).content.decode()
    for words in ("This SKU stands further up", "This is no price", "perhaps", "This product is new and has no name"):
        assert words in page, words
    good = alice.client.post(address, {"file": SimpleUploadedFile("p.csv", CHINESE.encode())})
    assert good["Location"] == f"/b/{alice.brand.slug}/p/{project.pk}/products/"
    bad = alice.client.post(address, {"file": SimpleUploadedFile("p.csv", b"name\nx\n")})
    assert (bad.status_code, "No column holds SKUs" in bad.content.decode()) == (400, True)
    for name in ("products.csv", "products.xlsx"):
        taken = bob.client.get(f"/b/{alice.brand.slug}/p/{project.pk}/{name}")
        assert (taken.status_code, taken["Content-Disposition"].startswith("attachment")) == (200, True)


def test_an_analyst_sees_and_changes_nothing(alice: Person, project: Project, kettle: Product) -> None:
    analyst = person("analyst@a.example", brand=alice.brand, role=Role.ANALYST)
    base = f"/b/{alice.brand.slug}"
    assert analyst.client.get(f"{base}/products/{kettle.pk}/").status_code == 200
    for address in (f"{base}/products/{kettle.pk}/edit/", f"{base}/products/{kettle.pk}/delete/",
                    f"{base}/p/{project.pk}/products/import/"):  # fmt: skip
        assert analyst.client.post(address, FORM).status_code == 403
    with alice.scope():
        assert Product.objects.get().name == "Kettle"


def api_post(who: Person, address: str, **body: Any) -> Any:
    return who.api.post(address, body, content_type="application/json")


def test_many_come_by_the_api_each_kept_or_reported(
    alice: Person, charlie: Person, project: Project, kettle: Product
) -> None:
    address = f"/api/v1/projects/{project.pk}/products/bulk/"
    sent = [
        {"sku": "K-1", "price": "10.50"}, {"sku": "M-1", "name": "Mug", "attributes": {"colour": "red"}},
        {"sku": "M-2"},
        {"sku": "M-1", "name": "Twice"}, {"sku": "", "name": "x"}, {"sku": "M-3", "name": "x", "colour": "red"},
    ]  # fmt: skip
    refused(charlie.api.post(address, {"products": sent}, content_type="application/json"), 404)
    done = api_post(alice, address, products=sent).json()
    assert (done["rows"], done["created"], done["updated"]) == (6, 1, 1)
    assert [(row["line"], row["column"], row["code"]) for row in done["rejected"]] == [
        (3, "name", "name_missing"), (4, "sku", "sku_repeats"), (5, "sku", "value_unfit"), (6, "colour", "value_unfit"),
    ]  # fmt: skip
    with alice.scope():
        kettle.refresh_from_db()
    assert (kettle.name, str(kettle.price), kettle.names) == ("Kettle", "10.50", {"fr": "Bouilloire"})


def test_a_product_is_found_given_an_image_and_deleted_by_the_api(
    alice: Person, charlie: Person, project: Project, kettle: Product
) -> None:
    address = f"/api/v1/products/{kettle.pk}/"
    found = alice.read_api.get(address).json()
    assert (found["names"], found["has_image"], found["price"]) == ({"fr": "Bouilloire"}, False, None)
    refused(charlie.api.get(address), 404)
    image = lambda who: who.api.post(f"{address}image/", {"file": SimpleUploadedFile("x.png", png())})  # noqa: E731
    refused(image(charlie), 404)
    assert image(alice).json()["has_image"] is True
    refused(alice.api.post(f"{address}image/", {"file": SimpleUploadedFile("x.png", b"<svg/>")}), 400)
    assert api_post(alice, f"{address}image/remove/").json()["has_image"] is False
    refused(alice.read_api.post(f"{address}delete/", {}, content_type="application/json"), 403)
    assert api_post(alice, f"{address}delete/").status_code == 204
    refused(alice.api.get(address), 404)
    file = {"file": SimpleUploadedFile("p.csv", CSV.encode())}
    done = alice.api.post(f"/api/v1/projects/{project.pk}/products/import/", file).json()
    assert (done["created"], len(done["rejected"])) == (2, 5)
    listed = alice.api.get(f"/api/v1/projects/{project.pk}/products/", {"is_competitor": "true"}).json()["results"]
    assert [one["sku"] for one in listed] == ["M-1"]
