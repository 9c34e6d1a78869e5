"""A brief, as a person writes it."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from ideation.needs.models import Need


class BriefForm(forms.Form):
    """Which needs to answer, within which limits, and how many concepts."""

    product = forms.CharField(
        label=_("Product"), max_length=200, help_text=_("What is to be made, for example: travel mug.")
    )
    audience = forms.CharField(label=_("For whom"), max_length=300, required=False)
    must_have = forms.CharField(
        label=_("Must have"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    must_avoid = forms.CharField(
        label=_("Must avoid"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    language = forms.ChoiceField(label=_("Language of concepts"), choices=settings.LANGUAGES)
    wanted = forms.IntegerField(label=_("How many concepts"), min_value=1, max_value=20, initial=8)

    def __init__(self, data: Any = None, *, needs: list[Need], initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        self.by_id = {str(need.pk): need for need in needs}
        self.fields["needs"] = forms.MultipleChoiceField(
            label=_("Needs to answer"),
            choices=[(name, need.statement) for name, need in self.by_id.items()],
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": _("Choose at least one need.")},
        )

    @property
    def brief(self) -> dict[str, Any]:
        """The brief as the services take it; the needs stay in the order of their opportunity."""
        names = ("product", "audience", "must_have", "must_avoid", "language")
        chosen = set(self.cleaned_data["needs"])
        needs = [need for name, need in self.by_id.items() if name in chosen]
        return {name: self.cleaned_data[name] for name in names} | {
            "title": self.cleaned_data["product"],
            "needs": needs,
        }
