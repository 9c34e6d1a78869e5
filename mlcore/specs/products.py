"""A file of products, and what is read of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

MOST_PRODUCTS = 20_000
"""Products of one file."""


@dataclass(frozen=True, kw_only=True)
class ReadProductsSpec:
    """Read a file of products, of any format in which reviews come: one ProductsRead event."""

    runner: ClassVar[str] = "mlcore.products:read_products"

    path: Path
