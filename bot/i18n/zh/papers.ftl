# 卡片、搜索、阅读清单与个人数据。以 render- 和 button- 开头的是纯文本，其余为 Telegram HTML；变量在传入前已转义。

command-search = 按标题、作者或摘要查找论文，中英文皆可
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
