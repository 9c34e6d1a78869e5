"""Product images: told by their bytes, kept in the brand's folder, counted among its storage."""

import uuid

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction

from accounts.querysets import brand_folder
from accounts.services.quotas import quota_take
from ideation.base.errors import UserError
from ideation.base.images import SIDE, image_of
from ideation.catalog.models import Product
from ideation.catalog.services.products import image_forget

MEGABYTES = 5
"""Of an image, at most."""


@transaction.atomic
def product_image_set(*, product: Product, file: "File[bytes]") -> Product:
    """Keeps an image of the product instead of the one before.

    Raises UserError for what is no PNG, JPEG, WebP or GIF, or too large, AccountError `quota_reached`.
    """
    if (file.size or 0) > MEGABYTES * 2**20:
        raise UserError("image_too_large", status=413, field="image", limit=MEGABYTES)
    data = file.read()
    found = image_of(data)
    if found is None:
        raise UserError("image_unknown", field="image", side=SIDE)
    quota_take(kind="storage_bytes", amount=len(data))
    file.seek(0)
    return _keep(product, default_storage.save(f"{brand_folder()}/{uuid.uuid4()}/image.{found.kind}", file))


@transaction.atomic
def product_image_remove(*, product: Product) -> Product:
    """The product has no image any more."""
    return _keep(product, "")


def _keep(product: Product, name: str) -> Product:
    locked = Product.objects.select_for_update(of=("self",)).get(pk=product.pk)
    before = str(locked.image.name or "")
    Product.objects.filter(pk=product.pk).update(image=name)
    product.image.name = name
    if before:
        image_forget(before)
    return product
