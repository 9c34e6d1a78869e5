"""What columns of review files are called, in English and Chinese, and how the exports of marketplaces are known."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "text": (
        "text", "review", "review text", "reviewtext", "review body", "body", "review content", "content",
        "comment text",
        "comment", "comments", "verbatim", "verified reviews", "feedback text", "feedback", "description", "message",
        "评论", "评论内容", "评价", "评价内容", "初次评价", "初评", "初评内容", "首次评价", "首评", "首评内容",
        "用户评论",
        "商品评价", "评语", "内容", "正文", "反馈内容", "反馈", "留言", "評論", "評論內容", "評價", "評價內容", "內容",
        "レビュー", "本文", "レビュー本文",
    ),
    "title": (
        "title", "review title", "review headline", "headline", "summary", "subject", "标题", "评论标题", "评价标题",
        "主题",
        "標題", "タイトル",
    ),
    "rating": (
        "rating", "star rating", "stars", "score", "overall", "review rating", "rating value", "rating score", "rate",
        "label", "评分", "星级", "打分", "评级", "评价星级", "商品评分", "评价等级", "评价类型", "好评", "满意度",
        "分数",
        "评价分数", "综合评分", "评论星级", "用户评分", "星数", "評分", "星級", "評価",
    ),
    "date": (
        "date", "review date", "review time", "time", "created", "created at", "creation time", "create time",
        "timestamp",
        "submitted at", "submission date", "published", "published at", "posted", "unix review time", "at", "时间",
        "日期",
        "评论时间", "评价时间", "评论日期", "评价日期", "初评时间", "首评时间", "发表时间", "创建时间", "提交时间",
        "時間",
        "評論時間", "評價時間", "日付",
    ),
    "product": (
        "product", "product name", "product title", "item", "item name", "reference name", "model", "商品", "商品名称",
        "商品标题", "宝贝", "宝贝标题", "宝贝名称", "产品", "产品名称", "商品名", "variation", "款式", "product type",
        "class name", "category", "cat", "类别", "品类", "product id", "sku", "asin", "parent asin", "clothing id",
        "item id", "商品id", "商品编号", "宝贝id", "商品編號", "商品名稱", "產品", "商品コード",
    ),
    "source": (
        "source", "channel", "platform", "site", "marketplace", "shop", "store", "来源", "渠道", "平台", "店铺",
        "店铺名称", "來源", "平臺",
    ),
    "author": (
        "author", "author name", "user", "user name", "username", "user id", "reviewer", "reviewer name", "reviewer id",
        "customer", "customer name", "customer id", "profile name", "nickname", "作者", "用户", "用户名", "用户昵称",
        "昵称",
        "买家", "买家昵称", "买家会员名", "会员名", "会员昵称", "评价人", "评论人", "评论者",
        "评价者", "用户账号", "客户", "用戶", "暱稱", "買家",
    ),
    "id": ("id", "review id", "reviewid", "uuid", "guid", "comment id", "编号", "评论编号", "评论id", "评价id",
    "評論編號"),
    "verified": (
        "verified", "verified purchase", "is verified", "verified buyer", "是否购买", "已购买", "验证购买", "真实购买",
        "是否已购", "认证购买", "已验证购买", "vp评论", "vp", "認證購買",
    ),
    "helpful": (
        "helpful", "helpful votes", "helpful vote", "helpful count", "vote", "votes", "useful vote count", "likes",
        "thumbs up count", "upvotes", "点赞", "点赞数", "有用", "有用数", "赞", "点赞量", "点赞次数", "赞同数",
        "有用票数", "按讚數",
    ),
    "language": ("language", "lang", "locale", "language code", "语言", "語言"),
    "price": ("price", "unit price", "price paid", "价格", "单价", "售价", "金额", "成交价", "價格"),
    "country": ("country", "country code", "region", "reviewer location", "location", "国家", "地区", "国家地区",
    "所属国家", "國家"),
    "follow_up": (
        "follow up", "follow up review", "follow up text", "追评", "追评内容", "追加评价", "追加评论", "追加内容",
        "追加评价内容", "追加评论内容", "after user comment content", "追評", "追加評價",
    ),
    "follow_up_date": (
        "follow up date", "追评时间", "追加时间", "追加评价时间", "追加评论时间", "追评日期", "追评天数", "追评间隔",
        "追评间隔天数", "追评间隔时间", "追加天数", "追評時間",
        "after user comment created",
    ),
    "kind": ("review type", "comment type", "评论类型", "评价种类", "是否追评", "初评/追评"),
    "first_id": (
        "order id", "order number", "order no", "parent review id", "parent id", "订单编号", "订单号", "订单id",
        "主订单编号",
        "首评id", "初评id", "訂單編號",
    ),
}  # fmt: skip
"""role → what its column is called, plain and in lower case, the most telling first."""

ATTRIBUTES: Final = frozenset((
    "color", "colour", "size", "style", "variant", "variation", "flavor", "flavour", "skin type", "age", "age range",
    "gender", "product color", "product size", "tags", "vine", "department name", "division name", "version",
    "app version",
    "device", "os", "颜色", "颜色分类", "变体", "尺码", "尺寸", "规格", "规格型号", "sku信息", "sku属性", "商品属性",
    "商品规格", "款式", "型号", "容量",
    "套餐", "评价标签", "标签", "会员等级", "购买时间", "下单时间", "物流服务", "服务态度", "描述相符",
    "物流评分",
    "服务评分", "物流体验", "服务体验", "达人", "顏色", "尺寸規格",
))  # fmt: skip
"""Columns that are kept under their own names unless a person says otherwise."""


KINDS: Final = frozenset(("评价类型", "评论类型", "评价类别", "评价种类", "评论种类", "类型", "type", "review type"))
"""Columns that are a rating in one file and tell follow-ups in another: their cells decide."""


@dataclass(frozen=True)
class Preset:
    """The export of one marketplace: headers that only it has, and what its ambiguous ones mean."""

    source: str
    """What its reviews have as their source where no column says it."""
    telling: frozenset[str]
    needed: int
    """How many of the telling headers must be there."""
    names: Mapping[str, tuple[str, ...]]


PRESETS: Final[Mapping[str, Preset]] = {
    "taobao": Preset(
        "Taobao/Tmall",
        frozenset((
            "宝贝标题", "宝贝名称", "宝贝id", "买家昵称", "买家会员名", "初次评价", "追加评价", "首次评价", "sku信息",
            "追评天数", "旺旺", "天猫", "淘宝", "颜色分类", "宝贝链接", "追评间隔天数", "初评内容", "首评内容",
            "初评时间", "首评时间", "旺旺名",
        )),
        2,
        {
            "text": ("初次评价", "首次评价", "初评内容", "首评内容", "评价内容", "评论内容", "评论"),
            "rating": ("评价等级", "评分", "评价星级", "评价类型", "评价"),
            "product": ("宝贝标题", "宝贝名称", "商品名称", "宝贝id"), "author": ("买家昵称", "买家会员名", "旺旺"),
            "follow_up": ("追加评价", "追评内容", "追评"),
            "follow_up_date": ("追评时间", "追加评价时间", "追评天数", "追评间隔天数"),
        },
    ),
    "jd": Preset(
        "JD",
        frozenset((
            "会员昵称", "会员等级", "商品编号", "京东", "plus会员", "reference name", "creation time",
            "useful vote count",
            "product color", "user level name", "晒单", "晒单图片", "sku编号", "会员级别", "用户账号", "是否plus会员",
        )),
        2,
        {
            "text": ("评价内容", "评论内容", "content"), "rating": ("评分", "星级", "评价星级", "score"),
            "product": ("商品名称", "reference name", "商品编号", "sku编号"),
            "author": ("会员昵称", "nickname", "用户账号"),
            "date": ("评价时间", "评论时间", "creation time"), "helpful": ("点赞数", "有用数", "useful vote count"),
        },
    ),
    "pinduoduo": Preset(
        "Pinduoduo",
        frozenset(("描述相符", "物流服务", "服务态度", "拼单", "拼多多", "拼单编号", "拼单类型", "商品规格")),
        2,
        {
            "text": ("评价内容", "评论内容", "商品评价"),
            "rating": ("描述相符", "评价分数", "综合评分", "评分", "商品评分", "评价星级"),
            "product": ("商品名称", "商品标题", "商品id"), "author": ("用户昵称", "昵称", "用户"),
            "first_id": ("订单编号", "订单号", "拼单编号"),
        },
    ),
    "douyin": Preset(
        "Douyin",
        frozenset((
            "抖音", "达人", "达人昵称", "直播间", "商品评分", "物流评分", "服务评分", "商品体验", "物流体验",
            "服务体验",
            "抖音号",
        )),
        2,
        {
            "text": ("评价内容", "商品评价", "评论内容"), "rating": ("商品评分", "商品体验", "评分", "评价星级"),
            "product": ("商品名称", "商品标题", "商品id"), "author": ("用户昵称", "昵称", "抖音号"),
        },
    ),
    "amazon": Preset(
        "Amazon",
        frozenset((
            "asin", "parent asin", "star rating", "review headline", "review body", "vine", "verified purchase",
            "helpful votes", "helpful vote", "product parent", "unix review time", "reviewer id", "marketplace",
            "variant", "vp评论", "vine voice评论", "红人评论", "父asin", "子asin", "所属国家", "评论人主页", "赞同数",
        )),
        2,
        {
            "text": ("review body", "review text", "text", "body", "content", "评论内容", "内容"),
            "title": ("review headline", "review title", "title", "summary", "评论标题", "标题"),
            "rating": ("star rating", "rating", "overall", "评论星级", "星级"),
            "product": ("product title", "商品标题", "asin", "子asin", "parent asin", "父asin"),
            "author": ("customer id", "reviewer id", "user id", "reviewer name", "author", "评论人", "评论者"),
            "date": ("review date", "timestamp", "review time", "unix review time", "date"),
            "helpful": ("helpful votes", "helpful vote", "helpful", "vote", "赞同数", "点赞数"),
            "country": ("所属国家", "站点", "country"),
        },
    ),
}  # fmt: skip
