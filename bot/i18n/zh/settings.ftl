# 开始使用、设置、频道与群。以 set-、layout-、type-、state-、days-、papers-、time-、button- 开头的是按钮上的纯文本；
# 其余为 Telegram HTML，变量在填入之前已转义。

command-settings = 全部设置，用按钮更改；也可用命令改其中一项

settings-in-private = 本频道的设置请在与我的私聊中打开。
settings-foot = 点按钮即可更改。也都可以用命令：<code>/settings quiet on</code>
button-settings = ⚙️ 设置

set-language = 🌐 论文
set-interface = 💬 界面
set-time = 🕘 时间
set-zone = 🌍 时区
set-days = 📅 星期
set-layout = 🗂 版式
set-papers = 🔢 显示篇数
set-types = 🏷 收录
set-quiet = 🔕 静音
set-pin = 📌 置顶
set-file = 📎 文件
set-abstracts = 📖 原文摘要
set-links = 🔗 回复链接

state-on = 开
state-off = 关

layout-classic = 经典
layout-rich = 富文本
layout-file = 文件
papers-all = 能放多少放多少
time-asap = 一公布就发
days-all = 每天
days-work = 周一至周五
type-new = 新论文
type-cross = 交叉列表
type-replace = 更新
type-replace-cross = 交叉列表的更新
language-only-english = 只要英文

choose-language = 论文译成哪种语言？
choose-interface = 我在这里说哪种语言？
choose-layout =
    <b>经典</b>：消息里是标题和一句话概括。
    <b>富文本</b>：一条长消息，有表格和可展开的详情；旧版应用和网页版可能不显示。
    <b>文件</b>：一行说明加 Markdown 文档。
choose-papers = 聊天里显示多少篇？其余的在文件里。
choose-time =
    摘要几点发送？{ $zone } 现在是 { $clock }。
    要精确到分钟请用命令：<code>/time 07:45</code>
choose-zone =
    按哪里的时间？
    其他时区请用命令：<code>/time 09:00 Europe/Lisbon</code> 或 <code>/time 09:00 UTC+8</code>
choose-days = 哪几天可以发送？其余日子公布的会并入下一次。
choose-types = 摘要收录哪些？同一篇的每个新版本只发一次。
no-day-left = 至少要留一天。
no-type-left = 至少要留一类。若不想再收到：/unsubscribe all

nothing-subscribed = 还没有订阅。
papers-in-english = 论文只用英文
entries-are = 收录：{ $types }
comes-asap-on = arXiv 一公布就发送，只在{ $days }。
not-before = 最早 { $next }。
papers-shown = 聊天里最多 { $count } 篇
papers-shown-all = 聊天里能放多少放多少
look-quiet = 🔕 静音
look-pin = 📌 置顶
look-file = 📎 附文件
look-abstracts = 📖 附折叠的摘要
look-links = 🔗 回复链接

which-setting =
    没有设置项“{ $name }”。可用命令设置的有：
    <code>{ $forms }</code>
    发送时间：<code>/time 09:00</code>；收录范围：<code>/types new+cross</code>
which-value =
    { $name } 可以是：{ $values }
    例如：<code>{ $example }</code>
