"""Filters of the list of needs, and what people say about needs and themes."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from ideation.base.templatetags.ui import language_word
from ideation.catalog.models import Project
from ideation.needs.models import About, Evidence, Kano, Need, NeedStatus, Sentence, Theme
from ideation.needs.needlist import NONE, SORTS, people, themes_of
from ideation.needs.services.surveys import SCALES
from ideation.needs.words import theme_name

ANY = ("", pgettext_lazy("filter", "any"))
MOST_AT_ONCE = 200
"""Needs or sentences of one step."""


class FilterForm(forms.Form):
    """Order and filters; all in the address, all optional. What can't be read filters nothing."""

    q = forms.CharField(required=False, max_length=200)
    sort = forms.ChoiceField(required=False, choices=[(name, name) for name in SORTS])
    view = forms.ChoiceField(required=False, choices=[("tree", "tree"), ("flat", "flat")])
    language = forms.ChoiceField(required=False, label=_("Language"))
    theme = forms.ChoiceField(required=False, label=_("Theme"))
    status = forms.ChoiceField(required=False, label=_("Status"), choices=[ANY, *NeedStatus.choices])
    owner = forms.ChoiceField(required=False, label=_("Owner"))
    kano = forms.ChoiceField(required=False, label=_("Kano class"), choices=[ANY, *Kano.choices])
    about = forms.ChoiceField(required=False, label=_("About"), choices=[ANY, *About.choices])
    pinned = forms.ChoiceField(required=False, label=_("Pinned"), choices=[ANY, ("yes", _("pinned"))])
    dismissed = forms.ChoiceField(required=False, choices=[("yes", "yes")])

    selects = ("language", "theme", "status", "owner", "kano", "about", "pinned")

    def __init__(
        self, data: Any, *, languages: Sequence[str], themes: Sequence[Theme] = (), people: Sequence[User] = ()
    ) -> None:
        super().__init__(data)
        self._choose("language", [ANY, *((code, language_word(code)) for code in languages)])
        none = (NONE, pgettext_lazy("filter", "none"))
        self._choose("theme", [ANY, *((str(theme.pk), indented(theme)) for theme in themes), none])
        self._choose("owner", [ANY, *((str(one.pk), str(one)) for one in people), none])

    def _choose(self, name: str, choices: Sequence[tuple[Any, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    @property
    def wanted(self) -> dict[str, str]:
        """The filters that are set and make sense."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def narrows(self) -> bool:
        """Whether anything is left out."""
        return bool(set(self.wanted) - {"sort", "view", "dismissed"})


def indented(theme: Theme) -> str:
    """A theme's name as far to the right as it stands in the tree."""
    return "\u2003" * getattr(theme, "depth", 0) + theme_name(theme)


class ThemeChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """One of a project's themes, or none."""

    def __init__(self, project: Project, **kwargs: Any) -> None:
        super().__init__(Theme.objects.filter(project=project), required=False, **kwargs)
        self.choices = [("", pgettext_lazy("theme", "none")), *((one.pk, indented(one)) for one in themes_of(project))]


class SeveralForm(forms.Form):
    """What is done to several needs at once."""

    do = forms.ChoiceField(choices=[(name, name) for name in ("merge", "dismiss", "restore", "theme")])
    needs = forms.ModelMultipleChoiceField(
        Need.objects.none(), error_messages={"required": _("Choose at least one need first.")}
    )

    def __init__(self, data: Any, *, project: Project, needs: Any) -> None:
        super().__init__(data)
        self.fields["needs"].queryset = needs  # type: ignore[attr-defined]
        self.fields["theme"] = ThemeChoice(project)


class WordsForm(forms.Form):
    """A need in words."""

    statement = forms.CharField(
        label=_("Statement"),
        max_length=300,
        help_text=_("As the customer's wish: “I want limescale to come off without scrubbing.”"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    label = forms.CharField(label=_("Short name"), max_length=120, help_text=_("A few words, for charts and lists."))


class FlagForm(forms.Form):
    """What becomes of a need in the list."""

    do = forms.ChoiceField(choices=[(name, name) for name in ("pin", "unpin", "dismiss", "restore")])


class CareForm(forms.Form):
    """Who takes care of a need, where the team stands with it and until when."""

    owner = forms.ModelChoiceField(User.objects.none(), label=_("Owner"), required=False, empty_label=_("nobody"))
    status = forms.ChoiceField(label=_("Status"), choices=NeedStatus.choices)
    due_on = forms.DateField(
        label=_("Due"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = people()  # type: ignore[attr-defined]


class ThemeForm(forms.Form):
    """A heading over needs."""

    name = forms.CharField(label=_("Name"), max_length=120)
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=120, required=False)

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"] = ThemeChoice(project, label=_("Under"))


class NeedThemeForm(forms.Form):
    """Under which theme a need stands."""

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["theme"] = ThemeChoice(project, label=_("Theme"))


class EvidenceForm(forms.Form):
    """What chosen evidence shows: another need, none, or a new one."""

    do = forms.ChoiceField(choices=[(name, name) for name in ("move", "none", "split")])
    evidence = forms.ModelMultipleChoiceField(
        Evidence.objects.none(), error_messages={"required": _("Choose at least one sentence first.")}
    )
    to = forms.ModelChoiceField(Need.objects.none(), required=False)
    statement = forms.CharField(required=False, max_length=300)
    label = forms.CharField(required=False, max_length=120)

    def __init__(self, data: Any, *, need: Need, others: Any) -> None:
        super().__init__(data)
        self.fields["evidence"].queryset = Evidence.objects.filter(need=need)  # type: ignore[attr-defined]
        self.fields["to"].queryset = others  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A need to move to, or words for a new one."""
        found = super().clean() or {}
        if found.get("do") == "move" and not found.get("to") and "to" not in self.errors:
            self.add_error("to", _("Choose the need that these sentences show."))
        if found.get("do") == "split" and not (found.get("statement", "").strip() and found.get("label", "").strip()):
            self.add_error("statement", _("Say the new need in a statement and a short name."))
        return found


class AssignForm(forms.Form):
    """Which need sentences show that belong to none: one that is there, or a new one."""

    sentences = forms.ModelMultipleChoiceField(
        Sentence.objects.none(), error_messages={"required": _("Choose at least one sentence first.")}
    )
    to = forms.ModelChoiceField(Need.objects.none(), required=False)
    statement = forms.CharField(required=False, max_length=300)
    label = forms.CharField(required=False, max_length=120)

    def __init__(self, data: Any, *, project: Project, needs: Any) -> None:
        super().__init__(data)
        self.fields["sentences"].queryset = Sentence.objects.filter(project=project)  # type: ignore[attr-defined]
        self.fields["to"].queryset = needs  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A need, or words for a new one."""
        found = super().clean() or {}
        words = found.get("statement", "").strip() and found.get("label", "").strip()
        if not found.get("to") and not words and "to" not in self.errors:
            self.add_error("to", _("Choose a need, or say a new one in a statement and a short name."))
        return found


class AddForm(WordsForm):
    """A need that a person knows of."""

    about = forms.ChoiceField(
        label=_("Who can answer it?"), choices=About.choices, initial=About.PRODUCT, widget=forms.RadioSelect
    )
    sentences = forms.ModelMultipleChoiceField(
        Sentence.objects.none(), required=False, label=_("Sentences that show it"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sentences"].queryset = Sentence.objects.filter(project=project)  # type: ignore[attr-defined]


class GroupForm(forms.Form):
    """How sentences are grouped when the needs are found again."""

    how = forms.ChoiceField(choices=[("on", "on"), ("afresh", "afresh")], required=False)
    unassigned = forms.IntegerField(
        label=_("Sentences that may belong to no need, in %"), min_value=0, max_value=100, required=False
    )

    @property
    def values(self) -> dict[str, Any]:
        """What analysis_start takes; which reviews it leaves out comes beside it."""
        share = self.cleaned_data["unassigned"]
        return {
            "afresh": self.cleaned_data["how"] == "afresh",
            "unassigned": None if share is None else share / 100,
        }


class TableFileForm(forms.Form):
    """A file with a table."""

    file = forms.FileField(
        label=_("File"), allow_empty_file=True, error_messages={"required": _("Choose a file first.")}
    )


class SurveyForm(TableFileForm):
    """A file with a survey's figures."""

    source = forms.CharField(
        label=_("What is the survey called?"), max_length=120, help_text=_("It stands beside its figures.")
    )
    scale = forms.ChoiceField(
        label=_("Scale"),
        choices=[(name, name.replace("-", "–")) for name in SCALES],
        help_text=_("Of both questions, the better end last. A column “scale” in the file goes before it."),
    )


class SampleForm(forms.Form):
    """A draw of sentences to be coded."""

    count = forms.IntegerField(label=_("Sentences"), initial=50, min_value=1)
    seed = forms.IntegerField(
        label=_("Seed"),
        required=False,
        min_value=0,
        max_value=2**31 - 1,
        help_text=_("The same seed draws the same sentences; empty: by chance."),
    )


class AnswerForm(forms.Form):
    """Which need a sentence of a sample shows; none: it shows none."""

    sentence = forms.ModelChoiceField(Sentence.objects.none())
    need = forms.ModelChoiceField(Need.objects.none(), required=False)

    def __init__(self, data: Any, *, sentences: Sequence[Any], needs: Any) -> None:
        super().__init__(data)
        self.fields["sentence"].queryset = Sentence.objects.filter(pk__in=sentences)  # type: ignore[attr-defined]
        self.fields["need"].queryset = needs  # type: ignore[attr-defined]
