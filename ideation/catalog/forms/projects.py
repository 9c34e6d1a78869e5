"""What people say about a project."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Role
from accounts.querysets import members
from ideation.catalog.models import Project
from ideation.catalog.querysets import members_of


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


class ProjectNameForm(ProjectForm):
    """What a project is called and about."""

    class Meta(ProjectForm.Meta):
        labels = {"name": _("Name"), "category": _("Kind of product")}
        widgets = {"name": forms.TextInput()}


class AccessForm(forms.Form):
    """Who may see a project."""

    restricted = forms.TypedChoiceField(
        label=_("Who may see this project"),
        choices=[
            ("no", _("Everybody in the brand")),
            ("yes", _("Only the members named here, and the brand's owners")),
        ],
        coerce=lambda chosen: chosen == "yes",
        widget=forms.RadioSelect,
    )
    members = forms.ModelMultipleChoiceField(
        label=_("Members"),
        queryset=Membership.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        kwargs["initial"] = {"restricted": "yes" if project.restricted else "no", "members": list(members_of(project))}
        super().__init__(*args, **kwargs)
        choices = self.fields["members"]
        assert isinstance(choices, forms.ModelMultipleChoiceField)
        # Owners see every project: a box beside their name would mean nothing.
        choices.queryset = members().exclude(role=Role.OWNER)
