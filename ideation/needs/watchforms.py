"""Who is to be told of which alerts."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.projects import projects
from accounts.querysets import members
from ideation.catalog.models import Project
from ideation.needs.models import AlertKind, Need


class WatchForm(forms.Form):
    """A person, a need or all, a kind or all."""

    member = forms.ChoiceField(label=_("Who"))
    need = forms.ChoiceField(label=_("Need"), required=False)
    kind = forms.ChoiceField(label=_("What"), required=False, choices=[("", _("Anything")), *AlertKind.choices])

    def __init__(self, data: Any, *, people: list[Membership], needs: list[Need]) -> None:
        super().__init__(data)
        self.people = {str(one.user_id): one for one in people}
        self.needs = {str(one.pk): one for one in needs}
        named = [(key, one.user.name or one.user.email) for key, one in self.people.items()]
        self.fields["member"].choices = named  # type: ignore[attr-defined]
        every = [("", _("Every need")), *((key, one.statement[:80]) for key, one in self.needs.items())]
        self.fields["need"].choices = every  # type: ignore[attr-defined]

    @property
    def chosen(self) -> dict[str, Any]:
        """What the form says, as things."""
        said = self.cleaned_data
        return {
            "member": self.people[said["member"]],
            "need": self.needs.get(said["need"]),
            "kind": said["kind"],
        }


def people_for(project: Project, user_id: uuid.UUID) -> list[Membership]:
    """Members who may be told: those who can see the project, oneself first."""
    found = list(members())
    if project.restricted:
        found = [one for one in found if project.pk not in projects().hidden_from(one.user_id)]
    return sorted(found, key=lambda one: one.user_id != user_id)
