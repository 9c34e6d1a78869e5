"""Statements from a scripted model: kept when they stand on the sentences, refused when they do not."""

import pytest

from mlcore.needs import Theme
from mlcore.specs.analyse import MOST_TOKENS
from mlcore.statements import MAX_TOKENS, TRIES, ClusterText, statement_writer, write_statements

LEAK = ("The lid drips all over my bag.", "It leaks as soon as it lies on its side.", "Puddle in my bag again.")
LIGHT = ("So light that I forget it.", "Love how light this bag is.", "Weighs nothing at all.")


class Scripted:
    """Gives the answers in turn, the last one for ever."""

    name = "scripted"
    tokens = 0

    def __init__(self, *answers: str, languages: tuple[str, ...] = ("en",)) -> None:
        self.languages = languages
        self.prompts: list[str] = []
        self.calls = 0
        self._answers = list(answers)

    def complete(
        self, prompts: list[str], *, max_tokens: int, stop: list[str], temperature: float, top_p: float, seed: int
    ) -> list[str]:
        self.calls += 1
        self.prompts += prompts
        return [self._answers.pop(0) if len(self._answers) > 1 else self._answers[0] for _ in prompts]


def one(answer: str, sentences: tuple[str, ...], net: float | None = None, language: str = "en") -> str | None:
    cluster = ClusterText(label="bag", sentences=sentences, language=language, net_sentiment=net)
    return write_statements([cluster], Scripted(answer, languages=("en", "zh")))[0]


def test_no_analysis_can_cost_more_than_what_is_set_aside_for_it() -> None:
    # An analysis keeps 40 needs at most.
    assert 40 * TRIES * MAX_TOKENS <= MOST_TOKENS


def test_keeps_a_wish_that_stands_on_the_sentences() -> None:
    assert one(" I want the lid not to leak into my bag.\nFeature: more", LEAK, -0.8) == (
        "I want the lid not to leak into my bag"
    )


@pytest.mark.parametrize(
    "answer",
    [
        "I want a good product",  # says nothing
        "I want the music to play in every room",  # about something else
        "The lid drips all over my bag",  # no wish
        "I want the lid to shut and the bag to stay dry and the cup to be warm and cheap",  # too long
        "I want the the lid",  # loops
        "",
    ],
)
def test_refuses_what_does_not(answer: str) -> None:
    assert one(answer, LEAK, -0.8) is None


def test_refuses_a_wish_against_what_is_praised() -> None:
    assert one("I want the bag not to be light", LIGHT, 0.8) is None
    assert one("I want a bag so light that I forget it", LIGHT, 0.8) is not None


def test_all_clusters_go_in_one_batch_and_keep_their_order() -> None:
    backend = Scripted("I want the lid not to leak", "I want a light bag", "nonsense")
    clusters = [ClusterText(label="lid", sentences=LEAK, net_sentiment=-0.8), ClusterText(label="x", sentences=())]
    assert write_statements(clusters, backend) == ["I want the lid not to leak", None]
    assert backend.calls == 1


def test_a_language_that_the_model_lacks_is_left_to_the_caller() -> None:
    backend = Scripted("我希望杯盖不漏水")
    cluster = ClusterText(label="杯盖", sentences=("杯盖漏水", "包里全湿了"), language="zh")
    assert write_statements([cluster], backend) == [None]
    assert backend.calls == 0


def test_chinese_from_a_model_that_writes_it() -> None:
    answer = one("需求：我希望杯盖放在包里不漏水。", ("放在包里杯盖漏水", "杯盖拧紧了还是渗水"), -0.8, "zh")
    assert answer == "我希望杯盖放在包里不漏水"


def test_serves_the_analysis_of_needs() -> None:
    write = statement_writer(Scripted("I want the lid not to leak"))
    theme = Theme(label="lid leak", language="en", net_sentiment=-0.7, quotes=LEAK, statement="I want a lid")
    assert list(write([theme, theme])) == ["I want the lid not to leak"] * 2
    assert list(write([])) == []
