# 卡片、搜索、阅读清单与个人数据。以 render- 和 button- 开头的是纯文本，其余为 Telegram HTML；变量在传入前已转义。

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
