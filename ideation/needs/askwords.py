"""What a question was understood to ask for, in words: whose sentences, which of them, from when."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from ideation.base.templatetags.ui import product_name
from ideation.needs.services.ask import Answer
from mlcore.questions import Question


def conditions_in_words(answer: Answer) -> list[str]:
    """One short phrase a condition, those on customers first."""
    question = answer.question
    found = [product_name(product) for product in answer.products]
    if question.returned:
        found.append(_("customers who speak of returning it"))
    if stars := _stars(question):
        found.append(stars)
    if question.since and question.until:
        since, until = date_format(question.since), date_format(question.until)
        found.append(_("%(since)s to %(until)s") % {"since": since, "until": until})
    words = {
        "complaint": pgettext("sentences", "complaints"),
        "praise": pgettext("sentences", "praise"),
        "wish": pgettext("sentences", "wishes"),
        "comparison": pgettext("sentences", "comparisons"),
    }
    return [*found, *(words[intent] for intent in question.intents)]


def _stars(question: Question) -> str:
    least, most = question.least_stars, question.most_stars
    if least is not None and least == most:
        return ngettext("%(n)s star", "%(n)s stars", int(least)) % {"n": int(least)}
    if least is not None:
        return _("%(n)s stars or more") % {"n": int(least)}
    return _("%(n)s stars or fewer") % {"n": int(most)} if most is not None else ""
