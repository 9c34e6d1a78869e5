"""The API's answers about needs: to a question, over time, side by side, and as a file."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from ideation.base.errors import UserError
from ideation.base.rest import Filters, RoomView
from ideation.catalog.api import ProjectRoom
from ideation.needs.models import Analysis
from ideation.needs.querysets import current_analysis
from ideation.needs.services import compare
from ideation.needs.services.ask import LONGEST, ask
from ideation.needs.services.trends import movements
from ideation.needs.takeaway import TYPES, taken_away


class QuestionFilters(Filters):
    """The question."""

    q = serializers.CharField(
        max_length=LONGEST,
        required=False,
        help_text="In English or Chinese. Words for returning, complaints, praise, wishes, comparisons, stars, months "
        "and products' names become conditions, the rest is the topic.",
    )


class CitedSerializer(serializers.Serializer[Any]):
    """A customer's sentence."""

    sentence = serializers.UUIDField(source="sentence.pk")
    text = serializers.CharField(source="sentence.text")
    language = serializers.CharField(source="sentence.language")
    sentiment = serializers.FloatField(source="sentence.sentiment", help_text="From -1 to 1.")
    review = serializers.UUIDField(source="sentence.review_id")
    review_label = serializers.CharField(source="sentence.review.label")
    rating = serializers.FloatField(source="sentence.review.rating", allow_null=True)
    date = serializers.DateField(source="sentence.review.date", allow_null=True)
    score = serializers.FloatField(help_text="How well it fits, about 0 to 1.")


class GroupSerializer(serializers.Serializer[Any]):
    """What the answer's sentences say of one need."""

    need = serializers.UUIDField(source="need.pk", allow_null=True, default=None, help_text="Null: of no need.")
    statement = serializers.CharField(source="need.statement", allow_null=True, default=None)
    reviews = serializers.IntegerField(help_text="Distinct reviews among its sentences.")
    share = serializers.FloatField(source="share.value", help_text="Of `base`, 0 to 1.")
    share_low = serializers.FloatField(source="share.low", help_text="90 % interval (Wilson).")
    share_high = serializers.FloatField(source="share.high")
    cited = CitedSerializer(many=True)


class UnderstoodSerializer(serializers.Serializer[Any]):
    """What the question was understood to ask for."""

    topic = serializers.CharField(help_text="Empty: about anything.")
    returned = serializers.BooleanField(help_text="Only customers who speak of returning it.")
    intents = serializers.ListField(
        child=serializers.ChoiceField(choices=["complaint", "praise", "wish", "comparison"]),
        help_text="Only sentences with one of them; empty: any.",
    )
    least_stars = serializers.FloatField(allow_null=True)
    most_stars = serializers.FloatField(allow_null=True)
    since = serializers.DateField(allow_null=True)
    until = serializers.DateField(allow_null=True)


class AnswerSerializer(serializers.Serializer[Any]):
    """An answer in customers' own sentences. `answered` is false where the reviews do not say."""

    question = serializers.CharField(source="question.text")
    understood = UnderstoodSerializer(source="question")
    answered = serializers.BooleanField(source="is_answered")
    base = serializers.IntegerField(help_text="Reviews that fulfil the conditions on customers.")
    reviews = serializers.IntegerField(help_text="Of these, how many have a sentence in the answer.")
    sentences = serializers.IntegerField()
    more = serializers.BooleanField(help_text="Whether more sentences fit than are cited.")
    groups = GroupSerializer(many=True)


class AskView(ProjectRoom, RoomView):
    """A question to the reviews."""

    filters = QuestionFilters

    @extend_schema(parameters=[QuestionFilters], responses=AnswerSerializer)
    def get(self, request: Request, **kwargs: Any) -> Response:
        """What customers said to a question, sentence by sentence, by need. Nothing is written in their place.

        Without a question the answer is empty and says how many reviews can be asked.
        """
        answer = ask(self.project, self.asked().get("q", "?"))
        return Response(AnswerSerializer(answer).data)


def _analysis(view: ProjectRoom) -> Analysis:
    """The project's newest analysis. Raises UserError without one."""
    found = current_analysis(view.project)
    if found is None:
        raise UserError("no_analysis", status=409)
    return found


class EstimateSerializer(serializers.Serializer[Any]):
    """A number with its 90 % interval."""

    value = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class ShareSerializer(serializers.Serializer[Any]):
    """How many of a base of reviews."""

    count = serializers.IntegerField()
    base = serializers.IntegerField(help_text="n.")
    share = EstimateSerializer(allow_null=True, help_text="0 to 1; null without a base.")


class MonthSerializer(serializers.Serializer[Any]):
    """A need in one month."""

    first = serializers.DateField(help_text="The month's first day.")
    complete = serializers.BooleanField()
    reviews = serializers.IntegerField(help_text="n: dated reviews of the month.")
    mentions = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True, help_text="90 % interval (Wilson).")
    high = serializers.FloatField(allow_null=True)
    mood = serializers.FloatField(allow_null=True, help_text="Mean sentiment of the mentions, -1 to 1.")


class TrendSerializer(serializers.Serializer[Any]):
    """Whether a need's share of the reviews changes."""

    direction = serializers.ChoiceField(choices=["emerging", "growing", "fading", "steady", "too_little"])
    months = serializers.IntegerField(help_text="Complete months with reviews.")
    mentions = serializers.IntegerField()
    base = serializers.IntegerField(help_text="n: reviews in these months.")
    p = serializers.FloatField(allow_null=True, help_text="Of a change as clear if the months stood in any order.")
    q = serializers.FloatField(allow_null=True, help_text="p, adjusted for all needs tested; steady above 0.1.")
    shape = serializers.ChoiceField(choices=["slope", "step"], allow_null=True)
    per_year = EstimateSerializer(allow_null=True, help_text="Factor of the odds of a mention in twelve months.")
    before = ShareSerializer(allow_null=True, help_text="On either side of the month where a step fits best.")
    after = ShareSerializer(allow_null=True)
    difference = EstimateSerializer(allow_null=True)


class BandSerializer(serializers.Serializer[Any]):
    """What was to be expected of the newest complete month, and what came."""

    expected = serializers.FloatField()
    low = serializers.FloatField(help_text="99 % band.")
    high = serializers.FloatField()
    observed = serializers.FloatField()
    base = serializers.IntegerField()
    months = serializers.IntegerField(help_text="Months before, on which the expectation stands.")
    side = serializers.ChoiceField(choices=["up", "down"], allow_null=True, help_text="Null: within the band.")


class MovingSerializer(serializers.Serializer[Any]):
    """A need over time."""

    need = serializers.UUIDField(source="need.pk")
    statement = serializers.CharField(source="need.statement")
    trend = TrendSerializer()
    since = serializers.DateField(allow_null=True, help_text="Month with which the later part begins.")
    volume = BandSerializer(source="newest.volume", allow_null=True)
    mood = BandSerializer(source="newest.mood", allow_null=True)
    months = MonthSerializer(many=True)


class MovementsSerializer(serializers.Serializer[Any]):
    """All needs over time, those that change first."""

    dated = serializers.IntegerField(help_text="Reviews with a day.")
    undated = serializers.IntegerField()
    months = serializers.IntegerField(help_text="Complete months with reviews.")
    tested = serializers.IntegerField(help_text="Needs with enough for a test.")
    needs = MovingSerializer(many=True)


class TrendsView(ProjectRoom, RoomView):
    """Needs over time."""

    @extend_schema(responses=MovementsSerializer)
    def get(self, request: Request, **kwargs: Any) -> Response:
        """How each need of the newest analysis moves from month to month, with the test behind it."""
        return Response(MovementsSerializer(movements(_analysis(self))).data)


class CompareFilters(Filters):
    """What is compared with what, and within which reviews."""

    by = serializers.ChoiceField(
        choices=["own", "date", "groups"],
        required=False,
        help_text="`own` (default): own products and competitors'; `date`: from `day` on and before; `groups`: reviews "
        "with `one` in `column` and those with `other`, or all others.",
    )
    day = serializers.DateField(required=False)
    column = serializers.ChoiceField(choices=list(compare.COLUMNS), required=False)
    segment = serializers.CharField(
        max_length=100, required=False, help_text="`country`, `verified`, or a column of the files that was kept."
    )
    one = serializers.CharField(max_length=200, required=False)
    other = serializers.CharField(max_length=200, required=False)
    language = serializers.CharField(max_length=10, required=False)
    source = serializers.CharField(max_length=100, required=False)  # type: ignore[assignment]  # a filter
    product = serializers.CharField(max_length=200, required=False, help_text="By its name.")
    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False)


class DifferenceSerializer(serializers.Serializer[Any]):
    """One side minus the other."""

    estimate = EstimateSerializer()
    p = serializers.FloatField()
    q = serializers.FloatField(help_text="p, adjusted for the needs compared.")


class MeanSerializer(serializers.Serializer[Any]):
    """A mean of as many."""

    count = serializers.IntegerField()
    value = serializers.FloatField(allow_null=True)


class ContrastSerializer(serializers.Serializer[Any]):
    """A need on two sides."""

    one = ShareSerializer()
    other = ShareSerializer()
    share = DifferenceSerializer(allow_null=True)
    one_sentiment = MeanSerializer()
    other_sentiment = MeanSerializer()
    sentiment = DifferenceSerializer(allow_null=True)
    voice = ShareSerializer(help_text="The first side's part of both sides' mentions.")
    voice_expected = serializers.FloatField(allow_null=True, help_text="The first side's part of both sides' reviews.")


class ComparedNeedSerializer(serializers.Serializer[Any]):
    """A need in a comparison."""

    need = serializers.UUIDField(source="need.pk")
    statement = serializers.CharField(source="need.statement")
    clear = serializers.BooleanField(source="is_clear", help_text="q of the shares is at most 0.1.")
    contrast = ContrastSerializer()


class ComparisonSerializer(serializers.Serializer[Any]):
    """Two sides, or what is missing for one."""

    one = serializers.CharField()
    other = serializers.CharField()
    base_one = serializers.IntegerField(help_text="Reviews.")
    base_other = serializers.IntegerField()
    missing = serializers.ChoiceField(
        choices=["no_products", "no_competitors", "no_own", "no_dates", "no_date", "one_group", "empty_side", ""],
        help_text="Why there is nothing to compare; empty: there is.",
    )
    rows = ComparedNeedSerializer(many=True)


class CompareView(ProjectRoom, RoomView):
    """Needs side by side."""

    filters = CompareFilters

    @extend_schema(parameters=[CompareFilters], responses=ComparisonSerializer)
    def get(self, request: Request, **kwargs: Any) -> Response:
        """How often each need is spoken of on two sides, with bases, intervals and tests."""
        return Response(ComparisonSerializer(self._compared(self.asked())).data)

    def _compared(self, asked: dict[str, Any]) -> compare.Comparison:
        names = ("language", "source", "product", "since", "until")
        narrowed = compare.Narrowed(**{name: asked[name] for name in names if name in asked})
        ground = compare.read(_analysis(self), asked.get("segment", ""))
        by = asked.get("by", "own")
        if by == "date":
            return compare.before_and_after(ground, narrowed, asked.get("day"))
        if by == "groups":
            column = asked.get("column", "product")
            return compare.groups(ground, narrowed, column, asked.get("one", ""), asked.get("other", ""))
        return compare.own_and_others(ground, narrowed)


class ExportFilters(Filters):
    """The file's form."""

    form = serializers.ChoiceField(choices=list(TYPES), required=False, help_text="`json` without it.")


class NeedsExportView(ProjectRoom, RoomView):
    """Needs with their evidence as a file."""

    filters = ExportFilters

    @extend_schema(
        parameters=[OpenApiParameter("form", str, enum=list(TYPES), description="`json` without it.")],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, **kwargs: Any) -> HttpResponse:
        """All needs of the newest analysis with at most 30 quotes each, as JSON, CSV or a workbook, or as a report.

        Each download stands in the audit.
        """
        content, media, name = taken_away(_analysis(self), self.asked().get("form", "json"))
        return HttpResponse(
            content, content_type=media, headers={"Content-Disposition": f'attachment; filename="{name}"'}
        )
