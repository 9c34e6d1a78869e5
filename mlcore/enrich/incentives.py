"""Reviews that say they were written for something: a free product, a discount, money back for praise.

The words stand in many reviews that say nothing of the kind ('free of smell', 'free shipping', a replacement for free,
返现 as a mere price promotion), so that each pattern holds both the thing and what it was for; and what is denied, or
said of other reviewers, isn't counted.
"""

import re
from typing import Final

_WORDS: Final = (
    "(?:exchange|return|trade) for", "for free", "free of charge", "no cost", "no charge", "complimentary",
    "amazon vine",
    "vine (?:voice|program|review|customer|member|item|product|club)", "(?:discount|promo|promotional|coupon) code",
    "(?:free|discount|gift ?card|refund|rebate|cash ?back|[$£€][0-9]).*(?:review|test|opinion|feedback|evalu|thought)",
    "by (?:the |this )?(?:seller|company|manufacturer|brand|maker|vendor|author|publisher|producer)",
    "samples? (?:was|were|provided|sent|given|supplied|received|to review|for|from)", "free sample", "unbiased",
    "influenster|bzzagent|voxbox|smiley360|pinchme|tomoson|home tester|product tester", "#ad", "#gifted", "#sponsored",
    "part of a (?:promotion|sampling|product testing|testing)",
)  # fmt: skip
_CHINESE_WORDS: Final = (
    "返[现钱利红京券卡还]", "红包",
    "(?:好评|五星|5星|评价|评论|点评|晒图|晒单|晒照|带图|买家秀|追评|写评).{0,5}(?:有礼|有奖|送礼|返)",
    "京豆", "淘金币", "积分", "试用", "试吃", "体验官", "免费体验", "众测", "(?:体验|测评)(?:资格|名额|报告)", "小样",
    "样品",
    "(?:商家|卖家|店家|掌柜|店主|老板|客服|厂家|品牌方|旗舰店).{0,4}[送赠寄提]",
)  # fmt: skip
ENGLISH: Final = "(?i)" + "|".join(_WORDS)
CHINESE: Final = "|".join(_CHINESE_WORDS)
"""What a text must have to be looked at. For polars."""

_REVIEW = r"(?:review(?:s|ing)?|opinions?|feedback|evaluations?|thoughts|testimonials?|test(?:ing)?)\b"
_GIVER = r"(?:seller|company|manufacturer|brand|maker|vendor|author|publisher|producer)\b"
_FREELY = (
    r"(?:for free(?!\s+(?:with|when|on|at|in|through|because|from (?:my|a)|as part of my|shipping|delivery))"
    r"|free of charge|at no (?:cost|charge)|complimentary)"
)
_GIVEN = r"(?:received|given|sent|gifted|supplied with|provided(?: with)?)"
_CHEAP = "(?:free|complimentary|discounted)"
_STARS = r"(?:good |positive |great |5[- ]?star |five[- ]star )?reviews?"
_OFFERED = "(?:offer(?:ed|ing|s)?|promis(?:ed|es|ing)|gave|gives?|giving|sent|got)"
_REWARD = r"(?:gift ?cards?|refund|rebate|cash ?back|free \w+|discount|[$£€]\d+)"
_LEAVING = "(?:leaving |writing |posting |giving )?(?:them )?(?:a |my |an )?"
_WITHIN = r"[^.!?\n]"
_SAID: Final = (
    rf"\bin (?:exchange|return|trade) for (?:[a-z'’,&-]+ ){{0,5}}{_REVIEW}",
    rf"\b(?:i|we)\b(?:'ve| have| was| were)?(?: also| just| recently)? {_GIVEN}\b{_WITHIN}{{0,60}}?\b{_FREELY}",
    rf"^(?:received|got) (?:this|it|these|the|my|a|one)\b{_WITHIN}{{0,40}}?\b{_FREELY}",
    rf"\b{_GIVEN}\b{_WITHIN}{{0,40}}?\b{_CHEAP}\b{_WITHIN}{{0,40}}?\b(?:to|for|in)\b{_WITHIN}{{0,20}}?\b{_REVIEW}",
    r"\b(?:amazon vine|vine (?:voice|program(?:me)?|review(?:er)?s?|customer|member|item|product|club))\b",
    rf"\b{_GIVEN} {_WITHIN}{{0,36}}?by (?:the |this )?{_GIVER}{_WITHIN}{{0,50}}?\b(?:free|{_REVIEW})",
    r"\b(?:review|free|complimentary|product) samples? (?:was |were )?(?:provided|sent|given|supplied|received)\b",
    rf"\b(?:review|free|complimentary|product) samples? (?:to review|for (?:review|testing)|from the {_GIVER})",
    r"\breceived (?:a|some|this|my|the) (?:free|complimentary) samples?\b",
    rf"\b(?:discount|promo(?:tional)?|coupon) code\b{_WITHIN}{{0,30}}?\b(?:to|for)\b{_WITHIN}{{0,15}}?{_REVIEW}",
    rf"\bdiscount(?:ed)?\b{_WITHIN}{{0,20}}? (?:for|to) (?:my |an |a |this )?(?:honest |unbiased |fair )?{_REVIEW}",
    rf"\b(?:they )?{_OFFERED}\b{_WITHIN}{{0,30}}?\b{_REWARD}{_WITHIN}{{0,30}}?\bfor {_LEAVING}{_STARS}\b",
    r"\b(?:influenster|bzzagent|voxbox|smiley360|pinchme|tomoson|home tester club|product tester)\b",
    r"\bcollected as part of a promotion\b",
    r"\bas part of a (?:sampling|product testing|testing) (?:program|campaign)",
    r"\b(?:honest (?:and|&) unbiased|unbiased (?:and|&) honest) (?:review|opinion)",
    r"(?<!\w)#(?:ad|gifted|sponsored)\b",
)  # fmt: skip
_ENGLISH = re.compile("|".join(_SAID), re.IGNORECASE | re.MULTILINE)
_DENIED = re.compile(
    r"\b(?:not?|never|nor|neither|nobody|without|wish|unless|unlike|if|they|people|reviewers?|others|those|\w+n['’]t)\b"
    r"[^.!?\n]{0,30}$",
    re.IGNORECASE,
)
_NO_REWARD = re.compile(
    r"^(?!.*(?:review|opinion|feedback|in exchange|test|promotion|#)).*"
    r"(?:replac|another|new one|refund|spare|extra|\bparts\b|ship|deliver|return|upgrade|trial|"
    r"month|year|subscri|gift|bonus|remark|comment|breakfast|drink|room|wi-?fi|stand)",
    re.IGNORECASE | re.DOTALL,
)

_PRAISE = "(?:好评|五星|5星|评价|评论|点评|晒图|晒单|晒照|带图|买家秀|追评|写评)"
_MONEY = "(?:返现|返钱|返利|返红包|返京豆|返券|返卡|返还?[¥￥]?[0-9一二三四五六七八九十两几]+元?|红包)"
_SHOP = "(?:商家|卖家|店家|掌柜|店主|老板|客服|厂家|品牌方|旗舰店)"
_GIFT = "(?:礼品|礼物|赠品|小样|样品|红包|试用装|小礼)"
_INSIDE = "[^，。！？!?；;\n]"
_SAID_IN_CHINESE: Final = (
    rf"{_PRAISE}[^。！？!?；;\n]{{0,5}}?{_MONEY}", rf"{_PRAISE}后?(?:有礼|有奖|送礼)", "返现(?:卡|红包)",
    rf"(?:为了|冲着|看在|奔着|就图|拿不?到){_INSIDE}{{0,5}}?(?:返现|返利|红包|京豆|淘金币|积分)",
    rf"返现{_INSIDE}{{0,3}}(?:才|来)(?:好评|评价|点评)",
    "免费体验(?:官|装|资格|到)",
    "(?:试用|体验|测评|试吃)(?:官|资格|名额|报告)",
    r"(?<![0-9天日月年])免费试[用吃](?!期|版|\s*[0-9一二三四五六七八九十两半])", "众测|新品试用|试用活动|试用中心",
    rf"(?:免费|申请|领取?|派发){_INSIDE}{{0,4}}(?:试用装|小样|样品)",
    rf"{_SHOP}(?:免费|还|又|也|额外|另外|特意|都|有)?(?:送|赠)(?!货|到|达|来|过来|上){_INSIDE}{{0,10}}?{_GIFT}",
    rf"{_SHOP}(?:免费)?(?:提供|寄来?|寄送)的?(?:样品|试用|测评|产品试用|免费)",
)  # fmt: skip
_CHINESE = re.compile("|".join(_SAID_IN_CHINESE))
_DENIED_IN_CHINESE = re.compile(
    rf"(?:没有?|不是|不给|并非|未|别|建议|希望|要是|如果|是不是){_INSIDE}{{0,8}}$"
    rf"|(?:估计|肯定|怀疑|难怪|看来|他们|那些|别人|大家|都是){_INSIDE}{{0,24}}$"
)
_REFUSED = re.compile(f"{_INSIDE}{{0,4}}(?:没有|没给|不给|没收|没返|未)")
"""After the words: what was never given has bought nothing."""


def incentive(text: str) -> str | None:
    """The words in which a text says that its author was given something for it; None where it doesn't."""
    for match in _ENGLISH.finditer(text):
        if not (_NO_REWARD.search(match.group()) or _DENIED.search(text, max(0, match.start() - 40), match.start())):
            return match.group()
    return None


def incentive_in_chinese(text: str) -> str | None:
    """The same for Chinese."""
    for match in _CHINESE.finditer(text):
        before = _DENIED_IN_CHINESE.search(text, max(0, match.start() - 40), match.start())
        if not before and not _REFUSED.match(text, match.end()):
            return match.group()
    return None
