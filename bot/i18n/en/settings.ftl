# Start, settings, channels and groups. Messages that begin with set-, layout-, type-, state-, days-, papers-, time- or
# button- are plain text for buttons; the others are Telegram HTML, and values are escaped before they come in.

profile-name = arXiv in two languages
profile-short-description = arXiv links become bilingual cards; each day’s new papers of your fields come as a bilingual digest.
profile-description =
    Send any arXiv link and get a bilingual card: titles, authors, a one-sentence summary and the abstract.

    Choose your fields and the day’s new papers come as a bilingual digest: here, to a group, a topic or your channel, when you like.

    中文 · English

command-settings = Everything that can be set, with buttons; or one thing at once

command-categories = Look through arXiv’s fields and switch them on and off

setup-start =
    <b>arXiv in two languages.</b> Send me any arXiv link and I answer with a bilingual card. And each day I can bring you what is new in your fields: three questions.
setup-language = 💬 is the language I speak here. Which language should papers be translated to?
start-again = <b>arXiv in two languages.</b> Send me any arXiv link for a bilingual card. All commands: /help
start-in-group =
    <b>arXiv in two languages.</b> I can post each day’s announcement of your fields here; an administrator sets it up with this button.
    For a bilingual card of a paper, reply to its link with { $name }, or send <code>/links on</code> once. In this group I see only what is meant for me: commands, mentions and replies to me; as an administrator I see every link.
setup-done = ✅ <b>That is set.</b>
taste = A taste: the first { $count } papers of the newest announcement.
no-taste = arXiv’s newest announcement is not known yet; the first digest comes as soon as it is.
no-field-chosen = Choose at least one field first.
button-next = Next ▶
button-setup = 📚 Set up

choose-fields = Which fields?
choose-mine = Your fields: press to switch one off or on again.
fields-mine = { $count ->
        [one] ✓ 1 chosen
       *[other] ✓ { $count } chosen
    }
fields-whole = all of { $archive }
fields-foot = Press to switch on or off.
papers-a-day = ≈ { $count } a day
too-many-subscriptions = At most { $limit } fields in one chat; a whole archive counts as one.

command-channels = Your channels, groups and topics

introduction =
    I am in <b>{ $name }</b> now. What shall I post there? Only administrators of it can set that.
    Later: /channels
reopen-topic = Reopen the topic, or give me the right to manage topics: then I go on by myself.
lost-topic = The topic is gone. Send <code>/subscribe</code> with your categories in the topic where the digest should come.
topic-choose = The topic is gone. Where should the digests go on?
button-topic-main = 👥 In the group itself
button-topic-new = 🧵 In a new topic
topic-replaced = ▶ Digests go on in <b>{ $name }</b>: what could not be posted comes now.
add-again = Add me again, a channel’s administrator with the right to post: then I go on by myself.
allow-posting = Allow me to post messages there again: then I go on by myself.
chat-is-gone = That chat no longer exists for me. If it does for you, add me again: then I go on by myself.
destination-back = ▶ I may write in <b>{ $name }</b> again, and digests go on: what was announced meanwhile comes with the next one.
channels-yours = <b>Your channels, groups and topics.</b> Press one for its settings.
channels-none =
    You have set up no channel or group yet. Add one here, or make me an administrator of your channel: I write to you then.
channels-in-private = Channels and groups are managed in our private chat.
button-channels = 📢 My channels
button-add = ➕ Add a channel or group
pick = Which one? Its button below shows those that you may add me to.
pick-channel = 📢 A channel
pick-group = 👥 A group
set-topic = 🧵 A topic of its own
may-not-make-topics = I may not make topics there. Give me the right to manage topics, or send <code>/subscribe cs.CV</code> in the topic where the digest should come.
links-unheard =
    In this group I hear only commands, mentions of { $name } and replies to me, because of Telegram’s privacy mode. For other links make me an administrator here.

settings-in-private = The settings of this channel open in our private chat.
settings-foot = Press to change. Everything also goes by command: <code>/settings quiet on</code>
button-settings = ⚙️ Settings

set-colon = :{" "}
set-fields = 📚 Fields
set-language = 🌐 Papers
set-interface = 💬 I speak
set-time = 🕘 When
set-zone = 🌍 Zone
set-days = 📅 Days
set-layout = 🗂 Layout
set-papers = 🔢 Papers shown
set-types = 🏷 What comes
set-quiet = 🔕 Quiet
set-pin = 📌 Pin
set-file = 📎 File
set-abstracts = 📖 Abstracts
set-links = 🔗 Answer links

state-on = on
state-off = off

layout-classic = Classic
layout-rich = Rich
layout-file = File
papers-all = as many as fit
time-asap = As soon as announced
days-all = every day
days-work = Monday to Friday
type-new = new
type-cross = cross-lists
type-replace = replacements
type-replace-cross = replaced cross-lists
language-only-english = English only

choose-language = Which language should papers be translated to?
choose-interface = Which language should I speak here?
choose-layout =
    <b>Classic</b>: messages with titles and summaries.
    <b>Rich</b>: one long message with a table and folded details; old apps and Telegram Web may not show it.
    <b>File</b>: one line and the Markdown document.
choose-papers = How many papers should stand in the chat? The rest is in the file.
choose-time =
    When should the digest come? It is { $clock } in { $zone } now.
    Other minutes by command: <code>/time 07:45</code>
choose-zone =
    Which clock do you go by?
    Any other zone by command: <code>/time 09:00 Europe/Lisbon</code> or <code>/time 09:00 UTC+8</code>
choose-days = On which days may digests come? What is announced on other days comes with the next one.
choose-types = Which entries should come? A replacement comes once for each new version.
no-day-left = One day of the week has to stay.
no-type-left = One kind has to stay. To get nothing any more: /unsubscribe all

nothing-subscribed = Nothing is subscribed yet.
papers-in-english = Papers in English only
entries-are = What comes: { $types }
comes-asap-on = The digest comes as soon as arXiv announces, on { $days }.
not-before = {" "}Not before { $next }.
papers-shown = { $count ->
        [one] one paper in the chat
       *[other] up to { $count } papers in the chat
    }
papers-shown-all = as many papers in the chat as fit
look-quiet = 🔕 without a sound
look-pin = 📌 pinned
look-file = 📎 with the file
look-abstracts = 📖 abstracts folded in
look-links = 🔗 links are answered

which-setting =
    There is no setting “{ $name }”. What can be set by command:
    <code>{ $forms }</code>
    When digests come: <code>/time 09:00</code>; what comes: <code>/types new+cross</code>
which-value =
    For { $name } I understand: { $values }
    For example: <code>{ $example }</code>
