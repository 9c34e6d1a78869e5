"""Reviews that say they were written for something: a free product, a discount, money back for praise.

The words stand in many reviews that say nothing of the kind ('free of smell', 'free shipping', 返现 as a mere price
promotion), so that each pattern holds both the thing and what it was for; and what is denied, or said of other
reviewers, isn't counted.
"""

import re
from typing import Final

ENGLISH: Final = (
    "(?i)(?:exchange|return|trade) for|for free|free of charge|no cost|no charge|complimentary|amazon vine"
    "|vine (?:voice|program|review|customer|member|item|product|club)|(?:discount|promo|promotional|coupon) code"
    "|(?:free|discount|gift ?card|refund|rebate|cash ?back|[$£€][0-9]).*(?:review|test|opinion|feedback"
    "|evaluat|thoughts)"
    "|by (?:the |this )?(?:seller|company|manufacturer|brand|maker|vendor|author|publisher|producer)"
    "|samples? (?:was|were|provided|sent|given|supplied|received|to review|for|from)|free sample|unbiased"
    "|influenster|bzzagent|voxbox|smiley360|pinchme|tomoson|home tester|product tester|#ad|#gifted|#sponsored"
    "|part of a (?:promotion|sampling|product testing|testing)"
)
CHINESE: Final = (
    "返[现钱利红京券卡还]|红包|(?:好评|五星|5星|评价|评论|点评|晒图|晒单|晒照|带图|买家秀|追评"
    "|写评)(?:后?有礼|后?有奖|后?送礼|.{0,5}返)"
    "|京豆|淘金币|积分|试用|试吃|体验官|免费体验|众测|(?:体验|测评)(?:资格|名额|报告)|小样|样品"
    "|(?:商家|卖家|店家|掌柜|店主|老板|客服|厂家|品牌方|旗舰店).{0,4}[送赠寄提]"
)
"""What a text must have to be looked at. For polars."""

_REVIEW = r"(?:reviews?|opinions?|feedback|evaluations?|thoughts|testimonials?)"
_GIVER = r"(?:seller|company|manufacturer|brand|maker|vendor|author|publisher|producer)"
_FREELY = (
    r"(?:for free(?!\s+(?:with|when|on|at|in|through|because|from (?:my|a)|as part of my|shipping|delivery))"
    r"|free of charge"
    r"|at no (?:cost|charge)|complimentary)"
)
_ENGLISH: Final = re.compile(
    rf"\bin (?:exchange|return|trade) for (?:[a-z'’,&-]+ ){{0,5}}{_REVIEW}\b"
    rf"|\b(?:i|we)\b(?:'ve| have| was| were)?(?: also| just| recently)? (?:received|given|sent|gifted"
    rf"|supplied with|provided(?: with)?)\b"
    rf"[^.!?\n]{{0,60}}?\b{_FREELY}"
    rf"|^(?:received|got) (?:this|it|these|the|my|a|one)\b[^.!?\n]{{0,40}}?\b{_FREELY}"
    rf"|\b(?:received|given|sent|provided)\b[^.!?\n]{{0,40}}?\b(?:free|complimentary|discounted)\b[^.!?\n]{{0,40}}?\b"
    rf"(?:to|for|in)\b[^.!?\n]{{0,20}}?\b(?:review(?:ing)?|test(?:ing)?|{_REVIEW})\b"
    r"|\b(?:amazon vine|vine (?:voice|program(?:me)?|review(?:er)?s?|customer|member|item|product|club))\b"
    rf"|\b(?:provided|sent|supplied|given|gifted) (?:to )?(?:me |us )?[^.!?\n]{{0,30}}?by (?:the |this )?{_GIVER}\b"
    rf"[^.!?\n]{{0,50}}?\b(?:{_REVIEW}|free|test(?:ing)?)\b"
    rf"|\b(?:review|free|complimentary|product) samples? (?:was |were )?(?:provided|sent|given|supplied"
    rf"|received|to review|"
    rf"for (?:review|testing)|from the {_GIVER})"
    r"|\breceived (?:a|some|this|my|the) (?:free |complimentary )samples?\b"
    rf"|\b(?:discount|promo(?:tional)?|coupon) code\b[^.!?\n]{{0,30}}?\b(?:to|for)\b[^.!?\n]{{0,15}}?{_REVIEW}\b"
    rf"|\bdiscount(?:ed)?\b[^.!?\n]{{0,20}}? (?:for|to) (?:my |an |a |this )?(?:honest |unbiased "
    rf"|fair )?(?:{_REVIEW}|review)\b"
    r"|\b(?:offer(?:ed|ing|s)?|promis(?:ed|es|ing)|gave|gives?|giving|sent|got)\b[^.!?\n]{0,30}?"
    r"\b(?:gift ?cards?|refund|rebate|cash ?back|free \w+|discount|[$£€]\d+)\b[^.!?\n]{0,30}?"
    r"\bfor (?:leaving |writing |posting |giving )?(?:them )?(?:a |my |an )?(?:good |positive |great "
    r"|5[- ]?star |five[- ]star )"
    r"?reviews?\b"
    r"|\b(?:influenster|bzzagent|voxbox|smiley360|pinchme|tomoson|home tester club|product tester)\b"
    r"|\bcollected as part of a promotion\b|\bas part of a (?:sampling|product testing|testing) (?:program|campaign)"
    rf"|\b(?:honest (?:and|&) unbiased|unbiased (?:and|&) honest) {_REVIEW}\b|(?<!\w)#(?:ad|gifted|sponsored)\b",
    re.IGNORECASE | re.MULTILINE,
)
_DENIED = re.compile(
    r"\b(?:not?|never|nor|neither|nobody|without|wish|unless|unlike|if|they|people|reviewers?|others|those"
    r"|\w+n['’]t)\b"
    r"[^.!?\n]{0,30}$",
    re.IGNORECASE,
)

_PRAISE = "(?:好评|五星|5星|评价|评论|点评|晒图|晒单|晒照|带图|买家秀|追评|写评)"
_REWARD = "(?:返现|返钱|返利|返红包|返京豆|返券|返卡|返还?[¥￥]?[0-9一二三四五六七八九十两几]+[元块]?|现金红包|送红包|领红包|给红包|红包)"
_SHOP = "(?:商家|卖家|店家|掌柜|店主|老板|客服|厂家|品牌方|旗舰店)"
_CHINESE: Final = re.compile(
    rf"{_PRAISE}[^。！？!?；;\n]{{0,5}}?{_REWARD}|{_PRAISE}后?(?:有礼|有奖|送礼)"
    rf"|(?:为了|冲着|看在|奔着|就图|拿不?到)[^，。！？!?\n]{{0,5}}?(?:返现|返利|红包|京豆|淘金币|积分)"
    rf"|返现(?:卡|红包)|返现[^，。！？!?\n]{{0,3}}(?:才|来)(?:好评|评价|点评)"
    r"|免费试(?:用|吃)(?!期|版|\s*[0-9一二三四五六七八九十两半])|免费体验(?:官|装|资格|到)|(?:试用|体验|测评"
    r"|试吃)(?:官|资格|名额|报告)"
    r"|众测|新品试用|试用活动|试用中心|(?:免费|申请|领取?|派发)[^，。！？!?\n]{0,4}(?:试用装|小样|样品)"
    rf"|{_SHOP}(?:免费|还|又|也|额外|另外|特意|都|有)?(?:送|赠)(?!货|到|达|来|过来|上)"
    rf"(?:送|了|的|我|给)*[^，。！？!?\n]{{0,8}}?(?:礼品|礼物|赠品|小样|样品|红包|试用装|小礼)"
    rf"|{_SHOP}(?:免费)?(?:提供|寄来?|寄送)的?(?:样品|试用|测评|产品试用|免费)"
)
_DENIED_IN_CHINESE = re.compile(
    "(?:没有?|不是|不给|并非|未|别|建议|希望|要是|如果|是不是)[^，。！？!?；;\n]{0,8}$"
    "|(?:估计|肯定|怀疑|难怪|看来|他们|那些|别人|大家|都是)[^，。！？!?；;\n]{0,24}$"
)
_REFUSED = re.compile("[^，。！？!?；;\n]{0,4}(?:都|也|还|却)?(?:没有|没给|不给|没收|未)")
"""After the words: what was promised and never given bought nothing."""


def incentive(text: str) -> str | None:
    """The words in which a text says that its author was given something for it; None where it doesn't."""
    return _said(text, _ENGLISH, _DENIED)


def incentive_in_chinese(text: str) -> str | None:
    """The same for Chinese."""
    return _said(text, _CHINESE, _DENIED_IN_CHINESE)


def _said(text: str, pattern: re.Pattern[str], denied: re.Pattern[str]) -> str | None:
    for match in pattern.finditer(text):
        if not denied.search(text, max(0, match.start() - 40), match.start()):
            return match.group()
    return None
