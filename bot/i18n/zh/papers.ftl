# 卡片、搜索、阅读清单与个人数据。以 render- 和 button- 开头的是纯文本，其余为 Telegram HTML；变量在传入前已转义。

command-search = 按标题、作者或摘要查找论文，中英文皆可
command-save = 收藏论文到您的阅读清单
command-saved = 您的阅读清单，也可导出为文件
command-note = 给收藏的论文写备注
command-unsave = 从阅读清单移除论文
command-bibtex = 这些论文的 BibTeX
command-privacy = 我保存了您的哪些数据、用来做什么、保存多久
command-export = 以文件形式导出您的全部数据
command-forget = 删除您的全部数据

which-paper =
    哪篇论文？例如：
    <code>{ $example }</code>

render-button-html = HTML
render-button-bibtex = BibTeX
button-back = ◀ 返回

render-comment = 备注：
render-journal = 发表于：
render-doi = DOI：
render-newer-version = 已有新版本：v{ $version }
render-button-save = ☆ 收藏
render-button-like = 相似论文

search-form =
    想找什么？可以是中文或英文的词、作者姓名，也可以加筛选条件：
    <code>{ $example }</code>
    <code>/search 扩散模型 au:chen</code>
nothing-found = 在我见过的论文里没有找到“{ $query }”。换几个词，或者少写几个词试试。
nothing-alike = 还没有见过与它相似的论文。
papers-alike = 与 <b>{ $title }</b> 相似：
found = 共 { $count } 篇
found-many = 取自最新的 { $count } 篇

reading-list = 阅读清单
saved-one = ★ 已收藏。您的清单：/saved
saved-some = { $count ->
        [1] 已收藏。
       *[other] 已收藏 { $count } 篇。
    }您的清单：/saved
saved-before = 已在您的清单里：/saved
unsaved = 已从清单移除：{ $ids }。
unsaved-undo = 已移除。撤销：/save { $id }
noted = 已给 { $id } 写下备注：“{ $note }”
note-removed =
    { $id } 的备注已删除。要恢复：
    <code>/note { $id } { $note }</code>
no-note =
    { $id } 还没有备注。要写一条：
    <code>/note { $id } 第三节值得再读</code>
note-too-long = 备注最多 { $limit } 个字符，这条有 { $length } 个。
nothing-saved =
    阅读清单还是空的。按卡片下的 ☆，或者发送：
    <code>{ $example }</code>
not-saved =
    它不在您的清单里。收藏论文：
    <code>{ $example }</code>
list-full = 清单最多 { $limit } 篇，已经满了。请先移除一些，例如用 <code>/saved bib</code> 导出之后。
which-format =
    要哪种格式？bib、ris、csv 或 md。例如：
    <code>{ $example }</code>
who-are-you = Telegram 没有告诉我您是谁：这里是以聊天的身份发送或按下的。请以您本人的身份发送。
only-in-private = 这是您与我之间的事：请在私聊中发送，t.me/{ $bot }

privacy =
    <b>我保存的数据</b>
    • 您的设置与订阅，用于发送摘要：直到您更改为止。
    • 您的阅读清单与备注：直到您移除为止。
    • 给您发过哪些摘要消息、何时发送，以免重复，并便于更正。
    • 您要的卡片和摘要在未完整翻译时所在的位置，以便补全：一周。
    • 在托管者统计费用时：您所请求论文的翻译每天用了多少。
    • 您要了多少卡片、摘要和文件，用于托管者设定的限额：一两天。
    • 频道或群组是由您设置的，以便出问题时通知您；以及您以管理员身份改动过哪些聊天，以便在 /channels 中列出。
    以上都保存到您用 /forget 删除为止；若部署者封禁了您，您的编号会保留，以维持封禁。/export 会把它们发给您。

    <b>我不保存的数据</b>
    您的消息、搜索的内容和发送的链接。查询和翻译论文时不会透露是谁提出的；发给翻译服务的只有论文的公开文本。

    <b>副本保留多久</b>
    托管者的备份会保留其中的内容，直到被新的备份取代：按手册设置时为两周；升级前的副本则保留到有三份更新的为止。如果恢复了某个备份，我会先把您已删除的数据再删除一遍，然后才开始工作；为此我会保存您编号的散列值。托管者的日志在发送消息或出错时会以编号记录聊天，保留多久取决于其系统的日志设置，通常为几周。
your-data = 我保存的您的全部数据。删除：/forget
nothing-kept = 我没有保存您的任何数据。
forget-what = 这会删除您的设置、订阅、阅读清单、备注和发送记录，且无法撤销；可先用 /export 获取副本。
forget-channels = { $places } 的摘要会继续：我只忘记它们由您设置，出问题时也无法再通知您。如需停止，请先发送 <code>/unsubscribe</code> 加上它们的名称。
button-forget = 全部删除
forgotten = 已完成：我不再保存您的任何数据。想重新开始时：/start

inline-form = 输入关键词、编号或链接：扩散 cat:cs.CV
inline-nothing = 没有找到，换几个词试试？
inline-no-paper = 没有这篇论文，或 arXiv 没有回应
button-open-in-bot = 在机器人中打开

card-is-there = 这篇论文的卡片刚刚发过，就在下方。
rich-refused = 这里的 Telegram 不接受富文本消息，因此仍以经典版式显示。
layout-is-shared = 只有本群管理员可以切换摘要的版式。
