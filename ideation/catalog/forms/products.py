"""What people say about a product, and the file that says it of many."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from ideation.catalog.models import Product
from mlcore.products import LENGTHS, MOST_ALIASES, MOST_ATTRIBUTES

WHOSE = {"own": pgettext_lazy("product", "Ours"), "competitor": pgettext_lazy("product", "A competitor's")}


class LinesField(forms.CharField):
    """Several things, one a line."""

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=20_000, **kwargs)
        self.most = most

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value) or ""
        lines = list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
        if len(lines) > self.most:
            raise forms.ValidationError(_("At most %(most)s lines.") % {"most": self.most})
        if any(len(line) > LENGTHS["name"] for line in lines):
            raise forms.ValidationError(_("A line has at most %(most)s characters.") % {"most": LENGTHS["name"]})
        return lines

    def validate(self, value: Any) -> None:
        """The lines are."""

    def run_validators(self, value: Any) -> None:
        """The lines are valid by themselves."""


class PairsField(LinesField):
    """Several things with a value each, `word: value` a line."""

    def to_python(self, value: Any) -> Any:
        pairs: dict[str, str] = {}
        for line in super().to_python(value):
            key, colon, rest = line.replace("：", ":").partition(":")
            if not colon or not key.strip() or not rest.strip():
                raise forms.ValidationError(_("“%(line)s” has no colon between name and value.") % {"line": line})
            pairs[key.strip()[:100]] = rest.strip()
        return pairs


class ProductForm(forms.Form):
    """A product. Only SKU and name are a must."""

    sku = forms.CharField(label="SKU", max_length=LENGTHS["sku"])
    name = forms.CharField(label=gettext_lazy("Name"), max_length=LENGTHS["name"])
    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=LENGTHS["name_zh"], required=False)
    whose = forms.ChoiceField(
        label=gettext_lazy("Whose product is it?"), choices=list(WHOSE.items()), widget=forms.RadioSelect, initial="own"
    )
    category = forms.CharField(label=gettext_lazy("Category"), max_length=LENGTHS["category"], required=False)
    category_zh = forms.CharField(
        label=gettext_lazy("Category in Chinese"), max_length=LENGTHS["category_zh"], required=False
    )
    price = forms.DecimalField(
        label=gettext_lazy("Price"), max_digits=12, decimal_places=2, min_value=Decimal(0), required=False
    )
    currency = forms.RegexField(
        r"^[A-Za-z]{3}$", label=gettext_lazy("Currency"), required=False, help_text=gettext_lazy("Such as EUR or CNY.")
    )
    aliases = LinesField(
        label=gettext_lazy("Also called"),
        most=MOST_ALIASES,
        help_text=gettext_lazy("What else reviews call it, one a line. Reviews that do are its reviews."),
    )
    names = PairsField(
        label=gettext_lazy("Names in other languages"),
        most=MOST_ATTRIBUTES,
        help_text=gettext_lazy("A language's code, a colon and the name, one a line. For example: fr: Bouilloire"),
    )
    attributes = PairsField(
        label=gettext_lazy("Attributes"),
        most=MOST_ATTRIBUTES,
        help_text=gettext_lazy("For example: Volume: 1.2 l"),
    )
    image = forms.FileField(
        label=gettext_lazy("Image"),
        required=False,
        help_text=gettext_lazy("PNG, JPEG, WebP or GIF, at most 5 MB."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"}),
    )

    def clean_currency(self) -> str:
        """Three capital letters."""
        return str(self.cleaned_data["currency"]).upper()

    @property
    def values(self) -> dict[str, Any]:
        """What product_save takes."""
        values = dict(self.cleaned_data)
        values.pop("image")
        return values | {"is_competitor": values.pop("whose") == "competitor"}


def shown(product: Product) -> dict[str, Any]:
    """A product as the form shows it."""
    plain = ("sku", "name", "name_zh", "category", "category_zh", "price", "currency")
    return {name: getattr(product, name) for name in plain} | {
        "whose": "competitor" if product.is_competitor else "own",
        "aliases": "\n".join(product.aliases),
        "names": _lines(product.names),
        "attributes": _lines(product.attributes),
    }


def _lines(pairs: dict[str, str]) -> str:
    return "\n".join(f"{key}: {value}" for key, value in pairs.items())


class ProductsFileForm(forms.Form):
    """A file of products."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        allow_empty_file=True,
        error_messages={"required": gettext_lazy("Choose a file first, with a column of SKUs.")},
    )
