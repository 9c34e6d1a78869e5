"""The API's questions about needs: what the reviews say to one."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from ideation.base.rest import Filters, RoomView
from ideation.catalog.api import ProjectRoom
from ideation.needs.services.ask import LONGEST, ask


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
