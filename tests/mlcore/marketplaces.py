"""Exports of marketplaces as they come: 30 rows each, with follow-ups, default praise, and what only that one has."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.mlcore.tables import content

TEXTS = (
    "盖子漏水，包里全湿了", "保温效果很好，冬天也够用", "物流很快，包装也很用心", "用了两个星期带子就断了",
    "颜色比图片深一点，不过能接受", "客服态度不错，很快就回复了", "性价比很高，推荐购买！", "味道有点大，放几天才散",
    "尺寸刚刚好，\n老人用着也方便",
)  # fmt: skip
PRAISE = (
    "系统默认好评！", "此用户没有填写评价。", "评价方未及时做出评价,系统默认好评!",
    "此用户未及时填写评价内容，系统默认好评！",
    "该用户未填写文字评价", "买家超时未评价，系统默认好评", "该用户觉得商品非常好，给出5星好评",
)  # fmt: skip
ENGLISH = (
    "The lid leaks in my bag every single day.", "Keeps tea hot for hours, even in winter.", "Delivery took nine days.",
    "Great value for the money, would buy again.", "The strap broke after two weeks of daily use.",
)  # fmt: skip
ROWS = 30


@dataclass(frozen=True)
class Export:
    """A file, and what is to be made of it."""

    data: bytes
    preset: str
    roles: str
    """Roles that are recognised, in the order of the roles."""
    left_out: int = 0
    together: int = 0
    """Follow-ups that stand in their first review's row."""
    alone: int = 0
    """Those whose first review is default praise."""
    apart: int = 0
    """Follow-ups with rows of their own."""


def _day(number: int) -> str:
    return f"2023-{number % 12 + 1:02}-{number % 28 + 1:02}"


def _said(number: int) -> str:
    return PRAISE[number // 5 % len(PRAISE)] if number % 5 == 4 else f"{TEXTS[number % len(TEXTS)]}（{number}）"


def _later(number: int) -> str:
    return f"用了一个月再来说：还是{TEXTS[(number + 3) % len(TEXTS)]}" if number % 6 == 0 else ""


def _table(head: str, row: Callable[[int], tuple[str, ...]], form: str) -> bytes:
    return content([tuple(head.split(",")), *(row(number) for number in range(ROWS))], form)


def _tmall(number: int) -> tuple[str, ...]:
    grade = ("好评", "中评", "差评")[number % 3]
    later = _later(number)
    return (
        f"1938{number:012}", "保温杯女学生便携大容量", "678901", f"t**{number}", grade, _said(number),
        f"{_day(number)} 20:15:33", later, "2024-01-05 09:00:00" if later else "", "颜色分类:红色", "",
    )  # fmt: skip


def _taobao(number: int) -> tuple[str, ...]:
    later = _later(number)
    return (f"匿**{number}", _said(number), _day(number), later, f"{number + 3}天后" if later else "", "奶白色", "2")


def _jd(number: int) -> tuple[str, ...]:
    grade, later = f"{number % 5 + 1}星", _later(number)
    return (
        "100012043978", "膳魔师保温杯", f"jd_{number}***", "PLUS会员", grade, _said(number), f"{_day(number)} 08:01",
        later, f"{number + 1}" if later else "", str(number * 3), "500ml",
    )  # fmt: skip


def _jd_objects(number: int) -> tuple[str, ...]:
    return (
        str(20_000 + number), _said(number), f"{_day(number)} 08:01:00", str(number % 5 + 1), f"j***{number}", "保温杯",
        "雾霾蓝", str(number), "金牌会员", _later(number), f"{_day(number)} 23:59:59",
    )  # fmt: skip


def _pinduoduo(number: int) -> tuple[str, ...]:
    follows = number % 10 == 5
    first = number - 5 * follows
    text = f"追加一下：{TEXTS[number % len(TEXTS)]}" if follows else _said(number)
    kind, day = ("追评" if follows else "首评"), f"{_day(number)} 12:00:00"
    grades = (str(number % 5 + 1), "5", "4")
    return (f"2311{first:08}-{first}", "452", "保温杯 大容量", "白色", *grades, kind, text, day)


def _douyin(number: int) -> tuple[str, ...]:
    later = _later(number)
    return (
        f"72{number:017}", f"69{number:016}", "3611", "保温杯 直播间专享", "粉色", str(number % 5 + 1), "5", "5",
        _said(number), f"{_day(number).replace('-', '/')} 21:30", "质量好", later, "2024/01/02 10:00" if later else "",
        "亲，感谢支持",
    )  # fmt: skip


def _amazon_chinese(number: int) -> tuple[str, ...]:
    text = ENGLISH[number % len(ENGLISH)]
    return (
        "B09XYZ1234", text[:12], f"{text} ({number})", "YN"[number % 2], "N", "Color: Blue", "0", "", str(number),
        f"{number % 5 + 1}.0", f"Jane {number}", "https://example.com/u", "N", "美国", _day(number),
    )  # fmt: skip


def _amazon(number: int) -> tuple[str, ...]:
    text = f"{ENGLISH[number % len(ENGLISH)]} ({number})"
    day = f"Reviewed in the United States on March {number % 28 + 1}, 2023"
    return (
        "US",
        f"1{number:07}",
        f"R{number:013}",
        "B09XYZ1234",
        "Flask",
        str(number % 5 + 1),
        "3",
        "Y",
        "Fine",
        text,
        day,
    )


EXPORTS = {
    "Tmall": Export(
        _table("订单编号,宝贝标题,宝贝ID,买家会员名,评价类型,评价内容,评价时间,追加评价,追加评价时间,SKU属性,卖家解释",
               _tmall, "csv").decode().encode("gb18030"),
        "taobao", "text rating date product author follow_up follow_up_date first_id", left_out=5, together=4, alone=1,
    ),
    "Taobao, gathered": Export(
        _table("用户名,初评内容,初评时间,追评内容,追评间隔天数,颜色分类,图片数", _taobao, "xlsx"),
        "taobao", "text date author follow_up follow_up_date", left_out=5, together=4, alone=1,
    ),
    "JD": Export(
        _table("商品编号,商品名称,用户账号,会员级别,评价星级,评价内容,评价时间,追评内容,追评天数,点赞数,商品属性", _jd,
               "xlsx"),
        "jd", "text rating date product author helpful follow_up follow_up_date", left_out=5, together=4, alone=1,
    ),
    "JD, gathered": Export(
        _table("id,content,creationTime,score,nickname,referenceName,productColor,usefulVoteCount,userLevelName,"
               "afterUserComment.content,afterUserComment.created", _jd_objects, "json"),
        "jd", "text rating date product author id helpful follow_up follow_up_date", left_out=5, together=4, alone=1,
    ),
    "Pinduoduo": Export(
        _table("订单编号,商品ID,商品名称,商品规格,描述相符,物流服务,服务态度,评价类型,评价内容,评价时间", _pinduoduo,
               "csv"),
        "pinduoduo", "text rating date product kind first_id", left_out=6, apart=3,
    ),
    "Douyin": Export(
        b"\xef\xbb\xbf" + _table("评价ID,订单编号,商品ID,商品名称,商品规格,商品评分,服务评分,物流评分,评价内容,"
                                 "评价时间,评价标签,追评内容,追评时间,商家回复", _douyin, "csv"),
        "douyin", "text rating date product id follow_up follow_up_date first_id", left_out=5, together=4, alone=1,
    ),
    "Amazon, in Chinese": Export(
        _table("ASIN,标题,内容,VP评论,Vine Voice评论,型号,图片数量,视频地址,赞同数,星级,评论人,评论人主页,红人评论,"
               "所属国家,评论时间",
               _amazon_chinese, "xlsx"),
        "amazon", "text title rating date product author verified helpful country",
    ),
    "Amazon": Export(
        _table("marketplace,customer_id,review_id,product_id,product_title,star_rating,helpful_votes,verified_purchase,"
               "review_headline,review_body,review_date", _amazon, "tsv"),
        "amazon", "text title rating date product source author id verified helpful",
    ),
}  # fmt: skip
