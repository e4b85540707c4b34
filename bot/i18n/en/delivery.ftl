destination-lost =
    ⏸ I can no longer post in <b>{ $name }</b>, so its digests are paused.
    Telegram says: { $reason }
unsure-deliveries =
    ⚠️ Telegram did not answer: { $count ->
        [one] one message to { $places } may or may not have arrived, and I could not look.
       *[other] { $count } messages to { $places } may or may not have arrived, and I could not look.
    }
    Why: { $reason }
    Nothing more goes there for an hour, or until it is decided. Look there, then press a button or send <code>/resend</code> or <code>/arrived</code>.
button-resend = Send again
button-arrived = They are there
database-stuck =
    ⚠️ The database cannot be written, so deliveries wait: { $reason }
    They go on by themselves once it can. Look at the disk of the machine.
database-away =
    ⚠️ I have started, but the database has not answered for over a minute: { $reason }
    Nothing is answered or sent until it does; then everything goes on by itself.
polled-elsewhere =
    ⚠️ Another program fetches messages with my token, so that many of them do not reach me. It does not use my database: another server, a test at home, an old installation?
    Stop it there. If you do not know it, have @BotFather renew the token (/revoke) and put the new one into TELEGRAM_TOKEN.
preview = A preview of <b>{ $category }</b> for { $date }: what readers would see changed. <code>/regenerate { $category } { $day }</code> does it.
preview-nothing = Nothing would change in the digests of { $category } for { $date }.
