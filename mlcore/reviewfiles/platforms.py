"""What Chinese marketplaces write into reviews themselves, and how their exports tell a follow-up from a first
review.
"""

from typing import Final

_END = r"[。.!！~～\s]*$"
_WHO = r"(?:此|该|本|这位|这个)?(?:用户|买家|会员|顾客|消费者|评价方)"
_WHAT = r"(?:任何)?(?:文字|文本|具体)?(?:的)?(?:评价|评论|评语)?(?:内容)?"
_DEFAULT = r"(?:系统)?(?:自动)?默认(?:给出|给予|为)?(?:了)?(?:五星|5星|满分)?(?:好评|评价)"
DEFAULT_PRAISE: Final = (
    rf"^(?:(?:{_WHO}|您)(?:没有|没|未|未能)(?:及时|按时|在规定时间内)?(?:填写|做出|作出|撰写|发表|给出|留下){_WHAT}"
    rf"(?:[,，。;；\s]*{_DEFAULT})?|系统(?:自动)?默认(?:给出|给予|为)?(?:五星|5星|满分)?(?:好评|评价)|{_WHO}默认(?:五星|5星)?好评)"
    + _END
)
"""A whole text that no customer wrote: 系统默认好评, 此用户没有填写评价, 评价方未及时做出评价,系统默认好评! and their
like."""

FOLLOW_UP_KINDS: Final = r"(?i)追评|追加|追價|follow.?up"
"""What a column of kinds says of a follow-up."""
