# Cards, search, the reading list and a person's data. Messages that begin with render- and button- are plain text, the
# others Telegram HTML; values are escaped before they come in.

command-search = Find papers by title, author or abstract, in both languages
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
render-button-like = More like this

search-form =
    What are you looking for? Words in English or Chinese, names of authors, and if you like filters:
    <code>{ $example }</code>
    <code>/search 扩散模型 au:chen</code>
nothing-found = Nothing of “{ $query }” is in what I have seen so far. Fewer or other words may find more.
nothing-alike = I have seen nothing like it yet.
papers-alike = Like <b>{ $title }</b>:
found = { $count ->
        [one] 1 paper
       *[other] { $count } papers
    }
found-many = the best of the newest { $count } papers
