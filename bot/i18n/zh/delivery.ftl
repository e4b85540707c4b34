destination-lost =
    ⏸ 我无法再在 <b>{ $name }</b> 发布消息，那里的摘要已暂停。
    Telegram 的说明：{ $reason }
unsure-deliveries =
    ⚠️ Telegram 没有回应：发往 { $places } 的 { $count } 条消息不知是否送达，我也无法查看。
    原因：{ $reason }
    一小时内或在您决定之前，不会再往那里发送。请先去看一下，再按下面的按钮，或发送 <code>/resend</code> 或 <code>/arrived</code>。
button-resend = 重新发送
button-arrived = 已经送达
database-stuck =
    ⚠️ 数据库无法写入，发送暂停：{ $reason }
    恢复后会自动继续。请检查机器的磁盘。
database-away =
    ⚠️ 我已启动，但数据库超过一分钟没有响应：{ $reason }
    在它恢复之前，我无法回复或发送任何内容；恢复后一切会自动继续。
polled-elsewhere =
    ⚠️ 另一个程序正在用我的令牌接收消息，许多消息因此到不了我这里。它用的不是我的数据库：是另一台服务器、家里的测试，还是旧的部署？
    请把那一个停掉。如果不知道是谁，请让 @BotFather 更换令牌（/revoke），并把新令牌写入 TELEGRAM_TOKEN。
preview = <b>{ $category }</b>（{ $date }）的预览：读者会看到的改动。发送 <code>/regenerate { $category } { $day }</code> 即可执行。
preview-nothing = { $category }（{ $date }）的摘要不会有任何改动。
