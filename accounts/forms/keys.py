"""What people type about API keys."""

import uuid
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.permissions import SCOPES

SCOPE_WORDS = {
    "read": _("Read: projects, reviews, needs, models, concepts"),
    "write": _("Write: upload reviews, create projects and products"),
    "jobs": _("Jobs: start analyses, tuning and concepts"),
    "admin": _("Admin: all of these, and members, keys, audit, usage, erasures and exports"),
}
assert SCOPE_WORDS.keys() == SCOPES.keys()

DAYS = {
    "30": _("30 days"),
    "90": _("90 days"),
    "365": _("a year"),
    "day": _("until a day that you choose"),
    "never": _("without end"),
}


class KeyForm(forms.Form):
    """A new API key, with no more power than who makes it has."""

    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("Which system uses it, so that you know what you revoke later."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        initial=["read"],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one.")},
    )
    project_id = forms.ChoiceField(label=_("For which project"), required=False)
    lasts = forms.ChoiceField(label=_("How long it works"), choices=list(DAYS.items()), initial="90")
    last_day = forms.DateField(
        label=_("Last day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, scopes: list[str], projects: dict[uuid.UUID, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        may, where = self.fields["scopes"], self.fields["project_id"]
        assert isinstance(may, forms.MultipleChoiceField)
        assert isinstance(where, forms.ChoiceField)
        may.choices = [(scope, SCOPE_WORDS[scope]) for scope in scopes]
        where.choices = [("", _("The whole brand")), *((str(key), name) for key, name in projects.items())]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("lasts") == "day" and not typed.get("last_day"):
            self.add_error("last_day", str(_("Choose the day.")))
        return typed

    @property
    def key(self) -> dict[str, Any]:
        """What the service makes a key from."""
        typed = self.cleaned_data
        return {
            "name": typed["name"],
            "scopes": typed["scopes"],
            "project_id": uuid.UUID(typed["project_id"]) if typed["project_id"] else None,
            "expires_at": _end(typed["lasts"], typed["last_day"]),
        }


def _end(lasts: str, last_day: Any) -> datetime | None:
    if lasts == "never":
        return None
    if lasts == "day":
        # The whole of the day still counts.
        return timezone.make_aware(datetime.combine(last_day, time.max))
    return timezone.now() + timedelta(days=int(lasts))
