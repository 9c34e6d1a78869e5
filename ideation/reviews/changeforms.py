"""What people say when they correct a review, or say which product a name means."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ideation.catalog.models import Product, Project
from ideation.catalog.querysets import products_of
from ideation.reviews.models import Review
from ideation.reviews.services.correct import FIELDS
from mlcore.reviewfiles.limits import MAX_TEXT


class CorrectionForm(forms.Form):
    """All that can be corrected, as it stands, and why it is."""

    text = forms.CharField(label=_("Text"), max_length=MAX_TEXT, widget=forms.Textarea(attrs={"rows": 6}), strip=False)
    title = forms.CharField(label=_("Title"), max_length=500, required=False)
    rating = forms.FloatField(label=_("Rating"), min_value=1, max_value=5, required=False)
    date = forms.DateField(
        label=_("Date"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    product_name = forms.CharField(label=_("Product"), max_length=200, required=False)
    source = forms.CharField(label=_("Source"), max_length=100, required=False)
    language = forms.RegexField(
        r"^[a-z]{2,5}(-[a-z]{2,4})?$", label=_("Language"), max_length=10, required=False,
        help_text=_("Its code, such as en or zh."),
    )  # fmt: skip
    country = forms.CharField(label=_("Country"), max_length=60, required=False)
    reason = forms.CharField(
        label=_("Why is it corrected?"),
        max_length=500,
        help_text=_("Kept in the audit, with the names of the changed fields. Don't write what the review says."),
    )

    @property
    def changes(self) -> dict[str, Any]:
        """What review_correct takes: only what was really changed, as a browser gives line ends back differently."""
        found: dict[str, Any] = {name: self.cleaned_data[name] for name in FIELDS if name in self.changed_data}
        if "text" in found:
            found["text"] = found["text"].replace("\r\n", "\n").strip()
        return found


def shown(review: Review) -> dict[str, Any]:
    """A review as the form shows it: masked."""
    return {name: getattr(review, name) for name in FIELDS}


class NameForm(forms.Form):
    """What reviews call a product, and the product, where one is meant."""

    name = forms.CharField(max_length=200, strip=False)
    product = forms.ModelChoiceField(queryset=Product.objects.none(), required=False)

    def __init__(self, data: Any, *, project: Project, needs_product: bool = False) -> None:
        super().__init__(data)
        choices = self.fields["product"]
        assert isinstance(choices, forms.ModelChoiceField)
        choices.queryset, choices.required = products_of(project), needs_product
