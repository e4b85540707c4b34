# 开始使用、设置、频道与群。以 set-、layout-、type-、state-、days-、papers-、time-、button- 开头的是按钮上的纯文本；
# 其余为 Telegram HTML，变量在填入之前已转义。

profile-name = arXiv 双语速读
profile-short-description = 发来 arXiv 链接得到双语卡片；每天把您关注领域的新论文整理成双语摘要。
profile-description =
    发来任何 arXiv 链接，得到一张双语卡片：标题、作者、一句话概括和摘要。

    选好领域，每天的新论文就会整理成双语摘要，按您喜欢的时间发到这里、群、话题或您的频道。

    中文 · English

command-settings = 全部设置，用按钮更改；也可用命令改其中一项

command-categories = 浏览 arXiv 的分类，逐个开关

setup-start =
    <b>用两种语言读 arXiv。</b>把 arXiv 链接发给我，我回复一张双语卡片。我还可以每天把您关注的领域的新论文发给您，只需回答三个问题。
setup-language = 💬 是我说的语言。论文译成哪种语言？
start-again = <b>用两种语言读 arXiv。</b>发来 arXiv 链接即可得到双语卡片。全部命令：/help
start-in-group =
    <b>用两种语言读 arXiv。</b>我可以每天把你们领域的新公告发到这里，请管理员点下面的按钮设置。
    想要某篇论文的双语卡片，请用 { $name } 回复它的链接，或发送一次 <code>/links on</code>。在本群里我只能看到发给我的：命令、@ 我的消息和对我的回复；设为管理员后才能看到每个链接。
setup-done = ✅ <b>设置好了。</b>
taste = 先睹为快：最新公告的前 { $count } 篇。
no-taste = arXiv 最新的公告还没有取到，一有就发第一份摘要。
no-field-chosen = 请先选择至少一个领域。
button-next = 下一步 ▶
button-setup = 📚 开始设置

choose-fields = 关注哪些领域？
choose-mine = 已选的领域：点一下关闭，再点一下打开。
fields-mine = ✓ 已选 { $count } 个
fields-whole = { $archive } 全部
fields-foot = 点按钮即可开关。
papers-a-day = 每天约 { $count } 篇
too-many-subscriptions = 一个聊天最多 { $limit } 个领域；整个大类只算一个。

command-channels = 您的频道、群和话题

introduction =
    我已加入 <b>{ $name }</b>。要在那里发什么？只有那里的管理员可以设置。
    以后可用 /channels
reopen-topic = 请重新打开那个话题，或给我“管理话题”的权限，我会自动继续。
lost-topic = 那个话题已经没有了。请在想要的话题里发送 <code>/subscribe</code> 加上分类。
topic-choose = 那个话题已经没有了。摘要接下来发到哪里？
button-topic-main = 👥 发到群里
button-topic-new = 🧵 新建话题
topic-replaced = ▶ 摘要接下来发到 <b>{ $name }</b>：没能发出的现在补上。
add-again = 请重新把我加进去（频道需设为管理员并允许发布消息），我会自动继续。
allow-posting = 请重新允许我在那里发消息，我会自动继续。
chat-is-gone = 对我来说那个聊天已不存在。如果它还在，请重新把我加进去，我会自动继续。
destination-back = ▶ 我又可以在 <b>{ $name }</b> 发消息了，摘要继续发送；期间公布的会并入下一次。
channels-yours = <b>您的频道、群和话题。</b>点一个查看它的设置。
channels-none = 您还没有设置过频道或群。可在这里添加，或把我设为您频道的管理员，我会来私聊您。
channels-in-private = 频道和群请在与我的私聊中管理。
button-channels = 📢 我的频道
button-add = ➕ 添加频道或群
pick = 哪一个？下面的按钮会列出您可以把我加进去的。
pick-channel = 📢 频道
pick-group = 👥 群
set-topic = 🧵 单独的话题
may-not-make-topics = 我没有在那里新建话题的权限。请给我“管理话题”的权限，或在想要的话题里发送 <code>/subscribe cs.CV</code>。
links-unheard =
    由于 Telegram 的隐私模式，我在本群只能看到命令、@ 我（{ $name }） 的消息和对我的回复。要回复其他链接，请把我设为管理员。

settings-in-private = 本频道的设置请在与我的私聊中打开。
settings-foot = 点按钮即可更改。也都可以用命令：<code>/settings quiet on</code>
button-settings = ⚙️ 设置

set-colon = ：
set-fields = 📚 领域
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
set-abstracts = 📖 论文摘要
set-links = 🔗 回复链接

state-on = 开
state-off = 关

layout-classic = 经典
layout-rich = 富文本
layout-file = 文件
papers-all = 尽量多
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
