# 机器人在聊天里说的话。Telegram HTML；变量在填入之前已转义。

form = <code>{ $form }</code>

help-head = <b>我能听懂的命令</b>
help-foot = 发来任何 arXiv 链接（abs、pdf、DOI、alphaXiv、Hugging Face……）即可得到双语卡片。在群里请 @ 我或回复我。

command-start = 这个机器人做什么
command-help = 全部命令
command-subscribe = 每天把这些分类的摘要发到这里
command-unsubscribe = 停发这些分类的摘要
command-subscriptions = 这里订阅了什么，下一次何时发送
command-digest = 现在就在这里发一份摘要
command-time = 每日摘要的发送时间
command-language = 论文译成哪种语言
command-links = 在本群里主动回复 arXiv 链接
command-regenerate = 重新生成摘要并修改已发的消息
command-announce = 立即抓取公告并发送
command-ban = 不再回应某人或某个聊天，或列出名单
command-unban = 恢复回应
command-stats = 存储与发送的概况

only-the-archive =
    这只是 { $archive } 这一个档案库。要订阅整个大类的全部档案库：
    <code>{ $example }</code>
subscribed = { $elsewhere ->
        [yes] 已为 { $place } 订阅：
       *[no] 已订阅：
    }
already-subscribed = { $elsewhere ->
        [yes] { $place } 早已订阅：
       *[no] 早已订阅：
    }
unsubscribed = 已退订 { $categories }。
subscriptions-here = 这里的订阅
subscriptions-of = { $place } 的订阅
papers-in = 论文译成 { $language }
paused = ⏸ 已暂停：{ $reason }
comes-asap = arXiv 一公布就发送，周一至周五。
comes-at = { $days } { $time }（{ $zone }）发送；下一次：{ $next }。

which-category =
    要哪个分类？例如：
    <code>{ $example }</code>
too-many-categories = 一次太多了：每条命令最多 { $limit } 个分类。
unknown-category =
    arXiv 没有分类“{ $name }”。您是不是要找 { $nearest }？
    例如：<code>{ $example }</code>
unknown-category-alone =
    arXiv 没有分类“{ $name }”。例如：
    <code>{ $example }</code>
not-subscribed =
    这里没有这项订阅，无需退订。查看已订阅的：{ $example }
no-subscriptions =
    还没有订阅。例如：
    <code>{ $example }</code>

not-administrator = 只有本群的管理员才能更改。
not-administrator-there = 只有 { $name } 的管理员才能更改它的订阅，而您不是。
name-only-in-private =
    指定其他聊天只能在与我的私聊中进行。请在私聊里发送：
    <code>{ $example }</code>
chat-not-found =
    找不到 { $name }。请先把我设为那里的管理员，再发送：
    <code>{ $example }</code>
bot-may-not-post = 我没有在 { $name } 发消息的权限。请把我设为管理员并允许发布消息，然后再发一次命令。
bot-administrators-only = 这条命令只供本机器人的管理者使用。

which-time =
    { $now }
    要更改：<code>{ $example }</code> 或 <code>/time asap</code>
bad-time =
    “{ $text }”不是时刻。例如：
    <code>{ $example }</code> 或 <code>/time asap</code>
unknown-zone =
    没有时区“{ $name }”。您是不是要找 { $nearest }？
    例如：<code>{ $example }</code>
unknown-zone-alone =
    没有时区“{ $name }”；时区的写法如 Asia/Shanghai、Europe/Berlin。例如：
    <code>{ $example }</code>

which-language =
    论文现在译成 <code>{ $now }</code>。可选：
    { $languages }
    例如：<code>{ $example }</code>
unknown-language =
    不认识语言“{ $name }”。可选：
    { $languages }
    例如：<code>{ $example }</code>
language-is = 今后论文译成{ $name }（<code>{ $code }</code>）。
language-is-english = 今后论文只用英文，不再翻译。

links-only-in-groups = 私聊里的每个 arXiv 链接我都会回复；这个开关只用于群和频道。
links-on-or-off = 这里主动回复链接：<b>{ $now }</b>。请发送 <code>/links on</code> 或 <code>/links off</code>。
links-on = 今后这里的 arXiv 链接我都会回复。
links-off = 今后只在 @ 我或回复我时才回复 arXiv 链接。

no-link =
    这里面没有 arXiv 链接。请像这样发送：
    { $example }
    或查看 /help
no-link-but-words =
    这里面没有 arXiv 链接。请像这样发送：
    { $example }
    要找论文：<code>/search { $words }</code>
    全部命令：/help
no-link-but-fields =
    每天把它的摘要发到这里：<code>/subscribe { $categories }</code>
    看今天的：<code>/digest { $categories }</code>
translating = 正在翻译……
paper-missing = arXiv 没有论文 { $ids }。
arxiv-unavailable = arXiv 暂时没有回应，没能查到 { $ids }。请过几分钟再试。
too-many-links = 您发了 { $count } 个链接，我只回复前 { $limit } 个。
slash-is-missing = 命令以斜杠开头：<code>{ $example }</code>
unknown-command = 不认识 { $name }。全部命令：/help

not-announced = 没有 { $categories } 在 { $date }的公告：arXiv 还没有给出，或者那时我还没有关注它。
nothing-in-it = { $categories } 在 { $date }的公告里没有新论文。
digest-comes-here =
    要看的摘要会发到您提出要求的地方，不会发到 { $name }。例如在这里：
    <code>{ $example }</code>
bad-date =
    “{ $text }”不是日期。例如：
    <code>{ $example }</code>

regenerate-form =
    一个分类、一个日期，再加 preview、undo、translate、back 或 refetch 之一。例如：
    <code>{ $example }</code>
regenerating = 正在重新生成 { $category } { $date }的摘要……
nothing-posted = 没有发过 { $category } { $date }的摘要。
not-fetched = 没能重新抓取 { $category } { $date }的公告，一切保持原样。{ $reason }
regenerated = <b>{ $category }，{ $date }</b>：重新生成了 { $digests } 份摘要，{ $parts ->
        [0] 没有变化。
       *[other] { $parts } 个部分有变化，修改了 { $messages } 条消息。
    }
regenerated-entries = 论文：新增 { $added } 篇，移除 { $removed } 篇。
regenerated-translations = 重新翻译了 { $count } 篇。
regenerated-from-store = arXiv 只提供最新的公告；这一份是从存档重新读取的。
regenerated-open = 还有 { $count } 条消息正在发送。
regenerated-failed = 有 { $count } 条消息没能发送或修改。

announce-known = { $category }，{ $date }：{ $count } 条。
announce-unknown = { $category }，{ $date }：还没有。{ $reason }
announce-planned = { $rows ->
        [0] 目前没有到时间的摘要。
       *[other] 正在发送 { $rows } 条消息。
    }
stats =
    <b>存档</b>：{ $papers } 篇论文，{ $translations } 份译文，{ $announcements } 份公告
    <b>译文来源</b>：{ $makers }
    <b>聊天</b>：{ $destinations } 个（{ $paused } 个暂停），{ $subscriptions } 项订阅
    <b>摘要</b>：{ $digests } 份
    <b>消息</b>：{ $deliveries }{ $refused ->
        [0] {""}
       *[other] （失败的消息中有 { $refused } 条被拒绝，其余因聊天不可用而未发送）
    }
translations-used-up = 本聊天今天除订阅速递外的翻译额度已用完。尚未翻译的内容以英文显示并注明，{ $at } 恢复。
limit-commands = 一分钟内的请求太多了。一分钟后我会继续回应，在此之前发来的消息不再回复。
limit-cards = 每人每天最多 { $limit } 张卡片，今天的已用完，{ $at } 恢复。
limit-digest-days = 除订阅速递外，每人每天最多可要 { $limit } 份摘要，现已用完，{ $at } 恢复。
limit-group-files = 本群成员每小时最多可要 { $limit } 个文件，现已用完，{ $at } 恢复；管理员不受此限。
ban-form =
    请给出用户、群或频道的编号，例如：
    <code>/ban 123456789</code>
unban-form =
    请给出用户、群或频道的编号，例如：
    <code>/unban 123456789</code>
ban-administrator = 这是机器人的管理员（ADMIN_IDS），请先从那里移除。
banned = 不再回应 <code>{ $id }</code>，也不再向其发送摘要。撤销：<code>/unban { $id }</code>
unbanned = 已恢复回应 <code>{ $id }</code>，摘要继续发送。
not-banned = <code>{ $id }</code> 未被封禁。发送 <code>/ban</code> 查看名单。
bans = <b>已封禁</b>
bans-none = 没有封禁任何人。
private-installation = 这是私人部署的机器人，只回应部署者指定的用户和聊天。
files-left-out =
    “{ $name }”不允许我发送文件（{ $reason }）。速递会照常发送，但不再附带文件；允许发送文件后，可在 /settings 中重新打开。
deliveries-refused =
    ⚠️ 我有发送权限，但 Telegram 拒绝了消息（{ $reason }）。这些消息会保留，并以越来越长的间隔重试三天；这类问题多半出在 Telegram，会自行恢复。
clock-set-back =
    ⚠️ 运行机器人的机器时钟被调回了 { $minutes } 分钟。按错误时间等待的任务已立即恢复。如果再次出现，请检查机器的时间同步服务。
another-bot =
    ⚠️ 当前令牌属于另一个机器人，与此数据库原来的机器人不同。一切照常：私聊用户打开新机器人并点“开始”后恢复，群组和频道在添加新机器人后恢复。原机器人发出的消息保持原样。
one-moment = 请稍候，我还在处理“{ $work }”。前面还有几条消息在排队，这一条没有排进去，请稍后再发一次。
one-moment-press = 请稍候，这里还有几次点击在等待处理。
went-wrong = 这里出了点问题，已记入机器人的日志。您的数据没有丢失，请再试一次。

command-resend = 重发可能没有送达的消息
command-arrived = 确认消息已经送达
resend-form = 这些消息不知是否送达。请先去看一下，没有的话发送 <code>/resend { NUMBER($id, useGrouping: 0) }</code> 或 <code>/resend all</code>；已经在那里：<code>/arrived { NUMBER($id, useGrouping: 0) }</code>
arrived-form = 这些消息不知是否送达。已经在那里：发送 <code>/arrived { NUMBER($id, useGrouping: 0) }</code> 或 <code>/arrived all</code>；没有的话：<code>/resend { NUMBER($id, useGrouping: 0) }</code>
unsure-row = • <code>{ NUMBER($id, useGrouping: 0) }</code> { $place }，第 { $part } 部分
nothing-unsure = 每条消息都有着落。
resent = 正在重发 { $count } 条消息。
marked-arrived = { $count } 条消息记为已送达。

announcements-missing =
    ⚠️ { $date }的公告至今缺少 { $count } 个分类：{ $categories }。
    { $reason }
    我会继续询问；在此期间不会把它当作“没有论文”。
announcements-differ =
    ⚠️ arXiv 为 { $date }给出的内容前后不符，涉及 { $count } 个分类：{ $categories }。
    { $reason }
    我会继续询问；对不上数的内容不会发送。
announcements-quiet = ⚠️ 自 { $date }的公告起整整一天，所有分类都没有新论文：可能 arXiv 有了变化，也可能机器人已读不懂它。请查看 `arxiv-digest-bot announcements`。
announcements-well = ✅ { $date }的公告已全部取得。

command-types = 摘要收录哪些：新论文、交叉列表、更新
which-types =
    目前收录：<code>{ $now }</code>。可在 new（新论文）、cross（交叉列表）、replace（更新）、replace-cross（交叉列表的更新）中选择，用 + 连接，或 all（全部）。例如：
    <code>{ $example }</code>
types-are = 今后这里的摘要收录：<code>{ $types }</code>。同一篇的每个新版本只发一次。

button-digest-now = 现在看今天的摘要
button-outdated = 这个按钮已经失效。请重新发送命令，例如 /help。

cap-reached =
    ⚠️ 今天的翻译已达上限（TRANSLATE_DAILY_CAP）。之后的论文先以英文显示并注明，稍后自动补译。
    用量：/stats
chat-cap-reached =
    ⚠️ 聊天 <code>{ $chat }</code> 今天的翻译已达上限（TRANSLATE_CHAT_CAP）。它之后请求的论文以英文显示并注明，明天恢复。
    用量：/stats

command-glossary = 术语表：查看、添加、删除
glossary-form =
    请写语言、术语和译法；只写一个名称则保持原文。例如：
    <code>{ $example }</code>
glossary-empty =
    还没有在内置术语之外添加任何术语。例如：
    <code>{ $example }</code>
glossary-head = 在内置术语之外添加了 { $count } 条。再加一条：<code>{ $example }</code>
glossary-added = 今后：<code>{ $term }</code>。以前的译文保持不变；<code>/regenerate … translate</code> 可重新翻译。
glossary-removed = <code>{ $term }</code> 已从术语表删除。
glossary-unknown = 添加的术语里没有 <code>{ $term }</code>；请看 /glossary
regenerated-back = 恢复了 { $count } 篇论文先前的译文。

stats-spent = <b>翻译用量</b>（{ $when ->
        [today] 今天
       *[month] 30 天
    }）：{ $requests } 次请求，{ $characters } 个字符，{ $tokens } 个 token，费用 { $money }；{ $alarms } 段译文未通过检查{ $gates }
stats-announcement = • { $name }：{ $requests } 次请求，{ $characters } 个字符，{ $tokens } 个 token，费用 { $money }
stats-gaps = 有 { $count } 篇论文尚未完整翻译，会自动重试。
