"""The API's products: one by one, many at once, their images."""

import uuid
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from ideation.base.api import CursorPages
from ideation.base.errors import sentence
from ideation.base.rest import Body, Filters, RoomListView, RoomView
from ideation.catalog import querysets, services
from ideation.catalog.api.projects import ProjectRoom
from ideation.catalog.models import Product
from ideation.catalog.services.productfile import Imported
from mlcore.products import LENGTHS, MOST_ALIASES, MOST_ATTRIBUTES, ProductRow
from mlcore.reviewfiles import Rejected

MANAGE: tuple[str, ...] = ("manage_projects",)
BULK = 1000
"""Products of one request."""


class ProductSerializer(serializers.ModelSerializer[Product]):
    """Something that customers buy and review; a competitor's too."""

    project = serializers.UUIDField(source="project_id", read_only=True)
    names = serializers.DictField(child=serializers.CharField(), read_only=True, help_text="Language → its name there.")
    aliases = serializers.ListField(
        child=serializers.CharField(), read_only=True, help_text="What else reviews call it: they are matched by it."
    )
    attributes = serializers.DictField(child=serializers.CharField(), read_only=True)
    has_image = serializers.SerializerMethodField()

    class Meta:
        model = Product
        fields = read_only_fields = (
            "id", "project", "sku", "name", "name_zh", "names", "aliases", "category", "category_zh", "is_competitor",
            "price", "currency", "attributes", "has_image", "created_at",
        )  # fmt: skip

    def get_has_image(self, product: Product) -> bool:
        return bool(product.image)


class NamesField(serializers.DictField):
    """Words by a key, as few and as short as a product has."""

    child = serializers.CharField(max_length=LENGTHS["name"], allow_blank=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def to_internal_value(self, data: Any) -> dict[str, str]:
        found: dict[str, str] = super().to_internal_value(data)
        if len(found) > MOST_ATTRIBUTES or any(len(key) > 100 for key in found):
            raise serializers.ValidationError(_("Too many, or one with too long a name."))
        return found


class ProductFields(Body):
    """What can be said of a product."""

    sku = serializers.CharField(max_length=LENGTHS["sku"])
    name = serializers.CharField(max_length=LENGTHS["name"])
    name_zh = serializers.CharField(max_length=LENGTHS["name_zh"], required=False, allow_blank=True)
    names = NamesField(help_text="Language → its name there, of languages other than English and Chinese.")
    aliases = serializers.ListField(
        child=serializers.CharField(max_length=LENGTHS["name"]), max_length=MOST_ALIASES, required=False
    )
    category = serializers.CharField(max_length=LENGTHS["category"], required=False, allow_blank=True)
    category_zh = serializers.CharField(max_length=LENGTHS["category_zh"], required=False, allow_blank=True)
    is_competitor = serializers.BooleanField(required=False)
    price = serializers.DecimalField(max_digits=12, decimal_places=2, min_value=0, required=False, allow_null=True)
    currency = serializers.RegexField(r"^[A-Z]{3}$", required=False, allow_blank=True, help_text="Such as EUR.")
    attributes = NamesField()


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A kettle",
            value={
                "sku": "K-17",
                "name": "Pour-over kettle",
                "name_zh": "手冲壶",
                "names": {"fr": "Bouilloire"},
                "price": "49.90",
                "currency": "EUR",
                "attributes": {"volume": "1.2 l"},
            },
        )
    ]
)
class ProductBody(ProductFields):
    """A product; what is left out becomes empty, but for its aliases, which stay."""


class BulkItem(ProductFields):
    """One of many; what is left out stays as it is."""

    name = serializers.CharField(max_length=LENGTHS["name"], required=False)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Two products", value={"products": [{"sku": "K-17", "name": "Kettle"}, {"sku": "K-18", "name": "Mug"}]}
        )
    ]
)
class BulkBody(Body):
    """Many products; each is made or brought up to date by its SKU."""

    products = serializers.ListField(child=serializers.DictField(), min_length=1, max_length=BULK)


class RefusedRowSerializer(serializers.Serializer[Rejected]):
    """A row that couldn't be used."""

    line = serializers.IntegerField(help_text="Of a file, its line; of a list, its place from 1.")
    column = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.SerializerMethodField()
    value = serializers.CharField()

    def get_detail(self, row: Rejected) -> str:
        return sentence(row.code)


class ImportedSerializer(serializers.Serializer[Imported]):
    """What became of each row: rows = created + updated + rejected."""

    rows = serializers.IntegerField()
    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    rejected = RefusedRowSerializer(many=True)
    matched = serializers.IntegerField(help_text="Reviews that found their product by it.")


class FileBody(Body):
    """A file of products: CSV, TSV, JSON, XLSX and others, with a column of SKUs."""

    file = serializers.FileField()


class ImageBody(Body):
    """A PNG, JPEG, WebP or GIF of at most 5 MB."""

    file = serializers.FileField()


class ByName(CursorPages):
    """Products as a catalogue lists them."""

    ordering = ("name", "id")


class ProductFilters(Filters):
    """Narrows the list of products."""

    sku = serializers.CharField(max_length=60, required=False)
    is_competitor = serializers.BooleanField(required=False)


class ProductsView(ProjectRoom, RoomListView):
    """A project's products, by name."""

    serializer_class = ProductSerializer
    pagination_class = ByName
    filters = ProductFilters
    capabilities: ClassVar[tuple[str, ...]] = MANAGE

    def listed(self) -> QuerySet[Product]:
        return querysets.products_of(self.project)

    @extend_schema(request=ProductBody, responses={200: ProductSerializer, 201: ProductSerializer})
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Makes the product with this SKU (201), or brings it up to date (200)."""
        sent = self.body(ProductBody)
        known = self.listed().filter(sku=sent["sku"]).exists()
        product = services.product_save(project=self.project, **sent)
        return Response(ProductSerializer(product).data, status=200 if known else 201)


class ProductsBulkView(ProjectRoom):
    """Many products at once."""

    capabilities = MANAGE

    @extend_schema(request=BulkBody, responses=ImportedSerializer)
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Makes products and brings them up to date, by SKU. One that can't be used is reported; others are kept."""
        rows, refused = _bulk_rows(self.body(BulkBody)["products"])
        done = services.products_keep(project=self.project, rows=rows, rejected=refused)
        return Response(ImportedSerializer(done).data)


def _bulk_rows(sent: list[dict[str, Any]]) -> tuple[list[ProductRow], list[Rejected]]:
    rows: list[ProductRow] = []
    refused: list[Rejected] = []
    for place, one in enumerate(sent, start=1):
        body = BulkItem(data=one)
        if not body.is_valid():
            column = next(iter(body.errors))
            value = str(one.get(column, ""))[:500]
            refused.append(Rejected(line=place, column=column[:200], code="value_unfit", value=value))
        elif any(row.values["sku"] == body.validated_data["sku"] for row in rows):
            refused.append(Rejected(line=place, column="sku", code="sku_repeats", value=body.validated_data["sku"]))
        else:
            rows.append(ProductRow(line=place, values=dict(body.validated_data)))
    return rows, refused


class ProductsFileView(ProjectRoom):
    """Products from a file."""

    parser_classes = [MultiPartParser]
    capabilities = MANAGE

    @extend_schema(request=FileBody, responses=ImportedSerializer)
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Makes products and brings them up to date from a file, by SKU, and reports each row that couldn't be used."""
        done = services.products_import(project=self.project, file=self.body(FileBody)["file"])
        return Response(ImportedSerializer(done).data)


class ProductView(RoomView):
    """One product."""

    @extend_schema(responses=ProductSerializer)
    def get(self, request: Request, product_id: uuid.UUID) -> Response:
        """One product."""
        return Response(ProductSerializer(querysets.product(product_id)).data)


class ProductDeleteView(RoomView):
    """Takes a product out of the catalogue."""

    capabilities = MANAGE

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, product_id: uuid.UUID) -> Response:
        """Deletes a product. Its reviews stay, with the name that their file gave it."""
        found = querysets.product(product_id)
        self.body()
        services.product_delete(product=found)
        return Response(status=204)


class ProductImageView(RoomView):
    """A product's image."""

    parser_classes = [MultiPartParser]
    capabilities = MANAGE

    @extend_schema(request=ImageBody, responses=ProductSerializer)
    def post(self, request: Request, product_id: uuid.UUID) -> Response:
        """Gives the product an image instead of the one before. What it is is told by its bytes."""
        found = querysets.product(product_id)
        made = services.product_image_set(product=found, file=self.body(ImageBody)["file"])
        return Response(ProductSerializer(made).data)


class ProductImageRemoveView(RoomView):
    """Takes a product's image away."""

    capabilities = MANAGE

    @extend_schema(request=None, responses=ProductSerializer)
    def post(self, request: Request, product_id: uuid.UUID) -> Response:
        """The product has no image any more."""
        found = querysets.product(product_id)
        self.body()
        return Response(ProductSerializer(services.product_image_remove(product=found)).data)
