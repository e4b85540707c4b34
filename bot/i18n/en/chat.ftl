# What the bot says in chats. Telegram HTML; values are escaped before they come in.

form = <code>{ $form }</code>

help-head = <b>What I understand</b>
help-foot = Send any arXiv link (abs, pdf, DOI, alphaXiv, Hugging Face …) to get a bilingual card. In groups mention me or reply to me.

command-start = What this bot does
command-help = All commands
command-subscribe = Post the daily digest of these categories here
command-unsubscribe = Stop the digest of these categories
command-subscriptions = What is subscribed here, and when the next digest comes
command-digest = A digest now, here
command-time = When the daily digest comes
command-language = Language that papers are translated to
command-links = Answer arXiv links in this group without being asked
command-regenerate = Build a digest anew and edit what was posted
command-announce = Fetch an announcement now and deliver it
command-ban = Answer a person or chat no more, or list them
command-unban = Answer them again
command-stats = What is stored and delivered

only-the-archive =
    That is the archive { $archive } alone. The whole group with all its archives:
    <code>{ $example }</code>
subscribed = { $elsewhere ->
        [yes] Subscribed { $place } to:
       *[no] Subscribed to:
    }
already-subscribed = { $elsewhere ->
        [yes] { $place } was already subscribed to:
       *[no] Already subscribed to:
    }
unsubscribed = Unsubscribed from { $categories }.
subscriptions-here = Subscriptions here
subscriptions-of = Subscriptions of { $place }
papers-in = Papers in { $language }
paused = ⏸ Paused: { $reason }
comes-asap = The digest comes as soon as arXiv announces, Monday to Friday.
comes-at = The digest comes at { $time } ({ $zone }), { $days }; next: { $next }.

which-category =
    Which category? For example:
    <code>{ $example }</code>
too-many-categories = That is a lot at once: at most { $limit } categories in one command.
unknown-category =
    arXiv has no category “{ $name }”. Did you mean { $nearest }?
    For example: <code>{ $example }</code>
unknown-category-alone =
    arXiv has no category “{ $name }”. For example:
    <code>{ $example }</code>
not-subscribed =
    Nothing to unsubscribe: that is not subscribed here. What is: { $example }
no-subscriptions =
    Nothing is subscribed yet. For example:
    <code>{ $example }</code>

not-administrator = Only administrators of this chat can change that.
not-administrator-there = Only administrators of { $name } can change its subscriptions, and you are not one of them.
name-only-in-private =
    Naming another chat works in our private chat only. There, send:
    <code>{ $example }</code>
chat-not-found =
    I cannot find { $name }. Make me an administrator there first, then send:
    <code>{ $example }</code>
bot-may-not-post = I may not post in { $name }. Make me an administrator there with the right to post messages, then send the command again.
bot-administrators-only = That command is for the people who run this bot.

which-time =
    { $now }
    To change it: <code>{ $example }</code> or <code>/time asap</code>
bad-time =
    “{ $text }” is no time of day. For example:
    <code>{ $example }</code> or <code>/time asap</code>
unknown-zone =
    There is no time zone “{ $name }”. Did you mean { $nearest }?
    For example: <code>{ $example }</code>
unknown-zone-alone =
    There is no time zone “{ $name }”; zones are named like Asia/Shanghai or Europe/Berlin. For example:
    <code>{ $example }</code>

which-language =
    Papers are translated to <code>{ $now }</code>. Choose one of:
    { $languages }
    For example: <code>{ $example }</code>
unknown-language =
    I do not know the language “{ $name }”. Choose one of:
    { $languages }
    For example: <code>{ $example }</code>
language-is = Papers are translated to { $name } (<code>{ $code }</code>) from now on.
language-is-english = Papers stay in English from now on; nothing is translated.

links-only-in-groups = In our private chat every arXiv link is answered; that switch is for groups and channels.
links-on-or-off = Answering links without being asked is <b>{ $now }</b> here. Send <code>/links on</code> or <code>/links off</code>.
links-on = arXiv links are answered here from now on.
links-off = arXiv links are answered here only when I am mentioned or replied to.

no-link =
    I see no arXiv link in that. Send one like this:
    { $example }
    or see /help
no-link-but-words =
    I see no arXiv link in that. Send one like this:
    { $example }
    To look for papers: <code>/search { $words }</code>
    All commands: /help
no-link-but-fields =
    To get the daily digest of that here: <code>/subscribe { $categories }</code>
    To see today’s: <code>/digest { $categories }</code>
translating = Translating …
paper-missing = arXiv has no paper { $ids }.
arxiv-unavailable = arXiv does not answer at the moment, so I could not look up { $ids }. Try again in a few minutes.
too-many-links = You sent { $count } links; I answer the first { $limit }.
slash-is-missing = Commands begin with a slash: <code>{ $example }</code>
unknown-command = I do not know { $name }. All commands: /help

not-announced = The announcement of { $categories } for { $date } is not known here: arXiv has not answered with it yet, or it was before I was asked to follow it.
nothing-in-it = The announcement of { $categories } for { $date } has no new papers.
digest-comes-here =
    A digest that is asked for comes where it is asked for, so not in { $name }. For example, here:
    <code>{ $example }</code>
bad-date =
    “{ $text }” is no date. For example:
    <code>{ $example }</code>

regenerate-form =
    One category, a date and one of preview, undo, translate, back or refetch. For example:
    <code>{ $example }</code>
regenerating = Building the digests of { $category } for { $date } anew …
nothing-posted = No digest of { $category } for { $date } was posted.
not-fetched = The announcement of { $category } for { $date } could not be fetched again; nothing was changed. { $reason }
regenerated = <b>{ $category }, { $date }</b>: { $digests ->
        [one] 1 digest
       *[other] { $digests } digests
    } built anew, { $parts ->
        [0] nothing changed.
        [one] 1 part changed, { $messages } messages edited.
       *[other] { $parts } parts changed, { $messages } messages edited.
    }
regenerated-entries = Papers: { $added } added, { $removed } removed.
regenerated-translations = { $count } papers translated anew.
regenerated-from-store = arXiv serves only the newest announcement; this one was read again from the stored copy.
regenerated-open = { $count } messages are still on their way.
regenerated-failed = { $count } messages could not be sent or edited.

announce-known = { $category }, { $date }: { $count } entries.
announce-unknown = { $category }, { $date }: not there yet. { $reason }
announce-planned = { $rows ->
        [0] Nothing is due now.
        [one] 1 message is on its way.
       *[other] { $rows } messages are on their way.
    }
stats =
    <b>Stored</b>: { $papers } papers, { $translations } translations, { $announcements } announcements
    <b>Texts made by</b>: { $makers }
    <b>Chats</b>: { $destinations } ({ $paused } paused), { $subscriptions } subscriptions
    <b>Digests</b>: { $digests }
    <b>Messages</b>: { $deliveries }{ $refused ->
        [0] {""}
       *[other] {" "}({ $refused } of the failed were refused, the others waited for chats that are closed to me)
    }
translations-used-up = What this chat may have translated in a day beside its digests is used up. Texts that are not translated yet stay English, marked; it goes on at { $at }.
limit-commands = That was a lot within a minute. I listen again in a minute; what you send until then stays without an answer.
limit-cards = { $limit } cards a day is what I make for one person, and that is reached. It goes on at { $at }.
limit-digest-days = { $limit } digests a day is what I compose for one person beside what comes by itself, and that is reached. It goes on at { $at }.
limit-group-files = This group has had the { $limit } files an hour that its members can ask for. It goes on at { $at }; administrators can still ask.
ban-form =
    The number of a person, group or channel, for example:
    <code>/ban 123456789</code>
unban-form =
    The number of a person, group or channel, for example:
    <code>/unban 123456789</code>
ban-administrator = That is one of the bot’s administrators (ADMIN_IDS); take the number from there first.
banned = <code>{ $id }</code> is not answered any more and gets no digests. To undo it: <code>/unban { $id }</code>
unbanned = <code>{ $id }</code> is answered again, and its digests go on.
not-banned = <code>{ $id }</code> is not banned. <code>/ban</code> lists those who are.
bans = <b>Not answered</b>
bans-none = Nobody is banned.
private-installation = This bot is a private installation and answers only the people and chats that its host has listed.
files-left-out =
    “{ $name }” takes no files from me ({ $reason }). Its digests go on without them; once I may send files there, /settings switches them on again.
deliveries-refused =
    ⚠️ Telegram refuses messages although I may write there ({ $reason }). They wait and are tried again more and more rarely, for three days; most of such trouble is Telegram's and passes.
clock-set-back =
    ⚠️ The clock of the bot's machine was set back by { $minutes } minutes. What waited for times that it had shown goes on now. Look at its time service if that comes again.
another-bot =
    ⚠️ The token is another bot's than the one this database belongs to. Everything goes on: private readers when they open the new bot and press Start, groups and channels when it is added there. What the old bot posted stays as it is.
one-moment = One moment, I am still at “{ $work }”. Several of your messages wait already; this one is not among them: please send it again afterwards.
one-moment-press = One moment, please: several presses here wait already.
went-wrong = Something went wrong here; it is in the bot's log. Nothing of yours was lost. Please try again.

command-resend = Send again what may not have arrived
command-arrived = Say that it did arrive
resend-form = These may or may not have arrived. Look there, then send <code>/resend { NUMBER($id, useGrouping: 0) }</code>, or <code>/resend all</code>; if they are there: <code>/arrived { NUMBER($id, useGrouping: 0) }</code>
arrived-form = These may or may not have arrived. If they are there, send <code>/arrived { NUMBER($id, useGrouping: 0) }</code> or <code>/arrived all</code>; if not: <code>/resend { NUMBER($id, useGrouping: 0) }</code>
unsure-row = • <code>{ NUMBER($id, useGrouping: 0) }</code> { $place }, part { $part }
nothing-unsure = Every message is accounted for.
resent = { $count ->
        [one] One message is sent again.
       *[other] { $count } messages are sent again.
    }
marked-arrived = { $count ->
        [one] One message counts as arrived.
       *[other] { $count } messages count as arrived.
    }

announcements-missing =
    ⚠️ The announcement of { $date } is still missing for { $count ->
        [one] { $categories }
       *[other] { $count } categories: { $categories }
    }.
    { $reason }
    I go on asking; nothing is shown as “no papers” meanwhile.
announcements-differ =
    ⚠️ What arXiv shows for { $date } does not add up for { $count ->
        [one] { $categories }
       *[other] { $count } categories: { $categories }
    }.
    { $reason }
    I go on asking; what cannot be counted is not delivered.
announcements-quiet = ⚠️ No new paper in any category since the announcement of { $date }, for a whole day: arXiv may have changed, or the bot no longer understands it. See `arxiv-digest-bot announcements`.
announcements-well = ✅ All is well again: the announcement of { $date } is there for every category.

command-types = Which entries come: new papers, cross-lists, replacements
which-types =
    What comes now: <code>{ $now }</code>. Out of new, cross, replace and replace-cross, joined by +, or all. For example:
    <code>{ $example }</code>
types-are = From now on digests here bring: <code>{ $types }</code>. A replacement comes once for each new version.

button-digest-now = Today’s digest now
button-outdated = This button is from an earlier time and no longer works. Ask anew, for example with /help.

cap-reached =
    ⚠️ Translating has reached its cap for today (TRANSLATE_DAILY_CAP). Papers stay in English, marked, and are translated later by themselves.
    What was used: /stats
chat-cap-reached =
    ⚠️ The chat <code>{ $chat }</code> has reached its cap for today (TRANSLATE_CHAT_CAP). What it asks for stays in English, marked, until tomorrow.
    What was used: /stats

command-glossary = Terms that have one rendering: list, add, remove
glossary-form =
    A language, a term and its rendering, or a name alone that stays as it is. For example:
    <code>{ $example }</code>
glossary-empty =
    No terms were added to the built-in ones yet. For example:
    <code>{ $example }</code>
glossary-head = { $count ->
        [one] One term was added
       *[other] { $count } terms were added
    } to the built-in ones. Another one: <code>{ $example }</code>
glossary-added = From now on: <code>{ $term }</code>. What was translated before stays as it is; <code>/regenerate … translate</code> makes it anew.
glossary-removed = <code>{ $term }</code> is no longer a term.
glossary-unknown = <code>{ $term }</code> was not among the terms that were added; see /glossary
regenerated-back = The earlier texts of { $count } papers are back.

stats-spent = <b>Translating</b>, { $when ->
        [today] today
       *[month] in 30 days
    }: { $requests } requests, { $characters } characters, { $tokens } tokens, money { $money }; { $alarms } texts turned away{ $gates }
stats-announcement = • { $name }: { $requests } requests, { $characters } characters, { $tokens } tokens, money { $money }
stats-gaps = { $count ->
        [one] One paper is
       *[other] { $count } papers are
    } not translated in full; they are tried again by themselves.
