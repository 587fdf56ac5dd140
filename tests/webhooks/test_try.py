from tests.webhooks.live import LiveBot
def test_try(bot: LiveBot) -> None:
    c = bot.new_id()
    for t in ("halo", "2", "1", "1"):
        a = bot.talks(c, t); print(repr(a.text), a.keyboard)
    print(bot.metric("kentongan_turns_total"))
    w = f"whatsapp:+62812{bot.new_id()}"
    print(bot.whatsapp(w, "halo"), bot.whatsapp_answer(w))
    bot.until_quiet()
    print([s.form for s in bot.got(w)], bot.twilio.contents)
