"""Chinese: patterns from complaint or praise to a wish (希望…)."""

import re

import rjieba

from mlcore.wishes.wish import Wish
from mlcore.wishes.words_zh import BETTER, CAN, FAULTS, PRAISE, VAGUE

_LEAD = re.compile(
    r"^(?:就是|但是|不过|而且|还有|另外|然后|真的|感觉|觉得|个人|总的来说|总体来说|因为|所以|可是|只是|可惜|但|也|还|尤其是|特别是|主要是|主要|"
    r"唯一的?缺点是?|唯一|美中不足的?是?|缺点是?|优点是?|最喜欢的是|关键是|关键|其次|首先|第[一二三四]|[0-9１-９]+[.、]|结果|反正|其实|"
    r"最重要的是|最让人[^的]{1,4}的是|说实话|老实说|一个是|没想到|发现|居然|竟然|目前|的确|确实)+[，,、：:]?"
)
_DEGREE = (
    r"(?:实在是?|真的是?|真|有点儿?|有些|稍微|略微?|比较|太|偏|过于|特别|非常|很|超级|超|也太|挺|蛮|十分|相当|"
    r"够|这么|极其|最|更|都|也|还|是|算|还算|那么|完全|简直|总是|老是?|好)*"
)
_TAIL = re.compile(r"[了啊呢吧哦呀啦的嘛哈哟噢～~！!。，,.…、]+$")
_SUBJECT = r"(?P<subject>[\u4e00-\u9fffA-Za-z]{2,8}?)"
_NOUNS = ("n", "vn", "eng", "an", "nz", "j", "l", "s", "f")
_LIMIT = 18
_FUNCTION = "保温|保冷|制冷|制热|充电|加热|续航|吸水|去屑|去污|隔音|散热|降噪|防晒|控油|留香|加湿|发货|送货|物流|安装"

_BETTER = "|".join(sorted(BETTER, key=len, reverse=True))
_FAULT = "|".join(sorted(FAULTS, key=len, reverse=True))
_CAN = "|".join(sorted(CAN, key=len, reverse=True))

_ASKED = re.compile(
    r"(?:希望|建议|最好|能不能|可不可以|期待|恳请)(?:厂家|商家|卖家|店家|官方|品牌|以后|下次|酒店|京东|后续|尽快|你们)*"
    r"(?:能够?|可以|要|会)?(?P<rest>[^，,。！!？?]{2,16})$"
)
_IF = re.compile(
    r"(?:要是|如果)(?:能够?|可以|会)?(?P<rest>[^，,。！!？?]{2,14}?)(?:就|那)(?:更|太|再)?(?:好|完美|方便|舒服)了?"
)
_EASY = re.compile(
    rf"^(?:{_SUBJECT})?{_DEGREE}(?:不(?:好|容易|方便|太好|是很好)|难|很难|好|容易|方便)"
    r"(?P<verb>清洗|清理|打开|安装|拆卸|拆|洗|拧|携带|收纳|操作|按|组装|打理|擦|放|推|拿|开|吸收|冲|充电|更换)$"
)
_TOO = re.compile(rf"^{_SUBJECT}{_DEGREE}(?P<adj>{_BETTER})(?:了|一?点儿?|一些|些)?$")
_PRAISED = re.compile(rf"^{_SUBJECT}{_DEGREE}(?P<adj>{PRAISE})$")
_NOT = re.compile(
    rf"^{_SUBJECT}(?:根本|完全|一点都?也?|并|都|也|又|还|太|是|很|怎么|够|得)*"
    rf"不(?:太|是很|怎么|够|是特别)?(?P<adj>{PRAISE}|保温|保冷|耐脏|耐摔|入味|蓬松|好按|制冷|制热)$"
)
_BROKEN = re.compile(
    rf"^{_SUBJECT}(?:[^不没无未]{{0,6}}?)(?P<fault>{_FAULT})"
    r"(?:[了过掉开住着]|严重|厉害|得厉害|的厉害|现象|很?多|问题|很?大|的)*$"
)
_CANNOT = re.compile(rf"^(?:{_SUBJECT})?(?:[^不没无未]{{0,4}}?)(?P<can>{_CAN})$")
_HAVE_NOT = re.compile(r"^(?:里面|也|都|连|居然|竟然|上面)*(?:没有?|缺少?|少了?一?个?)(?P<thing>[\u4e00-\u9fff]{2,6})$")
_GOOD = re.compile(rf"^(?P<head>(?:{_FUNCTION})(?:效果|速度|时间|能力|功能)?){_DEGREE}(?P<adj>{PRAISE})$")


_ODD = re.compile(r"希望(?:的|再坑|差|有想|您|您想)|不能|([\u4e00-\u9fff]{2}).*\1")
"""What no customer would wish: a reading that went wrong, a word said twice."""
_OFTEN_GOOD = frozenset("大 高 长 软 甜 亮 简单 厚 香 深 浅 热".split())
"""Bad only where the sentence says 太, 偏 or the like."""
_GRADED = tuple(
    """服务 态度 质量 效果 口感 手感 音质 信号 售后 性能 环境 位置 味道 包装 版型 做工 画质 品质 隔音 散热 设计
    质感 卫生 早餐""".split()
)
"""What can simply be good (服务好); a whole product being good (热水器好) is no wish."""


def chinese_wishes(sentence: str) -> list[Wish]:
    """All wishes that a pattern reads off the sentence's clauses; most give none or one."""
    clauses = [_plain(c) for c in re.split(r"[，,；;。！!？?\s~～]+", sentence)]
    found = [w for c in clauses if 3 <= len(c) <= _LIMIT for w in _read(c)]
    return [w for w in found if 5 <= len(w.text) <= 22 and not _ODD.search(w.text)]


def _plain(clause: str) -> str:
    return _TAIL.sub("", _LEAD.sub("", re.sub(r"[^\u4e00-\u9fffA-Za-z0-9]", "", clause)))


def _read(clause: str) -> list[Wish]:
    made = (_asked(clause), _easy(clause), _good(clause), _too(clause), _praised(clause), _negated(clause),
            _broken(clause), _cannot(clause), _absent(clause))  # fmt: skip
    return [Wish(text=f"希望{text}。", quality=quality) for text, quality in (m for m in made if m)]


def _topic(subject: str | None) -> str | None:
    """The noun phrase at the start, without 这/那/它的; None if it is none or names no part of a product."""
    if not subject:
        return None
    subject = re.sub(
        r"^(?:这个|那个|这款|这种|这|那|它的|他的|他家的?|她家|我的|一个|个|整个|每次|里面的?|的)",
        "",
        subject,
    )
    subject = re.sub(
        r"(?:真的?|也|都|还|就|是|又|总|很|太|的|有点|用起来|使用|穿着|穿起来|闻着|闻起来|方面|上|来说)+$",
        "",
        subject,
    )
    if len(subject) < 2 or subject in VAGUE:
        return None
    tags = rjieba.tag(subject)
    if any(word in VAGUE for word, _ in tags) or not tags[-1][1].startswith(_NOUNS):
        return None
    odd = [word for word, tag in tags if tag[0] in "rdcpymtx" and tag != "vn"]
    return None if odd else subject


Made = tuple[str, float] | None


def _asked(clause: str) -> Made:
    match = _IF.search(clause) or _ASKED.search(clause)
    if not match:
        return None
    rest = _TAIL.sub("", re.sub(r"^(?:能够?|可以|再|有)(?=[^\u4e00-\u9fff]|$)", "", match["rest"]))
    vague = (
        rest.startswith(
            (
                "有想到",
                "朋友",
                "消费者",
                "去",
                "各位",
                "亲们",
                "后来",
                "真正",
                "买",
                "看到",
                "大家",
                "以后",
                "越来越",
                "是",
                "不是",
                "你",
                "我",
                "早日",
                "改进",
                "继续",
            )
        )
        or len(rest) < 3
    )
    return (
        None
        if vague or (rest.endswith(("好", "改进", "改善", "的话")) and len(rest) < 5)
        else (f"能{rest}" if rest[0] in "加出多增配送改做把" else rest, 0.06)
    )


def _easy(clause: str) -> Made:
    match = _EASY.match(clause)
    if not match:
        return None
    topic = _topic(match["subject"])
    if match["subject"] and not topic:
        return None
    verb = match["verb"]
    return f"{topic or ''}{'好' if len(verb) == 1 else '容易'}{verb}", 0.06 if topic else 0.01


def _good(clause: str) -> Made:
    match = _GOOD.match(clause)
    return (f"{match['head']}{match['adj']}", 0.05) if match else None


def _too(clause: str) -> Made:
    match = _TOO.match(clause)
    topic = _topic(match["subject"]) if match else None
    if not match or not topic:
        return None
    better = BETTER[match["adj"]]
    if better == "好一点":
        return None
    if match["adj"] in _OFTEN_GOOD and not re.search("太|偏|过于|有点|有些|稍|略", clause):
        return None
    if (match["adj"] == "大") and topic.endswith(
        ("味", "味道", "气味", "声音", "噪音", "色差", "异味", "噪声", "动静")
    ):
        better = "淡一点" if "味" in topic else "小一点"
    return f"{topic}{better}", 0.05


def _praised(clause: str) -> Made:
    match = _PRAISED.match(clause)
    topic = _topic(match["subject"]) if match else None
    if not match or not topic or "不" in clause or "太" in clause or topic.endswith(("不", "没")):
        return None
    if topic.endswith(("声音", "噪音", "味道", "气味", "味", "色差")) and match["adj"] == "大":
        return None
    if match["adj"] == "好" and not topic.endswith(_GRADED):
        return None
    if match["adj"] == "高" and topic.endswith(("价格", "价钱")):
        return None
    return f"{topic}{match['adj']}", 0.03


def _negated(clause: str) -> Made:
    match = _NOT.match(clause)
    topic = _topic(match["subject"]) if match else None
    return (f"{topic}{match['adj']}", 0.05) if match and topic else None


def _broken(clause: str) -> Made:
    match = _BROKEN.match(clause)
    topic = _topic(match["subject"]) if match else None
    if not match or not topic:
        return None
    fault = FAULTS[match["fault"]]
    return f"{topic}{'没' if fault.startswith('有') else '不'}{fault}", 0.06


def _cannot(clause: str) -> Made:
    match = _CANNOT.match(clause)
    if not match:
        return None
    topic = _topic(match["subject"])
    return (f"{topic or ''}能{CAN[match['can']]}", 0.05) if topic or not match["subject"] else None


def _absent(clause: str) -> Made:
    match = _HAVE_NOT.match(clause)
    topic = _topic(match["thing"]) if match else None
    bad = topic and (topic in FAULTS or re.search("味|色差|线头|破|坏|问题|异|杂|损|毛病|副作用|反应|声音|噪", topic))
    return (f"有{topic}", 0.02) if topic and not bad else None
