"""Samples that two analysts code without seeing each other's answers: drawn, coded by key, compared, settled."""

import string
import uuid
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.decorators import requires
from accounts.middleware import BrandRequest
from ideation.base.errors import UserError
from ideation.catalog.querysets import project as find_project
from ideation.needs.changes import analysis_now
from ideation.needs.forms import AnswerForm, SampleForm
from ideation.needs.models import CodingAnswer, CodingSample, Need
from ideation.needs.querysets import coding_sample, needs_of
from ideation.needs.services.samples import (
    CODERS,
    answer_give,
    coders_done,
    sample_compare,
    sample_draw,
    sample_settle,
    sentences_of_sample,
)
from ideation.needs.views.steps import refused

KEYS = "123456789" + string.ascii_lowercase.replace("z", "")
"""Keys of needs, in their order; 0 means none and z goes back."""


@requires("run_analysis")
def samples(request: BrandRequest, project_id: uuid.UUID) -> HttpResponseBase:
    """The project's samples, and a new draw."""
    project = find_project(project_id)
    analysis_now(project)
    form = SampleForm(request.POST or None)
    if form.is_valid():
        try:
            made = sample_draw(project=project, by=request.user, **form.cleaned_data)
        except UserError as error:
            form.add_error("count", str(error))
        else:
            return redirect("sample_code", request.brand.slug, made.pk)
    drawn = [(one, len(coders_done(one))) for one in CodingSample.objects.filter(project=project)[:50]]
    context = {"section": "needs", "project": project, "form": form, "samples": drawn}
    return render(request, "needs/samples.html", context, status=400 if form.errors else 200)


def _choices(sample: CodingSample) -> QuerySet[Need]:
    return needs_of(sample.analysis).select_related("standing").order_by("label", "id")


@requires("run_analysis")
def sample_code(request: BrandRequest, sample_id: uuid.UUID) -> HttpResponseBase:
    """One sentence after the other: a key says which need it shows. ?at= goes back to one."""
    sample = coding_sample(sample_id)
    needs = _choices(sample)
    sentences = sentences_of_sample(sample)
    if request.method == "POST":
        form = AnswerForm(request.POST, sentences=sample.sentences, needs=needs)
        if not form.is_valid():
            return refused(request, form)
        need = form.cleaned_data["need"]
        standing = need.standing if need else None
        answer_give(sample=sample, sentence=form.cleaned_data["sentence"], standing=standing, by=request.user)
        return redirect("sample_code", request.brand.slug, sample.pk)
    said = set(CodingAnswer.objects.filter(sample=sample, coder=request.user).values_list("sentence", flat=True))
    left = [place for place, sentence in enumerate(sentences) if sentence.pk not in said]
    asked = request.GET.get("at", "")
    at = int(asked) if asked.isdecimal() and int(asked) < len(sentences) else next(iter(left), None)
    if at is None:
        return redirect("sample", request.brand.slug, sample.pk)
    context = {"section": "needs", "project": sample.project, "sample": sample, "sentence": sentences[at], "at": at}
    keyed = list(zip(needs, [*KEYS, *[""] * len(needs)], strict=False))
    context |= {"needs": keyed, "done": len(said), "total": len(sentences), "before": at - 1 if at else None}
    return render(request, "needs/sample_code.html", context)


@requires("run_analysis")
def sample(request: BrandRequest, sample_id: uuid.UUID) -> HttpResponseBase:
    """How far the coders agree, once nobody who could still code would see it; what they disagree on, to be settled."""
    found = coding_sample(sample_id)
    done = coders_done(found)
    mine = CodingAnswer.objects.filter(sample=found, coder=request.user).exists()
    context: dict[str, Any] = {"section": "needs", "project": found.project, "sample": found, "coders": done}
    context["may_code"] = request.user not in done and (mine or len(done) < CODERS)
    if len(done) >= CODERS and not context["may_code"]:
        compared = sample_compare(found)
        settled = found.settled
        context |= {"compared": compared, "settled": settled, "needs": _choices(found)}
        context["open"] = [one for one in compared.apart if str(one[0].pk) not in settled]
    return render(request, "needs/sample.html", context)


@require_POST
@requires("run_analysis")
def sample_settle_one(request: BrandRequest, sample_id: uuid.UUID) -> HttpResponseBase:
    """Settles what a sentence shows."""
    found = coding_sample(sample_id)
    form = AnswerForm(request.POST, sentences=found.sentences, needs=_choices(found))
    if not form.is_valid():
        return refused(request, form)
    need = form.cleaned_data["need"]
    standing = need.standing if need else None
    sample_settle(sample=found, sentence=form.cleaned_data["sentence"], standing=standing, by=request.user)
    messages.success(request, _("Settled: the sentence stands there now."))
    return redirect("sample", request.brand.slug, found.pk)
