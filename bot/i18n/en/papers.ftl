# Cards, search, the reading list and a person's data. Messages that begin with render- and button- are plain text, the
# others Telegram HTML; values are escaped before they come in.

command-search = Find papers by title, author or abstract, in both languages
command-save = Put papers on your reading list
command-saved = Your reading list, also as a file
command-note = Write a note beside a saved paper
command-unsave = Take papers from your reading list
command-bibtex = BibTeX of these papers
command-privacy = What is kept about you, what for and for how long
command-export = Everything that is kept about you, as a file
command-forget = Delete everything that is kept about you

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
note-removed =
    The note beside { $id } is removed. To put it back:
    <code>/note { $id } { $note }</code>
no-note =
    There is no note beside { $id }. To write one:
    <code>/note { $id } read section 3 again</code>
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

privacy =
    <b>What I keep about you</b>
    • Your settings and subscriptions, to post your digests: until you change them.
    • Your reading list and notes: until you take them off it.
    • Which messages of digests I sent you and when, so that none comes twice and mistakes can be mended.
    • Where a card or a digest that you asked for stands before all of it is translated, to complete it: for a week.
    • What translating the papers that you asked for took, by day, where the host counts costs.
    • How many cards, digests and files you asked for, where the host limits them: for a day or two.
    • That it was you who set up a channel or group here, to tell you when something breaks there; and in which chats you have changed something as an administrator, to list them in /channels.
    All of it until you delete it with /forget; only if the host has banned you does your number stay, so that the ban does. /export sends it to you.

    <b>What I do not keep</b>
    Your messages, what you search for and which links you send. Papers are looked up and translated without a word about who asked; what is sent to translation services is the paper’s public text.

    <b>How long copies keep it</b>
    Backups of whoever hosts this bot keep what they hold until newer ones take their place, two weeks where the host follows the manual; copies made before an upgrade until three newer ones are there. When one is restored, I delete again what you have deleted before I do anything else; for that I keep a scrambled form of your number. The host’s log names chats by number when something is delivered or goes wrong there, for as long as the host’s system keeps logs: usually some weeks.
your-data = Everything that I keep about you. To delete it: /forget
nothing-kept = I keep nothing about you.
forget-what = This deletes your settings, subscriptions, reading list, notes and the record of what was sent to you. It cannot be undone; /export sends you a copy first.
forget-channels = Digests of { $places } go on: I only forget that it was you who set them up, and can no longer tell you when something breaks there. To end them, send <code>/unsubscribe</code> with their name first.
button-forget = Delete everything
forgotten = Done: I keep nothing about you any more. If you ever want to begin again: /start

inline-form = Type words, an id or a link: diffusion cat:cs.CV
inline-nothing = Nothing found. Fewer or other words?
inline-no-paper = No such paper, or arXiv does not answer
button-open-in-bot = Open in the bot

card-is-there = That card is already here, a little further down.
rich-refused = Telegram does not take rich messages here, so this one stays classic.
layout-is-shared = Only administrators of this chat can change how its digests look.
