"""What people say about a project."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from ideation.catalog.models import Project


class ProjectForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """A new project, in three questions."""

    language = forms.ChoiceField(
        label=_("Language of concepts"),
        choices=settings.LANGUAGES,
        help_text=_("Reviews may be in any language; concepts are written in this one."),
    )

    class Meta:
        model = Project
        fields = ["name", "category", "language"]
        labels = {"name": _("What is the project called?"), "category": _("Which kind of product?")}
        help_texts = {"category": _("For example: travel mugs, running shoes, rice cookers.")}
        widgets = {"name": forms.TextInput(attrs={"autofocus": True})}
