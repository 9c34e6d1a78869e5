"""Made-up values that the page of the design system shows its components with."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

LANDSCAPE: list[dict[str, Any]] = [
    {"rank": 1, "label": "lid seal", "statement": "A lid that doesn't leak in a bag", "importance": 8.6,
     "satisfaction": 3.1, "opportunity": 14.1, "mentions": 84, "url": "#1"},
    {"rank": 2, "label": "cleaning", "statement": "Easy to clean in every corner", "importance": 7.2,
     "satisfaction": 4.4, "opportunity": 10.0, "mentions": 61, "url": "#2"},
    {"rank": 3, "label": "keeps warm", "statement": "Stays warm the whole morning", "importance": 6.8,
     "satisfaction": 7.9, "opportunity": 6.8, "mentions": 112, "url": "#3"},
    {"rank": 4, "label": "weight", "statement": "Light enough for every day", "importance": 4.1,
     "satisfaction": 5.2, "opportunity": 4.1, "mentions": 23, "url": "#4"},
]  # fmt: skip

CURVE: list[dict[str, Any]] = [
    {"step": step, "loss": 3.4 - 0.9 * (1 - 0.93**step),
     "validation_perplexity": None if step % 8 else 31 - 12 * (1 - 0.92**step)}
    for step in range(0, 49, 2)
]  # fmt: skip


class SpecimenForm(forms.Form):
    """One field of each kind, one of them wrong."""

    name = forms.CharField(
        label=_("Name"), help_text=_("Which system uses it, so that you know what you revoke later.")
    )
    email = forms.EmailField(label=_("Email"))
    category = forms.ChoiceField(label=_("Language"), choices=[("en", _("English")), ("zh", _("Chinese"))])
    about = forms.CharField(label=_("Must have"), required=False, widget=forms.Textarea)
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=[("read", _("Read: projects, reviews, needs, models, concepts"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


def works() -> list[dict[str, Any]]:
    """Work in its states, as the progress component takes it."""
    running = {"pk": "1", "state": "running", "done": 1240, "total": 3600, "is_live": True}
    failed = {"pk": "2", "state": "failed", "reason_code": "out_of_memory", "reason_params": {"megabytes": 700}}
    parts = [
        {"title": _("Import reviews"), "state": "succeeded", "words": ""},
        {"title": _("Find needs"), "state": "running", "words": ""},
        {"title": _("Write concepts"), "state": "", "words": ""},
    ]
    first = {"title": _("From reviews to concepts"), "step": _("Understanding sentences"), "unit": _("sentences")}
    return [
        # Without an address to ask again it stands still.
        {"job": running, "state": _("Running"), **first, "percent": 34, "seconds_left": 71, "parts": parts},
        {"job": failed, "state": _("Failed"), "title": _("Import reviews")},
    ]
