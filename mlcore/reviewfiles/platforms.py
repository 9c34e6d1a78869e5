"""What Chinese marketplaces write into reviews themselves, and how their exports tell a follow-up from a first
review.
"""

from typing import Final

_WHO = r"(?:此|该|本|这位|这个)?(?:用户|买家|会员|顾客|消费者|评价方)"
_LATE = r"(?:在规定时间内|超时|逾期|超过评价时间|[0-9]{1,3}天内)"
_NOT = r"(?:没有|没|未能|未)(?:及时|按时|在规定时间内)?"
_WORDS = r"(?:任何)?(?:文字|文本|具体)?(?:的)?(?:评价|评论|评语)?(?:内容)?"
_SILENT = (
    rf"(?:{_LATE}?(?:{_WHO}|您){_LATE}?{_NOT}(?:(?:填写|做出|作出|撰写|发表|给出|留下|进行){_WORDS}|评价|评论)"
    r"|未填写评价内容|超过评价时间)"
)
_STARS = r"(?:五星|5星|满分)?"
_DEFAULT = rf"(?:系统)?(?:自动)?默认(?:给出|给予|为)?(?:了)?{_STARS}(?:好评|评价)"
_BY_ITSELF = (
    rf"(?:(?:此|该|本)(?:评价|评论)(?:为|是))?(?:系统(?:自动)?默认(?:给出|给予|为)?{_STARS}(?:好评|评价)|系统自动{_STARS}好评"
    rf"|{_WHO}已?默认{_STARS}好评)"
)
_BY_STARS = (
    rf"{_WHO}觉得商品(?:非常|很|比较|较|还)?(?:好|不错|一般|差)(?:[,，]给出[1-5一二三四五]星(?:好评|中评|差评)?)?"
)
_TRADITIONAL = str.maketrans({
    "统": "[统統]", "认": "[认認]", "评": "[评評]", "价": "[价價]", "户": "[户戶]", "买": "[买買]", "没": "[没沒]",
    "论": "[论論]", "会": "[会會]", "员": "[员員]", "顾": "[顾顧]", "费": "[费費]", "写": "[写寫]", "满": "[满滿]",
    "发": "[发發]", "给": "[给給]", "这": "[这這]", "个": "[个個]", "规": "[规規]", "间": "[间間]", "时": "[时時]",
    "语": "[语語]", "体": "[体體]", "内": "[内內]", "动": "[动動]",
})  # fmt: skip
DEFAULT_PRAISE: Final = (
    rf"^[(（【\[]?(?:{_SILENT}(?:[,，。;；\s]*{_DEFAULT})?|{_BY_ITSELF}|{_BY_STARS})[)）】\]]?[。.!！~～\s]*$"
).translate(_TRADITIONAL)
"""A whole text that no customer wrote: 系统默认好评, 此用户没有填写评价, 评价方未及时做出评价,系统默认好评! and their
like."""

FOLLOW_UP_KINDS: Final = r"(?i)追评|追加|追價|follow.?up"
"""What a column of kinds says of a follow-up."""
KIND_CELLS: Final = rf"^(?:初评|首评|初次评价|首次评价|初次评论|首次评论|first review)$|{FOLLOW_UP_KINDS[4:]}"
"""What a column of kinds says of either."""
YES: Final = ("是", "有", "Y", "y", "yes", "Yes", "true", "True", "TRUE", "1")
"""What a column that asks whether a row is a follow-up says of one."""
