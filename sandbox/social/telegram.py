"""The public preview of Telegram's channels: https://t.me/s/{channel}, plain HTML."""

from datetime import UTC, datetime
from html import escape
from itertools import islice

from sandbox.http import Request, Response
from sandbox.social.board import Board, Said
from sandbox.social.terms import parse_terms

CHANNELS = ("solana_pulse", "coin_lounge")
PAGE = 20
LONGEST = 14 * 86_400  # seconds that the preview goes back here


class Telegram:
    """Answers the paths of t.me."""

    def __init__(self, board: Board) -> None:
        self._board = board

    def answer(self, request: Request) -> Response:
        """Up to twenty messages, oldest first, before a number or with a word."""
        match request.path.strip("/").split("/"):
            case ["s", channel] if channel in CHANNELS:
                return _html(self._page(channel, request))
            case ["s", channel]:  # a private or unknown channel has no preview
                return Response(b"", 302, {"location": f"/telegram/{channel}", "content-type": "text/html"})
        return Response(b"<!DOCTYPE html><title>Telegram</title>", 404, {"content-type": "text/html"})

    def _page(self, channel: str, request: Request) -> str:
        before = int(request.query.get("before") or 2**62)
        terms = parse_terms(request.query.get("q", ""))
        since = self._board.wall() - LONGEST
        found = (
            said
            for said in self._board.newest_first("telegram", since)
            if CHANNELS[said.number // 16 % len(CHANNELS)] == channel and said.number < before
        )
        if terms.any_of:
            found = (said for said in found if terms.fit(said.title))
        messages = list(islice(found, PAGE))[::-1]
        more = ""
        if len(messages) == PAGE:
            first = messages[0].number
            more = (
                f'<a href="/s/{channel}?before={first}" class="tme_messages_more" data-before="{first}"></a>'
            )
        return _FRAME.format(channel=channel, messages=more + "".join(_message(channel, m) for m in messages))


_FRAME = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>{channel} – Telegram</title></head><body class="widget_frame_base">
<main class="tgme_main"><div class="tgme_container"><section class="tgme_channel_history js-message_history">
{messages}
</section></div></main></body></html>
"""


def _message(channel: str, said: Said) -> str:
    time = datetime.fromtimestamp(said.time, UTC)
    text = escape(said.title, quote=False).replace(". ", ".<br/>")
    text = text.replace(f"${said.symbol}", f'<a href="?q=%24{said.symbol}">${said.symbol}</a>')
    return (
        '<div class="tgme_widget_message_wrap js-widget_message_wrap">'
        f'<div class="tgme_widget_message text_not_supported_wrap js-widget_message" '
        f'data-post="{channel}/{said.number}">'
        f'<div class="tgme_widget_message_bubble"><div class="tgme_widget_message_author">'
        f'<a class="tgme_widget_message_owner_name" href="https://t.me/{channel}"><span dir="auto">{channel}'
        "</span></a></div>"
        f'<div class="tgme_widget_message_text js-message_text" dir="auto">{text}</div>'
        '<div class="tgme_widget_message_footer"><div class="tgme_widget_message_info">'
        f'<span class="tgme_widget_message_views">{_views(said.likes * 90)}</span>'
        f'<span class="tgme_widget_message_meta"><a class="tgme_widget_message_date" '
        f'href="https://t.me/{channel}/{said.number}"><time datetime="{time.isoformat()}" class="time">'
        f"{time:%H:%M}</time></a></span></div></div></div></div></div>"
    )


def _views(count: int) -> str:
    """A number as the preview writes it: 950, 1.2K, 3.4M."""
    for size, letter in ((1_000_000, "M"), (1_000, "K")):
        if count >= size:
            return f"{count / size:.1f}".removesuffix(".0") + letter
    return str(count)


def _html(text: str) -> Response:
    return Response(text.encode(), headers={"content-type": "text/html; charset=utf-8"})
