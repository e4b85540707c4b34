# Cards, search, the reading list and a person's data. Messages that begin with render- and button- are plain text, the
# others Telegram HTML; values are escaped before they come in.

command-search = Find papers by title, author or abstract, in both languages
command-save = Put papers on your reading list
command-saved = Your reading list, also as a file
command-note = Write a note beside a saved paper
command-unsave = Take papers from your reading list
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
render-button-save = ☆ Save
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

reading-list = Reading list
saved-one = ★ Saved. Your list: /saved
saved-some = { $count ->
        [one] Saved.
       *[other] { $count } papers saved.
    } Your list: /saved
saved-before = That is on your list already: /saved
unsaved = No longer on your list: { $ids }.
unsaved-undo = Removed. To undo: /save { $id }
noted = Noted beside { $id }: “{ $note }”
note-removed = The note beside { $id } is removed.
note-too-long = A note holds { $limit } characters; this one has { $length }.
nothing-saved =
    Your reading list is empty. Press ☆ under a card, or send:
    <code>{ $example }</code>
not-saved =
    That is not on your list. To put a paper on it:
    <code>{ $example }</code>
list-full = Your list holds { $limit } papers, and so many there are. Take some from it first, for example after exporting it with <code>/saved bib</code>.
which-format =
    As what? bib, ris, csv or md. For example:
    <code>{ $example }</code>
who-are-you = Telegram does not tell me who you are here: you write or press as a chat. Send it to me as yourself.
only-in-private = That is between you and me: send it in our private chat, t.me/{ $bot }
