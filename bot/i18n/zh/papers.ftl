# 卡片、搜索、阅读清单与个人数据。以 render- 和 button- 开头的是纯文本，其余为 Telegram HTML；变量在传入前已转义。

command-search = 按标题、作者或摘要查找论文，中英文皆可
command-save = 收藏论文到您的阅读清单
command-saved = 您的阅读清单，也可导出为文件
command-note = 给收藏的论文写备注
command-unsave = 从阅读清单移除论文
command-bibtex = 这些论文的 BibTeX

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
note-removed = { $id } 的备注已删除。
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
