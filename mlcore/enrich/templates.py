"""Reviews that nobody wrote for this product: forms with their blanks still in them, praise copied under everything one
buys, texts put together of nothing but stock phrases.
"""

import re
from typing import Final

import polars as pl

COPIED: Final = (
    r"(?i)[\[{<%] ?(?:insert|your|product|brand|item|company|keyword|title)|lorem ipsum|模板|复制|粘贴|走到哪"
    "|[这此][个段篇条]|统一|(?:万能|通用)(?:评|好)|(?:评价|评论|好评|评语)都"
)
"""What a text must have to be looked at. For polars."""

_FORM: Final = re.compile(
    r"\[(?:insert|your|product|brand|item|company)(?:[ _-][^\]\n]{0,30})?\]"
    r"|\{\{?\s?(?:product|brand|item|company|keyword|title)[^}\n]{0,20}\}\}?"
    r"|<(?:product|brand|item|company)[ _-]?name>|%(?:product|brand|item)(?:_?name)?%|\blorem ipsum\b",
    re.IGNORECASE,
)
_PRAISE = "(?:评价|评论|好评|评语)"
_COPIED: Final = re.compile(
    f"(?:每个|所有|每件|任何)(?:商品|宝贝|东西|订单|产品)?的?{_PRAISE}都是?(?:一样|一个样|相同|用|复制|这)"
    "|统一(?:用|使用|采用|复制)(?:这|此|一)?段(?:话|文字|评)"
    "|[用拿以](?:这|此)[个段篇条](?:话|文字|评价|评语|模板)来?(?:作为|当作?|做|评价)"
    f"|{_PRAISE}的?(?:通用)?模板|(?:模板|万能|通用){_PRAISE}|(?:复制|粘贴)(?:的|一段|过来的?)?{_PRAISE}"
    "|(?:懒得|不想)(?:写|打字|评价)[^。！？\n]{0,6}(?:复制|粘贴)|走到哪[^。！？\n]{0,4}(?:贴|粘|复制)"
)
_ENGLISH_PRAISE: Final = (
    "(?:great|good|excellent|fantastic|perfect|nice|top|super|very good|best) (?:product|item|quality|seller|service)",
    "(?:great|good|excellent|fantastic|perfect|nice|best) (?:transaction|communication|price|deal|value|packaging)",
    "(?:fast|quick|prompt|speedy) (?:shipping|delivery|dispatch|postage|shipper)", "smooth transaction",
    "(?:item |product )?(?:exactly |just )?as (?:described|advertised|pictured)", "a{2,}[+]+|a[+]{2,}",
    "(?:would|will) (?:definitely )?(?:buy|order|purchase|do business) (?:from (?:this seller|them|you) )?again",
    "(?:highly )?recommend(?:ed)?(?: this)?(?: seller| product| item| to all| to everyone)?", "(?:five|5) stars?",
    "arrived (?:on time|quickly|safely|fast|early)", "well pack(?:ag)?ed", "thank(?:s| you)(?: very much| so much)?",
    "very (?:happy|satisfied|pleased)(?: with (?:my |the )?(?:purchase|product|item))?",
)  # fmt: skip
_VERY = "(?:真的|确实|还是|都|也|很|非常|超级?|特别|十分|相当|挺|蛮|比较|太|好)*"
_CHINESE_PRAISE: Final = (
    "(?:宝贝|东西|商品|货)(?:已经?|早就)?(?:收到|到)了?", "没有?色差", "支持(?:卖家|店家|京东|一下)", "放心购买",
    "[和与跟同]?(?:卖家|商家|店家|图片|网上|页面|介绍)?的?(?:描述|介绍|图片|说)?的?(?:完全|基本)?(?:一模一样|一样|一致|相符)",
    f"(?:质量|品质|做工|手感|面料|款式|效果|颜色|味道|口感){_VERY}(?:不错|好|满意|精细|棒|赞|正|漂亮|舒服)",
    f"(?:发货|物流|快递|送货|运送|配送)的?(?:公司)?(?:速度|服务态度|服务|态度)?{_VERY}(?:快|迅速|给力|及时|好|不错)",
    f"包装得?{_VERY}(?:仔细|严实|完好|精美|好|严密|结实|不错|用心)(?:、严实)?", "值得(?:购买|推荐|拥有|信[赖任]|入手)",
    f"(?:卖家|客服|店家|商家|掌柜|店主|快递员|快递小哥)的?(?:服务)?(?:态度)?(?:服务)?{_VERY}(?:好|热情|耐心|周到|不错)",
    f"性价比{_VERY}高", f"价格{_VERY}(?:实惠|公道|合理|便宜|优惠)", "(?:绝对|是|保证)?正品",
    "完全超出期望值",
    "(?:下次|以后|有需要|需要)?(?:还|一定)?(?:会|要|再)*(?:来|光顾|购买|回购|继续购买)",
    f"{_VERY}(?:满意|喜欢|不错|划算)",
    "(?:强烈|大力)?推荐(?:给?大家|朋友)?(?:购买|入手)?", "(?:给个?|全)?(?:五星|5星|五分|5分|全五星|满分)?好评",
    "(?:很|非常)?(?:满意|愉快|开心)的(?:一次)?(?:网购|购物|购买)(?:经历|体验)?",
)  # fmt: skip
STOCK: Final = ("(?i)" + "|".join(_ENGLISH_PRAISE), "|".join(_CHINESE_PRAISE))
"""What sellers of all things are told, in English and in Chinese; for polars."""
PHRASES: Final = 7
"""Different stock phrases from which a text can be made of them."""
_NO_LETTER: Final = r"[^\p{L}\p{N}]+"
COVERED: Final = 0.8
"""Part of its letters that they must be."""


def copied(text: str) -> str | None:
    """The words by which a text shows that it stands under other products too; None where none do."""
    match = _FORM.search(text) or _COPIED.search(text)
    return match.group() if match else None


def stock(texts: pl.Series) -> pl.Series:
    """For each text whether it is made of stock phrases."""
    texts = texts.rename("text")
    told = pl.repeat(value=False, n=len(texts), eager=True)
    for phrases in STOCK:
        rows = (texts.str.count_matches(phrases) >= PHRASES).arg_true()
        told[rows] = _covered(texts.gather(rows), phrases)
    return told


def _covered(texts: pl.Series, phrases: str) -> pl.Series:
    text = pl.col("text")
    letters = text.str.replace_all(_NO_LETTER, "").str.len_chars()
    own = text.str.replace_all(phrases, "").str.replace_all(_NO_LETTER, "").str.len_chars()
    different = text.str.extract_all(phrases).list.n_unique()
    return texts.to_frame().select((own <= (1 - COVERED) * letters) & (different >= PHRASES)).to_series()
