"""Messages in Telegram's preview pages."""

from datetime import UTC, datetime

from enrichment.providers.social.telegram_page import Message, read_page

PAGE = """
<section class="tgme_channel_history">
<div class="tgme_widget_message_wrap"><div class="tgme_widget_message" data-post="lounge/7">
 <div class="tgme_widget_message_text js-message_text">Buy <b>PEBL</b> &amp; hold<br/>now
   <div>quoted</div> tail</div>
 <span class="tgme_widget_message_views">1.2K</span><span class="tgme_widget_message_meta">edited
 <time datetime="2026-11-01T10:00:00+00:00">10:00</time></span></div></div>
<div class="tgme_widget_message" data-post="lounge/8"><time datetime="2026-11-01T10:01:00+00:00"></time></div>
<div class="tgme_widget_message" data-post="lounge/pinned">
 <div class="tgme_widget_message_text">no number</div><time datetime="2026-11-01T10:01:00+00:00"></time></div>
<div class="tgme_widget_message" data-post="lounge/9"><div class="tgme_widget_message_text">no time</div></div>
<div class="tgme_widget_message" data-post="lounge/10"><div class="tgme_widget_message_text">cut off
"""


def test_texts_are_plain_with_their_line_breaks_and_what_is_no_message_is_left_out() -> None:
    (found,) = read_page(PAGE)
    assert found == Message("lounge", 7, found.text, datetime(2026, 11, 1, 10, tzinfo=UTC), 1200)
    assert found.text.split() == ["Buy", "PEBL", "&", "hold", "now", "quoted", "tail"]
    assert "hold\nnow" in found.text


def test_a_page_without_messages_has_none() -> None:
    assert read_page("<html><body>nothing</body></html>") == []
