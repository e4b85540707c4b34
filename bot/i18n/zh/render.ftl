# 卡片、摘要及其纯文本形式。此处全为纯文本：标记与转义由渲染代码负责。
# 姓名与正文之前的文字直接与其相连：Fluent 的变量最多 1,000 个字符。

render-list-separator = 、

# $names 为前几位作者，$more 为未列出的人数，$all 为总人数。
render-authors-more = { $names } 等 { $all } 位作者
render-authors-unknown = { $names } 等
render-authors = 作者：
render-categories = 分类：
render-submitted = 提交于 { $date }
render-updated = v{ $version } 更新于 { $date }
render-version = v{ $version }
render-announced = 公布于 { $date }
render-withdrawn = 〔已撤稿〕
render-made-by = 译文来源：
render-taken-from-abstract = 英文一句话总结摘自原文
render-clause-separator = ；

render-untranslated = 〔未翻译〕
render-no-summary = （暂无一句话总结）
render-full-abstract = 在 arXiv 阅读完整摘要

render-button-abs = arXiv
render-button-pdf = PDF

render-count-new = { $count } 篇新论文
render-count-cross = { $count } 篇交叉列表
render-count-replace = { $count } 篇更新
render-count-replace-cross = { $count } 篇交叉列表更新
render-replaced = 更新至 v{ $version }
render-approximate = 近似结果：{ $dates }的论文按提交时间选取，可能与 arXiv 当日公布的列表略有出入。
render-more-in-file = ……其余 { $count } 篇见文件
render-more = ……其余 { $count } 篇未在此列出
render-caption = 本期全部 { $count } 篇论文，附完整摘要

render-unchanged = 标题与摘要均无变化。
render-earlier-title = 原标题：{ $title }
render-abstract-changed = 摘要：新增 { $added } 词，删去 { $removed } 词
render-excerpt = ：“{ $text }”

render-rich-reference = 编号
render-rich-title = 标题
render-rich-summary = 一句话总结
render-rich-overview = 摘要
render-rich-details = 详细

render-layout-classic = 🗂 经典
render-layout-rich = ✨ 富文本
render-layout-file = 📎 文件
