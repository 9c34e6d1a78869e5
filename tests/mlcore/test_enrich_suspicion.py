"""Flags: what raises them, and what must not."""

import json

import polars as pl
import pytest

from mlcore.enrich.suspicion import EVIDENCE, SUSPICIONS, suspicions

ENGLISH_MACHINE = """I recently had the pleasure of using this kettle. Firstly, its sleek design elevates any kitchen.
Moreover, it is not only fast but also quiet, whether you're making tea or coffee. The attention to detail is
impeccable, and the handle stays cool. Additionally, the lid opens effortlessly and cleaning takes a minute at
most. In conclusion, this product is a testament to good engineering."""
CHINESE_MACHINE = (
    "首先，这款水壶的外观设计简洁大方，与厨房的风格完美结合。其次，它的加热速度令人印象深刻，不仅省时，而且非常安静。"
    "此外，无论是泡茶还是冲咖啡都很合适，为日常生活带来了便利。壶盖的开合也十分顺手，清洁起来毫不费力，"
    "家里的老人和孩子都能轻松上手。最后，售后服务也很周到。总的来说，这款产品是值得信赖的选择。"
)
FLAGGED = {
    "incentivised": (
        "I received this product for free in exchange for my honest review. It works.",
        "Received this for free. Nice colour.",
        "I was sent this kettle at a discount in return for an unbiased opinion.",
        "Vine Customer Review of a free product: it boils.",
        "As an Amazon Vine member I have seen many of these",
        "A free sample was provided. I like the smell of it.",
        "The seller gave me a discount code for my review, so there.",
        "They offered a $20 gift card for a 5 star review",
        "This review was collected as part of a promotion.",
        "Got it from Influenster last week",
        "Lovely brush #gifted",
        "好评返现五元，所以给个好评",
        "评价就是为了京豆，东西一般",
        "参加免费试用拿到的，味道清淡",
        "晒图返红包，大家都来",
        "卖家送的小礼物很喜欢，质量也好",
        "众测拿到的，先说缺点",
    ),
    "templated": (
        "I love my new [product name], it is the best [insert adjective] ever",
        "The {product} works well and I use the {product} each day",
        "Great product, fast shipping, as described, good seller, well packed, would buy again, thank you. AAA+++",
        "我为什么每个商品的评价都一样，因为买得太多了，所以统一用这段话来评价",
        "质量很好，与卖家描述的完全一致，非常满意，真的很喜欢，发货速度非常快，包装很仔细，物流也很快，值得购买",
        "不错不错，很好用。" * 8,
        "Works well and looks nice. " * 9,
        "很好" * 30,
    ),
    "generated": (
        "As an AI language model, I have not used this kettle, but it seems fine.",
        "Certainly! Here is a five-star review for the kettle: it boils water.",
        "作为一个人工智能语言模型，我没有使用过这款水壶",
        "以下是为您写的一篇好评：水壶很好。",
        ENGLISH_MACHINE,
        CHINESE_MACHINE,
    ),
}
HONEST = (
    "Free of smell and free of BPA, with free shipping. I got free returns too.",
    "I received a replacement for free after the first one leaked.",
    "The seller sent me another lid free of charge when mine broke.",
    "A gift for my wife, who gave it a good review after the test.",
    "I did not receive this for free and nobody asked me for a review.",
    "Unlike reviewers who received it for free in exchange for a review, I paid.",
    "It came with a free bulb. I will exchange it for a bigger size in return for store credit.",
    "This vine pattern is lovely. In my honest opinion the colour is off.",
    "As an AI assistant Alexa is fine. Overall, I like it.",
    "In conclusion, this product broke after two days and I want my money back.",
    "搞活动返现100买的，很划算，退款返现也快",
    "没有好评返现，东西也就那样",
    "估计好评都是返现的吧，质量太差",
    "商家送货很快，客服送来的裤子颜色不对",
    "预装了90天免费试用的杀毒软件",
    "之前用的试用装，还不错，这个还没开始用",
    "首先房间很旧，其次隔音差，最后总的来说还可以",
    "质量很好，物流很快，客服态度也不错",
    "哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈哈，太好笑了",
    "so so so so so so so so so so so so so so so so so so so so so so so so so so so good",
    "作为一个人工智能音箱，它的反应太慢了",
    "Call [phone] or write to [email], they answer as described.",
    "",
)


def flags(text: str, title: str = "") -> dict[str, str]:
    told = suspicions(pl.Series([text]), pl.Series([title])).item()
    return json.loads(told) if told else {}


@pytest.mark.parametrize(("code", "text"), [(code, text) for code, texts in FLAGGED.items() for text in texts])
def test_what_is_not_what_it_seems_is_flagged(code: str, text: str) -> None:
    found = flags(text)
    assert list(found) == [code]
    assert 0 < len(found[code]) <= EVIDENCE


@pytest.mark.parametrize("text", HONEST)
def test_honest_reviews_are_not(text: str) -> None:
    assert flags(text) == {}


def test_the_title_counts_and_flags_come_together() -> None:
    assert list(flags("It works.", "Received for review: free sample provided")) == ["incentivised"]
    assert set(flags("Received this for free. [product name] is good.")) == {"incentivised", "templated"}


def test_each_row_has_its_own_flags() -> None:
    texts = pl.Series(["fine", "Received this for free.", None, "很好" * 30])
    told = suspicions(texts, pl.Series(["", None, "", ""])).to_list()
    assert [bool(one) for one in told] == [False, True, False, True]
    assert suspicions(pl.Series([], dtype=pl.String), pl.Series([], dtype=pl.String)).to_list() == []


def test_each_suspicion_says_what_it_is() -> None:
    assert set(SUSPICIONS) == {"incentivised", "templated", "generated", "author_burst", "day_burst"}
    assert all(sentence.endswith(".") for sentence in SUSPICIONS.values())
