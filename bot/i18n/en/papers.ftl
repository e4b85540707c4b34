# Cards, search, the reading list and a person's data. Messages that begin with render- and button- are plain text, the
# others Telegram HTML; values are escaped before they come in.

command-bibtex = BibTeX of these papers

which-paper =
    Which paper? For example:
    <code>{ $example }</code>

render-button-html = HTML
render-button-bibtex = BibTeX
button-back = ◀ Back

render-comment = Comments:{" "}
render-journal = Journal:{" "}
render-doi = DOI:{" "}
render-newer-version = There is a newer version: v{ $version }
